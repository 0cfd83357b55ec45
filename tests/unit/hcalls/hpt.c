/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of hcalls/hpt.c and vmm/cpu/hpt.h: what h-calls do to the page table, and what they refuse. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/fake/vm.h"

#define H_REMOVE             0x04
#define H_ENTER              0x08
#define H_READ               0x0c
#define H_CLEAR_MOD          0x10
#define H_CLEAR_REF          0x14
#define H_PROTECT            0x18
#define H_BULK_REMOVE        0x124
#define H_RESIZE_HPT_PREPARE 0x36c
#define H_RESIZE_HPT_COMMIT  0x370

#define EXACT   (1ULL << 39)
#define READ_4  (1ULL << 37)
#define AVPN    (1ULL << 31)
#define ANDCOND (1ULL << 30)
#define ICACHE  (1ULL << 23)
#define ZERO    (1ULL << 15)

#define V       1ULL
#define SECOND  2ULL
#define LARGE   4ULL
#define LOCKED  0x40ULL
#define BOLTED  0x10ULL
#define ONE_T   (1ULL << 62)
#define M       0x10ULL
#define I       0x20ULL
#define G       0x08ULL
#define R       0x100ULL
#define C       0x080ULL
#define GPA_OK  0x40000ULL
#define ENTRIES (1ULL << (HPT_SHIFT_MIN - 4))

static struct fake_vm *vm;
static uint64_t out[HCALL_ARGS];

static int setup(void **state)
{
	fake_vm_reset(vm);
	return 0;
}

#define CALL(nr, ...) fake_hcall(vm, 0, nr, (const uint64_t[HCALL_ARGS]){__VA_ARGS__}, out)

/* The first doubleword of an entry for @offset in segment @vsid. */
static uint64_t v_of(uint64_t vsid, uint64_t offset, bool is_1t)
{
	uint64_t avpn = vsid << (is_1t ? 17 : 5) | offset >> 23;

	return avpn << 7 | V | (is_1t ? ONE_T : 0);
}

static uint64_t group_of(uint64_t vsid, uint64_t offset, unsigned shift, bool is_1t)
{
	uint64_t hash = (is_1t ? vsid ^ vsid << 25 : vsid) ^ offset >> shift;

	return (hash & (ENTRIES / 8 - 1)) * 8;
}

static void an_entry_goes_in_and_out(void **state)
{
	uint64_t v = v_of(0x123, 0x5000, false), at = group_of(0x123, 0x5000, 12, false);

	assert_int_equal(CALL(H_ENTER, 0, at + 5, v | LOCKED | 0x20, GPA_OK | M | R), H_SUCCESS);
	assert_int_equal(out[0], at);
	assert_int_equal(CALL(H_READ, 0, at), H_SUCCESS);
	assert_int_equal(out[0], v); /* without the hypervisor's bits */
	assert_int_equal(out[1], GPA_OK | M | R);
	assert_int_equal(CALL(H_REMOVE, 0, at), H_SUCCESS);
	assert_int_equal(out[0], v);
	assert_int_equal(out[1], GPA_OK | M | R);
	assert_int_equal(vm->flushes, 1);
	assert_int_equal(vm->flushed.vsid, 0x123);
	assert_int_equal(vm->flushed.offset, 0x5000);
	assert_int_equal(CALL(H_REMOVE, 0, at), H_NOT_FOUND);
	assert_int_equal(CALL(H_READ, 0, at), H_SUCCESS);
	assert_int_equal(out[0], 0);
}

static void a_group_fills_up(void **state)
{
	for (unsigned i = 0; i < 8; i++) {
		assert_int_equal(CALL(H_ENTER, 0, 64 + 7 - i, v_of(i, 0, false), GPA_OK | M), H_SUCCESS);
		assert_int_equal(out[0], 64 + i);
	}
	assert_int_equal(CALL(H_ENTER, 0, 64, v_of(8, 0, false), GPA_OK | M), H_PTEG_FULL);
	assert_int_equal(CALL(H_ENTER, EXACT, 67, v_of(8, 0, false), GPA_OK | M), H_PTEG_FULL);
	assert_int_equal(CALL(H_REMOVE, 0, 67), H_SUCCESS);
	assert_int_equal(CALL(H_ENTER, EXACT, 67, v_of(8, 0, false), GPA_OK | M), H_SUCCESS);
	assert_int_equal(out[0], 67);
}

