/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of devices/xive/xive.h, through the pages as a guest sees them. */
#include <endian.h>
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "devices/xive/xive.h"

#define SERVERS  64
#define RAM_SIZE (1u << 20)
#define QUEUE    0x10000u /* the queue of a server: 4 KiB from here on */
#define ENTRIES  1024u
#define PRIORITY 6

/* ESB page offsets, as Linux has them. */
#define STORE_EOI 0x400
#define LOAD_EOI  0x000
#define GET       0x800
#define SET_00    0xc00
#define SET_01    0xd00
#define SET_10    0xe00
#define SET_11    0xf00
#define P 2
#define Q 1

/* TIMA */
#define OS_CPPR 0x11
#define ACK_OS  0x810

static uint8_t *ram;
static struct gmem *mem;
static struct bus bus;
static struct xive *x;
static struct irq_router *router;
static struct irq_line edge, level;
static bool line_up[SERVERS];
static __thread unsigned self;

static void deliver(void *ctx, unsigned server, bool up)
{
	line_up[server] = up;
}

static unsigned current(void *ctx)
{
	return self;
}

static uint64_t load(uint64_t at, unsigned len)
{
	uint64_t v = 0;

	assert_true(bus_read(&bus, GPA(at), len, &v));
	return v;
}

static void store(uint64_t at, unsigned len, uint64_t v)
{
	assert_true(bus_write(&bus, GPA(at), len, v));
}

static uint64_t esb(uint32_t lisn, uint64_t offset)
{
	struct xive_source_info info;

	xive_source_info(x, lisn, &info);
	return load(info.manage_page + offset, 8);
}

static void trigger(uint32_t lisn)
{
	struct xive_source_info info;

	xive_source_info(x, lisn, &info);
	store(info.trigger_page, 8, 0);
}

static void set_cppr(unsigned server, uint8_t cppr)
{
	self = server;
	store(XIVE_TIMA_OS + OS_CPPR, 1, cppr);
}

static uint16_t ack(unsigned server)
{
	self = server;
	return (uint16_t)load(XIVE_TIMA_OS + ACK_OS, 2);
}

static void route(uint32_t lisn, unsigned server, uint8_t priority, uint32_t eisn)
{
	xive_source_set(x, lisn, &(struct xive_source_config){.server = server, .eisn = eisn,
							      .priority = priority});
	esb(lisn, SET_00);
}

static void queue(unsigned server, uint8_t priority, uint64_t at)
{
	xive_queue_set(x, server, priority,
		       &(struct xive_queue){.enabled = true, .always_notify = true, .shift = 12,
					    .base = GPA(at)});
}

static uint32_t entry(uint64_t at, unsigned i)
{
	uint32_t v;

	memcpy(&v, ram + at + 4 * i, 4);
	return be32toh(v);
}

static int setup(void **state)
{
	bus = (struct bus){0};
	memset(line_up, 0, sizeof(line_up));
	ram = aligned_alloc(4096, RAM_SIZE);
	memset(ram, 0, RAM_SIZE);
	assert_int_equal(gmem_new(&mem), 0);
	assert_int_equal(gmem_add(mem, GPA(0), RAM_SIZE, ram), 0);
	assert_int_equal(xive_new(&(struct xive_params){.servers = SERVERS, .mem = mem,
							.deliver = deliver, .current = current},
				  &x), 0);
	assert_int_equal(xive_map(x, &bus), 0);
	assert_int_equal(irq_router_new(&router), 0);
	irq_router_attach(router, IRQ_MODE_XIVE, &xive_irq_ops, x);
	assert_int_equal(irq_router_alloc(router, false, &edge), 0);
	assert_int_equal(irq_router_alloc(router, true, &level), 0);
	irq_router_select(router, IRQ_MODE_XIVE);
	for (unsigned i = 0; i < SERVERS; i++)
		queue(i, PRIORITY, QUEUE + i * 4096);
	set_cppr(0, 0xff);
	return 0;
}

static int teardown(void **state)
{
	irq_router_free(router);
	xive_free(x);
	gmem_free(mem);
	free(ram);
	return 0;
}

