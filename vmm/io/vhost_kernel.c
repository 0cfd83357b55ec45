/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ioctls of vhost-net and vhost-vsock, in the order that the kernel wants. */
#include "vmm/io/vhost_kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/vhost.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "vmm/io/doorbell.h"
#include "vmm/io/net.h"

#define F_VERSION_1   (1ull << 32)
#define REGIONS_MAX   8u
#define QUEUES_AN_FD  2u /* of those of either module */

struct vhost_kernel {
	struct vhost_back back;
	unsigned fd_count; /* of its own, a pair of queues each */
	int fds[NET_QUEUES_MAX], taps[NET_QUEUES_MAX];
	/* Has the kernel serve queue @queue, which is set up; and no longer. */
	int (*begin)(struct vhost_kernel *k, unsigned queue);
	int (*end)(struct vhost_kernel *k, unsigned queue);
	/* vhost-vsock: both queues at once */
	bool ready[QUEUES_AN_FD], running;
	int kicks[QUEUES_AN_FD];
};

static struct vhost_kernel *kernel_of(struct vhost_back *b)
{
	return (struct vhost_kernel *)((uint8_t *)b - offsetof(struct vhost_kernel, back));
}

static int call(int fd, unsigned long request, const void *arg)
{
	int r;

	do
		r = ioctl(fd, request, arg);
	while (r < 0 && errno == EINTR);
	return r < 0 ? -errno : 0;
}

static int call_all(const struct vhost_kernel *k, unsigned long request, const void *arg)
{
	int r = 0;

	for (unsigned i = 0; i < k->fd_count && r == 0; i++)
		r = call(k->fds[i], request, arg);
	return r;
}

static int kernel_memory_set(struct vhost_back *b, const struct vhost_region *regions, unsigned count)
{
	union {
		struct vhost_memory memory;
		uint8_t room[sizeof(struct vhost_memory) + REGIONS_MAX * sizeof(struct vhost_memory_region)];
	} m = {.memory = {.nregions = count}};

	if (count > REGIONS_MAX)
		return -E2BIG;
	for (unsigned i = 0; i < count; i++)
		m.memory.regions[i] = (struct vhost_memory_region){.guest_phys_addr = regions[i].gpa,
								   .memory_size = regions[i].size,
								   .userspace_addr = (uintptr_t)regions[i].hva};
	return call_all(kernel_of(b), VHOST_SET_MEM_TABLE, &m);
}

static int kernel_features_set(struct vhost_back *b, uint64_t features)
{
	return call_all(kernel_of(b), VHOST_SET_FEATURES, &features);
}

/* What came before the kernel waits for the bell is rung once more. */
static int kernel_vring_start(struct vhost_back *b, unsigned queue, const struct vhost_vring *ring)
{
	struct vhost_kernel *k = kernel_of(b);
	int fd = k->fds[queue / QUEUES_AN_FD];
	unsigned index = queue % QUEUES_AN_FD;
	const struct vhost_vring_state num = {index, ring->size}, base = {index, ring->base};
	const struct vhost_vring_addr at = {.index = index, .desc_user_addr = (uintptr_t)ring->desc,
					    .used_user_addr = (uintptr_t)ring->used,
					    .avail_user_addr = (uintptr_t)ring->avail};
	const struct vhost_vring_file bell = {index, ring->call_fd}, kick = {index, ring->kick_fd};
	int r = call(fd, VHOST_SET_VRING_NUM, &num);

	if (r == 0)
		r = call(fd, VHOST_SET_VRING_BASE, &base);
	if (r == 0)
		r = call(fd, VHOST_SET_VRING_ADDR, &at);
	if (r == 0)
		r = call(fd, VHOST_SET_VRING_CALL, &bell);
	if (r == 0)
		r = call(fd, VHOST_SET_VRING_KICK, &kick);
	k->kicks[index] = ring->kick_fd;
	if (r == 0)
		r = k->begin(k, queue);
	if (r == 0)
		doorbell_ring(&(struct doorbell){.fd = ring->kick_fd});
	return r;
}

static int kernel_vring_stop(struct vhost_back *b, unsigned queue, uint16_t *ret_base)
{
	struct vhost_kernel *k = kernel_of(b);
	struct vhost_vring_state base = {.index = queue % QUEUES_AN_FD};
	int r = k->end(k, queue);

	if (r == 0)
		r = call(k->fds[queue / QUEUES_AN_FD], VHOST_GET_VRING_BASE, &base);
	if (r == 0)
		*ret_base = (uint16_t)base.num;
	return r;
}

