/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A vCPU of the KVM back end: its exits and their answers. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/fake/kvm.h"

static struct fake_kvm_vm *vm;

static int set_up(void **state)
{
	*state = vm = fake_kvm_open();
	return 0;
}

static int tear_down(void **state)
{
	fake_kvm_close(vm);
	return 0;
}

static void play_hcall(struct kvm_run *run)
{
	run->exit_reason = KVM_EXIT_PAPR_HCALL;
	run->papr_hcall.nr = 0x58;
	for (unsigned i = 0; i < 9; i++)
		run->papr_hcall.args[i] = 100 + i;
}

static void play_check_answer(struct kvm_run *run)
{
	assert_int_equal(run->papr_hcall.ret, (uint64_t)-4);
	for (unsigned i = 0; i < 9; i++)
		assert_int_equal(run->papr_hcall.args[i], 200 + i);
	run->exit_reason = KVM_EXIT_DEBUG;
}

static void test_hcall(void **state)
{
	struct fake_kvm_vm *f = *state;

	fake_kvm_line_up(play_hcall, 0);
	fake_kvm_line_up(play_check_answer, 0);
	kvm_vcpu_run(&f->vcpu, &f->exit);
	assert_int_equal(f->exit.kind, VCPU_EXIT_HCALL);
	assert_int_equal(f->exit.hcall.nr, 0x58);
	for (unsigned i = 0; i < 9; i++)
		assert_int_equal(f->exit.hcall.in[i], 100 + i);
	f->exit.hcall.status = -4;
	for (unsigned i = 0; i < 9; i++)
		f->exit.hcall.out[i] = 200 + i;
	kvm_vcpu_run(&f->vcpu, &f->exit);
	assert_int_equal(f->exit.kind, VCPU_EXIT_DEBUG);
}

static void play_store(struct kvm_run *run)
{
	run->exit_reason = KVM_EXIT_MMIO;
	run->mmio.phys_addr = 0x123456789a;
	run->mmio.len = 4;
	run->mmio.is_write = 1;
	memcpy(run->mmio.data, "\x11\x22\x33\x44", 4);
}

static void play_load(struct kvm_run *run)
{
	run->exit_reason = KVM_EXIT_MMIO;
	run->mmio.phys_addr = 0x1000;
	run->mmio.len = 2;
	run->mmio.is_write = 0;
	memset(run->mmio.data, 0xee, 8);
}

static void play_check_load(struct kvm_run *run)
{
	assert_memory_equal(run->mmio.data, "\xab\xcd\xee", 3);
	run->exit_reason = KVM_EXIT_DEBUG;
}

/* Bytes in memory are the bytes of a big-endian number, whatever order the guest runs in. */
static void test_mmio(void **state)
{
	struct fake_kvm_vm *f = *state;

	fake_kvm_line_up(play_store, 0);
	fake_kvm_line_up(play_load, 0);
	fake_kvm_line_up(play_check_load, 0);
	kvm_vcpu_run(&f->vcpu, &f->exit);
	assert_int_equal(f->exit.kind, VCPU_EXIT_MMIO);
	assert_int_equal(f->exit.mmio.gpa.v, 0x123456789a);
	assert_int_equal(f->exit.mmio.data, 0x11223344);
	assert_true(f->exit.mmio.is_store);
	kvm_vcpu_run(&f->vcpu, &f->exit);
	assert_false(f->exit.mmio.is_store);
	assert_int_equal(f->exit.mmio.len, 2);
	f->exit.mmio.data = 0xabcd;
	kvm_vcpu_run(&f->vcpu, &f->exit);
	assert_int_equal(f->exit.kind, VCPU_EXIT_DEBUG);
}

static void play_fail_entry(struct kvm_run *run)
{
	run->exit_reason = KVM_EXIT_FAIL_ENTRY;
	run->fail_entry.hardware_entry_failure_reason = 0x77;
}

