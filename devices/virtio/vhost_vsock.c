/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sockets between guest and host that the host's kernel serves (vmm/io/vhost_kernel.h): VIRTIO 1.2, 5.10. The queue of
 * events is ours: it tells of a migration, so that what the driver puts there waits.
 */
#include <errno.h>
#include <stdio.h>

#include "devices/virtio/vhost_impl.h"
#include "vmm/base/byteorder.h"

#define F_STREAM    (1ull << 0)
#define F_SEQPACKET (1ull << 1)
#define CONFIG_SIZE 8u

static int vsock_open(struct vhost_device *v, const struct vhost_params *p, const char **ret_why)
{
	if (asprintf(&v->name, "vhost-vsock cid %u", (unsigned)p->cid) < 0)
		return -ENOMEM;
	v->served = 2;
	v->own_queues = 1;
	v->ours = F_STREAM;
	return 0;
}

static void config_init(struct virtio_device *d, const struct vhost_params *p)
{
	store_le64(d->config, p->cid);
}

const struct vhost_kind vhost_vsock_kind = {
	.id = 19,
	.class_code = 0x078000,
	.node_name = "communication-controller",
	.open = vsock_open,
	.features = F_SEQPACKET,
	.config_len = CONFIG_SIZE,
	.config_init = config_init,
};
