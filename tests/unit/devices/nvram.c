/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of devices/nvram.h. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <cmocka.h>

#include "devices/nvram.h"
#include "vmm/base/byteorder.h"

static char folder[] = "/tmp/paprika-nvram-XXXXXX", path[64];

static int setup(void **state)
{
	strcpy(folder + strlen(folder) - 6, "XXXXXX");
	assert_non_null(mkdtemp(folder));
	strcpy(path, folder);
	strcat(path, "/nvram");
	return 0;
}

static int teardown(void **state)
{
	unlink(path);
	rmdir(folder);
	return 0;
}

/* The checksum of a partition's header: bytes added with the carry, the checksum's own left out. */
static uint8_t checksum(const uint8_t *head)
{
	unsigned sum = head[0];

	for (unsigned i = 2; i < 16; i++) {
		sum += head[i];
		if (sum > 0xff)
			sum = (sum & 0xff) + 1;
	}
	return (uint8_t)sum;
}

/* A new one holds partitions, here one, from its start to its very end. */
static void is_formatted(void **state)
{
	struct nvram *n;
	uint8_t head[16];
	uint32_t at = 0;

	assert_int_equal(nvram_new(NULL, &n), 0);
	while (at < NVRAM_SIZE) {
		assert_int_equal(nvram_fetch(n, at, head, sizeof(head)), 0);
		assert_int_equal(head[0], 0x7f); /* free */
		assert_int_equal(head[1], checksum(head));
		assert_int_not_equal(head[1], 0);
		assert_memory_equal(head + 4, "wwwwwwwwwwww", 12); /* 0x77, as free space is called */
		assert_int_not_equal(load_be16(head + 2), 0);
		at += 16u * load_be16(head + 2);
	}
	assert_int_equal(at, NVRAM_SIZE);
	nvram_free(n);
}

static void ranges(void **state)
{
	struct nvram *n;
	uint8_t b[4] = {0};

	assert_int_equal(nvram_new(NULL, &n), 0);
	assert_int_equal(nvram_store(n, NVRAM_SIZE - 4, "abcd", 4), 0);
	assert_int_equal(nvram_store(n, NVRAM_SIZE - 3, "abcd", 4), -EINVAL);
	assert_int_equal(nvram_store(n, UINT32_MAX, "abcd", 4), -EINVAL);
	assert_int_equal(nvram_fetch(n, NVRAM_SIZE - 3, b, 4), -EINVAL);
	assert_int_equal(nvram_fetch(n, NVRAM_SIZE, b, 0), 0);
	assert_int_equal(nvram_fetch(n, NVRAM_SIZE - 4, b, 4), 0);
	assert_memory_equal(b, "abcd", 4);
	nvram_free(n);
}

static void a_file_keeps_it(void **state)
{
	struct nvram *n;
	uint8_t b[4];
	int fd;

	if (syscall(SYS_pwritev2, -1, NULL, 0, 0, 0, 0) < 0 && errno == ENOSYS) {
		print_message("no pwritev2: qemu-user 7.2?\n");
		skip();
	}
	assert_int_equal(nvram_new(path, &n), 0);
	assert_int_equal(nvram_store(n, 1000, "kept", 4), 0);
	fd = open(path, O_RDONLY); /* when the call returns it is there */
	assert_int_equal(pread(fd, b, 4, 1000), 4);
	assert_memory_equal(b, "kept", 4);
	assert_int_equal(lseek(fd, 0, SEEK_END), NVRAM_SIZE);
	close(fd);
	nvram_free(n);
	assert_int_equal(nvram_new(path, &n), 0);
	assert_int_equal(nvram_fetch(n, 1000, b, 4), 0);
	assert_memory_equal(b, "kept", 4);
	nvram_free(n);
}

static void other_files_are_left_alone(void **state)
{
	struct nvram *n = NULL;
	int fd = open(path, O_RDWR | O_CREAT, 0600);

	assert_int_equal(write(fd, "text", 4), 4);
	assert_int_equal(nvram_new(path, &n), -EINVAL);
	assert_int_equal(lseek(fd, 0, SEEK_END), 4);
	close(fd);
	assert_int_equal(nvram_new("/nowhere/at/all", &n), -ENOENT);
	assert_int_equal(nvram_new("/dev/null", &n), -EINVAL);
	assert_null(n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_formatted),
		cmocka_unit_test(ranges),
		cmocka_unit_test_setup_teardown(a_file_keeps_it, setup, teardown),
		cmocka_unit_test_setup_teardown(other_files_are_left_alone, setup, teardown),
	};

	return cmocka_run_group_tests_name("devices/nvram", tests, NULL, NULL);
}
