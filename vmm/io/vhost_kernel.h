/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Queues that a thread of the host's kernel serves: vhost-net, between a network device's and taps; vhost-vsock,
 * between a socket device's and the host's AF_VSOCK. Source: <linux/vhost.h>; the modules' ioctls, as in drivers/vhost
 * of Linux 6.1.
 *
 * Contract: that of vhost_back.h, and vhost_net_open(), vhost_net_tap_set() and vhost_vsock_open() on the main thread.
 * No call waits for a guest. Errors are those of ioctl(2).
 */
#ifndef PAPRIKA_IO_VHOST_KERNEL_H
#define PAPRIKA_IO_VHOST_KERNEL_H

#include "vmm/io/vhost_back.h"

#define VHOST_NET_PATH   "/dev/vhost-net"
#define VHOST_VSOCK_PATH "/dev/vhost-vsock"

/* Those that the kernel has for a guest. */
#define VSOCK_CID_MIN 3u
#define VSOCK_CID_MAX 0xfffffffeu

/*
 * For @pairs pairs of queues, NET_QUEUES_MAX at the most: first the one to receive, then that to send; *ret_features
 * are those of virtio that the kernel has, and others of its own. -ENOTSUP: not VIRTIO 1; others of open(2), -ENOENT
 * and -ENODEV where there is no such module; of ioctl(2).
 */
__must_check int vhost_net_open(unsigned pairs, struct vhost_back **ret_back, uint64_t *ret_features);
/* The tap behind @pair, which stays the caller's, and open until @b is closed. */
void vhost_net_tap_set(struct vhost_back *b, unsigned pair, int fd);

/*
 * Two queues: what the guest receives, what it sends; both are served, or none. @cid: the guest's address.
 * -EADDRINUSE: another has it; others as above.
 */
__must_check int vhost_vsock_open(uint64_t cid, struct vhost_back **ret_back, uint64_t *ret_features);

#endif
