/* SPDX-License-Identifier: GPL-2.0-or-later */
/* XICS in user space. */
#include "devices/xics/xics.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/base/bits.h"
#include "vmm/base/log.h"

#define CPPR_SHIFT  24
#define SOURCE_MASK 0xffffffu

/* One server's presentation: the most favoured interrupt pending, if any, and what it masks. */
struct icp {
	uint8_t cppr, mfrr;
	uint8_t pending_priority;
	uint32_t pending; /* source, 0 for none */
};

struct ics_source {
	uint32_t server;
	uint8_t priority, saved_priority;
	bool used, is_level;
	bool asserted;  /* level: the line's state */
	bool waiting;   /* an event that could not be presented, or was masked */
	bool presented; /* in some XIRR, or acknowledged and not yet at its EOI */
};

struct xics {
	pthread_mutex_t lock;
	xics_deliver_fn *deliver;
	void *ctx;
	bool active;
	unsigned servers, used;
	uint64_t due[XICS_SOURCES / 64]; /* a bit a source: it has something to present, and may */
	struct ics_source sources[XICS_SOURCES];
	struct icp icps[];
};

static struct ics_source *source_find(struct xics *x, uint32_t source)
{
	uint32_t at = source - XICS_SOURCE_BASE;

	return at < XICS_SOURCES && x->sources[at].used ? &x->sources[at] : NULL;
}

static uint32_t source_number(const struct xics *x, const struct ics_source *s)
{
	return XICS_SOURCE_BASE + (uint32_t)(s - x->sources);
}

/* Keeps the source's bit of x->due; to be called after each change of it. */
static void source_update(struct xics *x, const struct ics_source *s)
{
	unsigned at = (unsigned)(s - x->sources);
	bool due = s->is_level ? s->asserted && !s->presented : s->waiting;

	if (due && s->priority != XICS_PRIORITY_NONE)
		x->due[at / 64] |= 1ULL << (at % 64);
	else
		x->due[at / 64] &= ~(1ULL << (at % 64));
}

/* What was pending gives way: back to its source, to be presented again. */
static void icp_reject(struct xics *x, struct icp *icp)
{
	struct ics_source *s = source_find(x, icp->pending);

	if (s) {
		s->presented = false;
		s->waiting = true;
		source_update(x, s);
	}
	icp->pending = 0;
	icp->pending_priority = XICS_PRIORITY_NONE;
}

/* Presents @source at @priority to a server if it is more favoured than all it has. */
static bool icp_offer(struct xics *x, unsigned server, uint32_t source, uint8_t priority)
{
	struct icp *icp = &x->icps[server];

	if (priority >= icp->cppr || priority >= icp->pending_priority)
		return false;
	if (icp->pending)
		icp_reject(x, icp);
	icp->pending = source;
	icp->pending_priority = priority;
	x->deliver(x->ctx, server, true);
	return true;
}

static void source_present(struct xics *x, struct ics_source *s)
{
	unsigned at = (unsigned)(s - x->sources);

	source_update(x, s);
	if (!(x->due[at / 64] >> (at % 64) & 1) || !x->active)
		return;
	if (icp_offer(x, s->server, source_number(x, s), s->priority)) {
		s->waiting = false;
		s->presented = true;
		source_update(x, s);
	}
}

/* After CPPR rose or something was taken: the IPI, then every source that waits for this server. */
static void icp_refill(struct xics *x, unsigned server)
{
	struct icp *icp = &x->icps[server];

	if (icp->mfrr < icp->cppr)
		icp_offer(x, server, XICS_IPI, icp->mfrr);
	for (unsigned word = 0; word < ARRAY_SIZE(x->due); word++)
		for (uint64_t left = x->due[word]; left; left &= left - 1) {
			unsigned at = word * 64 + (unsigned)__builtin_ctzll(left);

			if (x->sources[at].server == server)
				source_present(x, &x->sources[at]);
		}
}

