/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prefixed instructions, and what else of Power ISA 3.1 no program in problem state sees. */
#define MACHINE_MODEL "power10"
#include "tests/unit/vmm/interp/machine.h"

#define BASE    (MSR_SF | MSR_ME)
#define PROBLEM (BASE | MSR_PR | MSR_RI)

#define SRR1_ILLEGAL  (1ULL << 19)
#define SRR1_TRAP     (1ULL << 17)
#define SRR1_PREFIXED PPC_BIT(34)
#define SRR1_BOUNDARY PPC_BIT(35)

#define MLS(d0)       (0x06000000u | (d0))
#define EIGHT_LS(d0)  (0x04000000u | (d0))
#define RELATIVE      (1u << 20)
#define LI(rt, imm)   INSN_D(14, rt, 0, imm)
#define BRANCH(d)     (0x48000000u | (d))
#define BRH(ra, rs)   INSN_X(31, rs, ra, 0, 219)
#define HASHST(rb, d, ra)                                                                          \
	(0x7c0005a4u | ((d) >> 3 & 31) << 21 | (ra) << 16 | (rb) << 11 | ((d) >> 8 & 1))
#define HASHCHK(rb, d, ra) (HASHST(rb, d, ra) ^ 0x7c0005a4u ^ 0x7c0005e4u)

static void assert_taken(uint64_t at, uint64_t vector, uint64_t pc, uint64_t srr1)
{
	assert_int_equal(at, vector);
	assert_int_equal(cpu->srr0, pc);
	assert_int_equal(cpu->srr1, srr1);
	assert_int_equal(cpu->srr1_flags, 0);
}

static void test_displacement(void **state)
{
	RUN_THROUGH(BASE, LI(4, 1), MLS(0x20000), INSN_D(14, 3, 4, 5)); /* paddi r3,r4,-2^33+5 */
	assert_int_equal(cpu->gpr[3], 6 - (1LL << 33));
	RUN_THROUGH(BASE, INSN_NOP, MLS(RELATIVE), INSN_D(14, 3, 0, 0x10));
	assert_int_equal(cpu->gpr[3], CODE + 4 + 0x10);
	/* one instruction of two words, one of the budget's */
	RUN_THROUGH(BASE, 0x07000000, 0, INSN_NOP); /* pnop */
}

static void test_boundary(void **state)
{
	uint32_t words[20];

	for (unsigned i = 0; i < 20; i++)
		words[i] = INSN_NOP;
	words[13] = MLS(0);
	words[14] = INSN_D(14, 3, 0, 77);
	assert_int_equal(run_words(BASE, words, 20), CODE + sizeof(words));
	assert_int_equal(cpu->gpr[3], 77);
	words[15] = MLS(0);
	words[16] = INSN_D(14, 3, 0, 78);
	assert_taken(run_words(BASE, words, 20), 0x600, CODE + 60, BASE | SRR1_PREFIXED | SRR1_BOUNDARY);
	assert_int_equal(cpu->gpr[3], 77);
}

static void test_facility(void **state)
{
	cpu->fscr = 0;
	RUN_THROUGH(BASE, MLS(0), LI(3, 1)); /* the supervisor's are always there */
	assert_taken(RUN(PROBLEM, MLS(0), LI(3, 2)), 0xf60, CODE, PROBLEM | SRR1_PREFIXED);
	assert_int_equal(cpu->fscr >> 56, 13);
	assert_int_equal(cpu->gpr[3], 1);
	cpu->fscr = 1ULL << 13;
	assert_taken(RUN(PROBLEM, MLS(0), LI(3, 2), 0), 0x700, CODE + 8, PROBLEM | SRR1_ILLEGAL);
	assert_int_equal(cpu->gpr[3], 2);
}

