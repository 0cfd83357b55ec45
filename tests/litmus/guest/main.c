/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The program's frame: console, vCPUs, barriers, power-off. */
#include "guest.h"

#define H_PUT_TERM_CHAR 0x58
#define H_RTAS          0xf000
#define RTAS_POWER_OFF  0x2003
#define RTAS_START_CPU  0x2009
#define SPINS           2000

extern char others_start[];

static unsigned wrong;
static part_fn *volatile part;
static volatile uint64_t generation, arrived, running;

void put(const char *s)
{
	while (*s) {
		uint64_t chars[2] = {0, 0};
		unsigned n = 0;

		for (; *s && n < 16; n++, s++)
			chars[n / 8] |= (uint64_t)(uint8_t)*s << (56 - 8 * (n % 8));
		while (hcall(H_PUT_TERM_CHAR, (uint64_t)0, (uint64_t)n, chars[0], chars[1]) > 0)
			;
	}
}

void put_number(uint64_t v)
{
	char text[24], *at = text + sizeof(text) - 1;

	*at = 0;
	do
		*--at = (char)('0' + v % 10);
	while (v /= 10);
	put(at);
}

void report(const char *what, bool ok, uint64_t n)
{
	put(ok ? "ok    " : "WRONG ");
	put(what);
	put(": ");
	put_number(n);
	put("\n");
	wrong += !ok;
}

static int64_t rtas(uint32_t token, unsigned in, unsigned out, uint32_t a, uint32_t b, uint32_t c)
{
	uint32_t args[10] = {token, in, out, a, b, c};

	for (unsigned i = 0; i < 6; i++)
		args[i] = __builtin_bswap32(args[i]);
	hcall(H_RTAS, (uint64_t)args);
	return (int32_t)__builtin_bswap32(args[3 + in]);
}

void relax(unsigned *spins)
{
	__asm__ volatile("or 31,31,31\n\tor 2,2,2" : : : "memory");
	if (++*spins % SPINS == 0)
		hcall(H_CONFER, (uint64_t)-1, (uint64_t)0);
}

static uint64_t add(volatile uint64_t *at, uint64_t n)
{
	return __atomic_add_fetch(at, n, __ATOMIC_SEQ_CST);
}

void barrier(void)
{
	uint64_t now = generation;
	unsigned spins = 0;

	if (add(&arrived, 1) == CPUS) {
		arrived = 0;
		SYNC();
		generation = now + 1;
	} else {
		while (generation == now)
			relax(&spins);
	}
	SYNC();
}

static void do_part(unsigned cpu)
{
	barrier();
	part(cpu);
	barrier();
}

/* A vCPU but the first: parts as they come. */
void other(unsigned cpu);
void other(unsigned cpu)
{
	add(&running, 1);
	for (;;)
		do_part(cpu);
}

void run_all(part_fn *fn)
{
	part = fn;
	SYNC();
	do_part(0);
}

int main(void);
int main(void)
{
	unsigned spins = 0;
	uint32_t status = negotiate();

	report("ibm,client-architecture-support", status == 0, status);
	for (unsigned i = 1; i < CPUS; i++)
		if (rtas(RTAS_START_CPU, 3, 1, i, (uint32_t)(uint64_t)others_start, i))
			report("start-cpu", false, i);
	while (running != CPUS - 1)
		relax(&spins);
	litmus_order();
	litmus_atomic();
	litmus_code();
	litmus_calls();
	litmus_translation();
	put(wrong ? "litmus: failed\n" : "litmus: passed\n");
	rtas(RTAS_POWER_OFF, 2, 1, ~0u, ~0u, 0);
	for (;;)
		;
}
