/* SPDX-License-Identifier: GPL-2.0-or-later */
/* XIVE: assignment of sources, event queues, and the object's life. */
#include "devices/xive/xive.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>

#include "devices/xive/internal.h"
#include "vmm/base/bits.h"
#include "vmm/base/log.h"

static const uint32_t eq_shifts[] = {12, 16, 21, 24};
static const uint32_t host_eq_shifts[] = {XIVE_HOST_EQ_SHIFT};

#define EVENT_GENERATION 0x80000000u

struct xive_source *xive_source_find(const struct xive *x, uint64_t lisn)
{
	struct xive_source *s = NULL;

	if (lisn < x->params.servers)
		s = &x->ipis[lisn];
	else if (lisn >= IRQ_SOURCE_BASE && lisn - IRQ_SOURCE_BASE < IRQ_SOURCES)
		s = (struct xive_source *)&x->devices[lisn - IRQ_SOURCE_BASE];
	return s && atomic_load(&s->used) ? s : NULL;
}

bool xive_lisn_exists(const struct xive *x, uint64_t lisn)
{
	return xive_source_find(x, lisn) != NULL;
}

bool xive_server_exists(const struct xive *x, uint64_t server)
{
	return server < x->params.servers;
}

bool xive_priority_exists(uint64_t priority)
{
	return priority < XIVE_RESERVED_FROM;
}

const uint32_t *xive_eq_shifts(const struct xive *x, unsigned *ret_count)
{
	bool host = x->params.host;

	*ret_count = host ? ARRAY_SIZE(host_eq_shifts) : ARRAY_SIZE(eq_shifts);
	return host ? host_eq_shifts : eq_shifts;
}

bool xive_can_coalesce(const struct xive *x)
{
	return !x->params.host;
}

bool xive_has_lines(const struct xive *x)
{
	return !x->params.host;
}

static uint64_t eas_make(const struct xive_source_config *c)
{
	return EAS_ASSIGNED | (c->masked ? EAS_MASKED : 0) |
	       (uint64_t)c->priority << EAS_PRIORITY_SHIFT |
	       (uint64_t)c->server << EAS_SERVER_SHIFT | (c->eisn & XIVE_EISN_MASK);
}

static uint8_t eas_priority(uint64_t eas)
{
	return eas >> EAS_PRIORITY_SHIFT & 7;
}

static uint32_t eas_server(uint64_t eas)
{
	return eas >> EAS_SERVER_SHIFT & 0xffffff;
}

static uint32_t eas_eisn(uint64_t eas)
{
	return eas & XIVE_EISN_MASK;
}

/* One entry more; false if there is no queue to take it. */
static bool queue_put(struct xive *x, struct xive_queue *q, uint32_t eisn)
{
	uint32_t entry = eisn | (q->generation ? EVENT_GENERATION : 0);
	gpa_t at = GPA(q->base.v + 4 * (uint64_t)q->next);
	uint32_t *to = q->enabled ? gmem_span(x->params.mem, at, sizeof(*to)) : NULL;

	if (!to)
		return false;
	__atomic_store_n(to, htobe32(entry), __ATOMIC_RELEASE);
	gmem_written(x->params.mem, at, sizeof(*to));
	q->next = (q->next + 1) & ((1u << (q->shift - 2)) - 1);
	if (!q->next)
		q->generation = !q->generation;
	return true;
}

static void end_event(struct xive *x, struct xive_server *v, uint8_t priority, uint32_t eisn)
{
	struct xive_end *end = &v->ends[priority];
	bool notify = true;
	uint64_t value;

	if (!v->active || !queue_put(x, &end->queue, eisn)) {
		log_guest("XIVE: an event for server %u, priority %u, which has no queue",
			  (unsigned)(v - x->servers), priority);
		return;
	}
	if (!end->queue.always_notify)
		end->pq = esb_step(end->pq, ESB_TRIGGER, false, &value, &notify);
	if (notify)
		ring_notify(x, v, priority);
}

