/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the two forms of a virtqueue share. */
#ifndef PAPRIKA_VIRTIO_QUEUE_IMPL_H
#define PAPRIKA_VIRTIO_QUEUE_IMPL_H

#include "devices/virtio/queue.h"
#include "vmm/base/byteorder.h"

#define DESC_SIZE     16u
#define DESC_NEXT     1u
#define DESC_WRITE    2u
#define DESC_INDIRECT 4u

struct desc {
	uint64_t at;
	uint32_t len;
	uint16_t a, b; /* split: flags, next; packed: id, flags */
};

static inline ioba_t ioba_plus(ioba_t base, uint64_t offset)
{
	return IOBA(base.v + offset);
}

static inline struct desc desc_decode(const uint8_t *raw)
{
	return (struct desc){load_le64(raw), load_le32(raw + 8), load_le16(raw + 12), load_le16(raw + 14)};
}

/* One buffer into the chain: 0, or -EINVAL: too many, too long, or out of order. */
int chain_add(const struct virtq *q, struct virtq_chain *c, const struct desc *d, unsigned flags);
/* The table that @d describes, into @table. -EINVAL: not a table, or longer than the queue. -EFAULT. */
int table_read(const struct virtq *q, const struct desc *d, unsigned flags,
	       uint8_t table[VIRTQ_SIZE_MAX * DESC_SIZE]);

/* queue_packed.c */
int packed_pop(struct virtq *q, struct virtq_chain *c);
void packed_unpop(struct virtq *q, unsigned descs);
int packed_push(struct virtq *q, struct virtq_handle handle, uint32_t len);
int packed_wants_interrupt(struct virtq *q);
int packed_wait(struct virtq *q);

#endif
