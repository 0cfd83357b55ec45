/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What of a network that another process serves is ours: VIRTIO 1.2, 5.1. A pair of queues; what is offered of checksums and
 * segmentation is the back end's to do, and there are no commands, which nobody would serve.
 */
#include "devices/virtio/net_impl.h"
#include "devices/virtio/vhost_impl.h"
#include "vmm/base/byteorder.h"

static void config_init(struct virtio_device *d, const struct vhost_params *p)
{
	memcpy(d->config, p->mac, 6);
	store_le16(d->config + CONFIG_STATUS, LINK_UP);
	store_le16(d->config + CONFIG_PAIRS, 1);
}

void vhost_net_fail(struct virtio_device *d, unsigned q, const struct virtq_chain *c)
{
	if (q % 2)
		virtio_push(d, q, c->handle, 0);
}

void vhost_net_gone(struct virtio_device *d)
{
	static const uint8_t down[2];

	virtio_config_set(d, CONFIG_STATUS, down, sizeof(down));
}

const struct vhost_kind vhost_net_kind = {
	.id = 1,
	.class_code = 0x020000,
	.node_name = "ethernet",
	.features = F_CSUM | F_GUEST_CSUM | F_GUEST_TSO4 | F_GUEST_TSO6 | F_GUEST_ECN | F_GUEST_UFO | F_HOST_TSO4 |
		    F_HOST_TSO6 | F_HOST_ECN | F_HOST_UFO | F_MRG_RXBUF,
	.ours = F_MAC | F_STATUS,
	.queues = 2,
	.config_len = NET_CONFIG_SIZE,
	.config_init = config_init,
	.fail = vhost_net_fail,
	.gone = vhost_net_gone,
};
