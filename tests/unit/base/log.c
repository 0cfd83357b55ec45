/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of vmm/base/log.h: what comes out on standard error. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "vmm/base/log.h"

static int out[2], real_stderr;
static char text[8192];

static int setup(void **state)
{
	assert_int_equal(pipe(out), 0);
	real_stderr = dup(STDERR_FILENO);
	dup2(out[1], STDERR_FILENO);
	close(out[1]);
	return 0;
}

/* Ends the catching; what was caught. */
static const char *caught(void)
{
	ssize_t n, len = 0;

	dup2(real_stderr, STDERR_FILENO);
	while ((n = read(out[0], text + len, sizeof(text) - 1 - (size_t)len)) > 0)
		len += n;
	text[len] = 0;
	return text;
}

static int teardown(void **state)
{
	dup2(real_stderr, STDERR_FILENO);
	close(real_stderr);
	close(out[0]);
	log_set_level(LOG_LEVEL_WARNING);
	return 0;
}

static void levels(void **state)
{
	log_set_level(LOG_LEVEL_WARNING);
	errno = EEXIST;
	log_error("%s %d", "one", 1);
	log_warning("two");
	log_info("three");
	assert_int_equal(errno, EEXIST);
	log_set_level(LOG_LEVEL_ERROR);
	log_warning("four");
	assert_string_equal(caught(), "paprika: one 1\npaprika: two\n");
}

/* Nothing that a guest names reaches the terminal as a command; letters beyond ASCII do. */
static void control_characters(void **state)
{
	log_error("a\033[2Jb\r\nc\x7f \xc3\xa4");
	assert_string_equal(caught(), "paprika: a?[2Jb??c? \xc3\xa4\n");
}

static void long_lines_are_cut(void **state)
{
	char line[5000];
	const char *got;

	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = 0;
	log_error("%s", line);
	got = caught();
	assert_int_equal(strlen(got), 2047);
	assert_int_equal(got[2046], '\n');
}

static unsigned lines(const char *s)
{
	unsigned n = 0;

	for (; *s; s++)
		n += *s == '\n';
	return n;
}

static void what_a_guest_causes_is_limited(void **state)
{
	log_set_level(LOG_LEVEL_DEBUG);
	for (unsigned i = 0; i < 1000; i++)
		log_guest("again");
	assert_in_range(lines(caught()), 1, 25); /* ten a second */
}

static void the_window_opens_again(void **state)
{
	struct log_ratelimit rl = {0};
	unsigned passed = 0;

	for (unsigned i = 0; i < 100; i++)
		passed += log_ratelimit_pass(&rl);
	assert_int_equal(passed, 10);
	rl.window_ns -= 2000000000; /* two seconds later */
	assert_true(log_ratelimit_pass(&rl));
	caught();
}

static void topics(void **state)
{
	const char *bad = NULL;

	assert_int_equal(log_set_trace("hcall,vof", &bad), 0);
	assert_true(log_tracing(TRACE_VOF));
	assert_false(log_tracing(TRACE_RTAS));
	log_trace(TRACE_VOF, "x");
	log_trace(TRACE_RTAS, "y");
	assert_int_equal(log_set_trace("hcall,nothing,vof", &bad), -EINVAL);
	assert_memory_equal(bad, "nothing", 7);
	assert_true(log_tracing(TRACE_VOF)); /* as before */
	assert_int_equal(log_set_trace("hcal", &bad), -EINVAL);
	assert_int_equal(log_set_trace("", &bad), 0);
	assert_false(log_tracing(TRACE_VOF));
	assert_string_equal(caught(), "paprika: vof: x\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(levels, setup, teardown),
		cmocka_unit_test_setup_teardown(control_characters, setup, teardown),
		cmocka_unit_test_setup_teardown(long_lines_are_cut, setup, teardown),
		cmocka_unit_test_setup_teardown(what_a_guest_causes_is_limited, setup, teardown),
		cmocka_unit_test_setup_teardown(the_window_opens_again, setup, teardown),
		cmocka_unit_test_setup_teardown(topics, setup, teardown),
	};

	return cmocka_run_group_tests_name("base/log", tests, NULL, NULL);
}
