/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of fdt/writer.h. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <libfdt.h>
#include <cmocka.h>

#include "fdt/writer.h"

static struct fdt_writer *w;
static void *blob;
static size_t len;

static int setup(void **state)
{
	blob = NULL;
	return fdt_writer_new(&w);
}

static int teardown(void **state)
{
	fdt_writer_free(w);
	free(blob);
	return 0;
}

static void values(void **state)
{
	const uint32_t cells[] = {1, 0xfffffffe};
	int node, n;

	fdt_begin(w, "");
	fdt_begin_unit(w, "node", 0x1234abcdULL << 8);
	fdt_prop_empty(w, "empty");
	fdt_prop_u32(w, "word", 0x01020304);
	fdt_prop_u64(w, "double", 0x0102030405060708ULL);
	fdt_prop_str(w, "text", "abc");
	fdt_prop_cells(w, "cells", cells, 2);
	fdt_end(w);
	fdt_end(w);
	assert_int_equal(fdt_writer_finish(w, &blob, &len), 0);
	assert_int_equal(fdt_check_full(blob, len), 0);
	node = fdt_path_offset(blob, "/node@1234abcd00");
	assert_true(node > 0);
	assert_non_null(fdt_getprop(blob, node, "empty", &n));
	assert_int_equal(n, 0);
	assert_memory_equal(fdt_getprop(blob, node, "word", &n), "\1\2\3\4", 4);
	assert_memory_equal(fdt_getprop(blob, node, "double", &n), "\1\2\3\4\5\6\7\10", 8);
	assert_string_equal(fdt_getprop(blob, node, "text", &n), "abc");
	assert_int_equal(n, 4);
	assert_memory_equal(fdt_getprop(blob, node, "cells", &n), "\0\0\0\1\xff\xff\xff\xfe", 8);
}

/* Beyond the first buffer's size, all is still there. */
static void grows(void **state)
{
	char big[9000];

	memset(big, 'x', sizeof(big));
	fdt_begin(w, "");
	for (unsigned i = 0; i < 50; i++) {
		fdt_begin_unit(w, "n", i);
		fdt_prop_bytes(w, "big", big, sizeof(big));
		fdt_end(w);
	}
	fdt_end(w);
	assert_int_equal(fdt_writer_finish(w, &blob, &len), 0);
	assert_int_equal(fdt_check_full(blob, len), 0);
	assert_true(fdt_path_offset(blob, "/n@0") > 0 && fdt_path_offset(blob, "/n@31") > 0);
}

static void has_a_limit(void **state)
{
	char *big = calloc(1, 1 << 20);

	fdt_begin(w, "");
	for (unsigned i = 0; i < 8; i++)
		fdt_prop_bytes(w, "big", big, 1 << 20);
	fdt_end(w);
	assert_int_equal(fdt_writer_finish(w, &blob, &len), -ENOMEM);
	assert_null(blob);
	free(big);
}

static void nodes_must_nest(void **state)
{
	fdt_begin(w, "");
	fdt_begin(w, "open");
	fdt_end(w);
	fdt_end(w);
	fdt_end(w);
	assert_int_equal(fdt_writer_finish(w, &blob, &len), -EINVAL);
	assert_null(blob);
}

static void nodes_must_end(void **state)
{
	fdt_begin(w, "");
	fdt_begin(w, "open");
	fdt_end(w);
	assert_int_equal(fdt_writer_finish(w, &blob, &len), -EINVAL);
}

static void too_many_cells(void **state)
{
	uint32_t cells[65] = {0};

	fdt_begin(w, "");
	fdt_prop_cells(w, "cells", cells, 65);
	fdt_end(w);
	assert_int_equal(fdt_writer_finish(w, &blob, &len), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(values, setup, teardown),
		cmocka_unit_test_setup_teardown(grows, setup, teardown),
		cmocka_unit_test_setup_teardown(has_a_limit, setup, teardown),
		cmocka_unit_test_setup_teardown(nodes_must_nest, setup, teardown),
		cmocka_unit_test_setup_teardown(nodes_must_end, setup, teardown),
		cmocka_unit_test_setup_teardown(too_many_cells, setup, teardown),
	};

	return cmocka_run_group_tests_name("fdt/writer", tests, NULL, NULL);
}