static void wild_indices_are_refused(void **state)
{
	static const uint64_t wild[] = {ENTRIES, ENTRIES + 1, ENTRIES | 1ULL << 32, 1ULL << 60, ~0ULL,
					1ULL << 63, ~7ULL};

	for (unsigned i = 0; i < sizeof(wild) / sizeof(wild[0]); i++) {
		assert_int_equal(CALL(H_ENTER, 0, wild[i], V, GPA_OK | M), H_PARAMETER);
		assert_int_equal(CALL(H_ENTER, EXACT, wild[i], V, GPA_OK | M), H_PARAMETER);
		assert_int_equal(CALL(H_REMOVE, 0, wild[i]), H_PARAMETER);
		assert_int_equal(CALL(H_PROTECT, 0, wild[i]), H_PARAMETER);
		assert_int_equal(CALL(H_READ, 0, wild[i]), H_PARAMETER);
		assert_int_equal(CALL(H_READ, READ_4, wild[i]), H_PARAMETER);
		assert_int_equal(CALL(H_CLEAR_REF, 0, wild[i]), H_PARAMETER);
		assert_int_equal(CALL(H_CLEAR_MOD, 0, wild[i]), H_PARAMETER);
	}
	assert_int_equal(CALL(H_ENTER, 0, ENTRIES - 1, V, GPA_OK | M), H_SUCCESS);
	assert_int_equal(out[0], ENTRIES - 8);
	assert_int_equal(CALL(H_READ, READ_4, ENTRIES - 1), H_SUCCESS);
	assert_int_equal(vm->flushes, 0);
}

static int64_t enter(uint64_t flags, uint64_t v, uint64_t r)
{
	int64_t status;

	hpt_reset(vm->hpt);
	status = CALL(H_ENTER, flags, 0, v, r);
	return status;
}

static void bad_entries_are_refused(void **state)
{
	/* memory is coherent and cacheable; beyond it, cache-inhibited */
	assert_int_equal(enter(0, V, GPA_OK), H_PARAMETER);
	assert_int_equal(enter(0, V, GPA_OK | M | I), H_PARAMETER);
	assert_int_equal(enter(0, V, GPA_OK | M | G), H_PARAMETER);
	assert_int_equal(enter(0, V, FAKE_RAM_SIZE | M), H_PARAMETER);
	assert_int_equal(enter(0, V, FAKE_RAM_SIZE | I | G), H_SUCCESS);
	assert_int_equal(enter(0, V, 0x0ffffffffffff000ULL | I | G), H_SUCCESS);
	assert_int_equal(enter(0, V, (FAKE_RAM_SIZE - 4096) | M), H_SUCCESS);
	/* a reserved segment size, page sizes that there are not, more than memory has */
	assert_int_equal(enter(0, V | 1ULL << 63, GPA_OK | M), H_PARAMETER);
	assert_int_equal(enter(0, V | 3ULL << 62, GPA_OK | M), H_PARAMETER);
	assert_int_equal(enter(0, V | ONE_T, GPA_OK | M), H_SUCCESS);
	assert_int_equal(enter(0, V | LARGE, GPA_OK | 0x2000 | M), H_PARAMETER);
	assert_int_equal(enter(0, V | LARGE, GPA_OK | 0xff000 | M), H_PARAMETER);
	assert_int_equal(enter(0, V | LARGE, GPA_OK | 0x1000 | M), H_SUCCESS);
	assert_int_equal(enter(0, V | LARGE, GPA_OK | 0x7000 | M), H_SUCCESS);
	assert_int_equal(enter(0, V | LARGE, 0x0000000 | M), H_PARAMETER); /* 16 MiB in 1 MiB */
	assert_int_equal(enter(0, V | LARGE, 0x40000000 | I), H_SUCCESS);
	assert_int_equal(enter(0, V | LARGE, 0x40100000 | I), H_PARAMETER); /* not a 16 MiB boundary */
	assert_int_equal(enter(ZERO, V | LARGE, 0x40000000 | I), H_TOO_BIG);
	assert_int_equal(enter(ICACHE, V | LARGE, 0x40000000 | I), H_TOO_BIG);
}

