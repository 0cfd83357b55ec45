/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which instruction or event causes which interrupt, and what it leaves: Power ISA 3.0B Book III 6. */
#include "tests/unit/vmm/interp/machine.h"

#define BASE     (MSR_SF | MSR_ME)
#define PROBLEM  (BASE | MSR_PR | MSR_RI)
#define TRAP     INSN_X(31, 31, 0, 0, 4)
#define SC       0x44000002u
#define SCV(lev) (0x44000001u | (lev) << 5)
#define RFID     INSN_X(19, 0, 0, 0, 18)
#define RFSCV    INSN_X(19, 0, 0, 0, 82)
#define MFMSR    INSN_X(31, 3, 0, 0, 83)
#define MTMSRD   INSN_X(31, 3, 0, 0, 178)
#define MTMSRD_1 INSN_X(31, 3, 1, 0, 178)
#define MTMSR    INSN_X(31, 3, 0, 0, 146)

#define SRR1_FP         (1ULL << 20)
#define SRR1_ILLEGAL    (1ULL << 19)
#define SRR1_PRIVILEGED (1ULL << 18)
#define SRR1_TRAP       (1ULL << 17)

/* The interrupt state that @vector has after the instruction at @pc, under @msr. */
static void assert_taken(uint64_t at, uint64_t vector, uint64_t pc, uint64_t srr1)
{
	assert_int_equal(at, vector);
	assert_int_equal(cpu->srr0, pc);
	assert_int_equal(cpu->srr1, srr1);
	assert_int_equal(cpu->msr, BASE);
}

static void test_program_kinds(void **state)
{
	uint64_t msr = BASE | MSR_FP | MSR_RI | MSR_FE0 | MSR_FE1;

	assert_taken(RUN(msr, INSN_ILLEGAL_WORD), 0x700, CODE, msr | SRR1_ILLEGAL);
	assert_taken(RUN(msr, INSN_NOP, TRAP), 0x700, CODE + 4, msr | SRR1_TRAP);
	assert_taken(RUN(PROBLEM, MFMSR), 0x700, CODE, PROBLEM | SRR1_PRIVILEGED);
	cpu->fpscr = FPSCR_VE;
	fpu_update(cpu);
	assert_taken(RUN(msr, INSN_X(63, 21, 0, 0, 38)), 0x700, CODE, msr | SRR1_FP); /* mtfsb1 VXSOFT */
	assert_true(cpu->fpscr & FPSCR_FEX);
}

static void test_enabled_exception_needs_fe(void **state)
{
	cpu->fpscr = FPSCR_VE;
	fpu_update(cpu);
	RUN_THROUGH(BASE | MSR_FP, INSN_X(63, 21, 0, 0, 38));
	assert_true(cpu->fpscr & FPSCR_FEX);
}

static void test_facilities(void **state)
{
	assert_taken(RUN(BASE, INSN_X(63, 1, 0, 2, 72)), 0x800, CODE, BASE);  /* fmr */
	assert_taken(RUN(BASE, INSN_D(50, 1, 0, 0)), 0x800, CODE, BASE);      /* lfd */
	assert_taken(RUN(BASE, 0x10000484), 0xf20, CODE, BASE);               /* vor */
	assert_taken(RUN(BASE, INSN_X(31, 1, 0, 3, 103)), 0xf20, CODE, BASE); /* lvx */
	assert_taken(RUN(BASE, 0xf0000490), 0xf40, CODE, BASE);               /* xxlor */
	assert_taken(RUN(BASE, INSN_X(31, 1, 0, 3, 844)), 0xf40, CODE, BASE); /* lxvd2x */
	assert_taken(RUN(PROBLEM, MFSPR(3, SPR_TAR)), 0xf60, CODE, PROBLEM);
	assert_int_equal(cpu->fscr >> 56, 8);
	cpu->fscr |= 1 << 8;
	assert_int_equal(RUN(PROBLEM, MFSPR(3, SPR_TAR)), 0xc00);
}

static void test_system_call(void **state)
{
	assert_taken(RUN(PROBLEM, SC), 0xc00, CODE + 4, PROBLEM);
	assert_taken(RUN(PROBLEM, INSN_SC1), 0xc00, CODE + 4, PROBLEM);
	assert_taken(RUN(BASE, SC), 0xc00, CODE + 4, BASE);
}

