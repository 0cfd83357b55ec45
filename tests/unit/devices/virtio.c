/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of the virtio block device, driven through its registers and a ring, well and badly. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "devices/virtio/blk.h"
#include "tests/fake/virtio.h"
#include "vmm/base/byteorder.h"

#define DISK_SIZE (1u << 20)
#define NEEDED    (VIRTIO_F_VERSION_1 | VIRTIO_F_ACCESS_PLATFORM)
#define NEXT      1u
#define WRITE     2u
#define INDIRECT  4u

#define HEADER  0x70000u
#define DATA    0x71000u
#define STATUS  0x7f000u
#define TABLE   0x68000u

static struct fake_vm *vm;
static struct fake_driver drv;
static struct iothread *thread;
static struct blk *blk;
static struct virtio_blk *device;

static int group_setup(void **state)
{
	char path[] = "/tmp/paprika-virtio-XXXXXX";
	const char *why;
	int fd = mkstemp(path);

	vm = fake_vm_new();
	assert_int_equal(ftruncate(fd, DISK_SIZE), 0);
	close(fd);
	assert_int_equal(iothread_new("disk", &thread), 0);
	assert_int_equal(blk_open(&(struct blk_params){.path = path, .thread = thread}, &blk, &why), 0);
	unlink(path);
	assert_int_equal(virtio_blk_new(blk, thread, 1, "serial", &device), 0);
	drv = (struct fake_driver){.vm = vm, .d = virtio_blk_device(device)};
	assert_int_equal(phb_add(vm->phbs.phbs[0], &drv.d->pci), 0);
	assert_int_equal(blk_start(blk, NULL, NULL), 0);
	assert_int_equal(iothread_start(thread, NULL, NULL), 0);
	return 0;
}

static int group_teardown(void **state)
{
	virtio_reset(drv.d);
	iothread_free(thread);
	blk_close(blk);
	virtio_blk_free(device);
	fake_vm_free(vm);
	return 0;
}

static int setup(void **state)
{
	virtio_reset(drv.d);
	fake_vm_reset(vm);
	drv_attach(&drv);
	return 0;
}

/* A request in descriptors 0 to 2: its status, or -1 if it does not come back. */
static int request(uint32_t type, uint64_t sector, uint32_t len, bool device_writes)
{
	uint32_t head, written;

	store_le32(vm->ram + HEADER, type);
	store_le32(vm->ram + HEADER + 4, 0);
	store_le64(vm->ram + HEADER + 8, sector);
	vm->ram[STATUS] = 0xee;
	drv_desc(&drv, 0, HEADER, 16, NEXT, len ? 1 : 2);
	drv_desc(&drv, 1, DATA, len, NEXT | (device_writes ? WRITE : 0), 2);
	drv_desc(&drv, 2, STATUS, 1, WRITE, 0);
	drv_give(&drv, 0);
	if (!drv_take(&drv, &head, &written))
		return -1;
	assert_int_equal(head, 0);
	assert_int_equal(written, device_writes && vm->ram[STATUS] == 0 ? len + 1 : 1);
	return vm->ram[STATUS];
}

static void features_are_agreed_on(void **state)
{
	assert_false(drv_begin(&drv, VIRTIO_F_VERSION_1)); /* around the TCEs */
	assert_false(drv_begin(&drv, VIRTIO_F_ACCESS_PLATFORM));
	assert_false(drv_begin(&drv, NEEDED | 1ull << 63));
	drv_write(&drv, DEV_FEATURE_SELECT, 4, 1);
	assert_int_equal(drv_read(&drv, DEV_FEATURE, 4) & 3, 3);
	assert_true(drv_begin(&drv, NEEDED));
	/* no way back by writing less */
	drv_write(&drv, DEV_STATUS, 1, 1);
	assert_int_equal(drv_read(&drv, DEV_STATUS, 1), 15);
}

