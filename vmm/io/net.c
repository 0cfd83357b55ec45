/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kinds of networks have in common. */
#include "vmm/io/net.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vmm/io/net_impl.h"

int net_open(const struct net_params *p, struct net **ret_net, const char **ret_why)
{
	static int (*const open[])(const struct net_params *, struct net **, const char **) = {
		[NET_USER] = net_user_open, [NET_TAP] = net_tap_open, [NET_PASST] = net_passt_open,
	};
	struct net *n;
	int r = open[p->kind](p, &n, ret_why);

	if (r < 0)
		return r;
	if (n->fd >= 0 && p->ready)
		r = iothread_watch_edges(p->thread, n->fd, p->ready, p->ctx);
	if (r < 0) {
		net_close(n);
		return r;
	}
	*ret_net = n;
	return 0;
}

void net_close(struct net *n)
{
	if (!n)
		return;
	if (n->ops->close)
		n->ops->close(n);
	else if (n->fd >= 0)
		close(n->fd);
	free(n);
}

unsigned net_offloads(const struct net *n)
{
	return n->ops->offloads;
}

bool net_link(const struct net *n)
{
	return !n->down;
}

int net_fd(const struct net *n)
{
	return n->fd;
}

size_t net_receive(struct net *n, void *buf)
{
	size_t len;

	if (n->down)
		return 0;
	if (n->ops->offloads)
		return n->ops->receive(n, buf, NET_FRAME_MAX);
	len = n->ops->receive(n, (uint8_t *)buf + NET_HEADER, NET_BARE_MAX);
	memset(buf, 0, NET_HEADER);
	return len ? NET_HEADER + len : 0;
}

/* Without its first @len bytes. */
static void iov_skip(struct iovec **iov, unsigned *count, size_t len)
{
	while (*count && len >= (*iov)->iov_len) {
		len -= (*iov)->iov_len;
		++*iov;
		--*count;
	}
	if (*count) {
		(*iov)->iov_base = (uint8_t *)(*iov)->iov_base + len;
		(*iov)->iov_len -= len;
	}
}

int net_send(struct net *n, struct iovec *iov, unsigned count)
{
	if (n->down)
		return 0;
	if (!n->ops->offloads)
		iov_skip(&iov, &count, NET_HEADER);
	return n->ops->send(n, iov, count);
}

void net_flush(struct net *n)
{
	if (n->ops->flush && !n->down)
		n->ops->flush(n);
}

void net_set_offloads(struct net *n, unsigned offloads)
{
	if (n->ops->set_offloads)
		n->ops->set_offloads(n, offloads);
}

void net_set_in_use(struct net *n, bool in_use)
{
	if (n->ops->set_in_use)
		n->ops->set_in_use(n, in_use);
}
