/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of hcalls/shared.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/fake/vm.h"

#define H_GET_PPP 0xec
#define H_SET_PPP 0xf0
#define H_PURR    0xf4

static struct fake_vm *vm;

static int setup(void **state)
{
	fake_vm_reset(vm);
	return 0;
}

static void parameters_tell_of_shared_processors(void **state)
{
	static const uint64_t in[HCALL_ARGS];
	uint64_t out[HCALL_ARGS] = {0};

	assert_int_equal(fake_hcall(vm, 0, H_GET_PPP, in, out), H_SUCCESS);
	assert_int_equal(out[0], FAKE_VCPUS * 100);
	assert_int_equal(out[1], 0);
	assert_int_equal(out[2] & 0xffff, 0); /* 0xffff: dedicated */
	assert_int_equal(out[3] >> 48, 0); /* not capped */
	assert_int_equal((out[3] >> 40) & 0xff, 128);
	assert_int_equal((out[3] >> 16) & 0xffff, FAKE_VCPUS);
	assert_int_equal(out[3] & 0xffff, FAKE_VCPUS);
}

static void parameters_stay(void **state)
{
	assert_int_equal(FAKE_HCALL(vm, H_SET_PPP, FAKE_VCPUS * 100, 256), H_PARAMETER);
	assert_int_equal(FAKE_HCALL(vm, H_SET_PPP, FAKE_VCPUS * 100, 128), H_SUCCESS);
	assert_int_equal(FAKE_HCALL(vm, H_SET_PPP, FAKE_VCPUS * 100, 129), H_CONSTRAINED);
	assert_int_equal(FAKE_HCALL(vm, H_SET_PPP, 10, 128), H_CONSTRAINED);
}

static void purr_is_the_callers(void **state)
{
	static const uint64_t in[HCALL_ARGS];
	uint64_t out[HCALL_ARGS] = {0};

	assert_int_equal(fake_hcall(vm, 0, H_PURR, in, out), H_SUCCESS);
	assert_int_equal(out[0], 309);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(parameters_tell_of_shared_processors, setup),
		cmocka_unit_test_setup(parameters_stay, setup),
		cmocka_unit_test_setup(purr_is_the_callers, setup),
	};
	int r;

	vm = fake_vm_new();
	r = cmocka_run_group_tests_name("hcalls/shared", tests, NULL, NULL);
	fake_vm_free(vm);
	return r;
}
