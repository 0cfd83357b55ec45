/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System resets and machine checks, which the KVM back end takes in the guest's place. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/fake/kvm.h"

#define PC  0xc000000000123450ULL
#define EA  0xd000000000001008ULL
#define OLD (MSR_SF | MSR_ME | MSR_IR | MSR_DR | MSR_RI | MSR_EE | MSR_LE)

#define MC_ACCESS PPC_BIT(42)

static struct fake_kvm_vm *vm;

static void signal_ignored(int signo)
{
}

static int set_up(void **state)
{
	vm = fake_kvm_open();
	signal(VCPU_KICK_SIGNAL, signal_ignored);
	vm->accel.caps.model.isa = 300;
	fake_kvm.regs = (struct kvm_regs){.pc = PC, .msr = OLD};
	fake_kvm.regs.gpr[3] = 77;
	kvm_mode_set(&vm->vcpu, ACCEL_MODE_LE, 1);
	return 0;
}

static int tear_down(void **state)
{
	fake_kvm_close(vm);
	return 0;
}

static void play_check(struct kvm_run *run)
{
	run->exit_reason = KVM_EXIT_NMI;
}

static void play_hcall(struct kvm_run *run)
{
	run->exit_reason = KVM_EXIT_PAPR_HCALL;
}

static void taken(uint64_t vector, uint64_t cause, uint64_t me)
{
	assert_int_equal(fake_kvm.regs.pc, vector);
	assert_int_equal(fake_kvm.regs.srr0, PC);
	assert_int_equal(fake_kvm.regs.srr1, OLD | cause);
	assert_int_equal(fake_kvm.regs.msr, MSR_SF | MSR_LE | me);
	assert_int_equal(fake_kvm.regs.gpr[3], 77);
}

/* At the vector while nobody has asked; told of afterwards. */
static void test_machine_check(void **state)
{
	fake_kvm.regs.msr = OLD | MC_ACCESS;
	fake_kvm.dar = EA;
	fake_kvm.dsisr = 0x40;
	fake_kvm_line_up(play_check, 0);
	fake_kvm_line_up(play_hcall, 0);
	kvm_vcpu_run(&vm->vcpu, &vm->exit);
	assert_int_equal(vm->exit.kind, VCPU_EXIT_HCALL);
	taken(0x200, MC_ACCESS, 0);

	kvm_nmi_exits(&vm->vcpu, true);
	assert_int_equal(fake_kvm.fwnmi, 1);
	fake_kvm.regs = (struct kvm_regs){.pc = PC, .msr = OLD | MC_ACCESS};
	fake_kvm.regs.gpr[3] = 77;
	fake_kvm_line_up(play_check, 0);
	kvm_vcpu_run(&vm->vcpu, &vm->exit);
	assert_int_equal(vm->exit.kind, VCPU_EXIT_NMI);
	taken(0x200, MC_ACCESS, 0);
	assert_true(vm->exit.nmi.is_machine_check);
	assert_false(vm->exit.nmi.recovered);
	assert_int_equal(vm->exit.nmi.error, MC_CONTROL);
	assert_int_equal(vm->exit.nmi.cause, MC_CONTROL_ACCESS);
	assert_true(vm->exit.nmi.has_ea);
	assert_int_equal(vm->exit.nmi.ea, EA);
	/* for good, so once */
	kvm_nmi_exits(&vm->vcpu, false);
	kvm_nmi_exits(&vm->vcpu, true);
	assert_int_equal(fake_kvm.fwnmi, 1);
}

