/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of vmm/mem/gmem.h. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include "vmm/mem/gmem.h"

static uint8_t low[8192], high[4096];
static uint64_t hook_gpa, hook_len;

static void hook(void *ctx, gpa_t gpa, uint64_t len)
{
	hook_gpa = gpa.v;
	hook_len = len;
}

static struct gmem *make(void)
{
	struct gmem *m;

	assert_int_equal(gmem_new(&m), 0);
	assert_int_equal(gmem_add(m, GPA(0x100000), sizeof(high), high), 0);
	assert_int_equal(gmem_add(m, GPA(0), sizeof(low), low), 0);
	return m;
}

static void regions(void **state)
{
	struct gmem *m = make();

	assert_int_equal(gmem_end(m), 0x101000);
	assert_int_equal(gmem_add(m, GPA(4096), 4096, low), -EINVAL);
	assert_int_equal(gmem_add(m, GPA(0xff000), 8192, low), -EINVAL);
	assert_int_equal(gmem_add(m, GPA(0x200000), 100, low), -EINVAL);
	assert_int_equal(gmem_add(m, GPA(~0xfffULL), 8192, low), -EINVAL);
	gmem_free(m);
}

static void access_is_all_or_nothing(void **state)
{
	struct gmem *m = make();
	uint8_t buf[16] = {0};
	uint64_t v;

	assert_int_equal(gmem_write_be64(m, GPA(8), 0x0102030405060708ULL), 0);
	assert_int_equal(low[8], 1);
	assert_int_equal(gmem_read_be64(m, GPA(8), &v), 0);
	assert_true(v == 0x0102030405060708ULL);
	low[8191] = 7;
	assert_int_equal(gmem_write(m, GPA(8191), buf, 2), -EFAULT);
	assert_int_equal(low[8191], 7);
	assert_int_equal(gmem_read(m, GPA(8192), buf, 1), -EFAULT);
	assert_int_equal(gmem_read(m, GPA(~0ULL), buf, 16), -EFAULT);
	assert_null(gmem_span(m, GPA(0), ~0ULL));
	assert_null(gmem_span(m, GPA(1), 8192));
	assert_non_null(gmem_span(m, GPA(0), 8192));
	gmem_free(m);
}

static void strings(void **state)
{
	struct gmem *m = make();
	char buf[8];

	memcpy(low + 100, "hello", 6);
	assert_int_equal(gmem_read_str(m, GPA(100), buf, sizeof(buf)), 0);
	assert_string_equal(buf, "hello");
	assert_int_equal(gmem_read_str(m, GPA(100), buf, 5), -ENAMETOOLONG);
	memset(low + 8190, 'x', 2);
	assert_int_equal(gmem_read_str(m, GPA(8190), buf, sizeof(buf)), -EFAULT);
	gmem_free(m);
}

static void writes_are_told(void **state)
{
	struct gmem *m = make();

	gmem_set_write_hook(m, hook, NULL);
	assert_int_equal(gmem_set(m, GPA(0x100010), 0, 32), 0);
	assert_int_equal(hook_gpa, 0x100010);
	assert_int_equal(hook_len, 32);
	gmem_free(m);
}

/* Into the file behind a region, told like any write; as memory where there is none. */
static void loads_go_to_the_file(void **state)
{
	int fd = memfd_create("test", MFD_CLOEXEC);
	struct gmem *m;
	char back[5] = "";

	assert_true(fd >= 0 && ftruncate(fd, 4096) == 0);
	assert_int_equal(gmem_new(&m), 0);
	assert_int_equal(gmem_add(m, GPA(0), 4096, low), 0);
	assert_int_equal(gmem_add(m, GPA(0x10000), 4096, low + 4096), 0);
	gmem_back(m, GPA(0), fd);
	gmem_set_write_hook(m, hook, NULL);
	memset(low, 0, 8192);
	assert_int_equal(gmem_load(m, GPA(4000), "file", 5), 0);
	assert_int_equal(hook_gpa, 4000);
	assert_int_equal(hook_len, 5);
	assert_int_equal(pread(fd, back, 5, 4000), 5);
	assert_string_equal(back, "file");
	assert_int_equal(low[4000], 0);
	assert_int_equal(gmem_load(m, GPA(0x10000), "memory", 7), 0);
	assert_string_equal((char *)low + 4096, "memory");
	assert_int_equal(gmem_load(m, GPA(4094), "file", 5), -EFAULT);
	close(fd);
	assert_int_equal(gmem_load(m, GPA(4000), "file", 5), -EBADF);
	gmem_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(regions),
		cmocka_unit_test(access_is_all_or_nothing),
		cmocka_unit_test(strings),
		cmocka_unit_test(writes_are_told),
		cmocka_unit_test(loads_go_to_the_file),
	};

	return cmocka_run_group_tests_name("mem/gmem", tests, NULL, NULL);
}
