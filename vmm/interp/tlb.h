/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Software translation caches: which context is current, how entries go in and out. */
#ifndef PAPRIKA_INTERP_TLB_H
#define PAPRIKA_INTERP_TLB_H

#include "vmm/interp/cpu.h"

enum access_kind { ACCESS_LOAD, ACCESS_STORE, ACCESS_FETCH };

/* What the MMU makes of an effective address. */
struct translation {
	uint64_t gpa;
	uint32_t fault; /* DSISR or SRR1 bits when it fails */
	bool readable, writable; /* in this context, without another look at the page table */
};

/* Makes the contexts of the current MSR, PIDR and AMR current. */
void tlb_select(struct icpu *cpu);
/* PIDR changes: what privileged contexts hold of the old process goes. */
void tlb_pid_changed(struct icpu *cpu);
void tlb_flush_all(struct icpu *cpu);
/* tlbie and tlbiel: @rb and @rs as in the instruction, @ric, and R = @radix. */
void tlb_invalidate(struct icpu *cpu, uint64_t rb, uint64_t rs, unsigned ric, bool radix);
/* No context may store to this page any more without being asked. */
void tlb_revoke_write(struct icpu *cpu, uint64_t gpa);
/* No context may execute this op page any more. */
void tlb_revoke_fetch(struct icpu *cpu, const struct op_page *page);

/* After a load or store at @ea. @writable: a store may go there directly. */
void tlb_insert_data(struct icpu *cpu, uint64_t ea, const struct translation *t, bool is_store,
		     bool writable);
void tlb_insert_fetch(struct icpu *cpu, uint64_t ea, struct op_page *page);

/* Radix or real-mode translation; INSN_OK or what to raise, with t->fault. */
enum insn_result mmu_translate(struct icpu *cpu, uint64_t ea, enum access_kind kind,
			       struct translation *t);

#endif