static void an_event_goes_all_the_way(void **state)
{
	assert_int_equal(esb(edge.source, GET), Q); /* off at first */
	route(edge.source, 0, PRIORITY, 0x123);
	irq_line_set(&edge, true);
	assert_int_equal(esb(edge.source, GET), P);
	assert_int_equal(entry(QUEUE, 0), 0x80000123);
	assert_true(line_up[0]);
	assert_int_equal(ack(0), 0x8000 | PRIORITY);
	assert_false(line_up[0]);
	assert_int_equal(ack(0), PRIORITY); /* nothing more: NSR is 0 */

	/* one more while P is set is kept in Q; a third is the same */
	irq_line_set(&edge, true);
	irq_line_set(&edge, true);
	assert_int_equal(esb(edge.source, GET), P | Q);
	assert_int_equal(entry(QUEUE, 1), 0);
	assert_int_equal(esb(edge.source, LOAD_EOI), 1);
	assert_int_equal(entry(QUEUE, 1), 0x80000123);
	assert_false(line_up[0]); /* masked by CPPR */
	set_cppr(0, 0xff);
	assert_true(line_up[0]);
	assert_int_equal(ack(0), 0x8000 | PRIORITY);
	store(XIVE_ESB_BASE + (edge.source * 2ull + 1) * XIVE_PAGE_SIZE + STORE_EOI, 8, 0);
	assert_int_equal(esb(edge.source, GET), 0);
}

static void state_bits_are_loaded_and_set(void **state)
{
	static const uint64_t set[] = {SET_00, SET_01, SET_10, SET_11};

	for (unsigned from = 0; from < 4; from++)
		for (unsigned to = 0; to < 4; to++) {
			esb(edge.source, set[from]);
			assert_int_equal(esb(edge.source, GET), from);
			assert_int_equal(esb(edge.source, set[to]), from);
			assert_int_equal(esb(edge.source, set[from] | 0x40), to);
		}
	/* what each trigger and each end of interrupt makes of the four states */
	for (unsigned from = 0; from < 4; from++) {
		static const uint8_t triggered[] = {P, Q, P | Q, P | Q}, ended[] = {0, Q, 0, P};

		esb(edge.source, set[from]);
		trigger(edge.source);
		assert_int_equal(esb(edge.source, set[from]), triggered[from]);
		assert_int_equal(esb(edge.source, LOAD_EOI), from == 3);
		assert_int_equal(esb(edge.source, GET), ended[from]);
	}
}

static void off_is_off(void **state)
{
	route(edge.source, 0, PRIORITY, 1);
	esb(edge.source, SET_01);
	irq_line_set(&edge, true);
	assert_int_equal(esb(edge.source, GET), Q);
	assert_int_equal(entry(QUEUE, 0), 0);
	/* unassigned, or masked in its assignment: the event is dropped, the state goes on */
	esb(edge.source, SET_00);
	xive_source_set(x, edge.source, &(struct xive_source_config){.priority = XIVE_PRIORITY_NONE});
	irq_line_set(&edge, true);
	assert_int_equal(esb(edge.source, SET_00), P);
	xive_source_set(x, edge.source, &(struct xive_source_config){.priority = 6, .masked = true});
	irq_line_set(&edge, true);
	assert_int_equal(esb(edge.source, GET), P);
	assert_int_equal(entry(QUEUE, 0), 0);
	assert_false(line_up[0]);
}

static void level_comes_again_while_asserted(void **state)
{
	irq_line_set(&level, true); /* before there is anyone to hear it */
	assert_int_equal(esb(level.source, GET), Q);
	route(level.source, 0, PRIORITY, 9);
	assert_int_equal(entry(QUEUE, 0), 0x80000009);
	assert_int_equal(esb(level.source, GET), P);
	assert_int_equal(ack(0), 0x8000 | PRIORITY);
	esb(level.source, LOAD_EOI);
	assert_int_equal(entry(QUEUE, 1), 0x80000009);
	irq_line_set(&level, false);
	esb(level.source, LOAD_EOI);
	assert_int_equal(entry(QUEUE, 2), 0);
	irq_line_set(&level, true);
	assert_int_equal(entry(QUEUE, 2), 0x80000009);
	irq_line_set(&level, true); /* up already */
	assert_int_equal(entry(QUEUE, 3), 0);
}

static void level_outlives_a_reset(void **state)
{
	irq_line_set(&level, true);
	irq_router_select(router, IRQ_MODE_XIVE);
	queue(0, PRIORITY, QUEUE);
	route(level.source, 0, PRIORITY, 9);
	assert_int_equal(entry(QUEUE, 0), 0x80000009);
	assert_int_equal(xive_reset(x), 0); /* H_INT_RESET */
	queue(0, PRIORITY, QUEUE + 4096);
	route(level.source, 0, PRIORITY, 9);
	assert_int_equal(entry(QUEUE + 4096, 0), 0x80000009);
}

