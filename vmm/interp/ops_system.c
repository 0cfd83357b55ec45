/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Storage control, system linkage and SPR moves: Power ISA 3.0B Book II chapter 4 and Book III. */
#include "vmm/interp/core.h"
#include "vmm/interp/cr.h"
#include "vmm/interp/sleep.h"
#include "vmm/interp/smp.h"
#include "vmm/interp/tlb.h"

/*
 * Barriers: Power ISA 3.0B Book II 4.6.3. What runs as one access of the guest is one access of the host, and
 * the host's order of accesses that depend on one another is no weaker than the guest's; so each barrier is
 * the weakest C11 fence that orders what it does. lwsync orders all but a store before a load, as does an
 * acquire-release fence: on x86-64 no instruction, on Power lwsync itself, on arm64 dmb ish.
 */
OP(sync)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (unlikely(atomic_load_explicit(&cpu->events, memory_order_relaxed) & EVENTS_SYNC))
		return x_sync(ARGV);
	NEXT();
}

OP(lwsync)
{
	__atomic_thread_fence(__ATOMIC_ACQ_REL);
	NEXT();
}

/* Stores to memory; accesses outside it are done one by one. */
OP(eieio)
{
	__atomic_thread_fence(__ATOMIC_ACQ_REL);
	NEXT();
}

OP(isync)
{
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	if (unlikely(atomic_load_explicit(&cpu->events, memory_order_acquire) & EVENT_REQUEST))
		return x_sync(ARGV);
	NEXT();
}

OP(priority_low)
{
	cpu->priority_low = 1;
	cpu->priority_drops++;
	NEXT();
}

OP(priority_very_low)
{
	cpu->priority_low = 1;
	cpu->priority_drops++;
	NEXT();
}

OP(priority_medium)
{
	cpu->priority_low = 0;
	NEXT();
}

