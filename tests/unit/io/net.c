/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tests of vmm/io/net.h against peers of the test's own: passt's stream in pieces, messages of a helper, and every
 * host call of either failing in turn. What is lost is a frame, or the link; never half a frame.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>
#include <cmocka.h>

#include "vmm/base/bits.h"
#include "vmm/base/byteorder.h"
#include "vmm/io/net.h"
#include "vmm/io/net_user.h"

#define SHORT 1 /* a byte of what was asked for */

/* The call number @fail_at from now on (the first is 1) fails with @fail_with. */
static int fail_at, fail_with;

static int fails(void)
{
	return fail_at && --fail_at == 0 ? fail_with : 0;
}

static ssize_t vector(long nr, int fd, const struct iovec *iov, int count)
{
	int how = fails();

	if (how > SHORT) {
		errno = how;
		return -1;
	}
	if (how == SHORT) {
		struct iovec one = {iov[0].iov_base, 1};

		return syscall(nr, fd, &one, 1L);
	}
	return syscall(nr, fd, iov, (long)count);
}

/* In place of the C library's. */
ssize_t readv(int fd, const struct iovec *iov, int count)
{
	return vector(SYS_readv, fd, iov, count);
}

ssize_t writev(int fd, const struct iovec *iov, int count)
{
	return vector(SYS_writev, fd, iov, count);
}

static struct net *net;
static int peer;
static uint8_t frame[NET_FRAME_MAX], got[4 + NET_FRAME_MAX];
static unsigned long long seed = 1;

static unsigned number(unsigned below)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (unsigned)(seed >> 33) % below;
}

static void fill(uint8_t *buf, size_t len, unsigned salt)
{
	for (size_t i = 0; i < len; i++)
		buf[i] = (uint8_t)(i * 7 + i / 251 + salt);
}

static int passt_setup(void **state)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);
	const char *why;

	snprintf(sa.sun_path, sizeof(sa.sun_path), "/tmp/paprika-net-%d", getpid());
	unlink(sa.sun_path);
	assert_int_equal(bind(listener, (struct sockaddr *)&sa, sizeof(sa)), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(net_open(&(struct net_params){.kind = NET_PASST, .socket = sa.sun_path}, &net, &why), 0);
	peer = accept(listener, NULL, NULL);
	assert_true(peer >= 0);
	close(listener);
	unlink(sa.sun_path);
	fail_at = 0;
	return 0;
}

static int teardown(void **state)
{
	net_close(net);
	if (peer >= 0)
		close(peer);
	return 0;
}

/* As the device does, in three pieces, the first of which is part of the header. */
static int send_frame(size_t len)
{
	struct iovec iov[3] = {{frame, 5}, {frame + 5, 10}, {frame + 15, NET_HEADER + len - 15}};

	return net_send(net, iov, 3);
}

static void peer_write(const void *buf, size_t len)
{
	assert_int_equal(write(peer, buf, len), len);
}

static void peer_read(size_t len)
{
	assert_int_equal(recv(peer, got, len, MSG_WAITALL), len);
}

static void a_stream_in_pieces(void **state)
{
	static uint8_t stream[200000];
	static const size_t lens[] = {14, 60, 1514, 65535, 100, NET_BARE_MAX, 1, 14};
	size_t at = 0, fed = 0, next = 0;

	for (size_t i = 0; i < ARRAY_SIZE(lens); i++) {
		store_be32(stream + at, (uint32_t)lens[i]);
		fill(stream + at + 4, lens[i], (unsigned)i);
		at += 4 + lens[i];
	}
	while (next < ARRAY_SIZE(lens)) {
		size_t part = number(4) ? number(9) : number(30000), len;

		if (part > at - fed)
			part = at - fed;
		peer_write(stream + fed, part);
		fed += part;
		while ((len = net_receive(net, got))) {
			assert_int_equal(len, NET_HEADER + lens[next]);
			fill(frame, lens[next], (unsigned)next);
			assert_memory_equal(got + NET_HEADER, frame, lens[next]);
			assert_int_equal(got[0] | got[10], 0);
			next++;
		}
	}
	assert_true(net_link(net));
}

static void frames_leave_without_their_header(void **state)
{
	fill(frame, sizeof(frame), 3);
	assert_int_equal(send_frame(100), 0);
	peer_read(104);
	assert_int_equal(load_be32(got), 100);
	assert_memory_equal(got + 4, frame + NET_HEADER, 100);
	assert_int_equal(send_frame(NET_BARE_MAX), 0);
	net_flush(net);
	peer_read(4 + NET_BARE_MAX);
	assert_int_equal(load_be32(got), NET_BARE_MAX);
	assert_memory_equal(got + 4, frame + NET_HEADER, NET_BARE_MAX);
}

/* What a slow reader does not take stays in order, and the rest waits with the caller. */
static void a_slow_peer(void **state)
{
	unsigned sent = 0, seen = 0;

	while (seen < 300) {
		if (sent < 300) {
			fill(frame + NET_HEADER, 3000, sent);
			if (send_frame(3000) == 0) {
				sent++;
				continue;
			}
		}
		peer_read(4);
		assert_int_equal(load_be32(got), 3000);
		peer_read(3000);
		fill(frame, 3000, seen++);
		assert_memory_equal(got, frame, 3000);
		net_flush(net);
	}
}

