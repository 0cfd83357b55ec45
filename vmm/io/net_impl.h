/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the back ends of networks have to offer. Frames are bare where there are no offloads. */
#ifndef PAPRIKA_IO_NET_IMPL_H
#define PAPRIKA_IO_NET_IMPL_H

#include "vmm/io/net.h"

struct net_ops {
	unsigned offloads;
	size_t (*receive)(struct net *net, void *buf, size_t size);
	int (*send)(struct net *net, const struct iovec *iov, unsigned count);
	void (*flush)(struct net *net);
	void (*set_offloads)(struct net *net, unsigned offloads);
	void (*set_in_use)(struct net *net, bool in_use);
	void (*close)(struct net *net);
};

struct net {
	const struct net_ops *ops;
	int fd; /* -1: a description alone */
	bool down;
};

/* Each allocates, with a descriptor to be watched. Errors: net_open(). */
int net_tap_open(const struct net_params *params, struct net **ret_net, const char **ret_why);
int net_passt_open(const struct net_params *params, struct net **ret_net, const char **ret_why);
int net_user_open(const struct net_params *params, struct net **ret_net, const char **ret_why);

#endif