#define NOP(name)                                                                                  \
	OP(nop_##name)                                                                             \
	{                                                                                          \
		NEXT();                                                                            \
	}
NOP(dcbf)
NOP(dcbst)
NOP(dcbt)
NOP(dcbtst)
NOP(icbi)
NOP(icbt)
NOP(cpabort)
NOP(dss)
NOP(dst)
NOP(dstst)
NOP(wait)
NOP(tlbsync)

OP(mflr)
{
	cpu->gpr[op->rt] = cpu->lr;
	NEXT();
}

OP(mtlr)
{
	cpu->lr = cpu->gpr[op->rt];
	NEXT();
}

OP(mfctr)
{
	cpu->gpr[op->rt] = cpu->ctr;
	NEXT();
}

OP(mtctr)
{
	cpu->ctr = cpu->gpr[op->rt];
	NEXT();
}

/* The SPR number, whose halves are swapped in the instruction. */
static inline unsigned insn_spr(const op_t *op)
{
	return (unsigned)op->rb << 5 | op->ra;
}

OP_CALL(mfspr, CHECK_NONE)
{
	return spr_read(cpu, insn_spr(op), &cpu->gpr[op->rt]);
}

OP_CALL(mtspr, CHECK_NONE)
{
	uint32_t flags = cpu->code_flags;
	enum insn_result r = spr_write(cpu, insn_spr(op), cpu->gpr[op->rt]);

	if (r == INSN_OK && flags != cpu->code_flags) {
		cpu->pc = OP_PC(cpu, op) + 4;
		return INSN_JUMP;
	}
	return r;
}

OP_CALL(mftb, CHECK_NONE)
{
	return spr_read(cpu, insn_spr(op), &cpu->gpr[op->rt]);
}

OP_CALL(mfmsr, CHECK_PRIV)
{
	cpu->gpr[op->rt] = cpu->msr;
	return INSN_OK;
}

/* After a change of the MSR: refetch if translation or code flags changed, and look for interrupts. */
static enum insn_result msr_changed(struct icpu *cpu, uint64_t old, uint64_t next_pc)
{
	const uint64_t context = MSR_SF | MSR_PR | MSR_IR | MSR_DR | MSR_LE;

	cpu->pc = next_pc;
	if ((cpu->msr & MSR_EE) && !(old & MSR_EE) && intr_deliver_pending(cpu))
		return INSN_JUMP;
	return ((cpu->msr ^ old) & context) ? INSN_JUMP : INSN_OK;
}

/* L = 1 changes EE and RI alone. */
static enum insn_result msr_write(struct icpu *cpu, const op_t *op, uint64_t mask)
{
	uint64_t old = cpu->msr, v = cpu->gpr[op->rt];

	if (op->ra & 1) {
		cpu->msr = (old & ~(MSR_EE | MSR_RI)) | (v & (MSR_EE | MSR_RI));
	} else {
		v = (v & mask) | (old & ~mask);
		if (v & MSR_PR)
			v |= MSR_EE | MSR_IR | MSR_DR;
		msr_set(cpu, v);
	}
	return msr_changed(cpu, old, OP_PC(cpu, op) + 4);
}

OP_CALL(mtmsrd, CHECK_PRIV)
{
	return msr_write(cpu, op, ~(MSR_HV | MSR_ME | MSR_LE));
}

OP_CALL(mtmsr, CHECK_PRIV)
{
	return msr_write(cpu, op, 0xffffffffULL & ~(MSR_ME | MSR_LE));
}

static enum insn_result interrupt_return(struct icpu *cpu, uint64_t pc, uint64_t msr)
{
	if (msr & MSR_PR)
		msr |= MSR_EE | MSR_IR | MSR_DR;
	msr_set(cpu, msr);
	cpu->pc = pc & ~3ULL;
	if (!(cpu->msr & MSR_SF))
		cpu->pc = (uint32_t)cpu->pc;
	if (cpu->msr & MSR_EE)
		intr_deliver_pending(cpu);
	return INSN_JUMP;
}

OP_CALL(rfid, CHECK_PRIV)
{
	return interrupt_return(cpu, cpu->srr0, cpu->srr1);
}

OP_CALL(rfscv, CHECK_PRIV)
{
	return interrupt_return(cpu, cpu->lr, cpu->ctr);
}

/* LEV = 1 is a hypervisor call, but from problem state it is an ordinary one. */
OP_CALL(sc, CHECK_NONE)
{
	unsigned lev = ppc_field32((uint32_t)op->imm, 20, 26);
	struct vcpu_exit *e = cpu->exit;

	if (lev != 1 || (cpu->msr & MSR_PR))
		return INSN_SYSCALL;
	e->kind = VCPU_EXIT_HCALL;
	e->hcall.nr = cpu->gpr[3];
	for (unsigned i = 0; i < HCALL_ARGS; i++)
		e->hcall.in[i] = cpu->gpr[4 + i];
	cpu->pc = OP_PC(cpu, op) + 4;
	cpu->hcall_open = 1;
	return INSN_EXIT;
}

#define FSCR_SCV (1ULL << 12)

OP_CALL(scv, CHECK_NONE)
{
	if (!(cpu->fscr & FSCR_SCV)) {
		cpu->facility = 12;
		return INSN_FAC_UNAVAIL;
	}
	cpu->scv_lev = (uint8_t)ppc_field32((uint32_t)op->imm, 20, 26);
	return INSN_SYSCALL_V;
}

/* Without guest translation shootdown it is the hypervisor's. */
OP_CALL(tlbie, CHECK_PRIV)
{
	if (!(cpu->lpcr & LPCR_GTSE))
		return hypervisor_only(cpu);
	smp_tlb_invalidate(cpu, &(struct request){
					.kind = REQUEST_TLB, .rb = cpu->gpr[op->rb],
					.rs = cpu->gpr[op->rt], .radix = op->imm & (1 << 16),
					.ric = (uint8_t)ppc_field32((uint32_t)op->imm, 12, 13)});
	return INSN_OK;
}

OP_CALL(tlbiel, CHECK_PRIV)
{
	tlb_invalidate(cpu, cpu->gpr[op->rb], cpu->gpr[op->rt], ppc_field32((uint32_t)op->imm, 12, 13),
		       op->imm & (1 << 16));
	return INSN_OK;
}

/* Directed privileged doorbells, type 5, to a thread of the same core: Book III 11. */
#define DOORBELL_TYPE(v) (((v) >> 27) & 31)
#define DOORBELL_TAG(v)  ((v) & 0x7f)

OP_CALL(msgsndp, CHECK_PRIV)
{
	uint64_t v = cpu->gpr[op->rb];
	struct icpu *to = DOORBELL_TYPE(v) == 5 ? smp_core_thread(cpu, DOORBELL_TAG(v)) : NULL;

	if (to)
		sleep_doorbell(to);
	cpu->pc = OP_PC(cpu, op) + 4;
	if (to == cpu && (cpu->msr & MSR_EE) && intr_deliver_pending(cpu))
		return INSN_JUMP;
	return INSN_OK;
}

OP_CALL(msgclrp, CHECK_PRIV)
{
	if (DOORBELL_TYPE(cpu->gpr[op->rb]) == 5)
		atomic_fetch_and(&cpu->events, ~EVENT_DOORBELL);
	return INSN_OK;
}
