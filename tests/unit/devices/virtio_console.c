/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of the virtio console, with the loop on a thread of its own and the test as driver and as reader: no byte lost
 * or doubled, nobody held up, whatever the driver says. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "devices/virtio/console.h"
#include "tests/fake/pattern.h"
#include "tests/fake/stream.h"
#include "tests/fake/virtio.h"
#include "vmm/base/byteorder.h"

#define NEEDED    (VIRTIO_F_VERSION_1 | VIRTIO_F_ACCESS_PLATFORM)
#define MULTIPORT (NEEDED | 1ull << 1)
#define WRITE     2u
#define MESSAGE   0x80000u
#define TOLD      0x81000u /* buffers for messages, 64 bytes each */
#define DATA      0x90000u
#define PIECE     0x8000u /* bytes of a chain of output, of which there are SLOTS */
#define SLOTS     4u
#define MIB       (1u << 20)

enum { DEVICE_READY, PORT_ADD, PORT_REMOVE, PORT_READY, CONSOLE_PORT, RESIZE, PORT_OPEN, PORT_NAME };
enum { TERMINAL, AGENT, PORTS };

static struct fake_vm *vm;
static struct fake_driver drv, told, in, out; /* control messages either way, data either way */
static struct iothread *thread;
static struct virtio_console *device, *other; /* the other one has no terminal */
static struct fake_loop loop;
static struct fake_stream streams[PORTS];
static struct chr *null;
static unsigned next_told;

static int group_setup(void **state)
{
	struct virtio_console_port ports[PORTS] = {{.name = "agent"}, {.terminal = true}};
	const char *why;

	fake_loop_open(&loop);
	fake_stream_open(&loop, "terminal", &streams[TERMINAL]);
	fake_stream_open(&loop, "agent", &streams[AGENT]);
	ports[0].chr = streams[AGENT].chr;
	ports[1].chr = streams[TERMINAL].chr;
	vm = fake_vm_new();
	assert_int_equal(iothread_new("io", &thread), 0);
	assert_int_equal(virtio_console_new(thread, ports, PORTS, &device), 0);
	drv = (struct fake_driver){.vm = vm, .d = virtio_console_device(device)};
	assert_int_equal(phb_add(vm->phbs.phbs[0], &drv.d->pci), 0);
	assert_int_equal(chr_open(&(struct chr_params){.spec = "null", .name = "null", .loop = loop.loop}, &null, &why), 0);
	assert_int_equal(virtio_console_new(thread, &(struct virtio_console_port){.chr = null}, 1, &other), 0);
	assert_int_equal(phb_add(vm->phbs.phbs[0], &virtio_console_device(other)->pci), 0);
	assert_int_equal(iothread_start(thread, NULL, NULL), 0);
	fake_loop_begin(&loop);
	return 0;
}

static int group_teardown(void **state)
{
	fake_loop_end(&loop);
	virtio_reset(drv.d);
	virtio_reset(virtio_console_device(other));
	iothread_free(thread);
	virtio_console_free(device);
	virtio_console_free(other);
	chr_close(null);
	for (unsigned i = 0; i < PORTS; i++)
		fake_stream_close(&streams[i]);
	loop_free(loop.loop);
	fake_vm_free(vm);
	return 0;
}

/* Away with what is kept for the next reader. */
static void drain(unsigned port)
{
	int fd = fake_stream_connect(&streams[port]);
	struct pollfd p = {.fd = fd, .events = POLLIN};
	uint8_t buf[4096];

	while (poll(&p, 1, 50) > 0 && read(fd, buf, sizeof(buf)) > 0)
		;
	close(fd);
	usleep(20000);
}

static int setup(void **state)
{
	virtio_reset(drv.d);
	fake_vm_reset(vm);
	drv_attach(&drv);
	for (unsigned i = 0; i < PORTS; i++)
		drain(i);
	return 0;
}

/* The data queues of @port, counted as the device does: the terminal is 0. */
static void data_queues(unsigned port)
{
	unsigned q = port ? 2 * (port + 1) : 0;

	in = (struct fake_driver){.vm = vm, .d = drv.d, .queue = q, .ring = 0x8000, .patience = 500};
	out = (struct fake_driver){.vm = vm, .d = drv.d, .queue = q + 1, .ring = 0xc000, .patience = 500};
	drv_queue(&in);
	drv_queue(&out);
}

