/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of the virtio balloon: which pages of the host's go, whatever the guest says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "devices/virtio/balloon.h"
#include "tests/fake/virtio.h"
#include "vmm/base/byteorder.h"

#define NEEDED    VIRTIO_F_VERSION_1
#define REPORTING (1ull << 5)
#define WRITE     2u
#define NUMBERS   0x70000u
#define ISR        0x1000
#define GENERATION 0x15

static struct fake_vm *vm;
static struct fake_driver drv;
static struct iothread *thread;
static struct virtio_balloon *device;
static struct ram ram; /* what is given back; the rings are in the VM's */
static uint32_t page, numbered; /* bytes of a host page; how many numbers it has */

static int group_setup(void **state)
{
	page = (uint32_t)sysconf(_SC_PAGESIZE);
	numbered = page / 4096;
	vm = fake_vm_new();
	assert_int_equal(ram_open(&ram, FAKE_RAM_SIZE), 0);
	assert_int_equal(iothread_new("io", &thread), 0);
	assert_int_equal(virtio_balloon_new(thread, &ram, vm->mem, &device), 0);
	drv = (struct fake_driver){.vm = vm, .d = virtio_balloon_device(device)};
	assert_int_equal(phb_add(vm->phbs.phbs[0], &drv.d->pci), 0);
	assert_int_equal(iothread_start(thread, NULL, NULL), 0);
	return 0;
}

static int group_teardown(void **state)
{
	virtio_reset(drv.d);
	iothread_free(thread);
	virtio_balloon_free(device);
	ram_close(&ram);
	fake_vm_free(vm);
	return 0;
}

static int setup(void **state)
{
	virtio_reset(drv.d);
	fake_vm_reset(vm);
	drv_attach(&drv);
	memset(ram.hva, 0xee, ram.size);
	drv.queue = 0;
	return 0;
}

/* How many bytes are gone, and the first of them. */
static uint32_t gone(uint32_t *ret_first)
{
	uint32_t n = 0;

	for (uint32_t i = FAKE_RAM_SIZE; i-- > 0;)
		if (!ram.hva[i]) {
			*ret_first = i;
			n++;
		}
	return n;
}

static void given(uint16_t i, uint64_t at, uint32_t len, unsigned flags)
{
	uint32_t head, written;

	drv_desc(&drv, i, at, len, flags, 0);
	drv_give(&drv, i);
	assert_true(drv_take(&drv, &head, &written));
	assert_int_equal(head, i);
	assert_int_equal(written, 0);
}

static void inflated(const uint32_t *numbers, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		store_le32(vm->ram + NUMBERS + 4 * i, numbers[i]);
	given(0, NUMBERS, 4 * count, 0);
}

static void whole_pages_go(void **state)
{
	uint32_t numbers[64], first = 0;

	assert_true(drv_begin(&drv, NEEDED));
	for (uint32_t i = 0; i < 2 * numbered; i++)
		numbers[i] = 3 * numbered + i;
	inflated(numbers, 2 * numbered);
	assert_int_equal(gone(&first), 2 * page);
	assert_int_equal(first, 3 * page);
	/* and work again */
	ram.hva[3 * page] = 1;
	assert_int_equal(gone(&first), 2 * page - 1);
	drv.queue = 1;
	drv_queue(&drv);
	given(0, NUMBERS, 4, 0);
}

static void numbers_that_are_wrong(void **state)
{
	static const uint32_t numbers[] = {0xffffffff, FAKE_RAM_SIZE >> 12, (FAKE_RAM_SIZE >> 12) + 1, 0x80000000};
	uint32_t first;

	assert_true(drv_begin(&drv, NEEDED));
	inflated(numbers, 4);
	given(1, NUMBERS, 3, 0);
	given(2, NUMBERS, 4, WRITE);
	assert_int_equal(gone(&first), 0);
	assert_int_equal(drv_read(&drv, DEV_STATUS, 1) & VIRTIO_STATUS_NEEDS_RESET, 0);
	drv_desc(&drv, 3, 0x40000000, 4, 0, 0);
	drv_give(&drv, 3);
	assert_true(drv_wait_status(&drv, VIRTIO_STATUS_NEEDS_RESET, VIRTIO_STATUS_NEEDS_RESET));
}

