/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A network back end: a tap interface, a user-mode network in a helper process (net_user.h), or passt behind its
 * socket. Frames are Ethernet's, each behind the 12 bytes of a struct virtio_net_hdr_v1, little-endian
 * (VIRTIO 1.2, 5.1.6).
 *
 * Contract: net_open() and net_close() on the main thread, while the I/O thread does not run; the rest, and
 * the ready function, on the I/O thread, or before it begins. Nothing blocks. A tap loses the frames that the host does not take, as a
 * wire does; the others say so, and call the ready function once they take more.
 */
#ifndef PAPRIKA_IO_NET_H
#define PAPRIKA_IO_NET_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "vmm/io/iothread.h"

#define NET_QUEUES_MAX 8u

#define NET_HEADER    12u
#define NET_BARE_MAX  (14u + 65535u)             /* a frame without its header */
#define NET_FRAME_MAX (NET_HEADER + NET_BARE_MAX) /* with segmentation left to the receiver */

/* What the receiver does itself: partial checksums, segments of TCP over IPv4, over IPv6. */
enum net_offload { NET_CHECKSUM = 1, NET_TSO4 = 2, NET_TSO6 = 4 };

/* The last is a device that another process serves whole, which is not this interface's. */
enum net_kind { NET_USER, NET_TAP, NET_PASST, NET_VHOST_USER };

struct net;
struct net_user;

struct net_params {
	enum net_kind kind;
	const char *ifname;    /* NET_TAP: the interface */
	const char *socket;    /* NET_PASST: where passt listens */
	struct net_user *user; /* NET_USER: the helper; it stays the caller's */
	unsigned queues;       /* NET_TAP: of the interface, each with a back end of its own; else 0 or 1 */
	bool describe;         /* nothing is opened */
	struct iothread *thread;
	/* Frames may have come, or go again: net_receive() until there is none. NULL: nobody listens. */
	void (*ready)(void *ctx);
	void *ctx;
};

/* -EINVAL: *ret_why says what is wrong with the name, or with what has it; -ENOTSUP: no headers on this host's taps; others of
 * open(2), and ioctl(2) TUNSETIFF; of socket(2) and connect(2). */
__must_check int net_open(const struct net_params *params, struct net **ret_net, const char **ret_why);
void net_close(struct net *net);

/* Of enum net_offload: what it does of frames from the guest, and so can leave to it. Any thread. */
unsigned net_offloads(const struct net *net);
/* False: whoever was behind it has gone, for good. */
bool net_link(const struct net *net);

/* Its descriptor, for who serves a tap in our place; -1: a description alone. */
int net_fd(const struct net *net);

/* A frame with its header into @buf of NET_FRAME_MAX bytes: its length, or 0: none. */
size_t net_receive(struct net *net, void *buf);
/* 0: it is gone, or lost; -EAGAIN: not now. @iov is used up. */
__must_check int net_send(struct net *net, struct iovec *iov, unsigned count);
/* When the ready function is called: what waits goes on. */
void net_flush(struct net *net);
/* What of net_offloads() frames to the guest may leave to it. */
void net_set_offloads(struct net *net, unsigned offloads);
/* Of several queues: whether this one is to get a share of the frames. It is, at first. */
void net_set_in_use(struct net *net, bool in_use);

#endif
