/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interrupts: Power ISA 3.0B Book III chapter 6; and what a change of the MSR entails. */
#include <string.h>

#include "vmm/interp/core.h"
#include "vmm/interp/smp.h"
#include "vmm/interp/tlb.h"

#define SRR1_CLEAR (PPC_BITMASK(33, 36) | PPC_BITMASK(42, 47))

#define LPCR_ILE (1ULL << 25)
#define LPCR_AIL (3ULL << 23)
#define LPCR_AIL_SHIFT 23
#define AIL_3    (3ULL << 23)

#define AIL_BASE    0xc000000000004000ULL
#define SCV_BASE    0x17000ULL
#define SCV_BASE_3  0xc000000000003000ULL

#define VEC_SYSTEM_RESET  0x100
#define VEC_MACHINE_CHECK 0x200
#define VEC_DSI           0x300
#define VEC_DSEG          0x380
#define VEC_ISI           0x400
#define VEC_ISEG          0x480
#define VEC_EXTERNAL      0x500
#define VEC_ALIGNMENT     0x600
#define VEC_PROGRAM       0x700
#define VEC_FP            0x800
#define VEC_DECREMENTER   0x900
#define VEC_DOORBELL      0xa00
#define VEC_SYSCALL       0xc00
#define VEC_VEC           0xf20
#define VEC_VSX           0xf40
#define VEC_FACILITY      0xf60

#define PROGRAM_FP         (1ULL << 20)
#define PROGRAM_ILLEGAL    (1ULL << 19)
#define PROGRAM_PRIVILEGED (1ULL << 18)
#define PROGRAM_TRAP       (1ULL << 17)

#define MC_SRR1_LOAD_STORE PPC_BIT(42)
#define MC_DSISR_UE        0x8000u

void code_flags_update(struct icpu *cpu)
{
	uint32_t flags = 0;

	if (cpu->msr & MSR_LE)
		flags |= CODE_LE;
	if (!(cpu->msr & MSR_SF))
		flags |= CODE_SF32;
	if (cpu->so)
		flags |= CODE_SO;
	cpu->code_stale = 0;
	if (flags == cpu->code_flags && !cpu->fetch_stale)
		return;
	cpu->code_flags = flags;
	cpu->fetch_stale = 0;
	for (unsigned i = 0; i < TLB_CONTEXTS; i++)
		for (unsigned e = 0; cpu->contexts[i].key && e < FETCH_ENTRIES; e++)
			cpu->contexts[i].fetch[e].tag = TLB_INVALID;
}

void lpcr_set_ail(struct icpu *cpu, unsigned ail)
{
	cpu->lpcr = (cpu->lpcr & ~LPCR_AIL) | (uint64_t)ail << LPCR_AIL_SHIFT;
}

void lpcr_set_le(struct icpu *cpu, bool le)
{
	cpu->lpcr = le ? cpu->lpcr | LPCR_ILE : cpu->lpcr & ~LPCR_ILE;
}

/* What a partition's thread has of the MSR: no hypervisor state, no transactions. */
#define MSR_BITS                                                                                   \
	(MSR_SF | MSR_VEC | MSR_VSX | MSR_EE | MSR_PR | MSR_FP | MSR_ME | MSR_FE0 | MSR_SE |       \
	 MSR_BE | MSR_FE1 | MSR_IR | MSR_DR | MSR_PMM | MSR_RI | MSR_LE)

void msr_set(struct icpu *cpu, uint64_t msr)
{
	uint64_t changed = (msr & MSR_BITS) ^ cpu->msr;

	cpu->msr = msr & MSR_BITS;
	if (changed & (MSR_IR | MSR_DR | MSR_PR))
		tlb_select(cpu);
	if (changed & (MSR_LE | MSR_SF))
		code_flags_update(cpu);
}

/* The MSR of an interrupt handler, and with AIL its relocated vector. */
static void enter_vector(struct icpu *cpu, uint64_t vector)
{
	uint64_t msr = MSR_SF | (cpu->msr & MSR_ME);
	bool relocated = (cpu->msr & (MSR_IR | MSR_DR)) == (MSR_IR | MSR_DR);

	if (cpu->lpcr & LPCR_ILE)
		msr |= MSR_LE;
	if (vector == VEC_MACHINE_CHECK)
		msr &= ~MSR_ME;
	else if (vector != VEC_SYSTEM_RESET && (cpu->lpcr & LPCR_AIL) == AIL_3 && relocated) {
		msr |= MSR_IR | MSR_DR;
		vector += AIL_BASE;
	}
	msr_set(cpu, msr);
	cpu->pc = vector;
}

static void take(struct icpu *cpu, uint64_t vector, uint64_t pc, uint64_t flags)
{
	cpu->srr0 = pc;
	cpu->srr1 = (cpu->msr & ~SRR1_CLEAR) | flags | cpu->srr1_flags;
	enter_vector(cpu, vector);
}

static void take_data(struct icpu *cpu, uint64_t vector, uint64_t pc)
{
	cpu->dar = cpu->fault_ea;
	cpu->dsisr = cpu->fault_dsisr;
	take(cpu, vector, pc, 0);
}