static void a_page_is_zeroed(void **state)
{
	memset(vm->ram + GPA_OK, 0xaa, 0x30000);
	assert_int_equal(enter(ZERO | ICACHE, V | LARGE, (GPA_OK + 0x10000) | 0x1000 | M), H_SUCCESS);
	assert_int_equal(vm->ram[GPA_OK + 0xffff], 0xaa);
	for (unsigned i = 0; i < 0x10000; i++)
		assert_int_equal(vm->ram[GPA_OK + 0x10000 + i], 0);
	assert_int_equal(vm->ram[GPA_OK + 0x20000], 0xaa);
	/* not a device's */
	assert_int_equal(enter(ZERO, V, FAKE_RAM_SIZE | I), H_SUCCESS);
}

static void conditions_are_kept(void **state)
{
	uint64_t v = v_of(5, 0x800000, false);

	assert_int_equal(enter(0, v | BOLTED, GPA_OK | M), H_SUCCESS);
	assert_int_equal(CALL(H_REMOVE, ANDCOND, 0, BOLTED), H_NOT_FOUND);
	assert_int_equal(CALL(H_REMOVE, AVPN, 0, v), H_NOT_FOUND); /* flags are not compared */
	assert_int_equal(CALL(H_REMOVE, AVPN, 0, (v & ~V) + 0x80), H_NOT_FOUND);
	assert_int_equal(CALL(H_REMOVE, AVPN | ANDCOND, 0, v & ~V), H_NOT_FOUND);
	assert_int_equal(CALL(H_PROTECT, AVPN, 0, (v & ~V) + 0x80), H_NOT_FOUND);
	assert_int_equal(vm->flushes, 0);
	assert_int_equal(CALL(H_REMOVE, AVPN, 0, v & ~V), H_SUCCESS);
	assert_int_equal(out[0], v | BOLTED);
}

static void protection_changes(void **state)
{
	uint64_t v = v_of(7, 0, true), all = 3 | 4 | 0xe00;

	assert_int_equal(enter(0, v, GPA_OK | M | R | C | 2), H_SUCCESS);
	/* pp0 is bit 55 of the flags, the high key bits 2 and 3 of their low halves */
	assert_int_equal(CALL(H_PROTECT, AVPN | all | 0x3000 | 0x100, 0, v & ~V), H_SUCCESS);
	assert_int_equal(vm->flushes, 1);
	assert_true(vm->flushed.is_1t);
	assert_int_equal(CALL(H_READ, 0, 0), H_SUCCESS);
	assert_int_equal(out[1], 0xb000000000000000ULL | GPA_OK | M | C | all);
	assert_int_equal(CALL(H_PROTECT, 0, 0, 1), H_SUCCESS);
	assert_int_equal(CALL(H_READ, 0, 0), H_SUCCESS);
	assert_int_equal(out[1], GPA_OK | M | C);
	assert_int_equal(CALL(H_PROTECT, 0, 1), H_NOT_FOUND);
}

static void reference_and_change_clear(void **state)
{
	assert_int_equal(enter(0, V, GPA_OK | M | R | C), H_SUCCESS);
	assert_int_equal(CALL(H_CLEAR_REF, 0, 0), H_SUCCESS);
	assert_int_equal(out[0], GPA_OK | M | R | C);
	assert_int_equal(vm->flushes, 1);
	assert_int_equal(CALL(H_CLEAR_MOD, 0, 0), H_SUCCESS);
	assert_int_equal(out[0], GPA_OK | M | C);
	assert_int_equal(CALL(H_CLEAR_MOD, 0, 0), H_SUCCESS);
	assert_int_equal(out[0], GPA_OK | M);
	assert_int_equal(vm->flushes, 2); /* nothing was set: nothing to forget */
	assert_int_equal(CALL(H_CLEAR_REF, 0, 1), H_NOT_FOUND);
	assert_int_equal(CALL(H_CLEAR_MOD, 0, 1), H_NOT_FOUND);
}

