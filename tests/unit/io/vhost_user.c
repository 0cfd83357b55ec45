/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of vmm/io/vhost_user.h against a back end that does as it should, and then not, at each message. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "tests/fake/vhost_back.h"
#include "vmm/base/bits.h"
#include "vmm/base/byteorder.h"
#include "vmm/io/vhost_user.h"
#include "vmm/mem/ram.h"

#define VERSION_1 (1ull << 32)
#define PROTOCOL  (VHOST_PROTOCOL_MQ | VHOST_PROTOCOL_REPLY_ACK | VHOST_PROTOCOL_BACKEND_REQ | VHOST_PROTOCOL_CONFIG)
#define RAM_SIZE  (1u << 20)

static struct back back;
static struct vhost_user *front;
static struct ram ram;
static uint64_t features;
static const char *why;

/* In place of the C library's: the patience of a test. */
int epoll_wait(int fd, struct epoll_event *events, int max, int timeout)
{
	return (int)syscall(SYS_epoll_pwait, fd, events, max, timeout > 200 ? 200 : timeout, NULL, 8);
}

static int setup(void **state)
{
	memset(&back, 0, sizeof(back));
	back.features = VERSION_1 | VHOST_F_PROTOCOL_FEATURES | 0x20;
	back.protocol = PROTOCOL | 1 << 12;
	back.queue_count = 4;
	back.config_len = 60;
	for (unsigned i = 0; i < 60; i++)
		back.config[i] = (uint8_t)(i + 1);
	back_start(&back);
	assert_int_equal(ram_open(&ram, RAM_SIZE), 0);
	front = NULL;
	why = "";
	return 0;
}

static void close_front(void)
{
	if (front)
		vhost_back_close(vhost_user_back(front));
}

static int teardown(void **state)
{
	close_front();
	back_end(&back);
	ram_close(&ram);
	return 0;
}

static int open_front(void)
{
	return vhost_user_open(back.path, &front, &features, &why);
}

/* Everything that a front end says, up to a ring that runs. */
static int say_all(void)
{
	const struct vhost_region region = {.gpa = 0x10000, .size = RAM_SIZE, .hva = ram.hva, .fd = ram.fd};
	const struct vhost_vring ring = {.size = 16, .desc = ram.hva, .avail = ram.hva + 0x1000,
					      .used = ram.hva + 0x2000, .kick_fd = eventfd(0, 0),
					      .call_fd = eventfd(0, 0)};
	uint8_t config[60];
	uint16_t base;
	int r = open_front();

	if (r == 0)
		r = vhost_user_config_get(front, config, sizeof(config));
	if (r == 0)
		r = vhost_back_memory_set(vhost_user_back(front), &region, 1);
	if (r == 0)
		r = vhost_back_features_set(vhost_user_back(front), VERSION_1);
	if (r == 0)
		r = vhost_user_config_set(front, 32, "x", 1);
	if (r == 0)
		r = vhost_back_vring_start(vhost_user_back(front), 1, &ring);
	if (r == 0)
		r = vhost_back_vring_stop(vhost_user_back(front), 1, &base);
	close(ring.kick_fd);
	close(ring.call_fd);
	return r;
}

static void what_is_said(void **state)
{
	uint8_t config[60];

	assert_int_equal(say_all(), 0);
	assert_int_equal(features, VERSION_1 | 0x20);
	assert_int_equal(vhost_user_queues(front), 4);
	assert_true(vhost_user_has_config(front));
	assert_int_equal(back.features_set, VERSION_1 | VHOST_F_PROTOCOL_FEATURES);
	assert_int_equal(back.memory.count, 1);
	assert_int_equal(back.memory.regions[0].gpa, 0x10000);
	assert_int_equal(back.config[32], 'x');
	assert_int_equal(vhost_user_config_get(front, config, sizeof(config)), 0);
	assert_int_equal(config[0], 1);
	assert_int_equal(config[32], 'x');
	assert_int_equal(config[59], 60);
	assert_int_equal(back.queues[1].size, 16);
	assert_true(back.queues[1].desc == back.mapped[0]);
	assert_true(back.queues[1].used == back.mapped[0] + 0x2000);
	assert_false(back.queues[1].started);
	assert_false(back.queues[1].enabled);
	assert_int_equal(vhost_user_check(front), 0);
}

/* Without what the protocol may have beyond its first form. */
static void a_plain_back_end(void **state)
{
	uint8_t byte;

	back.features = VERSION_1;
	assert_int_equal(open_front(), 0);
	assert_int_equal(vhost_user_queues(front), 0);
	assert_false(vhost_user_has_config(front));
	assert_int_equal(vhost_user_request_fd(front), -1);
	assert_int_equal(vhost_user_config_get(front, &byte, 1), -ENOTSUP);
	assert_int_equal(vhost_user_config_set(front, 0, &byte, 1), -ENOTSUP);
	assert_int_equal(vhost_back_features_set(vhost_user_back(front), VERSION_1), 0);
	close_front();
	front = NULL;
	back.features = 0x20;
	assert_int_equal(open_front(), -EINVAL);
	assert_non_null(strstr(why, "VIRTIO 1"));
}

