/* SPDX-License-Identifier: GPL-2.0-or-later */
/* H_RANDOM, H_GET_CPU_CHARACTERISTICS, and the private call of the firmware. */
#include <sys/random.h>

#include "hcalls/handlers.h"
#include "hcalls/rtas/rtas.h"
#include "vmm/base/log.h"
#include "vof/vof.h"

int64_t h_random(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	if (getrandom(&out[0], sizeof(out[0]), GRND_NONBLOCK) != sizeof(out[0]))
		return H_HARDWARE;
	return H_SUCCESS;
}

int64_t h_get_cpu_characteristics(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	out[0] = ctx->env->caps->characteristics;
	out[1] = ctx->env->caps->behaviour;
	return H_SUCCESS;
}

int64_t h_rtas(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	return rtas_call(ctx, GPA(in[0]));
}

/* An interrupt in the firmware comes with all ones for the argument array. */
int64_t h_vof_client(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	if ((int64_t)in[0] == -1) {
		log_debug("interrupt %#llx in the firmware at %#llx, SRR1 %#llx",
			  (unsigned long long)in[1], (unsigned long long)in[2],
			  (unsigned long long)in[3]);
		ctx->env->power->crashed(ctx->env->power_ctx,
					 "an interrupt before the guest had its own vectors");
		return H_HARDWARE;
	}
	return vof_client(ctx->env->vof, GPA((uint32_t)in[0]));
}
