/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers and modes of a vCPU, as the VMM reads and sets them. */
#include <errno.h>
#include <string.h>

#include "vmm/cpu/model.h"
#include "vmm/cpu/vcpu.h"
#include "vmm/interp/core.h"
#include "vmm/interp/cr.h"
#include "vmm/interp/interp_impl.h"

#define ISA_WITH_AIL   207

void interp_nmi_exits(struct vcpu *vcpu, bool on)
{
	atomic_store(&vcpu->accel->vm.nmi_exits, on);
}

void interp_regs_get(struct vcpu *vcpu, struct cpu_regs *r)
{
	const struct icpu *cpu = vcpu->back;

	memcpy(r->gpr, cpu->gpr, sizeof(r->gpr));
	r->pc = cpu->pc;
	r->msr = cpu->msr;
	r->lr = cpu->lr;
	r->ctr = cpu->ctr;
	r->xer = xer_get(cpu);
	r->srr0 = cpu->srr0;
	r->srr1 = cpu->srr1;
	r->dar = cpu->dar;
	r->dsisr = cpu->dsisr;
	r->cr = cr_pack(cpu);
}

void interp_regs_set(struct vcpu *vcpu, const struct cpu_regs *r)
{
	struct icpu *cpu = vcpu->back;

	memcpy(cpu->gpr, r->gpr, sizeof(r->gpr));
	cpu->pc = r->pc;
	cpu->lr = r->lr;
	cpu->ctr = r->ctr;
	xer_set(cpu, r->xer);
	cpu->srr0 = r->srr0;
	cpu->srr1 = r->srr1;
	cpu->dar = r->dar;
	cpu->dsisr = r->dsisr;
	cr_unpack(cpu, r->cr);
	msr_set(cpu, r->msr);
	code_flags_update(cpu);
}

int interp_spr_get(struct vcpu *vcpu, unsigned spr, uint64_t *ret_value)
{
	struct icpu *cpu = vcpu->back;

	switch (spr) {
	case SPR_LPCR:
		*ret_value = cpu->lpcr;
		return 0;
	case SPR_PURR:
		return spr_read(cpu, spr, ret_value) == INSN_OK ? 0 : -EINVAL;
	}
	return -EINVAL;
}

int interp_spr_set(struct vcpu *vcpu, unsigned spr, uint64_t value)
{
	struct icpu *cpu = vcpu->back;

	if (spr != SPR_LPCR)
		return -EINVAL;
	cpu->lpcr = value;
	return 0;
}

/* Applied at once by the vCPU's own thread, by another's as soon as that vCPU looks. */
static void set_or_post(struct vcpu *vcpu, unsigned set, uint64_t a, uint64_t b)
{
	struct icpu *cpu = vcpu->back;

	smp_post_set(cpu, set, a, b);
	if (!vcpu_self() || vcpu_self() == vcpu)
		smp_take(cpu);
}

int interp_mode_set(struct vcpu *vcpu, enum accel_mode mode, unsigned value)
{
	struct icpu *cpu = vcpu->back;
	const struct cpu_level *level;

	switch (mode) {
	case ACCEL_MODE_AIL:
		if (value != 0 && (value != 3 || cpu->isa < ISA_WITH_AIL))
			return -ENOTSUP;
		set_or_post(vcpu, SET_AIL, value, 0);
		return 0;
	case ACCEL_MODE_LE:
		set_or_post(vcpu, SET_LE, value, 0);
		return 0;
	case ACCEL_MODE_LEVEL:
		level = cpu_level_of_pvr(value);
		set_or_post(vcpu, SET_LEVEL, level ? level->isa : cpu->model_isa, 0);
		return 0;
	}
	return -EINVAL;
}

int interp_proc_table_set(struct vcpu *vcpu, gpa_t base, uint64_t size)
{
	struct icpu *cpu = vcpu->back;

	if (size && !check_range_u64(base.v, size, cpu->ram_size))
		return -EINVAL;
	set_or_post(vcpu, SET_PROC_TABLE, base.v, size);
	return 0;
}