static void test_system_call_vectored(void **state)
{
	uint64_t msr = PROBLEM | MSR_EE;

	assert_taken(RUN(msr, SCV(3)), 0xf60, CODE, msr);
	assert_int_equal(cpu->fscr >> 56, 12);
	cpu->fscr = 1 << 12;
	cpu->srr0 = cpu->srr1 = 7;
	assert_int_equal(RUN(msr, SCV(3)), 0x17060);
	assert_int_equal(cpu->lr, CODE + 4);
	assert_int_equal(cpu->ctr, msr);
	assert_int_equal(cpu->msr, BASE | MSR_EE | MSR_RI);
	assert_int_equal(cpu->srr0, 7);
	assert_int_equal(cpu->srr1, 7);
}

static void test_returns(void **state)
{
	word_store(DATA, INSN_SC1, false);
	cpu->srr0 = DATA + 3;
	cpu->srr1 = BASE | MSR_FP | MSR_RI;
	assert_int_equal(RUN(BASE, RFID), DATA);
	assert_int_equal(cpu->msr, BASE | MSR_FP | MSR_RI);
	cpu->lr = DATA;
	cpu->ctr = BASE | MSR_VEC;
	assert_int_equal(RUN(BASE, RFSCV), DATA);
	assert_int_equal(cpu->msr, BASE | MSR_VEC);
	/* problem state implies translation, for which there is no segment here */
	cpu->srr0 = DATA;
	cpu->srr1 = BASE | MSR_PR;
	assert_int_equal(RUN(BASE, RFID), 0x480);
	assert_int_equal(cpu->srr0, DATA);
	assert_int_equal(cpu->srr1 & ~0xffff0000ULL,
			 BASE | MSR_PR | MSR_EE | MSR_IR | MSR_DR);
	/* to 32-bit mode: the address is one of 32 bits */
	cpu->srr0 = 5ULL << 32 | DATA;
	cpu->srr1 = MSR_ME;
	assert_int_equal(RUN(BASE, RFID), DATA);
}

static void test_privileged(void **state)
{
	static const uint32_t words[] = {
		MFMSR, MTMSR, MTMSRD, RFID, RFSCV,
		INSN_X(31, 3, 8, 4, 306), /* tlbie */
		INSN_X(31, 3, 8, 4, 274), /* tlbiel */
		INSN_X(31, 0, 0, 0, 498), /* slbia */
		INSN_X(31, 0, 0, 3, 142), /* msgsndp */
		INSN_X(31, 0, 0, 3, 174), /* msgclrp */
		MFSPR(3, SPR_SRR0), MTSPR(SPR_DEC, 3), MFSPR(3, SPR_PVR), MTSPR(SPR_PIDR, 3),
		MFSPR(3, SPR_SPRG0), MFSPR(3, SPR_PIR), MFSPR(3, SPR_LPCR), MTSPR(SPR_SPRG3_U | 16, 3),
	};

	for (unsigned i = 0; i < ARRAY_SIZE(words); i++) {
		cpu->gpr[3] = 0;
		assert_taken(RUN(PROBLEM, words[i]), 0x700, CODE, PROBLEM | SRR1_PRIVILEGED);
	}
	assert_taken(RUN(PROBLEM, MFSPR(3, 1000)), 0x700, CODE, PROBLEM | SRR1_ILLEGAL);
	assert_taken(RUN(PROBLEM, MTSPR(SPR_TB, 3)), 0x700, CODE, PROBLEM | SRR1_ILLEGAL);
}

static void test_absent_spr_is_no_operation(void **state)
{
	cpu->gpr[3] = 99;
	RUN_THROUGH(BASE, MFSPR(3, 1000), MTSPR(1000, 3));
	assert_int_equal(cpu->gpr[3], 99);
	assert_taken(RUN(BASE, MFSPR(3, 0)), 0x700, CODE, BASE | SRR1_ILLEGAL);
}

