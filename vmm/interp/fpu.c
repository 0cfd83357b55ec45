// SPDX-License-Identifier: GPL-2.0-or-later
/* The FPSCR: exceptions, summaries, and what they mean for the fast path. */
#include "vmm/interp/fpu.h"

#include "vmm/base/bits.h"
#include "vmm/interp/cr.h"
#include "vmm/interp/fpu_host.h"
#include "vmm/interp/softfp.h"

/* The enable bits that stand for the exceptions in @flags. */
static uint32_t enables_for(uint32_t flags)
{
	return ((flags & FPSCR_VXALL) ? FPSCR_VE : 0) | ((flags & FPSCR_OX) ? FPSCR_OE : 0) |
	       ((flags & FPSCR_UX) ? FPSCR_UE : 0) | ((flags & FPSCR_ZX) ? FPSCR_ZE : 0) |
	       ((flags & FPSCR_XX) ? FPSCR_XE : 0);
}

void fpu_update(struct icpu *cpu)
{
	uint64_t f = cpu->fpscr & ~(uint64_t)(FPSCR_VX | FPSCR_FEX);
	bool exact;

	if (f & FPSCR_VXALL)
		f |= FPSCR_VX;
	if (f & enables_for((uint32_t)f))
		f |= FPSCR_FEX;
	cpu->fpscr = f;
	exact = !(f & (FPSCR_RN | FPSCR_UE | FPSCR_XE));
	cpu->fp_fast = exact ? FP_EXACT : 0;
	if (exact && host_has_fma())
		cpu->fp_fast |= FP_EXACT_FMA;
	if (exact && (f & FPSCR_XX))
		cpu->fp_fast |= FP_FAST | (host_has_fma() ? FP_FAST_MADD : 0);
}

void fpu_set_fprf(struct icpu *cpu, uint32_t fprf)
{
	cpu->fp_pending = 0;
	cpu->fpscr = (cpu->fpscr & ~(uint64_t)FPSCR_FPRF) | fprf;
}

uint64_t fpu_fpscr(struct icpu *cpu)
{
	if (cpu->fp_pending)
		fpu_set_fprf(cpu, sf_fprf(&sf_double, ~cpu->fp_pending));
	return cpu->fpscr;
}

void fpu_record(struct icpu *cpu)
{
	cr_set_field(cpu, 1, (unsigned)(cpu->fpscr >> 28) & 15);
}

unsigned fpu_raise(struct icpu *cpu, uint32_t flags)
{
	uint32_t now = flags & FPSCR_STICKY, enabled = enables_for(now) & (uint32_t)cpu->fpscr;
	unsigned raised = 0;

	if (now & ~cpu->fpscr) {
		cpu->fpscr |= now | FPSCR_FX;
		fpu_update(cpu);
	}
	if (enabled)
		raised |= FPU_ENABLED;
	if (enabled & (FPSCR_VE | FPSCR_ZE))
		raised |= FPU_SUPPRESS;
	return raised;
}

unsigned fpu_raise_scalar(struct icpu *cpu, uint32_t flags)
{
	unsigned raised = fpu_raise(cpu, flags);

	cpu->fpscr &= ~(uint64_t)(FPSCR_FR | FPSCR_FI);
	if (!(raised & FPU_SUPPRESS))
		cpu->fpscr |= flags & (FPSCR_FR | FPSCR_FI);
	return raised;
}

enum insn_result fpu_result(const struct icpu *cpu, unsigned raised)
{
	if ((raised & FPU_ENABLED) && (cpu->msr & (MSR_FE0 | MSR_FE1)))
		return INSN_FP_ENABLED;
	return INSN_OK;
}
