/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of hcalls/processor.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/fake/vm.h"
#include "vmm/base/bits.h"
#include "vmm/base/byteorder.h"

#define H_REGISTER_VPA      0xdc
#define H_CEDE              0xe0
#define H_CONFER            0xe4
#define H_PROD              0xe8
#define H_JOIN              0x298
#define H_SET_MODE          0x31c
#define H_REGISTER_PROC_TBL 0x37c
#define H_SIGNAL_SYS_RESET  0x380

#define AREA 0x30000u

/* The subfunctions of H_REGISTER_VPA: bits 16 to 18 of the flags. */
#define FLAGS(n) ((uint64_t)(n) << 45)
enum { REG_VPA = 1, REG_DTL, REG_SLB, DEREG_VPA = 5, DEREG_DTL, DEREG_SLB };

static struct fake_vm *vm;

static int64_t vpa(unsigned function, uint64_t cpu, uint64_t gpa)
{
	return FAKE_HCALL(vm, H_REGISTER_VPA, FLAGS(function), cpu, gpa);
}

static int setup(void **state)
{
	fake_vm_reset(vm);
	store_be16(vm->ram + AREA + 4, 640);
	vm->ram[AREA + 9] = 0xff;
	store_be32(vm->ram + AREA + 0x1004, 128);
	return 0;
}

static void vpa_is_checked(void **state)
{
	assert_int_equal(vpa(REG_VPA, FAKE_VCPUS, AREA), H_PARAMETER);
	assert_int_equal(vpa(REG_VPA, 1ULL << 32, AREA), H_PARAMETER);
	assert_int_equal(vpa(REG_VPA, 0, 0), H_PARAMETER);
	assert_int_equal(vpa(REG_VPA, 0, AREA + 64), H_PARAMETER); /* a line is 128 bytes */
	assert_int_equal(vpa(REG_VPA, 0, FAKE_RAM_SIZE), H_PARAMETER);
	assert_int_equal(vpa(REG_VPA, 0, ~127ULL), H_PARAMETER);
	assert_int_equal(vpa(0, 0, AREA), H_PARAMETER);
	assert_int_equal(vpa(4, 0, AREA), H_PARAMETER);
	store_be16(vm->ram + AREA + 4, 639);
	assert_int_equal(vpa(REG_VPA, 0, AREA), H_PARAMETER);
	store_be16(vm->ram + AREA + 0xe00 + 4, 640); /* crosses 4 KiB */
	assert_int_equal(vpa(REG_VPA, 0, AREA + 0xe00), H_PARAMETER);
	assert_int_equal(vcpus_get(vm->vcpus, 0)->vpa_gpa, 0);
}

static void vpa_lives(void **state)
{
	struct vcpu *v = vcpus_get(vm->vcpus, 1);

	assert_int_equal(vpa(REG_DTL, 1, AREA + 0x1000), H_RESOURCE);
	assert_int_equal(vpa(REG_SLB, 1, AREA + 0x1000), H_RESOURCE);
	assert_int_equal(vpa(REG_VPA, 1, AREA), H_SUCCESS);
	assert_int_equal(v->vpa_gpa, AREA);
	assert_int_equal(vm->ram[AREA + 9], 0xff); /* its processor is shared */
	assert_int_equal(vpa(REG_DTL, 1, AREA + 0x1000), H_SUCCESS);
	assert_int_equal(v->dtl_gpa, AREA + 0x1000);
	assert_int_equal(v->dtl_len, 128);
	assert_int_equal(vpa(DEREG_VPA, 1, 0), H_RESOURCE);
	assert_int_equal(vpa(DEREG_DTL, 1, 0), H_SUCCESS);
	assert_int_equal(vpa(REG_SLB, 1, AREA + 0x1000), H_SUCCESS);
	assert_int_equal(vpa(DEREG_VPA, 1, 0), H_RESOURCE);
	assert_int_equal(vpa(DEREG_SLB, 1, 0), H_SUCCESS);
	assert_int_equal(vpa(DEREG_VPA, 1, 0), H_SUCCESS);
	assert_int_equal(vpa(DEREG_VPA, 1, 0), H_SUCCESS); /* whether there was one is not asked */
	assert_int_equal(v->vpa_gpa, 0);
}