static void test_decrementer(void **state)
{
	cpu->gpr[3] = 0xffffffff;
	RUN_THROUGH(BASE, MTSPR(SPR_DEC, 3));
	assert_true(cpu->dec_pending);
	cpu->gpr[3] = BASE | MSR_EE;
	assert_taken(RUN(BASE, INSN_NOP, MTMSRD, INSN_NOP), 0x900, CODE + 8, BASE | MSR_EE);
	/* it stays until the decrementer is written */
	assert_taken(RUN(BASE, MTMSRD), 0x900, CODE + 4, BASE | MSR_EE);
	cpu->gpr[3] = 0x7fffffff;
	RUN_THROUGH(BASE, MTSPR(SPR_DEC, 3), MFSPR(4, SPR_DEC));
	assert_false(cpu->dec_pending);
	assert_true(cpu->gpr[4] <= 0x7fffffff && cpu->gpr[4] > 0x7fffffff - (1 << 28));
	cpu->gpr[3] = BASE | MSR_EE;
	RUN_THROUGH(BASE, MTMSRD, INSN_NOP);
}

static void test_decrementer_runs_out(void **state)
{
	cpu->gpr[3] = 512; /* a microsecond */
	/* b . */
	assert_int_equal(RUN(BASE | MSR_EE, MTSPR(SPR_DEC, 3), 0x48000000), 0x900);
	assert_int_equal(cpu->srr0, CODE + 4);
}

static void test_external(void **state)
{
	cpu->gpr[3] = BASE | MSR_EE;
	ops->external_irq(&vcpu, true);
	cpu->dec_pending = true;
	assert_taken(RUN(BASE, MTMSRD), 0x500, CODE + 4, BASE | MSR_EE);
	assert_taken(RUN(BASE, MTMSRD_1), 0x500, CODE + 4, BASE | MSR_EE);
	ops->external_irq(&vcpu, false);
	assert_int_equal(RUN(BASE, MTMSRD), 0x900);
	cpu->dec_pending = false;
	RUN_THROUGH(BASE, MTMSRD);
	/* as it is enabled by a return */
	ops->external_irq(&vcpu, true);
	cpu->srr0 = DATA;
	cpu->srr1 = BASE | MSR_EE;
	assert_taken(RUN(BASE, RFID), 0x500, DATA, BASE | MSR_EE);
}

static void test_doorbell(void **state)
{
	cpu->gpr[4] = 5 << 27;
	RUN_THROUGH(BASE, INSN_X(31, 0, 0, 4, 142), MFSPR(5, SPR_DPDES));
	assert_int_equal(cpu->gpr[5], 1);
	cpu->gpr[3] = BASE | MSR_EE;
	assert_taken(RUN(BASE, MTMSRD), 0xa00, CODE + 4, BASE | MSR_EE);
	RUN_THROUGH(BASE, MTMSRD);
	RUN_THROUGH(BASE, INSN_X(31, 0, 0, 4, 142), INSN_X(31, 0, 0, 4, 174), MTMSRD);
	assert_int_equal(RUN(BASE | MSR_EE, INSN_X(31, 0, 0, 4, 142)), 0xa00);
}

static void test_msr_writes(void **state)
{
	cpu->gpr[3] = ~0ULL & ~(MSR_PR | MSR_IR | MSR_DR | MSR_EE);
	RUN_THROUGH(BASE, MTMSRD, MFMSR);
	assert_false(cpu->gpr[3] & (MSR_HV | MSR_LE));
	assert_int_equal(cpu->gpr[3] & (MSR_SF | MSR_ME | MSR_FP | MSR_VEC | MSR_VSX | MSR_RI),
			 MSR_SF | MSR_ME | MSR_FP | MSR_VEC | MSR_VSX | MSR_RI);
	cpu->gpr[3] = MSR_RI | MSR_FP;
	RUN_THROUGH(BASE | MSR_VEC, MTMSRD_1, MFMSR);
	assert_int_equal(cpu->gpr[3], BASE | MSR_VEC | MSR_RI);
	cpu->gpr[3] = MSR_FP; /* the high half stays; so does ME */
	RUN_THROUGH(BASE, MTMSR, MFMSR);
	assert_int_equal(cpu->gpr[3], BASE | MSR_FP);
	cpu->gpr[3] = MSR_PR;
	assert_int_equal(RUN(BASE, MTMSR), 0x480); /* where there is no segment */
	assert_int_equal(cpu->srr1 & (MSR_PR | MSR_EE | MSR_IR | MSR_DR),
			 MSR_PR | MSR_EE | MSR_IR | MSR_DR);
}

static void test_handlers_byte_order(void **state)
{
	vectors_make(true);
	assert_int_equal(RUN(BASE, SC), 0xc00);
	assert_int_equal(cpu->msr, BASE | MSR_LE);
	assert_int_equal(RUN(BASE | MSR_LE, SC), 0xc00);
	assert_int_equal(cpu->srr1, BASE | MSR_LE);
}

