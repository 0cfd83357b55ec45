/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tests of devices that the host's kernel serves, with the driver's own rings and with rings in between: a network
 * over taps, with one pair of queues and with two; sockets.
 */
#include <errno.h>
#include <linux/if_tun.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "devices/virtio/vhost.h"
#include "tests/fake/vhost_kernel.h"
#include "tests/fake/virtio.h"
#include "vmm/base/byteorder.h"
#include "vmm/io/vhost_kernel.h"

#define NEEDED    VIRTIO_F_VERSION_1
#define CSUM      (1ull << 0 | 1ull << 1)
#define TSO       (1ull << 7 | 1ull << 8 | 1ull << 11 | 1ull << 12)
#define MAC       (1ull << 5)
#define MERGE     (1ull << 15)
#define STATUS    (1ull << 16)
#define CONTROL   (1ull << 17)
#define MQ        (1ull << 22)
#define COMMON    (NEEDED | VIRTIO_F_INDIRECT_DESC | VIRTIO_F_EVENT_IDX | VIRTIO_F_RING_RESET)
#define NEXT      1u
#define WRITE     2u
#define DATA      0x70000u
#define FAILED    VIRTIO_STATUS_NEEDS_RESET
#define K         (&fake_vhost_kernel)

static struct fake_vm *vm;
static struct fake_driver drv, other, control;
static struct iothread *thread;
static struct vhost_device *device;

static void written(void *ctx, gpa_t gpa, uint64_t len)
{
}

static int begin(bool relayed, enum vhost_kind_id kind, unsigned pairs)
{
	const char *why = "";
	struct vhost_params p = {.kind = kind, .queues = pairs, .ifname = "tap0", .cid = 0x12345678,
				 .mac = (const uint8_t *)"\x52\x54\0\1\2\3"};

	vm = fake_vm_new();
	if (relayed)
		gmem_set_write_hook(vm->mem, written, NULL);
	fake_vhost_reset();
	assert_int_equal(iothread_new("io", &thread), 0);
	if (kind == VHOST_TAP)
		assert_int_equal(vhost_net_open(pairs, &p.back, &p.back_features), 0);
	else
		assert_int_equal(vhost_vsock_open(p.cid, &p.back, &p.back_features), 0);
	p.thread = thread;
	p.ram = &vm->memory;
	p.mem = vm->mem;
	assert_int_equal(vhost_device_new(&p, &device, &why), 0);
	drv = (struct fake_driver){.vm = vm, .d = vhost_device_virtio(device)};
	other = (struct fake_driver){.vm = vm, .d = drv.d, .queue = 2, .ring = 0x4000};
	control = (struct fake_driver){.vm = vm, .d = drv.d, .queue = 4, .ring = 0x8000};
	assert_int_equal(phb_add(vm->phbs.phbs[0], &drv.d->pci), 0);
	assert_int_equal(iothread_start(thread, NULL, NULL), 0);
	fake_vm_reset(vm);
	drv_attach(&drv);
	return 0;
}

static int tap(void **state)
{
	return begin(false, VHOST_TAP, 1);
}

static int relayed_tap(void **state)
{
	return begin(true, VHOST_TAP, 1);
}

static int taps(void **state)
{
	return begin(false, VHOST_TAP, 2);
}

static int relayed_taps(void **state)
{
	return begin(true, VHOST_TAP, 2);
}

static int vsock(void **state)
{
	return begin(false, VHOST_VSOCK, 0);
}

static int relayed_vsock(void **state)
{
	return begin(true, VHOST_VSOCK, 0);
}

static int teardown(void **state)
{
	virtio_reset(drv.d);
	iothread_free(thread);
	vhost_device_free(device);
	for (unsigned i = 0; i < K->vhost_count; i++)
		assert_false(K->vhosts[i].rings[0].served || K->vhosts[i].rings[1].served);
	fake_vm_free(vm);
	return 0;
}

static void give(struct fake_driver *v, uint16_t head)
{
	memset(vm->ram + DATA, 0, 512);
	drv_desc(v, head, DATA + 0x1000, 16, NEXT, head + 1);
	drv_desc(v, head + 1, DATA, 512, WRITE, 0);
	drv_give(v, head);
}