static void disk_reads_and_writes(void **state)
{
	uint8_t copy[8192];

	assert_true(drv_begin(&drv, NEEDED));
	assert_int_equal(drv_read(&drv, DEV_CONFIG, 4), DISK_SIZE / 512);
	for (unsigned i = 0; i < sizeof(copy); i++)
		vm->ram[DATA + i] = (uint8_t)(i * 13 >> 3);
	memcpy(copy, vm->ram + DATA, sizeof(copy));
	assert_int_equal(request(1, 16, sizeof(copy), false), 0);
	memset(vm->ram + DATA, 0, sizeof(copy));
	assert_int_equal(request(4, 0, 0, false), 0);
	assert_int_equal(request(0, 16, sizeof(copy), true), 0);
	assert_memory_equal(vm->ram + DATA, copy, sizeof(copy));
	assert_int_equal(request(8, 0, 20, true), 0);
	assert_memory_equal(vm->ram + DATA, "serial\0", 7);
}

static void bad_requests_are_answered(void **state)
{
	assert_true(drv_begin(&drv, NEEDED));
	assert_int_equal(request(99, 0, 512, true), 2);
	assert_int_equal(request(0, DISK_SIZE / 512, 512, true), 1);
	assert_int_equal(request(0, UINT64_MAX, 512, true), 1);
	assert_int_equal(request(1, DISK_SIZE / 512 - 1, 1024, false), 1);
	assert_int_equal(request(0, 0, 100, true), 1);
	assert_int_equal(request(0, 0, 0, true), 1);
	assert_int_equal(request(11, 0, 15, false), 1);
	store_le64(vm->ram + DATA, DISK_SIZE / 512);
	store_le32(vm->ram + DATA + 8, 8);
	store_le32(vm->ram + DATA + 12, 0);
	assert_int_equal(request(11, 0, 16, false), 1);
	store_le32(vm->ram + DATA + 12, 0x80);
	assert_int_equal(request(13, 0, 16, false), 2);
	store_le64(vm->ram + DATA, 0);
	store_le32(vm->ram + DATA + 12, 1);
	assert_int_equal(request(13, 0, 16, false), 0);
	/* data that is not mapped: an error of this request alone */
	assert_int_equal(dma_tce_put(vm->dma, 0x80000000u, IOBA(DATA), NULL, 0, 1), 0);
	assert_int_equal(request(0, 0, 512, true), 1);
	assert_int_equal(dma_tce_put(vm->dma, 0x80000000u, IOBA(DATA), NULL, DATA | TCE_READ, 1), 0);
	assert_int_equal(request(0, 0, 512, true), 1);
	assert_int_equal(request(1, 0, 512, false), 0);
	assert_int_equal(drv_read(&drv, DEV_STATUS, 1) & VIRTIO_STATUS_NEEDS_RESET, 0);
}

static void tables_are_indirect(void **state)
{
	uint8_t *t = vm->ram + TABLE;
	uint32_t head, len;

	assert_true(drv_begin(&drv, NEEDED | VIRTIO_F_INDIRECT_DESC));
	store_le32(vm->ram + HEADER, 8);
	for (unsigned i = 0; i < 3; i++) {
		static const uint64_t at[] = {HEADER, DATA, STATUS};
		static const uint32_t lens[] = {16, 20, 1};

		store_le64(t + 16 * i, at[i]);
		store_le32(t + 16 * i + 8, lens[i]);
		store_le16(t + 16 * i + 12, (uint16_t)((i < 2 ? NEXT : 0) | (i ? WRITE : 0)));
		store_le16(t + 16 * i + 14, (uint16_t)(i + 1));
	}
	drv_desc(&drv, 5, TABLE, 48, INDIRECT, 0);
	drv_give(&drv, 5);
	assert_true(drv_take(&drv, &head, &len));
	assert_int_equal(head, 5);
	assert_int_equal(len, 21);
	/* within a table there is no other */
	store_le16(t + 12, INDIRECT);
	drv_give(&drv, 5);
	assert_true(drv_wait_status(&drv, VIRTIO_STATUS_NEEDS_RESET, VIRTIO_STATUS_NEEDS_RESET));
}

