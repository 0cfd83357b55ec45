/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of devices/rtc.h. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "devices/rtc.h"

static void begins_with_the_hosts(void **state)
{
	struct rtc rtc = {0};
	struct tm tm;
	uint32_t ns;
	time_t now = time(NULL);

	rtc_get(&rtc, &tm, &ns);
	assert_in_range(timegm(&tm) - now, 0, 10);
	assert_in_range(ns, 0, 999999999);
}

static void keeps_what_is_set(void **state)
{
	struct rtc rtc = {0};
	struct tm set = {.tm_year = 1999 - 1900, .tm_mon = 11, .tm_mday = 31, .tm_hour = 23,
			 .tm_min = 59, .tm_sec = 59}, got;
	uint32_t ns;

	assert_int_equal(rtc_set(&rtc, &set), 0);
	rtc_get(&rtc, &got, &ns);
	assert_in_range(timegm(&got) - timegm(&set), 0, 10);
	set.tm_year = 9999 - 1900; /* far beyond 2038 */
	assert_int_equal(rtc_set(&rtc, &set), 0);
	set.tm_year = 2050 - 1900;
	assert_int_equal(rtc_set(&rtc, &set), 0);
	rtc_get(&rtc, &got, &ns);
	assert_int_equal(got.tm_year, set.tm_year + (got.tm_mon == 0));
}

static void refuses_no_dates(void **state)
{
	static const struct tm bad[] = {
		{.tm_year = 69, .tm_mday = 1},
		{.tm_year = 8100, .tm_mday = 1},
		{.tm_year = 124, .tm_mon = 12, .tm_mday = 1},
		{.tm_year = 124, .tm_mon = -1, .tm_mday = 1},
		{.tm_year = 124, .tm_mday = 0},
		{.tm_year = 123, .tm_mon = 1, .tm_mday = 29},
		{.tm_year = 124, .tm_mon = 3, .tm_mday = 31},
		{.tm_year = 124, .tm_mday = 1, .tm_hour = 24},
		{.tm_year = 124, .tm_mday = 1, .tm_min = 60},
		{.tm_year = 124, .tm_mday = 1, .tm_sec = 60},
	};
	struct rtc rtc = {.offset_s = 77};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(rtc_set(&rtc, &bad[i]), -EINVAL);
	assert_int_equal(atomic_load(&rtc.offset_s), 77);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(begins_with_the_hosts),
		cmocka_unit_test(keeps_what_is_set),
		cmocka_unit_test(refuses_no_dates),
	};

	return cmocka_run_group_tests_name("devices/rtc", tests, NULL, NULL);
}
