/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Software translation caches: which context is current, how entries go in and out. */
#ifndef PAPRIKA_INTERP_TLB_H
#define PAPRIKA_INTERP_TLB_H

#include "vmm/interp/cpu.h"

struct hpte_page;

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
/* Hashed page tables: drops what was translated by the entry for @page. */
void tlb_invalidate_virtual(struct icpu *cpu, const struct hpte_page *page);
/* Entries left the SLB; @user_only: of quadrant 0 alone. */
void tlb_segments_removed(struct icpu *cpu, bool user_only);
/* No context may store to this page any more without being asked. */
void tlb_revoke_write(struct icpu *cpu, uint64_t gpa);
/* No context may execute this op page any more. */
void tlb_revoke_fetch(struct icpu *cpu, const struct op_page *page);

/* After a load or store at @ea. @writable: a store may go there directly. */
void tlb_insert_data(struct icpu *cpu, uint64_t ea, const struct translation *t, bool is_store,
		     bool writable);
void tlb_insert_fetch(struct icpu *cpu, uint64_t ea, struct op_page *page);

/* Translation by whatever is in use; INSN_OK or what to raise, with t->fault. */
enum insn_result mmu_translate(struct icpu *cpu, uint64_t ea, enum access_kind kind,
			       struct translation *t);
/* The same by the SLB and the hashed page table. */
enum insn_result hash_translate(struct icpu *cpu, uint64_t ea, enum access_kind kind,
				struct translation *t);

/* DSISR bits, or SRR1's for an instruction fetch, and the interrupt of a failed access. */
#define FAULT_NO_TRANSLATION 0x40000000u
#define FAULT_NO_EXECUTE     0x10000000u
#define FAULT_PROTECTION     0x08000000u
#define FAULT_STORE          0x02000000u
#define FAULT_KEY            0x00200000u
#define FAULT_BAD_TREE       0x00080000u /* unsupported MMU configuration */
enum insn_result mmu_fault(enum access_kind kind, uint32_t bits, struct translation *t);

#endif
