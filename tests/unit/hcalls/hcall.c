/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of the h-calls' dispatch, of the terminals' and of those that need nothing. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "tests/fake/vm.h"
#include "vmm/base/byteorder.h"

#define H_LOGICAL_CI_LOAD  0x3c
#define H_LOGICAL_CI_STORE 0x40
#define H_GET_TERM_CHAR    0x54
#define H_PUT_TERM_CHAR    0x58
#define H_PUT_TCE          0x20
#define H_XIRR             0x74
#define H_VIO_SIGNAL       0x104
#define H_GET_CPU_CHARACTERISTICS 0x1c8
#define H_RANDOM           0x300

#define VTY0 0x71000000u
#define VTY1 0x71000001u

static struct fake_vm *vm;

static int setup(void **state)
{
	fake_vm_reset(vm);
	vm->env.rng = true;
	return 0;
}

static void unknown_calls(void **state)
{
	static const uint64_t none[] = {0, 0x28, 0x5c, 0x55, 0x4fc, 0x500, 0xf001, 1ULL << 32, ~0ULL};
	uint64_t in[HCALL_ARGS] = {1, 2, 3}, out[HCALL_ARGS], zero[HCALL_ARGS] = {0};

	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		assert_int_equal(fake_hcall(vm, 0, none[i], in, out), H_FUNCTION);
		assert_memory_equal(out, zero, sizeof(out));
	}
	assert_null(hcall_name(0x5c));
	assert_string_equal(hcall_name(H_PUT_TERM_CHAR), "H_PUT_TERM_CHAR");
	assert_string_equal(hcall_name(H_RTAS), "KVMPPC_H_RTAS");
}

/* Each set once, none that is not offered. */
static void sets(void **state)
{
	char buf[512];
	int len = hcall_hypertas_strings(&vm->env, buf, sizeof(buf)), without;
	unsigned terms = 0, randoms = 0, shared = 0;

	assert_true(len > 0);
	for (char *s = buf; s < buf + len; s += strlen(s) + 1) {
		terms += !strcmp(s, "hcall-term");
		randoms += !strcmp(s, "hcall-random");
		shared += !strcmp(s, "hcall-splpar");
		assert_string_not_equal(s, "hcall-pic"); /* there is no pool to tell of */
	}
	assert_int_equal(terms, 1);
	assert_int_equal(randoms, 1);
	assert_int_equal(shared, 1);
	assert_int_equal(hcall_hypertas_strings(&vm->env, buf, (size_t)len - 1), -ENOSPC);
	vm->env.rng = false;
	without = hcall_hypertas_strings(&vm->env, buf, sizeof(buf));
	assert_int_equal(without, len - (int)sizeof("hcall-random"));
}

/* What is for a PCI host bridge is there with one alone: h-calls, their sets, RTAS functions. */
static void calls_of_the_bridge(void **state)
{
	uint32_t args[4] = {0, 0, 0, 4}, results[2], token;
	unsigned offered = 0, without = 0;
	char buf[512];
	int len = hcall_hypertas_strings(&vm->env, buf, sizeof(buf));

	for (unsigned i = 0; rtas_function(i, &token); i++)
		offered += rtas_offered(&vm->env, i);
	assert_int_equal(FAKE_HCALL(vm, H_PUT_TCE, 0x12345, 0, 0), H_PARAMETER);
	vm->env.phbs = &(struct phb_set){.count = 0};
	assert_int_equal(hcall_hypertas_strings(&vm->env, buf, sizeof(buf)),
			 len - (int)sizeof("hcall-tce") - (int)sizeof("hcall-multi-tce"));
	assert_int_equal(FAKE_HCALL(vm, H_PUT_TCE, 0x12345, 0, 0), H_FUNCTION);
	assert_int_equal(fake_rtas(vm, "ibm,read-pci-config", 4, args, 2, results), RTAS_PARAMETER);
	for (unsigned i = 0; rtas_function(i, &token); i++)
		without += rtas_offered(&vm->env, i);
	assert_int_equal(offered - without, 16);
	vm->env.phbs = &vm->phbs;
}

static void terminals_write(void **state)
{
	assert_int_equal(FAKE_HCALL(vm, H_PUT_TERM_CHAR, VTY0, 0), H_SUCCESS);
	assert_int_equal(FAKE_HCALL(vm, H_PUT_TERM_CHAR, VTY0, 16, 1, 2), H_SUCCESS);
	assert_int_equal(FAKE_HCALL(vm, H_PUT_TERM_CHAR, VTY1, 1, 1, 2), H_SUCCESS);
	assert_int_equal(FAKE_HCALL(vm, H_PUT_TERM_CHAR, VTY0, 17, 1, 2), H_PARAMETER);
	assert_int_equal(FAKE_HCALL(vm, H_PUT_TERM_CHAR, VTY0, ~0ULL, 1, 2), H_PARAMETER);
	assert_int_equal(FAKE_HCALL(vm, H_PUT_TERM_CHAR, VTY0 + FAKE_VTYS, 1), H_PARAMETER);
	assert_int_equal(FAKE_HCALL(vm, H_PUT_TERM_CHAR, VTY0 | 1ULL << 32, 1), H_PARAMETER);
}

static void terminals_read(void **state)
{
	uint64_t in[HCALL_ARGS] = {VTY1}, out[HCALL_ARGS];

	assert_int_equal(fake_hcall(vm, 0, H_GET_TERM_CHAR, in, out), H_SUCCESS);
	assert_int_equal(out[0], 0);
	assert_int_equal(fake_type(vm, 1, "abcdefghijklmnopqr"), 18);
	assert_int_equal(fake_hcall(vm, 0, H_GET_TERM_CHAR, in, out), H_SUCCESS);
	assert_int_equal(out[0], 16);
	assert_int_equal(out[1], 0x6162636465666768);
	assert_int_equal(out[2], 0x696a6b6c6d6e6f70);
	assert_int_equal(fake_hcall(vm, 0, H_GET_TERM_CHAR, in, out), H_SUCCESS);
	assert_int_equal(out[0], 2);
	assert_int_equal(out[1], 0x7172000000000000);
	assert_int_equal(FAKE_HCALL(vm, H_GET_TERM_CHAR, VTY0 + FAKE_VTYS), H_PARAMETER);
}

