/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The virtio network device: VIRTIO 1.2, 5.1, with as many pairs of queues as its back end has, all on one I/O
 * thread, and a control queue. Threads: as virtio.h.
 */
#ifndef PAPRIKA_VIRTIO_NET_H
#define PAPRIKA_VIRTIO_NET_H

#include "devices/virtio/virtio.h"
#include "vmm/io/net.h"

struct virtio_net;

/* @params without its ready function, which is the device's own. -ENOMEM, and those of net_open() and
 * virtio_init(). */
__must_check int virtio_net_new(const struct net_params *params, const uint8_t mac[6],
				struct virtio_net **ret_device, const char **ret_why);
/* The I/O thread has ended. */
void virtio_net_free(struct virtio_net *n);
struct virtio_device *virtio_net_device(struct virtio_net *n);

#endif
