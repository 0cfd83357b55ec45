/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scalar instructions where QEMU is no oracle: traps, absolute branches, what QEMU 7.2 gets wrong,
 * enabled floating-point exceptions, and 32-bit mode of newer instructions. The rest is compared in
 * tests/isa/scalar.
 */
#include "tests/unit/vmm/interp/machine.h"
#include "tests/unit/vmm/interp/quads.h"

#define BASE  (MSR_SF | MSR_ME)
#define BASE_FP (BASE | MSR_FP)
#define MODE_32 MSR_ME

static uint64_t random_operand(void)
{
	static const uint64_t specials[] = {0, 1, ~0ULL, 1ULL << 63, 1ULL << 31, 0x7fffffff, ~0ULL >> 1};
	uint64_t v = (uint64_t)random() << 33 ^ (uint64_t)random() << 11 ^ (uint64_t)random();

	return random() % 2 ? specials[random() % 7] : v;
}

static bool trap_expected(unsigned to, int64_t a, int64_t b, uint64_t ua, uint64_t ub)
{
	return ((to & 16) && a < b) || ((to & 8) && a > b) || ((to & 4) && a == b) ||
	       ((to & 2) && ua < ub) || ((to & 1) && ua > ub);
}

static void test_traps(void **state)
{
	for (unsigned i = 0; i < 4000; i++) {
		unsigned to = i & 31;
		uint64_t a = random_operand(), b = random() % 4 ? random_operand() : a;
		int16_t imm = (int16_t)b;
		bool d = trap_expected(to, (int64_t)a, (int64_t)b, a, b);
		bool w = trap_expected(to, (int32_t)a, (int32_t)b, (uint32_t)a, (uint32_t)b);
		bool di = trap_expected(to, (int64_t)a, imm, a, (uint64_t)(int64_t)imm);
		bool wi = trap_expected(to, (int32_t)a, imm, (uint32_t)a, (uint32_t)imm);
		uint64_t end = CODE + 4;

		cpu->gpr[3] = a;
		cpu->gpr[4] = b;
		assert_int_equal(RUN(BASE, INSN_X(31, to, 3, 4, 68)), d ? 0x700 : end);
		assert_int_equal(RUN(BASE, INSN_X(31, to, 3, 4, 4)), w ? 0x700 : end);
		assert_int_equal(RUN(BASE, INSN_D(2, to, 3, imm)), di ? 0x700 : end);
		assert_int_equal(RUN(BASE, INSN_D(3, to, 3, imm)), wi ? 0x700 : end);
	}
}

static void test_absolute_conditional_branches(void **state)
{
	word_store(0x4800, INSN_SC1, false);
	cr_unpack(cpu, 0x20000000);
	assert_int_equal(RUN(BASE, 0x41820002 | 0x4800), 0x4800); /* bca 12,2 */
	assert_int_equal(RUN(BASE, 0x40820002 | 0x4800), CODE + 4);
	assert_int_equal(RUN(BASE, 0x41820003 | 0x4800), 0x4800); /* bcla */
	assert_int_equal(cpu->lr, CODE + 4);
	assert_int_equal(RUN(MODE_32, 0x41820003 | 0x4800), 0x4800);
}

/* A branch backwards before address 0 in 32-bit mode wraps within 32 bits. */
static void test_addresses_wrap(void **state)
{
	word_store(0x4800, INSN_SC1, false);
	cpu->ctr = 7ULL << 32 | 0x4800;
	assert_int_equal(RUN(MODE_32, 0x4e800421), 0x4800); /* bctrl */
	assert_int_equal(cpu->lr, CODE + 4);
	cpu->lr = 9ULL << 32 | 0x4800;
	assert_int_equal(RUN(MODE_32, 0x4e800020), 0x4800); /* blr */
	store_be32(ram.hva + DATA, 0x01020304);
	cpu->gpr[3] = 5ULL << 32 | DATA;
	RUN_THROUGH(MODE_32, INSN_D(32, 4, 3, 0));
	assert_int_equal(cpu->gpr[4], 0x01020304);
	cpu->gpr[3] = DATA;
	cpu->gpr[5] = 1ULL << 32;
	RUN_THROUGH(MODE_32, INSN_X(31, 4, 5, 3, 23), INSN_X(31, 4, 5, 3, 20),
		    INSN_X(31, 4, 5, 3, 150) | 1);
	assert_int_equal(cr_get_field(cpu, 0), CR_EQ);
}

