/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tests of a block device that another process serves, with the driver's own rings and with rings in between: what a
 * request does, what a reset waits for, and a back end that breaks each rule.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "devices/virtio/vhost.h"
#include "tests/fake/vhost_back.h"
#include "tests/fake/virtio.h"
#include "vmm/base/byteorder.h"

#define F_CONFIG_WCE (1ull << 11)
#define F_MQ         (1ull << 12)
#define NEEDED       VIRTIO_F_VERSION_1
#define WCE          32u
#define NEXT         1u
#define WRITE        2u
#define INDIRECT     4u
#define DATA         0x70000u
#define STATUS       0x7f000u
#define IOERR        1u
#define FAILED       VIRTIO_STATUS_NEEDS_RESET

static struct fake_vm *vm;
static struct fake_driver drv;
static struct iothread *thread;
static struct vhost_device *device;
static struct back back;
static bool holds;                  /* the back end keeps what it gets */
static _Atomic unsigned held;       /* how many it has */
static uint16_t held_head;
static _Atomic uint64_t told, told_at; /* bytes that the hook heard of, and where the last were */

/* In place of the C library's: the patience of a test. */
int epoll_wait(int fd, struct epoll_event *events, int max, int timeout)
{
	return (int)syscall(SYS_epoll_pwait, fd, events, max, timeout > 200 ? 200 : timeout, NULL, 8);
}

static void written(void *ctx, gpa_t gpa, uint64_t len)
{
	told += len;
	told_at = gpa.v;
}

/* Every byte that it may write is 0xab, but for a status of 0. */
static bool serve(struct back *b, unsigned q, struct back_chain *c, uint32_t *ret_len)
{
	for (unsigned i = c->readable; i < c->readable + c->writable; i++) {
		memset(c->iov[i].iov_base, i + 1 == c->readable + c->writable ? 0 : 0xab, c->iov[i].iov_len);
		*ret_len += (uint32_t)c->iov[i].iov_len;
	}
	if (!holds)
		return true;
	held_head = c->head;
	held++;
	return false;
}

static int begin(bool relayed, enum vhost_kind_id kind)
{
	const char *why = "";

	vm = fake_vm_new();
	if (relayed)
		gmem_set_write_hook(vm->mem, written, NULL);
	memset(&back, 0, sizeof(back));
	back.features = NEEDED | VHOST_F_PROTOCOL_FEATURES | VIRTIO_F_INDIRECT_DESC | VIRTIO_F_EVENT_IDX | F_CONFIG_WCE |
			F_MQ | VIRTIO_F_RING_PACKED | VIRTIO_F_ACCESS_PLATFORM | 1ull << 40 | 1ull << 50;
	back.protocol = VHOST_PROTOCOL_MQ | VHOST_PROTOCOL_REPLY_ACK | VHOST_PROTOCOL_BACKEND_REQ | VHOST_PROTOCOL_CONFIG;
	back.queue_count = 4;
	back.config_len = 60;
	back.config[0] = 8; /* sectors */
	back.chain = serve;
	holds = false;
	held = 0;
	told = told_at = 0;
	back_start(&back);
	assert_int_equal(iothread_new("io", &thread), 0);
	assert_int_equal(vhost_device_new(&(struct vhost_params){.kind = kind, .socket = back.path, .queues = 2,
								 .mac = (const uint8_t *)"\x52\x54\0\1\2\3",
								 .thread = thread, .ram = &vm->memory, .mem = vm->mem},
					  &device, &why), 0);
	drv = (struct fake_driver){.vm = vm, .d = vhost_device_virtio(device)};
	assert_int_equal(phb_add(vm->phbs.phbs[0], &drv.d->pci), 0);
	assert_int_equal(iothread_start(thread, NULL, NULL), 0);
	fake_vm_reset(vm);
	drv_attach(&drv);
	return 0;
}

static int own_rings(void **state)
{
	return begin(false, VHOST_BLK);
}

