/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest that does anything: h-calls with any arguments, accesses of any size to any place of the pages,
 * lines that go up and down, changes of mode. Afterwards memory that was never given away is untouched, every
 * server's line is what its context says, and an interrupt still arrives.
 * PAPRIKA_SEED=N for another sequence, PAPRIKA_STEPS=N for a longer one.
 */
#include <endian.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/unit/hcalls/irq_vm.h"

#define STEPS     300000
#define GIVEN_MAX (RAM_SIZE / 2) /* nearly all of what is given lies below: the rest must stay zero */

static uint64_t seed;
static uint8_t given[RAM_SIZE / 4096]; /* pages that some queue or reporting line was in */
static unsigned successes[11], refusals[11]; /* of the h-calls from H_INT_GET_SOURCE_INFO on */
static unsigned lines_up;                    /* seen at random moments */

static uint64_t any(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed * 0x2545f4914f6cdd1dULL;
}

static uint64_t below(uint64_t n)
{
	return (any() >> 11) % n;
}

/* Numbers near to what means something, and some that mean nothing. */
static uint64_t argument(void)
{
	switch (below(12)) {
	case 0:
		return any();
	case 1:
		return 1ULL << below(64);
	case 2:
		return ONES;
	case 3:
		return IRQ_SOURCE_BASE + below(3);
	case 4:
		return below(GIVEN_MAX / 4096) * 4096;
	case 5:
		return below(8) ? below(GIVEN_MAX) & ~127ULL : RAM_SIZE - 512 + 128 * below(6);
	case 6:
		return (uint64_t[]){12, 16, 21, 24, 0, 13, 64}[below(7)];
	case 7:
		return below(0x20) * 0x100;
	default:
		return below(9);
	}
}

static void give(uint64_t base, uint64_t len)
{
	assert_true(base < RAM_SIZE && len <= RAM_SIZE - base);
	for (uint64_t page = base / 4096; page <= (base + len - 1) / 4096; page++)
		given[page] = 1;
}

static bool status_known(int64_t r)
{
	static const int64_t known[] = {H_SUCCESS, H_FUNCTION, H_PARAMETER, H_P2, H_P3, H_P4, H_P5,
					H_NOT_AVAILABLE};

	for (unsigned i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i] == r)
			return true;
	return false;
}

static void random_call(void)
{
	static const uint64_t legacy[] = {H_EOI, H_CPPR, H_IPI, H_IPOLL, H_XIRR, H_XIRR_X};
	uint64_t in[HCALL_ARGS], nr = H_INT_GET_SOURCE_INFO + 4 * below(11);
	int64_t r;

	if (!below(4))
		nr = legacy[below(6)];
	else if (nr == H_INT_RESET && below(64))
		nr = H_INT_SET_SOURCE_CONFIG;
	for (unsigned i = 0; i < HCALL_ARGS; i++)
		in[i] = argument();
	if (below(4))
		in[0] &= 3;
	self = (unsigned)below(VCPUS);
	r = call_by(self, nr, in);
	assert_true(status_known(r));
	if (nr >= H_INT_GET_SOURCE_INFO && env.irq_mode == IRQ_MODE_XIVE)
		(r == H_SUCCESS ? successes : refusals)[(nr - H_INT_GET_SOURCE_INFO) / 4]++;
	if (r == H_SUCCESS && nr == H_INT_SET_QUEUE_CONFIG && in[4])
		give(in[3], 1ULL << in[4]);
	if (r == H_SUCCESS && nr == H_INT_SET_OS_REPORTING_LINE && in[1] != ONES)
		give(in[1], XIVE_LINE_PAIR);
}

static uint64_t page_address(void)
{
	switch (below(4)) {
	case 0:
		return XIVE_ESB_BASE + (argument() & 0x1fff) * 2 * XIVE_PAGE_SIZE + below(2) * XIVE_PAGE_SIZE;
	case 1:
		return XIVE_END_BASE + below(VCPUS * 8 + 1) * XIVE_PAGE_SIZE;
	case 2:
		return XIVE_TIMA_USER;
	default:
		return XIVE_TIMA_OS;
	}
}

static void random_access(void)
{
	static const uint16_t offsets[] = {0, 0x10, 0x11, 0x400, 0x800, 0x810, 0x812, 0xc00, 0xc10,
					   0xd00, 0xe00, 0xe40, 0xf00, 0xff8, 0x1000, 0xfff8};
	uint64_t at = page_address() + (below(3) ? offsets[below(16)] : below(XIVE_PAGE_SIZE)), v;
	unsigned len = 1u << below(4);

	self = (unsigned)below(VCPUS + 1);
	if (below(2))
		bus_read(&bus, GPA(at), len, &v);
	else
		bus_write(&bus, GPA(at), len, below(2) ? below(8) : any());
}

