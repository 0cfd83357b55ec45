/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The thread interrupt management area: each server's own context, at the same address for all.
 *
 * A guest has two views of it: the OS page shows the OS ring (bytes 0x10 to 0x1f) and has operations at
 * 0x800 and up; the user page shows the user ring, which is empty, for event-based branches are not there.
 */
#include <string.h>

#include "devices/xive/internal.h"
#include "vmm/base/bits.h"
#include "vmm/base/log.h"

#define RING_OS    0x10u
#define RINGS_SIZE 0x40u
#define NSR        0x0u /* bytes of a ring */
#define CPPR       0x1u
#define IPB        0x2u
#define LSMFB      0x3u
#define ACK_CNT    0x4u
#define AGE        0x6u
#define PIPR       0x7u

#define ACK_OS         0x810u /* load of 2: NSR and CPPR, as acknowledged */
#define SET_OS_PENDING 0x812u /* store of 1: that priority is pending */
#define ACK_OS_LINE    0xc10u /* store of 1: acknowledge, into the reporting line */

#define NSR_OS_EXCEPTION 0x80u

#define REPORT_SIZE 16 /* bytes written to the line */
#define REPORT_NSR  8
#define REPORT_CPPR 9

/* The most favoured pending priority, and whether the thread is to be told. */
static void ring_update(struct xive *x, struct xive_server *v)
{
	struct xive_ring *r = &v->ring;
	uint8_t before = r->nsr;

	r->pipr = r->ipb ? (uint8_t)(__builtin_clz(r->ipb) - 24) : XIVE_PRIORITY_NONE;
	r->nsr = r->pipr < r->cppr ? NSR_OS_EXCEPTION : 0;
	if (r->nsr != before)
		x->params.deliver(x->params.ctx, (unsigned)(v - x->servers), r->nsr != 0);
}

void ring_reset(struct xive *x, struct xive_server *v)
{
	v->ring.ipb = v->ring.cppr = 0;
	ring_update(x, v);
}

void ring_notify(struct xive *x, struct xive_server *v, uint8_t priority)
{
	v->ring.ipb |= (uint8_t)(0x80u >> priority);
	ring_update(x, v);
}

static void ring_set_cppr(struct xive *x, struct xive_server *v, uint8_t cppr)
{
	v->ring.cppr = cppr < XIVE_PRIORITIES ? cppr : XIVE_PRIORITY_NONE;
	ring_update(x, v);
}

/* NSR in the high byte, the new CPPR in the low one. */
static uint16_t ring_acknowledge(struct xive *x, struct xive_server *v)
{
	struct xive_ring *r = &v->ring;
	uint8_t nsr = r->nsr;

	if (nsr) {
		r->cppr = r->pipr;
		r->ipb &= (uint8_t)~(0x80u >> r->pipr);
		ring_update(x, v);
	}
	return (uint16_t)(nsr << 8 | r->cppr);
}

static void acknowledge_to_line(struct xive *x, struct xive_server *v)
{
	uint8_t report[REPORT_SIZE];
	uint16_t ack = ring_acknowledge(x, v);

	memset(report, 0xff, sizeof(report));
	report[REPORT_NSR] = (uint8_t)(ack >> 8);
	report[REPORT_CPPR] = (uint8_t)ack;
	if (v->line_gpa != XIVE_NO_LINE &&
	    gmem_write(x->params.mem, GPA(v->line_gpa), report, sizeof(report)) < 0)
		log_guest("XIVE: a reporting line outside of RAM");
}

/* The ring of a thread, as bytes. */
static uint64_t rings_read(const struct xive_ring *r, uint64_t offset, unsigned len)
{
	uint8_t view[RINGS_SIZE] = {
		[RING_OS + NSR] = r->nsr,   [RING_OS + CPPR] = r->cppr,
		[RING_OS + IPB] = r->ipb,   [RING_OS + LSMFB] = 0xff,
		[RING_OS + ACK_CNT] = 0xff, [RING_OS + AGE] = 0xff,
		[RING_OS + PIPR] = r->pipr,
	};
	uint64_t v = 0;

	for (unsigned i = 0; i < len; i++)
		v = v << 8 | view[offset + i];
	return v;
}

static uint64_t os_load(struct xive *x, struct xive_server *v, uint64_t offset, unsigned len)
{
	if (offset == ACK_OS && len == 2)
		return ring_acknowledge(x, v);
	if (offset < RINGS_SIZE)
		return rings_read(&v->ring, offset, len);
	return ~0ULL;
}

static void os_store(struct xive *x, struct xive_server *v, uint64_t offset, unsigned len,
		     uint8_t value)
{
	if (len != 1)
		return;
	if (offset == RING_OS + CPPR)
		ring_set_cppr(x, v, value);
	else if (offset == SET_OS_PENDING && value < XIVE_PRIORITIES)
		ring_notify(x, v, value);
	else if (offset == ACK_OS_LINE)
		acknowledge_to_line(x, v);
}

/* The server that asks, locked; NULL: none, or there is nothing here for it. */
static struct xive_server *server_enter(struct xive *x, uint64_t offset, unsigned len)
{
	unsigned server = x->params.current(x->params.ctx);
	struct xive_server *v;

	if (server >= x->params.servers || (offset & (len - 1)))
		return NULL;
	v = &x->servers[server];
	pthread_mutex_lock(&v->lock);
	if (v->active)
		return v;
	pthread_mutex_unlock(&v->lock);
	return NULL;
}

static uint64_t tima_os_read(void *ctx, uint64_t offset, unsigned len)
{
	struct xive_server *v = server_enter(ctx, offset, len);
	uint64_t value = ~0ULL;

	if (v) {
		value = os_load(ctx, v, offset, len);
		pthread_mutex_unlock(&v->lock);
	}
	return value;
}

static void tima_os_write(void *ctx, uint64_t offset, unsigned len, uint64_t value)
{
	struct xive_server *v = server_enter(ctx, offset, len);

	if (v) {
		os_store(ctx, v, offset, len, (uint8_t)value);
		pthread_mutex_unlock(&v->lock);
	}
}

const struct bus_ops xive_tima_os_ops = {.read = tima_os_read, .write = tima_os_write};

static uint64_t tima_user_read(void *ctx, uint64_t offset, unsigned len)
{
	struct xive *x = ctx;

	return atomic_load(&x->active) && offset < RINGS_SIZE && !(offset & (len - 1)) ? 0 : ~0ULL;
}

static void tima_user_write(void *ctx, uint64_t offset, unsigned len, uint64_t value)
{
}

const struct bus_ops xive_tima_user_ops = {.read = tima_user_read, .write = tima_user_write};
