/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A device's status, its queues' life and its interrupts. */
#include "devices/virtio/virtio.h"

#include <errno.h>
#include <string.h>

#include "vmm/base/log.h"

#define FEATURES_NEEDED (VIRTIO_F_VERSION_1 | VIRTIO_F_ACCESS_PLATFORM)
#define FEATURES_COMMON                                                                            \
	(FEATURES_NEEDED | VIRTIO_F_INDIRECT_DESC | VIRTIO_F_EVENT_IDX |            \
	 VIRTIO_F_RING_PACKED | VIRTIO_F_RING_RESET)

#define ISR_QUEUE  1u
#define ISR_CONFIG 2u

static void queue_rung(void *ctx)
{
	struct virtio_queue *q = ctx;
	struct virtio_device *d = q->owner;
	unsigned n = (unsigned)(q - d->queues);

	if (doorbell_take(&q->bell) && virtio_queue_active(d, n))
		d->class->queue_ready(d, n);
}

static void control_rung(void *ctx);
static void queue_flush(void *ctx);

static uint64_t features_needed(const struct virtio_class *class)
{
	return class->direct ? VIRTIO_F_VERSION_1 : FEATURES_NEEDED;
}

int virtio_init(struct virtio_device *d, const struct virtio_class *class, struct iothread *thread,
		unsigned queues, unsigned size, uint64_t features)
{
	int r;

	memset(d, 0, sizeof(*d));
	d->class = class;
	d->thread = thread;
	d->offered = features | (FEATURES_COMMON & ~FEATURES_NEEDED) | features_needed(class);
	d->config_vector = VIRTIO_NO_VECTOR;
	pthread_mutex_init(&d->lock, NULL);
	pthread_cond_init(&d->reset_done, NULL);
	d->control.fd = -1;
	for (unsigned i = 0; i < VIRTIO_QUEUES_MAX; i++)
		d->queues[i].bell.fd = -1;
	r = virtio_pci_init(d, queues + 1);
	d->pci.dma.direct = class->direct;
	if (r == 0)
		r = doorbell_open(&d->control);
	if (r == 0)
		r = iothread_watch(thread, d->control.fd, control_rung, d);
	for (unsigned i = 0; i < queues && r == 0; i++) {
		struct virtio_queue *q = &d->queues[i];

		*q = (struct virtio_queue){.max_size = (uint16_t)size, .size = (uint16_t)size,
					   .vector = VIRTIO_NO_VECTOR, .owner = d,
					   .flush = {.fn = queue_flush, .ctx = q}};
		r = doorbell_open(&q->bell);
		if (r == 0 && !((class->bells_elsewhere >> i) & 1))
			r = iothread_watch(thread, q->bell.fd, queue_rung, q);
		if (r == 0)
			pci_doorbell_add(&d->pci, 0, VIRTIO_NOTIFY_AT(i), q->bell.fd);
		d->queue_count++;
	}
	if (r < 0)
		virtio_done(d);
	return r;
}

void virtio_done(struct virtio_device *d)
{
	for (unsigned i = 0; i < d->queue_count; i++) {
		pci_call_remove(&d->queues[i].call);
		doorbell_close(&d->queues[i].bell);
	}
	doorbell_close(&d->control);
	pthread_cond_destroy(&d->reset_done);
	pthread_mutex_destroy(&d->lock);
	pci_function_done(&d->pci);
}

static void interrupt(struct virtio_device *d, unsigned vector, unsigned cause)
{
	if (pci_msix_enabled(&d->pci)) {
		if (vector != VIRTIO_NO_VECTOR)
			pci_msix_raise(&d->pci, vector);
		return;
	}
	pthread_mutex_lock(&d->lock);
	atomic_fetch_or(&d->isr, cause);
	pci_lsi_set(&d->pci, true);
	pthread_mutex_unlock(&d->lock);
}

void virtio_call_add(struct virtio_device *d, unsigned q, int fd)
{
	pci_call_add(&d->pci, &d->queues[q].call, fd);
}

void virtio_called(struct virtio_device *d, unsigned q)
{
	if (pci_call_take(&d->queues[q].call))
		interrupt(d, d->queues[q].vector, ISR_QUEUE);
}

/* Registers, on vCPU threads with the lock held. */

void virtio_queue_set_vector(struct virtio_queue *q, uint16_t vector)
{
	q->vector = vector;
	if (q->call.f)
		pci_call_set_vector(&q->call, vector);
}

