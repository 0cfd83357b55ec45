/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of vmm/io/vhost_kernel.h: what is asked of the kernel, and each call failing in turn. */
#include <errno.h>
#include <linux/vhost.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <cmocka.h>

#include "tests/fake/vhost_kernel.h"
#include "vmm/base/bits.h"
#include "vmm/io/net.h"
#include "vmm/io/vhost_kernel.h"

#define VERSION_1 (1ull << 32)

static _Alignas(4096) uint8_t memory[0x4000];
static struct vhost_back *back;
static uint64_t features;
static struct vhost_vring ring;
static struct net *tap;

static int setup(void **state)
{
	const char *why;

	fake_vhost_reset();
	memset(memory, 0, sizeof(memory));
	ring = (struct vhost_vring){.size = 16, .desc = memory, .avail = memory + 0x1000, .used = memory + 0x2000,
				    .kick_fd = eventfd(0, EFD_NONBLOCK), .call_fd = eventfd(0, EFD_NONBLOCK)};
	back = NULL;
	assert_int_equal(net_open(&(struct net_params){.kind = NET_TAP, .ifname = "tap0"}, &tap, &why), 0);
	return 0;
}

static int teardown(void **state)
{
	vhost_back_close(back);
	net_close(tap);
	close(ring.kick_fd);
	close(ring.call_fd);
	return 0;
}

/* Everything, of one queue that begins at @base. */
static int say_all(unsigned queue, uint16_t base, uint16_t *ret_base)
{
	const struct vhost_region region = {.gpa = 0x10000, .size = sizeof(memory), .hva = memory, .fd = -1};
	int r = vhost_net_open(2, &back, &features);

	ring.base = base;
	if (r < 0)
		return r;
	vhost_net_tap_set(back, 0, net_fd(tap));
	vhost_net_tap_set(back, 1, net_fd(tap));
	r = vhost_back_memory_set(back, &region, 1);
	if (r == 0)
		r = vhost_back_features_set(back, VERSION_1);
	if (r == 0)
		r = vhost_back_vring_start(back, queue, &ring);
	if (r == 0)
		r = vhost_back_vring_stop(back, queue, ret_base);
	return r;
}

static void what_is_said(void **state)
{
	const struct fake_vhost *v = &fake_vhost_kernel.vhosts[1];
	uint16_t base = 0;
	uint64_t rang;

	memory[0x1002] = memory[0x2002] = 7; /* indices: nothing is there to do */
	assert_int_equal(say_all(3, 7, &base), 0);
	assert_int_equal(features, fake_vhost_kernel.features);
	assert_int_equal(base, 7);
	assert_int_equal(fake_vhost_kernel.vhost_count, 2);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(fake_vhost_kernel.vhosts[i].regions, 1);
		assert_int_equal(fake_vhost_kernel.vhosts[i].gpa[0], 0x10000);
		assert_int_equal(fake_vhost_kernel.vhosts[i].features, VERSION_1);
	}
	assert_int_equal(v->rings[1].num, 16);
	assert_true(v->rings[1].desc == (uintptr_t)memory && v->rings[1].used == (uintptr_t)ring.used);
	assert_false(v->rings[1].served);
	assert_int_equal(v->rings[0].num, 0);
	/* what came before is not lost */
	assert_int_equal(read(ring.kick_fd, &rang, sizeof(rang)), sizeof(rang));
}

static void each_call_fails(void **state)
{
	static const unsigned long at[] = {
		VHOST_SET_OWNER, VHOST_GET_FEATURES, VHOST_SET_MEM_TABLE, VHOST_SET_FEATURES, VHOST_SET_VRING_NUM,
		VHOST_SET_VRING_BASE, VHOST_SET_VRING_ADDR, VHOST_SET_VRING_CALL, VHOST_SET_VRING_KICK,
		VHOST_NET_SET_BACKEND, VHOST_GET_VRING_BASE,
	};
	uint16_t base = 99;

	for (unsigned i = 0; i < ARRAY_SIZE(at); i++) {
		fake_vhost_kernel.fail_request = at[i];
		fake_vhost_kernel.fail_after = 0;
		fake_vhost_kernel.fail_error = ENOBUFS;
		if (say_all(0, 0, &base) != -ENOBUFS)
			fail_msg("call %u is not looked at", i);
		assert_int_equal(base, 99);
		if (back)
			vhost_back_drop(back);
		assert_false(fake_vhost_kernel.vhosts[0].rings[0].served);
		vhost_back_close(back);
		back = NULL;
		fake_vhost_reset();
		net_close(tap);
		assert_int_equal(net_open(&(struct net_params){.kind = NET_TAP, .ifname = "tap0"}, &tap,
					  &(const char *){NULL}), 0);
	}
}

