/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Segments and the hashed page table: faults, rights, keys, the SLB's instructions, contexts. */
#include "tests/unit/vmm/interp/machine.h"
#include "vmm/cpu/hpt.h"
#include "vmm/interp/slb.h"

#define REAL (MSR_SF | MSR_ME)
#define BASE (REAL | MSR_IR | MSR_DR)
#define USER (BASE | MSR_PR | MSR_EE)

#define VSID  0x1234567ULL
#define EA    0x30000000ULL     /* in a segment of its own */
#define EA_1T 0x7fff30000000ULL /* the same, of 1 TiB */
#define FRAME 0x80000ULL

#define LWZ(rt, ra, d) INSN_D(32, rt, ra, d)
#define STW(rs, ra, d) INSN_D(36, rs, ra, d)
#define SLBMTE(rs, rb)  INSN_X(31, rs, 0, rb, 402)
#define SLBIE(rb)       INSN_X(31, 0, 0, rb, 434)
#define SLBIA(ih)       INSN_X(31, ih, 0, 0, 498)
#define SLBMFEV(rt, rb) INSN_X(31, rt, 0, rb, 851)
#define SLBMFEE(rt, rb) INSN_X(31, rt, 0, rb, 915)
#define SLBFEE(rt, rb)  (INSN_X(31, rt, 0, rb, 979) | 1)
#define SLBIEG(rs, rb)  INSN_X(31, rs, 0, rb, 466)
#define SLBSYNC         INSN_X(31, 0, 0, 0, 338)
#define TLBIE(rb)       INSN_X(31, 0, 0, rb, 306)
#define TLBIEL(rb)      INSN_X(31, 0, 0, rb, 274)

#define RB_V  0x08000000ULL
#define RS_1T 0x4000000000000000ULL
#define RS_KS 0x800ULL
#define RS_KP 0x400ULL
#define RS_N  0x200ULL
#define RS_C  0x080ULL
#define M     0x10ULL
#define G     0x08ULL
#define N     0x04ULL
#define R     0x100ULL
#define C     0x080ULL

#define NOT_FOUND  0x40000000u
#define NO_EXECUTE 0x10000000u
#define PROTECTION 0x08000000u
#define STORE      0x02000000u
#define KEY        0x00200000u

static struct hpt *hpt;

/* Code is where it is in real mode, in a segment that everybody reaches; the vectors need none. */
static uint64_t map(uint64_t vsid, uint64_t ea, unsigned base_shift, bool is_1t, uint64_t v, uint64_t r)
{
	struct hpte_page page = {vsid, ea & ((is_1t ? 1ULL << 40 : 1ULL << 28) - 1), base_shift, is_1t};
	struct hpte e = {.v = v | (is_1t ? HPTE_V_B_1T : 0), .r = r};
	uint64_t index, groups = (1ULL << (HPT_SHIFT_MIN - 7)) - 1;

	page.offset &= ~((1ULL << base_shift) - 1);
	e.v |= (vsid << (is_1t ? 17 : 5) | page.offset >> 23) << 7;
	assert_int_equal(hpt_enter(hpt, (hpte_hash(&page) & groups) * 8, false, e, &index), 0);
	return index;
}

static int table_open(void **state)
{
	if (machine_open(state) < 0)
		return -1;
	hpt = ops->caps(accel)->hpt;
	map(1, CODE, 12, false, 0, CODE | M | 2);
	map(1, DATA, 12, false, 0, DATA | M | 2);
	slb_insert(cpu, RB_V | 0, 1 << 12);
	cpu->gpr[3] = EA;
	return 0;
}

static void segment(unsigned slot, uint64_t ea, uint64_t vsid, uint64_t rs, bool is_1t)
{
	slb_insert(cpu, (ea & ~0xfffffffULL) | RB_V | slot,
		   vsid << (is_1t ? 24 : 12) | rs | (is_1t ? RS_1T : 0));
}

static uint64_t r_of(uint64_t index)
{
	struct hpte e;

	assert_int_equal(hpt_read(hpt, index, &e), 0);
	return e.r;
}

