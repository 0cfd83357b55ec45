/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What of a block device that another process serves is ours: VIRTIO 1.2, 5.2. */
#include <errno.h>

#include "devices/virtio/blk_impl.h"
#include "devices/virtio/vhost_impl.h"
#include "vmm/base/byteorder.h"

#define IOERR             1u
#define CONFIG_WCE        32u
#define CONFIG_NUM_QUEUES 34u
#define CONFIG_SIZE       60u

/* The status is the last byte that may be written. */
static void fail(struct virtio_device *d, unsigned q, const struct virtq_chain *c)
{
	const uint8_t status = IOERR;

	if (!c->writable_len ||
	    virtq_write(&d->queues[q].ring, c, c->writable_len - 1, &status, 1) < 0)
		virtio_broken(d, "a request without a status");
	else
		virtio_push(d, q, c->handle, 1);
}

/*
 * A driver that reads "write through" flushes nothing. qemu-storage-daemon 7.2 says so and has a cache, until it is told
 * what it is to have: a cache that is flushed is what every back end can do.
 */
static int prepare(struct vhost_device *v, const uint8_t *config)
{
	const uint8_t write_back = 1;
	int r;

	if (!(v->features & F_CONFIG_WCE) || config[CONFIG_WCE])
		return 0;
	r = vhost_user_config_set(v->user, CONFIG_WCE, &write_back, 1);
	return r == -EREMOTEIO ? 0 : r;
}

static void config_fix(struct virtio_device *d, uint8_t *config)
{
	store_le16(config + CONFIG_NUM_QUEUES, (uint16_t)d->queue_count);
}

static bool config_writable(const struct virtio_device *d, unsigned offset, unsigned len)
{
	return (d->accepted & F_CONFIG_WCE) && offset == CONFIG_WCE && len == 1;
}

const struct vhost_kind vhost_blk_kind = {
	.id = 2,
	.class_code = 0x010000,
	.node_name = "scsi",
	.features = F_SIZE_MAX | F_SEG_MAX | F_GEOMETRY | F_RO | F_BLK_SIZE | F_FLUSH | F_TOPOLOGY |
		    F_CONFIG_WCE | F_MQ | F_DISCARD | F_WRITE_ZEROES,
	.requests = true,
	.config_len = CONFIG_SIZE,
	.drains = true,
	.prepare = prepare,
	.config_fix = config_fix,
	.config_writable = config_writable,
	.fail = fail,
};
