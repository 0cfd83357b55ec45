/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of I/O threads: what is deferred comes once, after all that came at the same time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <semaphore.h>
#include <cmocka.h>

#include "vmm/io/doorbell.h"
#include "vmm/io/iothread.h"

#define BELLS 3

static struct iothread *thread;
static struct doorbell bells[BELLS];
static struct iothread_deferred later, last;
static unsigned rung, later_calls, rung_before_later, last_calls;
static sem_t done;

static void bell_rung(void *ctx)
{
	if (!doorbell_take(ctx))
		return;
	rung++;
	iothread_defer(thread, &later);
}

static void later_due(void *ctx)
{
	later_calls++;
	rung_before_later = rung;
	iothread_defer(thread, &last);
}

static void last_due(void *ctx)
{
	last_calls++;
	sem_post(&done);
}

static void deferred_work_is_done_once(void **state)
{
	sem_init(&done, 0, 0);
	later.fn = later_due;
	last.fn = last_due;
	assert_int_equal(iothread_new("test", &thread), 0);
	for (unsigned i = 0; i < BELLS; i++) {
		assert_int_equal(doorbell_open(&bells[i]), 0);
		assert_int_equal(iothread_watch(thread, bells[i].fd, bell_rung, &bells[i]), 0);
		doorbell_ring(&bells[i]);
	}
	assert_int_equal(iothread_start(thread, NULL, NULL), 0);
	sem_wait(&done);
	assert_int_equal(later_calls, 1);
	assert_int_equal(rung_before_later, BELLS);
	/* and again, by what comes later */
	doorbell_ring(&bells[0]);
	sem_wait(&done);
	iothread_free(thread);
	assert_int_equal(later_calls, 2);
	assert_int_equal(last_calls, 2);
	assert_int_equal(rung, BELLS + 1);
	for (unsigned i = 0; i < BELLS; i++)
		doorbell_close(&bells[i]);
	sem_destroy(&done);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(deferred_work_is_done_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