static void begin(unsigned port)
{
	drv.queue = 3;
	told = (struct fake_driver){.vm = vm, .d = drv.d, .queue = 2, .ring = 0x4000};
	assert_true(drv_begin(&drv, MULTIPORT));
	drv_queue(&told);
	for (uint16_t i = 0; i < 8; i++) {
		drv_desc(&told, i, TOLD + 64u * i, 64, WRITE, 0);
		drv_give(&told, i);
	}
	next_told = 0;
	data_queues(port);
}

static void say_bytes(const uint8_t *bytes, uint32_t len)
{
	uint32_t head, written;

	memcpy(vm->ram + MESSAGE, bytes, len);
	drv_desc(&drv, 0, MESSAGE, len, 0, 0);
	drv_give(&drv, 0);
	assert_true(drv_take(&drv, &head, &written));
	assert_int_equal(written, 0);
}

static void say(uint32_t id, unsigned event, unsigned value)
{
	uint8_t bytes[8];

	store_le32(bytes, id);
	store_le16(bytes + 4, (uint16_t)event);
	store_le16(bytes + 6, (uint16_t)value);
	say_bytes(bytes, sizeof(bytes));
}

/* The next message; @name is what follows its eight bytes. */
static void is_told(uint32_t id, unsigned event, unsigned value, const char *name)
{
	const uint8_t *m = vm->ram + TOLD + 64u * (next_told % 8);
	uint32_t head, written;

	assert_true(drv_take(&told, &head, &written));
	assert_int_equal(head, next_told % 8);
	assert_int_equal(written, 8 + strlen(name));
	assert_int_equal(load_le32(m), id);
	assert_int_equal(load_le16(m + 4), event);
	assert_int_equal(load_le16(m + 6), value);
	assert_memory_equal(m + 8, name, strlen(name));
	next_told++;
	drv_give(&told, (uint16_t)head);
}

static void is_told_no_more(void)
{
	uint32_t head, written;

	told.patience = 100;
	assert_false(drv_take(&told, &head, &written));
	told.patience = 0;
}

static void control_messages(void **state)
{
	int fd;

	begin(AGENT);
	is_told_no_more();
	say(UINT32_MAX, DEVICE_READY, 0);
	is_told_no_more();
	say(UINT32_MAX, DEVICE_READY, 1);
	is_told(0, PORT_ADD, 1, "");
	is_told(1, PORT_ADD, 1, "");
	say(0, PORT_READY, 1);
	is_told(0, CONSOLE_PORT, 1, "");
	say(1, PORT_READY, 1);
	is_told(1, PORT_NAME, 1, "agent");
	is_told_no_more();
	fd = fake_stream_connect(&streams[AGENT]);
	is_told(1, PORT_OPEN, 1, "");
	close(fd);
	is_told(1, PORT_OPEN, 0, "");
	fd = fake_stream_connect(&streams[TERMINAL]);
	is_told(0, PORT_OPEN, 1, "");
	/* a driver that begins again hears of it as well */
	begin(AGENT);
	say(UINT32_MAX, DEVICE_READY, 1);
	is_told(0, PORT_ADD, 1, "");
	is_told(1, PORT_ADD, 1, "");
	say(0, PORT_READY, 1);
	is_told(0, CONSOLE_PORT, 1, "");
	is_told(0, PORT_OPEN, 1, "");
	say(0, PORT_READY, 0);
	close(fd);
	is_told_no_more();
}

static void nonsense(void **state)
{
	static const uint8_t none[8];

	begin(AGENT);
	say(2, PORT_READY, 1);
	say(UINT32_MAX, PORT_OPEN, 1);
	for (unsigned event = 8; event < 16; event++)
		say(1, event, 1);
	say(1, PORT_REMOVE, 1);
	say(1, PORT_ADD, 1);
	for (uint32_t len = 1; len < 8; len++)
		say_bytes(none, len);
	is_told_no_more();
	assert_int_equal(drv_read(&drv, DEV_STATUS, 1) & VIRTIO_STATUS_NEEDS_RESET, 0);
	drv_desc(&drv, 0, 0x40000000, 8, 0, 0);
	drv_give(&drv, 0);
	assert_true(drv_wait_status(&drv, VIRTIO_STATUS_NEEDS_RESET, VIRTIO_STATUS_NEEDS_RESET));
	/* a buffer that is too short for a message */
	assert_true(drv_begin(&drv, MULTIPORT));
	drv_queue(&told);
	drv_desc(&told, 0, TOLD, 7, WRITE, 0);
	drv_give(&told, 0);
	say(UINT32_MAX, DEVICE_READY, 1);
	assert_true(drv_wait_status(&drv, VIRTIO_STATUS_NEEDS_RESET, VIRTIO_STATUS_NEEDS_RESET));
}

