/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vCPU of the KVM back end against a kernel of our own: ioctl() here answers for /dev/kvm. Each KVM_RUN
 * plays the next of the exits a test has set up.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "vmm/kvm/kvm.h"

#define VM_FD   1000
#define VCPU_FD 1001

static struct {
	struct kvm_run *run;
	int result[8]; /* of KVM_RUN: 0 or a negative errno */
	void (*play[8])(struct kvm_run *run);
	unsigned runs, lined_up;
	unsigned regs_set, immediate;
	uint64_t lpcr;
	struct kvm_sregs sregs;
	unsigned sregs_set;
	uint32_t interrupt;
} kernel;

static int kernel_run(void)
{
	unsigned at = kernel.runs++;

	if (kernel.run->immediate_exit) {
		kernel.immediate++;
		errno = EINTR;
		return -1;
	}
	assert_true(at < kernel.lined_up);
	if (kernel.play[at])
		kernel.play[at](kernel.run);
	errno = -kernel.result[at];
	return kernel.result[at] ? -1 : 0;
}

static int kernel_one_reg(unsigned long request, const struct kvm_one_reg *reg)
{
	if (reg->id != KVM_REG_PPC_LPCR_64)
		return 0;
	if (request == KVM_GET_ONE_REG)
		*(uint64_t *)(uintptr_t)reg->addr = kernel.lpcr;
	else
		kernel.lpcr = *(uint64_t *)(uintptr_t)reg->addr;
	return 0;
}

/* The C library's, for this program. */
int ioctl(int fd, unsigned long request, ...)
{
	va_list ap;
	void *arg;

	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);
	switch (request) {
	case KVM_CREATE_VCPU:
		return dup(VCPU_FD);
	case KVM_RUN:
		return kernel_run();
	case KVM_GET_ONE_REG:
	case KVM_SET_ONE_REG:
		return kernel_one_reg(request, arg);
	case KVM_GET_REGS:
		memset(arg, 0, sizeof(struct kvm_regs));
		return 0;
	case KVM_SET_REGS:
		kernel.regs_set++;
		return 0;
	case KVM_GET_SREGS:
		*(struct kvm_sregs *)arg = kernel.sregs;
		return 0;
	case KVM_SET_SREGS:
		kernel.sregs = *(struct kvm_sregs *)arg;
		kernel.sregs_set++;
		return 0;
	case KVM_INTERRUPT:
		kernel.interrupt = ((struct kvm_interrupt *)arg)->irq;
		return 0;
	default:
		return 0;
	}
}

struct fixture {
	struct accel accel;
	struct vcpu vcpu;
	struct vcpu_exit exit;
};

static int set_up(void **state)
{
	static struct kvcpu *vcpus[1];
	static struct fixture f;
	int fd = memfd_create("run", 0);

	memset(&kernel, 0, sizeof(kernel));
	memset(&f, 0, sizeof(f));
	assert_true(fd >= 0 && ftruncate(fd, 4096) == 0);
	assert_int_equal(dup2(fd, VCPU_FD), VCPU_FD);
	close(fd);
	kernel.run = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, VCPU_FD, 0);
	assert_true(kernel.run != MAP_FAILED);
	f.accel.vm_fd = VM_FD;
	f.accel.xics_fd = f.accel.xive_fd = -1;
	f.accel.vcpus = vcpus;
	f.accel.params.max_vcpus = 1;
	f.accel.run_size = 4096;
	f.accel.ail3 = true;
	f.vcpu.accel = &f.accel;
	f.vcpu.thread = pthread_self();
	assert_int_equal(kvm_vcpu_open(&f.accel, &f.vcpu), 0);
	f.exit.kind = VCPU_EXIT_KICK;
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	kvm_vcpu_close(&f->vcpu);
	munmap(kernel.run, 4096);
	close(VCPU_FD);
	return 0;
}

static void line_up(void (*play)(struct kvm_run *run), int result)
{
	kernel.play[kernel.lined_up] = play;
	kernel.result[kernel.lined_up++] = result;
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
	struct fixture *f = *state;

	line_up(play_hcall, 0);
	line_up(play_check_answer, 0);
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
	struct fixture *f = *state;

	line_up(play_store, 0);
	line_up(play_load, 0);
	line_up(play_check_load, 0);
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

static void play_nmi(struct kvm_run *run)
{
	run->exit_reason = KVM_EXIT_NMI;
	run->flags = KVM_RUN_PPC_NMI_DISP_NOT_RECOV;
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
		{play_nmi, 0, "machine check, KVM flags 0x3"},
		{play_crash, 0, "a crash"},
		{play_epr, 0, "exit 23"},
		{play_watchdog, 0, "exit 21"},
		{play_future, 0, "exit 4711"},
		{play_hypercall_left, 0, "0x1500"},
		{play_load, -EFAULT, "Bad address"},
	};

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture *f = *state;

		kernel.lined_up = kernel.runs = 0;
		f->exit.kind = VCPU_EXIT_KICK;
		line_up(cases[i].play, cases[i].result);
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
	struct fixture *f = *state;

	signal(VCPU_KICK_SIGNAL, signal_ignored);
	line_up(NULL, -EINTR);
	line_up(play_hcall, 0);
	kvm_vcpu_run(&f->vcpu, &f->exit);
	assert_int_equal(f->exit.kind, VCPU_EXIT_HCALL);
	assert_int_equal(kernel.runs, 2);

	kvm_vcpu_kick(&f->vcpu);
	kvm_vcpu_run(&f->vcpu, &f->exit);
	assert_int_equal(f->exit.kind, VCPU_EXIT_KICK);
	assert_int_equal(kernel.immediate, 1);
	kernel.runs = 1;
	kvm_vcpu_run(&f->vcpu, &f->exit);
	assert_int_equal(f->exit.kind, VCPU_EXIT_HCALL);
}

