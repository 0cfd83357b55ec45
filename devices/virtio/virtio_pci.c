/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The registers of a virtio device on PCI: VIRTIO 1.2, 4.1.4. All of them are in one BAR. */
#include <string.h>

#include "devices/virtio/virtio.h"
#include "vmm/base/byteorder.h"

#define BAR_SIZE      0x10000u
#define AT_COMMON     0x0000u
#define AT_ISR        0x1000u
#define AT_DEVICE     0x2000u
#define AT_NOTIFY     VIRTIO_NOTIFY_AT(0)
#define AT_MSIX       0x8000u
#define AT_PBA        0xc000u
#define COMMON_SIZE   0x3cu

#define VENDOR        0x1af4u
#define DEVICE_MODERN 0x1040u

enum cap_type { CAP_COMMON = 1, CAP_NOTIFY, CAP_ISR, CAP_DEVICE, CAP_PCI_CFG };

/* struct virtio_pci_common_cfg */
enum common {
	DEVICE_FEATURE_SELECT = 0x00,
	DEVICE_FEATURE = 0x04,
	DRIVER_FEATURE_SELECT = 0x08,
	DRIVER_FEATURE = 0x0c,
	CONFIG_MSIX_VECTOR = 0x10,
	NUM_QUEUES = 0x12,
	DEVICE_STATUS = 0x14,
	CONFIG_GENERATION = 0x15,
	QUEUE_SELECT = 0x16,
	QUEUE_SIZE = 0x18,
	QUEUE_MSIX_VECTOR = 0x1a,
	QUEUE_ENABLE = 0x1c,
	QUEUE_NOTIFY_OFF = 0x1e,
	QUEUE_DESC = 0x20,
	QUEUE_DRIVER = 0x28,
	QUEUE_DEVICE = 0x30,
	QUEUE_NOTIFY_DATA = 0x38,
	QUEUE_RESET = 0x3a,
};

static struct virtio_queue *selected(struct virtio_device *d)
{
	return d->queue_select < d->queue_count ? &d->queues[d->queue_select] : NULL;
}

static uint32_t features_half(uint64_t features, uint32_t select)
{
	return select < 2 ? (uint32_t)(features >> (32 * select)) : 0;
}

/* The fields of the selected queue; 0 where there is no such queue. */
static uint64_t queue_read(struct virtio_device *d, unsigned offset)
{
	struct virtio_queue *q = selected(d);

	if (!q)
		return offset == QUEUE_MSIX_VECTOR ? VIRTIO_NO_VECTOR : 0;
	switch (offset) {
	case QUEUE_SIZE:
		return q->size;
	case QUEUE_MSIX_VECTOR:
		return q->vector;
	case QUEUE_ENABLE:
		return atomic_load(&q->enabled) && !q->resetting;
	case QUEUE_NOTIFY_OFF:
		return d->queue_select;
	case QUEUE_DESC:
		return q->desc;
	case QUEUE_DRIVER:
		return q->driver;
	case QUEUE_DEVICE:
		return q->device;
	case QUEUE_DESC + 4:
		return q->desc >> 32;
	case QUEUE_DRIVER + 4:
		return q->driver >> 32;
	case QUEUE_DEVICE + 4:
		return q->device >> 32;
	case QUEUE_RESET:
		return q->resetting;
	default:
		return 0;
	}
}

static uint64_t common_read(struct virtio_device *d, unsigned offset)
{
	switch (offset) {
	case DEVICE_FEATURE_SELECT:
		return d->feature_select[0];
	case DEVICE_FEATURE:
		return features_half(d->offered, d->feature_select[0]);
	case DRIVER_FEATURE_SELECT:
		return d->feature_select[1];
	case DRIVER_FEATURE:
		return features_half(d->accepted, d->feature_select[1]);
	case CONFIG_MSIX_VECTOR:
		return d->config_vector;
	case NUM_QUEUES:
		return d->queue_count;
	case DEVICE_STATUS:
		return atomic_load(&d->status);
	case CONFIG_GENERATION:
		return d->config_generation;
	case QUEUE_SELECT:
		return d->queue_select;
	default:
		return queue_read(d, offset);
	}
}

static uint16_t vector_check(const struct virtio_device *d, uint64_t value)
{
	return value < d->pci.msix.vectors ? (uint16_t)value : VIRTIO_NO_VECTOR;
}

static void address_write(uint64_t *at, unsigned half, unsigned len, uint64_t value)
{
	if (len == 8)
		*at = value;
	else if (len == 4)
		*at = half ? (*at & 0xffffffff) | value << 32 : (*at & ~0xffffffffull) | value;
}