/* A chain in @slot with @len bytes of the pattern from @from on, in two pieces. */
static void put(unsigned slot, size_t from, uint32_t len)
{
	uint32_t at = DATA + slot * PIECE;

	for (uint32_t i = 0; i < len; i++)
		vm->ram[at + i] = pattern(from + i);
	drv_desc(&out, 2 * slot, at, 5, 1, 2 * slot + 1);
	drv_desc(&out, 2 * slot + 1, at + 5, len - 5, 0, 0);
	drv_give(&out, (uint16_t)(2 * slot));
}

static bool taken(void)
{
	uint32_t head, written;

	if (!drv_take(&out, &head, &written))
		return false;
	assert_int_equal(written, 0);
	return true;
}

/* Chains until none is taken any more: how many are there, all but SLOTS of them taken. */
static size_t fill(void)
{
	size_t n = 0;

	out.patience = 1000;
	for (; n < SLOTS; n++)
		put((unsigned)(n % SLOTS), n * PIECE, PIECE);
	while (taken()) {
		put((unsigned)(n % SLOTS), n * PIECE, PIECE);
		n++;
	}
	return n;
}

/* A reader that stops reading stops the queue; then it gets everything, once. */
static void slow_reader(void **state)
{
	size_t n, got = 0;
	int fd;

	begin(AGENT);
	fd = fake_stream_connect(&streams[AGENT]);
	usleep(20000);
	n = fill();
	assert_in_range(n * PIECE, MIB, 3 * MIB);
	while (n < 8 * MIB / PIECE) {
		expect(fd, got, got + 3000);
		got += 3000;
		out.patience = 1;
		while (n < 8 * MIB / PIECE && taken()) {
			put((unsigned)(n % SLOTS), n * PIECE, PIECE);
			n++;
		}
	}
	expect(fd, got, n * PIECE);
	out.patience = 0;
	for (unsigned i = 0; i < SLOTS; i++)
		assert_true(taken());
	expect_nothing(fd);
	close(fd);
}

/* What went of a chain is no part of one in a queue that was reset, or of another driver's. */
static void reset_of_a_queue_that_stopped(void **state)
{
	for (unsigned whole = 0; whole < 2; whole++) {
		int fd;

		drv.queue = 3;
		assert_true(drv_begin(&drv, MULTIPORT | VIRTIO_F_RING_RESET));
		data_queues(AGENT);
		fd = fake_stream_connect(&streams[AGENT]);
		usleep(20000);
		fill();
		if (whole) {
			begin(AGENT);
		} else {
			drv_write(&drv, Q_SELECT, 2, out.queue);
			drv_write(&drv, Q_RESET, 2, 1);
			while (drv_read(&drv, Q_RESET, 2))
				usleep(1000);
			drv_queue(&out);
		}
		close(fd);
		usleep(20000);
		drain(AGENT);
		put(0, 77, 5000);
		out.patience = 0;
		assert_true(taken());
		fd = fake_stream_connect(&streams[AGENT]);
		expect(fd, 77, 5077);
		expect_nothing(fd);
		close(fd);
		usleep(20000);
	}
}

/* Nobody there: all is taken, and the last MiB is for who comes. Leaving frees a queue that stopped. */
static void no_reader(void **state)
{
	size_t n = 0;
	int fd;

	begin(AGENT);
	fd = fake_stream_connect(&streams[AGENT]);
	usleep(20000);
	n = fill();
	close(fd);
	out.patience = 0;
	for (unsigned i = 0; i < SLOTS; i++)
		assert_true(taken());
	for (; n < 6 * MIB / PIECE; n++) {
		put(0, n * PIECE, PIECE);
		assert_true(taken());
	}
	fd = fake_stream_connect(&streams[AGENT]);
	expect(fd, 5 * MIB, 6 * MIB);
	expect_nothing(fd);
	close(fd);
}

/* @len bytes of the pattern from @from on, whatever buffers they come in. */
static void comes_in(size_t from, size_t len)
{
	for (size_t end = from + len; from < end;) {
		uint32_t head, written, room = end - from < 700 ? (uint32_t)(end - from) : 700;

		drv_desc(&in, 0, DATA, 1, 1 | WRITE, 1);
		drv_desc(&in, 1, DATA + 1, room - 1, WRITE, 0);
		drv_give(&in, 0);
		assert_true(drv_take(&in, &head, &written));
		assert_in_range(written, 1, room);
		for (uint32_t i = 0; i < written; i++)
			assert_int_equal(vm->ram[DATA + i], pattern(from++));
	}
}