/* At each message that has an answer, each kind of wrong one: an error, and nothing more is asked. */
static void wrong_answers(void **state)
{
	static const unsigned at[] = {VHOST_GET_FEATURES, VHOST_GET_PROTOCOL_FEATURES, VHOST_GET_QUEUE_NUM, VHOST_SET_OWNER,
				      VHOST_SET_BACKEND_REQ_FD, VHOST_GET_CONFIG, VHOST_SET_MEM_TABLE, VHOST_SET_FEATURES,
				      VHOST_SET_CONFIG, VHOST_SET_VRING_NUM, VHOST_SET_VRING_BASE, VHOST_SET_VRING_ADDR,
				      VHOST_SET_VRING_CALL, VHOST_SET_VRING_KICK, VHOST_SET_VRING_ENABLE,
				      VHOST_GET_VRING_BASE};
	static const struct {
		enum back_fault fault;
		int error;
	} faults[] = {{BACK_SILENT, -ETIMEDOUT}, {BACK_ENDS, -EPIPE}, {BACK_SHORT, -EPROTO}, {BACK_OTHER, -EPROTO},
		      {BACK_VERSION, -EPROTO}, {BACK_HUGE, -EPROTO}, {BACK_DRIPS, -ETIMEDOUT}};

	for (unsigned i = 0; i < ARRAY_SIZE(at); i++)
		for (unsigned k = 0; k < ARRAY_SIZE(faults); k++) {
			int r;

			back.fault_at = at[i];
			back.fault = faults[k].fault;
			r = say_all();
			if (r != faults[k].error)
				fail_msg("message %u, fault %u: %d, not %d", at[i], k, r, faults[k].error);
			if (front) {
				assert_int_equal(vhost_back_features_set(vhost_user_back(front), VERSION_1), -EPIPE);
				assert_int_equal(vhost_user_check(front), -EPIPE);
			}
			close_front();
			front = NULL;
		}
}

/* A refusal is an answer: the connection stands. */
static void refusals(void **state)
{
	const struct vhost_region region = {.size = RAM_SIZE, .hva = ram.hva, .fd = ram.fd};

	assert_int_equal(open_front(), 0);
	back.fault_at = VHOST_SET_MEM_TABLE;
	back.fault = BACK_REFUSES;
	assert_int_equal(vhost_back_memory_set(vhost_user_back(front), &region, 1), -EREMOTEIO);
	back.fault = BACK_SOUND;
	assert_int_equal(vhost_back_memory_set(vhost_user_back(front), &region, 1), 0);
	assert_int_equal(vhost_back_features_set(vhost_user_back(front), 1ull << 40), -EREMOTEIO);
}

/* Less than was asked for is an empty answer, by the book. */
static void no_configuration(void **state)
{
	uint8_t config[VHOST_CONFIG_MAX];

	assert_int_equal(open_front(), 0);
	assert_int_equal(vhost_user_config_get(front, config, VHOST_CONFIG_MAX + 1), -ENOTSUP);
	assert_int_equal(vhost_user_config_get(front, config, 61), -EIO);
	assert_int_equal(vhost_user_config_get(front, config, 1), -EPIPE);
}

static void nobody(void **state)
{
	assert_int_equal(vhost_user_open("/tmp/paprika-back-none", &front, &features, &why), -ENOENT);
}

static void it_goes(void **state)
{
	assert_int_equal(open_front(), 0);
	assert_int_equal(vhost_user_check(front), 0);
	vhost_back_drop(vhost_user_back(front));
	assert_int_equal(vhost_user_check(front), -EPIPE);
	assert_int_equal(vhost_back_features_set(vhost_user_back(front), 0), -EPIPE);
}

/* Waits for the back end's request. */
static int request_take(void)
{
	int r = 0;

	for (unsigned i = 0; i < 1000 && r == 0; i++) {
		r = vhost_user_request_take(front);
		nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
	}
	return r;
}

static void requests(void **state)
{
	struct vhost_msg m = {.request = VHOST_BACKEND_CONFIG_CHANGE, .flags = VHOST_VERSION | VHOST_NEED_REPLY}, r;
	uint64_t result;

	assert_int_equal(open_front(), 0);
	assert_int_equal(vhost_user_request_take(front), 0);
	back_config_changed(&back);
	assert_int_equal(request_take(), 1);
	/* in pieces, and with an answer */
	back_says(&back, &m, 5);
	assert_int_equal(vhost_user_request_take(front), 0);
	back_says(&back, (uint8_t *)&m + 5, VHOST_HEAD - 5);
	assert_int_equal(request_take(), 1);
	assert_int_equal(recv(back.request_fd, &r, sizeof(r), 0), VHOST_HEAD + 8);
	VHOST_PAYLOAD_GET(&r, &result);
	assert_int_equal(result, 0);
	/* what is not known */
	m.request = 77;
	m.size = 3;
	back_says(&back, &m, VHOST_HEAD + 3);
	assert_int_equal(vhost_user_request_take(front), 0);
	assert_int_equal(recv(back.request_fd, &r, sizeof(r), 0), VHOST_HEAD + 8);
	VHOST_PAYLOAD_GET(&r, &result);
	assert_int_equal(result, 1);
	assert_int_equal(r.request, 77);
	assert_int_equal(r.flags, VHOST_VERSION | VHOST_REPLY);
}

static void requests_that_are_none(void **state)
{
	struct vhost_msg m = {.request = 1, .flags = VHOST_VERSION, .size = VHOST_PAYLOAD_MAX + 1};

	assert_int_equal(open_front(), 0);
	back_says(&back, &m, VHOST_HEAD);
	assert_int_equal(request_take(), -EPROTO);
	assert_int_equal(vhost_user_check(front), -EPIPE);
}

static void too_many_requests(void **state)
{
	const struct vhost_msg m = {.request = 77, .flags = VHOST_VERSION};

	assert_int_equal(open_front(), 0);
	for (unsigned i = 0; i < 200; i++)
		back_says(&back, &m, VHOST_HEAD);
	assert_int_equal(request_take(), -EPROTO);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_said),
		TEST(a_plain_back_end),
		TEST(wrong_answers),
		TEST(refusals),
		TEST(no_configuration),
		TEST(nobody),
		TEST(it_goes),
		TEST(requests),
		TEST(requests_that_are_none),
		TEST(too_many_requests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
