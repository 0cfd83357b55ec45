/* SPDX-License-Identifier: GPL-2.0-or-later */
/* H_CEDE, H_PROD, H_JOIN, doorbells and the system reset interrupt among vCPUs. */
#include "guest.h"

static volatile uint64_t turn, joined, went_on, seen;

/* Ping-pong of two that sleep in between; interrupts stay off but for what a cede turns on. */
static void prods(unsigned cpu)
{
	uint64_t n = TIMES(1);

	for (uint64_t i = 0; i < n && cpu < 2; i++) {
		while (load(&turn) != 2 * i + cpu)
			hcall(H_CONFER, (uint64_t)cpu, (uint64_t)0); /* to itself: until prodded */
		SYNC();
		store(&turn, turn + 1);
		hcall(H_PROD, (uint64_t)(1 - cpu));
	}
}

/* Everyone joins: one is told that it is the last, and lets the others go on. */
static void joins(unsigned cpu)
{
	/* no prod is left that would end the first one at once */
	hcall(H_PROD, (uint64_t)cpu);
	hcall(H_CONFER, (uint64_t)cpu, (uint64_t)0);
	barrier();
	for (uint64_t i = 0; i < 100; i++) {
		if (hcall(H_JOIN) == H_CONTINUE) {
			__atomic_add_fetch(&joined, 1, __ATOMIC_SEQ_CST);
			for (uint64_t other = 0; other < CPUS; other++)
				if (other != cpu)
					hcall(H_PROD, other);
		}
		__atomic_add_fetch(&went_on, 1, __ATOMIC_SEQ_CST);
		barrier();
	}
}

static uint64_t sprg1(void)
{
	uint64_t v;

	__asm__ volatile("mfsprg1 %0" : "=r"(v));
	return v;
}

/* The first one resets all others, whose handler counts in SPRG1. */
static void resets(unsigned cpu)
{
	__asm__ volatile("mtsprg1 %0" : : "r"(0));
	barrier();
	for (uint64_t i = 1; i <= 20; i++) {
		unsigned spins = 0;

		if (cpu == 0)
			hcall(H_SIGNAL_SYS_RESET, (uint64_t)-2);
		else
			while (sprg1() < i)
				relax(&spins);
		barrier();
	}
	if (sprg1() == (cpu ? 20 : 0))
		__atomic_add_fetch(&seen, 1, __ATOMIC_SEQ_CST);
}

/* At its vector, big-endian: SPRG1 += 1. */
static void make_handler(void)
{
	static const uint32_t words[] = {
		0x7ff043a6, /* mtsprg 0,r31 */
		0x7ff142a6, /* mfsprg r31,1 */
		0x3bff0001, /* addi r31,r31,1 */
		0x7ff143a6, /* mtsprg 1,r31 */
		0x7ff042a6, /* mfsprg r31,0 */
		0x4c000024, /* rfid */
	};
	volatile uint32_t *at = (volatile uint32_t *)0x100;

	for (unsigned i = 0; i < sizeof(words) / 4; i++)
		at[i] = __builtin_bswap32(words[i]);
	__asm__ volatile("dcbst 0, %0\n\tsync\n\ticbi 0, %0\n\tsync\n\tisync" : : "r"(at) : "memory");
}

/* TIR is the number in the core; with one thread a core a doorbell reaches nobody else. */
static void doorbells(unsigned cpu)
{
	uint64_t dpdes, tir;

	__asm__ volatile("mfspr %0, 446" : "=r"(tir));
	__asm__ volatile("msgsndp %0" : : "r"(5ULL << 27 | tir) : "memory");
	__asm__ volatile("mfspr %0, 176" : "=r"(dpdes));
	__asm__ volatile("msgclrp %0" : : "r"(5ULL << 27));
	if (dpdes >> tir & 1)
		__atomic_add_fetch(&seen, 1, __ATOMIC_SEQ_CST);
	barrier();
	__asm__ volatile("mfspr %0, 176" : "=r"(dpdes));
	if (!(dpdes >> tir & 1))
		__atomic_add_fetch(&seen, 1, __ATOMIC_SEQ_CST);
}

void litmus_calls(void)
{
	turn = 0;
	run_all(prods);
	report("H_PROD and H_CONFER in turns", turn == 2 * TIMES(1), turn);
	run_all(joins);
	report("H_JOIN: one is the last", joined == 100 && went_on == 100 * CPUS, joined);
	make_handler();
	run_all(resets);
	report("H_SIGNAL_SYS_RESET", seen == CPUS, seen);
	seen = 0;
	run_all(doorbells);
	report("doorbells", seen == 2 * CPUS, seen);
}