static void queue_wraps_and_turns_its_generation(void **state)
{
	struct xive_queue q;

	route(edge.source, 0, PRIORITY, 5);
	for (unsigned i = 0; i < 2 * ENTRIES + 3; i++) {
		uint32_t want = (i / ENTRIES & 1 ? 0 : 0x80000000) | 5;

		irq_line_set(&edge, true);
		assert_int_equal(entry(QUEUE, i % ENTRIES), want);
		esb(edge.source, SET_00);
	}
	assert_int_equal(entry(QUEUE, ENTRIES), 0); /* not a word past its end */
	xive_queue_get(x, 0, PRIORITY, &q);
	assert_int_equal(q.next, 3);
	assert_true(q.generation);
}

static void priorities_come_in_order(void **state)
{
	for (uint8_t p = 0; p < 6; p++)
		queue(0, p, 0x80000 + p * 0x1000);
	for (uint8_t p = 0; p < 7; p++) {
		/* the least favoured first */
		route(edge.source, 0, 6 - p, 1);
		irq_line_set(&edge, true);
		self = 0;
		assert_int_equal(load(XIVE_TIMA_OS + 0x17, 1), 6 - p); /* PIPR */
	}
	assert_int_equal(load(XIVE_TIMA_OS + 0x12, 1), 0xfe); /* IPB */
	for (uint8_t p = 0; p < 7; p++) {
		assert_int_equal(ack(0), 0x8000 | p);
		assert_false(line_up[0]);
		set_cppr(0, p == 3 ? 5 : 0xff);
		assert_int_equal(line_up[0], p < 6);
		if (p == 3)
			set_cppr(0, 2);
		assert_int_equal(line_up[0], p < 6 && p != 3);
		set_cppr(0, 0xff);
	}
	assert_int_equal(ack(0), 0x00ff);
}

static void each_server_has_its_own(void **state)
{
	for (unsigned i = 0; i < SERVERS; i++) {
		set_cppr(i, 0xff);
		route(i, (i + 1) % SERVERS, PRIORITY, 0x100 + i); /* LISNs for IPIs */
	}
	for (unsigned i = 0; i < SERVERS; i++) {
		unsigned to = (i + 1) % SERVERS;

		trigger(i);
		for (unsigned s = 0; s < SERVERS; s++)
			assert_int_equal(line_up[s], s == to);
		assert_int_equal(entry(QUEUE + to * 4096, 0), 0x80000100 + i);
		assert_int_equal(ack(i), i == to ? 0x8000 | PRIORITY : 0x00ff);
		assert_int_equal(ack(to), 0x8000 | PRIORITY);
		set_cppr(to, 0xff);
	}
	/* a thread that is none finds nothing, and does nothing */
	self = SERVERS;
	assert_int_equal(load(XIVE_TIMA_OS + ACK_OS, 2), ~0ULL);
	store(XIVE_TIMA_OS + OS_CPPR, 1, 0);
}

static void context_has_its_bytes(void **state)
{
	route(edge.source, 0, PRIORITY, 1);
	irq_line_set(&edge, true);
	self = 0;
	assert_int_equal(load(XIVE_TIMA_OS + 0x10, 4), 0x80ff02ff); /* NSR CPPR IPB LSMFB */
	assert_int_equal(load(XIVE_TIMA_OS + 0x14, 4), 0xff00ff06); /* ACK_CNT, -, AGE, PIPR */
	assert_int_equal(load(XIVE_TIMA_OS + 0x10, 8), 0x80ff02ffff00ff06);
	assert_int_equal(load(XIVE_TIMA_OS + 0x18, 4), 0); /* not for the OS to see */
	/* neither other sizes of the acknowledgement, nor stores of more than a byte, do anything */
	load(XIVE_TIMA_OS + ACK_OS, 4);
	load(XIVE_TIMA_OS + ACK_OS, 1);
	store(XIVE_TIMA_OS + 0x10, 4, 0);
	store(XIVE_TIMA_OS + 0x10, 8, 0);
	store(XIVE_TIMA_OS + 0x10, 1, 0);
	store(XIVE_TIMA_OS + 0x12, 1, 0);
	assert_int_equal(load(XIVE_TIMA_OS + 0x10, 4), 0x80ff02ff);
	/* "set OS pending" */
	store(XIVE_TIMA_OS + 0x812, 1, 3);
	store(XIVE_TIMA_OS + 0x812, 1, 8);
	assert_int_equal(ack(0), 0x8003);
	assert_int_equal(load(XIVE_TIMA_USER, 4), 0);
	assert_int_equal(load(XIVE_TIMA_USER + ACK_OS, 2), 0xffffffffffffffff);
}

