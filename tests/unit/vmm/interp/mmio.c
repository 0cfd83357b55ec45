/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of the interpreter's accesses outside of RAM. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "vmm/base/byteorder.h"
#include "vmm/cpu/accel.h"
#include "vmm/cpu/model.h"
#include "vmm/cpu/vcpu.h"
#include "vmm/mem/ram.h"

#define RAM_SIZE (1u << 20)
#define OUTSIDE  0x80000000u
#define CODE     0x10000u

static const struct accel_ops *ops = &interp_accel_ops;
static struct ram ram;
static struct gmem *mem;
static struct accel *accel;
static struct vcpu vcpu;

static int setup(void **state)
{
	char why[160];
	struct cpu_regs r = {.pc = CODE, .msr = MSR_SF | MSR_ME | MSR_EE};

	if (ram_open(&ram, RAM_SIZE) < 0 || gmem_new(&mem) < 0 ||
	    gmem_add(mem, GPA(0), RAM_SIZE, ram.hva) < 0)
		return -1;
	if (ops->open(&(struct accel_params){.mem = mem, .ram = ram.hva, .ram_size = RAM_SIZE,
					     .model = cpu_model_find("power9"), .max_vcpus = 1},
		      &accel, why, sizeof(why)) < 0)
		return -1;
	vcpu = (struct vcpu){.ops = ops, .accel = accel};
	if (ops->vcpu_open(accel, &vcpu) < 0)
		return -1;
	r.gpr[4] = OUTSIDE;
	ops->regs_set(&vcpu, &r);
	store_be32(ram.hva + CODE, 0x80640010);     /* lwz 3,16(4) */
	store_be32(ram.hva + CODE + 4, 0x44000022); /* sc 1 */
	store_be32(ram.hva + 0x500, 0x80a40020);    /* lwz 5,32(4) */
	store_be32(ram.hva + 0x504, 0x44000022);
	return 0;
}

static int teardown(void **state)
{
	ops->vcpu_close(&vcpu);
	ops->close(accel);
	gmem_free(mem);
	ram_close(&ram);
	return 0;
}

static void loads(void **state)
{
	struct vcpu_exit e = {0};
	struct cpu_regs r;

	ops->run(&vcpu, &e);
	assert_int_equal(e.kind, VCPU_EXIT_MMIO);
	assert_int_equal(e.mmio.gpa.v, OUTSIDE + 16);
	assert_int_equal(e.mmio.len, 4);
	assert_false(e.mmio.is_store);
	e.mmio.data = 0x11223344;
	ops->run(&vcpu, &e);
	assert_int_equal(e.kind, VCPU_EXIT_HCALL);
	ops->regs_get(&vcpu, &r);
	assert_int_equal(r.gpr[3], 0x11223344);
}

/* An interrupt that comes with the answer waits for it to be used: it is not the answer to the first
 * access of the interrupt's handler, and the device is not asked twice. */
static void an_interrupt_waits_for_the_answer(void **state)
{
	struct vcpu_exit e = {0};
	struct cpu_regs r;

	ops->run(&vcpu, &e);
	assert_int_equal(e.mmio.gpa.v, OUTSIDE + 16);
	e.mmio.data = 0x11223344;
	ops->external_irq(&vcpu, true);
	ops->run(&vcpu, &e);
	if (e.kind == VCPU_EXIT_HCALL) { /* the h-call behind the load came before the interrupt */
		ops->regs_get(&vcpu, &r);
		assert_int_equal(r.gpr[3], 0x11223344);
		return;
	}
	assert_int_equal(e.kind, VCPU_EXIT_MMIO);
	assert_int_equal(e.mmio.gpa.v, OUTSIDE + 32); /* the handler's own */
	ops->regs_get(&vcpu, &r);
	assert_int_equal(r.gpr[3], 0x11223344);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(loads, setup, teardown),
		cmocka_unit_test_setup_teardown(an_interrupt_waits_for_the_answer, setup, teardown),
	};

	return cmocka_run_group_tests_name("interp/mmio", tests, NULL, NULL);
}
