/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Orders of accesses that Power ISA Book II 1.7 forbids, in many rounds over places of their own: message
 * passing, store buffering, read-to-write and write-to-write causality, independent reads.
 */
#include "guest.h"

#define PLACES 8192

/* Each variable in a cache block of its own. */
struct place {
	volatile uint64_t x __attribute__((aligned(128)));
	volatile uint64_t y __attribute__((aligned(128)));
};

static struct place places[PLACES] __attribute__((aligned(65536)));
static uint64_t results[CPUS][PLACES][2];

enum barrier_kind { NONE, LIGHT, HEAVY, CONTROL, ADDRESS };

static enum barrier_kind kind; /* of the test at hand */

static inline void between(enum barrier_kind k, uint64_t seen)
{
	if (k == LIGHT)
		LWSYNC();
	else if (k == HEAVY)
		SYNC();
	else if (k == CONTROL)
		__asm__ volatile("cmpdi %0, 0\n\tbeq 1f\n1:	isync" : : "r"(seen) : "cr0", "memory");
	else
		NOTHING();
}

/* An address that depends on what was read. */
static inline uint64_t load_after(const volatile uint64_t *at, uint64_t seen)
{
	uint64_t zero;

	__asm__ volatile("xor %0, %1, %1" : "=r"(zero) : "r"(seen));
	return *(const volatile uint64_t *)((const volatile char *)at + zero);
}

static struct {
	volatile uint64_t at __attribute__((aligned(128)));
} progress[2];

/* The first two vCPUs come to each place at the same time, so that what is weak shows. */
static inline void meet(unsigned cpu, uint64_t i)
{
	unsigned spins = 0;

	store(&progress[cpu].at, i + 1);
	while (load(&progress[1 - cpu].at) < i + 1)
		relax(&spins);
}

static void clear(void)
{
	progress[0].at = progress[1].at = 0;
	for (unsigned i = 0; i < PLACES; i++)
		places[i].x = places[i].y = 0;
}

static void write_x_y(enum barrier_kind k)
{
	for (unsigned i = 0; i < PLACES; i++) {
		meet(0, i);
		store(&places[i].x, 1);
		between(k, 0);
		store(&places[i].y, 1);
	}
}

static void read_y_x(unsigned cpu, enum barrier_kind k)
{
	for (unsigned i = 0; i < PLACES; i++) {
		uint64_t y;

		if (cpu == 1)
			meet(cpu, i);
		y = load(&places[i].y);
		between(k, y);
		results[cpu][i][0] = y;
		results[cpu][i][1] = k == ADDRESS ? load_after(&places[i].x, y) : load(&places[i].x);
	}
}

/* Backwards, so that readers and the writer meet somewhere. */
static void read_x_y_down(unsigned cpu, enum barrier_kind k)
{
	for (unsigned i = PLACES; i-- > 0;) {
		uint64_t x = load(&places[i].x);

		between(k, x);
		results[cpu][i][0] = x;
		results[cpu][i][1] = load(&places[i].y);
	}
}

static void mp(unsigned cpu)
{
	if (cpu == 0)
		write_x_y(kind == NONE ? NONE : kind == HEAVY ? HEAVY : LIGHT);
	else
		read_y_x(cpu, kind);
}

static uint64_t mp_count(void)
{
	uint64_t n = 0;

	for (unsigned cpu = 1; cpu < CPUS; cpu++)
		for (unsigned i = 0; i < PLACES; i++)
			n += results[cpu][i][0] && !results[cpu][i][1];
	return n;
}

static void sb(unsigned cpu)
{
	for (unsigned i = 0; i < PLACES && cpu < 2; i++) {
		meet(cpu, i);
		store(cpu ? &places[i].y : &places[i].x, 1);
		between(kind, 0);
		results[cpu][i][0] = load(cpu ? &places[i].x : &places[i].y);
	}
}

static uint64_t sb_count(void)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < PLACES; i++)
		n += !results[0][i][0] && !results[1][i][0];
	return n;
}

/* Load buffering: each stores 1 only after it has read what the other stores. */
static void lb(unsigned cpu)
{
	for (unsigned i = 0; i < PLACES && cpu < 2; i++) {
		uint64_t seen;

		meet(cpu, i);
		seen = load(cpu ? &places[i].y : &places[i].x);
		between(kind, seen);
		store(cpu ? &places[i].x : &places[i].y, 1);
		results[cpu][i][0] = seen;
	}
}

static uint64_t lb_count(void)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < PLACES; i++)
		n += results[0][i][0] && results[1][i][0];
	return n;
}

