/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of firmware assisted non-maskable interrupts: what a guest may register, and what it is then given. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "tests/fake/vm.h"
#include "vmm/base/byteorder.h"

#define NAME    0x1000u
#define BASE    0x30000u
#define AREA(n) (BASE + 256u + (n) * 256u)
#define RESET   0x4000u
#define CHECK   0x5000u
#define EA      0xc00000001234ULL

static struct fake_vm *vm;

static void rtas_place(uint32_t base)
{
	uint32_t path = fake_string(vm, NAME, "/rtas"), node;
	uint32_t r[2];

	assert_true(fake_client(vm, "open", 1, &path, 1, &node));
	assert_true(fake_client(vm, "call-method", 3,
				(const uint32_t[]){fake_string(vm, NAME, "instantiate-rtas"), node, base}, 2,
				r));
	assert_int_equal(r[0], 0);
}

static int setup(void **state)
{
	fake_vm_reset(vm);
	rtas_nmi_reset(&vm->env);
	rtas_place(BASE);
	memset(vm->ram + AREA(0), 0xee, 512);
	return 0;
}

static void registered(void)
{
	assert_int_equal(FAKE_RTAS(vm, "ibm,nmi-register", 1, NULL, RESET, CHECK), RTAS_SUCCESS);
	assert_true(vm->nmi_exits);
}

/* vCPU 0 has taken an interrupt at its vector, R3 being 77. */
static struct cpu_regs *take(bool machine_check)
{
	const struct vcpu_exit e = {.kind = VCPU_EXIT_NMI,
				    .nmi = {.is_machine_check = machine_check, .error = MC_UE,
					    .cause = MC_UE_ACCESS, .has_ea = true, .ea = EA}};

	vm->back[0].regs.gpr[3] = 77;
	vm->back[0].regs.pc = machine_check ? 0x200 : 0x100;
	rtas_nmi_taken(&vm->env, vcpus_get(vm->vcpus, 0), &e);
	return &vm->back[0].regs;
}

static void bad_routines(void **state)
{
	static const uint32_t bad[][2] = {{0, CHECK}, {RESET, 0}, {RESET + 2, CHECK}, {RESET, 32u << 20},
					  {~0u, ~0u}};

	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(FAKE_RTAS(vm, "ibm,nmi-register", 1, NULL, bad[i][0], bad[i][1]),
				 RTAS_PARAMETER);
	assert_false(vm->nmi_exits);
	assert_int_equal(take(false)->pc, 0x100);
	assert_int_equal(take(true)->pc, 0x200);
	assert_int_equal(vm->back[0].regs.gpr[3], 77);
}

/* As Linux reads it: fwnmi_get_savep(). */
static void system_reset(void **state)
{
	registered();
	assert_int_equal(take(false)->pc, RESET);
	assert_int_equal(vm->back[0].regs.gpr[3], AREA(0));
	assert_int_equal(load_be64(vm->ram + AREA(0)), 77);
	assert_int_equal(load_be64(vm->ram + AREA(0) + 8), 0);
	assert_int_equal(vm->ram[AREA(0) + 16], 0xee);
	assert_int_equal(FAKE_RTAS(vm, "ibm,nmi-interlock", 1, NULL), RTAS_HARDWARE);
	assert_int_equal(take(false)->pc, RESET); /* needs no interlock */
}

/* As Linux reads it: fwnmi_get_errinfo(), struct pseries_mc_errorlog. */
static void machine_check(void **state)
{
	const uint8_t *log = vm->ram + AREA(0) + 8, *mc = log + 8 + 16 + 48 + 24;

	registered();
	assert_int_equal(take(true)->pc, CHECK);
	assert_int_equal(load_be64(vm->ram + AREA(0)), 77);
	assert_int_equal(load_be32(log), 0x06740009);
	assert_int_equal(load_be32(log + 4), 16 + 48 + 24 + 40);
	assert_memory_equal(mc, "MC", 2);
	assert_int_equal(load_be16(mc + 2), 40);
	assert_int_equal(mc[0x10], 0);
	assert_int_equal(mc[0x11], 0x43);
	assert_int_equal(load_be64(mc + 0x18), EA);
	assert_int_equal(vm->ram[AREA(1)], 0xee);
	assert_int_equal(FAKE_RTAS(vm, "ibm,nmi-interlock", 1, NULL), RTAS_SUCCESS);
	assert_int_equal(take(true)->pc, CHECK);
	assert_int_equal(vm->crashes, 0);
}

