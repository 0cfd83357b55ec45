/* SPDX-License-Identifier: GPL-2.0-or-later */
/* H-calls that access logical memory for a guest in real mode: H_LOGICAL_*. */
#include "hcalls/handlers.h"

/* in: size (1, 2, 4, 8), address. out: the value. */
int64_t h_logical_load(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	uint64_t size = in[0], v = 0;
	uint8_t buf[8];

	if (size != 1 && size != 2 && size != 4 && size != 8)
		return H_PARAMETER;
	if ((in[1] & (size - 1)) || gmem_read(ctx->env->mem, GPA(in[1]), buf, size) < 0)
		return H_PARAMETER;
	for (unsigned i = 0; i < size; i++)
		v = v << 8 | buf[i];
	out[0] = v;
	return H_SUCCESS;
}

/* in: size, address, value. */
int64_t h_logical_store(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	uint64_t size = in[0];
	uint8_t buf[8];

	if (size != 1 && size != 2 && size != 4 && size != 8)
		return H_PARAMETER;
	for (unsigned i = 0; i < size; i++)
		buf[i] = (uint8_t)(in[2] >> (8 * (size - 1 - i)));
	if ((in[1] & (size - 1)) || gmem_write(ctx->env->mem, GPA(in[1]), buf, size) < 0)
		return H_PARAMETER;
	return H_SUCCESS;
}

/* Instruction and data caches follow memory by themselves on every back end. */
int64_t h_logical_icbi(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	return H_SUCCESS;
}

int64_t h_logical_dcbf(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	return H_SUCCESS;
}
