/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Code that is modified: by its own vCPU, by others, on pages that were data, and while it executes. */
#include "guest.h"

#define PAGE       4096
#define CODE_PAGES 64
#define INSN_LI_R3 0x38600000u
#define INSN_BLR   0x4e800020u
#define INSN_NOP   0x60000000u

static uint8_t pages[CODE_PAGES][PAGE] __attribute__((aligned(65536)));
static volatile uint64_t turn, wrong_results;

static void flush(volatile void *at)
{
	__asm__ volatile("dcbst 0, %0\n\tsync\n\ticbi 0, %0\n\tsync\n\tisync" : : "r"(at) : "memory");
}

static void write_function(volatile uint32_t *at, uint32_t value)
{
	at[0] = INSN_LI_R3 | value;
	at[1] = INSN_BLR;
	flush(at);
}

static inline uint64_t call(const volatile void *at)
{
	register uint64_t r3 __asm__("r3");

	__asm__ volatile("mtctr %1\n\tbctrl" : "=r"(r3) : "r"(at) : "ctr", "lr", "memory", "cr0");
	return r3;
}

static void expect(uint64_t got, uint64_t want)
{
	if (got != want)
		wrong_results++;
}

/* Each on a place of its own in pages that all share. */
static void own_code(unsigned cpu)
{
	for (uint64_t i = 0; i < TIMES(2); i++) {
		volatile uint32_t *at = (volatile uint32_t *)&pages[i % CODE_PAGES][cpu * 128];

		write_function(at, i & 0x7fff);
		expect(call(at), i & 0x7fff);
	}
}

/*
 * The vCPUs take turns in writing a function that then all others call, each time in another page, most of
 * them not code yet for most vCPUs.
 */
static void others_code(unsigned cpu)
{
	for (uint64_t i = 1; i < TIMES(1); i++) {
		volatile uint32_t *at = (volatile uint32_t *)&pages[i * 7 % CODE_PAGES][i * 64 % PAGE];
		unsigned spins = 0;

		if (i % CPUS == cpu) {
			write_function(at, i & 0x7fff);
			store(&turn, i);
		} else {
			while (load(&turn) < i)
				relax(&spins);
			ISYNC();
		}
		expect(call(at), i & 0x7fff);
		barrier();
	}
}

/* One patches an instruction that the others execute all the time; what they get never goes back, and is the
 * newest once they were told of it. */
static void live_code(unsigned cpu)
{
	volatile uint32_t *at = (volatile uint32_t *)&pages[3][256];
	uint64_t last = 0, n = TIMES(4);

	if (n > 0x7fff)
		n = 0x7fff;
	if (cpu == 0) {
		for (uint64_t i = 1; i <= n; i++) {
			at[0] = INSN_LI_R3 | (uint32_t)i;
			flush(at);
			store(&turn, i);
		}
		return;
	}
	while (last < n) {
		uint64_t told = load(&turn), got;

		ISYNC();
		got = call(at);
		if (got < told || got < last || got > n)
			wrong_results++;
		last = got;
	}
}

/* A branch that comes and goes where a fused pair may be: nop, li 3,1 or b over it. */
static void live_branch(unsigned cpu)
{
	volatile uint32_t *at = (volatile uint32_t *)&pages[5][512];
	uint64_t n = TIMES(4);

	if (cpu == 0) {
		for (uint64_t i = 1; i <= n; i++) {
			at[1] = i & 1 ? 0x48000008 : INSN_NOP;
			flush(&at[1]);
			store(&turn, i);
		}
		return;
	}
	while (load(&turn) < n) {
		uint64_t got = call(at);

		if (got != 1 && got != 2)
			wrong_results++;
	}
	ISYNC();
	expect(call(at), n & 1 ? 1 : 2);
}

static void make_branch(void)
{
	volatile uint32_t *at = (volatile uint32_t *)&pages[5][512];

	at[0] = INSN_LI_R3 | 1;
	at[1] = INSN_NOP;
	at[2] = INSN_LI_R3 | 2;
	at[3] = INSN_BLR;
	flush(at);
	flush(&at[3]);
}

static void test(const char *name, part_fn *fn)
{
	wrong_results = turn = 0;
	run_all(fn);
	report(name, !wrong_results, wrong_results);
}

void litmus_code(void)
{
	test("code that modifies itself", own_code);
	test("code that others modify", others_code);
	write_function((volatile uint32_t *)&pages[3][256], 0);
	test("code that is modified while it executes", live_code);
	make_branch();
	test("a branch that comes and goes", live_branch);
}