static void test_interrupts_tell_of_prefixes(void **state)
{
	/* no such instruction; relative to itself and to a register */
	assert_taken(RUN(BASE, EIGHT_LS(0), INSN_D(0, 0, 0, 0)), 0x700, CODE,
		     BASE | SRR1_ILLEGAL | SRR1_PREFIXED);
	assert_taken(RUN(BASE, MLS(RELATIVE), INSN_D(14, 3, 4, 0)), 0x700, CODE,
		     BASE | SRR1_ILLEGAL | SRR1_PREFIXED);
	/* pld, plfd: floating point is off */
	assert_taken(RUN(BASE, MLS(0), INSN_D(50, 1, 0, 0)), 0x800, CODE, BASE | SRR1_PREFIXED);
	/* the word that follows is none */
	assert_taken(RUN(BASE, MLS(0), LI(3, 1), INSN_D(50, 1, 0, 0)), 0x800, CODE + 8, BASE);
}

/* A branch to the suffix finds a word instruction there. */
static void test_middle(void **state)
{
	RUN_THROUGH(BASE, LI(4, 16), BRANCH(8), MLS(1), INSN_D(14, 3, 4, 2)); /* paddi r3,r4,0x10002 */
	assert_int_equal(cpu->gpr[3], 18);
	RUN_THROUGH(BASE, LI(4, 16), INSN_NOP, MLS(1), INSN_D(14, 3, 4, 2));
	assert_int_equal(cpu->gpr[3], 0x10012);
}

/* A store to either word is seen. */
static void test_stores_to_code(void **state)
{
	const uint32_t words[] = {MLS(1), INSN_D(14, 3, 0, 2)};

	assert_int_equal(run_words(BASE, words, 2), CODE + 8);
	assert_int_equal(cpu->gpr[3], 0x10002);
	word_store(CODE + 4, INSN_D(14, 3, 0, 3), false);
	assert_int_equal(go(BASE, CODE), CODE + 8);
	assert_int_equal(cpu->gpr[3], 0x10003);
	word_store(CODE, MLS(2), false);
	assert_int_equal(go(BASE, CODE), CODE + 8);
	assert_int_equal(cpu->gpr[3], 0x20003);
	word_store(CODE, INSN_NOP, false);
	assert_int_equal(go(BASE, CODE), CODE + 8);
	assert_int_equal(cpu->gpr[3], 3);
}

static void put_bytes(uint64_t gpa)
{
	for (unsigned i = 0; i < 32; i++)
		ram.hva[gpa + i] = (uint8_t)i;
}

/* Which register is first in memory; and neither needs alignment. */
static void test_pairs(void **state)
{
	const uint64_t first = 0x0102030405060708, second = 0x090a0b0c0d0e0f10, le = MSR_LE;

	put_bytes(DATA);
	cpu->gpr[5] = DATA;
	RUN_THROUGH(BASE, EIGHT_LS(0), INSN_D(56, 6, 5, 1)); /* plq */
	assert_int_equal(cpu->gpr[6], first);
	assert_int_equal(cpu->gpr[7], second);
	RUN_THROUGH(BASE | le, EIGHT_LS(0), INSN_D(56, 6, 5, 1));
	assert_int_equal(cpu->gpr[6], __builtin_bswap64(first));
	assert_int_equal(cpu->gpr[7], __builtin_bswap64(second));
	RUN_THROUGH(BASE | MSR_VSX, INSN_D(6, 2, 5, 0)); /* lxvp vs2 */
	assert_int_equal(VD(cpu->vsr[2], 0), first - 0x0101010101010101);
	assert_int_equal(VB(cpu->vsr[3], 15), 31);
	RUN_THROUGH(BASE | MSR_VSX | le, INSN_D(6, 2, 5, 0));
	assert_int_equal(VB(cpu->vsr[2], 0), 31);
	assert_int_equal(VB(cpu->vsr[3], 15), 0);
	assert_int_equal(RUN(BASE, EIGHT_LS(0), INSN_D(56, 7, 5, 0)), 0x700); /* an odd target */
}