static void test_alignment(void **state)
{
	static const uint32_t reserving[] = {
		INSN_X(31, 4, 0, 3, 116), INSN_X(31, 4, 0, 3, 20), INSN_X(31, 4, 0, 3, 84),
		INSN_X(31, 4, 0, 3, 276), INSN_X(31, 4, 0, 3, 726) | 1, INSN_X(31, 4, 0, 3, 150) | 1,
		INSN_X(31, 4, 0, 3, 214) | 1, INSN_X(31, 4, 0, 3, 182) | 1,
		INSN_D(56, 4, 3, 0), INSN_D(62, 4, 3, 2), /* lq, stq */
	};

	cpu->gpr[3] = DATA + 1;
	for (unsigned i = 0; i < ARRAY_SIZE(reserving); i++) {
		cpu->dar = 0;
		assert_taken(RUN(BASE, reserving[i]), 0x600, CODE, BASE);
		assert_int_equal(cpu->dar, DATA + 1);
	}
}

static void test_no_strings_in_little_endian(void **state)
{
	static const uint32_t words[] = {
		INSN_D(46, 29, 3, 8), INSN_D(47, 29, 3, 8), INSN_X(31, 5, 3, 4, 597),
		INSN_X(31, 5, 3, 4, 725), INSN_X(31, 5, 3, 4, 533), INSN_X(31, 5, 3, 4, 661),
	};
	uint64_t msr = BASE | MSR_LE;

	cpu->gpr[3] = DATA;
	cpu->gpr[4] = 16;
	for (unsigned i = 0; i < ARRAY_SIZE(words); i++) {
		assert_taken(RUN(msr, words[i]), 0x600, CODE, msr);
		assert_int_equal(cpu->dar, i < 2 ? DATA + 8 : i < 4 ? DATA : DATA + 16);
	}
}

static void test_machine_check(void **state)
{
	cpu->gpr[3] = RAM_SIZE + 4; /* no access of one quadword goes to a device */
	assert_int_equal(RUN(BASE, INSN_X(31, 4, 0, 3, 20)), 0x200); /* lwarx */
	assert_int_equal(cpu->dar, RAM_SIZE + 4);
	assert_int_equal(cpu->msr, MSR_SF);
	word_store(CODE, INSN_X(31, 4, 0, 3, 20), false);
	msr_set(cpu, MSR_SF);
	cpu->hcall_open = 0;
	cpu->pc = CODE;
	ops->run(&vcpu, &exited);
	assert_int_equal(exited.kind, VCPU_EXIT_FAIL);
}

/* Whoever asked for it hears of each once it is taken, and before the handler begins. */
static void test_nmi_exits(void **state)
{
	ops->nmi_exits(&vcpu, true);
	word_store(CODE, INSN_X(31, 4, 0, 3, 20), false); /* lwarx */
	cpu->gpr[3] = RAM_SIZE + 4;
	msr_set(cpu, BASE);
	cpu->hcall_open = 0;
	cpu->pc = CODE;
	ops->run(&vcpu, &exited);
	assert_int_equal(exited.kind, VCPU_EXIT_NMI);
	assert_true(exited.nmi.is_machine_check);
	assert_int_equal(exited.nmi.error, MC_UE);
	assert_int_equal(exited.nmi.cause, MC_UE_ACCESS);
	assert_true(exited.nmi.has_ea);
	assert_int_equal(exited.nmi.ea, RAM_SIZE + 4);
	assert_int_equal(cpu->pc, 0x200);
	assert_int_equal(cpu->srr0, CODE);
	assert_int_equal(cpu->msr, MSR_SF);

	word_store(CODE, INSN_NOP, false);
	msr_set(cpu, BASE);
	cpu->pc = CODE;
	ops->system_reset(&vcpu);
	ops->run(&vcpu, &exited);
	assert_int_equal(exited.kind, VCPU_EXIT_NMI);
	assert_false(exited.nmi.is_machine_check);
	assert_int_equal(cpu->pc, 0x100);
	assert_int_equal(cpu->srr0, CODE);
	ops->run(&vcpu, &exited);
	assert_int_equal(exited.kind, VCPU_EXIT_HCALL); /* the vector's */
}