static bool took(struct fake_driver *v, uint16_t head)
{
	uint32_t got, len;

	return drv_take(v, &got, &len) && got == head && len == 512 && vm->ram[DATA + 511] == 0xab;
}

static void requests_are_served(struct fake_driver *v)
{
	for (uint16_t i = 0; i < 40; i++) {
		give(v, i % 4 * 2);
		assert_true(took(v, i % 4 * 2));
	}
}

/* Nothing comes of what is given. */
static void nobody_serves(struct fake_driver *v, uint16_t head)
{
	uint32_t got, len;

	give(v, head);
	v->patience = 100;
	assert_false(drv_take(v, &got, &len));
	v->patience = 0;
}

static uint64_t offered(void)
{
	uint64_t low;

	drv_write(&drv, DEV_FEATURE_SELECT, 4, 0);
	low = drv_read(&drv, DEV_FEATURE, 4);
	drv_write(&drv, DEV_FEATURE_SELECT, 4, 1);
	return low | drv_read(&drv, DEV_FEATURE, 4) << 32;
}

static void wait_until(const bool *what, bool want)
{
	for (unsigned i = 0; i < 5000 && *(const volatile bool *)what != want; i++)
		nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
	assert_int_equal(*what, want);
}

static void what_a_tap_offers(void **state)
{
	assert_int_equal(offered(), COMMON | CSUM | TSO | MAC | MERGE | STATUS);
	assert_int_equal(drv_read(&drv, DEV_CONFIG, 4), 0x01005452);
	assert_int_equal(drv_read(&drv, DEV_CONFIG + 6, 2), 1);
	assert_int_equal(drv_read(&drv, 0x12, 2), 2); /* queues */
	assert_false(drv_begin(&drv, NEEDED | VIRTIO_F_ACCESS_PLATFORM));
}

static void what_taps_offer(void **state)
{
	assert_int_equal(offered(), COMMON | CSUM | TSO | MAC | MERGE | STATUS | CONTROL | MQ);
	assert_int_equal(drv_read(&drv, DEV_CONFIG + 8, 2), 2);
	assert_int_equal(drv_read(&drv, 0x12, 2), 5);
}

static void frames(void **state)
{
	assert_true(drv_begin(&drv, NEEDED));
	requests_are_served(&drv);
	assert_int_equal(K->vhosts[0].features, NEEDED);
	/* and again, after a reset; the queue that sends, too */
	assert_true(drv_begin(&drv, NEEDED | MERGE));
	requests_are_served(&drv);
	assert_int_equal(K->vhosts[0].features, NEEDED | MERGE);
	other.queue = 1;
	drv_queue(&other);
	requests_are_served(&other);
	assert_int_equal(fake_vhost_chains(0, 0), 80);
	assert_int_equal(fake_vhost_chains(0, 1), 40);
}

static void offloads(void **state)
{
	assert_true(drv_begin(&drv, NEEDED | CSUM | 1ull << 7));
	requests_are_served(&drv);
	assert_int_equal(K->offloads, TUN_F_CSUM | TUN_F_TSO4);
	/* they are the tap's to know of */
	assert_int_equal(K->vhosts[0].features, NEEDED);
	assert_true(drv_begin(&drv, NEEDED));
	requests_are_served(&drv);
	assert_int_equal(K->offloads, 0);
}

/* What is in the ring before the kernel waits for the bell is seen nevertheless. */
static void early_frames(void **state)
{
	drv_write(&drv, DEV_STATUS, 1, 3);
	drv_write(&drv, DRV_FEATURE_SELECT, 4, 1);
	drv_write(&drv, DRV_FEATURE, 4, 1);
	drv_write(&drv, DEV_STATUS, 1, 3 | VIRTIO_STATUS_FEATURES_OK);
	drv_queue(&drv);
	give(&drv, 4);
	drv_write(&drv, DEV_STATUS, 1, 3 | VIRTIO_STATUS_FEATURES_OK | VIRTIO_STATUS_DRIVER_OK);
	assert_true(took(&drv, 4));
}

static void a_queue_is_reset(void **state)
{
	assert_true(drv_begin(&drv, NEEDED | VIRTIO_F_RING_RESET));
	requests_are_served(&drv);
	drv_write(&drv, Q_SELECT, 2, 0);
	drv_write(&drv, Q_RESET, 2, 1);
	for (unsigned i = 0; i < 5000 && drv_read(&drv, Q_RESET, 2); i++)
		nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
	assert_int_equal(drv_read(&drv, Q_RESET, 2), 0);
	assert_false(K->vhosts[0].rings[0].served);
	drv_queue(&drv);
	requests_are_served(&drv);
}

