/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The interrupt h-calls of exploitation mode: LoPAR "Interrupt Support hcall()s", H_INT_*. Arguments are
 * checked in LoPAR's order; dispatch refuses all of them in any other mode.
 */
#include <errno.h>

#include "devices/xive/xive.h"
#include "hcalls/handlers.h"
#include "vmm/base/bits.h"

#define SOURCE_BY_HCALL  PPC_BIT(60) /* of H_INT_GET_SOURCE_INFO */
#define SOURCE_LSI       PPC_BIT(61)
#define SOURCE_TRIGGER   PPC_BIT(62)
#define SOURCE_STORE_EOI PPC_BIT(63)

#define CONFIG_SET_EISN PPC_BIT(62)
#define CONFIG_MASK     PPC_BIT(63)

#define QUEUE_ALWAYS_NOTIFY PPC_BIT(63)
#define QUEUE_DEBUG         PPC_BIT(63)
#define QUEUE_GENERATION    PPC_BIT(62) /* in the flags returned */

#define ESB_STORE PPC_BIT(63)

/* What every call begins with. */
static int64_t enter(const struct xive *x, uint64_t flags, uint64_t allowed)
{
	if (flags & ~allowed)
		return H_PARAMETER;
	return xive_is_resetting(x) ? H_STATE : H_SUCCESS;
}

static int64_t enter_source(const struct xive *x, const uint64_t in[], uint64_t allowed)
{
	int64_t r = enter(x, in[0], allowed);

	if (r != H_SUCCESS)
		return r;
	return xive_lisn_exists(x, in[1]) ? H_SUCCESS : H_P2;
}

static int64_t enter_queue(const struct xive *x, const uint64_t in[], uint64_t allowed)
{
	int64_t r = enter(x, in[0], allowed);

	if (r != H_SUCCESS)
		return r;
	if (!xive_server_exists(x, in[1]))
		return H_P2;
	return xive_priority_exists(in[2]) ? H_SUCCESS : H_P3;
}

/* in: flags, LISN. out: flags, full function page, trigger page, page size as a power of 2. */
int64_t h_int_get_source_info(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	struct xive *x = ctx->env->xive;
	struct xive_source_info info;
	int64_t r = enter_source(x, in, 0);

	if (r != H_SUCCESS)
		return r;
	xive_source_info(x, (uint32_t)in[1], &info);
	out[0] = SOURCE_TRIGGER | (info.store_eoi ? SOURCE_STORE_EOI : 0) |
		 (info.level_sensitive ? SOURCE_LSI : 0) | (info.by_hcall ? SOURCE_BY_HCALL : 0);
	out[1] = info.manage_page;
	out[2] = info.trigger_page;
	out[3] = XIVE_PAGE_SHIFT;
	return H_SUCCESS;
}

/* in: flags, LISN, target, priority, EISN. */
int64_t h_int_set_source_config(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	struct xive *x = ctx->env->xive;
	struct xive_source_config c;
	int64_t r = enter_source(x, in, CONFIG_SET_EISN | CONFIG_MASK);

	if (r != H_SUCCESS)
		return r;
	xive_source_get(x, (uint32_t)in[1], &c);
	if (in[3] != XIVE_PRIORITY_NONE) {
		if (!xive_server_exists(x, in[2]))
			return H_P3;
		if (!xive_priority_exists(in[3]))
			return H_P4;
		c.server = (uint32_t)in[2];
		c.masked = in[0] & CONFIG_MASK;
		if (in[0] & CONFIG_SET_EISN)
			c.eisn = (uint32_t)in[4] & XIVE_EISN_MASK;
	}
	c.priority = (uint8_t)in[3];
	return xive_source_set(x, (uint32_t)in[1], &c) < 0 ? H_HARDWARE : H_SUCCESS;
}

/* in: flags, LISN. out: target, priority, EISN. */
int64_t h_int_get_source_config(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	struct xive *x = ctx->env->xive;
	struct xive_source_config c;
	int64_t r = enter_source(x, in, 0);

	if (r != H_SUCCESS)
		return r;
	xive_source_get(x, (uint32_t)in[1], &c);
	out[0] = c.server;
	out[1] = c.priority;
	out[2] = c.eisn;
	return H_SUCCESS;
}

/* in: flags, target, priority. out: notification page, its size as a power of 2. */
int64_t h_int_get_queue_info(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	struct xive *x = ctx->env->xive;
	int64_t r = enter_queue(x, in, 0);

	if (r != H_SUCCESS)
		return r;
	out[0] = xive_queue_page(x, (uint32_t)in[1], (uint8_t)in[2]);
	out[1] = XIVE_PAGE_SHIFT;
	return H_SUCCESS;
}

static bool size_exists(const struct xive *x, uint64_t shift)
{
	unsigned count;
	const uint32_t *shifts = xive_eq_shifts(x, &count);

	for (unsigned i = 0; i < count; i++)
		if (shifts[i] == shift)
			return true;
	return false;
}