/* SRR1 and DSISR as processors have them, and what comes of it. */
static void test_causes(void **state)
{
	static const struct {
		unsigned isa;
		uint64_t srr1;
		uint32_t dsisr;
		uint8_t error, cause;
		uint64_t ea; /* 0: none is known */
		uint16_t flags;
	} cases[] = {
		{300, MC_ACCESS, 0x8000, MC_UE, MC_UE_ACCESS, EA, KVM_RUN_PPC_NMI_DISP_NOT_RECOV},
		{207, MC_ACCESS, 0x8000, MC_UE, MC_UE_ACCESS, 0, KVM_RUN_PPC_NMI_DISP_NOT_RECOV},
		{207, MC_ACCESS, 0x40, MC_SLB, MC_SLB_EITHER, EA, KVM_RUN_PPC_NMI_DISP_FULLY_RECOV},
		{300, MC_ACCESS, 0x180, MC_SLB, MC_SLB_MULTIHIT, EA, KVM_RUN_PPC_NMI_DISP_FULLY_RECOV},
		{300, MC_ACCESS, 0x400, MC_TLB, MC_MULTIHIT, EA, 0},
		{300, MC_ACCESS, 0x20, MC_CONTROL, MC_CONTROL_WALK, 0, 0},
		{300, MC_ACCESS, 0, MC_UNKNOWN, 0, 0, 0},
		{300, 0x00040000, 0x8000, MC_UE, MC_UE_FETCH, PC, 0},
		{300, 0x00100000, 0, MC_ERAT, MC_MULTIHIT, PC, 0},
		{300, 0x080c0000, 0, MC_CONTROL, MC_CONTROL_ACCESS, PC, 0},
		{300, 0x08140000, 0, MC_CONTROL, MC_CONTROL_ACCESS, 0, 0},
		{207, 0x08140000, 0, MC_UNKNOWN, 0, 0, 0},
	};

	kvm_nmi_exits(&vm->vcpu, true);
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fake_kvm.lined_up = fake_kvm.runs = 0;
		vm->accel.caps.model.isa = cases[i].isa;
		fake_kvm.regs = (struct kvm_regs){.pc = PC, .msr = OLD | cases[i].srr1};
		fake_kvm.dar = EA;
		fake_kvm.dsisr = cases[i].dsisr;
		fake_kvm.run->flags = cases[i].flags;
		fake_kvm_line_up(play_check, 0);
		kvm_vcpu_run(&vm->vcpu, &vm->exit);
		assert_int_equal(vm->exit.nmi.error, cases[i].error);
		assert_int_equal(vm->exit.nmi.cause, cases[i].cause);
		assert_int_equal(vm->exit.nmi.has_ea, cases[i].ea != 0);
		if (cases[i].ea)
			assert_int_equal(vm->exit.nmi.ea, cases[i].ea);
		assert_int_equal(vm->exit.nmi.recovered, cases[i].flags == KVM_RUN_PPC_NMI_DISP_FULLY_RECOV);
		assert_int_equal(fake_kvm.regs.srr1, OLD | cases[i].srr1);
	}
}

/* Taken on the way in, after the last exit's answer has gone where it belongs. */
static void test_system_reset(void **state)
{
	fake_kvm_line_up(play_hcall, 0);
	kvm_vcpu_run(&vm->vcpu, &vm->exit);
	kvm_system_reset(&vm->vcpu);
	assert_int_equal(fake_kvm.regs.pc, PC);
	vm->exit.hcall.status = 5;
	kvm_vcpu_run(&vm->vcpu, &vm->exit);
	/* one entry for the answer; the kick was not lost to it */
	assert_int_equal(fake_kvm.immediate, 2);
	assert_int_equal(vm->exit.kind, VCPU_EXIT_KICK);
	assert_int_equal(fake_kvm.run->papr_hcall.ret, 5);
	taken(0x100, 0, MSR_ME);

	kvm_nmi_exits(&vm->vcpu, true);
	fake_kvm.regs = (struct kvm_regs){.pc = PC, .msr = OLD};
	fake_kvm.regs.gpr[3] = 77;
	kvm_system_reset(&vm->vcpu);
	kvm_vcpu_run(&vm->vcpu, &vm->exit);
	assert_int_equal(vm->exit.kind, VCPU_EXIT_NMI);
	assert_false(vm->exit.nmi.is_machine_check);
	taken(0x100, 0, MSR_ME);
	/* once */
	fake_kvm.regs.pc = PC;
	kvm_vcpu_run(&vm->vcpu, &vm->exit);
	assert_int_equal(vm->exit.kind, VCPU_EXIT_KICK);
	assert_int_equal(fake_kvm.regs.pc, PC);
}

/* One that came for a guest that is no more. */
static void test_reset_forgets(void **state)
{
	kvm_system_reset(&vm->vcpu);
	kvm_vcpu_reset(&vm->vcpu);
	fake_kvm.regs.pc = PC;
	kvm_vcpu_run(&vm->vcpu, &vm->exit);
	assert_int_equal(vm->exit.kind, VCPU_EXIT_KICK);
	assert_int_equal(fake_kvm.regs.pc, PC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_machine_check, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_causes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_system_reset, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_reset_forgets, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