static void assert_fault(uint64_t msr, uint32_t word, uint64_t vector, uint32_t bits)
{
	cpu->dsisr = 0;
	cpu->dar = 0;
	assert_int_equal(RUN(msr, word), vector);
	assert_int_equal(cpu->srr0, CODE);
	if (vector == 0x300)
		assert_int_equal(cpu->dsisr, bits);
	assert_int_equal(cpu->dar, cpu->gpr[3]);
}

static void every_size_translates(void **state)
{
	static const struct {
		unsigned base;
		uint64_t llp, v, lp, size;
	} sizes[] = {
		{12, 0, 0, 0, 1 << 12}, {12, 0, 4, 0x7000, 1 << 16}, {16, 0x110, 4, 0x1000, 1 << 16},
		{12, 0, 4, 0x38000, 1 << 24}, {16, 0x110, 4, 0x8000, 1 << 24}, {24, 0x100, 4, 0, 1 << 24},
	};

	for (unsigned i = 0; i < 2 * sizeof(sizes) / sizeof(sizes[0]); i++) {
		unsigned base = sizes[i / 2].base;
		uint64_t size = sizes[i / 2].size;
		bool is_1t = i & 1;
		/* 16 MiB pages map all of RAM, and more */
		uint64_t frame = size > RAM_SIZE ? 0 : FRAME, at = is_1t ? EA_1T : EA, index;

		slb_remove(cpu, at);
		segment(3, at, VSID + i, sizes[i / 2].llp, is_1t);
		at += size > RAM_SIZE ? FRAME + 0x123c : size - 4;
		index = map(VSID + i, at, base, is_1t, sizes[i / 2].v, frame | sizes[i / 2].lp | M | 2);
		store_be32(ram.hva + frame + (at & (size - 1)), 0xabcd0000 + i);
		cpu->gpr[3] = at;
		assert_int_equal(RUN(USER, LWZ(4, 3, 0)), 0xc00);
		assert_int_equal(cpu->gpr[4], 0xabcd0000 + i);
		assert_int_equal(r_of(index) & (R | C), R);
		cpu->gpr[3] = at - (at & 0xfff) + (1ULL << base);
		assert_fault(USER, LWZ(4, 3, 0), 0x300, NOT_FOUND);
	}
}

static void the_other_group_is_searched(void **state)
{
	struct hpte_page page = {VSID, 0, 12, false};
	uint64_t index, groups = (1ULL << (HPT_SHIFT_MIN - 7)) - 1;
	struct hpte e = {VSID << 12 | HPTE_V_SECONDARY, FRAME | M | 2};

	segment(3, EA, VSID, 0, false);
	assert_int_equal(hpt_enter(hpt, (~hpte_hash(&page) & groups) * 8, false, e, &index), 0);
	assert_int_equal(RUN(USER, LWZ(4, 3, 0)), 0xc00);
}

static void missing_segments_and_pages(void **state)
{
	cpu->gpr[3] = EA + 8;
	assert_fault(USER, LWZ(4, 3, 0), 0x380, 0);
	assert_fault(BASE, STW(4, 3, 0), 0x380, 0);
	segment(3, EA, VSID, 0, false);
	assert_fault(USER, LWZ(4, 3, 0), 0x300, NOT_FOUND);
	assert_fault(USER, STW(4, 3, 0), 0x300, NOT_FOUND | STORE);
	cpu->gpr[3] = EA + 0x10000000; /* the next segment */
	assert_fault(USER, LWZ(4, 3, 0), 0x380, 0);
	/* of instructions */
	assert_int_equal(go(USER, EA), 0x400);
	assert_int_equal(cpu->srr0, EA);
	assert_int_equal(cpu->srr1 & 0x783f0000, NOT_FOUND);
	assert_int_equal(go(USER, EA + 0x10000000), 0x480);
	assert_int_equal(cpu->srr0, EA + 0x10000000);
}

