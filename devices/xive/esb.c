/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Event state buffers: two bits of state for a source or a queue, and the pages that handle them. */
#include "devices/xive/internal.h"

/* Offsets in a page, each for the range up to the next; loads are of 8 bytes and return the state before. */
#define PAGE_EOI        0x000u /* a store here triggers instead */
#define PAGE_STORE_EOI  0x400u /* a load here is an EOI, too */
#define PAGE_GET        0x800u
#define PAGE_SET        0xc00u /* bits 8 and 9 of the offset are the new PQ */
#define PAGE_DECODED    0x1000u

#define NOTHING (~0ULL)

uint8_t esb_step(uint8_t state, enum esb_op op, bool level_sensitive, uint64_t *ret_value,
		 bool *ret_event)
{
	uint8_t pq = state & ESB_PQ, line = state & ESB_ASSERTED;
	bool event = false;

	*ret_value = pq;
	switch (op) {
	case ESB_SET_00:
	case ESB_SET_01:
	case ESB_SET_10:
	case ESB_SET_11:
		pq = (uint8_t)op;
		break;
	case ESB_GET:
		break;
	case ESB_TRIGGER:
		event = !pq;
		pq = pq == ESB_OFF ? ESB_OFF : pq ? ESB_PQ : ESB_P;
		break;
	case ESB_EOI:
		event = pq == ESB_PQ;
		pq = pq == ESB_OFF ? ESB_OFF : event ? ESB_P : 0;
		*ret_value = event;
		break;
	case ESB_LINE_UP:
		line = ESB_ASSERTED;
		break;
	case ESB_LINE_DOWN:
		line = 0;
		break;
	}
	/* an asserted line is an event whenever nothing holds it back */
	if (level_sensitive && line && !pq && op != ESB_GET) {
		pq = ESB_P;
		event = true;
	}
	*ret_event = event;
	return pq | line;
}

uint64_t xive_source_step(struct xive *x, struct xive_source *s, enum esb_op op)
{
	uint8_t old = atomic_load(&s->state), next;
	uint64_t value;
	bool event;

	do {
		next = esb_step(old, op, s->level_sensitive, &value, &event);
	} while (!atomic_compare_exchange_weak(&s->state, &old, next));
	if (event)
		xive_route(x, s);
	return value;
}

static bool load_op(uint64_t offset, enum esb_op *ret_op)
{
	if (offset >= PAGE_DECODED)
		return false;
	if (offset >= PAGE_SET)
		*ret_op = (enum esb_op)(offset >> 8 & 3);
	else
		*ret_op = offset >= PAGE_GET ? ESB_GET : ESB_EOI;
	return true;
}

static bool store_op(uint64_t offset, enum esb_op *ret_op)
{
	if (offset >= PAGE_GET)
		return false;
	*ret_op = offset >= PAGE_STORE_EOI ? ESB_EOI : ESB_TRIGGER;
	return true;
}

uint64_t xive_esb_load(struct xive *x, uint32_t lisn, uint64_t offset)
{
	enum esb_op op;

	if (x->params.host)
		return x->params.host->esb_load(x->params.host_chip, lisn, offset);
	return load_op(offset, &op) ? xive_source_step(x, xive_source_find(x, lisn), op) : NOTHING;
}

void xive_esb_store(struct xive *x, uint32_t lisn, uint64_t offset)
{
	enum esb_op op;

	if (x->params.host)
		x->params.host->esb_store(x->params.host_chip, lisn, offset);
	else if (store_op(offset, &op))
		xive_source_step(x, xive_source_find(x, lisn), op);
}

/* Even pages trigger, odd ones have all functions. */
static uint64_t esb_read(void *ctx, uint64_t offset, unsigned len)
{
	struct xive *x = ctx;
	uint64_t page = offset >> XIVE_PAGE_SHIFT;

	if (len != 8 || (offset & 7) || !(page & 1) || !xive_source_find(x, page / 2) ||
	    !atomic_load(&x->active))
		return NOTHING;
	return xive_esb_load(x, (uint32_t)(page / 2), offset & (XIVE_PAGE_SIZE - 1));
}

static void esb_write(void *ctx, uint64_t offset, unsigned len, uint64_t value)
{
	struct xive *x = ctx;
	uint64_t page = offset >> XIVE_PAGE_SHIFT, at = offset & (XIVE_PAGE_SIZE - 1);

	if ((offset & (len - 1)) || !xive_source_find(x, page / 2) || !atomic_load(&x->active))
		return;
	if ((page & 1) || at < PAGE_STORE_EOI)
		xive_esb_store(x, (uint32_t)(page / 2), at);
}

const struct bus_ops xive_esb_ops = {.read = esb_read, .write = esb_write};

/* The notification state of the queue whose page this is. An EOI with Q set notifies anew. */
static uint64_t end_step(struct xive *x, uint64_t page, enum esb_op op)
{
	uint8_t priority = page % XIVE_PRIORITIES;
	struct xive_server *v = &x->servers[page / XIVE_PRIORITIES];
	uint64_t value = NOTHING;
	bool event;

	pthread_mutex_lock(&v->lock);
	if (v->active && v->ends[priority].queue.enabled) {
		v->ends[priority].pq = esb_step(v->ends[priority].pq, op, false, &value, &event);
		if (event)
			ring_notify(x, v, priority);
	}
	pthread_mutex_unlock(&v->lock);
	return value;
}

static uint64_t end_read(void *ctx, uint64_t offset, unsigned len)
{
	enum esb_op op;

	if (len != 8 || (offset & 7) || !load_op(offset & (XIVE_PAGE_SIZE - 1), &op))
		return NOTHING;
	return end_step(ctx, offset >> XIVE_PAGE_SHIFT, op);
}

/* There is nothing to trigger: the queue does that. */
static void end_write(void *ctx, uint64_t offset, unsigned len, uint64_t value)
{
	enum esb_op op;

	if (!(offset & (len - 1)) && store_op(offset & (XIVE_PAGE_SIZE - 1), &op) && op == ESB_EOI)
		end_step(ctx, offset >> XIVE_PAGE_SHIFT, op);
}

const struct bus_ops xive_end_ops = {.read = end_read, .write = end_write};
