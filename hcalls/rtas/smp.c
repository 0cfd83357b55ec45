/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RTAS: processors and interrupt sources. */
#include "devices/xics/xics.h"
#include "hcalls/rtas/handlers.h"

#define STOPPED     0
#define NOT_STOPPED 2

/* server, entry, r3: the vCPU starts there in real mode, 64-bit, big-endian. */
int32_t rtas_start_cpu(struct hcall_ctx *ctx, const uint32_t args[], uint32_t results[])
{
	struct vcpu *v = vcpus_by_server(ctx->env->vcpus, args[0]);

	if (!v)
		return RTAS_PARAMETER;
	return vcpu_start(v, args[1], args[2], MSR_SF | MSR_ME) < 0 ? RTAS_HARDWARE : RTAS_SUCCESS;
}

int32_t rtas_stop_self(struct hcall_ctx *ctx, const uint32_t args[], uint32_t results[])
{
	vcpu_stop_self(ctx->vcpu);
	return RTAS_SUCCESS;
}

int32_t rtas_query_cpu_stopped_state(struct hcall_ctx *ctx, const uint32_t args[],
				     uint32_t results[])
{
	struct vcpu *v = vcpus_by_server(ctx->env->vcpus, args[0]);

	if (!v)
		return RTAS_PARAMETER;
	results[1] = vcpu_is_stopped(v) ? STOPPED : NOT_STOPPED;
	return RTAS_SUCCESS;
}

/* These belong to XICS: in the other mode they know no source. */
static bool is_xics(const struct hcall_ctx *ctx)
{
	return ctx->env->irq_mode == IRQ_MODE_XICS;
}

int32_t rtas_set_xive(struct hcall_ctx *ctx, const uint32_t args[], uint32_t results[])
{
	if (!is_xics(ctx) || args[2] > 0xff ||
	    !xics_source_set(ctx->env->xics, args[0], args[1], (uint8_t)args[2]))
		return RTAS_PARAMETER;
	return RTAS_SUCCESS;
}

int32_t rtas_get_xive(struct hcall_ctx *ctx, const uint32_t args[], uint32_t results[])
{
	uint8_t priority;

	if (!is_xics(ctx) ||
	    !xics_source_get(ctx->env->xics, args[0], &results[1], &priority))
		return RTAS_PARAMETER;
	results[2] = priority;
	return RTAS_SUCCESS;
}

int32_t rtas_int_off(struct hcall_ctx *ctx, const uint32_t args[], uint32_t results[])
{
	if (!is_xics(ctx) || !xics_source_enable(ctx->env->xics, args[0], false))
		return RTAS_PARAMETER;
	return RTAS_SUCCESS;
}

int32_t rtas_int_on(struct hcall_ctx *ctx, const uint32_t args[], uint32_t results[])
{
	if (!is_xics(ctx) || !xics_source_enable(ctx->env->xics, args[0], true))
		return RTAS_PARAMETER;
	return RTAS_SUCCESS;
}