static int relayed(void **state)
{
	return begin(true, VHOST_BLK);
}

static int own_rings_net(void **state)
{
	return begin(false, VHOST_NET);
}

static int relayed_net(void **state)
{
	return begin(true, VHOST_NET);
}

static int teardown(void **state)
{
	virtio_reset(drv.d);
	iothread_free(thread);
	vhost_device_free(device);
	back_end(&back);
	fake_vm_free(vm);
	return 0;
}

/* A request with data of 512 bytes to be written; false: it does not come back. */
static bool request(uint16_t head, uint32_t *ret_len)
{
	uint32_t got;

	memset(vm->ram + DATA, 0, 512);
	vm->ram[STATUS] = 0xff;
	drv_desc(&drv, head, DATA + 0x1000, 16, NEXT, head + 1);
	drv_desc(&drv, head + 1, DATA, 512, NEXT | WRITE, head + 2);
	drv_desc(&drv, head + 2, STATUS, 1, WRITE, 0);
	drv_give(&drv, head);
	return drv_take(&drv, &got, ret_len) && got == head;
}

static void wait_for(_Atomic unsigned *what, unsigned least)
{
	for (unsigned i = 0; i < 5000 && *what < least; i++)
		nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
	assert_true(*what >= least);
}

static void requests_are_served(void)
{
	uint32_t len;

	for (uint16_t i = 0; i < 40; i++) {
		assert_true(request(i % 4 * 3, &len));
		assert_int_equal(len, 513);
		assert_int_equal(vm->ram[DATA + 511], 0xab);
		assert_int_equal(vm->ram[STATUS], 0);
	}
}

static void it_serves(void **state)
{
	assert_true(drv_begin(&drv, NEEDED));
	requests_are_served();
	/* and again, after a reset */
	assert_true(drv_begin(&drv, NEEDED | VIRTIO_F_INDIRECT_DESC));
	requests_are_served();
	assert_int_equal(back.features_set, NEEDED | VHOST_F_PROTOCOL_FEATURES | VIRTIO_F_INDIRECT_DESC);
	assert_int_equal(back.messages[VHOST_GET_VRING_BASE], 1);
	/* the other queue, too */
	drv.queue = 1;
	drv.ring = 0x8000;
	drv_queue(&drv);
	requests_are_served();
}

/* Of a request that was written into, each byte is told before the driver hears of it. */
static void writes_are_told(void **state)
{
	uint32_t len;
	uint64_t before;

	assert_true(drv_begin(&drv, NEEDED));
	before = told;
	assert_true(request(0, &len));
	assert_true(told - before >= 513);
}

static void chains_in_tables(void **state)
{
	uint8_t *table = vm->ram + 0x78000;
	uint32_t head, len;

	assert_true(drv_begin(&drv, NEEDED | VIRTIO_F_INDIRECT_DESC));
	memset(table, 0, 32);
	store_le64(table, DATA);
	store_le32(table + 8, 512);
	store_le16(table + 12, NEXT | WRITE);
	store_le16(table + 14, 1);
	store_le64(table + 16, STATUS);
	store_le32(table + 24, 1);
	store_le16(table + 28, WRITE);
	drv_desc(&drv, 5, 0x78000, 32, INDIRECT, 0);
	drv_give(&drv, 5);
	assert_true(drv_take(&drv, &head, &len));
	assert_int_equal(head, 5);
	assert_int_equal(len, 513);
}

static void what_is_offered(void **state)
{
	uint64_t offered = drv_read(&drv, DEV_FEATURE, 4);

	drv_write(&drv, DEV_FEATURE_SELECT, 4, 1);
	offered |= drv_read(&drv, DEV_FEATURE, 4) << 32;
	assert_int_equal(offered, NEEDED | VIRTIO_F_INDIRECT_DESC | VIRTIO_F_EVENT_IDX | VIRTIO_F_RING_RESET |
					  F_CONFIG_WCE | F_MQ);
	assert_false(drv_begin(&drv, NEEDED | VIRTIO_F_ACCESS_PLATFORM));
	assert_int_equal(drv_read(&drv, DEV_CONFIG + 34, 2), 2); /* queues */
}

