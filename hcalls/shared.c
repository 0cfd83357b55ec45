/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a partition that shares processors asks about its part of them. LoPAR "Shared Processor LPAR Option". */
#include "hcalls/handlers.h"

#define PERCENT_OF_A_PROCESSOR 100
#define WEIGHT_MAX             255
#define WEIGHT                 128 /* in the middle, for every VM: the host's scheduler has its own */

/* A processor for each vCPU, from a pool of as many, and more than that where others leave theirs. */
static uint64_t entitlement(const struct hcall_ctx *ctx)
{
	return (uint64_t)vcpus_count(ctx->env->vcpus) * PERCENT_OF_A_PROCESSOR;
}

int64_t h_get_ppp(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	uint64_t count = vcpus_count(ctx->env->vcpus);

	out[0] = entitlement(ctx);
	out[1] = 0; /* nothing unallocated */
	out[2] = 0; /* group and pool */
	out[3] = (uint64_t)WEIGHT << 40 | count << 16 | count;
	return H_SUCCESS;
}

/* The host's user decides, so both values stay what they are. */
int64_t h_set_ppp(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	if (in[1] > WEIGHT_MAX)
		return H_PARAMETER;
	return in[0] == entitlement(ctx) && in[1] == WEIGHT ? H_SUCCESS : H_CONSTRAINED;
}

int64_t h_purr(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	struct vcpu *v = ctx->vcpu;

	return v->ops->spr_get(v, SPR_PURR, &out[0]) < 0 ? H_HARDWARE : H_SUCCESS;
}