/* Input raises the interrupt unless H_VIO_SIGNAL has turned it off. */
static void terminals_signal(void **state)
{
	uint64_t in[HCALL_ARGS] = {0}, out[HCALL_ARGS];

	assert_int_equal(FAKE_HCALL(vm, H_VIO_SIGNAL, VTY0, 2), H_PARAMETER);
	assert_int_equal(FAKE_HCALL(vm, H_VIO_SIGNAL, VTY0 + FAKE_VTYS, 1), H_PARAMETER);
	assert_int_equal(FAKE_RTAS(vm, "ibm,set-xive", 1, NULL, 0x1000, 0, 5), RTAS_SUCCESS);
	assert_int_equal(FAKE_HCALL(vm, 0x68, 0xff), H_SUCCESS); /* H_CPPR */
	assert_int_equal(FAKE_HCALL(vm, H_VIO_SIGNAL, VTY0, 0), H_SUCCESS);
	fake_type(vm, 0, "x");
	assert_false(vm->external[0]);
	assert_int_equal(FAKE_HCALL(vm, H_VIO_SIGNAL, VTY0, 1), H_SUCCESS);
	assert_true(vm->external[0]);
	assert_int_equal(fake_hcall(vm, 0, H_XIRR, in, out), H_SUCCESS);
	assert_int_equal(out[0], 0xff001000);
}

static void logical_memory(void **state)
{
	uint64_t in[HCALL_ARGS] = {0, 0x30000}, out[HCALL_ARGS];
	static const uint64_t values[] = {0x77, 0x7788, 0x55667788, 0x1122334455667788};

	for (unsigned i = 0; i < 4; i++) {
		in[0] = 1u << i;
		in[2] = 0x1122334455667788;
		if (i == 0)
			in[2] = 0x77;
		assert_int_equal(fake_hcall(vm, 0, H_LOGICAL_CI_STORE, in, out), H_SUCCESS);
		assert_int_equal(fake_hcall(vm, 0, H_LOGICAL_CI_LOAD, in, out), H_SUCCESS);
		assert_int_equal(out[0], values[i]);
	}
	assert_int_equal(load_be64(vm->ram + 0x30000), 0x1122334455667788);
	for (unsigned size = 0; size < 20; size++)
		if (size != 1 && size != 2 && size != 4 && size != 8)
			assert_int_equal(FAKE_HCALL(vm, H_LOGICAL_CI_LOAD, size, 0x30000), H_PARAMETER);
	assert_int_equal(FAKE_HCALL(vm, H_LOGICAL_CI_LOAD, 4, 0x30002), H_PARAMETER);
	assert_int_equal(FAKE_HCALL(vm, H_LOGICAL_CI_LOAD, 8, FAKE_RAM_SIZE), H_PARAMETER);
	assert_int_equal(FAKE_HCALL(vm, H_LOGICAL_CI_STORE, 8, ~7ULL), H_PARAMETER);
}

static void random_numbers(void **state)
{
	uint64_t in[HCALL_ARGS] = {0}, a[HCALL_ARGS], b[HCALL_ARGS];

	assert_int_equal(fake_hcall(vm, 0, H_RANDOM, in, a), H_SUCCESS);
	assert_int_equal(fake_hcall(vm, 0, H_RANDOM, in, b), H_SUCCESS);
	assert_int_not_equal(a[0], b[0]);
	vm->env.rng = false;
	assert_int_equal(fake_hcall(vm, 0, H_RANDOM, in, a), H_FUNCTION);
}

static void characteristics(void **state)
{
	uint64_t in[HCALL_ARGS] = {0}, out[HCALL_ARGS];

	assert_int_equal(fake_hcall(vm, 0, H_GET_CPU_CHARACTERISTICS, in, out), H_SUCCESS);
	assert_int_equal(out[0], 0);
	assert_true(out[1] >> 63); /* favours security */
}

/* The firmware tells of an interrupt it got with all ones for the address. */
static void firmware_fault(void **state)
{
	assert_int_equal(FAKE_HCALL(vm, H_VOF_CLIENT, ~0ULL, 0x300, 0x1234, 0), H_HARDWARE);
	assert_int_equal(vm->crashes, 1);
	assert_int_equal(FAKE_HCALL(vm, H_VOF_CLIENT, FAKE_RAM_SIZE), -1);
	assert_int_equal(FAKE_HCALL(vm, H_VOF_CLIENT, 0xfffffff8), -1);
	assert_int_equal(vm->crashes, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(unknown_calls, setup),
		cmocka_unit_test_setup(sets, setup),
		cmocka_unit_test_setup(calls_of_the_bridge, setup),
		cmocka_unit_test_setup(terminals_write, setup),
		cmocka_unit_test_setup(terminals_read, setup),
		cmocka_unit_test_setup(terminals_signal, setup),
		cmocka_unit_test_setup(logical_memory, setup),
		cmocka_unit_test_setup(random_numbers, setup),
		cmocka_unit_test_setup(characteristics, setup),
		cmocka_unit_test_setup(firmware_fault, setup),
	};
	int r;

	vm = fake_vm_new();
	r = cmocka_run_group_tests_name("hcalls/hcall", tests, NULL, NULL);
	fake_vm_free(vm);
	return r;
}
