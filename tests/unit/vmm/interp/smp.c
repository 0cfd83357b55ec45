/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tests of vmm/interp/smp.h and code.h with two vCPUs whose instructions this one thread runs in turns: what one
 * does reaches the other when, and not before, it looks.
 */
#include "tests/unit/vmm/interp/machine.h"

#include "vmm/interp/smp.h"

static struct vcpu vcpu_b;
static struct icpu *b;

static int open_two(void **state)
{
	if (machine_open_cpus(2) < 0)
		return -1;
	vcpu_b = (struct vcpu){.ops = ops, .accel = accel, .index = 1, .server = 1};
	if (ops->vcpu_open(accel, &vcpu_b) < 0)
		return -1;
	b = vcpu_b.back;
	return 0;
}

static int close_two(void **state)
{
	ops->vcpu_close(&vcpu_b);
	return machine_close(state);
}

/* Executes from @pc to a hypervisor call. */
static void go_on(struct vcpu *v, uint64_t pc)
{
	struct icpu *c = v->back;

	c->hcall_open = 0;
	c->pc = pc;
	ops->run(v, &exited);
	assert_int_equal(exited.kind, VCPU_EXIT_HCALL);
}

#define LI_R3(v)   (0x38600000u | (v))
#define STW_R5_R4  0x90a40000u
#define SYNC_WORD  0x7c0004acu
#define TARGET     0x60000ULL

static void put_words(uint64_t at, uint32_t a, uint32_t c)
{
	store_be32(ram.hva + at, a);
	store_be32(ram.hva + at + 4, c);
}

/* A store to code of the other: it is told at the sync, and takes it before it executes again. */
static void a_store_reaches_others_at_sync(void **state)
{
	put_words(TARGET, LI_R3(1), INSN_SC1);
	go_on(&vcpu_b, TARGET);
	assert_int_equal(b->gpr[3], 1);
	assert_int_equal(atomic_load(&cpu->interp->code_users[TARGET >> 12]), 1);

	put_words(CODE, STW_R5_R4, INSN_SC1);
	cpu->gpr[4] = TARGET;
	cpu->gpr[5] = LI_R3(2);
	go_on(&vcpu, CODE);
	assert_true(atomic_load(&cpu->events) & EVENT_STORED);
	assert_false(atomic_load(&b->events) & EVENT_REQUEST);

	put_words(CODE + 0x100, SYNC_WORD, INSN_SC1);
	go_on(&vcpu, CODE + 0x100);
	assert_false(atomic_load(&cpu->events) & EVENT_STORED);
	assert_true(atomic_load(&b->events) & EVENT_REQUEST);
	go_on(&vcpu_b, TARGET);
	assert_int_equal(b->gpr[3], 2);
}

/* A page that one stores to becomes code of the other: the first one's next store is seen. */
static void code_revokes_write_entries(void **state)
{
	put_words(CODE, STW_R5_R4, INSN_SC1);
	put_words(CODE + 0x100, SYNC_WORD, INSN_SC1);
	put_words(TARGET, 0, INSN_SC1);
	cpu->gpr[4] = TARGET;
	cpu->gpr[5] = LI_R3(1);
	go_on(&vcpu, CODE);
	assert_true(code_may_be_written(cpu, TARGET));
	go_on(&vcpu_b, TARGET);
	assert_int_equal(b->gpr[3], 1);
	assert_true(atomic_load(&cpu->events) & EVENT_REQUEST);

	cpu->gpr[5] = LI_R3(3);
	go_on(&vcpu, CODE);
	assert_false(code_may_be_written(cpu, TARGET));
	go_on(&vcpu, CODE + 0x100);
	go_on(&vcpu_b, TARGET);
	assert_int_equal(b->gpr[3], 3);
}

/* What a device writes is told at once, to whoever has the page as code. */
static void devices_tell(void **state)
{
	uint8_t word[4];

	put_words(TARGET, LI_R3(1), INSN_SC1);
	go_on(&vcpu_b, TARGET);
	store_be32(word, LI_R3(7));
	assert_int_equal(gmem_write(mem, GPA(TARGET), word, 4), 0);
	assert_true(atomic_load(&b->events) & EVENT_REQUEST);
	assert_false(atomic_load(&cpu->events) & EVENT_REQUEST);
	go_on(&vcpu_b, TARGET);
	assert_int_equal(b->gpr[3], 7);
}