static void four_are_read(void **state)
{
	for (unsigned i = 0; i < 8; i++)
		assert_int_equal(CALL(H_ENTER, EXACT, i, v_of(i, 0, false), GPA_OK | M | i % 4), H_SUCCESS);
	assert_int_equal(CALL(H_READ, READ_4, 6), H_SUCCESS);
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(out[2 * i], v_of(4 + i, 0, false));
		assert_int_equal(out[2 * i + 1], GPA_OK | M | i);
	}
	assert_int_equal(out[8], 0);
}

#define REQUEST(flags, index) (1ULL << 62 | (uint64_t)(flags) << 56 | (index))
#define END     (3ULL << 62)
#define DONE(flags, rc, index) (2ULL << 62 | (uint64_t)(flags) << 56 | (uint64_t)(rc) << 58 | (index))
#define NOT_FOUND(flags, index) (9ULL << 60 | (uint64_t)(flags) << 56 | (index))
#define BAD(flags, index) (0xaULL << 60 | (uint64_t)(flags) << 56 | (index))

static void entries_for_bulk(void)
{
	hpt_reset(vm->hpt);
	vm->flushes = 0;
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(CALL(H_ENTER, EXACT, i, v_of(i, 0, false) | (i == 3 ? BOLTED : 0),
				      GPA_OK | M | i << 7), H_SUCCESS);
}

static void many_are_removed(void **state)
{
	entries_for_bulk();
	assert_int_equal(CALL(H_BULK_REMOVE, REQUEST(0, 1), 0, REQUEST(2, 2), v_of(2, 0, false) & ~V,
			      REQUEST(2, 0), 0x80, REQUEST(1, 3), 0x80), H_SUCCESS);
	assert_int_equal(out[0], DONE(0, 1, 1));
	assert_int_equal(out[2], DONE(2, 2, 2));
	assert_int_equal(out[4], NOT_FOUND(2, 0));
	assert_int_equal(out[6], DONE(1, 3, 3)); /* the flags do not count: bolted or not */
	assert_int_equal(vm->flushes, 3);
	entries_for_bulk();
	assert_int_equal(CALL(H_BULK_REMOVE, REQUEST(0, 0), 0, END, 0, REQUEST(0, 1), 0), H_SUCCESS);
	assert_int_equal(out[0], DONE(0, 0, 0));
	assert_int_equal(out[4], REQUEST(0, 1));
	assert_int_equal(vm->flushes, 1);
}

static void bad_bulks_stop(void **state)
{
	entries_for_bulk();
	assert_int_equal(CALL(H_BULK_REMOVE, REQUEST(0, 0), 0, REQUEST(0, ENTRIES), 0, REQUEST(0, 1)),
			 H_PARAMETER);
	assert_int_equal(out[0], DONE(0, 0, 0));
	assert_int_equal(out[2], BAD(0, ENTRIES));
	assert_int_equal(out[4], REQUEST(0, 1));
	assert_int_equal(vm->flushes, 1);
	assert_int_equal(CALL(H_BULK_REMOVE, REQUEST(3, 1)), H_PARAMETER);
	assert_int_equal(out[0], BAD(3, 1));
	assert_int_equal(CALL(H_BULK_REMOVE, 0), H_PARAMETER);
	assert_int_equal(CALL(H_BULK_REMOVE, 2ULL << 62 | 1), H_PARAMETER);
	assert_int_equal(CALL(H_BULK_REMOVE, REQUEST(0, (1ULL << 56) - 1)), H_PARAMETER);
	assert_int_equal(vm->flushes, 1);
}

static bool found(uint64_t vsid, uint64_t offset, unsigned shift, bool is_1t, struct hpt_hit *hit)
{
	struct hpte_page page = {vsid, offset & ~((1ULL << shift) - 1), shift, is_1t};

	return hpt_search(vm->hpt, &page, hit);
}