/* The answer is completed without a guest instruction, once. */
static void test_settle(void **state)
{
	struct fixture *f = *state;

	line_up(play_hcall, 0);
	kvm_vcpu_run(&f->vcpu, &f->exit);
	f->exit.hcall.status = 5;
	kvm_vcpu_settle(&f->vcpu, &f->exit);
	assert_int_equal(kernel.immediate, 1);
	assert_int_equal(kernel.run->papr_hcall.ret, 5);
	assert_int_equal(kernel.run->immediate_exit, 0);
	assert_int_equal(f->exit.kind, VCPU_EXIT_KICK);
	kvm_vcpu_settle(&f->vcpu, &f->exit);
	assert_int_equal(kernel.immediate, 1);
}

#define LPCR_ILE (1ULL << 25)
#define LPCR_AIL (3ULL << 23)
#define LPCR_LD  (1ULL << 17)

/* Modes are set on the way into the guest, and gone after a reset. */
static void test_modes(void **state)
{
	struct fixture *f = *state;

	kernel.lpcr |= LPCR_LD;
	assert_int_equal(kvm_mode_set(&f->vcpu, ACCEL_MODE_LE, 1), 0);
	assert_int_equal(kvm_mode_set(&f->vcpu, ACCEL_MODE_AIL, 3), 0);
	assert_int_equal(kvm_mode_set(&f->vcpu, ACCEL_MODE_AIL, 2), -ENOTSUP);
	assert_int_equal(kernel.lpcr & (LPCR_ILE | LPCR_AIL), 0);
	line_up(play_hcall, 0);
	kvm_vcpu_run(&f->vcpu, &f->exit);
	assert_int_equal(kernel.lpcr & (LPCR_ILE | LPCR_AIL | LPCR_LD), LPCR_ILE | LPCR_AIL);
	kvm_vcpu_reset(&f->vcpu);
	assert_int_equal(kernel.lpcr & (LPCR_ILE | LPCR_AIL), 0);
	f->accel.ail3 = false;
	assert_int_equal(kvm_mode_set(&f->vcpu, ACCEL_MODE_AIL, 3), -ENOTSUP);
}

static void test_external_interrupt(void **state)
{
	struct fixture *f = *state;

	kvm_external_irq(&f->vcpu, true);
	assert_int_equal(kernel.interrupt, KVM_INTERRUPT_SET_LEVEL);
	kvm_external_irq(&f->vcpu, false);
	assert_int_equal(kernel.interrupt, KVM_INTERRUPT_UNSET);
}

/* Under kvm_pr the kernel finds the page table by SDR1, and forgets what it translated when that is written. */
static void test_page_table(void **state)
{
	struct fixture *f = *state;
	unsigned shift, before;
	uint64_t table;

	f->accel.caps.model.pvr = 0x004d0200;
	f->accel.params.ram_size = 1ULL << 30;
	assert_int_equal(kvm_pr_open(&f->accel, (char[8]){0}, 8), 0);
	table = (uintptr_t)hpt_table(f->accel.caps.hpt, &shift);
	assert_int_equal(table & ((1ULL << shift) - 1), 0);
	kernel.sregs.u.s.ppc64.slb[3].slbe = 1 << 27;
	kvm_vcpu_reset(&f->vcpu);
	assert_int_equal(kernel.sregs.u.s.sdr1, table | (shift - 18));
	assert_int_equal(kernel.sregs.pvr, 0x004d0200);
	assert_int_equal(kernel.sregs.u.s.ppc64.slb[3].slbe, 0);

	/* an entry changes in user space, on another thread: on its way in the vCPU writes SDR1 anew */
	kernel.sregs.u.s.ppc64.slb[3].slbe = 1 << 27;
	before = kernel.sregs_set;
	assert_int_equal(hpt_resize_prepare(f->accel.caps.hpt, shift - 1), 0);
	assert_int_equal(hpt_resize_commit(f->accel.caps.hpt, shift - 1), 0);
	assert_int_equal(kernel.sregs_set, before);
	line_up(play_hcall, 0);
	kvm_vcpu_run(&f->vcpu, &f->exit); /* the kick */
	assert_int_equal(kernel.sregs_set, before + 1);
	assert_int_equal(kernel.sregs.u.s.sdr1 & 31, shift - 1 - 18);
	assert_int_equal(kernel.sregs.u.s.ppc64.slb[3].slbe, 1 << 27);
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