static void reserved_segments_translate_nothing(void **state)
{
	map(VSID, EA, 12, false, 0, FRAME | M | 2);
	segment(3, EA, VSID, 0x120, false);
	assert_fault(USER, LWZ(4, 3, 0), 0x380, 0);
	segment(3, EA, VSID, 0x8000000000000000ULL, false);
	assert_fault(USER, LWZ(4, 3, 0), 0x380, 0);
	slb_insert(cpu, (EA & ~0xfffffffULL) | RB_V | SLB_ENTRIES, VSID << 12);
	slb_insert(cpu, (EA & ~0xfffffffULL) | RB_V | 0xfff, VSID << 12);
	slb_insert(cpu, EA | 4, VSID << 12); /* not valid */
	assert_fault(USER, LWZ(4, 3, 0), 0x380, 0);
}

static void reference_and_change(void **state)
{
	uint64_t index = map(VSID, EA, 12, false, 0, FRAME | M | 2);

	segment(3, EA, VSID, 0, false);
	store_be32(ram.hva + FRAME + 8, 0x12345678);
	assert_int_equal(RUN(USER, LWZ(4, 3, 8)), 0xc00);
	assert_int_equal(cpu->gpr[4], 0x12345678);
	assert_int_equal(r_of(index) & (R | C), R);
	assert_int_equal(RUN(USER, STW(4, 3, 12)), 0xc00);
	assert_int_equal(r_of(index) & (R | C), R | C);
	assert_int_equal(load_be32(ram.hva + FRAME + 12), 0x12345678);
	/* none by an access that fails */
	index = map(VSID, EA + 0x1000, 12, false, 0, FRAME | M | 3);
	cpu->gpr[3] = EA + 0x1000;
	assert_fault(USER, STW(4, 3, 0), 0x300, PROTECTION | STORE);
	assert_int_equal(r_of(index) & (R | C), 0);
}

/* Power ISA 3.0B Book III, "Address Protection Mechanism": by key, and by pp0, pp1, pp2. */
static void the_protection_matrix(void **state)
{
	static const char *const rights[2][8] = {
		{"rw", "rw", "rw", "r", "", "", "r", ""},
		{"", "r", "rw", "r", "", "", "", ""},
	};

	for (unsigned i = 0; i < 64; i++) {
		bool ks = i & 1, kp = i & 2, pr = i & 4;
		unsigned pp = i >> 3;
		const char *can = rights[pr ? kp : ks][pp];
		uint64_t msr = pr ? USER : BASE, at = EA + i * 0x1000;

		map(VSID, at, 12, false, 0, FRAME | M | (pp & 3) | (pp & 4 ? 1ULL << 63 : 0));
		segment(3, EA, VSID, (ks ? RS_KS : 0) | (kp ? RS_KP : 0), false);
		store_be32(ram.hva + FRAME, INSN_SC1);
		code_written(cpu, FRAME, 4);
		cpu->gpr[3] = at;
		if (strchr(can, 'r')) {
			RUN(msr, LWZ(4, 3, 0));
			assert_int_equal(cpu->gpr[4], INSN_SC1);
		} else {
			assert_fault(msr, LWZ(4, 3, 0), 0x300, PROTECTION);
		}
		/* what can be read can be executed */
		assert_int_equal(go(msr, at), strchr(can, 'r') ? (pr ? 0xc00 : at) : 0x400);
		if (!strchr(can, 'r'))
			assert_int_equal(cpu->srr1 & 0x783f0000, PROTECTION);
		if (strchr(can, 'w'))
			assert_int_equal(RUN(msr, STW(4, 3, 0)), pr ? 0xc00 : CODE + 4);
		else
			assert_fault(msr, STW(4, 3, 0), 0x300, PROTECTION | STORE);
	}
}

static void pages_that_do_not_execute(void **state)
{
	static const struct {
		uint64_t segment, page;
	} cases[] = {{RS_N, 2}, {0, 2 | N}, {0, 2 | G}, {RS_N, 2 | N | G}};

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		slb_remove(cpu, EA);
		map(VSID + i, EA, 12, false, 0, FRAME | M | cases[i].page);
		segment(3, EA, VSID + i, cases[i].segment, false);
		assert_int_equal(RUN(USER, LWZ(4, 3, 0)), 0xc00);
		assert_int_equal(go(USER, EA), 0x400);
		assert_int_equal(cpu->srr1 & 0x783f0000, NO_EXECUTE);
	}
}