/* By the standard's queue and by Linux's. */
static void reports(void **state)
{
	uint32_t first = 0;

	for (drv.queue = 2; drv.queue < 5; drv.queue += 2) {
		memset(ram.hva, 0xee, ram.size);
		assert_true(drv_begin(&drv, NEEDED | REPORTING));
		given(0, 4 * page, 3 * page, WRITE);
		assert_int_equal(gone(&first), 3 * page);
		assert_int_equal(first, 4 * page);
		/* parts of pages stay; so do those that are to be read, or not all there */
		given(1, 8 * page + 1, 2 * page, WRITE);
		assert_int_equal(gone(&first), 4 * page);
		given(2, 11 * page, page, 0);
		given(3, FAKE_RAM_SIZE - page, 2 * page, WRITE);
		given(4, UINT64_MAX - page, 2 * page, WRITE);
		assert_int_equal(gone(&first), 4 * page);
	}
}

static void reports_must_be_agreed_on(void **state)
{
	uint32_t first, head, len;

	drv.queue = 2;
	drv.patience = 50;
	assert_true(drv_begin(&drv, NEEDED));
	drv_desc(&drv, 0, 4 * page, page, WRITE, 0);
	drv_give(&drv, 0);
	assert_false(drv_take(&drv, &head, &len));
	assert_int_equal(gone(&first), 0);
	drv.patience = 0;
}

static void addresses_are_guest_physical(void **state)
{
	drv_write(&drv, DEV_FEATURE_SELECT, 4, 1);
	assert_int_equal(drv_read(&drv, DEV_FEATURE, 4) & (uint32_t)(VIRTIO_F_ACCESS_PLATFORM >> 32), 0);
	assert_false(drv_begin(&drv, NEEDED | VIRTIO_F_ACCESS_PLATFORM));
	/* no TCE maps the ring */
	for (uint64_t at = 0; at < FAKE_RAM_SIZE; at += 4096)
		assert_int_equal(dma_tce_put(vm->dma, 0x80000000u, IOBA(at), NULL, 0, 1), 0);
	assert_true(drv_begin(&drv, NEEDED));
	given(0, NUMBERS, 4, 0);
}

static void what_the_driver_says(void **state)
{
	assert_true(drv_begin(&drv, NEEDED));
	drv_write(&drv, DEV_CONFIG, 4, 77);
	drv_write(&drv, DEV_CONFIG + 4, 4, 88);
	assert_int_equal(drv_read(&drv, DEV_CONFIG, 4), 0);
	assert_int_equal(drv_read(&drv, DEV_CONFIG + 4, 4), 88);
	virtio_reset(drv.d);
	assert_int_equal(drv_read(&drv, DEV_CONFIG + 4, 4), 0);
}

/* A driver that runs hears of it at once, one that begins finds it; a reset forgets what the driver said alone. */
static void target(void **state)
{
	uint64_t wanted, actual, generation;

	virtio_balloon_set_target(device, 8 << 20);
	assert_int_equal(drv_read(&drv, ISR, 1), 0);
	assert_true(drv_begin(&drv, NEEDED));
	assert_int_equal(drv_read(&drv, DEV_CONFIG, 4), 2048);
	generation = drv_read(&drv, GENERATION, 1);
	virtio_balloon_set_target(device, (4 << 20) + 4095);
	assert_int_equal(drv_read(&drv, ISR, 1), 2);
	assert_int_not_equal(drv_read(&drv, GENERATION, 1), generation);
	assert_int_equal(drv_read(&drv, DEV_CONFIG, 4), 1024);
	drv_write(&drv, DEV_CONFIG + 4, 4, 0xffffffff);
	virtio_balloon_sizes(device, &wanted, &actual);
	assert_int_equal(wanted, 4 << 20);
	assert_int_equal(actual, 0xffffffffull << 12);
	virtio_reset(drv.d);
	virtio_balloon_sizes(device, &wanted, &actual);
	assert_int_equal(wanted, 4 << 20);
	assert_int_equal(actual, 0);
	virtio_balloon_set_target(device, 0);
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(whole_pages_go),
		TEST(numbers_that_are_wrong),
		TEST(reports),
		TEST(reports_must_be_agreed_on),
		TEST(addresses_are_guest_physical),
		TEST(what_the_driver_says),
		TEST(target),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