/* The cache was off, and is on; and what the driver makes of it goes over. */
static void the_write_cache(void **state)
{
	assert_int_equal(back.config[WCE], 1);
	assert_int_equal(drv_read(&drv, DEV_CONFIG + WCE, 1), 1);
	assert_true(drv_begin(&drv, NEEDED));
	drv_write(&drv, DEV_CONFIG + WCE, 1, 0);
	assert_int_equal(drv_read(&drv, DEV_CONFIG + WCE, 1), 1); /* not agreed on */
	assert_true(drv_begin(&drv, NEEDED | F_CONFIG_WCE));
	drv_write(&drv, DEV_CONFIG + WCE, 1, 0);
	assert_int_equal(drv_read(&drv, DEV_CONFIG + WCE, 1), 0);
	wait_for(&back.config_sets, 2);
	drv_write(&drv, DEV_CONFIG + 0, 1, 0);
	drv_write(&drv, DEV_CONFIG + 33, 1, 0);
	drv_write(&drv, DEV_CONFIG + 0x1000, 4, 0);
	assert_int_equal(drv_read(&drv, DEV_CONFIG, 4), 8);
}

static void it_grows(void **state)
{
	unsigned i;

	assert_true(drv_begin(&drv, NEEDED));
	back.config[0] = 16;
	back_config_changed(&back);
	for (i = 0; i < 5000 && drv_read(&drv, DEV_CONFIG, 4) != 16; i++)
		nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
	assert_int_equal(drv_read(&drv, DEV_CONFIG, 4), 16);
	assert_int_equal(drv_read(&drv, DEV_CONFIG + 34, 2), 2);
	requests_are_served();
}

static void give_one(uint16_t head)
{
	unsigned before = held;

	drv_desc(&drv, head, DATA, 512, NEXT | WRITE, head + 1);
	drv_desc(&drv, head + 1, STATUS, 1, WRITE, 0);
	vm->ram[STATUS] = 0xff;
	drv_give(&drv, head);
	wait_for(&held, before + 1);
}

/* What the back end has is waited for, and is not told any more. */
static void a_reset_waits(void **state)
{
	holds = true;
	assert_true(drv_begin(&drv, NEEDED));
	give_one(3);
	drv_write(&drv, DEV_STATUS, 1, 0);
	drv.patience = 100;
	assert_false(drv_wait_status(&drv, 0xff, 0));
	drv.patience = 0;
	assert_int_equal(back.messages[VHOST_GET_VRING_BASE], 0);
	back_use(&back, 0, held_head, 1);
	assert_true(drv_wait_status(&drv, 0xff, 0));
	assert_int_equal(back.messages[VHOST_GET_VRING_BASE], 1);
	holds = false;
	assert_true(drv_begin(&drv, NEEDED));
	requests_are_served();
}

static void it_does_not_finish(void **state)
{
	uint32_t head, len;

	holds = true;
	assert_true(drv_begin(&drv, NEEDED));
	give_one(3);
	drv_write(&drv, DEV_STATUS, 1, 0);
	assert_true(drv_wait_status(&drv, 0xff, 0));
	assert_true(drv_begin(&drv, NEEDED));
	drv_desc(&drv, 0, STATUS, 1, WRITE, 0);
	drv_give(&drv, 0);
	assert_true(drv_take(&drv, &head, &len));
	assert_int_equal(vm->ram[STATUS], IOERR);
}

/* Errors from now on, for what is there and what comes. */
static void requests_fail(void)
{
	uint32_t len;

	for (uint16_t i = 0; i < 4; i++) {
		assert_true(request(i * 3, &len));
		assert_int_equal(len, 1);
		assert_int_equal(vm->ram[STATUS], IOERR);
		assert_int_equal(vm->ram[DATA], 0);
	}
	assert_int_equal(drv_read(&drv, DEV_STATUS, 1) & FAILED, 0);
	assert_true(drv_begin(&drv, NEEDED));
	assert_true(request(0, &len));
	assert_int_equal(vm->ram[STATUS], IOERR);
}