static void xics_line_set(void *chip, uint32_t source, bool level)
{
	struct xics *x = chip;
	struct ics_source *s;

	pthread_mutex_lock(&x->lock);
	s = x->active ? source_find(x, source) : NULL;
	if (s && s->is_level)
		s->asserted = level;
	else if (s && level)
		s->waiting = true;
	if (s && level)
		log_trace(TRACE_IRQ, "source %#x raised", source);
	if (s)
		source_present(x, s);
	pthread_mutex_unlock(&x->lock);
}

static int xics_source_add(void *chip, uint32_t source, bool level_sensitive)
{
	struct xics *x = chip;
	uint32_t at = source - XICS_SOURCE_BASE;

	if (at >= XICS_SOURCES)
		return -ENOSPC;
	pthread_mutex_lock(&x->lock);
	x->sources[at] = (struct ics_source){.used = true, .is_level = level_sensitive,
					     .priority = XICS_PRIORITY_NONE,
					     .saved_priority = XICS_PRIORITY_NONE};
	if (at >= x->used)
		x->used = at + 1;
	pthread_mutex_unlock(&x->lock);
	return 0;
}

static void reset_locked(struct xics *x)
{
	memset(x->due, 0, sizeof(x->due));
	for (unsigned i = 0; i < x->servers; i++) {
		x->icps[i] = (struct icp){.mfrr = XICS_PRIORITY_NONE,
					  .pending_priority = XICS_PRIORITY_NONE};
		x->deliver(x->ctx, i, false);
	}
	for (unsigned i = 0; i < XICS_SOURCES; i++) {
		struct ics_source *s = &x->sources[i];

		*s = (struct ics_source){.used = s->used, .is_level = s->is_level,
					 .asserted = s->asserted,
					 .priority = XICS_PRIORITY_NONE,
					 .saved_priority = XICS_PRIORITY_NONE};
	}
}

/* Levels come anew from the router, once it is active. */
static int xics_activate(void *chip, bool on)
{
	struct xics *x = chip;

	pthread_mutex_lock(&x->lock);
	for (unsigned i = 0; i < XICS_SOURCES; i++)
		x->sources[i].asserted = false;
	reset_locked(x);
	x->active = on;
	pthread_mutex_unlock(&x->lock);
	return 0;
}

const struct irq_chip_ops xics_irq_ops = {
	.set = xics_line_set,
	.source_add = xics_source_add,
	.activate = xics_activate,
};

int xics_new(unsigned servers, xics_deliver_fn *deliver, void *ctx, struct xics **ret_xics)
{
	struct xics *x = calloc(1, sizeof(*x) + servers * sizeof(x->icps[0]));

	if (!x)
		return -ENOMEM;
	pthread_mutex_init(&x->lock, NULL);
	x->servers = servers;
	x->deliver = deliver;
	x->ctx = ctx;
	x->active = true;
	xics_reset(x);
	*ret_xics = x;
	return 0;
}

void xics_free(struct xics *x)
{
	if (!x)
		return;
	pthread_mutex_destroy(&x->lock);
	free(x);
}

void xics_reset(struct xics *x)
{
	pthread_mutex_lock(&x->lock);
	reset_locked(x);
	pthread_mutex_unlock(&x->lock);
}

int xics_source_alloc(struct xics *x, bool level_sensitive, struct irq_line *ret_line)
{
	uint32_t source = XICS_SOURCE_BASE + x->used;
	int r = xics_source_add(x, source, level_sensitive);

	if (r == 0)
		*ret_line = (struct irq_line){.ops = &xics_irq_ops, .chip = x, .source = source};
	return r;
}

bool xics_cppr(struct xics *x, unsigned server, uint8_t cppr)
{
	struct icp *icp;
	uint8_t old;

	if (server >= x->servers)
		return false;
	pthread_mutex_lock(&x->lock);
	icp = &x->icps[server];
	old = icp->cppr;
	icp->cppr = cppr;
	if (cppr < old) {
		if (icp->pending && icp->pending_priority >= cppr) {
			x->deliver(x->ctx, server, false);
			icp_reject(x, icp);
		}
	} else {
		icp_refill(x, server);
	}
	pthread_mutex_unlock(&x->lock);
	return true;
}