static void a_ring_outside_memory(void **state)
{
	assert_true(drv_begin(&drv, NEEDED));
	requests_are_served(&drv);
	drv_write(&drv, Q_SELECT, 2, 1);
	drv_write(&drv, Q_DESC, 8, RING_DESC);
	drv_write(&drv, Q_DRIVER, 8, RING_DRIVER);
	drv_write(&drv, Q_DEVICE, 8, FAKE_RAM_SIZE - 64); /* its begin is */
	drv_write(&drv, Q_ENABLE, 2, 1);
	assert_true(drv_wait_status(&drv, FAILED, FAILED));
	assert_true(drv_begin(&drv, NEEDED));
	requests_are_served(&drv);
}

/* Last of all that a lost back end brings. */
static void link_is_down(void)
{
	for (unsigned i = 0; i < 5000 && drv_read(&drv, DEV_CONFIG + 6, 2); i++)
		nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
	assert_int_equal(drv_read(&drv, DEV_CONFIG + 6, 2), 0);
}

/* The kernel refuses: the device needs a reset, and does not come out of it. */
static void it_refuses(void **state)
{
	static const unsigned long at[] = {FAKE_SET_FEATURES,   FAKE_SET_VRING_NUM,  FAKE_SET_VRING_BASE,
					   FAKE_SET_VRING_ADDR, FAKE_SET_VRING_CALL, FAKE_SET_VRING_KICK,
					   FAKE_NET_SET_BACKEND};

	for (unsigned i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		if (i) {
			teardown(state);
			tap(state);
		}
		K->fail_error = EFAULT;
		K->fail_request = at[i];
		assert_true(drv_begin(&drv, NEEDED));
		assert_true(drv_wait_status(&drv, FAILED, FAILED));
		link_is_down();
		assert_false(K->vhosts[0].rings[0].served);
		assert_false(drv_begin(&drv, NEEDED));
	}
}

/* Where rings are ours a frame to nowhere comes back, and the device stays. */
static void it_refuses_a_relay(void **state)
{
	uint32_t head, len;

	K->fail_error = EFAULT;
	K->fail_request = FAKE_NET_SET_BACKEND;
	drv.queue = 1;
	assert_true(drv_begin(&drv, NEEDED));
	give(&drv, 2);
	assert_true(drv_take(&drv, &head, &len));
	assert_int_equal(head, 2);
	assert_int_equal(len, 0);
	link_is_down();
}

/* The answer to the command to use @count pairs. */
static unsigned pairs_set(uint16_t count)
{
	const uint8_t command[] = {4, 0, (uint8_t)count, (uint8_t)(count >> 8)};
	uint32_t head, len;

	memcpy(vm->ram + DATA + 0x2000, command, 4);
	vm->ram[DATA + 0x2004] = 0xff;
	drv_desc(&control, 0, DATA + 0x2000, 4, NEXT, 1);
	drv_desc(&control, 1, DATA + 0x2004, 1, WRITE, 0);
	drv_give(&control, 0);
	assert_true(drv_take(&control, &head, &len));
	return vm->ram[DATA + 0x2004];
}

/* A pair goes on where it was when it is in use again. */
static void pairs(void **state)
{
	wait_until(&K->taps[1].detached, true);
	assert_true(drv_begin(&drv, NEEDED | CONTROL | MQ));
	drv_queue(&other);
	drv_queue(&control);
	requests_are_served(&drv);
	nobody_serves(&other, 6);
	assert_false(K->taps[0].detached);
	assert_true(K->taps[1].detached);
	assert_int_equal(pairs_set(2), 0);
	assert_false(K->taps[1].detached);
	assert_true(took(&other, 6));
	requests_are_served(&other);
	assert_int_equal(K->vhosts[1].rings[0].tap, K->taps[1].fd);
	assert_int_equal(pairs_set(1), 0);
	assert_true(K->taps[1].detached);
	assert_false(K->vhosts[1].rings[0].served);
	nobody_serves(&other, 2);
	assert_int_equal(pairs_set(2), 0);
	assert_true(took(&other, 2));
	requests_are_served(&other);
	assert_int_equal(fake_vhost_chains(1, 0), 1 + 40 + 1 + 40);
	assert_int_equal(pairs_set(3), 1);
	assert_int_equal(pairs_set(0), 1);
	requests_are_served(&drv);
	/* after a reset it is one again, and rings begin anew */
	assert_true(drv_begin(&drv, NEEDED | CONTROL | MQ));
	wait_until(&K->taps[1].detached, true);
	drv_queue(&other);
	drv_queue(&control);
	requests_are_served(&drv);
	assert_int_equal(pairs_set(2), 0);
	requests_are_served(&other);
}