static void passt_calls_fail(void **state)
{
	static const int passing[] = {EINTR, EAGAIN, SHORT};

	for (size_t i = 0; i < ARRAY_SIZE(passing); i++) {
		fill(frame, sizeof(frame), (unsigned)i);
		fail_at = 1;
		fail_with = passing[i];
		assert_int_equal(send_frame(500), 0);
		net_flush(net);
		peer_read(504);
		assert_memory_equal(got + 4, frame + NET_HEADER, 500);
		peer_write("\0\0\0\3abc", 7);
		fail_at = 1;
		if (net_receive(net, got) == 0)
			assert_int_equal(net_receive(net, got), NET_HEADER + 3);
		assert_memory_equal(got + NET_HEADER, "abc", 3);
		assert_true(net_link(net));
	}
	fail_at = 1;
	fail_with = ECONNRESET;
	assert_int_equal(net_receive(net, got), 0);
	assert_false(net_link(net));
	assert_int_equal(send_frame(500), 0);
}

static void passt_writes_fail(void **state)
{
	fail_at = 1;
	fail_with = EPIPE;
	assert_int_equal(send_frame(500), 0);
	assert_false(net_link(net));
	assert_int_equal(net_receive(net, got), 0);
}

static void passt_goes(void **state)
{
	peer_write("\0\0\0\5ab", 6);
	close(peer);
	peer = -1;
	assert_int_equal(net_receive(net, got), 0);
	assert_false(net_link(net));
}

static void lengths_that_there_are_not(void **state)
{
	uint8_t length[4];

	store_be32(length, NET_BARE_MAX + 1);
	peer_write(length, 4);
	assert_int_equal(net_receive(net, got), 0);
	assert_false(net_link(net));
}

static void nobody_listens(void **state)
{
	const char *why;

	assert_int_equal(net_open(&(struct net_params){.kind = NET_PASST, .socket = "/nowhere/at/all"}, &net, &why),
			 -ENOENT);
	assert_int_equal(net_open(&(struct net_params){.kind = NET_PASST, .socket = ""}, &net, &why), -EINVAL);
}

/* The helper, without a cage and with a guest's ARP request. */
static void a_helper_answers(void **state)
{
	static const uint8_t arp[42] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x52, 0, 0, 0, 0, 1, 8, 6, 0, 1, 8, 0, 6, 4, 0, 1,
					0x52, 0, 0, 0, 0, 1, 10, 0, 2, 15, 0, 0, 0, 0, 0, 0, 10, 0, 2, 2};
	static const int passing[] = {EINTR, EAGAIN, ENOBUFS};
	struct net_user_params params = {.network = 0x0a000200, .prefix_len = 24};
	struct net_user *user;
	char why[160];
	size_t len = 0;
	int r = net_user_start(&params, NULL, NULL, why, &user);

	if (r == -ENOSYS) {
		print_message("%s\n", why);
		skip();
	}
	assert_int_equal(r, 0);
	assert_int_equal(net_open(&(struct net_params){.kind = NET_USER, .user = user}, &net, (const char *[]){NULL}), 0);
	memcpy(frame + NET_HEADER, arp, sizeof(arp));
	for (size_t i = 0; i < ARRAY_SIZE(passing); i++) {
		fail_at = 1;
		fail_with = passing[i];
		assert_int_equal(send_frame(sizeof(arp)), passing[i] == EAGAIN ? -EAGAIN : 0);
		fail_at = 1;
		fail_with = EINTR;
		net_receive(net, got);
		assert_true(net_link(net));
	}
	assert_int_equal(send_frame(sizeof(arp)), 0);
	for (unsigned i = 0; i < 5000 && len < NET_HEADER + 42; i++) {
		len = net_receive(net, got);
		usleep(1000);
	}
	/* ARP, a reply, from the router */
	assert_memory_equal(got + NET_HEADER + 12, "\x08\x06", 2);
	assert_int_equal(got[NET_HEADER + 21], 2);
	assert_memory_equal(got + NET_HEADER + 28, "\x0a\0\2\2", 4);
	fail_at = 1;
	fail_with = EIO;
	assert_int_equal(net_receive(net, got), 0);
	assert_false(net_link(net));
	net_close(net);
	net_user_end(user);
}

static int cage_fails(void *ctx)
{
	return -EPERM;
}

static void a_helper_that_cannot_begin(void **state)
{
	struct net_user_params params = {.network = 0x0a000200, .prefix_len = 24};
	struct net_user *user;
	char why[160];
	int r = net_user_start(&params, cage_fails, NULL, why, &user);

	if (r == -ENOSYS)
		skip();
	assert_int_equal(r, -EPERM);
	assert_non_null(strstr(why, "sandbox"));
}

#define PASST(f) cmocka_unit_test_setup_teardown(f, passt_setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PASST(a_stream_in_pieces),
		PASST(frames_leave_without_their_header),
		PASST(a_slow_peer),
		PASST(passt_calls_fail),
		PASST(passt_writes_fail),
		PASST(passt_goes),
		PASST(lengths_that_there_are_not),
		cmocka_unit_test(nobody_listens),
		cmocka_unit_test(a_helper_answers),
		cmocka_unit_test(a_helper_that_cannot_begin),
	};

	return cmocka_run_group_tests_name("io/net", tests, NULL, NULL);
}