static void test_hash(void **state)
{
	cpu->gpr[9] = DATA + 0x360;
	cpu->gpr[5] = 0xabcd1234abcd1234;
	store_be64(ram.hva + DATA + 0x358, 7);
	RUN_THROUGH(BASE, HASHST(5, -8u, 9)); /* not asked for: nothing happens */
	assert_int_equal(load_be64(ram.hva + DATA + 0x358), 7);
	RUN_THROUGH(BASE, HASHCHK(5, -8u, 9));
	cpu->dexcr = PPC_BIT(5);
	assert_taken(RUN(BASE, HASHCHK(5, -8u, 9)), 0x700, CODE, BASE | SRR1_TRAP);
	RUN_THROUGH(BASE, HASHST(5, -8u, 9));
	RUN_THROUGH(BASE, HASHCHK(5, -8u, 9));
	cpu->hash_key = 1;
	assert_int_equal(RUN(BASE, HASHCHK(5, -8u, 9)), 0x700);
}

/* Values of another implementation. */
static void test_hash_value(void **state)
{
	cpu->dexcr = PPC_BIT(5);
	cpu->gpr[9] = 0x410360;
	cpu->gpr[5] = 0xabcd1234abcd1234;
	RUN_THROUGH(BASE, HASHST(5, -8u, 9));
	assert_int_equal(load_be64(ram.hva + 0x410358), 0x74cf7b44854468bc);
	cpu->hash_key = 0x091a2b3c12345678;
	RUN_THROUGH(BASE, HASHST(5, -8u, 9));
	assert_int_equal(load_be64(ram.hva + 0x410358), 0xf04edba5dad6d48a);
}

#define MODSW INSN_X(31, 3, 4, 4, 779)
#define LBARX INSN_X(31, 3, 0, 8, 52)

/* At the level of POWER9 the instructions of later processors are none. */
static void test_level(void **state)
{
	cpu->gpr[4] = 0x1234;
	cpu->gpr[8] = DATA;
	RUN_THROUGH(BASE, BRH(3, 4));
	assert_int_equal(cpu->gpr[3], 0x3412);
	ops->mode_set(&vcpu, ACCEL_MODE_LEVEL, LEVEL_PVR_300);
	assert_taken(RUN(BASE, BRH(3, 4)), 0x700, CODE, BASE | SRR1_ILLEGAL);
	assert_taken(RUN(BASE, MLS(0), LI(3, 1)), 0x700, CODE, BASE | SRR1_ILLEGAL);
	assert_taken(RUN(PROBLEM, MFSPR(3, SPR_DEXCR_U)), 0x700, CODE, PROBLEM | SRR1_ILLEGAL);
	RUN_THROUGH(BASE, MODSW);
	cpu->ov32 = 1;
	RUN_THROUGH(BASE, MFSPR(3, SPR_XER));
	assert_int_equal(cpu->gpr[3], 0x80000);
	ops->mode_set(&vcpu, ACCEL_MODE_LEVEL, LEVEL_PVR_207);
	assert_taken(RUN(BASE, MODSW), 0x700, CODE, BASE | SRR1_ILLEGAL);
	RUN_THROUGH(BASE, MFSPR(3, SPR_XER));
	assert_int_equal(cpu->gpr[3], 0);
	RUN_THROUGH(BASE, LBARX, HASHST(5, -8u, 9)); /* the latter is a no-operation there */
	ops->mode_set(&vcpu, ACCEL_MODE_LEVEL, LEVEL_PVR_206);
	assert_taken(RUN(BASE, LBARX), 0x700, CODE, BASE | SRR1_ILLEGAL);
	assert_taken(RUN(PROBLEM, MFSPR(3, SPR_TAR)), 0x700, CODE, PROBLEM | SRR1_ILLEGAL);
	ops->reset(&vcpu);
	vectors_make(false);
	RUN_THROUGH(BASE, MLS(0), LI(3, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_displacement), TEST(test_boundary),
		TEST(test_facility),	 TEST(test_interrupts_tell_of_prefixes),
		TEST(test_middle),	 TEST(test_stores_to_code),
		TEST(test_pairs),	 TEST(test_hash),
		TEST(test_hash_value),	 TEST(test_level),
	};

	return cmocka_run_group_tests_name("vmm/interp/prefix", tests, NULL, NULL);
}