static void other_areas_are_checked(void **state)
{
	assert_int_equal(vpa(REG_VPA, 0, AREA), H_SUCCESS);
	store_be32(vm->ram + AREA + 0x1004, 47);
	assert_int_equal(vpa(REG_DTL, 0, AREA + 0x1000), H_PARAMETER);
	assert_int_equal(vpa(REG_SLB, 0, AREA + 0x1000), H_SUCCESS); /* 8 are enough */
	store_be32(vm->ram + AREA + 0x1004, 7);
	assert_int_equal(vpa(REG_SLB, 0, AREA + 0x1000), H_PARAMETER);
	store_be32(vm->ram + AREA + 0x1004, 0x2000); /* a log may cross pages, a shadow may not */
	assert_int_equal(vpa(REG_DTL, 0, AREA + 0x1000), H_SUCCESS);
	assert_int_equal(vpa(REG_SLB, 0, AREA + 0x1000), H_PARAMETER);
	store_be32(vm->ram + AREA + 0x1004, 0xffffffff);
	assert_int_equal(vpa(REG_DTL, 0, AREA + 0x1000), H_PARAMETER);
	assert_int_equal(vpa(REG_DTL, 0, AREA + 0x1008), H_PARAMETER);
}

static void cede_enables_interrupts(void **state)
{
	struct vcpu *v = vcpus_get(vm->vcpus, 0);

	assert_int_equal(FAKE_HCALL(vm, H_CEDE, 0), H_SUCCESS);
	assert_true(v->ceded);
	assert_true(vm->back[0].regs.msr & MSR_EE);
}

static void prod_and_confer_change_r3_alone(void **state)
{
	uint64_t in[HCALL_ARGS] = {1, 2, 3, 4, 5, 6, 7, 8, 9}, out[HCALL_ARGS];

	assert_int_equal(fake_hcall(vm, 0, H_PROD, in, out), H_SUCCESS);
	assert_memory_equal(in, out, sizeof(in));
	assert_true(atomic_load(&vcpus_get(vm->vcpus, 1)->prodded));
	assert_int_equal(vm->back[1].kicks, 1);
	assert_int_equal(fake_hcall(vm, 0, H_CONFER, in, out), H_SUCCESS);
	assert_memory_equal(in, out, sizeof(in));
	assert_false(vcpus_get(vm->vcpus, 0)->ceded);
	assert_int_equal(FAKE_HCALL(vm, H_PROD, FAKE_VCPUS), H_PARAMETER);
	assert_int_equal(FAKE_HCALL(vm, H_PROD, 1ULL << 32), H_PARAMETER);
}

/* To one, to all others, to all: but never to one that is stopped, as all but the first are. */
static void system_resets(void **state)
{
	assert_int_equal(FAKE_HCALL(vm, H_SIGNAL_SYS_RESET, 0), H_SUCCESS);
	assert_int_equal(vm->back[0].system_resets, 1);
	assert_int_equal(FAKE_HCALL(vm, H_SIGNAL_SYS_RESET, (uint64_t)-1), H_SUCCESS);
	assert_int_equal(vm->back[0].system_resets, 2);
	assert_int_equal(FAKE_HCALL(vm, H_SIGNAL_SYS_RESET, (uint64_t)-2), H_SUCCESS);
	assert_int_equal(vm->back[0].system_resets, 2);
	assert_int_equal(FAKE_HCALL(vm, H_SIGNAL_SYS_RESET, FAKE_VCPUS), H_PARAMETER);
	assert_int_equal(FAKE_HCALL(vm, H_SIGNAL_SYS_RESET, 1ULL << 32), H_PARAMETER);
	assert_int_equal(vm->back[1].system_resets, 0);
}

static void confer(void **state)
{
	assert_int_equal(FAKE_HCALL(vm, H_CONFER, ~0ULL), H_SUCCESS);
	assert_false(vcpus_get(vm->vcpus, 0)->ceded);
	assert_int_equal(FAKE_HCALL(vm, H_CONFER, 1ULL << 32), H_PARAMETER);
	assert_int_equal(FAKE_HCALL(vm, H_CONFER, FAKE_VCPUS), H_PARAMETER);
	assert_int_equal(FAKE_HCALL(vm, H_CONFER, 0), H_SUCCESS); /* to itself: until it is prodded */
	assert_true(vcpus_get(vm->vcpus, 0)->ceded);
}

static void join(void **state)
{
	uint64_t in[HCALL_ARGS] = {0};

	vm->back[0].regs.msr |= MSR_EE;
	assert_int_equal(FAKE_HCALL(vm, H_JOIN, 0), H_BAD_MODE);
	vm->back[0].regs.msr &= ~(uint64_t)MSR_EE;
	assert_int_equal(FAKE_HCALL(vm, H_JOIN, 0), H_CONTINUE); /* the others are stopped */
	assert_int_equal(vcpu_start(vcpus_get(vm->vcpus, 1), 0x1000, 0, MSR_SF), 0);
	assert_int_equal(FAKE_HCALL(vm, H_JOIN, 0), H_SUCCESS);
	assert_true(vcpus_get(vm->vcpus, 0)->ceded);
	assert_int_equal(fake_hcall(vm, 1, H_JOIN, in, NULL), H_CONTINUE); /* the last one */
	assert_int_equal(fake_hcall(vm, 1, H_PROD, in, NULL), H_SUCCESS);
	assert_false(atomic_load(&vcpus_get(vm->vcpus, 0)->joined));
}

