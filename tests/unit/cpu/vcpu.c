/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of vmm/cpu/vcpu.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include <cmocka.h>

#include "tests/fake/vm.h"

static uint64_t cpu_time_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

/* Several parked vCPUs sleep: they do not keep each other awake. */
static void parked_means_asleep(void **state)
{
	struct fake_vm *vm = fake_vm_new();
	struct timespec wait = {.tv_nsec = 200000000};
	uint64_t before = cpu_time_ms();

	assert_int_equal(vcpu_start(vcpus_get(vm->vcpus, 1), 0, 0, 0), 0);
	nanosleep(&wait, NULL);
	assert_in_range(cpu_time_ms() - before, 0, 60);
	fake_vm_free(vm);
}

static void starts_once(void **state)
{
	struct fake_vm *vm = fake_vm_new();
	struct vcpu *v = vcpus_get(vm->vcpus, 2);

	assert_true(vcpu_is_stopped(v));
	assert_int_equal(vcpu_start(v, 0x1000, 7, 1), 0);
	assert_false(vcpu_is_stopped(v));
	assert_true(vcpu_start(v, 0x2000, 8, 2) < 0);
	assert_int_equal(vm->back[2].regs.pc, 0x1000);
	assert_null(vcpus_by_server(vm->vcpus, FAKE_VCPUS));
	fake_vm_free(vm);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parked_means_asleep),
		cmocka_unit_test(starts_once),
	};

	return cmocka_run_group_tests_name("cpu/vcpu", tests, NULL, NULL);
}
