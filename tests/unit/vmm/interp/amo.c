/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Atomic memory operations where QEMU 7.2 is no oracle: signed words, what a failed one returns, the
 * decrement, big-endian memory, refusals. The rest is compared in tests/isa/vsxfp.
 */
#include "tests/unit/vmm/interp/handlers.h"
#include "tests/unit/vmm/interp/quads.h"
#include "vmm/interp/mem.h"

handler_fn h_lwat, h_ldat, h_stwat, h_stdat;

static uint8_t memory[64] __attribute__((aligned(32)));

enum insn_result mem_atomic_wr(struct icpu *c, uint64_t ea, unsigned len, void **ret_hva)
{
	if (ea & (len - 1))
		return INSN_ALIGNMENT;
	*ret_hva = memory + ea;
	return INSN_OK;
}

static int setup(void **state)
{
	memset(memory, 0, sizeof(memory));
	return cpu_make();
}

enum { RT = 4, RA = 3 };

/* The function @fc at @ea with the operand @v; little-endian where MSR says so. */
static enum insn_result amo(handler_fn *fn, unsigned fc, uint64_t ea, uint64_t v)
{
	bool load = fn == h_lwat || fn == h_ldat;

	cpu->gpr[RA] = ea;
	cpu->gpr[load ? RT + 1 : RT] = v;
	run_fields(fn, RT, RA, fc, 0);
	return raised;
}

static void put(unsigned at, unsigned byte)
{
	memory[at] = (uint8_t)byte;
}

static void test_signed_words(void **state)
{
	memset(memory + 4, 0xff, 4);
	assert_int_equal(amo(h_lwat, 5, 4, 5), INSN_OK);
	assert_int_equal(cpu->gpr[RT], 0xffffffff);
	assert_int_equal(memory[7], 5);
	assert_int_equal(amo(h_stwat, 7, 4, (uint64_t)-2), INSN_OK);
	assert_memory_equal(memory + 4, "\xff\xff\xff\xfe", 4);
	assert_int_equal(amo(h_lwat, 7, 4, 1), INSN_OK);
	assert_int_equal(cpu->gpr[RT], 0xfffffffe);
	assert_memory_equal(memory + 4, "\xff\xff\xff\xfe", 4);
}

static void test_failed_ones(void **state)
{
	assert_int_equal(amo(h_lwat, 24, 4, 0), INSN_OK);
	assert_int_equal(cpu->gpr[RT], 0x80000000);
	assert_int_equal(amo(h_ldat, 24, 8, 0), INSN_OK);
	assert_int_equal(cpu->gpr[RT], 1ULL << 63);
	put(15, 1);
	assert_int_equal(amo(h_ldat, 25, 8, 0), INSN_OK);
	assert_int_equal(cpu->gpr[RT], 1ULL << 63);
	assert_int_equal(memory[15], 1);
}

/* Down to what is below. */
static void test_decrement_bounded(void **state)
{
	put(7, 2);
	put(15, 4);
	assert_int_equal(amo(h_ldat, 28, 8, 0), INSN_OK);
	assert_int_equal(cpu->gpr[RT], 4);
	assert_int_equal(amo(h_ldat, 28, 8, 0), INSN_OK);
	assert_int_equal(cpu->gpr[RT], 3);
	assert_int_equal(amo(h_ldat, 28, 8, 0), INSN_OK);
	assert_int_equal(cpu->gpr[RT], 1ULL << 63);
	assert_int_equal(memory[15], 2);
	assert_int_equal(memory[7], 2);
}

static void test_byte_orders(void **state)
{
	put(0, 0xff);
	cpu->msr |= MSR_LE;
	assert_int_equal(amo(h_stdat, 0, 0, 1), INSN_OK);
	assert_memory_equal(memory, "\0\1\0\0\0\0\0\0", 8);
	cpu->msr &= ~MSR_LE;
	assert_int_equal(amo(h_stwat, 0, 0, 0xff), INSN_OK);
	assert_memory_equal(memory, "\0\1\0\xff\0\0\0\0", 8);
	assert_int_equal(amo(h_lwat, 0, 0, 1), INSN_OK);
	assert_memory_equal(memory, "\0\1\1\0\0\0\0\0", 8);
	assert_int_equal(cpu->gpr[RT], 0x000100ff);
}

static void test_refusals(void **state)
{
	static const uint8_t no_loads[] = {9, 15, 17, 23, 26, 27, 29, 31}, no_stores[] = {8, 16, 25, 28};

	for (unsigned i = 0; i < sizeof(no_loads); i++) {
		assert_int_equal(amo(h_ldat, no_loads[i], 8, 0), INSN_DSI);
		assert_int_equal(cpu->fault_dsisr, 4);
		assert_int_equal(cpu->fault_ea, 8);
	}
	for (unsigned i = 0; i < sizeof(no_stores); i++)
		assert_int_equal(amo(h_stwat, no_stores[i], 8, 0), INSN_DSI);
	assert_int_equal(amo(h_lwat, 0, 2, 0), INSN_ALIGNMENT);
	/* two operands that are not in the same 32 bytes */
	assert_int_equal(amo(h_lwat, 24, 28, 0), INSN_ALIGNMENT);
	assert_int_equal(amo(h_ldat, 28, 32, 0), INSN_ALIGNMENT);
	assert_int_equal(amo(h_stdat, 24, 24, 0), INSN_ALIGNMENT);
	assert_int_equal(amo(h_stwat, 24, 16, 0), INSN_OK);
}

/* Both operands at once. */
static void test_twins_as_a_quadword(void **state)
{
	NEEDS_QUADS();
	assert_int_equal(amo(h_stdat, 24, 16, 0), INSN_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_signed_words),      TEST(test_failed_ones), TEST(test_decrement_bounded),
		TEST(test_byte_orders),       TEST(test_refusals),
		TEST(test_twins_as_a_quadword),
	};

	return cmocka_run_group_tests_name("vmm/interp/amo", tests, NULL, NULL);
}
