/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of the virtio SCSI host: commands in chains, addresses, task management, what is malformed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "devices/virtio/scsi.h"
#include "tests/fake/virtio.h"
#include "vmm/base/byteorder.h"

#define NEEDED   (VIRTIO_F_VERSION_1 | VIRTIO_F_ACCESS_PLATFORM)
#define NEXT     1u
#define WRITE    2u
#define REQUEST  0x70000u
#define RESPONSE 0x71000u
#define DATA     0x72000u
#define SENSE    96u
#define SIZE     (1u << 20)

static struct fake_vm *vm;
static struct fake_driver drv;
static struct iothread *thread;
static struct virtio_scsi *host;
static struct blk *blks[2];
static struct scsi_disk *disks[2];
static unsigned cdb_size;

static int group_setup(void **state)
{
	vm = fake_vm_new();
	assert_int_equal(iothread_new("scsi", &thread), 0);
	assert_int_equal(virtio_scsi_new(thread, 1, &host), 0);
	for (unsigned i = 0; i < 2; i++) {
		char path[] = "/tmp/paprika-vscsi-XXXXXX";
		int fd = mkstemp(path);
		const char *why;

		assert_int_equal(ftruncate(fd, SIZE << i), 0);
		close(fd);
		assert_int_equal(blk_open(&(struct blk_params){.path = path, .thread = thread}, &blks[i], &why), 0);
		unlink(path);
		assert_int_equal(scsi_disk_new(blks[i], NULL, &disks[i]), 0);
		assert_int_equal(virtio_scsi_add(host, disks[i], blks[i]), 0);
		assert_int_equal(blk_start(blks[i], NULL, NULL), 0);
	}
	drv = (struct fake_driver){.vm = vm, .d = virtio_scsi_device(host)};
	assert_int_equal(phb_add(vm->phbs.phbs[0], &drv.d->pci), 0);
	assert_int_equal(iothread_start(thread, NULL, NULL), 0);
	return 0;
}

static int group_teardown(void **state)
{
	virtio_reset(drv.d);
	iothread_free(thread);
	for (unsigned i = 0; i < 2; i++) {
		blk_close(blks[i]);
		scsi_disk_free(disks[i]);
	}
	virtio_scsi_free(host);
	fake_vm_free(vm);
	return 0;
}

static int setup(void **state)
{
	virtio_reset(drv.d);
	fake_vm_reset(vm);
	drv_attach(&drv);
	drv.queue = 2;
	cdb_size = 32;
	return drv_begin(&drv, NEEDED) ? 0 : -1;
}

/* The command in @cdb (16 bytes) to a target, @len bytes of data in the direction that @in says: the response. */
static unsigned run(unsigned target, unsigned lun, const uint8_t *cdb, uint32_t len, bool in)
{
	uint8_t *r = vm->ram + REQUEST;
	uint32_t head, used;

	memset(r, 0, 64);
	r[0] = 1;
	r[1] = (uint8_t)target;
	r[2] = 0x40;
	r[3] = (uint8_t)lun;
	memcpy(r + 19, cdb, 16);
	memset(vm->ram + RESPONSE, 0xee, 12 + SENSE);
	drv_desc(&drv, 0, REQUEST, 19 + cdb_size, NEXT, in || !len ? 2 : 1);
	drv_desc(&drv, 1, DATA, len, NEXT, 2);
	drv_desc(&drv, 2, RESPONSE, 12 + SENSE, WRITE | (in && len ? NEXT : 0), 3);
	drv_desc(&drv, 3, DATA, len, WRITE, 0);
	drv_give(&drv, 0);
	assert_true(drv_take(&drv, &head, &used));
	assert_int_equal(head, 0);
	return vm->ram[RESPONSE + 11];
}

#define RUN(target, lun, len, in, ...) run(target, lun, (const uint8_t[16]){__VA_ARGS__}, len, in)

static unsigned status(void)
{
	return vm->ram[RESPONSE + 10];
}

static unsigned residual(void)
{
	return load_le32(vm->ram + RESPONSE + 4);
}

static void commands_and_data(void **state)
{
	assert_int_equal(RUN(0, 0, 0, false, 0x00), 0);
	assert_int_equal(status(), SCSI_GOOD);
	assert_int_equal(RUN(1, 0, 8, true, 0x25), 0);
	assert_int_equal(load_be32(vm->ram + DATA), (SIZE << 1) / 512 - 1);
	memset(vm->ram + DATA, 0x77, 1024);
	assert_int_equal(RUN(1, 0, 1024, false, 0x2a, 8, [8] = 2), 0);
	assert_int_equal(status(), SCSI_GOOD);
	assert_int_equal(residual(), 0);
	memset(vm->ram + DATA, 0, 2048);
	assert_int_equal(RUN(1, 0, 2048, true, 0x28, [8] = 2), 0);
	assert_int_equal(residual(), 1024);
	assert_int_equal(vm->ram[DATA], 0x77);
	assert_int_equal(vm->ram[DATA + 1023], 0x77);
	assert_int_equal(vm->ram[DATA + 1024], 0);
	/* the other one is another one */
	assert_int_equal(RUN(0, 0, 512, true, 0x28, [8] = 1), 0);
	assert_int_equal(vm->ram[DATA], 0);
}

