/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A virtqueue, split or packed, as the device walks it: every descriptor is read once into own memory, every
 * chain is bounded. Source: Virtual I/O Device (VIRTIO) 1.2, 2.7 "Split Virtqueues", 2.8 "Packed Virtqueues".
 *
 * Threads: the I/O thread of its device alone, once the queue is enabled.
 */
#ifndef PAPRIKA_VIRTIO_QUEUE_H
#define PAPRIKA_VIRTIO_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "vmm/mem/dma.h"

#define VIRTQ_SIZE_MAX 256

struct virtq_segment {
	ioba_t at;
	uint32_t len;
};

/* What names a chain when it is given back. */
struct virtq_handle {
	uint16_t id;    /* split: its head */
	uint16_t descs; /* packed: how many of the ring's descriptors it is */
};

/* A chain: first what the device reads, then what it writes. */
struct virtq_chain {
	struct virtq_handle handle;
	unsigned readable, writable; /* segments */
	uint64_t readable_len, writable_len; /* bytes, less than 4 GiB each */
	struct virtq_segment segments[VIRTQ_SIZE_MAX];
};

struct virtq {
	struct dma *dma;
	bool packed, event_idx;
	unsigned size; /* entries, at most VIRTQ_SIZE_MAX; split: a power of two */
	ioba_t desc, driver, device; /* split: descriptor table, available ring, used ring */
	bool avail_wrap, used_wrap;  /* packed */
	uint16_t next_avail, next_used;
	uint16_t told; /* next_used when the driver was last notified */
	bool told_once;
};

/* Before the first chain. False: an area is not aligned as the standard demands, or wraps; or the size. */
bool virtq_begin(struct virtq *q);

/*
 * The next chain that the driver made available: 1, or 0 if there is none.
 * -EFAULT: a part of the ring is not mapped; -EINVAL: the ring is broken (an index that jumps, a chain that
 * loops, is longer than the queue or out of order, a table within a table).
 */
__must_check int virtq_pop(struct virtq *q, struct virtq_chain *ret_chain);

/* The last chains that were popped, @chains of them with @descs in all, come again. */
void virtq_unpop(struct virtq *q, unsigned chains, unsigned descs);

/* Gives a chain back, @len bytes of it written. -EFAULT. */
__must_check int virtq_push(struct virtq *q, struct virtq_handle handle, uint32_t len);

/* Whether the driver wants to know of what was pushed since the last time. -EFAULT. */
__must_check int virtq_wants_interrupt(struct virtq *q);

/* Asks for a notification of the next chain: 1 if one has come meanwhile, else 0. -EFAULT. */
__must_check int virtq_wait(struct virtq *q);

/*
 * The host memory of the chain's readable (or writable) part without its first @skip bytes, at most @len of
 * them, appended to @iov. Negative errno of dma_map(); -EINVAL: the part is shorter.
 */
__must_check int virtq_map(struct virtq *q, const struct virtq_chain *c, bool writable, uint64_t skip,
			   uint64_t len, struct iovec *iov, unsigned *count, unsigned max);
/* Copies from the readable part, or to the writable one. -EINVAL: it is shorter; -EFAULT. */
__must_check int virtq_read(struct virtq *q, const struct virtq_chain *c, uint64_t skip, void *buf,
			    size_t len);
__must_check int virtq_write(struct virtq *q, const struct virtq_chain *c, uint64_t skip,
			     const void *buf, size_t len);

#endif