/* Each kind of segment and page, in its primary group and in the other one. */
static void pages_are_found(void **state)
{
	static const struct {
		unsigned base, actual;
		uint64_t v, lp;
	} sizes[] = {{12, 12, 0, 0}, {12, 16, LARGE, 0x7000}, {16, 16, LARGE, 0x1000},
		     {12, 24, LARGE, 0x38000}, {16, 24, LARGE, 0x8000}, {24, 24, LARGE, 0}};
	uint64_t vsid = 0x3456789abULL, offset = 0x6543000;
	struct hpte_page page;
	struct hpt_hit hit;

	for (unsigned i = 0; i < 4 * sizeof(sizes) / sizeof(sizes[0]); i++) {
		bool is_1t = i & 1, second = i & 2;
		unsigned base = sizes[i / 4].base;
		uint64_t group = group_of(vsid, offset, base, is_1t), index;
		uint64_t low = base == 24 ? 0x80 : 0; /* below a page: not address */
		struct hpte e = {(v_of(vsid, offset, is_1t) & ~low) | sizes[i / 4].v,
				 1ULL << 30 | sizes[i / 4].lp};

		hpt_reset(vm->hpt);
		assert_false(found(vsid, offset, base, is_1t, &hit));
		if (second) {
			e.v |= SECOND;
			group = ENTRIES - 8 - group;
		}
		assert_int_equal(hpt_enter(vm->hpt, group + 6, true, e, &index), 0);
		assert_true(found(vsid, offset, base, is_1t, &hit));
		assert_int_equal(hit.index, group + 6);
		assert_int_equal(hit.shift, sizes[i / 4].actual);
		hpte_locate(hit.entry, hit.index, &page);
		assert_int_equal(page.vsid, vsid);
		assert_int_equal(page.offset, offset & ~((1ULL << base) - 1));
		assert_int_equal(page.base_shift, base);
		/* another segment size, segment or page size, or the wrong group's entry */
		assert_false(found(vsid, offset, base, !is_1t, &hit));
		assert_false(found(vsid + 1, offset, base, is_1t, &hit));
		assert_false(found(vsid, offset, base == 12 ? 16 : 12, is_1t, &hit));
		assert_false(found(vsid, offset ^ 1ULL << 25, base, is_1t, &hit));
		assert_int_equal(hpt_remove(vm->hpt, group + 6, (struct hpt_match){0}, &hit.entry), 0);
		hit.entry.v ^= SECOND;
		assert_int_equal(hpt_enter(vm->hpt, group + 6, true, hit.entry, &index), 0);
		assert_false(found(vsid, offset, base, is_1t, &hit));
	}
}

static void a_touch_fails_after_a_change(void **state)
{
	struct hpt_hit hit;
	struct hpte old;
	uint64_t index;

	assert_int_equal(hpt_enter(vm->hpt, group_of(9, 0, 12, false), false,
				   (struct hpte){v_of(9, 0, false), GPA_OK | M}, &index), 0);
	assert_true(found(9, 0, 12, false, &hit));
	assert_true(hpt_touch(vm->hpt, &hit, R));
	assert_int_equal(hit.entry.r, GPA_OK | M | R);
	assert_true(hpt_touch(vm->hpt, &hit, R | C));
	assert_int_equal(hpt_protect(vm->hpt, index, (struct hpt_match){0}, 3), 0);
	assert_false(hpt_touch(vm->hpt, &hit, R | C));
	assert_true(found(9, 0, 12, false, &hit));
	assert_int_equal(hpt_remove(vm->hpt, index, (struct hpt_match){0}, &old), 0);
	assert_int_equal(old.r, GPA_OK | M | C | 3);
	assert_false(hpt_touch(vm->hpt, &hit, R));
}

