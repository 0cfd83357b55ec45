/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of devices/scsi/disk.h: each command, and each thing that is wrong with it. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "devices/scsi/disk.h"
#include "vmm/base/bits.h"
#include "vmm/base/byteorder.h"
#include "vmm/io/doorbell.h"

#define BLOCKS 2048u
#define SIZE   (BLOCKS * 512u)

static struct iothread *thread;
static struct blk *blk;
static struct scsi_disk *disk;
static struct doorbell go;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct scsi_command command;
static unsigned done;
static uint8_t in[SIZE], out[65536];

static void command_done(struct scsi_command *c)
{
	pthread_mutex_lock(&lock);
	done++;
	pthread_cond_signal(&changed);
	pthread_mutex_unlock(&lock);
}

static void submit(void *ctx)
{
	if (doorbell_take(&go)) {
		scsi_submit(disk, &command);
		blk_kick(blk);
	}
}

static void open_disk(bool readonly)
{
	char path[] = "/tmp/paprika-scsi-XXXXXX";
	int fd = mkstemp(path);
	const char *why;

	assert_int_equal(ftruncate(fd, SIZE), 0);
	close(fd);
	assert_int_equal(iothread_new("test", &thread), 0);
	assert_int_equal(blk_open(&(struct blk_params){.path = path, .readonly = readonly, .engine = AIO_THREADS,
						       .thread = thread}, &blk, &why), 0);
	unlink(path);
	assert_int_equal(scsi_disk_new(blk, "serial-1", &disk), 0);
	assert_int_equal(doorbell_open(&go), 0);
	assert_int_equal(iothread_watch(thread, go.fd, submit, NULL), 0);
	assert_int_equal(blk_start(blk, NULL, NULL), 0);
	assert_int_equal(iothread_start(thread, NULL, NULL), 0);
}

static int setup(void **state)
{
	open_disk(false);
	return 0;
}

static int setup_readonly(void **state)
{
	open_disk(true);
	return 0;
}

static int teardown(void **state)
{
	iothread_free(thread);
	blk_close(blk);
	scsi_disk_free(disk);
	doorbell_close(&go);
	return 0;
}

/* The command in @cdb with so much room for data, in two pieces each: its sense. */
static enum scsi_sense run(const uint8_t cdb[16], size_t out_len, size_t in_len)
{
	struct iovec out_iov[2] = {{out, out_len / 2}, {out + out_len / 2, out_len - out_len / 2}};
	struct iovec in_iov[2] = {{in, in_len / 2}, {in + in_len / 2, in_len - in_len / 2}};

	pthread_mutex_lock(&lock);
	done = 0;
	command.done = command_done;
	memcpy(command.cdb, cdb, 16);
	command.out = out_iov;
	command.in = in_iov;
	command.out_count = out_len ? 2 : 0;
	command.in_count = in_len ? 2 : 0;
	command.out_len = out_len;
	command.in_len = in_len;
	doorbell_ring(&go);
	while (!done)
		pthread_cond_wait(&changed, &lock);
	assert_int_equal(done, 1);
	pthread_mutex_unlock(&lock);
	assert_int_equal(command.status, command.sense == SENSE_NONE ? SCSI_GOOD : SCSI_CHECK_CONDITION);
	return command.sense;
}

#define RUN(out_len, in_len, ...) run((const uint8_t[16]){__VA_ARGS__}, out_len, in_len)

static void what_it_is(void **state)
{
	assert_int_equal(RUN(0, 0, 0x00), SENSE_NONE);
	assert_int_equal(RUN(0, 96, 0x12, 0, 0, 0, 96), SENSE_NONE);
	assert_int_equal(command.transferred, 36);
	assert_int_equal(in[0], 0);
	assert_int_equal(in[4], 31);
	assert_memory_equal(in + 8, "PAPRIKA DISK            1   ", 28);
	/* no more than was allowed for, or than there is room for */
	assert_int_equal(RUN(0, 96, 0x12, 0, 0, 0, 5), SENSE_NONE);
	assert_int_equal(command.transferred, 5);
	assert_int_equal(RUN(0, 7, 0x12, 0, 0, 0, 96), SENSE_NONE);
	assert_int_equal(command.transferred, 7);
	assert_int_equal(RUN(0, 96, 0x12, 0, 0x80, 0, 96), SENSE_INVALID_FIELD);
}

