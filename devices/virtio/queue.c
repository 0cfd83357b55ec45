/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The split ring. */
#include "devices/virtio/queue.h"

#include <errno.h>

#include "vmm/base/byteorder.h"

#define DESC_SIZE     16u
#define DESC_NEXT     1u
#define DESC_WRITE    2u
#define DESC_INDIRECT 4u

#define AVAIL_NO_INTERRUPT 1u

#define OFFSET_IDX  2u /* in either ring, after its flags */
#define OFFSET_RING 4u
#define USED_ELEM   8u

struct desc {
	uint64_t at;
	uint32_t len;
	uint16_t flags, next;
};

static ioba_t plus(ioba_t base, uint64_t offset)
{
	return IOBA(base.v + offset);
}

static bool area_sound(ioba_t at, uint64_t len, unsigned align)
{
	uint64_t end;

	return !(at.v & (align - 1)) && check_add_u64(at.v, len, &end);
}

bool virtq_sound(const struct virtq *q)
{
	return area_sound(q->desc, (uint64_t)q->size * DESC_SIZE, 16) &&
	       area_sound(q->driver, 6 + 2ull * q->size, 2) &&
	       area_sound(q->device, 6 + (uint64_t)USED_ELEM * q->size, 4);
}

static void desc_decode(const uint8_t *raw, struct desc *d)
{
	d->at = load_le64(raw);
	d->len = load_le32(raw + 8);
	d->flags = load_le16(raw + 12);
	d->next = load_le16(raw + 14);
}

/* One buffer into the chain. Readable ones come first. */
static int chain_add(struct virtq *q, struct virtq_chain *c, const struct desc *d)
{
	bool writable = d->flags & DESC_WRITE;
	unsigned n = c->readable + c->writable;
	uint64_t *total = writable ? &c->writable_len : &c->readable_len;

	if (n == q->size || (!writable && c->writable))
		return -EINVAL;
	*total += d->len;
	if (*total > UINT32_MAX)
		return -EINVAL;
	c->segments[n] = (struct virtq_segment){.at = IOBA(d->at), .len = d->len};
	*(writable ? &c->writable : &c->readable) += 1;
	return 0;
}

/* The chain in @table of @count raw descriptors, from @index on. */
static int chain_walk_table(struct virtq *q, struct virtq_chain *c, const uint8_t *table, unsigned count)
{
	unsigned index = 0;

	for (;;) {
		struct desc d;
		int r;

		if (index >= count)
			return -EINVAL;
		desc_decode(table + index * DESC_SIZE, &d);
		if (d.flags & DESC_INDIRECT)
			return -EINVAL;
		r = chain_add(q, c, &d); /* which ends a loop: a chain has its longest length */
		if (r < 0 || !(d.flags & DESC_NEXT))
			return r;
		index = d.next;
	}
}

static int chain_walk_indirect(struct virtq *q, struct virtq_chain *c, const struct desc *d)
{
	uint8_t table[VIRTQ_SIZE_MAX * DESC_SIZE];
	int r;

	if ((d->flags & DESC_NEXT) || !d->len || d->len % DESC_SIZE || d->len / DESC_SIZE > q->size)
		return -EINVAL;
	r = dma_read(q->dma, IOBA(d->at), table, d->len);
	return r < 0 ? r : chain_walk_table(q, c, table, d->len / DESC_SIZE);
}

static int chain_walk(struct virtq *q, struct virtq_chain *c)
{
	unsigned index = c->head;

	for (;;) {
		uint8_t raw[DESC_SIZE];
		struct desc d;
		int r;

		if (index >= q->size)
			return -EINVAL;
		r = dma_read(q->dma, plus(q->desc, (uint64_t)index * DESC_SIZE), raw, sizeof(raw));
		if (r < 0)
			return r;
		desc_decode(raw, &d);
		if (d.flags & DESC_INDIRECT)
			return chain_walk_indirect(q, c, &d);
		r = chain_add(q, c, &d);
		if (r < 0 || !(d.flags & DESC_NEXT))
			return r;
		index = d.next;
	}
}