/* Each of the 32 keys, by its own bits and no others. */
static void keys_protect(void **state)
{
	segment(3, EA, VSID, 0, false);
	store_be32(ram.hva + FRAME, INSN_SC1);
	for (unsigned key = 0; key < 32; key++) {
		uint64_t at = EA + key * 0x1000, bits = (uint64_t)(key >> 3) << 60 | (key & 7) << 9;
		uint64_t mine = 3ULL << (62 - 2 * key);

		/* the key of the code is 0 */
		if (!key)
			continue;
		map(VSID, at, 12, false, 0, FRAME | M | 2 | bits);
		cpu->gpr[3] = at;
		cpu->gpr[5] = ~mine & ~(3ULL << 62);
		cpu->gpr[6] = mine & 0x5555555555555555ULL; /* no loads */
		cpu->gpr[7] = mine & 0xaaaaaaaaaaaaaaaaULL; /* no stores */
		RUN_THROUGH(BASE, MTSPR(SPR_AMR, 5), LWZ(4, 3, 0), STW(4, 3, 0));
		RUN_THROUGH(BASE, MTSPR(SPR_AMR, 6), STW(4, 3, 0));
		assert_fault(USER, LWZ(4, 3, 0), 0x300, KEY);
		RUN_THROUGH(BASE, MTSPR(SPR_AMR, 7), LWZ(4, 3, 0));
		assert_fault(USER, STW(4, 3, 0), 0x300, KEY | STORE);
		cpu->gpr[8] = 0;
		RUN_THROUGH(BASE, MTSPR(SPR_AMR, 8), MTSPR(SPR_IAMR, 6), LWZ(4, 3, 0));
		assert_int_equal(go(USER, at), 0x400);
		assert_int_equal(cpu->srr1 & 0x783f0000, KEY);
		RUN_THROUGH(BASE, MTSPR(SPR_IAMR, 8));
		assert_int_equal(go(USER, at), 0xc00);
	}
	/* and both reasons at once */
	map(VSID, EA + 0x40000, 12, false, 0, FRAME | M | 3 | 0x200);
	cpu->gpr[3] = EA + 0x40000;
	cpu->gpr[5] = 3ULL << 60;
	RUN_THROUGH(BASE, MTSPR(SPR_AMR, 5));
	assert_fault(USER, STW(4, 3, 0), 0x300, KEY | PROTECTION | STORE);
}

/* What problem state may change of AMR is what UAMOR has. */
static void user_keys(void **state)
{
	cpu->uamor = 3ULL << 58;
	cpu->gpr[5] = ~0ULL & ~(3ULL << 62);
	assert_int_equal(RUN(USER, MTSPR(SPR_AMR_U, 5), MFSPR(6, SPR_AMR_U)), 0xc00);
	assert_int_equal(cpu->gpr[6], 3ULL << 58);
}

