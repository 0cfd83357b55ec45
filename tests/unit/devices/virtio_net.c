/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of the virtio network device: frames into buffers of every size, and out of chains. */
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
#include "vmm/base/byteorder.h"

#define NEEDED  (VIRTIO_F_VERSION_1 | VIRTIO_F_ACCESS_PLATFORM)
#define MERGE   (1ull << 15)
#define NEXT    1u
#define WRITE   2u
#define BUFFERS 0x70000u

static struct fake_vm *vm;
static struct fake_driver drv;
static struct iothread *thread;
static struct virtio_net *device;

/* The frame on its way to the guest, and the last one from it. */
static _Atomic size_t waiting;
static atomic_uint sent_count;
static size_t sent_len;
static uint8_t sent[NET_FRAME_MAX];

/* In place of the C library's: the interface is not there. */
ssize_t readv(int fd, const struct iovec *iov, int count)
{
	size_t len = atomic_exchange(&waiting, 0);

	if (!len) {
		errno = EAGAIN;
		return -1;
	}
	for (size_t i = 0; i < len; i++)
		((uint8_t *)iov[0].iov_base)[i] = i < NET_HEADER ? 0 : (uint8_t)(i * 5 + i / 256);
	return (ssize_t)len;
}

ssize_t writev(int fd, const struct iovec *iov, int count)
{
	sent_len = 0;
	for (int i = 0; i < count; i++) {
		memcpy(sent + sent_len, iov[i].iov_base, iov[i].iov_len);
		sent_len += iov[i].iov_len;
	}
	atomic_fetch_add(&sent_count, 1);
	return (ssize_t)sent_len;
}

static int group_setup(void **state)
{
	static const uint8_t mac[6] = {0x52, 1, 2, 3, 4, 5};
	const char *why;

	vm = fake_vm_new();
	assert_int_equal(iothread_new("net", &thread), 0);
	assert_int_equal(virtio_net_new(&(struct net_params){.kind = NET_TAP, .ifname = "none", .describe = true,
							     .thread = thread}, mac, &device, &why), 0);
	drv = (struct fake_driver){.vm = vm, .d = virtio_net_device(device)};
	assert_int_equal(phb_add(vm->phbs.phbs[0], &drv.d->pci), 0);
	assert_int_equal(iothread_start(thread, NULL, NULL), 0);
	return 0;
}

static int group_teardown(void **state)
{
	virtio_reset(drv.d);
	iothread_free(thread);
	virtio_net_free(device);
	fake_vm_free(vm);
	return 0;
}

static int setup(void **state)
{
	virtio_reset(drv.d);
	fake_vm_reset(vm);
	drv_attach(&drv);
	drv.queue = 0;
	atomic_store(&waiting, 0);
	return 0;
}

static void give(unsigned i, uint32_t len)
{
	drv_desc(&drv, i, BUFFERS + 0x1000 * i, len, WRITE, 0);
	drv_give(&drv, (uint16_t)i);
}

static void took(uint32_t want_head, uint32_t want_len)
{
	uint32_t head, len;

	assert_true(drv_take(&drv, &head, &len));
	assert_int_equal(head, want_head);
	assert_int_equal(len, want_len);
}

static void one_buffer(void **state)
{
	assert_true(drv_begin(&drv, NEEDED));
	assert_int_equal(drv_read(&drv, DEV_CONFIG + 1, 1), 1);
	assert_int_equal(drv_read(&drv, DEV_CONFIG + 6, 2), 1);
	atomic_store(&waiting, 1000);
	give(0, 2048);
	took(0, 1000);
	assert_int_equal(load_le16(vm->ram + BUFFERS + 10), 1);
	assert_int_equal(vm->ram[BUFFERS + 999], (uint8_t)(999 * 5 + 3));
}

static void many_buffers(void **state)
{
	assert_true(drv_begin(&drv, NEEDED | MERGE));
	give(0, 400);
	give(1, 400);
	/* not enough yet: none is used */
	atomic_store(&waiting, 1000);
	drv_write(&drv, DEV_NOTIFY, 2, 0);
	usleep(20000);
	assert_int_equal(load_le16(vm->ram + RING_DEVICE + 2), 0);
	give(2, 400);
	took(0, 400);
	took(1, 400);
	took(2, 200);
	assert_int_equal(load_le16(vm->ram + BUFFERS + 10), 3);
	assert_int_equal(vm->ram[BUFFERS + 0x2000 + 199], (uint8_t)(999 * 5 + 3));
	assert_int_equal(vm->ram[BUFFERS + 0x2000 + 200], 0);
}

static void what_does_not_fit_is_dropped(void **state)
{
	assert_true(drv_begin(&drv, NEEDED));
	atomic_store(&waiting, 1000);
	give(0, 500);
	took(0, 0);
	atomic_store(&waiting, 1000);
	give(1, 1000);
	took(1, 1000);
	/* too small for a header; not mapped; only to be read */
	assert_true(drv_begin(&drv, NEEDED | MERGE));
	atomic_store(&waiting, 100);
	give(0, 11);
	took(0, 0);
	atomic_store(&waiting, 100);
	drv_desc(&drv, 1, 0x40000000, 2048, WRITE, 0);
	drv_give(&drv, 1);
	took(1, 0);
	atomic_store(&waiting, 100);
	drv_desc(&drv, 2, BUFFERS, 2048, 0, 0);
	drv_give(&drv, 2);
	took(2, 0);
	atomic_store(&waiting, 100);
	give(3, 2048);
	took(3, 100);
}

static void frames_go_out(void **state)
{
	drv.queue = 1;
	assert_true(drv_begin(&drv, NEEDED));
	for (unsigned i = 0; i < 0x400; i++)
		vm->ram[BUFFERS + i] = (uint8_t)(i * 11);
	drv_desc(&drv, 0, BUFFERS, 12, NEXT, 1);
	drv_desc(&drv, 1, BUFFERS + 12, 500, 0, 0);
	atomic_store(&sent_count, 0);
	drv_give(&drv, 0);
	took(0, 0);
	assert_int_equal(atomic_load(&sent_count), 1);
	assert_int_equal(sent_len, 512);
	assert_memory_equal(sent, vm->ram + BUFFERS, 512);
	/* shorter than a frame, longer than any, not mapped: dropped, and the chain comes back */
	drv_desc(&drv, 2, BUFFERS, 25, 0, 0);
	drv_give(&drv, 2);
	took(2, 0);
	drv_desc(&drv, 3, BUFFERS, NET_FRAME_MAX + 1, 0, 0);
	drv_give(&drv, 3);
	took(3, 0);
	drv_desc(&drv, 4, 0x40000000, 512, 0, 0);
	drv_give(&drv, 4);
	took(4, 0);
	assert_int_equal(atomic_load(&sent_count), 1);
	assert_int_equal(drv_read(&drv, DEV_STATUS, 1) & VIRTIO_STATUS_NEEDS_RESET, 0);
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_buffer),
		TEST(many_buffers),
		TEST(what_does_not_fit_is_dropped),
		TEST(frames_go_out),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
