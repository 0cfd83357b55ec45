/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The split ring, and what both forms share. */
#include "devices/virtio/queue.h"

#include <errno.h>

#include "devices/virtio/queue_impl.h"

#define AVAIL_NO_INTERRUPT 1u

#define OFFSET_IDX  2u /* in either ring, after its flags */
#define OFFSET_RING 4u
#define USED_ELEM   8u

static bool area_sound(ioba_t at, uint64_t len, unsigned align)
{
	uint64_t end;

	return !(at.v & (align - 1)) && check_add_u64(at.v, len, &end);
}

bool virtq_begin(struct virtq *q)
{
	uint64_t ring = (uint64_t)q->size * DESC_SIZE;

	q->avail_wrap = q->used_wrap = true;
	if (q->packed)
		return area_sound(q->desc, ring, 16) && area_sound(q->driver, 4, 4) &&
		       area_sound(q->device, 4, 4);
	return !(q->size & (q->size - 1)) && area_sound(q->desc, ring, 16) &&
	       area_sound(q->driver, 6 + 2ull * q->size, 2) &&
	       area_sound(q->device, 6 + (uint64_t)USED_ELEM * q->size, 4);
}

/* Readable ones come first. */
int chain_add(const struct virtq *q, struct virtq_chain *c, const struct desc *d, unsigned flags)
{
	bool writable = flags & DESC_WRITE;
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

int table_read(const struct virtq *q, const struct desc *d, unsigned flags,
	       uint8_t table[VIRTQ_SIZE_MAX * DESC_SIZE])
{
	if ((flags & DESC_NEXT) || !d->len || d->len % DESC_SIZE || d->len / DESC_SIZE > q->size)
		return -EINVAL;
	return dma_read(q->dma, IOBA(d->at), table, d->len);
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
		d = desc_decode(table + index * DESC_SIZE);
		if (d.a & DESC_INDIRECT)
			return -EINVAL;
		r = chain_add(q, c, &d, d.a); /* which ends a loop: a chain has its longest length */
		if (r < 0 || !(d.a & DESC_NEXT))
			return r;
		index = d.b;
	}
}

static int chain_walk_indirect(struct virtq *q, struct virtq_chain *c, const struct desc *d)
{
	uint8_t table[VIRTQ_SIZE_MAX * DESC_SIZE];
	int r = table_read(q, d, d->a, table);

	return r < 0 ? r : chain_walk_table(q, c, table, d->len / DESC_SIZE);
}

static int chain_walk(struct virtq *q, struct virtq_chain *c)
{
	unsigned index = c->handle.id;

	for (;;) {
		uint8_t raw[DESC_SIZE];
		struct desc d;
		int r;

		if (index >= q->size)
			return -EINVAL;
		r = dma_read(q->dma, ioba_plus(q->desc, (uint64_t)index * DESC_SIZE), raw, sizeof(raw));
		if (r < 0)
			return r;
		d = desc_decode(raw);
		if (d.a & DESC_INDIRECT)
			return chain_walk_indirect(q, c, &d);
		r = chain_add(q, c, &d, d.a);
		if (r < 0 || !(d.a & DESC_NEXT))
			return r;
		index = d.b;
	}
}

static int split_pop(struct virtq *q, struct virtq_chain *c)
{
	uint16_t idx, slot = q->next_avail & (q->size - 1);
	int r = dma_load_le16(q->dma, ioba_plus(q->driver, OFFSET_IDX), &idx);

	if (r < 0)
		return r;
	if (idx == q->next_avail)
		return 0;
	if ((uint16_t)(idx - q->next_avail) > q->size)
		return -EINVAL;
	r = dma_load_le16(q->dma, ioba_plus(q->driver, OFFSET_RING + 2u * slot), &c->handle.id);
	if (r == 0)
		r = chain_walk(q, c);
	if (r < 0)
		return r;
	q->next_avail++;
	return 1;
}

int virtq_pop(struct virtq *q, struct virtq_chain *c)
{
	c->handle = (struct virtq_handle){0};
	c->readable = c->writable = 0;
	c->readable_len = c->writable_len = 0;
	return q->packed ? packed_pop(q, c) : split_pop(q, c);
}

void virtq_unpop(struct virtq *q, unsigned chains, unsigned descs)
{
	if (q->packed)
		packed_unpop(q, descs);
	else
		q->next_avail -= (uint16_t)chains;
}

int virtq_push(struct virtq *q, struct virtq_handle handle, uint32_t len)
{
	uint16_t slot = q->next_used & (q->size - 1);
	uint8_t elem[USED_ELEM];
	int r;

	if (q->packed)
		return packed_push(q, handle, len);
	store_le32(elem, handle.id);
	store_le32(elem + 4, len);
	r = dma_write(q->dma, ioba_plus(q->device, OFFSET_RING + (uint64_t)slot * USED_ELEM), elem,
		      sizeof(elem));
	if (r < 0)
		return r;
	q->next_used++;
	return dma_store_le16(q->dma, ioba_plus(q->device, OFFSET_IDX), q->next_used);
}

int virtq_wants_interrupt(struct virtq *q)
{
	uint16_t flags, event, told = q->told;
	int r;

	if (q->packed)
		return packed_wants_interrupt(q);
	/* the index is out before the driver's wish is looked at, and the other way round there */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (!q->event_idx) {
		r = dma_load_le16(q->dma, q->driver, &flags);
		return r < 0 ? r : !(flags & AVAIL_NO_INTERRUPT);
	}
	r = dma_load_le16(q->dma, ioba_plus(q->driver, OFFSET_RING + 2u * q->size), &event);
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

	if (q->packed)
		return packed_wait(q);
	if (q->event_idx) {
		r = dma_store_le16(q->dma, ioba_plus(q->device, OFFSET_RING + (uint64_t)USED_ELEM * q->size),
				   q->next_avail);
		if (r < 0)
			return r;
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
	}
	r = dma_load_le16(q->dma, ioba_plus(q->driver, OFFSET_IDX), &idx);
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
		r = dma_map(q->dma, ioba_plus(s[i].at, skip), part, writable ? TCE_WRITE : TCE_READ, iov,
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