static void queue_clear(struct virtio_queue *q)
{
	atomic_store(&q->enabled, false);
	q->resetting = false;
	q->size = q->max_size;
	virtio_queue_set_vector(q, VIRTIO_NO_VECTOR);
	q->desc = q->driver = q->device = 0;
	if (q->owner->class->queue_cleared)
		q->owner->class->queue_cleared(q->owner, (unsigned)(q - q->owner->queues));
}

static void device_clear(struct virtio_device *d)
{
	for (unsigned i = 0; i < d->queue_count; i++)
		queue_clear(&d->queues[i]);
	d->accepted = 0;
	d->feature_select[0] = d->feature_select[1] = 0;
	d->config_vector = VIRTIO_NO_VECTOR;
	d->queue_select = 0;
	if (d->class->config_reset)
		d->class->config_reset(d);
	atomic_store(&d->isr, 0);
	pci_lsi_set(&d->pci, false);
	d->resetting = false;
	atomic_store(&d->status, 0);
	pthread_cond_broadcast(&d->reset_done);
}

static bool features_agreed(const struct virtio_device *d)
{
	uint64_t needed = features_needed(d->class);

	return (d->accepted & needed) == needed && !(d->accepted & ~d->offered);
}

/* Where no queue is enabled there is nothing to wait for; and a driver that reads a status of 0 goes on. */
static void reset_begin(struct virtio_device *d)
{
	for (unsigned i = 0; i < d->queue_count; i++)
		if (atomic_load(&d->queues[i].enabled)) {
			d->resetting = true;
			doorbell_ring(&d->control);
			return;
		}
	device_clear(d);
}

static void changed(struct virtio_device *d)
{
	if (d->class->changed)
		doorbell_ring(&d->control);
}

void virtio_status_write(struct virtio_device *d, uint8_t status)
{
	unsigned old = atomic_load(&d->status);

	if (d->resetting)
		return;
	if (!status) {
		reset_begin(d);
		return;
	}
	/* bits are set, never cleared; and no one starts without the features agreed on */
	status = (uint8_t)((status & 0x8f) | old);
	if (!(old & VIRTIO_STATUS_FEATURES_OK) && !features_agreed(d))
		status &= (uint8_t)~(VIRTIO_STATUS_FEATURES_OK | VIRTIO_STATUS_DRIVER_OK);
	if (!(status & VIRTIO_STATUS_FEATURES_OK))
		status &= (uint8_t)~VIRTIO_STATUS_DRIVER_OK;
	atomic_store(&d->status, status);
	if (!(status & ~old & VIRTIO_STATUS_DRIVER_OK))
		return;
	changed(d);
	for (unsigned i = 0; i < d->queue_count; i++)
		doorbell_ring(&d->queues[i].bell);
}

void virtio_queue_enable(struct virtio_device *d)
{
	struct virtio_queue *q = &d->queues[d->queue_select];

	if (!(atomic_load(&d->status) & VIRTIO_STATUS_FEATURES_OK) || atomic_load(&q->enabled) ||
	    q->resetting)
		return;
	q->ring = (struct virtq){.dma = &d->pci.dma, .size = q->size, .desc = IOBA(q->desc),
				 .driver = IOBA(q->driver), .device = IOBA(q->device),
				 .packed = d->accepted & VIRTIO_F_RING_PACKED,
				 .event_idx = d->accepted & VIRTIO_F_EVENT_IDX};
	if (!virtq_begin(&q->ring))
		atomic_fetch_or(&d->status, VIRTIO_STATUS_NEEDS_RESET);
	atomic_store_explicit(&q->enabled, true, memory_order_release);
	changed(d);
}

void virtio_queue_reset(struct virtio_device *d)
{
	struct virtio_queue *q = &d->queues[d->queue_select];

	if (!(d->accepted & VIRTIO_F_RING_RESET) || !atomic_load(&q->enabled) || q->resetting)
		return;
	q->resetting = true;
	doorbell_ring(&d->control);
}

/* Resets, on the I/O thread. */

static bool drained(struct virtio_device *d, unsigned q)
{
	return !d->class->in_flight || d->class->in_flight(d, q) == 0;
}