static void vital_product_data(void **state)
{
	assert_int_equal(RUN(0, 255, 0x12, 1, 0, 0, 255), SENSE_NONE);
	assert_int_equal(load_be16(in + 2), 6);
	for (unsigned i = 0; i < 6; i++) {
		uint8_t page = (const uint8_t[]){0, 0x80, 0x83, 0xb0, 0xb1, 0xb2}[i];

		assert_int_equal(in[4 + i], page);
		assert_int_equal(RUN(0, 255, 0x12, 1, page, 0, 255), SENSE_NONE);
		assert_int_equal(in[1], page);
		assert_int_equal(command.transferred, 4 + load_be16(in + 2));
		assert_int_equal(RUN(0, 255, 0x12, 1, 0, 0, 255), SENSE_NONE);
	}
	assert_int_equal(RUN(0, 255, 0x12, 1, 0x80, 0, 255), SENSE_NONE);
	assert_memory_equal(in + 4, "serial-1", 8);
	assert_int_equal(RUN(0, 255, 0x12, 1, 0xb0, 0, 255), SENSE_NONE);
	assert_int_equal(load_be32(in + 20), 1u << 22);
	assert_int_equal(load_be32(in + 24), SCSI_UNMAP_MAX);
	assert_int_equal(RUN(0, 255, 0x12, 1, 0xb2, 0, 255), SENSE_NONE);
	assert_int_equal(in[5], 0xe0);
	assert_int_equal(RUN(0, 255, 0x12, 1, 0x99, 0, 255), SENSE_INVALID_FIELD);
}

static void its_size_and_its_modes(void **state)
{
	assert_int_equal(RUN(0, 8, 0x25), SENSE_NONE);
	assert_int_equal(load_be32(in), BLOCKS - 1);
	assert_int_equal(load_be32(in + 4), 512);
	assert_int_equal(RUN(0, 32, 0x9e, 0x10, [13] = 32), SENSE_NONE);
	assert_int_equal(load_be64(in), BLOCKS - 1);
	assert_int_equal(load_be32(in + 8), 512);
	assert_int_equal(in[14], 0x80);
	assert_int_equal(RUN(0, 32, 0x9e, 0x11, [13] = 32), SENSE_INVALID_FIELD);
	assert_int_equal(RUN(0, 255, 0x1a, 0, 0x08, 0, 255), SENSE_NONE);
	assert_int_equal(command.transferred, 4 + 8 + 20);
	assert_int_equal(in[0], 31);
	assert_int_equal(in[2], 0x10);
	assert_int_equal(in[12] & 0x3f, 8);
	assert_int_equal(in[14], 4);
	/* what can be changed: nothing */
	assert_int_equal(RUN(0, 255, 0x1a, 8, 0x48, 0, 255), SENSE_NONE);
	assert_int_equal(in[6], 0);
	assert_int_equal(RUN(0, 255, 0x5a, 8, 0x3f, [8] = 255), SENSE_NONE);
	assert_int_equal(command.transferred, 8 + 20 + 12);
	assert_int_equal(load_be16(in), 38);
	assert_int_equal(RUN(0, 255, 0x1a, 0, 0x1c, 0, 255), SENSE_INVALID_FIELD);
	assert_int_equal(RUN(0, 255, 0x1a, 0, 0xc8, 0, 255), SENSE_INVALID_FIELD);
	assert_int_equal(RUN(0, 64, 0xa0, [9] = 64), SENSE_NONE);
	assert_int_equal(command.transferred, 16);
	assert_int_equal(load_be32(in), 8);
	assert_int_equal(RUN(0, 18, 0x03, 0, 0, 0, 18), SENSE_NONE);
	assert_int_equal(in[0], 0x70);
	assert_int_equal(in[2], 0);
}

