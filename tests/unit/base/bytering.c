/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of vmm/base/bytering.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "vmm/base/bytering.h"

/* What goes in comes out, in order, however the pieces fall. */
static void order(void **state)
{
	struct bytering r;
	uint8_t in = 0, out = 0, buf[13];
	unsigned moved = 0;

	assert_int_equal(bytering_init(&r, 17), 0);
	srand(1);
	while (moved < 100000) {
		size_t n = (size_t)rand() % sizeof(buf) + 1, put, got;

		for (size_t i = 0; i < n; i++)
			buf[i] = (uint8_t)(in + i);
		put = bytering_put(&r, buf, n);
		in = (uint8_t)(in + put);
		got = bytering_get(&r, buf, (size_t)rand() % sizeof(buf) + 1);
		for (size_t i = 0; i < got; i++)
			assert_int_equal(buf[i], out++);
		moved += (unsigned)got;
	}
	bytering_done(&r);
}

static void bounds(void **state)
{
	struct bytering r;
	uint8_t buf[8] = "abcdefg";

	assert_int_equal(bytering_init(&r, 5), 0);
	assert_int_equal(bytering_put(&r, buf, 7), 5);
	assert_int_equal(bytering_room(&r), 0);
	assert_int_equal(bytering_put(&r, buf, 1), 0);
	bytering_clear(&r);
	bytering_put_last(&r, buf, 3);
	bytering_put_last(&r, buf + 3, 4);
	assert_int_equal(bytering_get(&r, buf, 8), 5);
	assert_memory_equal(buf, "cdefg", 5);
	bytering_done(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order),
		cmocka_unit_test(bounds),
	};

	return cmocka_run_group_tests_name("base/bytering", tests, NULL, NULL);
}
