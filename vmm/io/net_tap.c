/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tap interfaces: one that is there, or, with the privileges to make it, a new one. */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "vmm/io/net_impl.h"

static int tap_set_interface(int fd, const char *ifname, int flags)
{
	struct ifreq ifr = {.ifr_flags = (short)(IFF_TAP | IFF_NO_PI | IFF_VNET_HDR | flags)};

	strncpy(ifr.ifr_name, ifname, IFNAMSIZ - 1);
	return ioctl(fd, TUNSETIFF, &ifr) < 0 ? -errno : 0;
}

static int tap_attach(int fd, const struct net_params *p, const char **ret_why)
{
	int header = NET_HEADER, little = 1, r;

	*ret_why = "not a tap interface";
	if (p->queues > 1)
		*ret_why = "queues: it is not a tap interface of several (try: ip tuntap add NAME mode tap multi_queue)";
	r = tap_set_interface(fd, p->ifname, p->queues > 1 ? IFF_MULTI_QUEUE : 0);
	/* one made for several can be used with one as well */
	if (r == -EINVAL && p->queues <= 1)
		r = tap_set_interface(fd, p->ifname, IFF_MULTI_QUEUE);
	if (r < 0)
		return r;
	if (ioctl(fd, TUNSETVNETHDRSZ, &header) < 0 || ioctl(fd, TUNSETVNETLE, &little) < 0 ||
	    ioctl(fd, TUNSETOFFLOAD, 0) < 0)
		return -ENOTSUP;
	return 0;
}

static size_t tap_receive(struct net *n, void *buf, size_t size)
{
	struct iovec iov = {.iov_base = buf, .iov_len = size};
	ssize_t len;

	do
		len = readv(n->fd, &iov, 1);
	while (len < 0 && errno == EINTR);
	return len > 0 ? (size_t)len : 0;
}

static int tap_send(struct net *n, const struct iovec *iov, unsigned count)
{
	while (writev(n->fd, iov, (int)count) < 0 && errno == EINTR)
		;
	return 0;
}

static void tap_set_offloads(struct net *n, unsigned offloads)
{
	unsigned long flags = offloads & NET_CHECKSUM ? TUN_F_CSUM : 0;

	if (flags && (offloads & NET_TSO4))
		flags |= TUN_F_TSO4;
	if (flags && (offloads & NET_TSO6))
		flags |= TUN_F_TSO6;
	/* one that the host does not know is done there: a frame more work, none wrong */
	if (ioctl(n->fd, TUNSETOFFLOAD, flags) < 0)
		ioctl(n->fd, TUNSETOFFLOAD, 0);
}

/* One of an interface for one queue alone cannot be taken out of use, and never is. */
static void tap_set_in_use(struct net *n, bool in_use)
{
	struct ifreq ifr = {.ifr_flags = in_use ? IFF_ATTACH_QUEUE : IFF_DETACH_QUEUE};

	ioctl(n->fd, TUNSETQUEUE, &ifr);
}

static const struct net_ops tap_ops = {
	.offloads = NET_CHECKSUM | NET_TSO4 | NET_TSO6,
	.receive = tap_receive,
	.send = tap_send,
	.set_offloads = tap_set_offloads,
	.set_in_use = tap_set_in_use,
};

int net_tap_open(const struct net_params *p, struct net **ret_net, const char **ret_why)
{
	struct net *n;
	int r = 0;

	*ret_why = "ifname: 1 to 15 characters";
	if (!p->ifname[0] || strlen(p->ifname) >= IFNAMSIZ)
		return -EINVAL;
	n = calloc(1, sizeof(*n));
	if (!n)
		return -ENOMEM;
	n->ops = &tap_ops;
	n->fd = -1;
	if (!p->describe) {
		n->fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);
		r = n->fd < 0 ? -errno : tap_attach(n->fd, p, ret_why);
	}
	if (r < 0) {
		net_close(n);
		return r;
	}
	*ret_net = n;
	return 0;
}
