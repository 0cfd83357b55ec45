/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A network without any privilege: TCP, UDP and echo of the guest become sockets of a helper process, by
 * libslirp. The guest finds a DHCP server, its router (which is the host's loopback) and a name server.
 *
 * The helper is made before anything else of the VM is there, so that it has nothing of it but its socket. It
 * ends with the VM; its own end is a network whose link is down.
 */
#ifndef PAPRIKA_IO_NET_USER_H
#define PAPRIKA_IO_NET_USER_H

#include <stdbool.h>
#include <stdint.h>

#include "vmm/base/check.h"

#define NET_FORWARDS_MAX 16

/* Addresses are numbers, 0x7f000001 is the loopback's. */
struct net_forward {
	bool udp;
	uint32_t address, guest; /* guest: 0 is the one that DHCP gives first */
	uint16_t port, guest_port;
};

struct net_user_params {
	uint32_t network;
	unsigned prefix_len; /* 8 to 28 bits */
	bool restricted;     /* nothing but the forwarded ports */
	struct net_forward forwards[NET_FORWARDS_MAX];
	unsigned forward_count;
};

struct net_user;

/*
 * Forks; the helper calls @cage when it has all that it needs, and begins if that is 0. On failure *why says
 * what went wrong, if it was not out of memory or descriptors. While this is the process's only thread.
 * -ENOSYS: no libslirp here.
 */
__must_check int net_user_start(const struct net_user_params *params, int (*cage)(void *ctx), void *ctx,
				char why[160], struct net_user **ret_user);
/* Ends the helper. */
void net_user_end(struct net_user *user);

/* slirp.c: the helper, at the other end of @fd. Returns when it is to end. */
void slirp_main(const struct net_user_params *params, int (*cage)(void *ctx), void *ctx, int fd);

/* The helper's first word, and what is in *why. */
struct slirp_word {
	int32_t result;
	char why[160];
};

#endif
