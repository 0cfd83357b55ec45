/* SPDX-License-Identifier: GPL-2.0-or-later */
/* H-calls about processors. LoPAR "Logical Partition Support": shared processors, H_SET_MODE. */
#include <errno.h>
#include <string.h>

#include "hcalls/handlers.h"
#include "vmm/base/log.h"

#define VPA_FUNCTION(flags) (((flags) >> (63 - 18)) & 7)
#define VPA_REG_VPA   1
#define VPA_REG_DTL   2
#define VPA_REG_SLB   3
#define VPA_DEREG_VPA 5
#define VPA_DEREG_DTL 6
#define VPA_DEREG_SLB 7

#define VPA_SIZE_MIN  640
#define SLB_SIZE_MIN  8
#define DTL_SIZE_MIN  48
#define VPA_SHARED    0x02u /* byte 9: the partition shares processors */

/* The vCPU with the number that a guest gave in a whole register, or NULL. */
static struct vcpu *vcpu_numbered(struct hcall_env *env, uint64_t number)
{
	return number == (uint32_t)number ? vcpus_by_server(env->vcpus, (uint32_t)number) : NULL;
}

/* An area whose size stands at its bytes 4 to 7: in RAM, aligned, within a 4 KiB page. */
static int64_t area_check(struct hcall_env *env, uint64_t gpa, uint32_t min, uint32_t *ret_size)
{
	if (!gpa || (gpa & 127) || gmem_read_be32(env->mem, GPA(gpa + 4), ret_size) < 0)
		return H_PARAMETER;
	if (*ret_size < min || !gmem_span(env->mem, GPA(gpa), *ret_size))
		return H_PARAMETER;
	return H_SUCCESS;
}

static int64_t vpa_register(struct hcall_env *env, struct vcpu *v, uint64_t gpa)
{
	uint32_t size;
	uint8_t flags;

	/* unlike the other areas', its size is a halfword, at bytes 4 and 5 */
	if (!gpa || (gpa & 127) || gmem_read_be32(env->mem, GPA(gpa + 4), &size) < 0)
		return H_PARAMETER;
	size >>= 16;
	if (size < VPA_SIZE_MIN || gpa / 4096 != (gpa + size - 1) / 4096)
		return H_PARAMETER;
	if (gmem_read(env->mem, GPA(gpa + 9), &flags, 1) < 0)
		return H_PARAMETER;
	flags |= VPA_SHARED; /* as KVM's kernel has it: the host shares its processors among all */
	if (gmem_write(env->mem, GPA(gpa + 9), &flags, 1) < 0)
		return H_PARAMETER;
	v->vpa_gpa = gpa;
	return H_SUCCESS;
}

static int64_t slb_register(struct hcall_env *env, struct vcpu *v, uint64_t gpa)
{
	uint32_t size;
	int64_t r = area_check(env, gpa, SLB_SIZE_MIN, &size);

	if (r != H_SUCCESS || gpa / 4096 != (gpa + size - 1) / 4096)
		return H_PARAMETER;
	if (!v->vpa_gpa)
		return H_RESOURCE;
	v->slb_shadow_gpa = gpa;
	return H_SUCCESS;
}

static int64_t dtl_register(struct hcall_env *env, struct vcpu *v, uint64_t gpa)
{
	uint32_t size;
	int64_t r = area_check(env, gpa, DTL_SIZE_MIN, &size);

	if (r != H_SUCCESS)
		return r;
	if (!v->vpa_gpa)
		return H_RESOURCE;
	v->dtl_gpa = gpa;
	v->dtl_len = size;
	return H_SUCCESS;
}

static int64_t vpa_deregister(struct vcpu *v)
{
	if (v->slb_shadow_gpa || v->dtl_gpa)
		return H_RESOURCE;
	v->vpa_gpa = 0;
	return H_SUCCESS;
}

int64_t h_register_vpa(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	struct vcpu *v = vcpu_numbered(ctx->env, in[1]);

	if (!v)
		return H_PARAMETER;
	switch (VPA_FUNCTION(in[0])) {
	case VPA_REG_VPA:
		return vpa_register(ctx->env, v, in[2]);
	case VPA_REG_DTL:
		return dtl_register(ctx->env, v, in[2]);
	case VPA_REG_SLB:
		return slb_register(ctx->env, v, in[2]);
	case VPA_DEREG_VPA:
		return vpa_deregister(v);
	case VPA_DEREG_DTL:
		v->dtl_gpa = 0;
		return H_SUCCESS;
	case VPA_DEREG_SLB:
		v->slb_shadow_gpa = 0;
		return H_SUCCESS;
	default:
		return H_PARAMETER;
	}
}

/* Interrupts on, then sleep: 14.11.3.3. */
int64_t h_cede(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	struct vcpu *v = ctx->vcpu;
	struct cpu_regs regs;

	v->ops->regs_get(v, &regs);
	regs.msr |= MSR_EE;
	v->ops->regs_set(v, &regs);
	v->ceded = true;
	return H_SUCCESS;
}

/* H_CONFER and H_PROD change r3 alone. */
static void keep_registers(const uint64_t in[], uint64_t out[])
{
	memcpy(out, in, HCALL_ARGS * sizeof(in[0]));
}

