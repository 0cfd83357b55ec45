/* SPDX-License-Identifier: GPL-2.0-or-later */
/* H-calls for kvm_pr: which words are taken for one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "vof/hypercalls.h"

static void both_byte_orders(void **state)
{
	uint8_t code[] = {
		0x44, 0x00, 0x00, 0x22, /* sc 1 */
		0x22, 0x00, 0x00, 0x44, /* the same of the other byte order */
		0x44, 0x00, 0x00, 0x02, /* sc 0 */
		0x02, 0x00, 0x00, 0x44,
		0x00, 0x00, 0x44, 0x00, /* across two words */
		0x00, 0x22, 0x00, 0x00,
		0x44, 0x00, 0x00, /* cut off */
	};
	const uint8_t want[] = {
		0x7c, 0x00, 0x02, 0x68, 0x68, 0x02, 0x00, 0x7c, 0x44, 0x00, 0x00, 0x02, 0x02, 0x00,
		0x00, 0x44, 0x00, 0x00, 0x44, 0x00, 0x00, 0x22, 0x00, 0x00, 0x44, 0x00, 0x00,
	};

	assert_int_equal(hypercalls_replace(code, sizeof(code)), 2);
	assert_memory_equal(code, want, sizeof(want));
	assert_int_equal(hypercalls_replace(code, sizeof(code)), 0);
	assert_int_equal(hypercalls_replace(code, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(both_byte_orders)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
