/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Translation by segments and the hashed page table: Power ISA 3.0B Book III 5.7.7 to 5.7.9; storage
 * protection: 5.7.11.
 */
#include "vmm/cpu/hpt.h"
#include "vmm/interp/slb.h"
#include "vmm/interp/tlb.h"

#define VSID_KS PPC_BIT(52)
#define VSID_KP PPC_BIT(53)
#define VSID_N  PPC_BIT(54)

/* What a page allows, and the fault bits of what it does not. */
struct rights {
	bool read, write, execute;
	uint32_t no_read, no_write, no_execute;
};

/* By PP bits, pp0 first: bit 0 for key 0, bit 1 for key 1. */
static const uint8_t pp_reads[8] = {1, 3, 3, 3, 0, 0, 1, 0};
static const uint8_t pp_writes[8] = {1, 1, 3, 0, 0, 0, 0, 0};

static bool segment_key(const struct icpu *cpu, const struct slbe *s)
{
	return s->segment.vsid & (cpu->msr & MSR_PR ? VSID_KP : VSID_KS);
}

/* Bits that forbid, of the register with two a key. */
static unsigned key_bits(uint64_t reg, unsigned key)
{
	return (reg >> (62 - 2 * key)) & 3;
}

static struct rights page_rights(const struct icpu *cpu, const struct slbe *s, struct hpte e)
{
	unsigned pp = (unsigned)(e.r & HPTE_R_PP) | (e.r & HPTE_R_PP0 ? 4 : 0);
	unsigned amr = key_bits(cpu->amr, hpte_key(e)), iamr = key_bits(cpu->iamr, hpte_key(e));
	bool key = segment_key(cpu, s), never = (s->segment.vsid & VSID_N) || (e.r & (HPTE_R_N | HPTE_R_G));
	bool reads = (pp_reads[pp] >> key) & 1, writes = (pp_writes[pp] >> key) & 1;
	struct rights r = {
		.no_read = (reads ? 0 : FAULT_PROTECTION) | (amr & 1 ? FAULT_KEY : 0),
		.no_write = (writes ? 0 : FAULT_PROTECTION) | (amr & 2 ? FAULT_KEY : 0),
		.no_execute = (never ? FAULT_NO_EXECUTE : 0) | (reads ? 0 : FAULT_PROTECTION) |
			      (iamr & 1 ? FAULT_KEY : 0),
	};

	r.read = !r.no_read;
	r.write = !r.no_write;
	r.execute = !r.no_execute;
	return r;
}

enum insn_result hash_translate(struct icpu *cpu, uint64_t ea, enum access_kind kind,
				struct translation *t)
{
	const struct slbe *s = slb_find(cpu, ea);
	struct hpte_page page;
	struct hpt_hit hit;
	struct rights r;
	uint64_t in_page;

	if (!s) {
		t->fault = 0;
		return kind == ACCESS_FETCH ? INSN_ISEG : INSN_DSEG;
	}
	page = (struct hpte_page){
		.vsid = (s->segment.vsid & PPC_BITMASK(2, 51)) >> (s->is_1t ? 24 : 12),
		.offset = ea & ~s->segment.mask & ~((1ULL << s->base_shift) - 1),
		.base_shift = s->base_shift, .is_1t = s->is_1t,
	};
	do {
		uint32_t bits;

		if (!hpt_search(cpu->hpt, &page, &hit))
			return mmu_fault(kind, FAULT_NO_TRANSLATION, t);
		r = page_rights(cpu, s, hit.entry);
		bits = kind == ACCESS_LOAD ? r.no_read : kind == ACCESS_STORE ? r.no_write : r.no_execute;
		if (bits)
			return mmu_fault(kind, bits, t);
	} while (!hpt_touch(cpu->hpt, &hit, HPTE_R_R | (kind == ACCESS_STORE ? HPTE_R_C : 0)));

	in_page = (1ULL << hit.shift) - 1;
	t->gpa = (hit.entry.r & HPTE_R_RPN & ~in_page) | (ea & in_page);
	t->readable = r.read;
	t->writable = r.write && (hit.entry.r & HPTE_R_C);
	return INSN_OK;
}