/* After @break_it the device wants a reset, gives nothing back, and works again after the reset. */
static void broken(void (*break_it)(void))
{
	uint32_t head, len;

	assert_true(drv_begin(&drv, NEEDED | VIRTIO_F_INDIRECT_DESC));
	assert_int_equal(request(4, 0, 0, false), 0);
	break_it();
	assert_true(drv_wait_status(&drv, VIRTIO_STATUS_NEEDS_RESET, VIRTIO_STATUS_NEEDS_RESET));
	assert_int_equal(load_le16(vm->ram + RING_DEVICE + 2), drv.used);
	drv_attach(&drv);
	assert_true(drv_begin(&drv, NEEDED));
	assert_int_equal(request(4, 0, 0, false), 0);
	(void)head;
	(void)len;
}

static void break_loop(void)
{
	drv_desc(&drv, 3, HEADER, 16, NEXT, 4);
	drv_desc(&drv, 4, DATA, 16, NEXT, 3);
	drv_give(&drv, 3);
}

static void break_head(void)
{
	drv_give(&drv, RING_SIZE);
}

static void break_next(void)
{
	drv_desc(&drv, 3, HEADER, 16, NEXT, 0xffff);
	drv_give(&drv, 3);
}

static void break_order(void)
{
	drv_desc(&drv, 3, STATUS, 1, NEXT | WRITE, 4);
	drv_desc(&drv, 4, HEADER, 16, 0, 0);
	drv_give(&drv, 3);
}

static void break_index(void)
{
	drv.avail += RING_SIZE;
	drv_give(&drv, 0);
}

static void break_length(void)
{
	drv_desc(&drv, 3, HEADER, UINT32_MAX, NEXT, 4);
	drv_desc(&drv, 4, HEADER, UINT32_MAX, 0, 0);
	drv_give(&drv, 3);
}

static void break_table(void)
{
	drv_desc(&drv, 3, TABLE, 16 * (RING_SIZE + 1), INDIRECT, 0);
	drv_give(&drv, 3);
}

static void break_no_status(void)
{
	drv_desc(&drv, 3, HEADER, 16, 0, 0);
	drv_give(&drv, 3);
}

static void break_short_header(void)
{
	drv_desc(&drv, 3, HEADER, 15, NEXT, 4);
	drv_desc(&drv, 4, STATUS, 1, WRITE, 0);
	drv_give(&drv, 3);
}

static void break_unmapped(void)
{
	assert_int_equal(dma_tce_put(vm->dma, 0x80000000u, IOBA(RING_DESC), NULL, 0, 2), 0);
	drv_give(&drv, 0);
}

/* A register of its own BAR is no memory. */
static void break_own_window(void)
{
	drv_desc(&drv, 3, drv.d->pci.bars[0].assigned, 16, NEXT, 4);
	drv_desc(&drv, 4, STATUS, 1, WRITE, 0);
	drv_give(&drv, 3);
}

static void break_master(void)
{
	phb_config_write(vm->phbs.phbs[0], drv.d->pci.devfn << 8 | PCI_CFG_COMMAND, 2, PCI_CMD_MEMORY);
	drv_give(&drv, 0);
}