static void bolt(uint64_t vsid, uint64_t offset, uint64_t bits)
{
	uint64_t group = group_of(vsid, offset, 12, false);

	if (bits & SECOND)
		group = ENTRIES - 8 - group;
	assert_int_equal(CALL(H_ENTER, 0, group, v_of(vsid, offset, false) | bits, GPA_OK | M),
			 H_SUCCESS);
}

static void a_table_grows_and_shrinks(void **state)
{
	struct hpt_hit hit;
	unsigned shift;

	for (unsigned i = 0; i < 2000; i++)
		bolt(0x5000 + (i % 8 << 11), (uint64_t)i << 12, BOLTED | (i % 3 ? 0 : SECOND));
	bolt(0x31, 0, 0);
	assert_int_equal(CALL(H_RESIZE_HPT_COMMIT, 0, 19), H_CLOSED);
	assert_int_equal(CALL(H_RESIZE_HPT_PREPARE, 0, 19), H_SUCCESS);
	assert_int_equal(CALL(H_RESIZE_HPT_COMMIT, 0, 18), H_CLOSED);
	assert_int_equal(CALL(H_RESIZE_HPT_COMMIT, 0, 19), H_SUCCESS);
	assert_int_equal(vm->moves, 1);
	assert_non_null(hpt_table(vm->hpt, &shift));
	assert_int_equal(shift, 19);
	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i < 2000; i++)
			assert_true(found(0x5000 + (i % 8 << 11), (uint64_t)i << 12, 12, false, &hit));
		if (round == 0) {
			assert_int_equal(CALL(H_RESIZE_HPT_PREPARE, 0, 18), H_SUCCESS);
			assert_int_equal(CALL(H_RESIZE_HPT_COMMIT, 0, 18), H_SUCCESS);
		}
	}
	assert_false(found(0x31, 0, 12, false, &hit)); /* it was not bolted */
	assert_int_equal(CALL(H_READ, 0, ENTRIES), H_PARAMETER);
}

