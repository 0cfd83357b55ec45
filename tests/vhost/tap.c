/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tap SOCKET INTERFACE: a vhost-user back end of a network, for tests: frames to and from a tap interface. */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#include "tests/fake/vhost_back.h"
#include "vmm/base/byteorder.h"

#define HEADER      12
#define NUM_BUFFERS 10
#define F_CSUM       (1ull << 0)
#define F_GUEST_CSUM (1ull << 1)
#define F_GUEST_TSO4 (1ull << 7)
#define F_HOST_TSO4  (1ull << 11)
#define WAITING_MAX 256

static int tap;
static struct back_chain waiting[WAITING_MAX]; /* buffers for frames, a ring */
static unsigned first, count;

/* Frames while there are buffers for them. */
static void tap_stirred(struct back *b)
{
	while (count) {
		struct back_chain *c = &waiting[first];
		ssize_t n = readv(tap, c->iov + c->readable, (int)c->writable);

		if (n < 0)
			return;
		store_le16((uint8_t *)c->iov[c->readable].iov_base + NUM_BUFFERS, 1);
		first = (first + 1) % WAITING_MAX;
		count--;
		back_use(b, 0, c->head, (uint32_t)n);
	}
	b->watch_fd = -1; /* until there are buffers again */
}

static bool chain(struct back *b, unsigned q, struct back_chain *c, uint32_t *ret_len)
{
	if (q == 1)
		return writev(tap, c->iov, (int)c->readable) != 0; /* or it is lost */
	if (count < WAITING_MAX)
		waiting[(first + count++) % WAITING_MAX] = *c;
	b->watch_fd = tap;
	return false;
}

/* What it waited with is the driver's again. */
static void stopped(struct back *b, unsigned q)
{
	if (q == 0)
		count = 0;
}

int main(int argc, char **argv)
{
	struct ifreq ifr = {.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR};
	int header = HEADER, le = 1;
	struct back b = {.features = 1ull << 32 | VHOST_F_PROTOCOL_FEATURES | 1ull << 28 | 1ull << 29 | F_CSUM | F_GUEST_CSUM |
				     F_GUEST_TSO4 | F_HOST_TSO4,
			 .protocol = VHOST_PROTOCOL_REPLY_ACK, .queue_count = 1, .chain = chain, .stopped = stopped,
			 .watch = tap_stirred, .watch_fd = -1};

	if (argc != 3 || strlen(argv[1]) >= sizeof(b.path) || strlen(argv[2]) >= IFNAMSIZ) {
		fprintf(stderr, "usage: tap SOCKET INTERFACE\n");
		return 1;
	}
	strcpy(b.path, argv[1]);
	strcpy(ifr.ifr_name, argv[2]);
	tap = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (tap < 0 || ioctl(tap, TUNSETIFF, &ifr) < 0 || ioctl(tap, TUNSETVNETHDRSZ, &header) < 0 ||
	    ioctl(tap, TUNSETVNETLE, &le) < 0 || ioctl(tap, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4) < 0) {
		perror(argv[2]);
		return 1;
	}
	back_start(&b);
	pthread_join(b.thread, NULL);
	return 0;
}
