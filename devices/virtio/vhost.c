/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The life of a device that somebody else serves: who has which queue, and until when. */
#include <errno.h>
#include <string.h>

#include "devices/virtio/vhost_impl.h"
#include "vmm/base/log.h"

#define DESC_SIZE   16u
#define USED_ELEM   8u
#define RING_REST   6u       /* of a ring: flags, index, event */

static bool fails_requests(const struct vhost_device *v)
{
	return v->relayed && v->kind->fail;
}

/* Without a back end. */
static void queue_orphaned(struct vhost_queue *q)
{
	q->started = false;
	if (fails_requests(q->owner))
		vhost_relay_fail(q);
}

/* The driver hears of it once it runs, and does not begin again. */
static void device_orphaned(struct virtio_device *d)
{
	pthread_mutex_lock(&d->lock);
	d->offered = 0;
	pthread_mutex_unlock(&d->lock);
	if (atomic_load(&d->status) & VIRTIO_STATUS_DRIVER_OK)
		virtio_failed(d);
}

static void lost(struct vhost_device *v, const char *why)
{
	struct virtio_device *d = &v->virtio;

	if (v->lost)
		return;
	v->lost = true;
	log_warning("%s: %s: the device has no back end any more", v->name, why);
	vhost_back_drop(v->back);
	for (unsigned i = 0; i < v->served; i++)
		queue_orphaned(&v->queues[i]);
	if (v->kind->gone)
		v->kind->gone(d);
	if (!fails_requests(v))
		device_orphaned(d);
	virtio_drained(d, 0);
}

void vhost_lost_by(struct vhost_device *v, int r)
{
	lost(v, r == -EPIPE ? "it has gone" : r == -ETIMEDOUT ? "it does not answer" :
		      r == -EPROTO ? "it breaks the protocol" : r == -EREMOTEIO ? "it refuses a queue" :
		      strerror(-r));
}

/* The rings, where the back end finds them. NULL members: not in memory. */
static struct vhost_vring vring_of(struct vhost_queue *q)
{
	struct vhost_device *v = q->owner;
	const struct virtio_queue *vq = &v->virtio.queues[q->index];
	unsigned size = vq->ring.size;

	return (struct vhost_vring){
		.size = size,
		.base = q->base,
		.desc = gmem_span(v->mem, GPA(vq->ring.desc.v), size * DESC_SIZE),
		.avail = v->relayed ? vhost_relay_avail(q->relay) :
				      gmem_span(v->mem, GPA(vq->ring.driver.v), RING_REST + 2 * size),
		.used = v->relayed ? vhost_relay_used(q->relay) :
				     gmem_span(v->mem, GPA(vq->ring.device.v), RING_REST + USED_ELEM * size),
		.kick_fd = v->relayed ? q->kick.fd : vq->bell.fd,
		.call_fd = q->call.fd,
	};
}

/* The back end's rings have no event indices where they are ours; resets of queues are always ours. */
static int features_tell(struct vhost_device *v)
{
	uint64_t features = v->virtio.accepted & v->features & ~(v->ours | VIRTIO_F_RING_RESET);
	int r;

	if (v->relayed)
		features &= ~VIRTIO_F_EVENT_IDX;
	if (v->told_once && v->told == features)
		return 0;
	r = vhost_back_features_set(v->back, features);
	v->told = features;
	v->told_once = r == 0;
	return r;
}

static void queue_start(struct vhost_queue *q)
{
	struct vhost_device *v = q->owner;
	struct vhost_vring ring = vring_of(q);
	int r;

	if (!ring.desc || !ring.avail || !ring.used) {
		virtio_broken(&v->virtio, "a ring is not in memory");
		return;
	}
	if (v->relayed && !q->goes_on)
		vhost_relay_begin(q->relay);
	r = features_tell(v);
	if (r == 0)
		r = vhost_back_vring_start(v->back, q->index, &ring);
	if (r < 0) {
		vhost_lost_by(v, r);
		return;
	}
	q->started = true;
	if (v->relayed)
		vhost_relay_forward(q);
}

/* What the back end was given comes back, or the back end is given up. */
static int queue_drain(struct vhost_queue *q)
{
	struct vhost_device *v = q->owner;
	int64_t deadline = vhost_user_deadline();
	int r = 0;

	while (r == 0 && vhost_relay_in_flight(q->relay)) {
		r = vhost_relay_collect(q);
		if (r == 0)
			r = vhost_user_check(v->user);
		if (r == 0 && vhost_relay_in_flight(q->relay))
			r = vhost_user_wait(v->user, deadline);
	}
	return r;
}

static void queue_stop(struct vhost_queue *q)
{
	struct vhost_device *v = q->owner;
	int r = v->relayed && v->kind->drains ? queue_drain(q) : 0;

	q->started = false;
	if (r == 0)
		r = vhost_back_vring_stop(v->back, q->index, &q->base);
	q->goes_on = r == 0;
	if (r < 0)
		vhost_lost_by(v, r);
}

static bool serves(const struct vhost_device *v, unsigned n)
{
	return n < v->served && (!v->kind->serves || v->kind->serves(v, n));
}

void vhost_changed(struct virtio_device *d)
{
	struct vhost_device *v = vhost_of(d);

	if (v->kind->prelude && (atomic_load(&d->status) & VIRTIO_STATUS_DRIVER_OK))
		v->kind->prelude(v);
	for (unsigned i = 0; i < v->served && !v->lost; i++) {
		struct vhost_queue *q = &v->queues[i];
		bool wanted = virtio_queue_active(d, i) && serves(v, i);

		if (wanted && !q->started)
			queue_start(q);
		else if (!wanted && q->started)
			queue_stop(q);
	}
	if (v->kind->epilogue)
		v->kind->epilogue(v);
	if (v->user && !v->lost)
		vhost_config_tell(v);
}

/* Of those served, with relays alone, whose the bells are. */
void vhost_queue_ready(struct virtio_device *d, unsigned n)
{
	struct vhost_device *v = vhost_of(d);
	struct vhost_queue *q = &v->queues[n];

	if (!serves(v, n)) {
		if (v->kind->own_ready)
			v->kind->own_ready(v, n);
	} else if (v->lost) {
		queue_orphaned(q);
	} else if (v->relayed && q->started) {
		vhost_relay_forward(q);
	}
}

void vhost_queue_cleared(struct virtio_device *d, unsigned n)
{
	struct vhost_queue *q = &vhost_of(d)->queues[n];

	q->goes_on = false;
	q->base = 0;
}

void vhost_config_reset(struct virtio_device *d)
{
	struct vhost_device *v = vhost_of(d);

	if (v->kind->reset)
		v->kind->reset(v);
}

unsigned vhost_in_flight(struct virtio_device *d, unsigned n)
{
	return vhost_of(d)->queues[n].started;
}

void vhost_call_rung(void *ctx)
{
	struct vhost_queue *q = ctx;
	struct vhost_device *v = q->owner;
	int r;

	if (!v->relayed) {
		virtio_called(&v->virtio, q->index);
		return;
	}
	if (!doorbell_take(&q->call) || !q->started)
		return;
	r = vhost_relay_collect(q);
	if (r < 0)
		vhost_lost_by(v, r);
}

void vhost_back_stirred(void *ctx)
{
	struct vhost_device *v = ctx;
	int r = v->lost ? 0 : vhost_user_check(v->user);

	if (r < 0)
		vhost_lost_by(v, r);
}
