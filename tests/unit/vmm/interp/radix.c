/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Radix translation: faults, rights, reference and change bits, processes, tlbie; AIL. */
#include "tests/unit/vmm/interp/machine.h"

#define BASE (MSR_SF | MSR_ME | MSR_IR | MSR_DR)
#define USER (BASE | MSR_PR | MSR_EE)
#define DATA_RELOCATED (BASE & ~MSR_IR)

#define PROC_TABLE 0x60000ULL
#define TABLES     0x100000ULL
#define KERNEL     0xc000000000000000ULL
#define PID        5
#define PAGE       0x10000ULL /* an effective address for tests, and its second page */
#define FRAME      0x80000ULL

#define LWZ(rt, ra, d) INSN_D(32, rt, ra, d)
#define STW(rs, ra, d) INSN_D(36, rs, ra, d)
#define TLBIE(rs, rb, ric, prs, r) INSN_X(31, rs, (ric) << 2 | (prs) << 1 | (r), rb, 306)

#define PTE_VALID 0xc000000000000000ULL
#define PTE_R     0x100
#define PTE_C     0x080
#define PTE_PRIV  0x008
#define PTE_READ  0x004
#define PTE_RW    0x006
#define PTE_EXEC  0x001

#define DSISR_NOT_FOUND  0x40000000u
#define DSISR_PROTECTION 0x08000000u
#define DSISR_STORE      0x02000000u
#define SRR1_NO_EXECUTE  0x10000000u

static uint64_t next_table;

static uint64_t *entry(uint64_t gpa)
{
	return (uint64_t *)(void *)(ram.hva + gpa);
}

static uint64_t root_of(unsigned pid)
{
	return TABLES + pid * 0x10000ULL;
}

/* Maps the 4 KiB page at @ea of process @pid; returns its entry. */
static uint64_t *map(unsigned pid, uint64_t ea, uint64_t gpa, uint64_t bits)
{
	static const unsigned sizes[] = {13, 9, 9, 9};
	uint64_t table = root_of(pid), *p = NULL;
	unsigned shift = 52;

	for (unsigned level = 0; level < 4; level++) {
		shift -= sizes[level];
		p = entry(table + ((ea >> shift) & ((1ULL << sizes[level]) - 1)) * 8);
		if (level == 3)
			break;
		if (!load_be64((uint8_t *)p)) {
			store_be64((uint8_t *)p, 1ULL << 63 | next_table | 9);
			next_table += 4096;
		}
		table = load_be64((uint8_t *)p) & 0x0fffffffffffff00ULL;
	}
	store_be64((uint8_t *)p, PTE_VALID | gpa | bits);
	return p;
}

/* Code and vectors are where they are in real mode, for the kernel and for the process. */
static int tables_open(void **state)
{
	if (machine_open(state) < 0)
		return -1;
	next_table = TABLES + 8 * 0x10000;
	for (unsigned pid = 0; pid < 8; pid++)
		store_be64(ram.hva + PROC_TABLE + pid * 16,
			   2ULL << 61 | 5 << 5 | root_of(pid) | 13);
	assert_int_equal(ops->proc_table_set(&vcpu, GPA(PROC_TABLE), 0x1000), 0);
	cpu->pidr = PID;
	tlb_flush_all(cpu);
	map(PID, CODE, CODE, PTE_READ | PTE_EXEC | PTE_R);
	map(0, KERNEL + CODE, CODE, PTE_RW | PTE_EXEC | PTE_PRIV | PTE_R | PTE_C);
	for (uint64_t at = 0; at < 0x8000; at += 4096)
		map(0, KERNEL + at, at, PTE_RW | PTE_EXEC | PTE_PRIV | PTE_R | PTE_C);
	cpu->gpr[3] = PAGE;
	return 0;
}

static void test_reference_and_change(void **state)
{
	uint64_t *pte = map(PID, PAGE, FRAME, PTE_RW);

	store_be32(ram.hva + FRAME + 8, 0x12345678);
	assert_int_equal(RUN(USER, LWZ(4, 3, 8)), 0xc00);
	assert_int_equal(cpu->gpr[4], 0x12345678);
	assert_int_equal(be64toh(*pte) & 0x180, PTE_R);
	assert_int_equal(RUN(USER, LWZ(4, 3, 8), STW(3, 3, 8), STW(4, 3, 12)), 0xc00);
	assert_int_equal(be64toh(*pte) & 0x180, PTE_R | PTE_C);
	assert_int_equal(load_be32(ram.hva + FRAME + 8), PAGE);
	assert_int_equal(load_be32(ram.hva + FRAME + 12), 0x12345678);
}

