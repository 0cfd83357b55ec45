/* SPDX-License-Identifier: GPL-2.0-or-later */
/* H_GET_TCE, H_PUT_TCE, H_STUFF_TCE, H_PUT_TCE_INDIRECT. LoPAR "Logical Partition Support", TCE access. */
#include "hcalls/handlers.h"
#include "vmm/base/byteorder.h"
#include "vmm/mem/dma.h"

#define TCES_MAX 512

static int64_t tce_put(struct hcall_ctx *ctx, uint64_t liobn, uint64_t ioba, const uint64_t *tces,
		       uint64_t tce, uint64_t count)
{
	if (liobn != (uint32_t)liobn || !ctx->env->dma)
		return H_PARAMETER;
	if (!count)
		return H_SUCCESS;
	return dma_tce_put(ctx->env->dma, (uint32_t)liobn, IOBA(ioba), tces, tce, count) < 0 ?
		       H_PARAMETER :
		       H_SUCCESS;
}

/* in: LIOBN, ioba. out: the TCE. */
int64_t h_get_tce(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	if (in[0] != (uint32_t)in[0] || !ctx->env->dma ||
	    dma_tce_get(ctx->env->dma, (uint32_t)in[0], IOBA(in[1]), &out[0]) < 0)
		return H_PARAMETER;
	return H_SUCCESS;
}

/* in: LIOBN, ioba, TCE. */
int64_t h_put_tce(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	return tce_put(ctx, in[0], in[1], NULL, in[2], 1);
}

/* in: LIOBN, ioba, TCE, count. */
int64_t h_stuff_tce(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	if (in[3] > TCES_MAX)
		return H_P4;
	return tce_put(ctx, in[0], in[1], NULL, in[2], in[3]);
}

/* in: LIOBN, ioba, a page of TCEs, count. Lists of tables (a negative LIOBN) are an option of their own. */
int64_t h_put_tce_indirect(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	uint64_t tces[TCES_MAX];

	if ((int64_t)in[0] < 0)
		return H_FUNCTION;
	if (in[3] > TCES_MAX || (in[2] & 4095) ||
	    gmem_read(ctx->env->mem, GPA(in[2]), tces, in[3] * sizeof(tces[0])) < 0)
		return H_PARAMETER;
	for (uint64_t i = 0; i < in[3]; i++)
		tces[i] = be64toh(tces[i]);
	return tce_put(ctx, in[0], in[1], tces, 0, in[3]);
}