/* Each kind of error has its cause in other bits: struct pseries_mc_errorlog and rtas_mc_error_sub_type(). */
static void machine_checks_have_causes(void **state)
{
	static const struct {
		struct vcpu_exit exit;
		uint8_t error, cause;
		uint32_t head;
		uint64_t ea;
	} cases[] = {
		{{.nmi = {.error = MC_UE, .cause = MC_UE_FETCH}}, 0, 1, 0x06740009, 0},
		{{.nmi = {.error = MC_SLB, .cause = MC_SLB_MULTIHIT, .has_ea = true, .recovered = true}},
		 1, 0x81, 0x06640009, EA},
		{{.nmi = {.error = MC_TLB, .cause = MC_MULTIHIT, .has_ea = true}}, 4, 0x82, 0x06740009, EA},
		{{.nmi = {.error = MC_CONTROL, .cause = MC_CONTROL_ACCESS, .has_ea = true}},
		 8, 0x90, 0x06740009, EA},
		{{.nmi = {.error = MC_UNKNOWN}}, 3, 0, 0x06740009, 0},
	};
	const uint8_t *log = vm->ram + AREA(0) + 8, *mc = log + 8 + 16 + 48 + 24;

	registered();
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct vcpu_exit e = cases[i].exit;

		e.kind = VCPU_EXIT_NMI;
		e.nmi.is_machine_check = true;
		e.nmi.ea = EA;
		rtas_nmi_taken(&vm->env, vcpus_get(vm->vcpus, 0), &e);
		assert_int_equal(load_be32(log), cases[i].head);
		assert_int_equal(mc[0x10], cases[i].error);
		assert_int_equal(mc[0x11], cases[i].cause);
		assert_int_equal(load_be64(mc + 0x18), cases[i].ea);
		assert_int_equal(FAKE_RTAS(vm, "ibm,nmi-interlock", 1, NULL), RTAS_SUCCESS);
	}
}

static void machine_check_in_its_handler(void **state)
{
	registered();
	take(true);
	assert_int_equal(take(true)->pc, 0x200);
	assert_int_equal(vm->crashes, 1);
}

/* RTAS where its space ends past RAM: the report has no place, so the vector has the interrupt. */
static void no_room(void **state)
{
	rtas_place(FAKE_RAM_SIZE - 260);
	registered();
	assert_int_equal(take(true)->pc, 0x200);
	assert_int_equal(vm->back[0].regs.gpr[3], 77);
}

static void reset(void **state)
{
	registered();
	take(true);
	rtas_nmi_reset(&vm->env);
	assert_false(vm->nmi_exits);
	assert_int_equal(take(true)->pc, 0x200);
	assert_int_equal(FAKE_RTAS(vm, "ibm,nmi-interlock", 1, NULL), RTAS_HARDWARE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(bad_routines, setup),
		cmocka_unit_test_setup(system_reset, setup),
		cmocka_unit_test_setup(machine_check, setup),
		cmocka_unit_test_setup(machine_checks_have_causes, setup),
		cmocka_unit_test_setup(machine_check_in_its_handler, setup),
		cmocka_unit_test_setup(no_room, setup),
		cmocka_unit_test_setup(reset, setup),
	};
	int r;

	vm = fake_vm_new();
	r = cmocka_run_group_tests_name("hcalls/nmi", tests, NULL, NULL);
	fake_vm_free(vm);
	return r;
}