/* Up to the device access of the instruction at CODE, as it comes out of the interpreter. */
static void run_to_device(uint64_t msr, uint32_t word)
{
	word_store(CODE, word, false);
	word_store(CODE + 4, INSN_SC1, false);
	cpu->hcall_open = 0;
	msr_set(cpu, msr);
	cpu->pc = CODE;
	ops->run(&vcpu, &exited);
	assert_int_equal(exited.kind, VCPU_EXIT_MMIO);
	assert_int_equal(exited.mmio.gpa.v, RAM_SIZE + 8);
}

static void test_device_access(void **state)
{
	cpu->gpr[3] = RAM_SIZE + 8;
	run_to_device(BASE, INSN_D(32, 4, 3, 0));
	assert_int_equal(exited.mmio.len, 4);
	assert_false(exited.mmio.is_store);
	exited.mmio.data = 0x11223344;
	ops->run(&vcpu, &exited);
	assert_int_equal(exited.kind, VCPU_EXIT_HCALL);
	assert_int_equal(cpu->gpr[4], 0x11223344);
	run_to_device(BASE, INSN_X(31, 4, 0, 3, 662)); /* stwbrx */
	assert_true(exited.mmio.is_store);
	assert_int_equal(exited.mmio.data, 0x44332211);
}

/* What comes due while a device answers waits for the instruction to end. */
static void test_interrupt_after_device_access(void **state)
{
	cpu->gpr[3] = RAM_SIZE + 8;
	run_to_device(BASE | MSR_EE, INSN_D(32, 4, 3, 0));
	word_store(CODE + 4, 0x48000000, false); /* b . */
	exited.mmio.data = 0x55;
	ops->external_irq(&vcpu, true);
	ops->run(&vcpu, &exited);
	assert_int_equal(exited.kind, VCPU_EXIT_HCALL);
	assert_int_equal(cpu->pc, 0x504);
	assert_int_equal(cpu->srr0, CODE + 4);
	assert_int_equal(cpu->gpr[4], 0x55);
}

static void test_no_strings_on_devices(void **state)
{
	cpu->gpr[3] = RAM_SIZE + 8;
	cpu->gpr[31] = 77;
	assert_taken(RUN(BASE, INSN_D(46, 30, 3, 0)), 0x600, CODE, BASE); /* lmw */
	assert_int_equal(cpu->dar, RAM_SIZE + 8);
	assert_int_equal(cpu->gpr[31], 77);
	assert_taken(RUN(BASE, INSN_D(47, 30, 3, 0)), 0x600, CODE, BASE);        /* stmw */
	assert_taken(RUN(BASE, INSN_X(31, 30, 3, 8, 597)), 0x600, CODE, BASE);   /* lswi */
	assert_taken(RUN(BASE, INSN_X(31, 30, 3, 8, 725)), 0x600, CODE, BASE);   /* stswi */
	assert_taken(RUN(BASE, INSN_X(31, 0, 0, 3, 1014)), 0x600, CODE, BASE);   /* dcbz */
}

static void test_timebase(void **state)
{
	RUN_THROUGH(BASE, INSN_SPR(371, 3, SPR_TB), MFSPR(4, SPR_TB), MFSPR(5, SPR_TBU));
	assert_true(cpu->gpr[4] >= cpu->gpr[3]);
	assert_true(cpu->gpr[4] - cpu->gpr[3] < 512000000);
	assert_int_equal(cpu->gpr[5], cpu->gpr[4] >> 32);
	assert_true(ops->timebase(accel) - cpu->gpr[4] < 512000000ULL * 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_program_kinds),
		TEST(test_enabled_exception_needs_fe),
		TEST(test_facilities),
		TEST(test_system_call),
		TEST(test_system_call_vectored),
		TEST(test_returns),
		TEST(test_privileged),
		TEST(test_absent_spr_is_no_operation),
		TEST(test_decrementer),
		TEST(test_decrementer_runs_out),
		TEST(test_external),
		TEST(test_doorbell),
		TEST(test_msr_writes),
		TEST(test_handlers_byte_order),
		TEST(test_alignment),
		TEST(test_no_strings_in_little_endian),
		TEST(test_machine_check),
		TEST(test_nmi_exits),
		TEST(test_device_access),
		TEST(test_interrupt_after_device_access),
		TEST(test_no_strings_on_devices),
		TEST(test_timebase),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