static void set_mode(void **state)
{
	assert_int_equal(FAKE_HCALL(vm, H_SET_MODE, 1, 4), H_SUCCESS);
	for (unsigned i = 0; i < FAKE_VCPUS; i++)
		assert_int_equal(vm->back[i].le, 1);
	assert_int_equal(FAKE_HCALL(vm, H_SET_MODE, 2, 4), H_UNSUPPORTED_FLAG);
	assert_int_equal(FAKE_HCALL(vm, H_SET_MODE, 0, 4), H_SUCCESS);
	assert_int_equal(vm->back[0].le, 0);
	assert_int_equal(FAKE_HCALL(vm, H_SET_MODE, 3, 3), H_SUCCESS);
	assert_int_equal(vm->back[2].ail, 3);
	assert_int_equal(FAKE_HCALL(vm, H_SET_MODE, 1, 3), H_UNSUPPORTED_FLAG);
	assert_int_equal(FAKE_HCALL(vm, H_SET_MODE, 4, 3), H_UNSUPPORTED_FLAG);
	assert_int_equal(FAKE_HCALL(vm, H_SET_MODE, 3, 3, 1, 0), H_P3);
	assert_int_equal(FAKE_HCALL(vm, H_SET_MODE, 3, 3, 0, 1), H_P4);
	/* neither breakpoints nor watchpoints */
	for (unsigned resource = 0; resource < 8; resource++)
		if (resource != 3 && resource != 4)
			assert_int_equal(FAKE_HCALL(vm, H_SET_MODE, 0, resource, 0x1000), H_P2);
}

static void process_table(void **state)
{
	/* a guest that has not chosen has the hashed page table, and no other */
	assert_int_equal(FAKE_HCALL(vm, H_REGISTER_PROC_TBL, 0x1d, 0x40000, 0, 4), H_P2);
	assert_int_equal(FAKE_HCALL(vm, H_REGISTER_PROC_TBL, 0x04), H_P2);
	assert_int_equal(FAKE_HCALL(vm, H_REGISTER_PROC_TBL, 0x02), H_P2); /* segment tables */
	assert_int_equal(FAKE_HCALL(vm, H_REGISTER_PROC_TBL, 0x00), H_SUCCESS);
	vm->env.radix = true;
	assert_int_equal(FAKE_HCALL(vm, H_REGISTER_PROC_TBL, 0x00), H_P2);
	assert_int_equal(FAKE_HCALL(vm, H_REGISTER_PROC_TBL, 0x04), H_SUCCESS);
	assert_int_equal(FAKE_HCALL(vm, H_REGISTER_PROC_TBL, 0x1d, 0x40000, 0, 4), H_SUCCESS);
	assert_int_equal(vm->back[1].proc_table, 0x40000);
	assert_int_equal(vm->back[1].proc_table_size, 0x10000);
	assert_int_equal(FAKE_HCALL(vm, H_REGISTER_PROC_TBL, 0x1d, 0x41000, 0, 4), H_P2);
	assert_int_equal(FAKE_HCALL(vm, H_REGISTER_PROC_TBL, 0x1d, 0x40000, 1, 4), H_P3);
	assert_int_equal(FAKE_HCALL(vm, H_REGISTER_PROC_TBL, 0x1d, 0x40000, 0, 25), H_P4);
	assert_int_equal(FAKE_HCALL(vm, H_REGISTER_PROC_TBL, 0x1d, 0x100000, 0, 4), H_P2); /* no RAM */
	assert_int_equal(FAKE_HCALL(vm, H_REGISTER_PROC_TBL, 0x18, 0x40000, 0, 4), H_P2); /* hash */
	assert_int_equal(FAKE_HCALL(vm, H_REGISTER_PROC_TBL, 0x3d, 0x40000, 0, 4), H_PARAMETER);
	assert_int_equal(FAKE_HCALL(vm, H_REGISTER_PROC_TBL, 0x10, 0, 0, 0), H_SUCCESS);
	assert_int_equal(vm->back[1].proc_table_size, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(vpa_is_checked, setup),
		cmocka_unit_test_setup(vpa_lives, setup),
		cmocka_unit_test_setup(other_areas_are_checked, setup),
		cmocka_unit_test_setup(cede_enables_interrupts, setup),
		cmocka_unit_test_setup(prod_and_confer_change_r3_alone, setup),
		cmocka_unit_test_setup(system_resets, setup),
		cmocka_unit_test_setup(confer, setup),
		cmocka_unit_test_setup(join, setup),
		cmocka_unit_test_setup(set_mode, setup),
		cmocka_unit_test_setup(process_table, setup),
	};
	int r;

	vm = fake_vm_new();
	r = cmocka_run_group_tests_name("hcalls/processor", tests, NULL, NULL);
	fake_vm_free(vm);
	return r;
}
