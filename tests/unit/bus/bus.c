/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The address map: who answers an access, and that nobody answers half of one. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "vmm/bus/bus.h"

static uint64_t wrote_at, wrote;

static uint64_t fake_read(void *ctx, uint64_t offset, unsigned len)
{
	return (uint64_t)(uintptr_t)ctx << 32 | offset << 8 | len;
}

static void fake_write(void *ctx, uint64_t offset, unsigned len, uint64_t value)
{
	wrote_at = offset;
	wrote = value;
}

static const struct bus_ops ops = {.read = fake_read, .write = fake_write};

static void add_range(struct bus *bus, uint64_t base, uint64_t size, uintptr_t who, int want)
{
	assert_int_equal(bus_add(bus, GPA(base), size, &ops, (void *)who), want);
}

static void test_ranges_stay_apart(void **state)
{
	struct bus bus = {0};

	add_range(&bus, 0x2000, 0x1000, 1, 0);
	add_range(&bus, 0x4000, 0x1000, 2, 0);
	add_range(&bus, 0x3000, 0x1000, 3, 0);
	add_range(&bus, 0x2000, 0x1000, 4, -EBUSY);
	add_range(&bus, 0x2fff, 1, 4, -EBUSY);
	add_range(&bus, 0x1000, 0x1001, 4, -EBUSY);
	add_range(&bus, 0x1000, 0x9000, 4, -EBUSY);
	add_range(&bus, 0x1000, 0, 4, -EINVAL);
	add_range(&bus, UINT64_MAX, 2, 4, -EINVAL);
	add_range(&bus, 0x1fff, 1, 4, 0);
	assert_int_equal(bus.count, 4);
}

static void test_access(void **state)
{
	struct bus bus = {0};
	uint64_t v = 7;

	add_range(&bus, 0x4000, 0x1000, 2, 0);
	add_range(&bus, 0x2000, 0x1000, 1, 0);
	assert_true(bus_read(&bus, GPA(0x2ff8), 8, &v));
	assert_int_equal(v, 1ULL << 32 | 0xff8 << 8 | 8);
	assert_true(bus_read(&bus, GPA(0x4000), 1, &v));
	assert_int_equal(v, 2ULL << 32 | 1);
	assert_true(bus_write(&bus, GPA(0x4010), 4, 0x12345678));
	assert_int_equal(wrote_at, 0x10);
	assert_int_equal(wrote, 0x12345678);
	/* outside, and across an end */
	v = 7;
	assert_false(bus_read(&bus, GPA(0x1fff), 1, &v));
	assert_false(bus_read(&bus, GPA(0x2ff9), 8, &v));
	assert_false(bus_read(&bus, GPA(0x3000), 1, &v));
	assert_false(bus_write(&bus, GPA(0x4ffd), 4, 0));
	assert_false(bus_read(&bus, GPA(UINT64_MAX), 8, &v));
	assert_int_equal(v, 7);
}

static void test_full(void **state)
{
	struct bus bus = {0};

	for (unsigned i = 0; i < BUS_RANGES_MAX; i++)
		add_range(&bus, 0x1000 * i, 0x1000, i, 0);
	add_range(&bus, 0x100000, 1, 1, -ENOSPC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ranges_stay_apart),
		cmocka_unit_test(test_access),
		cmocka_unit_test(test_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