/* Does what resets are asked for and can be done now. */
static void resets_do(struct virtio_device *d)
{
	bool all = true;

	pthread_mutex_lock(&d->lock);
	for (unsigned i = 0; i < d->queue_count; i++) {
		all = all && drained(d, i);
		if (d->queues[i].resetting && drained(d, i))
			queue_clear(&d->queues[i]);
	}
	if (d->resetting && all)
		device_clear(d);
	pthread_mutex_unlock(&d->lock);
}

static void control_rung(void *ctx)
{
	struct virtio_device *d = ctx;

	if (!doorbell_take(&d->control))
		return;
	if (d->class->changed)
		d->class->changed(d);
	resets_do(d);
}

void virtio_drained(struct virtio_device *d, unsigned q)
{
	resets_do(d);
}

void virtio_reset(struct virtio_device *d)
{
	pthread_mutex_lock(&d->lock);
	if (!d->resetting)
		reset_begin(d);
	while (d->resetting)
		pthread_cond_wait(&d->reset_done, &d->lock);
	pthread_mutex_unlock(&d->lock);
}

bool virtio_resetting(struct virtio_device *d, unsigned q)
{
	bool resetting;

	pthread_mutex_lock(&d->lock);
	resetting = d->resetting || d->queues[q].resetting;
	pthread_mutex_unlock(&d->lock);
	return resetting;
}

/* Queues, on the I/O thread. */

bool virtio_queue_active(struct virtio_device *d, unsigned q)
{
	unsigned status = atomic_load(&d->status);

	return (status & VIRTIO_STATUS_DRIVER_OK) && !(status & VIRTIO_STATUS_NEEDS_RESET) &&
	       atomic_load_explicit(&d->queues[q].enabled, memory_order_acquire) &&
	       !virtio_resetting(d, q);
}

void virtio_failed(struct virtio_device *d)
{
	atomic_fetch_or(&d->status, VIRTIO_STATUS_NEEDS_RESET);
	interrupt(d, d->config_vector, ISR_CONFIG);
}

void virtio_broken(struct virtio_device *d, const char *why)
{
	log_guest("virtio %s: %s: it needs a reset", d->class->node_name, why);
	virtio_failed(d);
}

void virtio_config_set(struct virtio_device *d, unsigned offset, const void *bytes, size_t len)
{
	pthread_mutex_lock(&d->lock);
	memcpy(d->config + offset, bytes, len);
	d->config_generation++;
	pthread_mutex_unlock(&d->lock);
	if (atomic_load(&d->status) & VIRTIO_STATUS_DRIVER_OK)
		interrupt(d, d->config_vector, ISR_CONFIG);
}

static bool ring_ok(struct virtio_device *d, int r)
{
	if (r < 0)
		virtio_broken(d, r == -EFAULT ? "a ring is not mapped" : "a broken ring");
	return r >= 0;
}

bool virtio_pop(struct virtio_device *d, unsigned q, struct virtq_chain *c)
{
	struct virtq *ring = &d->queues[q].ring;

	while (virtio_queue_active(d, q)) {
		int r = virtq_pop(ring, c);

		if (r == 1)
			return true;
		if (!ring_ok(d, r))
			return false;
		r = virtq_wait(ring);
		if (!ring_ok(d, r) || r == 0)
			return false;
	}
	return false;
}

void virtio_unpop(struct virtio_device *d, unsigned q, unsigned chains, unsigned descs)
{
	virtq_unpop(&d->queues[q].ring, chains, descs);
}

void virtio_push(struct virtio_device *d, unsigned q, struct virtq_handle handle, uint32_t len)
{
	if (!(atomic_load(&d->status) & VIRTIO_STATUS_NEEDS_RESET) && !virtio_resetting(d, q))
		ring_ok(d, virtq_push(&d->queues[q].ring, handle, len));
}

static void queue_flush(void *ctx)
{
	struct virtio_queue *q = ctx;

	virtio_flush_now(q->owner, (unsigned)(q - q->owner->queues));
}

void virtio_flush_now(struct virtio_device *d, unsigned q)
{
	int r;

	if (!virtio_queue_active(d, q))
		return;
	r = virtq_wants_interrupt(&d->queues[q].ring);
	if (ring_ok(d, r) && r)
		interrupt(d, d->queues[q].vector, ISR_QUEUE);
}

void virtio_flush(struct virtio_device *d, unsigned q)
{
	iothread_defer(d->thread, &d->queues[q].flush);
}