/* What a guest in its right mind does: a queue, a source, open to interrupts, and one comes. */
static void sensible_step(void)
{
	uint64_t server = below(VCPUS), priority = below(7), page = 16 + below(8);
	uint64_t lisn = below(2) ? edge.source : below(VCPUS);

	self = (unsigned)server;
	give(page * 4096, 4096);
	CALL(H_INT_SET_QUEUE_CONFIG, below(2), server, priority, page * 4096, 12);
	CALL(H_INT_SET_SOURCE_CONFIG, 2, lisn, server, priority, any());
	CALL(H_INT_ESB, 0, lisn, 0xc00);
	bus_write(&bus, GPA(XIVE_TIMA_OS + 0x11), 1, 0xff);
	CALL(H_INT_ESB, 1, lisn, 0);
}

static void random_step(void)
{
	switch (below(8)) {
	case 0:
		irq_line_set(below(2) ? &edge : &level, below(2));
		break;
	case 1:
		if (!below(400))
			hcall_select_irq_mode(&env, (enum irq_mode)below(3));
		else if (!below(20))
			hcall_select_irq_mode(&env, IRQ_MODE_XIVE);
		break;
	case 2:
		sensible_step();
		break;
	case 3:
	case 4:
		random_access();
		break;
	default:
		random_call();
	}
}

static uint64_t context(unsigned server)
{
	uint64_t v;

	self = server;
	assert_true(bus_read(&bus, GPA(XIVE_TIMA_OS + 0x10), 8, &v));
	return v;
}

/* NSR, CPPR, IPB, PIPR and the line agree. */
static void check_server(unsigned server)
{
	uint64_t v = context(server);
	uint8_t nsr = (uint8_t)(v >> 56), cppr = (uint8_t)(v >> 48), ipb = (uint8_t)(v >> 40);
	uint8_t pipr = (uint8_t)v, want = 0xff;

	for (unsigned p = 8; p-- > 0;)
		if (ipb & 0x80u >> p)
			want = (uint8_t)p;
	assert_int_equal(pipr, want);
	assert_true(cppr < 8 || cppr == 0xff);
	assert_int_equal(nsr, pipr < cppr ? 0x80 : 0);
	assert_int_equal(line_up[server], nsr != 0);
	lines_up += line_up[server];
}

static void check_memory(void)
{
	for (uint64_t page = 0; page < RAM_SIZE / 4096; page++)
		for (unsigned i = 0; !given[page] && i < 4096; i++)
			assert_int_equal(ram[page * 4096 + i], 0);
}

static void check_still_works(void)
{
	uint64_t v;
	uint32_t first;

	hcall_select_irq_mode(&env, IRQ_MODE_XIVE);
	memset(ram, 0, RAM_SIZE);
	assert_int_equal(CALL(H_INT_SET_QUEUE_CONFIG, 1, 2, 6, 0x4000, 12), H_SUCCESS);
	assert_int_equal(CALL(H_INT_SET_SOURCE_CONFIG, 2, edge.source, 2, 6, 0x77), H_SUCCESS);
	assert_int_equal(CALL(H_INT_ESB, 0, edge.source, 0xc00), H_SUCCESS);
	self = 2;
	assert_true(bus_write(&bus, GPA(XIVE_TIMA_OS + 0x11), 1, 0xff));
	irq_line_set(&edge, true);
	assert_true(line_up[2]);
	assert_true(bus_read(&bus, GPA(XIVE_TIMA_OS + 0x810), 2, &v));
	assert_int_equal(v, 0x8006);
	memcpy(&first, ram + 0x4000, 4);
	assert_int_equal(be32toh(first), 0x80000077);
}

static uint64_t number_of(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 0) : otherwise;
}

static void nothing_breaks_it(void **state)
{
	uint64_t steps = number_of("PAPRIKA_STEPS", STEPS), first = number_of("PAPRIKA_SEED", 1);

	print_message("seed %llu, %llu steps\n", (unsigned long long)first, (unsigned long long)steps);
	seed = first * 0x9e3779b97f4a7c15ULL | 1;
	for (uint64_t i = 0; i < steps; i++) {
		random_step();
		if (env.irq_mode == IRQ_MODE_XIVE)
			check_server((unsigned)below(VCPUS));
		if (!(i & 0xffff))
			check_memory();
	}
	check_memory();
	for (unsigned i = 0; i < 11; i++)
		assert_true(successes[i] && refusals[i]);
	assert_true(lines_up > steps / 20);
	check_still_works();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nothing_breaks_it, setup, teardown),
	};

	return cmocka_run_group_tests_name("hcalls/xive_random", tests, NULL, NULL);
}