static void entries_are_read_back(void **state)
{
	cpu->gpr[5] = VSID << 12 | RS_KS | RS_KP | RS_C | 0x110;
	cpu->gpr[6] = EA | RB_V | 7;
	cpu->gpr[7] = 7;
	cpu->gpr[12] = EA + 0xffffff;
	RUN_THROUGH(REAL, SLBMTE(5, 6), SLBMFEV(8, 7), SLBMFEE(9, 7), SLBFEE(10, 12));
	assert_int_equal(cpu->gpr[8], cpu->gpr[5]);
	assert_int_equal(cpu->gpr[9], EA | RB_V);
	assert_int_equal(cpu->gpr[10], cpu->gpr[5]);
	assert_int_equal(cr_get_field(cpu, 0), CR_EQ);
	cpu->gpr[12] = EA + 0x10000000;
	cpu->gpr[7] = 8;
	RUN_THROUGH(REAL, SLBMFEV(8, 7), SLBMFEE(9, 7), SLBFEE(10, 12));
	assert_int_equal(cpu->gpr[8] | cpu->gpr[9] | cpu->gpr[10], 0);
	assert_int_equal(cr_get_field(cpu, 0), 0);
	cpu->gpr[7] = 0xfff;
	RUN_THROUGH(REAL, SLBMFEV(8, 7), SLBMFEE(9, 7));
	assert_int_equal(cpu->gpr[8] | cpu->gpr[9], 0);
	/* 1 TiB segments are found by addresses anywhere in them */
	cpu->gpr[5] = RS_1T | 5ULL << 24;
	cpu->gpr[6] = EA_1T | RB_V | 9;
	cpu->gpr[12] = EA_1T - 0x30000000;
	RUN_THROUGH(REAL, SLBMTE(5, 6), SLBFEE(10, 12), SLBIE(12), SLBFEE(11, 12));
	assert_int_equal(cpu->gpr[10], cpu->gpr[5]);
	assert_int_equal(cpu->gpr[11], 0);
}

/* Which of four entries slbia leaves: 1 and 3 are of class 1, and 0 if @class_of_0. */
static unsigned left_after(unsigned ih, bool class_of_0)
{
	unsigned left = 0;

	for (unsigned i = 0; i < 4; i++)
		segment(i, (0x40ULL + i) << 28, VSID + i, (i ? i & 1 : class_of_0) ? RS_C : 0, false);
	RUN_THROUGH(REAL, SLBIA(ih));
	for (unsigned i = 0; i < 4; i++)
		left |= (slb_find(cpu, (0x40ULL + i) << 28) ? 1u : 0) << i;
	return left;
}

static void slbia_spares_some(void **state)
{
	static const struct {
		unsigned ih, class_0, class_1;
	} cases[] = {{0, 1, 1}, {1, 1, 1}, {2, 1, 1}, {3, 5, 4}, {4, 0, 0}, {6, 1, 1}, {7, 15, 15}};

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(left_after(cases[i].ih, false), cases[i].class_0);
		assert_int_equal(left_after(cases[i].ih, true), cases[i].class_1);
	}
	cpu->isa = 207;
	for (unsigned ih = 0; ih < 8; ih++)
		assert_int_equal(left_after(ih, true), 1);
}

static void removals_are_felt_at_once(void **state)
{
	uint64_t index = map(VSID, EA, 12, false, 0, FRAME | M | 2);
	struct hpte old;

	segment(3, EA, VSID, RS_C, false);
	assert_int_equal(RUN(BASE, LWZ(4, 3, 0), SLBIE(3), LWZ(4, 3, 0)), 0x380);
	segment(3, EA, VSID, RS_C, false);
	assert_int_equal(RUN(USER, LWZ(4, 3, 0)), 0xc00);
	assert_int_equal(RUN(BASE, LWZ(4, 3, 0), SLBIA(3), LWZ(4, 3, 0)), 0x380);
	assert_int_equal(RUN(USER, LWZ(4, 3, 0)), 0x380);
	segment(3, EA, VSID, RS_C, false);
	/* the h-calls: both modes had the page's translation, to load and to store */
	RUN_THROUGH(BASE, STW(4, 3, 0));
	assert_int_equal(RUN(USER, STW(4, 3, 0)), 0xc00);
	assert_int_equal(hpt_protect(hpt, index, (struct hpt_match){0}, 3), 0);
	assert_fault(USER, STW(4, 3, 0), 0x300, PROTECTION | STORE);
	assert_fault(BASE, STW(4, 3, 0), 0x300, PROTECTION | STORE);
	assert_int_equal(RUN(USER, LWZ(4, 3, 0)), 0xc00);
	assert_int_equal(hpt_remove(hpt, index, (struct hpt_match){0}, &old), 0);
	assert_fault(USER, LWZ(4, 3, 0), 0x300, NOT_FOUND);
	assert_fault(BASE, LWZ(4, 3, 0), 0x300, NOT_FOUND);
}

