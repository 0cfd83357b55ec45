/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of the virtio network device before a back end that may be busy, and may go. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>
#include <cmocka.h>

#include "devices/virtio/net.h"
#include "tests/fake/virtio.h"
#include "vmm/base/bits.h"
#include "vmm/base/byteorder.h"

#define NEEDED     (VIRTIO_F_VERSION_1 | VIRTIO_F_ACCESS_PLATFORM)
#define OFFLOADS   0x1983ull /* checksums and segments, either way */
#define STATUS     (DEV_CONFIG + 6)
#define GENERATION 0x15
#define ISR        0x1000
#define BUFFER     0x70000u

static struct fake_vm *vm;
static struct fake_driver drv;
static struct iothread *thread;
static struct virtio_net *device;

static atomic_int write_error, read_error; /* of each call */
static atomic_uint taken;

/* In place of the C library's: nobody is behind it. */
ssize_t readv(int fd, const struct iovec *iov, int count)
{
	errno = atomic_load(&read_error);
	return errno ? -1 : 0;
}

ssize_t writev(int fd, const struct iovec *iov, int count)
{
	size_t len = 0;

	errno = atomic_load(&write_error);
	if (errno == EINTR)
		atomic_store(&write_error, 0);
	if (errno)
		return -1;
	for (int i = 0; i < count; i++)
		len += iov[i].iov_len;
	atomic_fetch_add(&taken, 1);
	return (ssize_t)len;
}

static int setup_kind(enum net_kind kind)
{
	static const uint8_t mac[6] = {0x52, 1, 2, 3, 4, 5};
	const char *why;

	vm = fake_vm_new();
	assert_int_equal(iothread_new("net", &thread), 0);
	assert_int_equal(virtio_net_new(&(struct net_params){.kind = kind, .ifname = "none", .describe = true,
							     .thread = thread}, mac, &device, &why), 0);
	drv = (struct fake_driver){.vm = vm, .d = virtio_net_device(device), .queue = 1};
	assert_int_equal(phb_add(vm->phbs.phbs[0], &drv.d->pci), 0);
	assert_int_equal(iothread_start(thread, NULL, NULL), 0);
	drv_attach(&drv);
	atomic_store(&read_error, EAGAIN);
	atomic_store(&write_error, 0);
	atomic_store(&taken, 0);
	return 0;
}

static int setup(void **state)
{
	return setup_kind(NET_USER);
}

static int setup_tap(void **state)
{
	return setup_kind(NET_TAP);
}

static int teardown(void **state)
{
	virtio_reset(drv.d);
	iothread_free(thread);
	virtio_net_free(device);
	fake_vm_free(vm);
	return 0;
}

static void nothing_is_left_to_the_receiver(void **state)
{
	drv_write(&drv, DEV_FEATURE_SELECT, 4, 0);
	assert_int_equal(drv_read(&drv, DEV_FEATURE, 4) & OFFLOADS, 0);
	assert_false(drv_begin(&drv, NEEDED | 1));
}

/* Nothing is lost, nothing told to be sent. */
static void a_busy_back_end_is_waited_for(void **state)
{
	uint32_t head, len;

	assert_true(drv_begin(&drv, NEEDED));
	atomic_store(&write_error, EAGAIN);
	for (uint16_t i = 0; i < 3; i++) {
		drv_desc(&drv, i, BUFFER, 100, 0, 0);
		drv_give(&drv, i);
	}
	usleep(20000);
	assert_int_equal(load_le16(vm->ram + RING_DEVICE + 2), 0);
	atomic_store(&write_error, 0);
	drv_write(&drv, DEV_NOTIFY + 4, 2, 1);
	for (uint16_t i = 0; i < 3; i++) {
		assert_true(drv_take(&drv, &head, &len));
		assert_int_equal(head, i);
	}
	assert_int_equal(atomic_load(&taken), 3);
	/* and a reset does not wait for it */
	atomic_store(&write_error, EAGAIN);
	drv_give(&drv, 0);
	usleep(20000);
	assert_true(drv_begin(&drv, NEEDED));
}

static void the_link_goes(int code)
{
	uint32_t head, len;

	assert_true(drv_begin(&drv, NEEDED));
	assert_int_equal(drv_read(&drv, STATUS, 2), 1);
	assert_int_equal(drv_read(&drv, GENERATION, 1), 0);
	atomic_store(&write_error, code);
	drv_desc(&drv, 0, BUFFER, 100, 0, 0);
	drv_give(&drv, 0);
	assert_true(drv_take(&drv, &head, &len));
	for (unsigned i = 0; i < 1000 && drv_read(&drv, STATUS, 2); i++)
		usleep(1000);
	assert_int_equal(drv_read(&drv, STATUS, 2), 0);
	assert_int_equal(drv_read(&drv, GENERATION, 1), 1);
	for (unsigned i = 0; i < 1000 && !(drv_read(&drv, ISR, 1) & 2); i++)
		usleep(1000);
	/* frames are lost as on a wire; nothing is broken, and a reset does not bring it back */
	drv_give(&drv, 0);
	assert_true(drv_take(&drv, &head, &len));
	assert_int_equal(drv_read(&drv, DEV_STATUS, 1) & VIRTIO_STATUS_NEEDS_RESET, 0);
	assert_true(drv_begin(&drv, NEEDED));
	assert_int_equal(drv_read(&drv, STATUS, 2), 0);
}

static void a_peer_that_goes(void **state)
{
	the_link_goes(EPIPE);
}

static void a_host_that_fails(void **state)
{
	the_link_goes(EIO);
}

/* A tap loses what its host does not take, and nothing else: no frame appears, no link goes. */
static void a_tap_that_fails(void **state)
{
	static const int errors[] = {EIO, ENOSPC, ENOBUFS, EAGAIN, EINTR, EINVAL};
	uint32_t head, len;

	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		assert_true(drv_begin(&drv, NEEDED));
		atomic_store(&write_error, errors[i]);
		atomic_store(&taken, 0);
		drv_desc(&drv, 0, BUFFER, 100, 0, 0);
		drv_give(&drv, 0);
		assert_true(drv_take(&drv, &head, &len));
		assert_int_equal(atomic_load(&taken), errors[i] == EINTR);
		atomic_store(&read_error, errors[i] == EINTR ? EAGAIN : errors[i]);
		drv.queue = 0;
		drv_queue(&drv);
		drv_desc(&drv, 1, BUFFER, 2000, 2, 0);
		drv_give(&drv, 1);
		usleep(5000);
		assert_int_equal(load_le16(vm->ram + RING_DEVICE + 2), 0);
		assert_int_equal(drv_read(&drv, STATUS, 2), 1);
		assert_int_equal(drv_read(&drv, DEV_STATUS, 1) & VIRTIO_STATUS_NEEDS_RESET, 0);
		drv.queue = 1;
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_is_left_to_the_receiver),
		TEST(a_busy_back_end_is_waited_for),
		TEST(a_peer_that_goes),
		TEST(a_host_that_fails),
		cmocka_unit_test_setup_teardown(a_tap_that_fails, setup_tap, teardown),
	};

	return cmocka_run_group_tests_name("devices/virtio_net_link", tests, NULL, NULL);
}
