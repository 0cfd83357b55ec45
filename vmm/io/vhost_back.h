/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What serves a device's queues in our place, out of the guest's memory: another process (vhost_user.h) or the host's
 * kernel (vhost_kernel.h).
 *
 * Contract: vhost_back_close() on the main thread, while the I/O thread does not run; the rest on the device's I/O
 * thread, or before it begins. Negative errno of whoever serves; -EREMOTEIO: it refuses. After an error the caller
 * gives it up, by vhost_back_drop(): then it touches nothing any more.
 */
#ifndef PAPRIKA_IO_VHOST_BACK_H
#define PAPRIKA_IO_VHOST_BACK_H

#include <stdint.h>

#include "vmm/base/check.h"

/* A range of memory: @size bytes at guest-physical @gpa, at @hva of this process, from @fd_offset of @fd. */
struct vhost_region {
	uint64_t gpa, size, fd_offset;
	void *hva;
	int fd;
};

/* A split queue of @size entries, its parts at addresses of this process that lie in regions. */
struct vhost_vring {
	unsigned size;
	uint16_t base; /* the index in the available ring to begin at */
	const void *desc, *avail, *used;
	int kick_fd, call_fd; /* eventfds */
};

struct vhost_back;

struct vhost_back_ops {
	int (*memory_set)(struct vhost_back *b, const struct vhost_region *regions, unsigned count);
	int (*features_set)(struct vhost_back *b, uint64_t features);
	int (*vring_start)(struct vhost_back *b, unsigned queue, const struct vhost_vring *ring);
	int (*vring_stop)(struct vhost_back *b, unsigned queue, uint16_t *ret_base);
	void (*drop)(struct vhost_back *b);
	void (*close)(struct vhost_back *b);
};

/* The first member of whatever it is. */
struct vhost_back {
	const struct vhost_back_ops *ops;
};

/* Eight at the most. */
static inline __must_check int vhost_back_memory_set(struct vhost_back *b, const struct vhost_region *regions,
						     unsigned count)
{
	return b->ops->memory_set(b, regions, count);
}

/* Those of virtio that the driver accepted. */
static inline __must_check int vhost_back_features_set(struct vhost_back *b, uint64_t features)
{
	return b->ops->features_set(b, features);
}

/* A ring begins; after vhost_back_vring_stop() nothing of it is touched any more, and *ret_base, if that succeeded, is
 * where it would go on. */
static inline __must_check int vhost_back_vring_start(struct vhost_back *b, unsigned queue,
						      const struct vhost_vring *ring)
{
	return b->ops->vring_start(b, queue, ring);
}

static inline __must_check int vhost_back_vring_stop(struct vhost_back *b, unsigned queue,
						     uint16_t *ret_base)
{
	return b->ops->vring_stop(b, queue, ret_base);
}

static inline void vhost_back_drop(struct vhost_back *b)
{
	b->ops->drop(b);
}

/* NULL: nothing is done. */
static inline void vhost_back_close(struct vhost_back *b)
{
	if (b)
		b->ops->close(b);
}

#endif