/* Its commands' queue is where another driver's second pair would be. */
static void a_driver_of_one_pair(void **state)
{
	control.queue = 2;
	assert_true(drv_begin(&drv, NEEDED | CONTROL));
	drv_queue(&control);
	requests_are_served(&drv);
	assert_int_equal(pairs_set(2), 1);
	assert_int_equal(pairs_set(1), 1);
	assert_true(K->taps[1].detached);
	requests_are_served(&drv);
}

static void a_command_that_is_broken(void **state)
{
	uint32_t head, len;

	assert_true(drv_begin(&drv, NEEDED | CONTROL | MQ));
	drv_queue(&control);
	vm->ram[DATA] = 0xff;
	drv_desc(&control, 0, DATA, 1, WRITE, 0);
	drv_give(&control, 0);
	assert_true(drv_take(&control, &head, &len));
	assert_int_equal(vm->ram[DATA], 1);
	drv_desc(&control, 0, DATA + 0x2000, 4, 0, 0);
	drv_give(&control, 0);
	assert_true(drv_wait_status(&drv, FAILED, FAILED));
}

static void sockets(void **state)
{
	const struct fake_vhost *v = &K->vhosts[0];

	assert_int_equal(offered(), COMMON | 1ull << 0 | 1ull << 1);
	assert_int_equal(drv_read(&drv, DEV_CONFIG, 4), 0x12345678);
	assert_int_equal(drv_read(&drv, DEV_CONFIG + 4, 4), 0);
	assert_int_equal(drv_read(&drv, 0x12, 2), 3);
	assert_true(drv_begin(&drv, NEEDED | 3));
	nobody_serves(&drv, 2); /* one queue is none */
	assert_false(v->running);
	other.queue = 1;
	drv_queue(&other);
	assert_true(took(&drv, 2));
	assert_int_equal(v->features, NEEDED | 2);
	requests_are_served(&drv);
	requests_are_served(&other);
	/* nothing is said of events */
	control.queue = 2;
	drv_queue(&control);
	nobody_serves(&control, 0);
	virtio_reset(drv.d);
	assert_false(v->running);
	assert_true(drv_begin(&drv, NEEDED));
	drv_queue(&other);
	requests_are_served(&drv);
	requests_are_served(&other);
}

static void sockets_that_are_refused(void **state)
{
	K->fail_error = EFAULT;
	K->fail_request = FAKE_VSOCK_SET_RUNNING;
	other.queue = 1;
	assert_true(drv_begin(&drv, NEEDED));
	drv_queue(&other);
	assert_true(drv_wait_status(&drv, FAILED, FAILED));
	assert_false(drv_begin(&drv, NEEDED));
}

#define OWN(f, setup)     {"own rings: " #f, f, setup, teardown, NULL}
#define RELAYED(f, setup) {"relayed: " #f, f, relayed_##setup, teardown, NULL}
#define BOTH(f, setup)    OWN(f, setup), RELAYED(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(what_a_tap_offers, tap),
		BOTH(what_taps_offer, taps),
		BOTH(frames, tap),
		BOTH(frames, taps),
		BOTH(offloads, tap),
		BOTH(early_frames, tap),
		BOTH(a_queue_is_reset, tap),
		BOTH(a_ring_outside_memory, tap),
		OWN(it_refuses, tap),
		RELAYED(it_refuses_a_relay, tap),
		BOTH(pairs, taps),
		BOTH(a_driver_of_one_pair, taps),
		BOTH(a_command_that_is_broken, taps),
		BOTH(sockets, vsock),
		BOTH(sockets_that_are_refused, vsock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