static void sense_comes_along(void **state)
{
	assert_int_equal(RUN(0, 0, 512, true, 0x28, 0, 255, [8] = 1), 0);
	assert_int_equal(status(), SCSI_CHECK_CONDITION);
	assert_int_equal(load_le32(vm->ram + RESPONSE), SCSI_SENSE_LEN);
	assert_int_equal(vm->ram[RESPONSE + 12 + 2], 5);
	assert_int_equal(vm->ram[RESPONSE + 12 + 12], 0x21);
	assert_int_equal(residual(), 512);
}

static void addresses(void **state)
{
	assert_int_equal(RUN(2, 0, 0, false, 0x00), 3);
	assert_int_equal(RUN(255, 0, 0, false, 0x00), 3);
	assert_int_equal(RUN(0, 1, 0, false, 0x00), 0);
	assert_int_equal(vm->ram[RESPONSE + 12 + 12], 0x25);
	assert_int_equal(RUN(0, 1, 96, true, 0x12, [4] = 96), 0);
	assert_int_equal(vm->ram[DATA], 0x7f);
}

static void sizes_of_the_drivers_choice(void **state)
{
	assert_int_equal(drv_read(&drv, DEV_CONFIG + 20, 4), SENSE);
	drv_write(&drv, DEV_CONFIG + 24, 4, 16);
	drv_write(&drv, DEV_CONFIG + 20, 4, 4096);
	drv_write(&drv, DEV_CONFIG + 0, 4, 99);
	assert_int_equal(drv_read(&drv, DEV_CONFIG + 24, 4), 16);
	assert_int_equal(drv_read(&drv, DEV_CONFIG + 20, 4), SENSE);
	assert_int_equal(drv_read(&drv, DEV_CONFIG, 4), 1);
	cdb_size = 16;
	assert_int_equal(RUN(0, 0, 8, true, 0x25), 0);
	assert_int_equal(load_be32(vm->ram + DATA), SIZE / 512 - 1);
	assert_true(drv_begin(&drv, NEEDED));
	assert_int_equal(drv_read(&drv, DEV_CONFIG + 24, 4), 32);
}

static unsigned control(uint32_t type, uint32_t subtype, unsigned target, uint32_t answer_len)
{
	uint8_t *r = vm->ram + REQUEST;
	uint32_t head, used;

	memset(r, 0, 24);
	store_le32(r, type);
	store_le32(r + 4, subtype);
	r[8] = 1;
	r[9] = (uint8_t)target;
	memset(vm->ram + RESPONSE, 0xee, 8);
	drv_desc(&drv, 0, REQUEST, 24, NEXT, 1);
	drv_desc(&drv, 1, RESPONSE, answer_len, WRITE, 0);
	drv_give(&drv, 0);
	assert_true(drv_take(&drv, &head, &used));
	assert_int_equal(used, answer_len);
	return vm->ram[RESPONSE + answer_len - 1];
}

static void task_management(void **state)
{
	drv.queue = 0;
	assert_true(drv_begin(&drv, NEEDED));
	for (uint32_t subtype = 0; subtype <= 5; subtype++)
		assert_int_equal(control(0, subtype, 0, 1), 0);
	assert_int_equal(control(0, 6, 0, 1), 11);
	assert_int_equal(control(0, 0, 7, 1), 3);
	assert_int_equal(control(1, 0, 0, 5), 0);
	assert_int_equal(load_le32(vm->ram + RESPONSE), 0);
	assert_int_equal(control(2, 0, 7, 5), 3);
	drv_desc(&drv, 0, REQUEST, 8, NEXT, 1);
	drv_give(&drv, 0);
	assert_true(drv_wait_status(&drv, VIRTIO_STATUS_NEEDS_RESET, VIRTIO_STATUS_NEEDS_RESET));
}

static void breaks(unsigned request_len, unsigned response_len)
{
	assert_true(drv_begin(&drv, NEEDED));
	drv_desc(&drv, 0, REQUEST, request_len, NEXT, 1);
	drv_desc(&drv, 1, RESPONSE, response_len, WRITE, 0);
	drv_give(&drv, 0);
	assert_true(drv_wait_status(&drv, VIRTIO_STATUS_NEEDS_RESET, VIRTIO_STATUS_NEEDS_RESET));
}

static void malformed_requests(void **state)
{
	breaks(50, 12 + SENSE);
	breaks(51, 11 + SENSE);
	/* data that is not mapped */
	assert_true(drv_begin(&drv, NEEDED));
	drv_desc(&drv, 0, REQUEST, 51, NEXT, 1);
	drv_desc(&drv, 1, 0x40000000, 512, NEXT, 2);
	drv_desc(&drv, 2, RESPONSE, 12 + SENSE, WRITE, 0);
	drv_give(&drv, 0);
	assert_true(drv_wait_status(&drv, VIRTIO_STATUS_NEEDS_RESET, VIRTIO_STATUS_NEEDS_RESET));
	assert_true(drv_begin(&drv, NEEDED));
	assert_int_equal(RUN(0, 0, 0, false, 0x00), 0);
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(commands_and_data), TEST(sense_comes_along), TEST(addresses), TEST(sizes_of_the_drivers_choice),
		TEST(task_management), TEST(malformed_requests),
	};

	return cmocka_run_group_tests_name("devices/virtio_scsi", tests, group_setup, group_teardown);
}
