/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The packed ring: VIRTIO 1.2, 2.8 "Packed Virtqueues". */
#include <errno.h>

#include "devices/virtio/queue_impl.h"

#define DESC_AVAIL (1u << 7)
#define DESC_USED  (1u << 15)

#define OFFSET_ID    12u
#define OFFSET_LEN   8u
#define OFFSET_FLAGS 14u

/* Of the areas in which each side says what it wants to be told. */
#define EVENT_WRAP    (1u << 15)
#define EVENT_FLAGS   2u /* their offset */
#define EVENT_ALL     0u
#define EVENT_NONE    1u
#define EVENT_AT_DESC 2u

static ioba_t desc_at(const struct virtq *q, unsigned i)
{
	return ioba_plus(q->desc, (uint64_t)i * DESC_SIZE);
}

/* 1 if the driver has made descriptor @i available in the round @wrap, else 0. */
static int available(const struct virtq *q, unsigned i, bool wrap)
{
	uint16_t flags;
	int r = dma_load_le16(q->dma, ioba_plus(desc_at(q, i), OFFSET_FLAGS), &flags);

	return r < 0 ? r : !!(flags & DESC_AVAIL) == wrap && !!(flags & DESC_USED) != wrap;
}

static int table_walk(const struct virtq *q, struct virtq_chain *c, const struct desc *d)
{
	uint8_t table[VIRTQ_SIZE_MAX * DESC_SIZE];
	int r = table_read(q, d, d->b, table);

	for (unsigned i = 0; r == 0 && i < d->len / DESC_SIZE; i++) {
		struct desc entry = desc_decode(table + i * DESC_SIZE);

		/* all of the table is the chain: of its flags only who writes counts */
		r = chain_add(q, c, &entry, entry.b & DESC_WRITE);
	}
	return r;
}

static void avail_advance(struct virtq *q)
{
	if (++q->next_avail == q->size) {
		q->next_avail = 0;
		q->avail_wrap = !q->avail_wrap;
	}
}

static int chain_walk(struct virtq *q, struct virtq_chain *c)
{
	for (;;) {
		uint8_t raw[DESC_SIZE];
		struct desc d;
		int r = dma_read(q->dma, desc_at(q, q->next_avail), raw, sizeof(raw));

		if (r < 0)
			return r;
		d = desc_decode(raw);
		if (c->handle.descs == q->size)
			return -EINVAL;
		c->handle.descs++;
		c->handle.id = d.a; /* that of the last one counts */
		avail_advance(q);
		if (d.b & DESC_INDIRECT)
			return c->handle.descs > 1 ? -EINVAL : table_walk(q, c, &d);
		r = chain_add(q, c, &d, d.b);
		if (r < 0 || !(d.b & DESC_NEXT))
			return r;
	}
}

int packed_pop(struct virtq *q, struct virtq_chain *c)
{
	int r = available(q, q->next_avail, q->avail_wrap);

	if (r <= 0)
		return r;
	r = chain_walk(q, c);
	return r < 0 ? r : 1;
}

void packed_unpop(struct virtq *q, unsigned descs)
{
	if (descs > q->next_avail) {
		q->next_avail += (uint16_t)q->size;
		q->avail_wrap = !q->avail_wrap;
	}
	q->next_avail -= (uint16_t)descs;
}

int packed_push(struct virtq *q, struct virtq_handle handle, uint32_t len)
{
	ioba_t at = desc_at(q, q->next_used);
	unsigned flags = (q->used_wrap ? DESC_AVAIL | DESC_USED : 0) | (len ? DESC_WRITE : 0);
	uint8_t bytes[OFFSET_FLAGS - OFFSET_LEN];
	int r;

	store_le32(bytes, len);
	store_le16(bytes + (OFFSET_ID - OFFSET_LEN), handle.id);
	r = dma_write(q->dma, ioba_plus(at, OFFSET_LEN), bytes, sizeof(bytes));
	if (r < 0)
		return r;
	q->next_used += handle.descs;
	if (q->next_used >= q->size) {
		q->next_used -= (uint16_t)q->size;
		q->used_wrap = !q->used_wrap;
		q->told -= (uint16_t)q->size;
	}
	return dma_store_le16(q->dma, ioba_plus(at, OFFSET_FLAGS), (uint16_t)flags);
}

int packed_wants_interrupt(struct virtq *q)
{
	uint16_t flags = 0, at = 0, event, told = q->told;
	int r;

	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	r = dma_load_le16(q->dma, ioba_plus(q->driver, EVENT_FLAGS), &flags);
	if (r == 0)
		r = dma_load_le16(q->dma, q->driver, &at);
	if (r < 0)
		return r;
	q->told = q->next_used;
	if (flags != EVENT_AT_DESC || !q->event_idx || !q->told_once) {
		q->told_once = true;
		return flags != EVENT_NONE;
	}
	/* an index of the round before is one below those of this round */
	event = (uint16_t)((at & ~EVENT_WRAP) - (!!(at & EVENT_WRAP) != q->used_wrap ? q->size : 0));
	return (uint16_t)(q->next_used - event - 1) < (uint16_t)(q->next_used - told);
}

int packed_wait(struct virtq *q)
{
	unsigned at = q->next_avail | (q->avail_wrap ? EVENT_WRAP : 0);
	int r;

	r = dma_store_le16(q->dma, q->device, (uint16_t)at);
	if (r == 0)
		r = dma_store_le16(q->dma, ioba_plus(q->device, EVENT_FLAGS),
				   q->event_idx ? EVENT_AT_DESC : EVENT_ALL);
	if (r < 0)
		return r;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return available(q, q->next_avail, q->avail_wrap);
}
