/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every host call of the block back end fails in turn, by threads and by io_uring: what failed is never told to have
 * been done, what was interrupted or short goes on. */
#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
#include <cmocka.h>

#include "vmm/base/bits.h"
#include "vmm/io/blk.h"
#include "vmm/io/doorbell.h"

#define SIZE  (1u << 20)
#define SHORT 1 /* half of what was asked for */

/* The call number @fail_at from now on (the first is 1) fails with @fail_with, then so many more of them. */
static int fail_at, fail_with, fail_more;
static int fail_last; /* what the call after the last of those does */
static pthread_mutex_t fail_lock = PTHREAD_MUTEX_INITIALIZER;

static int fails(void)
{
	int how = 0;

	pthread_mutex_lock(&fail_lock);
	if (fail_at && --fail_at == 0) {
		how = fail_with;
		if (fail_more) {
			fail_more--;
			fail_at = 1;
		} else if (fail_last) {
			fail_with = fail_last;
			fail_last = 0;
			fail_at = 1;
		}
	}
	pthread_mutex_unlock(&fail_lock);
	return how;
}

static ssize_t transfer_real(long nr, int fd, const struct iovec *iov, int count, off_t offset)
{
	struct iovec half;
	int how = fails();

	if (how > SHORT) {
		errno = how;
		return -1;
	}
	if (how == SHORT) {
		half = iov[0];
		half.iov_len = half.iov_len / 2 + 100;
		return syscall(nr, fd, &half, 1L, (long)offset, 0L);
	}
	return syscall(nr, fd, iov, (long)count, (long)offset, 0L);
}

/* In place of the C library's, for the threads of the pool. */
ssize_t preadv(int fd, const struct iovec *iov, int count, off_t offset)
{
	return transfer_real(SYS_preadv, fd, iov, count, offset);
}

ssize_t pwritev(int fd, const struct iovec *iov, int count, off_t offset)
{
	return transfer_real(SYS_pwritev, fd, iov, count, offset);
}

int fdatasync(int fd)
{
	int how = fails();

	if (how > SHORT) {
		errno = how;
		return -1;
	}
	return (int)syscall(SYS_fdatasync, fd);
}

int fallocate(int fd, int mode, off_t offset, off_t len)
{
	int how = fails();

	if (how > SHORT) {
		errno = how;
		return -1;
	}
	return (int)syscall(SYS_fallocate, fd, mode, offset, len);
}

/*
 * In place of liburing's: the completions are there when it returns, and are what they are to be. With
 * @submit_fails the kernel is short of memory first.
 */
static int submit_fails;

int io_uring_submit(struct io_uring *ring)
{
	unsigned count = io_uring_sq_ready(ring), tail;
	int r;

	if (submit_fails) {
		submit_fails--;
		return -EAGAIN;
	}
	r = io_uring_submit_and_wait(ring, count);
	tail = io_uring_smp_load_acquire(ring->cq.ktail);
	for (unsigned i = tail - count; i != tail; i++) {
		struct io_uring_cqe *cqe = &ring->cq.cqes[i & *ring->cq.kring_mask];
		int how = fails();

		if (how == SHORT)
			cqe->res = cqe->res / 2 + 100;
		else if (how)
			cqe->res = -how;
	}
	return r;
}

static struct iothread *thread;
static struct blk *blk;
static struct doorbell go;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct blk_request *pending;
static int result, done;

static void request_done(struct blk_request *r, int res)
{
	pthread_mutex_lock(&lock);
	result = res;
	done++;
	pthread_cond_signal(&changed);
	pthread_mutex_unlock(&lock);
}

static void submit(void *ctx)
{
	if (doorbell_take(&go)) {
		blk_submit(blk, pending);
		blk_kick(blk);
	}
}

static int run(enum blk_op op, uint64_t offset, void *buf, uint64_t len)
{
	struct iovec iov[2] = {{buf, len / 2}, {(uint8_t *)buf + len / 2, len - len / 2}};
	struct blk_request r = {.op = op, .offset = offset, .len = len, .iov = iov, .iov_count = 2,
				.done = request_done};

	pthread_mutex_lock(&lock);
	done = 0;
	pending = &r;
	doorbell_ring(&go);
	while (!done)
		pthread_cond_wait(&changed, &lock);
	assert_int_equal(done, 1);
	pthread_mutex_unlock(&lock);
	return result;
}

static int run_failing(int at, int with, int more, enum blk_op op, void *buf, uint64_t len)
{
	int r;

	fail_at = at;
	fail_with = with;
	fail_more = more;
	r = run(op, 0, buf, len);
	fail_at = 0;
	return r;
}

static int setup(void **state)
{
	char path[] = "/tmp/paprika-errors-XXXXXX";
	const enum aio_engine *engine = *state;
	const char *why;
	int fd = mkstemp(path), r;

	assert_int_equal(ftruncate(fd, SIZE), 0);
	close(fd);
	assert_int_equal(iothread_new("test", &thread), 0);
	blk = NULL;
	r = blk_open(&(struct blk_params){.path = path, .engine = *engine, .thread = thread}, &blk, &why);
	unlink(path);
	/* io_uring may be forbidden here */
	if (*engine == AIO_URING && r < 0)
		return 0;
	assert_int_equal(r, 0);
	assert_int_equal(doorbell_open(&go), 0);
	assert_int_equal(iothread_watch(thread, go.fd, submit, NULL), 0);
	assert_int_equal(blk_start(blk, NULL, NULL), 0);
	assert_int_equal(iothread_start(thread, NULL, NULL), 0);
	return 0;
}

