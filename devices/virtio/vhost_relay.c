/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rings between the driver's and the back end's: heads of chains go over, the descriptors stay where they are, and what was written
 * is told before the driver hears of it. What the back end writes into the used ring is looked at once, and believed only if the
 * chain was given to it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "devices/virtio/vhost_impl.h"
#include "vmm/base/byteorder.h"

#define NO_NOTIFY 1u /* in the used ring's flags */

#define OFFSET_IDX  2u
#define OFFSET_RING 4u
#define USED_ELEM   8u

_Static_assert(OFFSET_RING + 2 * VHOST_QUEUE_SIZE + 2 <= RELAY_USED_AT &&
		       RELAY_USED_AT + OFFSET_RING + USED_ELEM * VHOST_QUEUE_SIZE + 2 <= RELAY_STRIDE,
	       "both rings fit");

struct vhost_relay {
	uint8_t *avail, *used;
	uint16_t avail_idx, used_idx;
	unsigned in_flight;
	bool busy[VHOST_QUEUE_SIZE]; /* by heads */
	struct virtq_chain chain;    /* as it comes */
	struct virtq_chain chains[VHOST_QUEUE_SIZE];
};

int vhost_relay_new(uint8_t *rings, struct vhost_relay **ret_relay)
{
	struct vhost_relay *r = calloc(1, sizeof(*r));

	if (!r)
		return -ENOMEM;
	r->avail = rings;
	r->used = rings + RELAY_USED_AT;
	*ret_relay = r;
	return 0;
}

void vhost_relay_free(struct vhost_relay *r)
{
	free(r);
}

void vhost_relay_begin(struct vhost_relay *r)
{
	memset(r->avail, 0, RELAY_STRIDE);
	memset(r->busy, 0, sizeof(r->busy));
	r->avail_idx = r->used_idx = 0;
	r->in_flight = 0;
}

const void *vhost_relay_avail(const struct vhost_relay *r)
{
	return r->avail;
}

const void *vhost_relay_used(const struct vhost_relay *r)
{
	return r->used;
}

unsigned vhost_relay_in_flight(const struct vhost_relay *r)
{
	return r->in_flight;
}

static uint16_t load_idx(const uint8_t *ring)
{
	return le16toh(__atomic_load_n((const uint16_t *)(ring + OFFSET_IDX), __ATOMIC_ACQUIRE));
}

static void store_idx(uint8_t *ring, uint16_t idx)
{
	__atomic_store_n((uint16_t *)(ring + OFFSET_IDX), htole16(idx), __ATOMIC_RELEASE);
}

/* Only what there is of it. */
static void chain_copy(struct virtq_chain *to, const struct virtq_chain *from)
{
	to->handle = from->handle;
	to->readable = from->readable;
	to->writable = from->writable;
	to->readable_len = from->readable_len;
	to->writable_len = from->writable_len;
	memcpy(to->segments, from->segments, (from->readable + from->writable) * sizeof(from->segments[0]));
}

/* The next chain, if there is one: it is busy now. */
static bool take(struct vhost_queue *q, uint16_t *ret_head)
{
	struct virtio_device *d = &q->owner->virtio;
	struct vhost_relay *r = q->relay;

	if (!virtio_pop(d, q->index, &r->chain))
		return false;
	*ret_head = r->chain.handle.id;
	if (*ret_head >= VHOST_QUEUE_SIZE || r->busy[*ret_head]) {
		virtio_broken(d, "a chain that is made available twice");
		return false;
	}
	r->busy[*ret_head] = true;
	r->in_flight++;
	chain_copy(&r->chains[*ret_head], &r->chain);
	return true;
}

void vhost_relay_forward(struct vhost_queue *q)
{
	struct vhost_relay *r = q->relay;
	unsigned size = q->owner->virtio.queues[q->index].ring.size;
	uint16_t head, before = r->avail_idx;

	while (take(q, &head)) {
		store_le16(r->avail + OFFSET_RING + 2 * (r->avail_idx & (size - 1)), head);
		r->avail_idx++;
	}
	if (r->avail_idx == before)
		return;
	store_idx(r->avail, r->avail_idx);
	/* the index is out before its wish is looked at, and the other way round there */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (!(load_le16(r->used) & NO_NOTIFY))
		doorbell_ring(&q->kick);
}

/* All that the back end could write into: it need not be as much as it says. */
static void tell_written(struct vhost_device *v, const struct virtq_chain *c)
{
	for (unsigned i = c->readable; i < c->readable + c->writable; i++)
		if (gmem_span(v->mem, GPA(c->segments[i].at.v), c->segments[i].len))
			gmem_written(v->mem, GPA(c->segments[i].at.v), c->segments[i].len);
}

static const struct virtq_chain *give_back(struct vhost_relay *r, uint32_t head)
{
	if (head >= VHOST_QUEUE_SIZE || !r->busy[head])
		return NULL;
	r->busy[head] = false;
	r->in_flight--;
	return &r->chains[head];
}

int vhost_relay_collect(struct vhost_queue *q)
{
	struct vhost_device *v = q->owner;
	struct vhost_relay *r = q->relay;
	unsigned size = v->virtio.queues[q->index].ring.size;
	uint16_t idx = load_idx(r->used);

	if ((uint16_t)(idx - r->used_idx) > r->in_flight)
		return -EPROTO;
	while (r->used_idx != idx) {
		const uint8_t *elem = r->used + OFFSET_RING + USED_ELEM * (r->used_idx & (size - 1));
		const struct virtq_chain *c = give_back(r, load_le32(elem));
		uint32_t len = load_le32(elem + 4);

		if (!c)
			return -EPROTO;
		r->used_idx++;
		tell_written(v, c);
		virtio_push(&v->virtio, q->index, c->handle,
			    len < c->writable_len ? len : (uint32_t)c->writable_len);
	}
	virtio_flush(&v->virtio, q->index);
	return 0;
}

void vhost_relay_fail(struct vhost_queue *q)
{
	struct vhost_device *v = q->owner;
	struct vhost_relay *r = q->relay;
	uint16_t head;

	if (!virtio_queue_active(&v->virtio, q->index)) {
		vhost_relay_begin(r);
		return;
	}
	for (unsigned i = 0; i < VHOST_QUEUE_SIZE && r->in_flight; i++) {
		const struct virtq_chain *c = give_back(r, i);

		if (c)
			v->kind->fail(&v->virtio, q->index, c);
	}
	while (take(q, &head))
		v->kind->fail(&v->virtio, q->index, give_back(r, head));
	virtio_flush(&v->virtio, q->index);
}