int virtq_pop(struct virtq *q, struct virtq_chain *c)
{
	uint16_t idx, slot = q->next_avail & (q->size - 1);
	int r = dma_load_le16(q->dma, plus(q->driver, OFFSET_IDX), &idx);

	if (r < 0)
		return r;
	if (idx == q->next_avail)
		return 0;
	if ((uint16_t)(idx - q->next_avail) > q->size)
		return -EINVAL;
	c->readable = c->writable = 0;
	c->readable_len = c->writable_len = 0;
	r = dma_load_le16(q->dma, plus(q->driver, OFFSET_RING + 2u * slot), &c->head);
	if (r == 0)
		r = chain_walk(q, c);
	if (r < 0)
		return r;
	q->next_avail++;
	return 1;
}

int virtq_push(struct virtq *q, uint16_t head, uint32_t len)
{
	uint16_t slot = q->next_used & (q->size - 1);
	uint8_t elem[USED_ELEM];
	int r;

	store_le32(elem, head);
	store_le32(elem + 4, len);
	r = dma_write(q->dma, plus(q->device, OFFSET_RING + (uint64_t)slot * USED_ELEM), elem,
		      sizeof(elem));
	if (r < 0)
		return r;
	q->next_used++;
	return dma_store_le16(q->dma, plus(q->device, OFFSET_IDX), q->next_used);
}

int virtq_wants_interrupt(struct virtq *q)
{
	uint16_t flags, event, told = q->told;
	int r;

	/* the index is out before the driver's wish is looked at, and the other way round there */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (!q->event_idx) {
		r = dma_load_le16(q->dma, q->driver, &flags);
		return r < 0 ? r : !(flags & AVAIL_NO_INTERRUPT);
	}
	r = dma_load_le16(q->dma, plus(q->driver, OFFSET_RING + 2u * q->size), &event);
	if (r < 0)
		return r;
	q->told = q->next_used;
	if (!q->told_once) {
		q->told_once = true;
		return 1;
	}
	return (uint16_t)(q->next_used - event - 1) < (uint16_t)(q->next_used - told);
}

int virtq_wait(struct virtq *q)
{
	uint16_t idx;
	int r;

	if (q->event_idx) {
		r = dma_store_le16(q->dma, plus(q->device, OFFSET_RING + (uint64_t)USED_ELEM * q->size),
				   q->next_avail);
		if (r < 0)
			return r;
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
	}
	r = dma_load_le16(q->dma, plus(q->driver, OFFSET_IDX), &idx);
	return r < 0 ? r : idx != q->next_avail;
}

int virtq_map(struct virtq *q, const struct virtq_chain *c, bool writable, uint64_t skip, uint64_t len,
	      struct iovec *iov, unsigned *count, unsigned max)
{
	const struct virtq_segment *s = c->segments + (writable ? c->readable : 0);
	unsigned n = writable ? c->writable : c->readable;

	for (unsigned i = 0; i < n && len; i++) {
		uint64_t part = s[i].len;
		int r;

		if (skip >= part) {
			skip -= part;
			continue;
		}
		part = part - skip < len ? part - skip : len;
		r = dma_map(q->dma, plus(s[i].at, skip), part, writable ? TCE_WRITE : TCE_READ, iov,
			    count, max);
		if (r < 0)
			return r;
		skip = 0;
		len -= part;
	}
	return len ? -EINVAL : 0;
}

#define COPY_PIECES 64

int virtq_read(struct virtq *q, const struct virtq_chain *c, uint64_t skip, void *buf, size_t len)
{
	struct iovec iov[COPY_PIECES];
	unsigned n = 0;
	int r = virtq_map(q, c, false, skip, len, iov, &n, COPY_PIECES);

	for (unsigned i = 0; r == 0 && i < n; i++) {
		memcpy(buf, iov[i].iov_base, iov[i].iov_len);
		buf = (uint8_t *)buf + iov[i].iov_len;
	}
	return r;
}

int virtq_write(struct virtq *q, const struct virtq_chain *c, uint64_t skip, const void *buf, size_t len)
{
	struct iovec iov[COPY_PIECES];
	unsigned n = 0;
	int r = virtq_map(q, c, true, skip, len, iov, &n, COPY_PIECES);

	if (r < 0)
		return r;
	for (unsigned i = 0; i < n; i++) {
		memcpy(iov[i].iov_base, buf, iov[i].iov_len);
		buf = (const uint8_t *)buf + iov[i].iov_len;
	}
	dma_written(q->dma, iov, n);
	return 0;
}