/* More requests than the queue holds: everything is forgotten, and what was asked is done. */
static void a_full_queue_forgets_all(void **state)
{
	struct requests *q = b->requests;

	put_words(TARGET, LI_R3(1), INSN_SC1);
	go_on(&vcpu_b, TARGET);
	for (uint64_t i = 0; i < REQUESTS_MAX; i++)
		smp_post(b, &(struct request){.kind = REQUEST_TLB, .rb = i << 12, .radix = true});
	assert_false(q->lost_tlb || q->lost_code);
	smp_post(b, &(struct request){.kind = REQUEST_TLB, .rb = 1ULL << 40, .radix = true});
	assert_true(q->lost_tlb);
	put_words(TARGET, LI_R3(4), INSN_SC1);
	smp_memory_written(cpu->interp, TARGET, 4);
	assert_true(q->lost_code);
	go_on(&vcpu_b, TARGET);
	assert_int_equal(b->gpr[3], 4);
	assert_int_equal(q->count, 0);
	assert_false(q->lost_tlb || q->lost_code || q->lost_revoke);
}

/* The same request again takes no place. */
static void repeated_requests_are_one(void **state)
{
	for (unsigned i = 0; i < 1000; i++)
		smp_post(b, &(struct request){.kind = REQUEST_TLB, .rb = 0x1000, .radix = true});
	assert_int_equal(b->requests->count, 1);
}

/* tlbie: ptesync does not wait for a vCPU that is out of the guest, which takes it before it goes in. */
static void tlbie_reaches_others(void **state)
{
	smp_tlb_invalidate(cpu, &(struct request){.kind = REQUEST_TLB, .rb = 0x5000, .radix = true});
	assert_true(atomic_load(&cpu->events) & EVENT_TLBIE);
	assert_int_equal(b->requests->count, 1);
	put_words(CODE + 0x100, SYNC_WORD, INSN_SC1);
	go_on(&vcpu, CODE + 0x100);
	assert_false(atomic_load(&cpu->events) & EVENT_TLBIE);
	put_words(TARGET, LI_R3(1), INSN_SC1);
	go_on(&vcpu_b, TARGET);
	assert_int_equal(b->requests->count, 0);
	assert_int_equal(atomic_load(&b->requests->state) >> 1, atomic_load(&b->requests->posted));
}

static void modes_are_applied_by_their_owner(void **state)
{
	uint64_t before = b->lpcr;

	smp_post_set(b, SET_LE, 1, 0);
	smp_post_set(b, SET_AIL, 3, 0);
	smp_post_set(b, SET_PROC_TABLE, 0x10000, 0x1000);
	assert_int_equal(b->lpcr, before);
	put_words(TARGET, LI_R3(1), INSN_SC1);
	go_on(&vcpu_b, TARGET);
	assert_true(b->lpcr & (1ULL << 25));
	assert_int_equal((b->lpcr >> 23) & 3, 3);
	assert_int_equal(b->proc_table, 0x10000);
	smp_post_set(b, SET_LE, 0, 0);
	ops->reset(&vcpu_b);
	assert_int_equal(b->requests->set, 0);
}

/* Given back, a page is data again, and a count is left by nobody. */
static void users_are_counted(void **state)
{
	put_words(TARGET, LI_R3(1), INSN_SC1);
	go_on(&vcpu_b, TARGET);
	go_on(&vcpu, TARGET);
	assert_int_equal(atomic_load(&cpu->interp->code_users[TARGET >> 12]), 2);
	code_flush(b);
	assert_int_equal(atomic_load(&cpu->interp->code_users[TARGET >> 12]), 1);
	code_flush(cpu);
	code_flush(cpu);
	assert_int_equal(atomic_load(&cpu->interp->code_users[TARGET >> 12]), 0);
	assert_true(code_write_begins(cpu, TARGET));
}

#define TEST_TWO(name) cmocka_unit_test_setup_teardown(name, open_two, close_two)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_TWO(a_store_reaches_others_at_sync),
		TEST_TWO(code_revokes_write_entries),
		TEST_TWO(devices_tell),
		TEST_TWO(a_full_queue_forgets_all),
		TEST_TWO(repeated_requests_are_one),
		TEST_TWO(tlbie_reaches_others),
		TEST_TWO(modes_are_applied_by_their_owner),
		TEST_TWO(users_are_counted),
	};

	return cmocka_run_group_tests_name("vmm/interp/smp", tests, NULL, NULL);
}