/* Each length of a command, written by one and read by another. */
static void blocks_come_back(void **state)
{
	static const uint8_t writes[][16] = {
		{0x0a, 0, 0, 9, 2}, {0x2a, 0, 0, 0, 0, 9, 0, 0, 2}, {0x2a, 8, 0, 0, 0, 9, 0, 0, 2},
		{0xaa, 0, 0, 0, 0, 9, 0, 0, 0, 2}, {0x8a, 8, [9] = 9, [13] = 2},
	};
	static const uint8_t reads[][16] = {
		{0x08, 0, 0, 9, 2}, {0x28, 0, 0, 0, 0, 9, 0, 0, 2}, {0xa8, 0, 0, 0, 0, 9, 0, 0, 0, 2},
		{0x88, 0, [9] = 9, [13] = 2},
	};

	for (size_t w = 0; w < ARRAY_SIZE(writes); w++)
		for (size_t r = 0; r < ARRAY_SIZE(reads); r++) {
			for (unsigned i = 0; i < 1024; i++)
				out[i] = (uint8_t)(i * 3 + i / 256 + w * 17 + r);
			assert_int_equal(run(writes[w], 1024, 0), SENSE_NONE);
			assert_int_equal(command.transferred, 1024);
			memset(in, 0xee, 2048);
			/* more room than there is data */
			assert_int_equal(run(reads[r], 0, 2000), SENSE_NONE);
			assert_int_equal(command.transferred, 1024);
			assert_memory_equal(in, out, 1024);
			assert_int_equal(in[1024], 0xee);
		}
	assert_int_equal(RUN(0, 0, 0x35), SENSE_NONE);
	assert_int_equal(RUN(0, 0, 0x91, [9] = 1, [13] = 1), SENSE_NONE);
	/* 0 is 256 in the shortest, nothing in the others */
	assert_int_equal(RUN(0, 131072, 0x08, 0, 0, 0, 0), SENSE_NONE);
	assert_int_equal(command.transferred, 131072);
	assert_int_equal(RUN(0, 512, 0x28), SENSE_NONE);
	assert_int_equal(command.transferred, 0);
}

static void what_is_wrong_is_said(void **state)
{
	assert_int_equal(RUN(0, 512, 0x28, 0, 0, 0, 8, 0, 0, 0, 1), SENSE_LBA_OUT_OF_RANGE);
	assert_int_equal(RUN(0, 1024, 0x28, 0, 0, 0, 7, 255, 0, 0, 2), SENSE_LBA_OUT_OF_RANGE);
	assert_int_equal(RUN(0, 512, 0x28, 0, 0, 0, 7, 255, 0, 0, 1), SENSE_NONE);
	assert_int_equal(RUN(0, 512, 0x88, 0, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 1), SENSE_LBA_OUT_OF_RANGE);
	assert_int_equal(RUN(512, 0, 0x8a, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255),
			 SENSE_LBA_OUT_OF_RANGE);
	assert_int_equal(RUN(0, 511, 0x28, 0, 0, 0, 0, 0, 0, 0, 1), SENSE_INVALID_FIELD);
	assert_int_equal(RUN(0, 0, 0x28, 0, 0, 0, 0, 0, 0, 0, 1), SENSE_INVALID_FIELD);
	assert_int_equal(RUN(0, 512, 0x28, 0x20, 0, 0, 0, 0, 0, 0, 1), SENSE_INVALID_FIELD);
	assert_int_equal(RUN(0, 0, 0x35, 0, 0, 0, 8, 0, 0, 0, 1), SENSE_LBA_OUT_OF_RANGE);
	assert_int_equal(RUN(0, 0, 0xff), SENSE_INVALID_OPCODE);
	assert_int_equal(RUN(0, 0, 0x5e), SENSE_INVALID_OPCODE);
	command.other_lun = true;
	assert_int_equal(RUN(0, 0, 0x00), SENSE_INVALID_LUN);
	assert_int_equal(RUN(0, 512, 0x28, 0, 0, 0, 0, 0, 0, 0, 1), SENSE_INVALID_LUN);
	assert_int_equal(RUN(0, 96, 0x12, 0, 0, 0, 96), SENSE_NONE);
	assert_int_equal(in[0], 0x7f);
	command.other_lun = false;
}

static void fill_disk(void)
{
	memset(out, 0x5a, 65536);
	assert_int_equal(RUN(65536, 0, 0x2a, 0, 0, 0, 0, 0, 0, 0, 128), SENSE_NONE);
}

static unsigned left(unsigned first, unsigned count)
{
	unsigned n = 0;

	assert_int_equal(RUN(0, 65536, 0x28, 0, 0, 0, 0, 0, 0, 0, 128), SENSE_NONE);
	for (unsigned i = first * 512; i < (first + count) * 512; i++)
		n += in[i] != 0;
	return n;
}

static void unmap_desc(unsigned i, uint64_t block, uint32_t count)
{
	store_be64(out + 8 + 16 * i, block);
	store_be32(out + 16 + 16 * i, count);
}

