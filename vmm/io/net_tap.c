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

static int tap_attach(int fd, const char *ifname)
{
	struct ifreq ifr = {.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR};
	int header = NET_HEADER, little = 1;

	strncpy(ifr.ifr_name, ifname, IFNAMSIZ - 1);
	if (ioctl(fd, TUNSETIFF, &ifr) < 0)
		return -errno;
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

static const struct net_ops tap_ops = {
	.offloads = NET_CHECKSUM | NET_TSO4 | NET_TSO6,
	.receive = tap_receive,
	.send = tap_send,
	.set_offloads = tap_set_offloads,
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
		r = n->fd < 0 ? -errno : tap_attach(n->fd, p->ifname);
	}
	if (r < 0) {
		net_close(n);
		return r;
	}
	*ret_net = n;
	return 0;
}
