/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of vmm/io/chr.h with the loop on a thread of its own and the test as guest and as reader. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <cmocka.h>

#include "tests/fake/pattern.h"
#include "vmm/base/bits.h"
#include "vmm/io/chr.h"

#define MIB     (1u << 20)

static char socket_path[64], socket_spec[72];

struct fixture {
	struct loop *loop;
	struct chr *chr;
	pthread_t thread;
	pthread_mutex_t lock;
	uint8_t input[64 << 10]; /* what the device took */
	size_t input_len, input_limit;
	char pty[64];
};

static size_t take(void *ctx, const uint8_t *buf, size_t len)
{
	struct fixture *f = ctx;

	pthread_mutex_lock(&f->lock);
	if (len > f->input_limit - f->input_len)
		len = f->input_limit - f->input_len;
	memcpy(f->input + f->input_len, buf, len);
	f->input_len += len;
	pthread_mutex_unlock(&f->lock);
	return len;
}

static void *loop_thread(void *arg)
{
	struct fixture *f = arg;

	return (void *)(intptr_t)loop_run(f->loop);
}

static void start(struct fixture *f, const char *spec)
{
	char name[] = "console";
	const char *why;

	memset(f, 0, sizeof(*f));
	f->input_limit = sizeof(f->input);
	pthread_mutex_init(&f->lock, NULL);
	assert_int_equal(loop_new(&f->loop), 0);
	assert_int_equal(chr_open(&(struct chr_params){.spec = spec, .name = name, .loop = f->loop},
				  &f->chr, &why), 0);
	memset(name, '!', sizeof(name) - 1); /* it is the caller's */
	chr_set_input(f->chr, take, f);
	pthread_create(&f->thread, NULL, loop_thread, f);
}

static void stop(struct fixture *f)
{
	loop_quit(f->loop, 0);
	pthread_join(f->thread, NULL);
	chr_close(f->chr);
	loop_free(f->loop);
}

/* The bytes of the pattern from @from to @to, as the guest does it: again when there is no room. */
static void put(struct fixture *f, size_t from, size_t to)
{
	while (from < to) {
		uint8_t buf[16];
		size_t n = to - from < sizeof(buf) ? to - from : sizeof(buf);

		for (size_t i = 0; i < n; i++)
			buf[i] = pattern(from + i);
		if (chr_write(f->chr, buf, n) == 0)
			from += n;
		else
			usleep(1000);
	}
}