static void play_internal(struct kvm_run *run)
{
	run->exit_reason = KVM_EXIT_INTERNAL_ERROR;
	run->internal.suberror = 3;
}

static void play_crash(struct kvm_run *run)
{
	run->exit_reason = KVM_EXIT_SYSTEM_EVENT;
	run->system_event.type = KVM_SYSTEM_EVENT_CRASH;
}

static void play_epr(struct kvm_run *run)
{
	run->exit_reason = KVM_EXIT_EPR;
}

static void play_watchdog(struct kvm_run *run)
{
	run->exit_reason = KVM_EXIT_WATCHDOG;
}

static void play_future(struct kvm_run *run)
{
	run->exit_reason = 4711;
}

static void play_hypercall_left(struct kvm_run *run)
{
	run->exit_reason = KVM_EXIT_UNKNOWN;
	run->hw.hardware_exit_reason = 0x1500;
}

/* What ends a guest: each with a reason that names it. */
static void test_failures(void **state)
{
	static const struct {
		void (*play)(struct kvm_run *run);
		int result;
		const char *reason;
	} cases[] = {
		{play_fail_entry, 0, "hardware reason 0x77"},
		{play_fail_entry, -EINVAL, "hardware reason 0x77"},
		{play_internal, -EINVAL, "internal error 3"},
		{play_crash, 0, "a crash"},
		{play_epr, 0, "exit 23"},
		{play_watchdog, 0, "exit 21"},
		{play_future, 0, "exit 4711"},
		{play_hypercall_left, 0, "0x1500"},
		{play_load, -EFAULT, "Bad address"},
	};

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fake_kvm_vm *f = *state;

		fake_kvm.lined_up = fake_kvm.runs = 0;
		f->exit.kind = VCPU_EXIT_KICK;
		fake_kvm_line_up(cases[i].play, cases[i].result);
		kvm_vcpu_run(&f->vcpu, &f->exit);
		assert_int_equal(f->exit.kind, VCPU_EXIT_FAIL);
		assert_non_null(strstr(f->exit.reason, cases[i].reason));
	}
}

static void signal_ignored(int signo)
{
}

/* A signal that is no kick goes on; a kick comes out, and only once. */
static void test_kick(void **state)
{
	struct fake_kvm_vm *f = *state;

	signal(VCPU_KICK_SIGNAL, signal_ignored);
	fake_kvm_line_up(NULL, -EINTR);
	fake_kvm_line_up(play_hcall, 0);
	kvm_vcpu_run(&f->vcpu, &f->exit);
	assert_int_equal(f->exit.kind, VCPU_EXIT_HCALL);
	assert_int_equal(fake_kvm.runs, 2);

	kvm_vcpu_kick(&f->vcpu);
	kvm_vcpu_run(&f->vcpu, &f->exit);
	assert_int_equal(f->exit.kind, VCPU_EXIT_KICK);
	assert_int_equal(fake_kvm.immediate, 1);
	fake_kvm.runs = 1;
	kvm_vcpu_run(&f->vcpu, &f->exit);
	assert_int_equal(f->exit.kind, VCPU_EXIT_HCALL);
}

/* The answer is completed without a guest instruction, once. */
static void test_settle(void **state)
{
	struct fake_kvm_vm *f = *state;

	fake_kvm_line_up(play_hcall, 0);
	kvm_vcpu_run(&f->vcpu, &f->exit);
	f->exit.hcall.status = 5;
	kvm_vcpu_settle(&f->vcpu, &f->exit);
	assert_int_equal(fake_kvm.immediate, 1);
	assert_int_equal(fake_kvm.run->papr_hcall.ret, 5);
	assert_int_equal(fake_kvm.run->immediate_exit, 0);
	assert_int_equal(f->exit.kind, VCPU_EXIT_KICK);
	kvm_vcpu_settle(&f->vcpu, &f->exit);
	assert_int_equal(fake_kvm.immediate, 1);
}

#define LPCR_ILE (1ULL << 25)
#define LPCR_AIL (3ULL << 23)
#define LPCR_LD  (1ULL << 17)

