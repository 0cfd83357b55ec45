/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of the raw block back end, with io_uring and with threads. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "vmm/io/blk.h"
#include "vmm/io/doorbell.h"

#define SIZE (4u << 20)

static char path[] = "/tmp/paprika-blk-XXXXXX";
static enum aio_engine engines[] = {AIO_URING, AIO_THREADS};
static enum aio_engine engine;
static struct iothread *thread;
static struct blk *blk;
static struct doorbell go;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct blk_request *pending;
static unsigned pending_count, done_count;
static int results[64];

static void request_done(struct blk_request *r, int result)
{
	pthread_mutex_lock(&lock);
	results[r - pending] = result;
	done_count++;
	pthread_cond_signal(&changed);
	pthread_mutex_unlock(&lock);
}

/* On the I/O thread: all of them in one batch. */
static void submit_all(void *ctx)
{
	if (!doorbell_take(&go))
		return;
	for (unsigned i = 0; i < pending_count; i++) {
		pending[i].done = request_done;
		blk_submit(blk, &pending[i]);
	}
	blk_kick(blk);
}

static void run(struct blk_request *r, unsigned count)
{
	pthread_mutex_lock(&lock);
	pending = r;
	pending_count = count;
	done_count = 0;
	doorbell_ring(&go);
	while (done_count < count)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
}

static int run_one(enum blk_op op, uint64_t offset, uint64_t len, struct iovec *iov, unsigned count)
{
	struct blk_request r = {.op = op, .offset = offset, .len = len, .iov = iov, .iov_count = count};

	run(&r, 1);
	return results[0];
}

static int transfer(enum blk_op op, uint64_t offset, void *buf, size_t len)
{
	struct iovec iov = {.iov_base = buf, .iov_len = len};

	return run_one(op, offset, len, &iov, 1);
}

static void open_with(bool readonly, bool direct)
{
	const char *why = "";

	assert_int_equal(iothread_new("test", &thread), 0);
	assert_int_equal(blk_open(&(struct blk_params){.path = path, .readonly = readonly,
						       .direct = direct, .engine = engine,
						       .thread = thread}, &blk, &why), 0);
	assert_int_equal(doorbell_open(&go), 0);
	assert_int_equal(iothread_watch(thread, go.fd, submit_all, NULL), 0);
	assert_int_equal(blk_start(blk, NULL, NULL), 0);
	assert_int_equal(iothread_start(thread, NULL, NULL), 0);
}

static void close_all(void)
{
	iothread_free(thread);
	blk_close(blk);
	doorbell_close(&go);
}