static void acknowledges_into_a_line(void **state)
{
	static const uint8_t want[16] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
					 0x80, 0x06, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

	xive_line_set(x, 0, 0x8000);
	route(edge.source, 0, PRIORITY, 1);
	irq_line_set(&edge, true);
	self = 0;
	store(XIVE_TIMA_OS + 0xc10, 1, 0);
	assert_memory_equal(ram + 0x8000, want, sizeof(want));
	assert_int_equal(ram[0x8010], 0);
	assert_false(line_up[0]);
	assert_int_equal(ack(0), PRIORITY);
	/* none: the acknowledgement stands */
	xive_line_set(x, 0, XIVE_NO_LINE);
	esb(edge.source, SET_00);
	set_cppr(0, 0xff);
	irq_line_set(&edge, true);
	store(XIVE_TIMA_OS + 0xc10, 1, 0);
	assert_int_equal(ack(0), PRIORITY);
}

static void notification_can_be_coalesced(void **state)
{
	uint64_t page = xive_queue_page(x, 0, PRIORITY);

	xive_queue_set(x, 0, PRIORITY, &(struct xive_queue){.enabled = true, .shift = 12,
							    .base = GPA(QUEUE)});
	route(edge.source, 0, PRIORITY, 1);
	irq_line_set(&edge, true);
	assert_int_equal(load(page + GET, 8), P);
	assert_int_equal(ack(0), 0x8000 | PRIORITY);
	set_cppr(0, 0xff);
	/* queued, but nobody is told until the page's end of interrupt */
	esb(edge.source, SET_00);
	irq_line_set(&edge, true);
	assert_int_equal(entry(QUEUE, 1), 0x80000001);
	assert_false(line_up[0]);
	assert_int_equal(load(page + GET, 8), P | Q);
	store(page + STORE_EOI, 8, 0);
	assert_true(line_up[0]);
	assert_int_equal(load(page + SET_00, 8), P);
	/* a queue that is not there has no page */
	assert_int_equal(load(xive_queue_page(x, 0, 7) + GET, 8), ~0ULL);
}

static void reset_leaves_nothing(void **state)
{
	struct xive_source_config c;
	struct xive_queue q;

	route(edge.source, 3, PRIORITY, 77);
	xive_line_set(x, 3, 0x8000);
	assert_int_equal(xive_reset(x), 0);
	assert_int_equal(esb(edge.source, GET), Q);
	xive_source_get(x, edge.source, &c);
	assert_int_equal(c.priority, XIVE_PRIORITY_NONE);
	assert_int_equal(c.eisn, edge.source);
	xive_queue_get(x, 3, PRIORITY, &q);
	assert_false(q.enabled);
	assert_int_equal(xive_line_get(x, 3), XIVE_NO_LINE);
}

static void inactive_is_absent(void **state)
{
	route(edge.source, 0, PRIORITY, 1);
	irq_line_set(&edge, true);
	assert_true(line_up[0]);
	irq_router_select(router, IRQ_MODE_NONE);
	assert_false(line_up[0]);
	assert_int_equal(esb(edge.source, GET), ~0ULL);
	assert_int_equal(ack(0), 0xffff);
	assert_int_equal(load(XIVE_TIMA_USER, 8), ~0ULL);
	set_cppr(0, 0xff);
	route(edge.source, 0, PRIORITY, 1);
	trigger(edge.source);
	xive_irq_ops.set(x, edge.source, true);
	assert_false(line_up[0]);
}