/* Frozen once it is enabled, but for the vector. */
static void queue_write(struct virtio_device *d, unsigned offset, unsigned len, uint64_t value)
{
	struct virtio_queue *q = selected(d);

	if (!q)
		return;
	if (offset == QUEUE_MSIX_VECTOR) {
		virtio_queue_set_vector(q, vector_check(d, value));
		return;
	}
	if (offset == QUEUE_RESET && value == 1)
		virtio_queue_reset(d);
	if (atomic_load(&q->enabled))
		return;
	switch (offset) {
	case QUEUE_SIZE:
		if (value && value <= q->max_size)
			q->size = (uint16_t)value;
		break;
	case QUEUE_ENABLE:
		if (value == 1)
			virtio_queue_enable(d);
		break;
	case QUEUE_DESC:
	case QUEUE_DESC + 4:
		address_write(&q->desc, offset & 4, len, value);
		break;
	case QUEUE_DRIVER:
	case QUEUE_DRIVER + 4:
		address_write(&q->driver, offset & 4, len, value);
		break;
	case QUEUE_DEVICE:
	case QUEUE_DEVICE + 4:
		address_write(&q->device, offset & 4, len, value);
		break;
	}
}

static void features_write(struct virtio_device *d, uint32_t value)
{
	unsigned shift = 32 * d->feature_select[1];

	if (d->feature_select[1] > 1 || (atomic_load(&d->status) & VIRTIO_STATUS_FEATURES_OK))
		return;
	d->accepted = (d->accepted & ~(0xffffffffull << shift)) | (uint64_t)value << shift;
}

static void common_write(struct virtio_device *d, unsigned offset, unsigned len, uint64_t value)
{
	if (d->resetting)
		return;
	switch (offset) {
	case DEVICE_FEATURE_SELECT:
		d->feature_select[0] = (uint32_t)value;
		break;
	case DRIVER_FEATURE_SELECT:
		d->feature_select[1] = (uint32_t)value;
		break;
	case DRIVER_FEATURE:
		features_write(d, (uint32_t)value);
		break;
	case CONFIG_MSIX_VECTOR:
		d->config_vector = vector_check(d, value);
		break;
	case DEVICE_STATUS:
		virtio_status_write(d, (uint8_t)value);
		break;
	case QUEUE_SELECT:
		d->queue_select = (uint16_t)value;
		break;
	default:
		queue_write(d, offset, len, value);
	}
}

/* Reading takes the cause away, and with it the interrupt. */
static uint64_t isr_read(struct virtio_device *d)
{
	uint64_t cause = atomic_exchange(&d->isr, 0);

	pci_lsi_set(&d->pci, false);
	return cause;
}

static uint64_t device_read(const struct virtio_device *d, uint64_t offset, unsigned len)
{
	uint8_t bytes[8] = {0};

	if (!check_range_u64(offset, len, d->config_len))
		return 0;
	memcpy(bytes, d->config + offset, len);
	return load_le64(bytes);
}

static uint64_t locked_read(struct virtio_device *d, uint64_t offset, unsigned len)
{
	uint64_t mask = ~0ull >> (64 - 8 * len);

	if (offset < AT_COMMON + COMMON_SIZE)
		return common_read(d, (unsigned)offset) & mask;
	if (offset == AT_ISR)
		return isr_read(d);
	if (offset >= AT_DEVICE && offset < AT_NOTIFY)
		return device_read(d, offset - AT_DEVICE, len);
	return 0;
}

static uint64_t bar_read(void *ctx, uint64_t offset, unsigned len)
{
	struct virtio_device *d = ctx;
	uint64_t value;

	if (offset >= AT_PBA)
		return pci_msix_pba_read(&d->pci, offset - AT_PBA, len);
	if (offset >= AT_MSIX)
		return pci_msix_table_read(&d->pci, offset - AT_MSIX, len);
	pthread_mutex_lock(&d->lock);
	value = locked_read(d, offset, len);
	pthread_mutex_unlock(&d->lock);
	return value;
}

/* A notification is no more than a ring of the queue's bell. */
static void notify(struct virtio_device *d, uint64_t offset)
{
	uint64_t q = offset / VIRTIO_NOTIFY_STRIDE;

	if (q < d->queue_count)
		doorbell_ring(&d->queues[q].bell);
}

