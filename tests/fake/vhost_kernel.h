/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel with vhost-net, vhost-vsock and taps, for tests: open() and ioctl() of a program that links this answer for
 * them, and a thread serves queues: what of a chain may be written becomes 0xab. It is as strict as Linux 6.1 about
 * the order of calls.
 */
#ifndef PAPRIKA_TESTS_FAKE_VHOST_KERNEL_H
#define PAPRIKA_TESTS_FAKE_VHOST_KERNEL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/ioctl.h>

#define FAKE_VHOSTS 8u

struct fake_vring {
	unsigned num;
	uint16_t next, next_used;
	uint64_t desc, avail, used;
	int kick, call;  /* the caller's and its own; -1: none */
	bool rung;
	int tap;         /* -1: none */
	bool served;
	unsigned chains; /* that it has served */
};

struct fake_vhost {
	int fd;
	bool owned, vsock, running;
	uint64_t features, cid, gpa[2], size[2], hva[2];
	unsigned regions;
	struct fake_vring rings[2];
};

struct fake_tap {
	int fd;
	bool detached;
};

struct fake_vhost_kernel {
	/* set by tests */
	uint64_t features;
	int open_error;             /* of a vhost device: an errno, 0: none */
	unsigned long fail_request; /* this call fails, once so many more have not */
	unsigned fail_after;
	int fail_error;
	uint64_t cid_taken;
	/* what came of it */
	pthread_mutex_t lock;
	struct fake_vhost vhosts[FAKE_VHOSTS];
	struct fake_tap taps[FAKE_VHOSTS];
	unsigned vhost_count, tap_count;
	unsigned long offloads;
};

/* <linux/vhost.h>'s, whose other names are some of ours. */
enum {
	FAKE_SET_FEATURES = _IOW(0xaf, 0x00, uint64_t),
	FAKE_SET_VRING_NUM = _IOW(0xaf, 0x10, uint64_t),
	FAKE_SET_VRING_ADDR = _IOW(0xaf, 0x11, uint64_t[5]),
	FAKE_SET_VRING_BASE = _IOW(0xaf, 0x12, uint64_t),
	FAKE_SET_VRING_KICK = _IOW(0xaf, 0x20, uint64_t),
	FAKE_SET_VRING_CALL = _IOW(0xaf, 0x21, uint64_t),
	FAKE_NET_SET_BACKEND = _IOW(0xaf, 0x30, uint64_t),
	FAKE_VSOCK_SET_RUNNING = _IOW(0xaf, 0x61, int),
};

extern struct fake_vhost_kernel fake_vhost_kernel;

/* As a host that has just been started. */
void fake_vhost_reset(void);
/* How many chains of a ring have been served. */
unsigned fake_vhost_chains(unsigned vhost, unsigned ring);

#endif