static int setup(void **state)
{
	int fd;

	strcpy(path + strlen(path) - 6, "XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, SIZE + 100), 0);
	close(fd);
	engine = *(enum aio_engine *)*state;
	return 0;
}

static int teardown(void **state)
{
	unlink(path);
	return 0;
}

static void reads_give_what_was_written(void **state)
{
	uint8_t out[8192], in[8192];
	struct iovec iov[3] = {{in, 512}, {in + 512, 3584}, {in + 4096, 4096}};

	open_with(false, false);
	assert_int_equal(blk_size(blk), SIZE); /* whole blocks of it */
	for (unsigned i = 0; i < sizeof(out); i++)
		out[i] = (uint8_t)(i * 7 + i / 256);
	assert_int_equal(transfer(BLK_WRITE, 4096, out, sizeof(out)), 0);
	assert_int_equal(run_one(BLK_FLUSH, 0, 0, NULL, 0), 0);
	assert_int_equal(run_one(BLK_READ, 4096, sizeof(in), iov, 3), 0);
	assert_memory_equal(in, out, sizeof(in));
	close_all();
}

static void many_at_once(void **state)
{
	static uint8_t bufs[64][4096];
	struct iovec iov[64];
	struct blk_request r[64] = {0};

	open_with(false, false);
	for (unsigned i = 0; i < 64; i++) {
		memset(bufs[i], (int)i + 1, sizeof(bufs[i]));
		iov[i] = (struct iovec){bufs[i], sizeof(bufs[i])};
		r[i] = (struct blk_request){.op = BLK_WRITE, .offset = i * 65536, .len = 4096,
					    .iov = &iov[i], .iov_count = 1};
	}
	for (unsigned round = 0; round < 16; round++) {
		run(r, 64);
		for (unsigned i = 0; i < 64; i++)
			assert_int_equal(results[i], 0);
	}
	memset(bufs, 0, sizeof(bufs));
	for (unsigned i = 0; i < 64; i++)
		r[i].op = BLK_READ;
	run(r, 64);
	for (unsigned i = 0; i < 64; i++)
		assert_int_equal(bufs[i][4095], i + 1);
	close_all();
}

static void ranges_are_checked(void **state)
{
	uint8_t buf[1024] = {0};

	open_with(false, false);
	assert_int_equal(transfer(BLK_WRITE, SIZE - 512, buf, 1024), -EINVAL);
	assert_int_equal(transfer(BLK_READ, SIZE, buf, 512), -EINVAL);
	assert_int_equal(transfer(BLK_READ, UINT64_MAX - 511, buf, 512), -EINVAL);
	assert_int_equal(transfer(BLK_READ, 100, buf, 512), -EINVAL);
	assert_int_equal(transfer(BLK_READ, 0, buf, 100), -EINVAL);
	assert_int_equal(transfer(BLK_READ, 0, buf, 0), -EINVAL);
	assert_int_equal(run_one(BLK_DISCARD, SIZE, 512, NULL, 0), -EINVAL);
	assert_int_equal(transfer(BLK_READ, SIZE - 512, buf, 512), 0);
	close_all();
}

static void a_shrunk_file_is_an_error(void **state)
{
	uint8_t buf[8192] = {0};

	open_with(false, false);
	assert_int_equal(truncate(path, 4096), 0);
	assert_int_equal(transfer(BLK_READ, 0, buf, 8192), -EIO); /* the first half is there */
	assert_int_equal(transfer(BLK_READ, 65536, buf, 512), -EIO);
	assert_int_equal(transfer(BLK_READ, 0, buf, 4096), 0);
	close_all();
}

static void readonly_stays_so(void **state)
{
	uint8_t buf[512] = {0};

	open_with(true, false);
	assert_true(blk_readonly(blk));
	assert_int_equal(transfer(BLK_WRITE, 0, buf, 512), -EINVAL);
	assert_int_equal(run_one(BLK_DISCARD, 0, 4096, NULL, 0), -EINVAL);
	assert_int_equal(run_one(BLK_WRITE_ZEROES, 0, 4096, NULL, 0), -EINVAL);
	assert_int_equal(transfer(BLK_READ, 0, buf, 512), 0);
	close_all();
}

static void zeroes_and_holes(void **state)
{
	static uint8_t buf[1 << 20];
	struct blk_request r = {.op = BLK_WRITE_ZEROES, .offset = 4096, .len = 500 * 1024};

	open_with(false, false);
	memset(buf, 0x55, sizeof(buf));
	assert_int_equal(transfer(BLK_WRITE, 0, buf, sizeof(buf)), 0);
	run(&r, 1);
	assert_int_equal(results[0], 0);
	r.may_unmap = true;
	r.offset = 600 * 1024;
	r.len = 4096;
	run(&r, 1);
	assert_int_equal(results[0], 0);
	assert_int_equal(run_one(BLK_DISCARD, 700 * 1024, 65536, NULL, 0), 0);
	assert_int_equal(transfer(BLK_READ, 0, buf, sizeof(buf)), 0);
	assert_int_equal(buf[4095], 0x55);
	assert_int_equal(buf[4096], 0);
	assert_int_equal(buf[4096 + 500 * 1024 - 1], 0);
	assert_int_equal(buf[4096 + 500 * 1024], 0x55);
	assert_int_equal(buf[600 * 1024], 0);
	assert_int_equal(buf[604 * 1024], 0x55);
	assert_int_equal(buf[700 * 1024], 0);
	close_all();
}

static void direct_takes_any_memory(void **state)
{
	static uint8_t out[16384 + 8], in[16384 + 8];
	struct iovec iov[2];
	int fd = open(path, O_RDWR | O_DIRECT);

	if (fd < 0)
		skip(); /* not this file system */
	close(fd);
	open_with(false, true);
	for (unsigned i = 0; i < sizeof(out); i++)
		out[i] = (uint8_t)(i ^ i >> 8);
	assert_int_equal(transfer(BLK_WRITE, 8192, out + 3, 16384), 0);
	iov[0] = (struct iovec){in + 5, 1001};
	iov[1] = (struct iovec){in + 1006, 16384 - 1001};
	assert_int_equal(run_one(BLK_READ, 8192, 16384, iov, 2), 0);
	assert_memory_equal(in + 5, out + 3, 16384);
	close_all();
}

static int try_open(bool readonly)
{
	struct iothread *t;
	struct blk *b;
	const char *why;
	int r;

	assert_int_equal(iothread_new("other", &t), 0);
	r = blk_open(&(struct blk_params){.path = path, .readonly = readonly, .engine = engine,
					  .thread = t}, &b, &why);
	iothread_free(t);
	if (r == 0)
		blk_close(b);
	return r;
}

static void one_writer_or_many_readers(void **state)
{
	open_with(false, false);
	assert_int_equal(try_open(false), -EBUSY);
	assert_int_equal(try_open(true), -EBUSY);
	close_all();
	open_with(true, false);
	assert_int_equal(try_open(true), 0);
	assert_int_equal(try_open(false), -EBUSY);
	close_all();
	assert_int_equal(try_open(false), 0);
}

static void what_is_no_disk(void **state)
{
	const char *why = NULL;
	struct blk *b;

	assert_int_equal(truncate(path, 511), 0);
	assert_int_equal(try_open(false), -EINVAL);
	assert_int_equal(blk_open(&(struct blk_params){.path = "/tmp", .readonly = true}, &b, &why), -EINVAL);
	assert_non_null(why);
	assert_int_equal(blk_open(&(struct blk_params){.path = "/nowhere"}, &b, &why), -ENOENT);
}

#define BOTH(f)                                                                                    \
	cmocka_unit_test_prestate_setup_teardown(f, setup, teardown, &engines[0]),                 \
		cmocka_unit_test_prestate_setup_teardown(f, setup, teardown, &engines[1])
#define THREADS(f) cmocka_unit_test_prestate_setup_teardown(f, setup, teardown, &engines[1])

#define TESTS(WITH)                                                                                \
	WITH(reads_give_what_was_written), WITH(many_at_once), WITH(ranges_are_checked),           \
		WITH(a_shrunk_file_is_an_error), WITH(readonly_stays_so), WITH(zeroes_and_holes),  \
		WITH(direct_takes_any_memory), WITH(one_writer_or_many_readers), WITH(what_is_no_disk)

/* Whether this host lets us have a ring at all. */
static bool have_uring(void)
{
	struct iothread *t;
	struct aio *aio;
	int r = iothread_new("probe", &t);

	if (r < 0)
		return false;
	r = aio_open(STDIN_FILENO, AIO_URING, t, &aio);
	iothread_free(t);
	if (r == 0)
		aio_close(aio);
	return r == 0;
}

int main(void)
{
	const struct CMUnitTest both[] = {TESTS(BOTH)}, threads[] = {TESTS(THREADS)};

	if (have_uring())
		return cmocka_run_group_tests(both, NULL, NULL);
	print_message("io_uring is not to be had here: threads alone\n");
	return cmocka_run_group_tests(threads, NULL, NULL);
}