static void it_is_interrupted(void **state)
{
	uint16_t base;

	fake_vhost_kernel.fail_request = VHOST_NET_SET_BACKEND;
	fake_vhost_kernel.fail_error = EINTR;
	assert_int_equal(say_all(0, 0, &base), 0);
}

static void it_cannot_be_had(void **state)
{
	static const int errors[] = {ENOENT, ENODEV, EACCES};

	for (unsigned i = 0; i < ARRAY_SIZE(errors); i++) {
		fake_vhost_kernel.open_error = errors[i];
		assert_int_equal(vhost_net_open(1, &back, &features), -errors[i]);
		assert_int_equal(vhost_vsock_open(3, &back, &features), -errors[i]);
	}
	fake_vhost_kernel.open_error = 0;
	assert_int_equal(vhost_net_open(NET_QUEUES_MAX + 1, &back, &features), -E2BIG);
	fake_vhost_kernel.features = 1ull << 15;
	assert_int_equal(vhost_net_open(1, &back, &features), -ENOTSUP);
	assert_null(back);
}

static void addresses_of_guests(void **state)
{
	fake_vhost_kernel.cid_taken = 5;
	assert_int_equal(vhost_vsock_open(2, &back, &features), -EINVAL);
	assert_int_equal(vhost_vsock_open(5, &back, &features), -EADDRINUSE);
	assert_null(back);
	assert_int_equal(vhost_vsock_open(4, &back, &features), 0);
	assert_int_equal(fake_vhost_kernel.vhosts[2].cid, 4);
}

/* Both queues or none. */
static void a_pair_of_sockets_queues(void **state)
{
	const struct vhost_region region = {.size = sizeof(memory), .hva = memory, .fd = -1};
	const struct fake_vhost *v = &fake_vhost_kernel.vhosts[0];
	uint16_t base;

	assert_int_equal(vhost_vsock_open(4, &back, &features), 0);
	assert_int_equal(vhost_back_memory_set(back, &region, 1), 0);
	assert_int_equal(vhost_back_vring_start(back, 1, &ring), 0);
	assert_false(v->running);
	assert_int_equal(vhost_back_vring_start(back, 0, &ring), 0);
	assert_true(v->running && v->rings[0].served && v->rings[1].served);
	assert_int_equal(vhost_back_vring_stop(back, 1, &base), 0);
	assert_false(v->running || v->rings[0].served || v->rings[1].served);
	assert_int_equal(vhost_back_vring_start(back, 1, &ring), 0);
	assert_true(v->running);
	vhost_back_drop(back);
	assert_false(v->running);
}

static void too_many_regions(void **state)
{
	static const struct vhost_region regions[9];

	assert_int_equal(vhost_vsock_open(4, &back, &features), 0);
	assert_int_equal(vhost_back_memory_set(back, regions, 9), -E2BIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_said, setup, teardown),
		cmocka_unit_test_setup_teardown(each_call_fails, setup, teardown),
		cmocka_unit_test_setup_teardown(it_is_interrupted, setup, teardown),
		cmocka_unit_test_setup_teardown(it_cannot_be_had, setup, teardown),
		cmocka_unit_test_setup_teardown(addresses_of_guests, setup, teardown),
		cmocka_unit_test_setup_teardown(a_pair_of_sockets_queues, setup, teardown),
		cmocka_unit_test_setup_teardown(too_many_regions, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