/* CR0, CA and OV of newer instructions are of 32 bits in 32-bit mode. */
static void test_mode_32_status(void **state)
{
	cpu->gpr[3] = 0x80000000;
	cpu->gpr[4] = 0x80000000;
	RUN_THROUGH(MODE_32, INSN_X(31, 5, 3, 4, 266 | 512) | 1); /* addo. */
	assert_int_equal(cpu->gpr[5], 0x100000000);
	assert_int_equal(cr_get_field(cpu, 0), CR_EQ | CR_SO);
	assert_int_equal(cpu->ov & cpu->ov32, 1);
	cpu->so = 0;
	cpu->ov = 1;
	RUN_THROUGH(MODE_32, INSN_X(31, 5, 3, 4, 170)); /* addex */
	assert_int_equal(cpu->gpr[5], 0x100000001);
	assert_int_equal(cpu->ov, 1);
	RUN_THROUGH(MODE_32, INSN_X(31, 3, 5, 0, 986) | 1); /* extsw. */
	assert_int_equal(cpu->gpr[5], 0xffffffff80000000);
	assert_int_equal(cr_get_field(cpu, 0), CR_LT);
	cpu->gpr[3] = 1ULL << 63 | 1;
	RUN_THROUGH(MODE_32, INSN_X(31, 3, 5, 0, 570) | 1); /* cnttzd. */
	assert_int_equal(cr_get_field(cpu, 0), CR_EQ);
}

/* An overflow in the middle of code: what follows sees SO. */
static void test_overflow_reaches_the_next_comparison(void **state)
{
	cpu->gpr[3] = 1ULL << 63;
	RUN_THROUGH(BASE, INSN_X(31, 5, 3, 3, 266 | 512), INSN_D(11, 4, 3, 0)); /* addo; cmpwi cr1 */
	assert_int_equal(cr_get_field(cpu, 1), CR_EQ | CR_SO);
	cpu->gpr[4] = 0;
	RUN_THROUGH(BASE, MTSPR(SPR_XER, 4), INSN_D(11, 4, 3, 0));
	assert_int_equal(cr_get_field(cpu, 1), CR_EQ);
}

/* A branch on both CTR and a condition, within its page, while SO is on. */
static void test_branch_while_overflow_is_on(void **state)
{
	cpu->gpr[4] = 1u << 31;
	cpu->ctr = 5;
	cr_unpack(cpu, 0x20000000);
	/* mtxer 4; bc 8,2,.+8 (bdnzt eq); li 5,1; nop */
	cpu->gpr[5] = 0;
	RUN_THROUGH(BASE, MTSPR(SPR_XER, 4), 0x41020008, INSN_D(14, 5, 0, 1), INSN_NOP);
	assert_int_equal(cpu->gpr[5], 0);
	assert_int_equal(cpu->ctr, 4);
}

static void test_quad_conditional(void **state)
{
	NEEDS_QUADS();
	for (unsigned le = 0; le < 2; le++) {
		uint64_t msr = BASE | (le ? MSR_LE : 0);
		uint8_t *p = ram.hva + DATA;

		memset(p, 0x11, 16);
		cpu->gpr[3] = DATA;
		cpu->gpr[6] = 0x0102030405060708;
		cpu->gpr[7] = 0x090a0b0c0d0e0f10;
		RUN_THROUGH(msr, INSN_X(31, 4, 0, 3, 276), INSN_X(31, 6, 0, 3, 182) | 1);
		assert_int_equal(cr_get_field(cpu, 0), CR_EQ);
		for (unsigned i = 0; i < 16; i++)
			assert_int_equal(p[i], le ? 16 - i : i + 1);
		RUN_THROUGH(msr, INSN_X(31, 4, 0, 3, 182) | 1);
		assert_int_equal(cr_get_field(cpu, 0), 0);
	}
	assert_int_equal(RUN(BASE, INSN_D(56, 5, 3, 0)), 0x700); /* an odd register */
}

/* A reservation ends with a store by the VMM or another CPU, as far as it changes the value. */
static void test_reservation_sees_other_stores(void **state)
{
	cpu->gpr[3] = DATA;
	RUN_THROUGH(BASE, INSN_X(31, 4, 0, 3, 20));
	ram.hva[DATA] ^= 1;
	RUN_THROUGH(BASE, INSN_X(31, 4, 0, 3, 150) | 1);
	assert_int_equal(cr_get_field(cpu, 0), 0);
}

static uint64_t fp_result(uint32_t fpscr, uint32_t word, uint64_t a, uint64_t b, uint64_t c)
{
	*cpu_fpr(cpu, 1) = a;
	*cpu_fpr(cpu, 2) = b;
	*cpu_fpr(cpu, 3) = c;
	*cpu_fpr(cpu, 0) = 0xdead;
	cpu->fpscr = fpscr;
	cpu->fp_pending = 0;
	fpu_update(cpu);
	RUN_THROUGH(BASE_FP, word);
	return *cpu_fpr(cpu, 0);
}

#define A_FORM(op, xo) INSN_X(op, 0, 1, 2, (3 << 5) | (xo)) /* f0 = f1, f2, f3 */
#define RN_UP   2
#define RN_DOWN 3

/* fnmadd is fmadd, negated after rounding. */
static void test_negated_rounding(void **state)
{
	uint64_t a = 0x3fad348e90000000, b = 0xc030000000000000, c = 0x40ac9cd1d1600000;

	assert_int_equal(fp_result(RN_DOWN, A_FORM(63, 29), a, b, c), 0x40681d1c7357fd48);
	assert_int_equal(fp_result(RN_DOWN, A_FORM(63, 31), a, b, c), 0xc0681d1c7357fd48);
	assert_int_equal(fp_result(RN_UP, A_FORM(63, 31), a, b, c), 0xc0681d1c7357fd49);
	assert_int_equal(fp_result(RN_UP, A_FORM(63, 30), a, b ^ FP_SIGN, c), 0xc0681d1c7357fd49);
}