/* To others: the host decides who runs, once this one does not; to itself, sleep until H_PROD. */
int64_t h_confer(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	struct vcpu *v = vcpu_numbered(ctx->env, in[0]);

	keep_registers(in, out);
	if ((int64_t)in[0] != -1 && !v)
		return H_PARAMETER;
	if (v == ctx->vcpu)
		v->ceded = v->awaits_prod = true;
	else
		ctx->vcpu->yields = true;
	return H_SUCCESS;
}

int64_t h_prod(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	struct vcpu *v = vcpu_numbered(ctx->env, in[0]);

	keep_registers(in, out);
	if (!v)
		return H_PARAMETER;
	vcpu_prod(v);
	return H_SUCCESS;
}

/* The last vCPU that would join is told so, and goes on. */
int64_t h_join(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	struct vcpu *v = ctx->vcpu;
	struct cpu_regs regs;

	if (!ctx->env->caps->join)
		return H_FUNCTION;
	v->ops->regs_get(v, &regs);
	if (regs.msr & MSR_EE)
		return H_BAD_MODE;
	return vcpu_join(v) ? H_SUCCESS : H_CONTINUE;
}

#define RESET_ALL        (-1)
#define RESET_ALL_OTHERS (-2)

/* The system reset interrupt, which nothing masks: how Linux brings in the vCPUs that hang. */
int64_t h_signal_sys_reset(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	struct vcpu *self = ctx->vcpu, *target = NULL;
	int64_t who = (int64_t)in[0];

	if (who != RESET_ALL && who != RESET_ALL_OTHERS) {
		target = vcpu_numbered(ctx->env, in[0]);
		if (!target)
			return H_PARAMETER;
	}
	for (unsigned i = 0; i < vcpus_count(ctx->env->vcpus); i++) {
		struct vcpu *v = vcpus_get(ctx->env->vcpus, i);

		if (target ? v == target : who == RESET_ALL || v != self)
			vcpu_system_reset(v);
	}
	return H_SUCCESS;
}

#define MODE_CIABR 1
#define MODE_DAWR0 2
#define MODE_AIL   3
#define MODE_LE    4

static int64_t mode_le(struct hcall_ctx *ctx, uint64_t flags)
{
	if (flags > 1)
		return H_UNSUPPORTED_FLAG;
	for (unsigned i = 0; i < vcpus_count(ctx->env->vcpus); i++) {
		struct vcpu *v = vcpus_get(ctx->env->vcpus, i);

		v->ops->mode_set(v, ACCEL_MODE_LE, (unsigned)flags);
	}
	return H_SUCCESS;
}

static int64_t mode_ail(struct hcall_ctx *ctx, uint64_t flags)
{
	if (flags > 3)
		return H_UNSUPPORTED_FLAG;
	for (unsigned i = 0; i < vcpus_count(ctx->env->vcpus); i++) {
		struct vcpu *v = vcpus_get(ctx->env->vcpus, i);

		if (v->ops->mode_set(v, ACCEL_MODE_AIL, (unsigned)flags) < 0)
			return H_UNSUPPORTED_FLAG;
	}
	return H_SUCCESS;
}

/* Breakpoint registers (resources 1 and 2) are not there: H_P2, "resource not supported". */
int64_t h_set_mode(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	switch (in[1]) {
	case MODE_AIL:
	case MODE_LE:
		if (in[2])
			return H_P3;
		if (in[3])
			return H_P4;
		return in[1] == MODE_LE ? mode_le(ctx, in[0]) : mode_ail(ctx, in[0]);
	default:
		return H_P2;
	}
}

#define PROC_TABLE_OP    0x18
#define PROC_TABLE_KEEP  0x00 /* as it is: only the type, which is settled by then */
#define PROC_TABLE_DEREG 0x10
#define PROC_TABLE_NEW   0x18
#define PROC_TABLE_TYPE  0x06
#define PROC_TABLE_RADIX 0x04
#define PROC_TABLE_SLB   0x00 /* hashed page table, segments in the look-aside buffer alone */
#define PROC_TABLE_GTSE  0x01

int64_t h_register_proc_tbl(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	uint64_t flags = in[0], base = in[1], shift = in[3], size = 0;

	if (flags & ~(uint64_t)(PROC_TABLE_OP | PROC_TABLE_TYPE | PROC_TABLE_GTSE))
		return H_PARAMETER;
	if ((flags & PROC_TABLE_OP) == PROC_TABLE_KEEP)
		return (flags & PROC_TABLE_TYPE) ==
				       (ctx->env->radix ? PROC_TABLE_RADIX : PROC_TABLE_SLB) ?
			       H_SUCCESS : H_P2;
	if ((flags & PROC_TABLE_OP) == PROC_TABLE_NEW) {
		if ((flags & PROC_TABLE_TYPE) != PROC_TABLE_RADIX || !ctx->env->radix)
			return H_P2;
		if (in[2])
			return H_P3;
		if (shift > 24)
			return H_P4;
		size = 4096ULL << shift;
		if (base & (size - 1))
			return H_P2;
	} else if ((flags & PROC_TABLE_OP) != PROC_TABLE_DEREG) {
		return H_PARAMETER;
	}
	for (unsigned i = 0; i < vcpus_count(ctx->env->vcpus); i++) {
		struct vcpu *v = vcpus_get(ctx->env->vcpus, i);

		if (v->ops->proc_table_set(v, GPA(base), size) < 0)
			return H_P2;
	}
	return H_SUCCESS;
}
