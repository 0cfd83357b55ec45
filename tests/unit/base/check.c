/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of vmm/base/check.h, bits.h and byteorder.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "vmm/base/bits.h"
#include "vmm/base/byteorder.h"
#include "vmm/base/check.h"

static void sums_and_products(void **state)
{
	uint64_t r;

	assert_true(check_add_u64(UINT64_MAX - 1, 1, &r));
	assert_int_equal(r, UINT64_MAX);
	assert_false(check_add_u64(UINT64_MAX, 1, &r));
	assert_true(check_mul_u64(1ULL << 32, (1ULL << 32) - 1, &r));
	assert_false(check_mul_u64(1ULL << 32, 1ULL << 32, &r));
}

static void ranges(void **state)
{
	assert_true(check_range_u64(0, 10, 10));
	assert_true(check_range_u64(10, 0, 10));
	assert_false(check_range_u64(11, 0, 10));
	assert_false(check_range_u64(1, 10, 10));
	assert_false(check_range_u64(1, UINT64_MAX, 10));
	assert_false(check_range_u64(UINT64_MAX, 1, UINT64_MAX));
	assert_true(check_range_u64(UINT64_MAX, 0, UINT64_MAX));
}

static void bit_numbers(void **state)
{
	assert_int_equal(PPC_BIT(0), 1ULL << 63);
	assert_int_equal(PPC_BIT(63), 1);
	assert_int_equal(PPC_BITMASK(60, 63), 15);
	assert_int_equal(PPC_BITMASK(0, 63), UINT64_MAX);
	assert_int_equal(ppc_field(0x1234ULL << 48, 4, 7), 2);
	assert_int_equal(ppc_field32(0x12345678, 28, 31), 8);
	assert_int_equal(ppc_field32(0xffffffff, 0, 31), 0xffffffff);
	assert_int_equal(align_up(0x1001, 0x1000), 0x2000);
	assert_int_equal(align_up(0x1000, 0x1000), 0x1000);
}

static void byte_orders(void **state)
{
	uint8_t b[9] = {0};

	store_be32(b + 1, 0x01020304);
	assert_int_equal(b[1], 1);
	assert_int_equal(load_le32(b + 1), 0x04030201);
	store_le64(b + 1, 0x0102030405060708);
	assert_int_equal(b[8], 1);
	assert_int_equal(load_be64(b + 1), 0x0807060504030201);
	store_be16(b, 0xabcd);
	assert_int_equal(load_be16(b), 0xabcd);
	assert_int_equal(load_le16(b), 0xcdab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_and_products),
		cmocka_unit_test(ranges),
		cmocka_unit_test(bit_numbers),
		cmocka_unit_test(byte_orders),
	};

	return cmocka_run_group_tests_name("base/check", tests, NULL, NULL);
}