/* 2+2W: the first writes x = 1, y = 2, the second y = 1, x = 2: not both first ones last. */
static void two_writes(unsigned cpu)
{
	for (unsigned i = 0; i < PLACES && cpu < 2; i++) {
		store(cpu ? &places[i].y : &places[i].x, 1);
		between(kind, 0);
		store(cpu ? &places[i].x : &places[i].y, 2);
	}
}

static uint64_t two_writes_count(void)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < PLACES; i++)
		n += places[i].x == 1 && places[i].y == 1;
	return n;
}

/* Write-to-read causality: who has seen x tells by y. */
static void wrc(unsigned cpu)
{
	for (unsigned i = 0; i < PLACES; i++) {
		if (cpu == 0) {
			store(&places[i].x, 1);
		} else if (cpu == 1) {
			uint64_t x = load(&places[i].x);

			between(kind, x);
			store(&places[i].y, x);
		}
	}
	if (cpu > 1)
		read_y_x(cpu, ADDRESS);
}

static uint64_t wrc_count(void)
{
	uint64_t n = 0;

	for (unsigned cpu = 2; cpu < CPUS; cpu++)
		for (unsigned i = 0; i < PLACES; i++)
			n += results[cpu][i][0] && !results[cpu][i][1];
	return n;
}

/* Two writers, and two readers that must not see them in opposite orders. */
static void iriw(unsigned cpu)
{
	for (unsigned i = 0; i < PLACES && cpu < 2; i++)
		store(cpu ? &places[i].y : &places[i].x, 1);
	if (cpu == 2)
		read_x_y_down(cpu, kind);
	else if (cpu == 3)
		read_y_x(cpu, kind);
}

static uint64_t iriw_count(void)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < PLACES; i++)
		n += results[2][i][0] && !results[2][i][1] && results[3][i][0] && !results[3][i][1];
	return n;
}

/* Two reads of one place. */
static void corr(unsigned cpu)
{
	for (unsigned i = 0; i < PLACES; i++) {
		if (cpu == 0) {
			store(&places[i].x, 1);
		} else {
			results[cpu][i][0] = load(&places[i].x);
			results[cpu][i][1] = load(&places[i].x);
		}
	}
}

/* @may: whether the architecture allows it; then the number says what the host shows. */
static void test(const char *name, part_fn *fn, uint64_t (*count)(void), enum barrier_kind k, bool may)
{
	uint64_t seen = 0;

	kind = k;
	for (uint64_t round = 0; round < TIMES(30) / PLACES + 1; round++) {
		clear();
		run_all(fn);
		seen += count();
	}
	report(name, may || !seen, seen);
}

static volatile uint64_t last_time, backwards;

/* What one vCPU reads from its timebase, all others read or exceed. */
static void times(unsigned cpu)
{
	for (unsigned i = 0; i < 1000; i++) {
		uint64_t before = load(&last_time), now;

		between(CONTROL, before);
		now = timebase();
		if (now < before)
			backwards++;
		store(&last_time, now);
	}
}

void litmus_order(void)
{
	test("MP, nothing between (may be seen)", mp, mp_count, NONE, true);
	test("MP+lwsync+lwsync", mp, mp_count, LIGHT, false);
	test("MP+sync+sync", mp, mp_count, HEAVY, false);
	test("MP+lwsync+ctrlisync", mp, mp_count, CONTROL, false);
	test("MP+lwsync+addr", mp, mp_count, ADDRESS, false);
	test("SB, nothing between (may be seen)", sb, sb_count, NONE, true);
	test("SB+lwsync+lwsync (may be seen)", sb, sb_count, LIGHT, true);
	test("SB+sync+sync", sb, sb_count, HEAVY, false);
	test("LB+lwsync+lwsync", lb, lb_count, LIGHT, false);
	test("LB+ctrlisync+ctrlisync", lb, lb_count, CONTROL, false);
	test("2+2W+lwsync+lwsync", two_writes, two_writes_count, LIGHT, false);
	test("WRC+lwsync+addr", wrc, wrc_count, LIGHT, false);
	test("IRIW, nothing between (may be seen)", iriw, iriw_count, NONE, true);
	test("IRIW+lwsync+lwsync (may be seen)", iriw, iriw_count, LIGHT, true);
	test("IRIW+sync+sync", iriw, iriw_count, HEAVY, false);
	test("CoRR", corr, mp_count, NONE, false);
	run_all(times);
	report("timebase never goes back", !backwards, backwards);
}