static void refuses_what_is_not_there(void **state)
{
	struct xive *none;

	assert_int_equal(xive_new(&(struct xive_params){.servers = 0}, &none), -EINVAL);
	assert_int_equal(xive_new(&(struct xive_params){.servers = XIVE_SERVERS_MAX + 1}, &none),
			 -EINVAL);
	assert_true(xive_lisn_exists(x, SERVERS - 1));
	assert_false(xive_lisn_exists(x, SERVERS));
	assert_false(xive_lisn_exists(x, level.source + 1));
	assert_false(xive_lisn_exists(x, IRQ_SOURCE_BASE + IRQ_SOURCES));
	assert_false(xive_lisn_exists(x, 0x100000000ULL | edge.source));
	assert_int_equal(load(XIVE_ESB_BASE + (SERVERS * 2 + 1) * XIVE_PAGE_SIZE + GET, 8), ~0ULL);
	/* a trigger page is not for loads; other sizes than 8 bytes and odd addresses are not decoded */
	assert_int_equal(load(XIVE_ESB_BASE + edge.source * 2ull * XIVE_PAGE_SIZE + GET, 8), ~0ULL);
	assert_int_equal(esb(edge.source, SET_00 + 4), ~0ULL);
	assert_int_equal(esb(edge.source, 0x1000), ~0ULL);
	assert_int_equal(esb(edge.source, GET), Q);
	assert_int_equal(xive_irq_ops.source_add(x, IRQ_SOURCE_BASE - 1, false), -ENOSPC);
	assert_int_equal(xive_irq_ops.source_add(x, IRQ_SOURCE_BASE + IRQ_SOURCES, false), -ENOSPC);
}

#define THREADS 4
#define ROUNDS  20000

/* Raises the IPI of the next server, ROUNDS times, each time when the one before was ended. */
static void *sender(void *arg)
{
	unsigned to = (unsigned)(uintptr_t)arg;

	for (unsigned i = 0; i < ROUNDS; i++) {
		xive_esb_store(x, to, 0);
		while (xive_esb_load(x, to, GET) & P)
			sched_yield();
	}
	return NULL;
}

/* Takes what comes, as a guest does: the queue until it is empty. */
static void *receiver(void *arg)
{
	unsigned server = (unsigned)(uintptr_t)arg, got = 0, next = 0;
	uint32_t generation = 0x80000000;
	uint32_t *q = (uint32_t *)(ram + QUEUE + server * 4096);

	self = server;
	while (got < ROUNDS) {
		uint64_t a = 0;

		bus_read(&bus, GPA(XIVE_TIMA_OS + ACK_OS), 2, &a);
		if (!(a & 0x8000))
			sched_yield();
		for (;;) {
			uint32_t e = be32toh(__atomic_load_n(&q[next], __ATOMIC_ACQUIRE));

			if (((e ^ generation) & 0x80000000) || (e & XIVE_EISN_MASK) != 0x200 + server)
				break;
			next = (next + 1) % ENTRIES;
			if (!next)
				generation ^= 0x80000000;
			got++;
			xive_esb_store(x, server, STORE_EOI);
		}
		bus_write(&bus, GPA(XIVE_TIMA_OS + OS_CPPR), 1, 0xff);
	}
	return (void *)(uintptr_t)got;
}

/* No event is lost or doubled with senders and receivers at once, one of whose sources is moved about. */
static void threads_lose_nothing(void **state)
{
	pthread_t send[THREADS], take[THREADS];

	for (unsigned i = 0; i < THREADS; i++)
		route(i, i, PRIORITY, 0x200 + i);
	for (uintptr_t i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_create(&take[i], NULL, receiver, (void *)i), 0);
		assert_int_equal(pthread_create(&send[i], NULL, sender, (void *)i), 0);
	}
	for (unsigned i = 0; i < ROUNDS; i++) {
		/* the assignment stays the same, but is written and waited for */
		xive_source_set(x, i % THREADS,
				&(struct xive_source_config){.server = i % THREADS,
							     .priority = PRIORITY,
							     .eisn = 0x200 + i % THREADS});
	}
	for (unsigned i = 0; i < THREADS; i++) {
		struct xive_queue q;
		void *got;

		pthread_join(send[i], NULL);
		pthread_join(take[i], &got);
		assert_int_equal((uintptr_t)got, ROUNDS);
		xive_queue_get(x, i, PRIORITY, &q);
		assert_int_equal(q.next, ROUNDS % ENTRIES);
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(an_event_goes_all_the_way),
		T(state_bits_are_loaded_and_set),
		T(off_is_off),
		T(level_comes_again_while_asserted),
		T(level_outlives_a_reset),
		T(queue_wraps_and_turns_its_generation),
		T(priorities_come_in_order),
		T(each_server_has_its_own),
		T(context_has_its_bytes),
		T(acknowledges_into_a_line),
		T(notification_can_be_coalesced),
		T(reset_leaves_nothing),
		T(inactive_is_absent),
		T(refuses_what_is_not_there),
		T(threads_lose_nothing),
	};

	return cmocka_run_group_tests_name("devices/xive", tests, NULL, NULL);
}