/* The assignment is looked at again under the lock: who changes it waits for that lock afterwards. */
void xive_route(struct xive *x, struct xive_source *s)
{
	for (;;) {
		uint64_t eas = atomic_load(&s->eas);
		struct xive_server *v;
		bool same;

		if ((eas & (EAS_ASSIGNED | EAS_MASKED)) != EAS_ASSIGNED)
			return;
		v = &x->servers[eas_server(eas)];
		pthread_mutex_lock(&v->lock);
		same = atomic_load(&s->eas) == eas;
		if (same)
			end_event(x, v, eas_priority(eas), eas_eisn(eas));
		pthread_mutex_unlock(&v->lock);
		if (same)
			return;
	}
}

/* Whoever was in the midst of an event for this server is done. */
static void server_sync(struct xive *x, uint32_t server)
{
	pthread_mutex_lock(&x->servers[server].lock);
	pthread_mutex_unlock(&x->servers[server].lock);
}

static uint32_t source_lisn(const struct xive *x, const struct xive_source *s)
{
	if (s >= x->devices && s < x->devices + IRQ_SOURCES)
		return IRQ_SOURCE_BASE + (uint32_t)(s - x->devices);
	return (uint32_t)(s - x->ipis);
}

/* Off and unassigned; the line of a level-sensitive source stays as it is. */
static void source_reset(struct xive *x, struct xive_source *s)
{
	atomic_store(&s->eas, source_lisn(x, s));
	xive_source_step(x, s, ESB_SET_01);
}

static void line_set(void *chip, uint32_t source, bool level)
{
	struct xive *x = chip;
	struct xive_source *s = xive_source_find(x, source);

	if (x->params.host) {
		x->params.host->chip.set(x->params.host_chip, source, level);
		return;
	}
	if (!s || !atomic_load(&x->active))
		return;
	if (level)
		log_trace(TRACE_IRQ, "source %#x raised", source);
	if (s->level_sensitive)
		xive_source_step(x, s, level ? ESB_LINE_UP : ESB_LINE_DOWN);
	else if (level)
		xive_source_step(x, s, ESB_TRIGGER);
}

static int source_add(void *chip, uint32_t source, bool level_sensitive)
{
	struct xive *x = chip;
	struct xive_source *s;

	if (source < IRQ_SOURCE_BASE || source - IRQ_SOURCE_BASE >= IRQ_SOURCES)
		return -ENOSPC;
	s = &x->devices[source - IRQ_SOURCE_BASE];
	s->level_sensitive = level_sensitive;
	source_reset(x, s);
	atomic_store(&s->used, true);
	return x->params.host ?
		x->params.host->chip.source_add(x->params.host_chip, source, level_sensitive) : 0;
}

static void sources_reset(struct xive *x)
{
	for (unsigned i = 0; i < x->params.servers; i++)
		source_reset(x, &x->ipis[i]);
	for (unsigned i = 0; i < IRQ_SOURCES; i++)
		source_reset(x, &x->devices[i]);
}

static void server_reset(struct xive_server *v)
{
	v->line_gpa = XIVE_NO_LINE;
	for (unsigned i = 0; i < XIVE_PRIORITIES; i++)
		v->ends[i] = (struct xive_end){.queue = {.generation = true}};
}

/* With one in the kernel, the state here is what h-calls read, and nothing acts on it. */
static int activate(void *chip, bool on)
{
	struct xive *x = chip;
	bool host_on = on && x->params.host;

	on = on && !host_on;
	atomic_store(&x->active, on);
	sources_reset(x);
	for (unsigned i = 0; i < IRQ_SOURCES; i++)
		xive_source_step(x, &x->devices[i], ESB_LINE_DOWN);
	for (unsigned i = 0; i < x->params.servers; i++) {
		struct xive_server *v = &x->servers[i];

		pthread_mutex_lock(&v->lock);
		server_reset(v);
		ring_reset(x, v);
		v->active = on;
		pthread_mutex_unlock(&v->lock);
	}
	return x->params.host ? x->params.host->chip.activate(x->params.host_chip, host_on) : 0;
}