/* All of a 64 KiB page's 4 KiB pieces go; and change bits are seen again after a clear. */
static void large_pages_go_whole(void **state)
{
	uint64_t index = map(VSID, EA, 16, false, 4, FRAME | 0x1000 | M | 2), r;
	struct hpte old;

	segment(3, EA, VSID, 0x110, false);
	for (unsigned i = 0; i < 16; i++) {
		cpu->gpr[3] = EA + i * 0x1000;
		assert_int_equal(RUN(USER, STW(4, 3, 0)), 0xc00);
	}
	assert_int_equal(hpt_clear_bits(hpt, index, C, &r), 0);
	assert_int_equal(r & C, C);
	assert_int_equal(RUN(USER, STW(4, 3, 0)), 0xc00);
	assert_int_equal(r_of(index) & C, C);
	assert_int_equal(hpt_remove(hpt, index, (struct hpt_match){0}, &old), 0);
	for (unsigned i = 0; i < 16; i++) {
		cpu->gpr[3] = EA + i * 0x1000;
		assert_fault(USER, LWZ(4, 3, 0), 0x300, NOT_FOUND);
	}
}

/* Another process has the addresses for something else; the first finds its context when it is back. */
static void processes_have_contexts(void **state)
{
	struct tlb *context[2];

	for (unsigned p = 0; p < 2; p++) {
		map(VSID + p, EA, 12, false, 0, (FRAME + p * 0x1000) | M | 2);
		map(VSID + 8 + p, EA_1T, 12, true, 0, (FRAME + p * 0x1000) | M | 2);
		store_be32(ram.hva + FRAME + p * 0x1000, 0x100 + p);
	}
	cpu->gpr[7] = EA_1T;
	for (unsigned i = 0; i < 6; i++) {
		unsigned p = i & 1;

		slb_remove_all(cpu, 3);
		segment(3, EA, VSID + p, RS_C, false);
		segment(4, EA_1T, VSID + 8 + p, RS_C, true);
		assert_int_equal(RUN(USER, LWZ(4, 3, 0), LWZ(5, 7, 0)), 0xc00);
		assert_int_equal(cpu->gpr[4], 0x100 + p);
		assert_int_equal(cpu->gpr[5], 0x100 + p);
		RUN_THROUGH(BASE, LWZ(4, 3, 0));
		assert_int_equal(cpu->gpr[4], 0x100 + p);
		if (i < 2)
			context[p] = cpu->hash_last[1];
		assert_ptr_equal(cpu->hash_last[1], context[p]);
	}
	assert_ptr_not_equal(context[0], context[1]);
	/* a process that has only some of its segments back must not see the others */
	slb_remove_all(cpu, 3);
	segment(3, EA, VSID, RS_C, false);
	assert_int_equal(RUN(USER, LWZ(4, 3, 0)), 0xc00);
	cpu->gpr[3] = EA_1T;
	assert_fault(USER, LWZ(4, 3, 0), 0x380, 0);
	/* nor with other rights */
	slb_remove_all(cpu, 3);
	segment(3, EA, VSID, RS_C | RS_N, false);
	assert_int_equal(go(USER, EA), 0x400);
}

/* More segments than a context notes, and more processes than there are contexts. */
static void many_segments_and_processes(void **state)
{
	for (unsigned i = 0; i < 4 * TLB_CONTEXTS; i++) {
		slb_remove_all(cpu, 3);
		for (unsigned s = 0; s < TLB_SEGMENTS + 4; s++) {
			uint64_t at = EA + ((uint64_t)s << 28), vsid = 0x1000 * (i + 1) + s;

			map(vsid, at, 12, false, 0, (FRAME + s * 0x1000) | M | 2);
			segment(s + 1, at, vsid, RS_C, false);
			store_be32(ram.hva + FRAME + s * 0x1000, i * 0x100 + s);
		}
		for (unsigned s = 0; s < TLB_SEGMENTS + 4; s++) {
			cpu->gpr[3] = EA + ((uint64_t)s << 28);
			assert_int_equal(RUN(USER, LWZ(4, 3, 0)), 0xc00);
			assert_int_equal(cpu->gpr[4], i * 0x100 + s);
		}
		hpt_reset(hpt);
		tlb_flush_all(cpu);
		map(1, CODE, 12, false, 0, CODE | M | 2);
	}
}

