/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The presentation h-calls of XICS. LoPAR "Logical Partition Support", interrupt support. */
#include "devices/xics/xics.h"
#include "hcalls/handlers.h"

int64_t h_cppr(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	return xics_cppr(ctx->env->xics, ctx->vcpu->server, (uint8_t)in[0]) ? H_SUCCESS : H_PARAMETER;
}

int64_t h_eoi(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	return xics_eoi(ctx->env->xics, ctx->vcpu->server, (uint32_t)in[0]) ? H_SUCCESS : H_PARAMETER;
}

int64_t h_ipi(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	if (in[0] != (uint32_t)in[0] ||
	    !xics_ipi(ctx->env->xics, (unsigned)in[0], (uint8_t)in[1]))
		return H_PARAMETER;
	return H_SUCCESS;
}

int64_t h_ipoll(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	uint32_t xirr;
	uint8_t mfrr;

	if (in[0] != (uint32_t)in[0] ||
	    !xics_ipoll(ctx->env->xics, (unsigned)in[0], &xirr, &mfrr))
		return H_PARAMETER;
	out[0] = xirr;
	out[1] = mfrr;
	return H_SUCCESS;
}

int64_t h_xirr(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	uint32_t xirr;

	if (!xics_xirr(ctx->env->xics, ctx->vcpu->server, &xirr))
		return H_PARAMETER;
	out[0] = xirr;
	return H_SUCCESS;
}

/* As H_XIRR, with the time of the interrupt. */
int64_t h_xirr_x(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	int64_t r = h_xirr(ctx, in, out);

	out[1] = ctx->vcpu->ops->timebase(ctx->vcpu->accel);
	return r;
}