static void bar_write(void *ctx, uint64_t offset, unsigned len, uint64_t value)
{
	struct virtio_device *d = ctx;

	if (offset >= AT_MSIX) {
		if (offset < AT_PBA)
			pci_msix_table_write(&d->pci, offset - AT_MSIX, len, value);
	} else if (offset >= AT_NOTIFY) {
		notify(d, offset - AT_NOTIFY);
	} else if (offset >= AT_DEVICE) {
		pthread_mutex_lock(&d->lock);
		if (d->class->config_write)
			d->class->config_write(d, (unsigned)(offset - AT_DEVICE), len, (uint32_t)value);
		pthread_mutex_unlock(&d->lock);
	} else if (offset < AT_COMMON + COMMON_SIZE) {
		pthread_mutex_lock(&d->lock);
		common_write(d, (unsigned)offset, len, value);
		pthread_mutex_unlock(&d->lock);
	}
}

static const struct pci_bar_ops bar_ops = {.read = bar_read, .write = bar_write};

/* struct virtio_pci_cap: what is where. */
static unsigned cap_add(struct virtio_device *d, enum cap_type type, uint32_t at, uint32_t size,
			unsigned extra)
{
	unsigned len = 16 + extra, cap = pci_cap_add(&d->pci, PCI_CAP_VENDOR, len);
	uint8_t *c = d->pci.config + cap;

	c[2] = (uint8_t)len;
	c[3] = (uint8_t)type;
	store_le32(c + 8, at);
	store_le32(c + 12, size);
	return cap;
}

/*
 * Each look for a capability is a call of RTAS for every one up to it, and drivers look a dozen times: what they look
 * for comes first, and what there need not be is not there.
 */
int virtio_pci_init(struct virtio_device *d, unsigned vectors)
{
	const struct virtio_class *class = d->class;
	const struct pci_ids ids = {
		.vendor = VENDOR, .device = (uint16_t)(DEVICE_MODERN + class->id),
		.sub_vendor = VENDOR, .sub_device = (uint16_t)(DEVICE_MODERN + class->id),
		.class_code = class->class_code, .revision = 1,
	};
	unsigned cap;

	pci_function_init(&d->pci, class->node_name, &ids, &virtio_pci_ops, d);
	pci_bar_set(&d->pci, 0, BAR_SIZE, &bar_ops, d);
	pci_msix_init(&d->pci, vectors, 0, AT_MSIX, AT_PBA);
	cap_add(d, CAP_COMMON, AT_COMMON, COMMON_SIZE, 0);
	cap_add(d, CAP_ISR, AT_ISR, 1, 0);
	if (!class->no_config)
		cap_add(d, CAP_DEVICE, AT_DEVICE, AT_NOTIFY - AT_DEVICE, 0);
	cap = cap_add(d, CAP_NOTIFY, AT_NOTIFY, VIRTIO_QUEUES_MAX * VIRTIO_NOTIFY_STRIDE, 4);
	store_le32(d->pci.config + cap + 16, VIRTIO_NOTIFY_STRIDE);
	d->cfg_cap = cap_add(d, CAP_PCI_CFG, 0, 0, 4);
	d->pci.writable[d->cfg_cap + 4] = 0xff;
	memset(d->pci.writable + d->cfg_cap + 8, 0xff, 12);
	return 0;
}

/* The window of 4.1.4.9: an access to the BAR by way of configuration space. */
static bool window_open(struct virtio_device *d, unsigned offset, unsigned len, uint32_t *ret_at)
{
	const uint8_t *c = d->pci.config + d->cfg_cap;
	uint32_t at = load_le32(c + 8), size = load_le32(c + 12);

	*ret_at = at;
	return offset == d->cfg_cap + 16 && c[4] == 0 && size == len &&
	       check_range_u64(at, size, BAR_SIZE) && !(at & (size - 1));
}

static bool config_read(void *ctx, unsigned offset, unsigned len, uint32_t *ret_value)
{
	struct virtio_device *d = ctx;
	uint32_t at;

	if (!window_open(d, offset, len, &at))
		return false;
	*ret_value = (uint32_t)bar_read(d, at, len);
	return true;
}

static bool config_write(void *ctx, unsigned offset, unsigned len, uint32_t value)
{
	struct virtio_device *d = ctx;
	uint32_t at;

	if (!window_open(d, offset, len, &at))
		return false;
	bar_write(d, at, len, value);
	return true;
}

static void endpoint_reset(void *ctx)
{
	struct virtio_device *d = ctx;

	pthread_mutex_lock(&d->lock);
	virtio_status_write(d, 0);
	pthread_mutex_unlock(&d->lock);
}

const struct pci_function_ops virtio_pci_ops = {
	.config_read = config_read,
	.config_write = config_write,
	.reset = endpoint_reset,
};
