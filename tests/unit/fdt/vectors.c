/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of fdt/vectors.h. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "fdt/vectors.h"

#define PVR     0x004e1202
#define LOGICAL 0x0f000005

static const uint8_t good[] = {
	0xff, 0xff, 0x00, 0x00, 0x00, 0x4e, 0x00, 0x00, /* POWER9 */
	0xff, 0xff, 0xff, 0xfe, 0x0f, 0x00, 0x00, 0x01, /* the end */
	4,                                              /* five vectors */
	0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0xff, 0, 0,
};

static void understands(void **state)
{
	struct vectors v;
	uint8_t answer[OV5_LEN];

	assert_int_equal(vectors_parse(good, sizeof(good), PVR, LOGICAL, &v), 0);
	assert_true(v.pvr_matches);
	assert_int_equal(v.option_len[5], 5);
	assert_int_equal(vectors_answer_5(&v, true, answer), OV5_LEN);
	assert_int_equal(answer[0], OV5_LEN - 2);
	assert_int_equal(answer[2], 0x80); /* of all that was asked, what there is */
	assert_int_equal(answer[OV5_MMU], 0x40);
	assert_int_equal(vectors_parse(good, sizeof(good), 0x00800000, 0x0f000006, &v), 0);
	assert_false(v.pvr_matches);
}

static void refuses_what_runs_over(void **state)
{
	struct vectors v;

	for (size_t len = 0; len < sizeof(good); len++) {
		uint8_t *copy = malloc(len ? len : 1);

		memcpy(copy, good, len);
		assert_int_equal(vectors_parse(copy, len, PVR, LOGICAL, &v), -EINVAL);
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(understands),
		cmocka_unit_test(refuses_what_runs_over),
	};

	return cmocka_run_group_tests_name("fdt/vectors", tests, NULL, NULL);
}