static void unmapping(void **state)
{
	fill_disk();
	memset(out, 0, 512);
	store_be16(out + 2, 32);
	unmap_desc(0, 8, 8);
	unmap_desc(1, 64, 16);
	assert_int_equal(RUN(40, 0, 0x42, [8] = 40), SENSE_NONE);
	assert_int_equal(command.transferred, 40);
	assert_int_equal(left(8, 8) + left(64, 16), 0);
	assert_int_equal(left(0, 128), 104 * 512);
	/* all or none */
	unmap_desc(0, 0, 8);
	unmap_desc(1, BLOCKS - 1, 2);
	assert_int_equal(RUN(40, 0, 0x42, [8] = 40), SENSE_LBA_OUT_OF_RANGE);
	assert_int_equal(left(0, 8), 8 * 512);
	assert_int_equal(RUN(39, 0, 0x42, [8] = 40), SENSE_PARAMETER_LENGTH);
	assert_int_equal(RUN(40, 0, 0x42, [8] = 39), SENSE_PARAMETER_LENGTH);
	assert_int_equal(RUN(7, 0, 0x42, [8] = 7), SENSE_PARAMETER_LENGTH);
	store_be16(out + 2, 16 * 17);
	assert_int_equal(RUN(400, 0, 0x42, [7] = 1, [8] = 144), SENSE_INVALID_PARAMETER);
	assert_int_equal(RUN(40, 0, 0x42, 1, [8] = 40), SENSE_INVALID_FIELD);
	assert_int_equal(RUN(0, 0, 0x42), SENSE_NONE);
}

static void writing_the_same(void **state)
{
	fill_disk();
	memset(out, 0, 512);
	assert_int_equal(RUN(512, 0, 0x41, 0, 0, 0, 0, 16, 0, 0, 8), SENSE_NONE);
	assert_int_equal(RUN(512, 0, 0x93, 8, [9] = 32, [13] = 8), SENSE_NONE);
	assert_int_equal(RUN(0, 0, 0x93, 1, [9] = 48, [13] = 8), SENSE_NONE);
	assert_int_equal(left(16, 8) + left(32, 8) + left(48, 8), 0);
	assert_int_equal(left(0, 128), 104 * 512);
	out[511] = 1;
	assert_int_equal(RUN(512, 0, 0x93, 0, [9] = 0, [13] = 8), SENSE_INVALID_FIELD);
	assert_int_equal(RUN(511, 0, 0x93, 0, [9] = 0, [13] = 8), SENSE_INVALID_FIELD);
	assert_int_equal(RUN(512, 0, 0x93, 0, [9] = 0), SENSE_INVALID_FIELD);
	assert_int_equal(RUN(0, 0, 0x93, 1, [8] = 7, [9] = 255, [13] = 2), SENSE_LBA_OUT_OF_RANGE);
}

static void what_is_read_only(void **state)
{
	assert_int_equal(RUN(512, 0, 0x2a, 0, 0, 0, 0, 0, 0, 0, 1), SENSE_WRITE_PROTECTED);
	assert_int_equal(RUN(512, 0, 0x41, 0, 0, 0, 0, 0, 0, 0, 1), SENSE_WRITE_PROTECTED);
	assert_int_equal(RUN(24, 0, 0x42, [8] = 24), SENSE_WRITE_PROTECTED);
	assert_int_equal(RUN(0, 255, 0x1a, 0, 0x08, 0, 255), SENSE_NONE);
	assert_int_equal(in[2] & 0x80, 0x80);
	assert_int_equal(RUN(0, 512, 0x28, 0, 0, 0, 0, 0, 0, 0, 1), SENSE_NONE);
}

static void sense_data(void **state)
{
	uint8_t data[SCSI_SENSE_LEN];

	scsi_sense_fill(SENSE_LBA_OUT_OF_RANGE, data);
	assert_int_equal(data[0], 0x70);
	assert_int_equal(data[2], 5);
	assert_int_equal(data[7], 10);
	assert_int_equal(data[12], 0x21);
	assert_int_equal(data[13], 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_it_is),
		TEST(vital_product_data),
		TEST(its_size_and_its_modes),
		TEST(blocks_come_back),
		TEST(what_is_wrong_is_said),
		TEST(unmapping),
		TEST(writing_the_same),
		cmocka_unit_test_setup_teardown(what_is_read_only, setup_readonly, teardown),
		cmocka_unit_test(sense_data),
	};

	return cmocka_run_group_tests_name("devices/scsi", tests, NULL, NULL);
}