static void broken_rings_need_a_reset(void **state)
{
	static void (*const ways[])(void) = {
		break_loop, break_head, break_next, break_order, break_index, break_length, break_table,
		break_no_status, break_short_header, break_unmapped, break_own_window, break_master,
	};

	for (unsigned i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		broken(ways[i]);
}

static void queues_are_frozen_and_reset(void **state)
{
	assert_true(drv_begin(&drv, NEEDED | VIRTIO_F_RING_RESET));
	drv_write(&drv, Q_DESC, 8, 0x1000);
	drv_write(&drv, Q_SIZE, 2, 2);
	assert_int_equal(drv_read(&drv, Q_DESC, 4), RING_DESC);
	assert_int_equal(drv_read(&drv, Q_SIZE, 2), RING_SIZE);
	assert_int_equal(request(4, 0, 0, false), 0);
	drv_write(&drv, Q_RESET, 2, 1);
	for (unsigned i = 0; i < 5000 && drv_read(&drv, Q_RESET, 2); i++)
		usleep(200);
	assert_int_equal(drv_read(&drv, Q_RESET, 2), 0);
	assert_int_equal(drv_read(&drv, Q_ENABLE, 2), 0);
	assert_int_equal(drv_read(&drv, Q_DESC, 4), 0);
	drv_queue(&drv);
	assert_int_equal(request(4, 0, 0, false), 0);
	/* what is not there */
	drv_write(&drv, Q_SELECT, 2, 1);
	assert_int_equal(drv_read(&drv, Q_SIZE, 2), 0);
	drv_write(&drv, Q_ENABLE, 2, 1);
	drv_write(&drv, DEV_NOTIFY + 4, 2, 1);
}

/* A reset while requests run: all of them are over, then it is done; the endpoint's reset as well. */
static void resets_drain(void **state)
{
	for (unsigned round = 0; round < 50; round++) {
		assert_true(drv_begin(&drv, NEEDED));
		store_le32(vm->ram + HEADER, 1);
		store_le64(vm->ram + HEADER + 8, 0);
		drv_desc(&drv, 0, HEADER, 16, NEXT, 1);
		drv_desc(&drv, 1, DATA, 0x8000, NEXT, 2);
		drv_desc(&drv, 2, STATUS, 1, WRITE, 0);
		for (unsigned i = 0; i < 8; i++)
			drv_give(&drv, 0);
		if (round & 1) {
			phb_endpoint_reset(vm->phbs.phbs[0], true);
			phb_endpoint_reset(vm->phbs.phbs[0], false);
			drv_attach(&drv);
		} else {
			drv_write(&drv, DEV_STATUS, 1, 0);
		}
		assert_true(drv_wait_status(&drv, 0xff, 0));
	}
}

static void configuration_window_reaches_the_bar(void **state)
{
	struct phb *phb = vm->phbs.phbs[0];
	uint32_t cap = drv.d->pci.devfn << 8 | drv.d->cfg_cap, v;

	assert_true(phb_config_write(phb, cap + 4, 1, 0));
	assert_true(phb_config_write(phb, cap + 8, 4, DEV_CONFIG));
	assert_true(phb_config_write(phb, cap + 12, 4, 4));
	assert_true(phb_config_read(phb, cap + 16, 4, &v));
	assert_int_equal(v, DISK_SIZE / 512);
	/* not this length, not beyond the end */
	assert_true(phb_config_write(phb, cap + 8, 4, 0xfffe));
	assert_true(phb_config_read(phb, cap + 16, 4, &v));
}

static uint64_t seed = 88172645463325252ull;

static uint32_t random32(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 16);
}

/* Rings of noise, registers of noise, BARs that move meanwhile. */
static void noise_is_survived(void **state)
{
	struct phb *phb = vm->phbs.phbs[0];

	for (unsigned round = 0; round < 3000; round++) {
		if (random32() & 1)
			drv_begin(&drv, NEEDED | (random32() & 0x30000000));
		for (unsigned i = 0; i < 40; i++) {
			uint32_t x = random32();

			drv_desc(&drv, x % RING_SIZE, x & 0x100 ? HEADER + (x >> 20) : random32(),
				 x & 0x200 ? random32() : x >> 24, (x >> 10) & 7, random32() % (RING_SIZE + 1));
			store_le32(vm->ram + HEADER + (x >> 20 & 0xffc), random32() % 16);
			if (x & 0x2000)
				drv_give(&drv, (uint16_t)(random32() % (RING_SIZE + 1)));
			if (!(x & 0xf0000))
				drv_write(&drv, random32() % 0x40, 1u << (x >> 20 & 3), random32());
			if (!(x & 0xf00000))
				phb_config_write(phb, drv.d->pci.devfn << 8 | (random32() & 0xfc), 4, random32());
		}
		drv_attach(&drv);
	}
	virtio_reset(drv.d);
	fake_vm_reset(vm);
	drv_attach(&drv);
	assert_true(drv_begin(&drv, NEEDED));
	assert_int_equal(request(4, 0, 0, false), 0);
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(features_are_agreed_on),
		TEST(disk_reads_and_writes),
		TEST(bad_requests_are_answered),
		TEST(tables_are_indirect),
		TEST(broken_rings_need_a_reset),
		TEST(queues_are_frozen_and_reset),
		TEST(resets_drain),
		TEST(configuration_window_reaches_the_bar),
		TEST(noise_is_survived),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