static int fd_bind(void *chip, uint32_t source, int fd, bool on)
{
	const struct xive *x = chip;
	const struct irq_chip_ops *host = x->params.host ? &x->params.host->chip : NULL;

	return host && host->fd_bind ? host->fd_bind(x->params.host_chip, source, fd, on) : -ENOTSUP;
}

const struct irq_chip_ops xive_irq_ops = {
	.set = line_set,
	.fd_bind = fd_bind,
	.source_add = source_add,
	.activate = activate,
};

int xive_new(const struct xive_params *params, struct xive **ret_xive)
{
	struct xive *x;
	int r;

	if (!params->servers || params->servers > XIVE_SERVERS_MAX)
		return -EINVAL;
	x = calloc(1, sizeof(*x));
	if (!x)
		return -ENOMEM;
	x->ipis = calloc(params->servers, sizeof(*x->ipis));
	x->servers = aligned_alloc(64, params->servers * sizeof(*x->servers));
	if (!x->ipis || !x->servers) {
		free(x->ipis);
		free(x->servers);
		free(x);
		return -ENOMEM;
	}
	x->params = *params;
	for (unsigned i = 0; i < params->servers; i++) {
		atomic_store(&x->ipis[i].used, true);
		x->servers[i] = (struct xive_server){0};
		pthread_mutex_init(&x->servers[i].lock, NULL);
	}
	r = activate(x, false);
	if (r < 0)
		xive_free(x);
	else
		*ret_xive = x;
	return r;
}

void xive_free(struct xive *x)
{
	if (!x)
		return;
	for (unsigned i = 0; i < x->params.servers; i++)
		pthread_mutex_destroy(&x->servers[i].lock);
	free(x->servers);
	free(x->ipis);
	free(x);
}

int xive_map(struct xive *x, struct bus *bus)
{
	uint64_t lisns = IRQ_SOURCE_BASE + IRQ_SOURCES;
	int r = bus_add(bus, GPA(XIVE_ESB_BASE), lisns * 2 * XIVE_PAGE_SIZE, &xive_esb_ops, x);

	if (r == 0)
		r = bus_add(bus, GPA(XIVE_END_BASE),
			    (uint64_t)x->params.servers * XIVE_PRIORITIES * XIVE_PAGE_SIZE,
			    &xive_end_ops, x);
	if (r == 0)
		r = bus_add(bus, GPA(XIVE_TIMA_OS), XIVE_PAGE_SIZE, &xive_tima_os_ops, x);
	if (r == 0)
		r = bus_add(bus, GPA(XIVE_TIMA_USER), XIVE_PAGE_SIZE, &xive_tima_user_ops, x);
	return r;
}

int xive_reset(struct xive *x)
{
	int r;

	if (atomic_exchange(&x->resetting, true))
		return -EBUSY;
	r = x->params.host ? x->params.host->reset(x->params.host_chip) : 0;
	sources_reset(x);
	for (unsigned i = 0; i < x->params.servers; i++) {
		pthread_mutex_lock(&x->servers[i].lock);
		server_reset(&x->servers[i]);
		pthread_mutex_unlock(&x->servers[i].lock);
	}
	atomic_store(&x->resetting, false);
	return r;
}

bool xive_is_resetting(const struct xive *x)
{
	return atomic_load(&x->resetting);
}