bool xics_xirr(struct xics *x, unsigned server, uint32_t *ret_xirr)
{
	struct icp *icp;

	if (server >= x->servers)
		return false;
	pthread_mutex_lock(&x->lock);
	icp = &x->icps[server];
	*ret_xirr = (uint32_t)icp->cppr << CPPR_SHIFT | icp->pending;
	if (icp->pending) {
		icp->cppr = icp->pending_priority;
		icp->pending = 0;
		icp->pending_priority = XICS_PRIORITY_NONE;
	}
	x->deliver(x->ctx, server, false);
	pthread_mutex_unlock(&x->lock);
	return true;
}

bool xics_ipoll(struct xics *x, unsigned server, uint32_t *ret_xirr, uint8_t *ret_mfrr)
{
	struct icp *icp;

	if (server >= x->servers)
		return false;
	pthread_mutex_lock(&x->lock);
	icp = &x->icps[server];
	*ret_xirr = (uint32_t)icp->cppr << CPPR_SHIFT | icp->pending;
	*ret_mfrr = icp->mfrr;
	pthread_mutex_unlock(&x->lock);
	return true;
}

bool xics_eoi(struct xics *x, unsigned server, uint32_t xirr)
{
	uint32_t source = xirr & SOURCE_MASK;
	uint8_t cppr = (uint8_t)(xirr >> CPPR_SHIFT);
	struct ics_source *s;
	bool legal;

	if (server >= x->servers)
		return false;
	pthread_mutex_lock(&x->lock);
	s = source_find(x, source);
	legal = (s || source == XICS_IPI) && cppr >= x->icps[server].cppr;
	if (legal) {
		x->icps[server].cppr = cppr;
		if (s) {
			s->presented = false;
			source_present(x, s);
		}
		icp_refill(x, server);
	}
	pthread_mutex_unlock(&x->lock);
	return legal;
}

bool xics_ipi(struct xics *x, unsigned server, uint8_t mfrr)
{
	struct icp *icp;

	if (server >= x->servers)
		return false;
	pthread_mutex_lock(&x->lock);
	icp = &x->icps[server];
	icp->mfrr = mfrr;
	if (mfrr < icp->cppr)
		icp_offer(x, server, XICS_IPI, mfrr);
	pthread_mutex_unlock(&x->lock);
	return true;
}

bool xics_source_set(struct xics *x, uint32_t source, uint32_t server, uint8_t priority)
{
	struct ics_source *s;

	pthread_mutex_lock(&x->lock);
	s = server < x->servers ? source_find(x, source) : NULL;
	if (s) {
		s->server = server;
		s->priority = s->saved_priority = priority;
		source_present(x, s);
	}
	pthread_mutex_unlock(&x->lock);
	return s != NULL;
}

bool xics_source_get(struct xics *x, uint32_t source, uint32_t *ret_server, uint8_t *ret_priority)
{
	struct ics_source *s;

	pthread_mutex_lock(&x->lock);
	s = source_find(x, source);
	if (s) {
		*ret_server = s->server;
		*ret_priority = s->priority;
	}
	pthread_mutex_unlock(&x->lock);
	return s != NULL;
}

bool xics_source_enable(struct xics *x, uint32_t source, bool enable)
{
	struct ics_source *s;

	pthread_mutex_lock(&x->lock);
	s = source_find(x, source);
	if (s && enable) {
		s->priority = s->saved_priority;
		source_present(x, s);
	} else if (s && s->priority != XICS_PRIORITY_NONE) {
		s->saved_priority = s->priority;
		s->priority = XICS_PRIORITY_NONE;
		source_update(x, s);
	}
	pthread_mutex_unlock(&x->lock);
	return s != NULL;
}