static void it_goes_with_requests(void **state)
{
	uint32_t head, len;

	holds = true;
	assert_true(drv_begin(&drv, NEEDED));
	give_one(3);
	give_one(6);
	shutdown(back.fd, SHUT_RDWR);
	assert_true(drv_take(&drv, &head, &len));
	assert_true(drv_take(&drv, &head, &len));
	assert_int_equal(len, 1);
	assert_int_equal(vm->ram[STATUS], IOERR);
	requests_fail();
}

/* Whatever is in the used ring: no chain comes back that was not given, and none twice. */
static void used_rings_that_are_broken(void **state)
{
	static const struct {
		uint32_t head;
		uint16_t count;
	} wrong[] = {{4, 1}, {16, 1}, {256, 1}, {0xffffffff, 1}, {3, 2}, {3, 0x7fff}};

	for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		uint32_t head, len;

		if (i) {
			teardown(state);
			relayed(state);
		}
		holds = true;
		assert_true(drv_begin(&drv, NEEDED));
		give_one(3);
		store_le32(back.queues[0].used + 4, wrong[i].head);
		back_used_index(&back, 0, wrong[i].count);
		assert_true(drv_take(&drv, &head, &len));
		assert_int_equal(head, 3);
		assert_int_equal(vm->ram[STATUS], IOERR);
		requests_fail();
	}
}

/* As long as a driver could have written itself. */
static void a_length_that_is_too_long(void **state)
{
	uint32_t head, len;

	holds = true;
	assert_true(drv_begin(&drv, NEEDED));
	give_one(3);
	back_use(&back, 0, held_head, 0xffffffff);
	assert_true(drv_take(&drv, &head, &len));
	assert_int_equal(len, 513);
}

static void a_driver_that_is_broken(void **state)
{
	holds = true;
	assert_true(drv_begin(&drv, NEEDED));
	give_one(3);
	drv_give(&drv, 3);
	assert_true(drv_wait_status(&drv, FAILED, FAILED));
	back_use(&back, 0, held_head, 1);
	holds = false;
	assert_true(drv_begin(&drv, NEEDED));
	requests_are_served();
}

/* Where the rings are the driver's there is no way to say which request failed. */
static void it_goes(void **state)
{
	assert_true(drv_begin(&drv, NEEDED));
	requests_are_served();
	shutdown(back.fd, SHUT_RDWR);
	assert_true(drv_wait_status(&drv, FAILED, FAILED));
	assert_false(drv_begin(&drv, NEEDED));
}

static void a_ring_outside_memory(void **state)
{
	assert_true(drv_begin(&drv, NEEDED));
	drv.queue = 1;
	drv.ring = 0x10000000;
	drv_write(&drv, Q_SELECT, 2, 1);
	drv_write(&drv, Q_DESC, 8, 0x10000000);
	drv_write(&drv, Q_DRIVER, 8, 0x10001000);
	drv_write(&drv, Q_DEVICE, 8, 0x10002000);
	drv_write(&drv, Q_ENABLE, 2, 1);
	assert_true(drv_wait_status(&drv, FAILED, FAILED));
	drv.queue = 0;
	drv.ring = 0;
	assert_true(drv_begin(&drv, NEEDED));
	requests_are_served();
}

/* One queue alone. */
static void a_queue_is_reset(void **state)
{
	assert_true(drv_begin(&drv, NEEDED | VIRTIO_F_RING_RESET));
	requests_are_served();
	drv_write(&drv, Q_SELECT, 2, 0);
	drv_write(&drv, Q_RESET, 2, 1);
	for (unsigned i = 0; i < 5000 && drv_read(&drv, Q_RESET, 2); i++)
		nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
	assert_int_equal(drv_read(&drv, Q_RESET, 2), 0);
	assert_int_equal(back.messages[VHOST_GET_VRING_BASE], 1);
	drv_queue(&drv);
	requests_are_served();
}

