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

	assert_int_equal(vectors_parse(good, sizeof(good), &v), 0);
	assert_true(vectors_accept(&v, PVR));
	assert_false(vectors_accept(&v, LOGICAL));
	assert_false(vectors_accept(&v, 0x00800200));
	assert_int_equal(v.option_len[5], 5);
	assert_int_equal(vectors_answer_5(&v, &(struct vectors_offer){.radix = true, .rng = true}, answer), OV5_LEN);
	assert_int_equal(answer[0], OV5_LEN - 2);
	assert_int_equal(answer[2], 0x81); /* of all that was asked, what there is */
	assert_int_equal(answer[OV5_MMU], 0x40);
}

/* The last entry counts: "any processor" is a list of one. */
static void the_last_processor_counts(void **state)
{
	static const uint8_t any[] = {0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0};
	static const uint8_t compliant[] = {0xff, 0, 0, 0, 0x0f, 0xff, 0xff, 0xff, 0, 0, 0};
	struct vectors v;

	assert_int_equal(vectors_parse(any, sizeof(any), &v), 0);
	assert_true(vectors_accept(&v, PVR));
	assert_true(vectors_accept(&v, LOGICAL));
	assert_int_equal(vectors_parse(compliant, sizeof(compliant), &v), 0);
	assert_true(vectors_accept(&v, LOGICAL));
	assert_false(vectors_accept(&v, 0x10000000));
}

/* What a vector with these bytes (1: ignore, 24: MMU) gets: 'h', 'r', or 'n' for nothing. */
static char chosen(uint8_t one, uint8_t mmu, size_t len, bool hash, bool radix)
{
	uint8_t five[OV5_LEN] = {[1] = one, [OV5_MMU] = mmu};
	struct vectors v = {.option[OPTION_VECTOR_5] = five, .option_len[OPTION_VECTOR_5] = len};
	bool is_radix;

	if (vectors_choose_mmu(&v, hash, radix, &is_radix))
		return 'n';
	return is_radix ? 'r' : 'h';
}

static void each_mmu_meets_each_wish(void **state)
{
	static const struct {
		uint8_t one, mmu;
		size_t len;
		char both, radix_alone, hash_alone;
	} cases[] = {
		{0, OV5_MMU_RADIX, OV5_LEN, 'r', 'r', 'n'},
		{0, OV5_MMU_EITHER, OV5_LEN, 'r', 'r', 'h'},
		{0, 0xc0, OV5_LEN, 'r', 'r', 'h'}, /* and may change later */
		{0, OV5_MMU_HASH, OV5_LEN, 'h', 'n', 'h'},
		{0, OV5_MMU_RADIX, 24, 'h', 'n', 'h'}, /* a kernel too old to say: hash */
		{0, 0, 0, 'h', 'n', 'h'},              /* no such vector */
		{0x80, OV5_MMU_HASH, OV5_LEN, 'h', 'r', 'h'}, /* it takes what it gets */
		{0x80, OV5_MMU_RADIX, OV5_LEN, 'r', 'r', 'h'},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t one = cases[i].one, mmu = cases[i].mmu;

		assert_int_equal(chosen(one, mmu, cases[i].len, true, true), cases[i].both);
		assert_int_equal(chosen(one, mmu, cases[i].len, false, true), cases[i].radix_alone);
		assert_int_equal(chosen(one, mmu, cases[i].len, true, false), cases[i].hash_alone);
	}
}

static void answers_for_hash(void **state)
{
	uint8_t five[OV5_LEN] = {[6] = 0xff}, answer[OV5_LEN];
	struct vectors v = {.option[OPTION_VECTOR_5] = five, .option_len[OPTION_VECTOR_5] = OV5_LEN};

	vectors_answer_5(&v, &(struct vectors_offer){.hpt_resize = true}, answer);
	assert_int_equal(answer[OV5_MMU], OV5_MMU_HASH);
	assert_int_equal(answer[OV5_RADIX_EXT], 0);
	assert_int_equal(answer[6], 1);
	five[6] = 0xfe;
	vectors_answer_5(&v, &(struct vectors_offer){.hpt_resize = true}, answer);
	assert_int_equal(answer[6], 0);
	five[6] = 0xff;
	vectors_answer_5(&v, &(struct vectors_offer){.rng = true}, answer);
	assert_int_equal(answer[6], 0);
}

static void random_numbers_are_asked_for(void **state)
{
	uint8_t five[OV5_LEN] = {[17] = 0xff}, answer[OV5_LEN];
	struct vectors v = {.option[OPTION_VECTOR_5] = five, .option_len[OPTION_VECTOR_5] = OV5_LEN};

	vectors_answer_5(&v, &(struct vectors_offer){.radix = true, .rng = true}, answer);
	assert_int_equal(answer[17], 0x80);
	vectors_answer_5(&v, &(struct vectors_offer){.radix = true}, answer);
	assert_int_equal(answer[17], 0);
	five[17] = 0x7f;
	vectors_answer_5(&v, &(struct vectors_offer){.radix = true, .rng = true}, answer);
	assert_int_equal(answer[17], 0);
}

static void refuses_what_runs_over(void **state)
{
	struct vectors v;

	for (size_t len = 0; len < sizeof(good); len++) {
		uint8_t *copy = malloc(len ? len : 1);

		memcpy(copy, good, len);
		assert_int_equal(vectors_parse(copy, len, &v), -EINVAL);
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(understands),
		cmocka_unit_test(the_last_processor_counts),
		cmocka_unit_test(each_mmu_meets_each_wish),
		cmocka_unit_test(answers_for_hash),
		cmocka_unit_test(random_numbers_are_asked_for),
		cmocka_unit_test(refuses_what_runs_over),
	};

	return cmocka_run_group_tests_name("fdt/vectors", tests, NULL, NULL);
}
