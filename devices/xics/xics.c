/* SPDX-License-Identifier: GPL-2.0-or-later */
/* XICS in user space. */
#include "devices/xics/xics.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

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
	unsigned servers, used;
	struct ics_source sources[XICS_SOURCES];
	struct icp icps[];
};

static struct ics_source *source_find(struct xics *x, uint32_t source)
{
	uint32_t at = source - XICS_SOURCE_BASE;

	return at < XICS_SOURCES && x->sources[at].used ? &x->sources[at] : NULL;
}

static void source_present(struct xics *x, struct ics_source *s);

/* What was pending gives way: back to its source, to be presented again. */
static void icp_reject(struct xics *x, struct icp *icp)
{
	struct ics_source *s = source_find(x, icp->pending);

	if (s) {
		s->presented = false;
		s->waiting = true;
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

/* After CPPR rose or something was taken: the IPI, then every source that waits for this server. */
static void icp_refill(struct xics *x, unsigned server)
{
	struct icp *icp = &x->icps[server];

	if (icp->mfrr < icp->cppr)
		icp_offer(x, server, XICS_IPI, icp->mfrr);
	for (unsigned i = 0; i < x->used; i++)
		if (x->sources[i].server == server)
			source_present(x, &x->sources[i]);
}

static void source_present(struct xics *x, struct ics_source *s)
{
	bool due = s->is_level ? s->asserted && !s->presented : s->waiting;

	if (!due || s->priority == XICS_PRIORITY_NONE || s->server >= x->servers)
		return;
	if (icp_offer(x, s->server, XICS_SOURCE_BASE + (uint32_t)(s - x->sources), s->priority)) {
		s->waiting = false;
		s->presented = true;
	}
}

static void xics_line_set(void *chip, uint32_t source, bool level)
{
	struct xics *x = chip;
	struct ics_source *s;

	pthread_mutex_lock(&x->lock);
	s = source_find(x, source);
	if (s && s->is_level)
		s->asserted = level;
	else if (s && level)
		s->waiting = true;
	if (s && level) {
		log_trace(TRACE_IRQ, "source %#x raised", source);
		source_present(x, s);
	}
	pthread_mutex_unlock(&x->lock);
}

static const struct irq_chip_ops xics_irq_ops = {.set = xics_line_set};

int xics_new(unsigned servers, xics_deliver_fn *deliver, void *ctx, struct xics **ret_xics)
{
	struct xics *x = calloc(1, sizeof(*x) + servers * sizeof(x->icps[0]));

	if (!x)
		return -ENOMEM;
	pthread_mutex_init(&x->lock, NULL);
	x->servers = servers;
	x->deliver = deliver;
	x->ctx = ctx;
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
	pthread_mutex_unlock(&x->lock);
}

int xics_source_alloc(struct xics *x, bool level_sensitive, struct irq_line *ret_line)
{
	unsigned at;

	pthread_mutex_lock(&x->lock);
	at = x->used;
	if (at < XICS_SOURCES) {
		x->used++;
		x->sources[at] = (struct ics_source){.used = true, .is_level = level_sensitive,
						     .priority = XICS_PRIORITY_NONE,
						     .saved_priority = XICS_PRIORITY_NONE};
	}
	pthread_mutex_unlock(&x->lock);
	if (at >= XICS_SOURCES)
		return -ENOSPC;
	*ret_line = (struct irq_line){.ops = &xics_irq_ops, .chip = x,
				      .source = XICS_SOURCE_BASE + at};
	return 0;
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
	struct ics_source *s;

	if (server >= x->servers)
		return false;
	pthread_mutex_lock(&x->lock);
	x->icps[server].cppr = (uint8_t)(xirr >> CPPR_SHIFT);
	s = source_find(x, xirr & SOURCE_MASK);
	if (s) {
		s->presented = false;
		source_present(x, s);
	}
	icp_refill(x, server);
	pthread_mutex_unlock(&x->lock);
	return true;
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
	} else if (s) {
		s->saved_priority = s->priority;
		s->priority = XICS_PRIORITY_NONE;
	}
	pthread_mutex_unlock(&x->lock);
	return s != NULL;
}
