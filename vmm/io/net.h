/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A network back end: a tap interface. Frames are Ethernet's, each behind the 12 bytes of a struct
 * virtio_net_hdr_v1, little-endian (VIRTIO 1.2, 5.1.6).
 *
 * Contract: net_open() and net_close() on the main thread, while the I/O thread does not run; the rest, and
 * the ready function, on the I/O thread. Nothing blocks: a frame that the host does not take is lost, as
 * on a wire.
 */
#ifndef PAPRIKA_IO_NET_H
#define PAPRIKA_IO_NET_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "vmm/io/iothread.h"

#define NET_HEADER    12u
#define NET_FRAME_MAX (NET_HEADER + 14u + 65535u) /* with segmentation left to the receiver */

/* What the receiver does itself: partial checksums, segments of TCP over IPv4, over IPv6. */
enum net_offload { NET_CHECKSUM = 1, NET_TSO4 = 2, NET_TSO6 = 4 };

struct net;

struct net_params {
	const char *ifname; /* of the tap interface */
	bool describe;      /* nothing is opened */
	struct iothread *thread;
	/* Frames may have come: net_receive() until there is none. NULL: nobody listens. */
	void (*ready)(void *ctx);
	void *ctx;
};

/* -EINVAL: *ret_why says what is wrong with the name; -ENOTSUP: no headers on this host's taps; others of
 * open(2), and ioctl(2) TUNSETIFF. */
__must_check int net_open(const struct net_params *params, struct net **ret_net, const char **ret_why);
void net_close(struct net *net);

/* A frame with its header into @buf of NET_FRAME_MAX bytes: its length, or 0: none. */
size_t net_receive(struct net *net, void *buf);
/* False: it was not taken. */
bool net_send(struct net *net, const struct iovec *iov, unsigned count);
/* What of enum net_offload frames to the guest may leave to it. */
void net_set_offloads(struct net *net, unsigned offloads);

#endif