static int teardown(void **state)
{
	iothread_free(thread);
	if (!blk)
		return 0;
	blk_close(blk);
	doorbell_close(&go);
	return 0;
}

static const enum blk_op transfers[] = {BLK_READ, BLK_WRITE};

static void errors_are_told(void **state)
{
	static const int errors[] = {EIO, ENOSPC, EDQUOT, EFBIG, ENOMEM};
	static uint8_t buf[8192];

	if (!blk)
		skip();
	for (size_t e = 0; e < ARRAY_SIZE(errors); e++) {
		for (size_t i = 0; i < ARRAY_SIZE(transfers); i++) {
			assert_int_equal(run_failing(1, errors[e], 0, transfers[i], buf, sizeof(buf)), -errors[e]);
			assert_int_equal(run(transfers[i], 0, buf, sizeof(buf)), 0);
		}
		assert_int_equal(run_failing(1, errors[e], 0, BLK_DISCARD, buf, 4096), -errors[e]);
		assert_int_equal(run_failing(1, errors[e], 0, BLK_WRITE_ZEROES, buf, 4096), -errors[e]);
	}
}

static void what_passes_is_tried_again(void **state)
{
	static const int passing[] = {EINTR, EAGAIN};
	static uint8_t buf[8192];

	if (!blk)
		skip();
	for (size_t e = 0; e < ARRAY_SIZE(passing); e++) {
		for (enum blk_op op = BLK_READ; op <= BLK_WRITE_ZEROES; op++)
			assert_int_equal(run_failing(1, passing[e], 3, op, buf, op == BLK_FLUSH ? 0 : 8192), 0);
		/* but not for ever */
		assert_int_equal(run_failing(1, passing[e], 1000, BLK_WRITE, buf, 8192), -passing[e]);
	}
}

/* What the host lost of its cache is not told to be on the disk later on. */
static void flushes_do_not_recover(void **state)
{
	uint8_t byte;

	if (!blk)
		skip();
	assert_int_equal(run(BLK_FLUSH, 0, &byte, 0), 0);
	assert_int_equal(run_failing(1, ENOSPC, 0, BLK_FLUSH, &byte, 0), -ENOSPC);
	assert_int_equal(run(BLK_FLUSH, 0, &byte, 0), -EIO);
	assert_int_equal(run(BLK_FLUSH, 0, &byte, 0), -EIO);
}

static void short_transfers_go_on(void **state)
{
	static uint8_t out[8192], in[8192];

	if (!blk)
		skip();
	for (int shorts = 0; shorts < 6; shorts++) {
		for (unsigned i = 0; i < sizeof(out); i++)
			out[i] = (uint8_t)(i * 3 + i / 256 + (unsigned)shorts);
		memset(in, 0, sizeof(in));
		assert_int_equal(run_failing(1, SHORT, shorts, BLK_WRITE, out, sizeof(out)), 0);
		assert_int_equal(run_failing(1, SHORT, shorts, BLK_READ, in, sizeof(in)), 0);
		assert_memory_equal(in, out, sizeof(in));
	}
}

/* Is one of the whole. */
static void an_error_after_a_part(void **state)
{
	static uint8_t buf[8192];

	if (!blk)
		skip();
	for (size_t i = 0; i < ARRAY_SIZE(transfers); i++) {
		fail_last = EIO;
		assert_int_equal(run_failing(1, SHORT, 0, transfers[i], buf, sizeof(buf)), -EIO);
		assert_int_equal(fail_last, 0);
	}
}

/* A file system without holes or zeroed ranges. */
static void zeroes_without_the_host(void **state)
{
	static uint8_t buf[400 * 1024];

	if (!blk)
		skip();
	memset(buf, 0x77, sizeof(buf));
	assert_int_equal(run(BLK_WRITE, 0, buf, sizeof(buf)), 0);
	assert_int_equal(run_failing(1, EOPNOTSUPP, 0, BLK_WRITE_ZEROES, buf, 300 * 1024), 0);
	assert_int_equal(run(BLK_READ, 0, buf, sizeof(buf)), 0);
	assert_int_equal(buf[0], 0);
	assert_int_equal(buf[300 * 1024 - 1], 0);
	assert_int_equal(buf[300 * 1024], 0x77);
	assert_int_equal(run_failing(1, EOPNOTSUPP, 0, BLK_DISCARD, buf, 4096), -EOPNOTSUPP);
}

/* The kernel is short of memory for a while: nothing is lost. */
static void a_ring_that_is_refused(void **state)
{
	static uint8_t out[8192], in[8192];

	if (!blk)
		skip();
	for (unsigned i = 0; i < sizeof(out); i++)
		out[i] = (uint8_t)(i * 13);
	submit_fails = 3;
	assert_int_equal(run(BLK_WRITE, 4096, out, sizeof(out)), 0);
	submit_fails = 2;
	assert_int_equal(run(BLK_READ, 4096, in, sizeof(in)), 0);
	assert_memory_equal(in, out, sizeof(in));
}

static enum aio_engine threads = AIO_THREADS, uring = AIO_URING;

#define WITH(f, engine)                                                                                                \
	{                                                                                                              \
		#f " (" #engine ")", f, setup, teardown, &(engine)                                                     \
	}
#define BOTH(f) WITH(f, threads), WITH(f, uring)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(errors_are_told),	      BOTH(what_passes_is_tried_again), BOTH(flushes_do_not_recover),
		BOTH(short_transfers_go_on),  BOTH(an_error_after_a_part),	BOTH(zeroes_without_the_host),
		WITH(a_ring_that_is_refused, uring),
	};

	return cmocka_run_group_tests_name("io/blk_errors", tests, NULL, NULL);
}