static void it_refuses_a_queue(void **state)
{
	back.fault_at = VHOST_SET_VRING_KICK;
	back.fault = BACK_REFUSES;
	assert_true(drv_begin(&drv, NEEDED));
	assert_true(drv_wait_status(&drv, FAILED, FAILED));
	assert_false(drv_begin(&drv, NEEDED));
}

static void it_does_not_stop(void **state)
{
	assert_true(drv_begin(&drv, NEEDED));
	requests_are_served();
	back.fault_at = VHOST_GET_VRING_BASE;
	back.fault = BACK_SILENT;
	virtio_reset(drv.d);
	assert_int_equal(drv_read(&drv, DEV_STATUS, 1), 0);
	assert_false(drv_begin(&drv, NEEDED));
}

/* An address and a link of ours, and what the back end has of offloads. */
static void a_network(void **state)
{
	assert_int_equal(drv_read(&drv, DEV_FEATURE, 4), 1u << 5 | 1u << 16 | 1u << 11 | 1u << 12 | VIRTIO_F_INDIRECT_DESC |
							  VIRTIO_F_EVENT_IDX);
	assert_int_equal(drv_read(&drv, DEV_CONFIG, 4), 0x01005452);
	assert_int_equal(drv_read(&drv, DEV_CONFIG + 6, 2), 1);
	assert_int_equal(drv_read(&drv, 0x12, 2), 2); /* queues */
	assert_true(drv_begin(&drv, NEEDED));
	requests_are_served();
	shutdown(back.fd, SHUT_RDWR);
	for (unsigned i = 0; i < 5000 && drv_read(&drv, DEV_CONFIG + 6, 2); i++)
		nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
	assert_int_equal(drv_read(&drv, DEV_CONFIG + 6, 2), 0);
}

/* Frames to nowhere come back at once; what is there to receive into stays. */
static void a_network_that_is_lost(void **state)
{
	uint32_t len;

	holds = true;
	assert_true(drv_begin(&drv, NEEDED));
	give_one(3);
	drv.queue = 1;
	drv.ring = 0x8000;
	drv_queue(&drv);
	shutdown(back.fd, SHUT_RDWR);
	assert_true(request(0, &len));
	assert_int_equal(len, 0);
	assert_int_equal(load_le16(vm->ram + RING_DEVICE + 2), 0);
}

#define DIRECT(f)  {"own rings: " #f, f, own_rings, teardown, NULL}
#define RELAYED(f) {"relayed: " #f, f, relayed, teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DIRECT(it_serves),
		DIRECT(chains_in_tables),
		DIRECT(what_is_offered),
		DIRECT(the_write_cache),
		DIRECT(it_grows),
		DIRECT(it_goes),
		DIRECT(a_ring_outside_memory),
		DIRECT(a_queue_is_reset),
		DIRECT(it_refuses_a_queue),
		DIRECT(it_does_not_stop),
		RELAYED(it_serves),
		RELAYED(writes_are_told),
		RELAYED(chains_in_tables),
		RELAYED(what_is_offered),
		RELAYED(the_write_cache),
		RELAYED(it_grows),
		RELAYED(a_reset_waits),
		RELAYED(it_does_not_finish),
		RELAYED(it_goes_with_requests),
		RELAYED(used_rings_that_are_broken),
		RELAYED(a_length_that_is_too_long),
		RELAYED(a_driver_that_is_broken),
		RELAYED(a_ring_outside_memory),
		RELAYED(a_queue_is_reset),
		{"own rings: a_network", a_network, own_rings_net, teardown, NULL},
		{"relayed: a_network", a_network, relayed_net, teardown, NULL},
		{"relayed: a_network_that_is_lost", a_network_that_is_lost, relayed_net, teardown, NULL},
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