void xive_source_info(const struct xive *x, uint32_t lisn, struct xive_source_info *ret_info)
{
	uint64_t pages = XIVE_ESB_BASE + lisn * 2 * XIVE_PAGE_SIZE;

	*ret_info = (struct xive_source_info){
		.level_sensitive = xive_source_find(x, lisn)->level_sensitive,
		.by_hcall = x->params.host && xive_source_find(x, lisn)->level_sensitive,
		.store_eoi = !x->params.host,
		.trigger_page = pages,
		.manage_page = pages + XIVE_PAGE_SIZE,
	};
}

int xive_source_set(struct xive *x, uint32_t lisn, const struct xive_source_config *c)
{
	struct xive_source *s = xive_source_find(x, lisn);
	bool assigned = c->priority != XIVE_PRIORITY_NONE;
	uint64_t eas = assigned ? eas_make(c) : lisn;
	int r = !x->params.host ? 0 :
		x->params.host->source_set(x->params.host_chip, lisn, assigned && !c->masked,
					   c->server, c->priority, c->eisn);

	if (r < 0)
		return r;
	eas = atomic_exchange(&s->eas, eas);
	if (eas & EAS_ASSIGNED)
		server_sync(x, eas_server(eas));
	return 0;
}

void xive_source_get(const struct xive *x, uint32_t lisn, struct xive_source_config *ret_config)
{
	uint64_t eas = atomic_load(&xive_source_find(x, lisn)->eas);

	*ret_config = (struct xive_source_config){
		.server = eas_server(eas),
		.priority = eas & EAS_ASSIGNED ? eas_priority(eas) : XIVE_PRIORITY_NONE,
		.masked = eas & EAS_MASKED,
		.eisn = eas_eisn(eas),
	};
}

int xive_source_sync(struct xive *x, uint32_t lisn)
{
	uint64_t eas = atomic_load(&xive_source_find(x, lisn)->eas);

	if (x->params.host)
		return x->params.host->source_sync(x->params.host_chip, lisn);
	if (eas & EAS_ASSIGNED)
		server_sync(x, eas_server(eas));
	return 0;
}

int xive_queue_set(struct xive *x, uint32_t server, uint8_t priority, const struct xive_queue *c)
{
	struct xive_server *v = &x->servers[server];
	struct xive_end end = {.queue = {.generation = true}};
	int r = !x->params.host ? 0 :
		x->params.host->queue_set(x->params.host_chip, server, priority, c->base,
					  c->enabled ? c->shift : 0);

	if (r < 0)
		return r;
	if (c->enabled) {
		end.queue = *c;
		end.queue.generation = true;
		end.queue.next = 0;
	}
	pthread_mutex_lock(&v->lock);
	v->ends[priority] = end;
	pthread_mutex_unlock(&v->lock);
	return 0;
}

int xive_queue_get(struct xive *x, uint32_t server, uint8_t priority, struct xive_queue *ret_queue)
{
	struct xive_server *v = &x->servers[server];

	pthread_mutex_lock(&v->lock);
	*ret_queue = v->ends[priority].queue;
	pthread_mutex_unlock(&v->lock);
	return x->params.host && ret_queue->enabled ?
		x->params.host->queue_get(x->params.host_chip, server, priority, &ret_queue->next,
					  &ret_queue->generation) : 0;
}

uint64_t xive_queue_page(const struct xive *x, uint32_t server, uint8_t priority)
{
	return XIVE_END_BASE +
	       ((uint64_t)server * XIVE_PRIORITIES + priority) * XIVE_PAGE_SIZE;
}

void xive_line_set(struct xive *x, uint32_t server, uint64_t gpa)
{
	pthread_mutex_lock(&x->servers[server].lock);
	x->servers[server].line_gpa = gpa;
	pthread_mutex_unlock(&x->servers[server].lock);
}

uint64_t xive_line_get(struct xive *x, uint32_t server)
{
	uint64_t gpa;

	pthread_mutex_lock(&x->servers[server].lock);
	gpa = x->servers[server].line_gpa;
	pthread_mutex_unlock(&x->servers[server].lock);
	return gpa;
}
