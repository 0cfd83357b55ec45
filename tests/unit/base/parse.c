/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of vmm/base/parse.h. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "vmm/base/parse.h"

static void sizes(void **state)
{
	uint64_t v = 0;

	assert_int_equal(parse_size("512", &v), 0);
	assert_int_equal(v, 512);
	assert_int_equal(parse_size("2G", &v), 0);
	assert_int_equal(v, 2ULL << 30);
	assert_int_equal(parse_size("3k", &v), 0);
	assert_int_equal(v, 3072);
	assert_int_equal(parse_size("", &v), -EINVAL);
	assert_int_equal(parse_size("G", &v), -EINVAL);
	assert_int_equal(parse_size("1GB", &v), -EINVAL);
	assert_int_equal(parse_size("-1", &v), -EINVAL);
	assert_int_equal(parse_size("99999999999999999999", &v), -ERANGE);
	assert_int_equal(parse_size("18446744073709551615T", &v), -ERANGE);
}

static void numbers(void **state)
{
	uint64_t v = 0;

	assert_int_equal(parse_unsigned("7", 7, &v), 0);
	assert_int_equal(v, 7);
	assert_int_equal(parse_unsigned("8", 7, &v), -ERANGE);
	assert_int_equal(parse_unsigned("7x", 7, &v), -EINVAL);
}

static void items(void **state)
{
	const char *list = "a,b=c,,d=", *key, *value;
	char buf[8];

	assert_true(parse_item(&list, buf, sizeof(buf), &key, &value));
	assert_null(key);
	assert_string_equal(value, "a");
	assert_true(parse_item(&list, buf, sizeof(buf), &key, &value));
	assert_string_equal(key, "b");
	assert_string_equal(value, "c");
	assert_true(parse_item(&list, buf, sizeof(buf), &key, &value));
	assert_string_equal(value, "");
	assert_true(parse_item(&list, buf, sizeof(buf), &key, &value));
	assert_string_equal(key, "d");
	assert_string_equal(value, "");
	assert_false(parse_item(&list, buf, sizeof(buf), &key, &value));
}

static void texts(void **state)
{
	char *text = NULL;

	assert_true(parse_is_name("aZ0_.-"));
	assert_false(parse_is_name(""));
	assert_false(parse_is_name("a/b"));
	assert_int_equal(parse_copy("one", &text), 0);
	assert_int_equal(parse_copy("another", &text), 0);
	assert_string_equal(text, "another");
	free(text);
}

static void distance(void **state)
{
	assert_int_equal(parse_distance("memory", "memory"), 0);
	assert_int_equal(parse_distance("memry", "memory"), 1);
	assert_int_equal(parse_distance("cpu", "cpus"), 1);
	assert_int_equal(parse_distance("", "abc"), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes),
		cmocka_unit_test(numbers),
		cmocka_unit_test(items),
		cmocka_unit_test(texts),
		cmocka_unit_test(distance),
	};

	return cmocka_run_group_tests_name("base/parse", tests, NULL, NULL);
}