static void test_faulting_access_touches_nothing(void **state)
{
	uint64_t *pte = map(PID, PAGE, FRAME, PTE_READ);

	assert_int_equal(RUN(USER, STW(3, 3, 8)), 0x300);
	assert_int_equal(be64toh(*pte) & 0x180, 0);
	/* a store over two pages, the second of which is not there: all or nothing */
	map(PID, PAGE, FRAME, PTE_RW);
	store_be32(ram.hva + FRAME + 0xffc, 0xabababab);
	cpu->gpr[3] = PAGE + 0xffe;
	assert_int_equal(RUN(USER, STW(3, 3, 0)), 0x300);
	assert_int_equal(cpu->dar, PAGE + 0x1000);
	assert_int_equal(cpu->dsisr, DSISR_NOT_FOUND | DSISR_STORE);
	assert_int_equal(load_be32(ram.hva + FRAME + 0xffc), 0xabababab);
	/* an update form leaves its register */
	assert_int_equal(RUN(USER, INSN_D(37, 4, 3, 0)), 0x300);
	assert_int_equal(cpu->gpr[3], PAGE + 0xffe);
}

static void assert_data_fault(uint64_t msr, uint32_t word, uint64_t vector, uint64_t ea,
			      uint32_t dsisr)
{
	cpu->dsisr = 0xdead;
	assert_int_equal(RUN(msr, word), vector);
	assert_int_equal(cpu->srr0, CODE);
	assert_int_equal(cpu->srr1, msr);
	assert_int_equal(cpu->dar, ea);
	if (vector == 0x300)
		assert_int_equal(cpu->dsisr, dsisr);
}

static void test_data_faults(void **state)
{
	assert_data_fault(USER, LWZ(4, 3, 4), 0x300, PAGE + 4, DSISR_NOT_FOUND);
	assert_data_fault(USER, STW(4, 3, 4), 0x300, PAGE + 4, DSISR_NOT_FOUND | DSISR_STORE);
	map(PID, PAGE, FRAME, PTE_READ);
	assert_data_fault(USER, STW(4, 3, 4), 0x300, PAGE + 4, DSISR_PROTECTION | DSISR_STORE);
	map(PID, PAGE, FRAME, PTE_RW | PTE_PRIV);
	assert_data_fault(USER, LWZ(4, 3, 4), 0x300, PAGE + 4, DSISR_PROTECTION);
	map(PID, PAGE, FRAME, PTE_EXEC);
	assert_data_fault(USER, LWZ(4, 3, 4), 0x300, PAGE + 4, DSISR_PROTECTION);
	cpu->gpr[3] = KERNEL;
	assert_data_fault(USER, LWZ(4, 3, 4), 0x300, KERNEL + 4, DSISR_PROTECTION);
	cpu->gpr[3] = 1ULL << 62;
	assert_data_fault(USER, LWZ(4, 3, 4), 0x380, (1ULL << 62) + 4, 0);
	cpu->gpr[3] = 1ULL << 53;
	assert_data_fault(USER, LWZ(4, 3, 4), 0x380, (1ULL << 53) + 4, 0);
}

static void test_supervisor_on_user_pages(void **state)
{
	uint64_t msr = DATA_RELOCATED;

	map(PID, PAGE, FRAME, PTE_RW);
	RUN_THROUGH(msr, LWZ(4, 3, 4), STW(4, 3, 4));
	cpu->gpr[5] = 3ULL << 62; /* no key 0 access */
	RUN_THROUGH(msr, MTSPR(SPR_AMR, 5));
	assert_data_fault(msr, LWZ(4, 3, 4), 0x300, PAGE + 4, DSISR_PROTECTION);
	cpu->gpr[5] = 1ULL << 63; /* no key 0 stores */
	assert_int_equal(RUN(msr, MTSPR(SPR_AMR, 5), LWZ(4, 3, 4), STW(4, 3, 4)), 0x300);
	assert_int_equal(cpu->srr0, CODE + 8);
	/* in problem state the key says nothing */
	assert_int_equal(RUN(USER, LWZ(4, 3, 4), STW(4, 3, 4)), 0xc00);
}