static void send_pattern(int fd, size_t from, size_t to)
{
	uint8_t *bytes = malloc(to - from);

	for (size_t i = from; i < to; i++)
		bytes[i - from] = pattern(i);
	assert_int_equal(write(fd, bytes, to - from), to - from);
	free(bytes);
}

/* Input waits for the port to be open, and for buffers. */
static void input(void **state)
{
	uint32_t head, written;
	int fd;

	begin(AGENT);
	in.patience = 100;
	fd = fake_stream_connect(&streams[AGENT]);
	send_pattern(fd, 0, 60000);
	drv_desc(&in, 0, DATA, 1, WRITE, 0);
	drv_give(&in, 0);
	assert_false(drv_take(&in, &head, &written));
	say(1, PORT_OPEN, 1);
	in.patience = 0;
	assert_true(drv_take(&in, &head, &written));
	assert_int_equal(written, 1);
	comes_in(1, 30000 - 1);
	say(1, PORT_OPEN, 0);
	say(1, PORT_OPEN, 1);
	comes_in(30000, 30000);
	/* nothing more, and closed again it stays with its sender */
	say(1, PORT_OPEN, 0);
	send_pattern(fd, 60000, 60010);
	drv_give(&in, 0);
	in.patience = 100;
	assert_false(drv_take(&in, &head, &written));
	close(fd);
}

/* A driver that does not know of ports has a terminal, the first of them. */
static void without_ports(void **state)
{
	uint32_t head, written;
	int fd;

	drv.queue = 3;
	assert_true(drv_begin(&drv, NEEDED));
	data_queues(0);
	fd = fake_stream_connect(&streams[TERMINAL]);
	put(0, 0, 100);
	assert_true(taken());
	expect(fd, 0, 100);
	send_pattern(fd, 0, 5000);
	in.patience = 0;
	comes_in(0, 5000);
	/* its other queues are none */
	drv.patience = 100;
	drv_desc(&drv, 0, MESSAGE, 8, 0, 0);
	drv_give(&drv, 0);
	assert_false(drv_take(&drv, &head, &written));
	drv.patience = 0;
	close(fd);
}

static void configuration(void **state)
{
	char byte;
	int fd = fake_stream_connect(&streams[TERMINAL]);

	assert_int_equal(drv_read(&drv, DEV_CONFIG + 4, 4), PORTS);
	assert_int_equal(drv_read(&drv, DEV_FEATURE, 4) & 7, 6);
	usleep(20000);
	drv_write(&drv, DEV_CONFIG + 8, 4, 0x12345600 | '!');
	assert_int_equal(read(fd, &byte, 1), 1);
	assert_int_equal(byte, '!');
	drv_write(&drv, DEV_CONFIG + 4, 4, 99);
	assert_int_equal(drv_read(&drv, DEV_CONFIG + 4, 4), PORTS);
	expect_nothing(fd);
	close(fd);
}

/* Without a terminal the first place is free: output there is nowhere, and nothing is said of it. */
static void no_terminal(void **state)
{
	struct virtio_device *mine = drv.d;
	uint32_t head, written;

	drv.d = virtio_console_device(other);
	virtio_reset(drv.d);
	drv_attach(&drv);
	assert_int_equal(drv_read(&drv, DEV_FEATURE, 4) & 7, 2);
	assert_int_equal(drv_read(&drv, DEV_CONFIG + 4, 4), 2);
	drv_write(&drv, DEV_CONFIG + 8, 4, '!');
	begin(TERMINAL);
	drv_desc(&out, 0, DATA, 100, 0, 0);
	drv_give(&out, 0);
	assert_true(drv_take(&out, &head, &written));
	say(UINT32_MAX, DEVICE_READY, 1);
	is_told(1, PORT_ADD, 1, "");
	say(0, PORT_READY, 1);
	say(1, PORT_READY, 1);
	is_told(1, PORT_OPEN, 1, "");
	is_told_no_more();
	drv.d = mine;
}

static void too_many_ports(void **state)
{
	struct virtio_console_port ports[VIRTIO_CONSOLE_PORTS_MAX] = {0};
	struct virtio_console *none;

	for (unsigned i = 0; i < VIRTIO_CONSOLE_PORTS_MAX; i++)
		ports[i].chr = null;
	assert_int_equal(virtio_console_new(thread, ports, VIRTIO_CONSOLE_PORTS_MAX, &none), -ENOSPC);
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(control_messages),
		TEST(nonsense),
		TEST(slow_reader),
		TEST(reset_of_a_queue_that_stopped),
		TEST(no_reader),
		TEST(input),
		TEST(without_ports),
		TEST(configuration),
		TEST(no_terminal),
		TEST(too_many_ports),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
