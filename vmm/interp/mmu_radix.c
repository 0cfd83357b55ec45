/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Address translation: real mode, and process-scoped radix trees.
 * Power ISA 3.0B Book III 5.7 (storage addressing) and 5.7.10 (radix tree translation).
 */
#include <endian.h>
#include <string.h>

#include "vmm/interp/core.h"
#include "vmm/interp/tlb.h"

#define PTE_VALID   (1ULL << 63)
#define PTE_LEAF    (1ULL << 62)
#define PTE_RPN     0x01fffffffffff000ULL
#define PTE_R       0x100ULL
#define PTE_C       0x080ULL
#define PTE_ATT     0x030ULL
#define PTE_PRIV    0x008ULL
#define PTE_READ    0x004ULL
#define PTE_RW      0x002ULL
#define PTE_EXEC    0x001ULL
#define TREE_BASE   0x0fffffffffffff00ULL
#define TREE_SIZE   0x1fULL
#define REAL_MASK   0x0fffffffffffffffULL
#define EA_BITS     52

/* A doubleword of a table in guest memory, or NULL outside RAM. */
static uint64_t *table_entry(struct icpu *cpu, uint64_t gpa)
{
	if (gpa > cpu->ram_size - 8 || (gpa & 7))
		return NULL;
	return (uint64_t *)(cpu->ram + gpa);
}

static uint64_t entry_read(const uint64_t *p)
{
	return be64toh(__atomic_load_n(p, __ATOMIC_RELAXED));
}

/* The first doubleword of the process table entry of @pid: 0 where there is none. */
static uint64_t process_root(struct icpu *cpu, uint64_t pid)
{
	const uint64_t *p;

	if (pid >= cpu->proc_table_size / 16)
		return 0;
	p = table_entry(cpu, cpu->proc_table + pid * 16);
	return p ? entry_read(p) : 0;
}

/* Walks the tree at @root. The leaf's place, its value and the size of what it maps; NULL: no leaf. */
static uint64_t *tree_walk(struct icpu *cpu, uint64_t root, uint64_t ea, uint64_t *ret_pte,
			   unsigned *ret_shift, uint32_t *ret_fault)
{
	unsigned bits = 31 + (unsigned)(((root >> 58) & 0x18) | ((root >> 5) & 7));
	uint64_t base = root & TREE_BASE, size = root & TREE_SIZE;

	*ret_fault = FAULT_BAD_TREE;
	if (bits != EA_BITS)
		return NULL;
	for (unsigned level = 0; level < 5; level++) {
		uint64_t *p, pte;

		if (size < 5 || size > bits || bits - size < 12)
			return NULL;
		bits -= (unsigned)size;
		p = table_entry(cpu, (base & ~((8ULL << size) - 1)) +
					     ((ea >> bits) & ((1ULL << size) - 1)) * 8);
		if (!p)
			return NULL;
		pte = entry_read(p);
		if (!(pte & PTE_VALID)) {
			*ret_fault = FAULT_NO_TRANSLATION;
			return NULL;
		}
		if (pte & PTE_LEAF) {
			*ret_pte = pte;
			*ret_shift = bits;
			return p;
		}
		base = pte & TREE_BASE;
		size = pte & TREE_SIZE;
	}
	return NULL;
}

/* The accesses that @pte and, for a supervisor on a user page, AMR and IAMR allow. */
static void pte_rights(const struct icpu *cpu, uint64_t pte, bool *r, bool *w, bool *x)
{
	bool user_page = !(pte & PTE_PRIV);

	*r = pte & (PTE_READ | PTE_RW);
	*w = pte & PTE_RW;
	*x = pte & PTE_EXEC;
	if (cpu->msr & MSR_PR) {
		if (!user_page)
			*r = *w = *x = false;
	} else if (user_page) {
		if (cpu->amr >> 63)
			*w = false;
		if ((cpu->amr >> 62) & 1)
			*r = false;
		if ((cpu->iamr >> 62) & 1)
			*x = false;
	}
}

/* Sets reference and change bits as the access needs; false if the entry changed meanwhile. */
static bool pte_touch(uint64_t *p, uint64_t *pte, bool store)
{
	uint64_t want = *pte | PTE_R | (store ? PTE_C : 0), old = htobe64(*pte);

	if (want == *pte)
		return true;
	if (!__atomic_compare_exchange_n(p, &old, htobe64(want), false, __ATOMIC_SEQ_CST,
					 __ATOMIC_RELAXED))
		return false;
	*pte = want;
	return true;
}

enum insn_result mmu_fault(enum access_kind kind, uint32_t bits, struct translation *t)
{
	t->fault = bits | (kind == ACCESS_STORE ? FAULT_STORE : 0);
	return kind == ACCESS_FETCH ? INSN_ISI : INSN_DSI;
}

static enum insn_result radix_translate(struct icpu *cpu, uint64_t ea, enum access_kind kind,
					struct translation *t)
{
	uint64_t quadrant = ea >> 62, pid = quadrant == 3 ? 0 : cpu->pidr;
	uint64_t pte = 0, *p;
	unsigned shift = 0;
	uint32_t bad;
	bool r, w, x;

	if (quadrant == 1 || quadrant == 2 || (ea & 0x3ff0000000000000ULL)) {
		t->fault = 0;
		return kind == ACCESS_FETCH ? INSN_ISEG : INSN_DSEG;
	}
	do {
		p = tree_walk(cpu, process_root(cpu, pid), ea, &pte, &shift, &bad);
		if (!p)
			return mmu_fault(kind, bad, t);
		pte_rights(cpu, pte, &r, &w, &x);
		if (kind == ACCESS_FETCH && (!x || (pte & PTE_ATT) > 0x10))
			return mmu_fault(kind, (cpu->msr & MSR_PR) && (pte & PTE_PRIV) ?
						   FAULT_PROTECTION :
						   FAULT_NO_EXECUTE, t);
		if (kind == ACCESS_LOAD ? !r : kind == ACCESS_STORE && !w)
			return mmu_fault(kind, FAULT_PROTECTION, t);
	} while (!pte_touch(p, &pte, kind == ACCESS_STORE));

	t->gpa = ((pte & PTE_RPN) & ~((1ULL << shift) - 1)) | (ea & ((1ULL << shift) - 1));
	t->readable = r;
	t->writable = w && (pte & PTE_C);
	return INSN_OK;
}

enum insn_result mmu_translate(struct icpu *cpu, uint64_t ea, enum access_kind kind,
			       struct translation *t)
{
	if (!(cpu->msr & (kind == ACCESS_FETCH ? MSR_IR : MSR_DR))) {
		*t = (struct translation){.gpa = ea & REAL_MASK, .readable = true, .writable = true};
		return INSN_OK;
	}
	if (!(cpu->lpcr & LPCR_HR))
		return hash_translate(cpu, ea, kind, t);
	return radix_translate(cpu, ea, kind, t);
}