static void assert_fetch_fault(uint64_t msr, uint64_t ea, uint64_t vector, uint64_t srr1)
{
	assert_int_equal(go(msr, ea), vector);
	assert_int_equal(cpu->srr0, ea);
	assert_int_equal(cpu->srr1, msr | srr1);
}

static void test_fetch_faults(void **state)
{
	assert_fetch_fault(USER, PAGE, 0x400, DSISR_NOT_FOUND);
	map(PID, PAGE, FRAME, PTE_RW);
	assert_fetch_fault(USER, PAGE, 0x400, SRR1_NO_EXECUTE);
	map(PID, PAGE, FRAME, PTE_READ | PTE_EXEC | PTE_PRIV);
	assert_fetch_fault(USER, PAGE, 0x400, DSISR_PROTECTION);
	map(PID, PAGE, FRAME, PTE_READ | PTE_EXEC | 0x20); /* guarded */
	assert_fetch_fault(USER, PAGE, 0x400, SRR1_NO_EXECUTE);
	assert_fetch_fault(USER, 1ULL << 62, 0x480, 0);
	/* the supervisor may execute the process's pages unless IAMR forbids it */
	map(PID, PAGE, FRAME, PTE_READ | PTE_EXEC);
	word_store(FRAME, INSN_SC1, false);
	assert_int_equal(go(BASE, PAGE), PAGE);
	cpu->gpr[5] = 1ULL << 62;
	RUN_THROUGH(MSR_SF | MSR_ME, MTSPR(SPR_IAMR, 5));
	assert_fetch_fault(BASE, PAGE, 0x400, SRR1_NO_EXECUTE);
}

/* The next page of straight-line code faults with its own address. */
static void test_fetch_runs_into_fault(void **state)
{
	map(PID, PAGE, FRAME, PTE_READ | PTE_EXEC);
	word_store(FRAME + 0xffc, INSN_NOP, false);
	assert_int_equal(go(USER, PAGE + 0xffc), 0x400);
	assert_int_equal(cpu->srr0, PAGE + 0x1000);
}

static void test_processes(void **state)
{
	uint64_t msr = DATA_RELOCATED;

	map(PID, PAGE, FRAME, PTE_RW);
	map(6, PAGE, FRAME + 0x1000, PTE_RW);
	map(0, KERNEL + PAGE, FRAME + 0x2000, PTE_RW | PTE_PRIV);
	store_be32(ram.hva + FRAME, 5);
	store_be32(ram.hva + FRAME + 0x1000, 6);
	store_be32(ram.hva + FRAME + 0x2000, 7);
	cpu->gpr[5] = 6;
	cpu->gpr[6] = KERNEL + PAGE;
	RUN_THROUGH(msr, LWZ(7, 3, 0), MTSPR(SPR_PIDR, 5), LWZ(8, 3, 0), LWZ(9, 6, 0));
	assert_int_equal(cpu->gpr[7], 5);
	assert_int_equal(cpu->gpr[8], 6);
	assert_int_equal(cpu->gpr[9], 7);
	cpu->gpr[5] = 300; /* no entry in the table */
	assert_int_equal(RUN(msr, MTSPR(SPR_PIDR, 5), LWZ(8, 3, 0)), 0x300);
}

/* Until tlbie, a translation may stay; afterwards it must be gone. */
static void invalidate_and_check(uint64_t msr, uint64_t rb, uint64_t rs, uint32_t tlbie)
{
	map(PID, PAGE, FRAME, PTE_RW);
	assert_int_equal(RUN(msr, LWZ(4, 3, 0)), msr & MSR_PR ? 0xc00 : CODE + 4);
	*map(PID, PAGE, FRAME, 0) = 0;
	cpu->gpr[8] = rb;
	cpu->gpr[9] = rs;
	RUN_THROUGH(MSR_SF | MSR_ME, tlbie);
	assert_int_equal(RUN(msr, LWZ(4, 3, 0)), 0x300);
}

