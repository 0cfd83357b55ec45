/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes that tell where in a stream they belong, as unit tests of streams expect them. Behind cmocka.h. */
#ifndef PAPRIKA_TESTS_FAKE_PATTERN_H
#define PAPRIKA_TESTS_FAKE_PATTERN_H

#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#define PATTERN_WAIT_MS 5000

static inline uint8_t pattern(size_t i)
{
	return (uint8_t)(i * 2654435761u >> 13);
}

/* From @fd come the bytes from @from to @to. */
static inline void expect(int fd, size_t from, size_t to)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	while (from < to) {
		uint8_t buf[4096];
		ssize_t n;

		assert_int_equal(poll(&p, 1, PATTERN_WAIT_MS), 1);
		n = read(fd, buf, to - from < sizeof(buf) ? to - from : sizeof(buf));
		assert_true(n > 0);
		for (ssize_t i = 0; i < n; i++)
			assert_int_equal(buf[i], pattern(from++));
	}
}

static inline void expect_nothing(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	assert_int_equal(poll(&p, 1, 100), 0);
}

#endif
