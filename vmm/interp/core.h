/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where handlers hand over to when straight-line execution ends, and what they share. */
#ifndef PAPRIKA_INTERP_CORE_H
#define PAPRIKA_INTERP_CORE_H

#include "vmm/interp/cpu.h"
#include "vmm/interp/dispatch.h"

#define OP_PAGE_OF(op) ((struct op_page *)((uintptr_t)(op) & ~(uintptr_t)OP_PAGE_OFFSET))

/* The effective address of the instruction in slot @op. */
#define OP_PC(cpu, op) ((cpu)->page_va + (((uintptr_t)(op) & OP_PAGE_OFFSET) >> 2))

handler_fn x_decode;     /* every slot's first handler: decodes it in place */
handler_fn x_next_page;  /* the slot after a page's last instruction */
handler_fn x_fetch_miss; /* after the branch in slot op: cpu->pc has no entry in the fetch TLB */
handler_fn x_budget;     /* op is the next instruction: the budget is used up */
handler_fn x_code_stale; /* after the instruction in slot op: cpu->code_flags changed */
handler_fn x_sync;       /* after the instruction in slot op: see to EVENTS_SYNC */
handler_fn x_illegal;    /* op is no instruction of this CPU */

/* Goes on at effective address @target; op is the instruction that is now complete. */
#define JUMP(target)                                                                               \
	do {                                                                                       \
		uint64_t ea_ = (target);                                                           \
		struct fetch_entry *e_ = &cpu->fetch[(ea_ >> 12) & (FETCH_ENTRIES - 1)];           \
		op_t *n_;                                                                          \
                                                                                                   \
		if (unlikely(e_->tag != (ea_ & ~0xfffULL))) {                                      \
			cpu->pc = ea_;                                                             \
			return x_fetch_miss(ARGV);                                                 \
		}                                                                                  \
		n_ = &e_->page->ops[(ea_ >> 2) & (PAGE_INSNS - 1)];                                \
		X += (uint64_t)n_ - (uint64_t)(op + 1);                                            \
		cpu->page_va = ea_ & ~0xfffULL;                                                    \
		op = n_;                                                                           \
		if (unlikely(X < (uint64_t)op))                                                    \
			return x_budget(ARGV);                                                     \
		DISPATCH();                                                                        \
	} while (0)

/* Goes on @disp bytes of slots after the next slot, within the page. */
#define JUMP_NEAR(disp)                                                                            \
	do {                                                                                       \
		int64_t d_ = (disp);                                                               \
                                                                                                   \
		X += (uint64_t)d_;                                                                 \
		op = (op_t *)((char *)(op + 1) + d_);                                              \
		if (unlikely(X < (uint64_t)op))                                                    \
			return x_budget(ARGV);                                                     \
		DISPATCH();                                                                        \
	} while (0)

#define LPCR_UPRT PPC_BIT(41)
#define LPCR_HR   PPC_BIT(43) /* radix translation; else hashed page tables and the SLB */
#define LPCR_GTSE PPC_BIT(53)

/* What an instruction raises that only the hypervisor may execute: Power ISA 3.0B Book III 6.5.9. */
static inline enum insn_result hypervisor_only(const struct icpu *cpu)
{
	return cpu->isa >= 300 ? INSN_ILLEGAL : INSN_PRIVILEGED;
}

/* A new MSR, and what follows from it: contexts, code flags. The next instruction must be refetched. */
void msr_set(struct icpu *cpu, uint64_t msr);
/* code_flags as MSR and XER give them. */
void code_flags_update(struct icpu *cpu);

/* Interrupts: relocated as H_SET_MODE says (0 or 3), and little-endian. */
void lpcr_set_ail(struct icpu *cpu, unsigned ail);
void lpcr_set_le(struct icpu *cpu, bool le);

/* Takes the system reset interrupt that was asked for. */
void intr_system_reset(struct icpu *cpu);
/* True, and the event's interrupt taken (cpu->pc at the vector), if one is deliverable. */
bool intr_deliver_pending(struct icpu *cpu);
/* Takes the synchronous interrupt that @result stands for, of the instruction at @pc. */
void intr_deliver(struct icpu *cpu, enum insn_result result, uint64_t pc);

uint64_t timebase_now(const struct icpu *cpu);

/* XER as mfxer gives it; and mtxer. */
uint64_t xer_get(const struct icpu *cpu);
void xer_set(struct icpu *cpu, uint64_t v);

/* Once, before any other call here. */
void spr_init(void);
enum insn_result spr_read(struct icpu *cpu, unsigned spr, uint64_t *ret);
enum insn_result spr_write(struct icpu *cpu, unsigned spr, uint64_t value);

#endif
