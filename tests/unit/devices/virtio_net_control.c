/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of the virtio network device's control queue: what is received, and by which queues. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>
#include <cmocka.h>

#include "devices/virtio/net.h"
#include "tests/fake/virtio.h"
#include "vmm/base/bits.h"
#include "vmm/base/byteorder.h"

#define NEEDED    (VIRTIO_F_VERSION_1 | VIRTIO_F_ACCESS_PLATFORM)
#define CONTROL   (NEEDED | 1ull << 17 | 1ull << 18 | 1ull << 20 | 1ull << 23)
#define VLAN      (1ull << 19)
#define MQ        (1ull << 22)
#define NEXT      1u
#define WRITE     2u
#define REQUEST   0x70000u
#define ANSWER    0x72000u
#define BUFFERS   0x78000u
#define FRAME_LEN 60u
#define PAIRS     3u

static struct fake_vm *vm;
static struct fake_driver control, rx;
static struct iothread *thread;
static struct virtio_net *device;
static atomic_uint waiting; /* frames */
static uint8_t frame[FRAME_LEN];

/* In place of the C library's: the interface is not there. */
ssize_t readv(int fd, const struct iovec *iov, int count)
{
	if (!atomic_load(&waiting)) {
		errno = EAGAIN;
		return -1;
	}
	atomic_fetch_sub(&waiting, 1);
	memset(iov[0].iov_base, 0, NET_HEADER);
	memcpy((uint8_t *)iov[0].iov_base + NET_HEADER, frame, FRAME_LEN);
	return NET_HEADER + FRAME_LEN;
}

static int group_setup(void **state)
{
	static const uint8_t mac[6] = {0x52, 1, 2, 3, 4, 5};
	const char *why;

	vm = fake_vm_new();
	assert_int_equal(iothread_new("net", &thread), 0);
	assert_int_equal(virtio_net_new(&(struct net_params){.kind = NET_TAP, .ifname = "none", .describe = true,
							     .queues = PAIRS, .thread = thread}, mac, &device, &why), 0);
	control = (struct fake_driver){.vm = vm, .d = virtio_net_device(device)};
	assert_int_equal(phb_add(vm->phbs.phbs[0], &control.d->pci), 0);
	assert_int_equal(iothread_start(thread, NULL, NULL), 0);
	return 0;
}

static int group_teardown(void **state)
{
	virtio_reset(control.d);
	iothread_free(thread);
	virtio_net_free(device);
	fake_vm_free(vm);
	return 0;
}

static int setup(void **state)
{
	virtio_reset(control.d);
	fake_vm_reset(vm);
	drv_attach(&control);
	atomic_store(&waiting, 0);
	return 0;
}

/* A running device, its control queue and that of pair @pair's to receive. */
static void begin(uint64_t features, unsigned pair)
{
	control.queue = features & MQ ? 2 * PAIRS : 2;
	rx = (struct fake_driver){.vm = vm, .d = control.d, .queue = 2 * pair, .ring = 0x4000, .patience = 100};
	assert_true(drv_begin(&control, features));
	drv_queue(&rx);
}

/* The answer to @len bytes. */
static unsigned command(const void *bytes, uint32_t len)
{
	uint32_t head, written;

	memcpy(vm->ram + REQUEST, bytes, len);
	vm->ram[ANSWER] = 0xff;
	drv_desc(&control, 0, REQUEST, 2, NEXT, 1);
	drv_desc(&control, 1, REQUEST + 2, len - 2, NEXT, 2);
	drv_desc(&control, 2, ANSWER, 1, WRITE, 0);
	drv_give(&control, 0);
	assert_true(drv_take(&control, &head, &written));
	assert_int_equal(written, 1);
	return vm->ram[ANSWER];
}

#define COMMAND(...) command((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

/* Whether a frame to the station @first:1:2:3:4:@last gets to the driver, with a buffer for it. */
static bool received(uint8_t first, uint8_t last)
{
	static uint16_t i;
	uint32_t head, len;

	memcpy(frame, (const uint8_t[]){first, 1, 2, 3, 4, last}, 6);
	atomic_store(&waiting, 1);
	i = (uint16_t)((i + 1) % RING_SIZE);
	if (rx.avail == rx.used) {
		drv_desc(&rx, i, BUFFERS, 2048, WRITE, 0);
		drv_give(&rx, i);
	} else {
		drv_write(&rx, DEV_NOTIFY + 4 * rx.queue, 2, 0);
	}
	return drv_take(&rx, &head, &len) && len == NET_HEADER + FRAME_LEN;
}

static void modes(void **state)
{
	begin(CONTROL, 0);
	assert_true(received(0x02, 9));
	assert_int_equal(COMMAND(0, 0, 0), 0);
	assert_false(received(0x02, 9));
	assert_true(received(0x52, 5));
	assert_false(received(0x01, 1));
	assert_int_equal(COMMAND(0, 1, 1), 0);
	assert_true(received(0x01, 1));
	assert_int_equal(COMMAND(0, 3, 1), 0);
	assert_false(received(0x01, 1));
	assert_int_equal(COMMAND(0, 2, 1), 0);
	assert_true(received(0x02, 9));
	assert_int_equal(COMMAND(0, 4, 1), 0);
	assert_false(received(0x52, 5));
	assert_int_equal(COMMAND(0, 0, 1), 0);
	assert_true(received(0x52, 5));
	/* a reset lets all pass again */
	assert_int_equal(COMMAND(0, 0, 0), 0);
	begin(CONTROL, 0);
	assert_true(received(0x02, 9));
}