/* Book I 4.4: an enabled invalid operation or zero divide leaves the target as it was. */
static void test_enabled_exceptions_keep_target(void **state)
{
	uint64_t inf = FP_EXP, one = 0x3ff0000000000000;

	assert_int_equal(fp_result(FPSCR_VE, A_FORM(63, 20), inf, inf, 0), 0xdead); /* fsub */
	assert_int_equal(cpu->fpscr, FPSCR_VE | FPSCR_FX | FPSCR_FEX | FPSCR_VX | FPSCR_VXISI);
	assert_int_equal(fp_result(FPSCR_ZE, A_FORM(63, 18), one, 0, 0), 0xdead); /* fdiv */
	assert_int_equal(cpu->fpscr, FPSCR_ZE | FPSCR_FX | FPSCR_FEX | FPSCR_ZX);
	assert_int_equal(fp_result(0, A_FORM(63, 18), one, 0, 0), inf);
}

/* Book I 4.4.3, 4.4.4: overflow and underflow that are enabled give the result with a scaled exponent. */
static void test_scaled_results(void **state)
{
	uint64_t big = 0x7fe0000000000000, two = 0x4000000000000000;
	uint64_t small = 0x0010000000000000, half = 0x3fe0000000000000;

	assert_int_equal(fp_result(FPSCR_OE, A_FORM(63, 25), big, 0, two), 0x1ff0000000000000);
	assert_int_equal(cpu->fpscr & (FPSCR_OX | FPSCR_XX | FPSCR_FEX), FPSCR_OX | FPSCR_FEX);
	assert_int_equal(fp_result(FPSCR_UE, A_FORM(63, 25), small, 0, half), 0x6000000000000000);
	assert_int_equal(cpu->fpscr & (FPSCR_UX | FPSCR_XX | FPSCR_FEX), FPSCR_UX | FPSCR_FEX);
	/* disabled: an exact denormal is no underflow */
	assert_int_equal(fp_result(0, A_FORM(63, 25), small, 0, half), 0x0008000000000000);
	assert_int_equal(cpu->fpscr & (FPSCR_UX | FPSCR_XX), 0);
}

/* Both exceptions of infinity times zero plus a signaling NaN, and the class of single denormals. */
static void test_status(void **state)
{
	assert_int_equal(fp_result(0, A_FORM(63, 29), FP_EXP, FP_EXP | 1, 0), FP_EXP | FP_QUIET | 1);
	assert_int_equal(cpu->fpscr & (FPSCR_VXIMZ | FPSCR_VXSNAN), FPSCR_VXIMZ | FPSCR_VXSNAN);
	fp_result(0, A_FORM(59, 21), 0x37e4337100000000, 0x37e4337100000000, 0); /* fadds */
	assert_int_equal(fpu_fpscr(cpu) & FPSCR_FPRF, FPSCR_C | 0x4000);
	/* an exception that is on already is not a new one */
	fp_result(FPSCR_XX, A_FORM(63, 18), 0x3ff0000000000000, 0x4008000000000000, 0);
	assert_int_equal(cpu->fpscr & FPSCR_FX, 0);
	/* fres and fre of zero */
	assert_int_equal(fp_result(0, INSN_X(63, 0, 0, 2, 24), 0, FP_SIGN, 0), FP_EXP | FP_SIGN);
	assert_int_equal(cpu->fpscr & FPSCR_ZX, FPSCR_ZX);
}

static void test_rounded_status_bits(void **state)
{
	uint64_t one = 0x3ff0000000000000, three = 0x4008000000000000;

	fp_result(0, A_FORM(63, 18), one, three, 0); /* 1/3 is rounded down */
	assert_int_equal(cpu->fpscr & (FPSCR_FI | FPSCR_FR | FPSCR_XX), FPSCR_FI | FPSCR_XX);
	fp_result(RN_UP, A_FORM(63, 18), one, three, 0);
	assert_int_equal(cpu->fpscr & (FPSCR_FI | FPSCR_FR), FPSCR_FI | FPSCR_FR);
	fp_result(FPSCR_FI | FPSCR_FR, A_FORM(63, 21), one, three, 0);
	assert_int_equal(cpu->fpscr & (FPSCR_FI | FPSCR_FR), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_traps),
		TEST(test_absolute_conditional_branches),
		TEST(test_addresses_wrap),
		TEST(test_mode_32_status),
		TEST(test_overflow_reaches_the_next_comparison),
		TEST(test_branch_while_overflow_is_on),
		TEST(test_quad_conditional),
		TEST(test_reservation_sees_other_stores),
		TEST(test_negated_rounding),
		TEST(test_enabled_exceptions_keep_target),
		TEST(test_scaled_results),
		TEST(test_status),
		TEST(test_rounded_status_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