static int client(void)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX, };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strcpy(sa.sun_path, socket_path);
	assert_int_equal(connect(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	return fd;
}

static size_t input_wait(struct fixture *f, size_t len)
{
	size_t n = 0;

	for (int i = 0; i < PATTERN_WAIT_MS && n < len; i++) {
		pthread_mutex_lock(&f->lock);
		n = f->input_len;
		pthread_mutex_unlock(&f->lock);
		usleep(1000);
	}
	return n;
}

static void send_pattern(int fd, size_t from, size_t to)
{
	for (; from < to; from++) {
		uint8_t c = pattern(from);

		assert_int_equal(write(fd, &c, 1), 1);
	}
}

static void input_is_pattern(const struct fixture *f, size_t len)
{
	assert_int_equal(f->input_len, len);
	for (size_t i = 0; i < len; i++)
		assert_int_equal(f->input[i], pattern(i));
}

/* A reader after the other: each gets what the last one did not, and what nobody read is the last MiB. */
static void unix_readers(void **state)
{
	struct fixture f;
	int fd;

	start(&f, socket_spec);
	put(&f, 0, 3 * MIB + 5);
	fd = client();
	expect(fd, 2 * MIB + 5, 3 * MIB + 5);
	expect_nothing(fd);
	put(&f, 3 * MIB + 5, 4 * MIB);
	expect(fd, 3 * MIB + 5, 4 * MIB);
	close(fd);
	usleep(50000);
	put(&f, 4 * MIB, 4 * MIB + 100);
	fd = client();
	expect(fd, 4 * MIB, 4 * MIB + 100);
	close(fd);
	stop(&f);
	unlink(socket_path);
}

/* A reader that does not read holds the guest up, and no byte more is taken than there is room for. */
static void unix_full(void **state)
{
	struct fixture f;
	size_t taken = 0;
	int fd;

	start(&f, socket_spec);
	fd = client();
	usleep(50000);
	for (int idle = 0; idle < 50;) {
		uint8_t c = pattern(taken);

		if (chr_write(f.chr, &c, 1) == 0) {
			taken++;
			idle = 0;
		} else {
			idle++;
			usleep(1000);
		}
	}
	assert_true(taken >= MIB && taken < 3 * MIB);
	expect(fd, 0, taken);
	put(&f, taken, taken + 100);
	expect(fd, taken, taken + 100);
	close(fd);
	stop(&f);
	unlink(socket_path);
}

struct heard {
	atomic_uint rooms, comings, goings;
};

static void hear_room(void *ctx)
{
	((struct heard *)ctx)->rooms++;
}

static void hear_attached(void *ctx, bool attached)
{
	struct heard *h = ctx;

	if (attached)
		h->comings++;
	else
		h->goings++;
}

static const struct chr_listener listener = {.room = hear_room, .attached = hear_attached};

static bool becomes(const atomic_uint *what, unsigned n)
{
	for (int i = 0; i < PATTERN_WAIT_MS && *what < n; i++)
		usleep(1000);
	usleep(20000);
	return *what == n;
}

/* As much as the ring and the socket take; the total. */
static size_t fill(struct fixture *f, size_t from)
{
	for (int idle = 0; idle < 50;) {
		uint8_t buf[512];

		for (size_t i = 0; i < sizeof(buf); i++)
			buf[i] = pattern(from + i);
		if (chr_write(f->chr, buf, sizeof(buf)) == 0) {
			from += sizeof(buf);
			idle = 0;
		} else {
			idle++;
			usleep(1000);
		}
	}
	return from;
}

/* Who was refused hears once that half of the ring is free, or that nobody is there any more. */
static void unix_listener(void **state)
{
	struct heard heard = {0};
	struct fixture f;
	size_t taken;
	int fd;

	start(&f, socket_spec);
	chr_listen(f.chr, &listener, &heard);
	put(&f, 0, 100);
	assert_int_equal(heard.comings + heard.rooms, 0);
	fd = client();
	assert_true(becomes(&heard.comings, 1));
	taken = fill(&f, 100);
	assert_int_equal(heard.rooms, 0);
	expect(fd, 0, MIB / 4);
	usleep(20000);
	assert_int_equal(heard.rooms, 0);
	expect(fd, MIB / 4, taken);
	assert_true(becomes(&heard.rooms, 1));
	fill(&f, taken);
	close(fd);
	assert_true(becomes(&heard.goings, 1));
	assert_true(becomes(&heard.rooms, 2));
	assert_int_equal(heard.comings, 1);
	stop(&f);
	unlink(socket_path);
}

/* What is sent before going is read, be it that the output fails first; half a close is none. */
static void unix_input(void **state)
{
	struct fixture f;
	int fd;

	start(&f, socket_spec);
	fd = client();
	send_pattern(fd, 0, 2000);
	shutdown(fd, SHUT_WR);
	assert_int_equal(input_wait(&f, 2000), 2000);
	put(&f, 0, 100);
	expect(fd, 0, 100);
	f.input_limit = 2000;
	close(fd);
	fd = client();
	send_pattern(fd, 2000, 5000);
	put(&f, 100, 200);
	expect(fd, 100, 200);
	put(&f, 200, 2 * MIB / 4);
	close(fd);
	put(&f, 2 * MIB / 4, 2 * MIB / 4 + 100);
	usleep(50000);
	pthread_mutex_lock(&f.lock);
	f.input_limit = sizeof(f.input);
	pthread_mutex_unlock(&f.lock);
	chr_input_ready(f.chr);
	assert_int_equal(input_wait(&f, 5000), 5000);
	input_is_pattern(&f, 5000);
	stop(&f);
	unlink(socket_path);
}

/* A device without room: the rest stays with the sender, and nothing is lost or doubled. */
static void input_without_room(void **state)
{
	struct fixture f;
	size_t sent = 0;
	int fd;

	start(&f, socket_spec);
	f.input_limit = 100;
	fd = client();
	fcntl(fd, F_SETFL, O_NONBLOCK);
	for (int idle = 0; idle < 50 && sent < sizeof(f.input);) {
		uint8_t c = pattern(sent);

		if (write(fd, &c, 1) == 1)
			sent++, idle = 0;
		else
			usleep(1000), idle++;
	}
	assert_int_equal(input_wait(&f, 100), 100);
	for (size_t room = 200; f.input_len < sent;) {
		pthread_mutex_lock(&f.lock);
		f.input_limit = f.input_len + room < sizeof(f.input) ? f.input_len + room :
								       sizeof(f.input);
		room = f.input_limit;
		pthread_mutex_unlock(&f.lock);
		chr_input_ready(f.chr);
		assert_true(input_wait(&f, room < sent ? room : sent) > 0);
		room = 5000;
	}
	input_is_pattern(&f, sent);
	close(fd);
	stop(&f);
	unlink(socket_path);
}

/* A socket that is listened on is not taken away; one left behind is. */
static void unix_path(void **state)
{
	struct fixture f, g;
	struct loop *loop;
	struct chr *chr;
	const char *why;

	start(&f, socket_spec);
	assert_int_equal(loop_new(&loop), 0);
	assert_int_equal(chr_open(&(struct chr_params){.spec = socket_spec, .name = "console",
						       .loop = loop}, &chr, &why), -EADDRINUSE);
	loop_free(loop);
	stop(&f);
	start(&g, socket_spec);
	close(client());
	stop(&g);
	unlink(socket_path);
}

/* The name is only printed: it is caught on stderr. */
static void start_pty(struct fixture *f)
{
	int pipes[2], before = dup(STDERR_FILENO);
	char line[128] = "";

	assert_int_equal(pipe(pipes), 0);
	dup2(pipes[1], STDERR_FILENO);
	start(f, "pty");
	dup2(before, STDERR_FILENO);
	assert_true(read(pipes[0], line, sizeof(line) - 1) > 0);
	assert_int_equal(sscanf(line, "paprika: console is %63s", f->pty), 1);
	close(pipes[0]);
	close(pipes[1]);
	close(before);
}

/* A reader that does no more than open and read is found out about, with the guest silent, and so is its end. */
static void pty_readers(void **state)
{
	struct fixture f;
	int fd;

	start_pty(&f);
	put(&f, 0, MIB + 1234);
	fd = open(f.pty, O_RDONLY | O_NOCTTY);
	expect(fd, 1234, MIB + 1234);
	put(&f, MIB + 1234, 3 * MIB / 2);
	expect(fd, MIB + 1234, 3 * MIB / 2);
	close(fd);
	usleep(50000);
	put(&f, 3 * MIB / 2, 3 * MIB);
	fd = open(f.pty, O_RDONLY | O_NOCTTY);
	expect(fd, 2 * MIB, 3 * MIB);
	close(fd);
	stop(&f);
}

/* More at once than a read takes; and from one who is gone before anybody looked. */
static void pty_input(void **state)
{
	struct fixture f;
	int fd;

	start_pty(&f);
	fd = open(f.pty, O_WRONLY | O_NOCTTY);
	send_pattern(fd, 0, 3000);
	assert_int_equal(input_wait(&f, 3000), 3000);
	close(fd);
	usleep(50000);
	fd = open(f.pty, O_WRONLY | O_NOCTTY);
	send_pattern(fd, 3000, 3100);
	close(fd);
	assert_int_equal(input_wait(&f, 3100), 3100);
	input_is_pattern(&f, 3100);
	stop(&f);
}

/* No reader at all: the guest is not held up; what fails once may succeed later. */
static void file_full(void **state)
{
	int pipes[2], before = dup(STDERR_FILENO);
	char line[128] = "";
	struct fixture f;

	assert_int_equal(pipe(pipes), 0);
	dup2(pipes[1], STDERR_FILENO);
	start(&f, "file:/dev/full");
	put(&f, 0, MIB);
	stop(&f);
	dup2(before, STDERR_FILENO);
	assert_true(read(pipes[0], line, sizeof(line) - 1) > 0);
	assert_string_equal(line, "paprika: console: output is lost: No space left on device\n");
	close(pipes[0]);
	close(pipes[1]);
	close(before);
	start(&f, "null");
	put(&f, 0, MIB);
	stop(&f);
}

static void names(void **state)
{
	static const char *const bad[] = {"", "tty", "unix:", "file:", "stdio:x", "pty:1", "nul"};
	struct loop *loop;
	struct chr *chr;
	const char *why = NULL;

	assert_int_equal(loop_new(&loop), 0);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct chr_params p = {.spec = bad[i], .name = "console", .loop = loop};

		assert_int_equal(chr_open(&p, &chr, &why), -EINVAL);
		assert_non_null(strstr(why, "allowed are"));
	}
	loop_free(loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unix_readers), cmocka_unit_test(unix_full),
		cmocka_unit_test(unix_input),   cmocka_unit_test(input_without_room),
		cmocka_unit_test(unix_path),    cmocka_unit_test(pty_readers),
		cmocka_unit_test(pty_input),    cmocka_unit_test(file_full),
		cmocka_unit_test(names),        cmocka_unit_test(unix_listener),
	};

	signal(SIGPIPE, SIG_IGN);
	snprintf(socket_path, sizeof(socket_path), "/tmp/paprika-chr-%d", (int)getpid());
	snprintf(socket_spec, sizeof(socket_spec), "unix:%s", socket_path);
	unlink(socket_path);
	return cmocka_run_group_tests_name("io/chr", tests, NULL, NULL);
}