static void addresses(void **state)
{
	begin(CONTROL, 0);
	assert_int_equal(COMMAND(0, 0, 0), 0);
	assert_int_equal(COMMAND(1, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4, 9, 1, 0, 0, 0, 1, 1, 2, 3, 4, 7), 0);
	assert_true(received(2, 9));
	assert_false(received(2, 8));
	assert_true(received(1, 7));
	assert_false(received(1, 8));
	assert_int_equal(COMMAND(1, 1, 0x52, 1, 2, 3, 4, 6), 0);
	assert_true(received(0x52, 6));
	assert_false(received(0x52, 5));
	assert_int_equal(drv_read(&control, DEV_CONFIG + 5, 1), 6);
	begin(CONTROL, 0);
	assert_int_equal(drv_read(&control, DEV_CONFIG + 5, 1), 5);
}

static void long_lists(void **state)
{
	static uint8_t bytes[2 + 4 + 6 * 300 + 4 + 6];

	begin(CONTROL, 0);
	assert_int_equal(COMMAND(0, 0, 0), 0);
	bytes[0] = 1;
	store_le32(bytes + 2, 300);
	store_le32(bytes + 6 + 1800, 1);
	assert_int_equal(command(bytes, sizeof(bytes)), 0);
	assert_true(received(2, 9));
	assert_true(received(1, 9));
	/* the end is not where it is said to be */
	store_le32(bytes + 2, 400);
	assert_int_equal(command(bytes, sizeof(bytes)), 1);
	store_le32(bytes + 2, 0xffffffff);
	assert_int_equal(command(bytes, sizeof(bytes)), 1);
	store_le32(bytes + 2, 65);
	store_le32(bytes + 6 + 390, 0);
	assert_int_equal(command(bytes, 6 + 390 + 4), 0);
	assert_true(received(2, 9));
	assert_false(received(1, 9));
}

static void virtual_lans(void **state)
{
	begin(CONTROL | VLAN, 0);
	memcpy(frame + 12, (const uint8_t[]){0x81, 0, 0x20, 5}, 4);
	assert_int_equal(COMMAND(0, 0, 0), 0);
	assert_false(received(0x52, 5));
	assert_int_equal(COMMAND(2, 0, 5, 0), 0);
	assert_true(received(0x52, 5));
	assert_int_equal(COMMAND(2, 1, 5, 0), 0);
	assert_false(received(0x52, 5));
	assert_int_equal(COMMAND(2, 0, 0, 0x10), 1);
	assert_int_equal(COMMAND(2, 2, 5, 0), 1);
	/* who does not ask for a filter has none */
	begin(CONTROL, 0);
	assert_int_equal(COMMAND(0, 0, 0), 0);
	assert_true(received(0x52, 5));
	memset(frame + 12, 0, 4);
}

static void what_is_not_a_command(void **state)
{
	begin(CONTROL, 0);
	assert_int_equal(COMMAND(0, 6, 1), 1);
	assert_int_equal(COMMAND(0, 0, 2), 1);
	assert_int_equal(COMMAND(0, 0, 1, 1), 1);
	assert_int_equal(COMMAND(1, 2, 0, 0), 1);
	assert_int_equal(COMMAND(1, 1, 1, 1, 2, 3, 4, 5), 1);
	assert_int_equal(COMMAND(1, 0, 1, 0), 1);
	assert_int_equal(COMMAND(3, 0, 0), 1);
	assert_int_equal(COMMAND(9, 0, 0), 1);
	/* of features that were not accepted */
	assert_int_equal(COMMAND(2, 0, 5, 0), 1);
	assert_int_equal(COMMAND(4, 0, 1, 0), 1);
	begin(NEEDED | 1ull << 17, 0);
	assert_int_equal(COMMAND(0, 0, 1), 1);
}

static void what_cannot_be_answered(void **state)
{
	begin(CONTROL, 0);
	drv_desc(&control, 0, REQUEST, 3, 0, 0);
	drv_give(&control, 0);
	assert_true(drv_wait_status(&control, VIRTIO_STATUS_NEEDS_RESET, VIRTIO_STATUS_NEEDS_RESET));
	begin(CONTROL, 0);
	drv_desc(&control, 0, REQUEST, 1, NEXT, 1);
	drv_desc(&control, 1, ANSWER, 1, WRITE, 0);
	drv_give(&control, 0);
	assert_true(drv_wait_status(&control, VIRTIO_STATUS_NEEDS_RESET, VIRTIO_STATUS_NEEDS_RESET));
	begin(CONTROL, 0);
	assert_int_equal(COMMAND(0, 0, 1), 0);
}

static void pairs(void **state)
{
	uint32_t head, len;

	assert_int_equal(drv_read(&control, DEV_CONFIG + 8, 2), PAIRS);
	begin(CONTROL | MQ, 2);
	assert_false(received(0x52, 5));
	assert_int_equal(COMMAND(4, 0, 2, 0), 0);
	assert_false(received(0x52, 5));
	/* what was given before is not forgotten */
	assert_int_equal(COMMAND(4, 0, PAIRS, 0), 0);
	assert_true(drv_take(&rx, &head, &len));
	assert_true(received(0x52, 5));
	assert_int_equal(COMMAND(4, 0, 0, 0), 1);
	assert_int_equal(COMMAND(4, 0, PAIRS + 1, 0), 1);
	assert_int_equal(COMMAND(4, 0, 1), 1);
	assert_int_equal(COMMAND(4, 1, 1, 0), 1);
	assert_true(received(0x52, 5));
	assert_int_equal(COMMAND(4, 0, 1, 0), 0);
	assert_false(received(0x52, 5));
	/* a driver that knows of one pair has one */
	begin(CONTROL, 0);
	assert_true(received(0x52, 5));
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(modes),
		TEST(addresses),
		TEST(long_lists),
		TEST(virtual_lans),
		TEST(what_is_not_a_command),
		TEST(what_cannot_be_answered),
		TEST(pairs),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