/* Without relocation the addresses are the guest's physical ones, whatever the SLB has. */
static void real_mode_has_no_segments(void **state)
{
	cpu->gpr[3] = FRAME;
	store_be32(ram.hva + FRAME, 0x5555);
	slb_remove_all(cpu, 4);
	RUN_THROUGH(REAL, LWZ(4, 3, 0), STW(4, 3, 4));
	assert_int_equal(load_be32(ram.hva + FRAME + 4), 0x5555);
	assert_fault(REAL | MSR_DR, LWZ(4, 3, 0), 0x380, 0);
}

static void privileges(void **state)
{
	static const uint32_t words[] = {SLBMTE(5, 6), SLBIE(5), SLBIA(0), SLBMFEV(5, 6), SLBMFEE(5, 6),
					 SLBFEE(5, 6), SLBIEG(5, 6), SLBSYNC, TLBIE(5), TLBIEL(5)};

	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		assert_int_equal(RUN(USER, words[i]), 0x700);
		assert_int_equal(cpu->srr1 & 0xf0000, 0x40000);
	}
	/* the hypervisor's alone, with hashed page tables: h-calls do that */
	assert_int_equal(RUN(REAL, TLBIE(5)), 0x700);
	assert_int_equal(cpu->srr1 & 0xf0000, 0x80000);
	assert_int_equal(RUN(REAL, SLBIEG(5, 6)), 0x700);
	assert_int_equal(RUN(REAL, SLBSYNC), 0x700);
	RUN_THROUGH(REAL, TLBIEL(5));
}

static void a_radix_table_comes_and_goes(void **state)
{
	map(VSID, EA, 12, false, 0, FRAME | M | 2);
	segment(3, EA, VSID, 0, false);
	assert_int_equal(RUN(USER, LWZ(4, 3, 0)), 0xc00);
	assert_int_equal(ops->proc_table_set(&vcpu, GPA(0x60000), 0x1000), 0);
	assert_int_equal(RUN(USER, LWZ(4, 3, 0)), 0x400);
	RUN_THROUGH(REAL, TLBIE(5), SLBIEG(5, 6), SLBSYNC);
	assert_int_equal(ops->proc_table_set(&vcpu, GPA(0), 0), 0);
	assert_int_equal(RUN(USER, LWZ(4, 3, 0)), 0xc00);
	/* a reset begins with no segment and no page */
	assert_int_equal(ops->vm_reset(accel), 0);
	ops->reset(&vcpu);
	cpu->gpr[3] = EA;
	assert_int_equal(RUN(USER, LWZ(4, 3, 0)), 0x480);
	slb_insert(cpu, RB_V | 0, 1 << 12);
	assert_int_equal(RUN(USER, LWZ(4, 3, 0)), 0x400);
	assert_int_equal(cpu->srr1 & 0x783f0000, NOT_FOUND);
}

#define HASH_TEST(name) cmocka_unit_test_setup_teardown(name, table_open, machine_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HASH_TEST(every_size_translates),
		HASH_TEST(the_other_group_is_searched),
		HASH_TEST(missing_segments_and_pages),
		HASH_TEST(reserved_segments_translate_nothing),
		HASH_TEST(reference_and_change),
		HASH_TEST(the_protection_matrix),
		HASH_TEST(pages_that_do_not_execute),
		HASH_TEST(keys_protect),
		HASH_TEST(user_keys),
		HASH_TEST(entries_are_read_back),
		HASH_TEST(slbia_spares_some),
		HASH_TEST(removals_are_felt_at_once),
		HASH_TEST(large_pages_go_whole),
		HASH_TEST(processes_have_contexts),
		HASH_TEST(many_segments_and_processes),
		HASH_TEST(real_mode_has_no_segments),
		HASH_TEST(privileges),
		HASH_TEST(a_radix_table_comes_and_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