static void resizes_are_refused(void **state)
{
	struct hpt_hit hit;
	static const uint64_t none[] = {1, 17, 47, 64, 1ULL << 32 | 18, ~0ULL};

	for (unsigned i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_int_equal(CALL(H_RESIZE_HPT_PREPARE, 0, none[i]), H_PARAMETER);
	assert_int_equal(CALL(H_RESIZE_HPT_PREPARE, 1, 18), H_PARAMETER);
	assert_int_equal(CALL(H_RESIZE_HPT_PREPARE, 0, 20), H_RESOURCE);
	assert_int_equal(CALL(H_RESIZE_HPT_PREPARE, 0, 46), H_RESOURCE);
	assert_int_equal(CALL(H_RESIZE_HPT_COMMIT, 0, 46), H_CLOSED);
	assert_int_equal(CALL(H_RESIZE_HPT_PREPARE, 0, 19), H_SUCCESS);
	assert_int_equal(CALL(H_RESIZE_HPT_COMMIT, 1, 19), H_CLOSED);
	assert_int_equal(CALL(H_RESIZE_HPT_PREPARE, 0, 0), H_SUCCESS);
	assert_int_equal(CALL(H_RESIZE_HPT_COMMIT, 0, 19), H_CLOSED);
	assert_int_equal(CALL(H_RESIZE_HPT_COMMIT, 0, 0), H_CLOSED);
	/* two that differ in the bit that the smaller table does not have */
	assert_int_equal(CALL(H_RESIZE_HPT_PREPARE, 0, 19), H_SUCCESS);
	assert_int_equal(CALL(H_RESIZE_HPT_COMMIT, 0, 19), H_SUCCESS);
	assert_int_equal(CALL(H_ENTER, 0, 0, v_of(0, 0, false) | BOLTED, GPA_OK | M), H_SUCCESS);
	assert_int_equal(CALL(H_ENTER, 0, 2048 * 8, v_of(2048, 0, false) | BOLTED, GPA_OK | M), H_SUCCESS);
	assert_int_equal(CALL(H_RESIZE_HPT_PREPARE, 0, 18), H_SUCCESS);
	assert_int_equal(CALL(H_RESIZE_HPT_COMMIT, 0, 18), H_PTEG_FULL);
	assert_true(found(2048, 0, 12, false, &hit));
	/* a reset has the first size again */
	hpt_reset(vm->hpt);
	assert_int_equal(CALL(H_READ, 0, ENTRIES), H_PARAMETER);
}

static void sizes_follow_memory(void **state)
{
	assert_int_equal(hpt_shift_for_memory(0), 18);
	assert_int_equal(hpt_shift_for_memory(32ULL << 20), 18);
	assert_int_equal(hpt_shift_for_memory((32ULL << 20) + 1), 18);
	assert_int_equal(hpt_shift_for_memory((32ULL << 20) + 128), 19);
	assert_int_equal(hpt_shift_for_memory(1ULL << 30), 23);
	assert_int_equal(hpt_shift_for_memory(~0ULL), 46);
}

/* As Linux reads it: base 4K with 4K, 64K and 16M; 64K with 64K and 16M; 16M. */
static void segment_pages(void **state)
{
	static const uint32_t want[] = {12, 0, 3, 12, 0, 16, 7, 24, 0x38, 16, 0x110, 2, 16, 1, 24, 8,
					24, 0x100, 1, 24, 0};
	static const uint32_t small[] = {12, 0, 2, 12, 0, 16, 7, 16, 0x110, 1, 16, 1};
	uint32_t cells[64];

	assert_int_equal(hpte_segment_pages(24, cells, 64), sizeof(want) / 4);
	assert_memory_equal(cells, want, sizeof(want));
	assert_int_equal(hpte_segment_pages(40, cells, 15), 9);
	assert_int_equal(hpte_segment_pages(23, cells, 64), sizeof(small) / 4);
	assert_memory_equal(cells, small, sizeof(small));
	assert_int_equal(hpte_segment_page_shift(0x110), 16);
	assert_int_equal(hpte_segment_page_shift(0x100), 24);
	assert_int_equal(hpte_segment_page_shift(0), 12);
	assert_int_equal(hpte_segment_page_shift(0x120), 0);
}

/* Without a table of the VMM's own there are no such calls. */
static void without_a_table(void **state)
{
	static const uint64_t calls[] = {H_ENTER, H_REMOVE, H_READ, H_CLEAR_MOD, H_CLEAR_REF, H_PROTECT,
					 H_BULK_REMOVE, H_RESIZE_HPT_PREPARE, H_RESIZE_HPT_COMMIT};
	struct accel_caps caps = *vm->env.caps;
	const struct accel_caps *had = vm->env.caps;

	caps.hpt = NULL;
	vm->env.caps = &caps;
	for (unsigned i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		assert_int_equal(CALL(calls[i], 0, 0, V, GPA_OK | M), H_FUNCTION);
	vm->env.caps = had;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(an_entry_goes_in_and_out, setup),
		cmocka_unit_test_setup(a_group_fills_up, setup),
		cmocka_unit_test_setup(wild_indices_are_refused, setup),
		cmocka_unit_test_setup(bad_entries_are_refused, setup),
		cmocka_unit_test_setup(a_page_is_zeroed, setup),
		cmocka_unit_test_setup(conditions_are_kept, setup),
		cmocka_unit_test_setup(protection_changes, setup),
		cmocka_unit_test_setup(reference_and_change_clear, setup),
		cmocka_unit_test_setup(four_are_read, setup),
		cmocka_unit_test_setup(many_are_removed, setup),
		cmocka_unit_test_setup(bad_bulks_stop, setup),
		cmocka_unit_test_setup(pages_are_found, setup),
		cmocka_unit_test_setup(a_touch_fails_after_a_change, setup),
		cmocka_unit_test_setup(a_table_grows_and_shrinks, setup),
		cmocka_unit_test_setup(resizes_are_refused, setup),
		cmocka_unit_test(sizes_follow_memory),
		cmocka_unit_test(segment_pages),
		cmocka_unit_test_setup(without_a_table, setup),
	};
	int r;

	vm = fake_vm_new();
	r = cmocka_run_group_tests(tests, NULL, NULL);
	fake_vm_free(vm);
	return r;
}