/* Modes are set on the way into the guest, and gone after a reset. */
static void test_modes(void **state)
{
	struct fake_kvm_vm *f = *state;

	fake_kvm.lpcr |= LPCR_LD;
	assert_int_equal(kvm_mode_set(&f->vcpu, ACCEL_MODE_LE, 1), 0);
	assert_int_equal(kvm_mode_set(&f->vcpu, ACCEL_MODE_AIL, 3), 0);
	assert_int_equal(kvm_mode_set(&f->vcpu, ACCEL_MODE_AIL, 2), -ENOTSUP);
	assert_int_equal(fake_kvm.lpcr & (LPCR_ILE | LPCR_AIL), 0);
	fake_kvm_line_up(play_hcall, 0);
	kvm_vcpu_run(&f->vcpu, &f->exit);
	assert_int_equal(fake_kvm.lpcr & (LPCR_ILE | LPCR_AIL | LPCR_LD), LPCR_ILE | LPCR_AIL);
	kvm_vcpu_reset(&f->vcpu);
	assert_int_equal(fake_kvm.lpcr & (LPCR_ILE | LPCR_AIL), 0);
	f->accel.ail3 = false;
	assert_int_equal(kvm_mode_set(&f->vcpu, ACCEL_MODE_AIL, 3), -ENOTSUP);
}

static void test_external_interrupt(void **state)
{
	struct fake_kvm_vm *f = *state;

	kvm_external_irq(&f->vcpu, true);
	assert_int_equal(fake_kvm.interrupt, KVM_INTERRUPT_SET_LEVEL);
	kvm_external_irq(&f->vcpu, false);
	assert_int_equal(fake_kvm.interrupt, KVM_INTERRUPT_UNSET);
}

/* Under kvm_pr the kernel finds the page table by SDR1, and forgets what it translated when that is written. */
static void test_page_table(void **state)
{
	struct fake_kvm_vm *f = *state;
	unsigned shift, before;
	uint64_t table;

	f->accel.caps.model.pvr = 0x004d0200;
	f->accel.params.ram_size = 1ULL << 30;
	assert_int_equal(kvm_pr_open(&f->accel, (char[8]){0}, 8), 0);
	table = (uintptr_t)hpt_table(f->accel.caps.hpt, &shift);
	assert_int_equal(table & ((1ULL << shift) - 1), 0);
	fake_kvm.sregs.u.s.ppc64.slb[3].slbe = 1 << 27;
	kvm_vcpu_reset(&f->vcpu);
	assert_int_equal(fake_kvm.sregs.u.s.sdr1, table | (shift - 18));
	assert_int_equal(fake_kvm.sregs.pvr, 0x004d0200);
	assert_int_equal(fake_kvm.sregs.u.s.ppc64.slb[3].slbe, 0);

	/* an entry changes in user space, on another thread: on its way in the vCPU writes SDR1 anew */
	fake_kvm.sregs.u.s.ppc64.slb[3].slbe = 1 << 27;
	before = fake_kvm.sregs_set;
	assert_int_equal(hpt_resize_prepare(f->accel.caps.hpt, shift - 1), 0);
	assert_int_equal(hpt_resize_commit(f->accel.caps.hpt, shift - 1), 0);
	assert_int_equal(fake_kvm.sregs_set, before);
	fake_kvm_line_up(play_hcall, 0);
	kvm_vcpu_run(&f->vcpu, &f->exit); /* the kick */
	assert_int_equal(fake_kvm.sregs_set, before + 1);
	assert_int_equal(fake_kvm.sregs.u.s.sdr1 & 31, shift - 1 - 18);
	assert_int_equal(fake_kvm.sregs.u.s.ppc64.slb[3].slbe, 1 << 27);
	hpt_free(f->accel.caps.hpt);
	f->accel.caps.hpt = NULL;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_hcall, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_mmio, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_failures, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_kick, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_settle, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_modes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_page_table, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_external_interrupt, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