static void test_tlbie(void **state)
{
	uint64_t pid = (uint64_t)PID << 32;
	const uint64_t states[] = {USER, DATA_RELOCATED};

	for (unsigned i = 0; i < 2; i++) {
		invalidate_and_check(states[i], PAGE, pid, TLBIE(9, 8, 0, 1, 1));
		invalidate_and_check(states[i], PAGE | 5 << 5, pid, TLBIE(9, 8, 0, 1, 1));
		invalidate_and_check(states[i], (PAGE & ~0x1fffffULL) | 1 << 5, pid,
				     TLBIE(9, 8, 0, 1, 1));
		invalidate_and_check(states[i], 1 << 10, pid, TLBIE(9, 8, 0, 1, 1));
		invalidate_and_check(states[i], 1 << 10, pid, TLBIE(9, 8, 2, 1, 1));
		invalidate_and_check(states[i], 2 << 10, 0, TLBIE(9, 8, 2, 1, 1));
		invalidate_and_check(states[i], 3 << 10, 0, TLBIE(9, 8, 2, 1, 1));
	}
}

/* The pages of process 0 that problem state may use go from its context too. */
static void test_tlbie_shared_page(void **state)
{
	uint64_t ea = KERNEL + 0x70000;

	map(0, ea, FRAME, PTE_RW);
	cpu->gpr[3] = ea;
	assert_int_equal(RUN(USER, LWZ(4, 3, 0)), 0xc00);
	*map(0, ea, FRAME, 0) = 0;
	cpu->gpr[8] = ea;
	cpu->gpr[9] = 0;
	RUN_THROUGH(MSR_SF | MSR_ME, TLBIE(9, 8, 0, 1, 1));
	assert_int_equal(RUN(USER, LWZ(4, 3, 0)), 0x300);
}

static void test_bad_tables(void **state)
{
	uint64_t *pte = map(PID, PAGE, FRAME, PTE_RW);

	/* a leaf that points outside memory */
	store_be64((uint8_t *)pte, PTE_VALID | 0x00ffff0000000000ULL | PTE_RW);
	assert_int_equal(RUN(USER, INSN_X(31, 4, 0, 3, 20)), 0x200);
	/* a table outside memory, and one that is too small */
	for (unsigned i = 0; i < 2; i++) {
		static const uint64_t roots[] = {0x00fffffffff00000ULL | 13, TABLES | 4};

		store_be64(ram.hva + PROC_TABLE + 6 * 16, 2ULL << 61 | 5 << 5 | roots[i]);
		cpu->pidr = 6;
		tlb_flush_all(cpu);
		assert_int_equal(RUN(DATA_RELOCATED, LWZ(4, 3, 0)), 0x300);
		assert_int_equal(cpu->dsisr, 0x00080000);
	}
}

static void test_relocated_interrupts(void **state)
{
	map(0, KERNEL + 0x17000, 0x17000, PTE_READ | PTE_EXEC | PTE_PRIV);
	assert_int_equal(ops->mode_set(&vcpu, ACCEL_MODE_AIL, 3), 0);
	assert_int_equal(ops->mode_set(&vcpu, ACCEL_MODE_AIL, 2), -ENOTSUP);
	/* the vector's page is page 4 of the kernel's map: hypervisor calls there too */
	word_store(0x4c00, INSN_SC1, false);
	word_store(0x4300, INSN_SC1, false);
	word_store(0x30a0, INSN_SC1, false);
	assert_int_equal(RUN(USER, 0x44000002), KERNEL + 0x4c00);
	assert_int_equal(cpu->msr, BASE);
	assert_int_equal(RUN(USER, LWZ(4, 3, 0)), KERNEL + 0x4300);
	assert_int_equal(RUN(DATA_RELOCATED, LWZ(4, 3, 0)), 0x300);
	assert_int_equal(cpu->msr, MSR_SF | MSR_ME);
	cpu->fscr = 1 << 12;
	assert_int_equal(RUN(USER, 0x44000001 | 5 << 5), KERNEL + 0x30a0);
	assert_int_equal(cpu->msr, BASE | MSR_EE);
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup_teardown(name, tables_open, machine_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_reference_and_change),
		TEST(test_faulting_access_touches_nothing),
		TEST(test_data_faults),
		TEST(test_supervisor_on_user_pages),
		TEST(test_fetch_faults),
		TEST(test_fetch_runs_into_fault),
		TEST(test_processes),
		TEST(test_tlbie),
		TEST(test_tlbie_shared_page),
		TEST(test_bad_tables),
		TEST(test_relocated_interrupts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
