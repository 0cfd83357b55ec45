/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of vmm/io/loop.h. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <unistd.h>
#include <cmocka.h>

#include "vmm/io/loop.h"

static struct loop *loop;
static unsigned calls;
static uint32_t seen;

static int setup(void **state)
{
	calls = seen = 0;
	return loop_new(&loop);
}

static int teardown(void **state)
{
	loop_free(loop);
	return 0;
}

static void quit_7(void *ctx)
{
	calls++;
	loop_quit(loop, 7);
}

static void readable(void *ctx, int fd, uint32_t events)
{
	char c;

	seen |= events;
	assert_int_equal(read(fd, &c, 1), 1);
	quit_7(ctx);
}

static void *wake_later(void *watch)
{
	usleep(10000);
	loop_wake(watch);
	return NULL;
}

static void wakes_from_another_thread(void **state)
{
	struct loop_watch *watch;
	pthread_t thread;

	assert_int_equal(loop_add_wake(loop, quit_7, NULL, &watch), 0);
	assert_int_equal(pthread_create(&thread, NULL, wake_later, watch), 0);
	assert_int_equal(loop_run(loop), 7);
	pthread_join(thread, NULL);
	assert_int_equal(calls, 1);
	loop_watch_free(watch);
}

static void quits_though_asked_before(void **state)
{
	loop_quit(loop, 3);
	assert_int_equal(loop_run(loop), 3);
}

static void watches_descriptors(void **state)
{
	struct loop_watch *watch;
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	assert_int_equal(loop_add_fd(loop, fds[0], EPOLLIN, readable, NULL, &watch), 0);
	assert_int_equal(write(fds[1], "x", 1), 1);
	assert_int_equal(loop_run(loop), 7);
	assert_true(seen & EPOLLIN);
	assert_int_equal(calls, 1);
	loop_watch_free(watch);
	close(fds[0]);
	close(fds[1]);
}

static void regular_files_cannot_be_watched(void **state)
{
	struct loop_watch *watch;
	FILE *f = tmpfile();

	assert_int_equal(loop_add_fd(loop, fileno(f), EPOLLIN, readable, NULL, &watch), -EPERM);
	fclose(f);
}

static void signals(void **state)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	assert_int_equal(loop_add_signal(loop, SIGUSR1, quit_7, NULL), 0);
	raise(SIGUSR1);
	assert_int_equal(loop_run(loop), 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(wakes_from_another_thread, setup, teardown),
		cmocka_unit_test_setup_teardown(quits_though_asked_before, setup, teardown),
		cmocka_unit_test_setup_teardown(watches_descriptors, setup, teardown),
		cmocka_unit_test_setup_teardown(regular_files_cannot_be_watched, setup, teardown),
		cmocka_unit_test_setup_teardown(signals, setup, teardown),
	};

	return cmocka_run_group_tests_name("io/loop", tests, NULL, NULL);
}