/* A queue that was not served cannot be ended, and need not be. */
static void kernel_drop(struct vhost_back *b)
{
	struct vhost_kernel *k = kernel_of(b);

	for (unsigned i = 0; i < k->fd_count * QUEUES_AN_FD; i++)
		k->end(k, i);
}

static void kernel_close(struct vhost_back *b)
{
	struct vhost_kernel *k = kernel_of(b);

	for (unsigned i = 0; i < k->fd_count; i++)
		close(k->fds[i]);
	free(k);
}

static const struct vhost_back_ops kernel_ops = {
	.memory_set = kernel_memory_set,
	.features_set = kernel_features_set,
	.vring_start = kernel_vring_start,
	.vring_stop = kernel_vring_stop,
	.drop = kernel_drop,
	.close = kernel_close,
};

static int open_one(struct vhost_kernel *k, const char *path, uint64_t *ret_features)
{
	int r, fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	k->fds[k->fd_count++] = fd;
	r = call(fd, VHOST_SET_OWNER, NULL);
	if (r == 0)
		r = call(fd, VHOST_GET_FEATURES, ret_features);
	return r == 0 && !(*ret_features & F_VERSION_1) ? -ENOTSUP : r;
}

static int kernel_open(const char *path, unsigned fds, struct vhost_kernel **ret_kernel, uint64_t *ret_features)
{
	struct vhost_kernel *k = calloc(1, sizeof(*k));
	int r = k ? 0 : -ENOMEM;

	if (r == 0)
		k->back.ops = &kernel_ops;
	for (unsigned i = 0; i < fds && r == 0; i++)
		r = open_one(k, path, ret_features);
	if (r < 0 && k)
		kernel_close(&k->back);
	else
		*ret_kernel = k;
	return r;
}

/* The kernel's thread is out of the queue when a call that takes its tap away returns. */
static int backend_set(struct vhost_kernel *k, unsigned queue, int fd)
{
	const struct vhost_vring_file file = {queue % QUEUES_AN_FD, fd};

	return call(k->fds[queue / QUEUES_AN_FD], VHOST_NET_SET_BACKEND, &file);
}

static int net_begin(struct vhost_kernel *k, unsigned queue)
{
	return backend_set(k, queue, k->taps[queue / QUEUES_AN_FD]);
}

static int net_end(struct vhost_kernel *k, unsigned queue)
{
	return backend_set(k, queue, VHOST_FILE_UNBIND);
}

int vhost_net_open(unsigned pairs, struct vhost_back **ret_back, uint64_t *ret_features)
{
	struct vhost_kernel *k;
	int r = pairs > NET_QUEUES_MAX ? -E2BIG : kernel_open(VHOST_NET_PATH, pairs, &k, ret_features);

	if (r < 0)
		return r;
	k->begin = net_begin;
	k->end = net_end;
	*ret_back = &k->back;
	return 0;
}

void vhost_net_tap_set(struct vhost_back *b, unsigned pair, int fd)
{
	kernel_of(b)->taps[pair] = fd;
}

static int running_set(struct vhost_kernel *k, int running)
{
	int r = k->running == running ? 0 : call(k->fds[0], VHOST_VSOCK_SET_RUNNING, &running);

	if (r == 0)
		k->running = running;
	return r;
}

static int vsock_begin(struct vhost_kernel *k, unsigned queue)
{
	int r;

	k->ready[queue] = true;
	if (!k->ready[!queue])
		return 0;
	r = running_set(k, true);
	if (r == 0)
		doorbell_ring(&(struct doorbell){.fd = k->kicks[!queue]});
	return r;
}

static int vsock_end(struct vhost_kernel *k, unsigned queue)
{
	k->ready[queue] = false;
	return running_set(k, false);
}

int vhost_vsock_open(uint64_t cid, struct vhost_back **ret_back, uint64_t *ret_features)
{
	struct vhost_kernel *k;
	int r = kernel_open(VHOST_VSOCK_PATH, 1, &k, ret_features);

	if (r < 0)
		return r;
	r = call(k->fds[0], VHOST_VSOCK_SET_GUEST_CID, &cid);
	if (r < 0) {
		kernel_close(&k->back);
		return r;
	}
	k->begin = vsock_begin;
	k->end = vsock_end;
	*ret_back = &k->back;
	return 0;
}