/* in: flags, target, priority, event queue, its size as a power of 2 (0: none). */
int64_t h_int_set_queue_config(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	struct xive *x = ctx->env->xive;
	struct xive_queue q = {0};
	int64_t r = enter_queue(x, in, QUEUE_ALWAYS_NOTIFY);

	if (r != H_SUCCESS)
		return r;
	if (in[4]) {
		if (!(in[0] & QUEUE_ALWAYS_NOTIFY) && !xive_can_coalesce(x))
			return H_PARAMETER;
		if (!size_exists(x, in[4]))
			return H_P5;
		if ((in[3] & ((1ULL << in[4]) - 1)) ||
		    !gmem_span(ctx->env->mem, GPA(in[3]), 1ULL << in[4]))
			return H_P4;
		q = (struct xive_queue){.enabled = true, .base = GPA(in[3]),
					.shift = (uint32_t)in[4],
					.always_notify = in[0] & QUEUE_ALWAYS_NOTIFY};
	}
	return xive_queue_set(x, (uint32_t)in[1], (uint8_t)in[2], &q) < 0 ? H_HARDWARE : H_SUCCESS;
}

/* in: flags, target, priority. out: flags, event queue, its size as a power of 2, offset counter. */
int64_t h_int_get_queue_config(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	struct xive *x = ctx->env->xive;
	struct xive_queue q;
	int64_t r = enter_queue(x, in, QUEUE_DEBUG);

	if (r != H_SUCCESS)
		return r;
	if (xive_queue_get(x, (uint32_t)in[1], (uint8_t)in[2], &q) < 0)
		return H_HARDWARE;
	out[0] = q.always_notify ? QUEUE_ALWAYS_NOTIFY : 0;
	out[1] = q.enabled ? q.base.v : ~0ULL;
	out[2] = q.enabled ? q.shift : 0;
	if (in[0] & QUEUE_DEBUG) {
		out[0] |= q.generation ? QUEUE_GENERATION : 0;
		out[3] = q.next;
	}
	return H_SUCCESS;
}

/* in: flags, address of the calling thread's line pair, or all ones for none. */
int64_t h_int_set_os_reporting_line(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	struct xive *x = ctx->env->xive;
	int64_t r = xive_has_lines(x) ? enter(x, in[0], 0) : H_FUNCTION;

	if (r != H_SUCCESS)
		return r;
	if (in[1] != XIVE_NO_LINE && ((in[1] & (XIVE_LINE_SIZE - 1)) ||
				      !gmem_span(ctx->env->mem, GPA(in[1]), XIVE_LINE_PAIR)))
		return H_P2;
	xive_line_set(x, ctx->vcpu->server, in[1]);
	return H_SUCCESS;
}

/* in: flags, target. out: address of its line pair. */
int64_t h_int_get_os_reporting_line(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	struct xive *x = ctx->env->xive;
	struct vcpu *target;
	int64_t r = xive_has_lines(x) ? enter(x, in[0], 0) : H_FUNCTION;

	if (r != H_SUCCESS)
		return r;
	target = in[1] == (uint32_t)in[1] ?
			 vcpus_by_server(ctx->env->vcpus, (uint32_t)in[1]) : NULL;
	if (!target || !xive_server_exists(x, in[1]))
		return H_P2;
	if (vcpu_is_stopped(target))
		return H_NOT_AVAILABLE;
	out[0] = xive_line_get(x, (uint32_t)in[1]);
	return H_SUCCESS;
}

/* in: flags, LISN, offset in the full function page, data. out: what a load returns. */
int64_t h_int_esb(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	struct xive *x = ctx->env->xive;
	int64_t r = enter_source(x, in, ESB_STORE);

	if (r != H_SUCCESS)
		return r;
	if (in[2] >= XIVE_PAGE_SIZE || (in[2] & 7))
		return H_P3;
	if (in[0] & ESB_STORE) {
		xive_esb_store(x, (uint32_t)in[1], in[2]);
		out[0] = ~0ULL;
	} else {
		out[0] = xive_esb_load(x, (uint32_t)in[1], in[2]);
	}
	return H_SUCCESS;
}

/* in: flags, LISN. */
int64_t h_int_sync(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	int64_t r = enter_source(ctx->env->xive, in, 0);

	if (r == H_SUCCESS && xive_source_sync(ctx->env->xive, (uint32_t)in[1]) < 0)
		r = H_HARDWARE;
	return r;
}

/* in: flags. */
int64_t h_int_reset(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	if (in[0])
		return H_PARAMETER;
	switch (xive_reset(ctx->env->xive)) {
	case 0:
		return H_SUCCESS;
	case -EBUSY:
		return H_STATE;
	default:
		return H_HARDWARE;
	}
}