/* scv keeps EE and RI, and leaves the return state in LR and CTR: 6.5.16. */
static void take_syscall_v(struct icpu *cpu, uint64_t pc, unsigned lev)
{
	uint64_t old = cpu->msr, msr = MSR_SF | (old & (MSR_ME | MSR_EE | MSR_RI));
	uint64_t base = SCV_BASE;

	cpu->lr = pc + 4;
	cpu->ctr = old & ~SRR1_CLEAR;
	if (cpu->lpcr & LPCR_ILE)
		msr |= MSR_LE;
	if ((cpu->lpcr & LPCR_AIL) == AIL_3 && (old & MSR_IR) && (old & MSR_DR)) {
		msr |= MSR_IR | MSR_DR;
		base = SCV_BASE_3;
	}
	msr_set(cpu, msr);
	cpu->pc = base + lev * 0x20;
}

/* The interrupt has been taken; whoever asked for it is told. */
static void nmi_tell(struct icpu *cpu, bool is_machine_check, bool is_fetch)
{
	struct vcpu_exit *e = cpu->exit;

	if (!atomic_load(&cpu->interp->nmi_exits))
		return;
	e->kind = VCPU_EXIT_NMI;
	e->nmi.is_machine_check = is_machine_check;
	e->nmi.recovered = false;
	e->nmi.error = MC_UE;
	e->nmi.cause = is_fetch ? MC_UE_FETCH : MC_UE_ACCESS;
	e->nmi.has_ea = is_machine_check;
	e->nmi.ea = cpu->fault_ea;
	cpu->exiting = true;
}

static void take_machine_check(struct icpu *cpu, uint64_t pc)
{
	if (!(cpu->msr & MSR_ME)) {
		cpu->exit->kind = VCPU_EXIT_FAIL;
		cpu->exit->reason = "checkstop: a machine check with MSR[ME] = 0";
		cpu->exiting = true;
		cpu->pc = pc;
		return;
	}
	cpu->dar = cpu->fault_ea;
	cpu->dsisr = MC_DSISR_UE;
	take(cpu, VEC_MACHINE_CHECK, pc, MC_SRR1_LOAD_STORE);
	nmi_tell(cpu, true, cpu->fault_ea == pc);
}

static void take_facility(struct icpu *cpu, uint64_t pc)
{
	cpu->fscr = (cpu->fscr & ~(0xffULL << 56)) | (uint64_t)cpu->facility << 56;
	take(cpu, VEC_FACILITY, pc, 0);
}

void intr_deliver(struct icpu *cpu, enum insn_result result, uint64_t pc)
{
	switch (result) {
	case INSN_OK:
	case INSN_JUMP:
	case INSN_EXIT:
		return;
	case INSN_ILLEGAL:
		return take(cpu, VEC_PROGRAM, pc, PROGRAM_ILLEGAL);
	case INSN_PRIVILEGED:
		return take(cpu, VEC_PROGRAM, pc, PROGRAM_PRIVILEGED);
	case INSN_TRAP:
		return take(cpu, VEC_PROGRAM, pc, PROGRAM_TRAP);
	case INSN_FP_ENABLED:
		return take(cpu, VEC_PROGRAM, pc, PROGRAM_FP);
	case INSN_FP_UNAVAIL:
		return take(cpu, VEC_FP, pc, 0);
	case INSN_VEC_UNAVAIL:
		return take(cpu, VEC_VEC, pc, 0);
	case INSN_VSX_UNAVAIL:
		return take(cpu, VEC_VSX, pc, 0);
	case INSN_FAC_UNAVAIL:
		return take_facility(cpu, pc);
	case INSN_ALIGNMENT:
		cpu->dar = cpu->fault_ea;
		return take(cpu, VEC_ALIGNMENT, pc, 0);
	case INSN_DSI:
		return take_data(cpu, VEC_DSI, pc);
	case INSN_DSEG:
		cpu->dar = cpu->fault_ea;
		return take(cpu, VEC_DSEG, pc, 0);
	case INSN_ISI:
		return take(cpu, VEC_ISI, pc, cpu->fault_dsisr);
	case INSN_ISEG:
		return take(cpu, VEC_ISEG, pc, 0);
	case INSN_MACHINE_CHECK:
		return take_machine_check(cpu, pc);
	case INSN_SYSCALL:
		return take(cpu, VEC_SYSCALL, pc + 4, 0);
	case INSN_SYSCALL_V:
		return take_syscall_v(cpu, pc, cpu->scv_lev);
	}
}

void intr_system_reset(struct icpu *cpu)
{
	atomic_fetch_and(&cpu->events, ~EVENT_SYSTEM_RESET);
	take(cpu, VEC_SYSTEM_RESET, cpu->pc, 0);
	nmi_tell(cpu, false, false);
}

bool intr_deliver_pending(struct icpu *cpu)
{
	uint32_t events = atomic_load_explicit(&cpu->events, memory_order_acquire);

	if (events & EVENT_EXTERNAL) {
		take(cpu, VEC_EXTERNAL, cpu->pc, 0);
		return true;
	}
	if (cpu->dec_pending) {
		take(cpu, VEC_DECREMENTER, cpu->pc, 0);
		return true;
	}
	if (events & EVENT_DOORBELL) {
		atomic_fetch_and(&cpu->events, ~EVENT_DOORBELL);
		take(cpu, VEC_DOORBELL, cpu->pc, 0);
		return true;
	}
	return false;
}
