/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reservations, atomic memory operations and quadwords: nothing is lost and nothing torn. */
#include "guest.h"

static uint64_t rounds; /* of each vCPU */

static struct {
	volatile uint64_t lock __attribute__((aligned(128)));
	volatile uint64_t count __attribute__((aligned(128)));
	volatile uint64_t words[16] __attribute__((aligned(128)));
	volatile unsigned __int128 pair __attribute__((aligned(128)));
} shared;
static volatile uint64_t torn, misses;

static void lock(volatile uint64_t *at)
{
	unsigned spins = 0;
	uint64_t v;

	for (;;) {
		__asm__ volatile("1:	ldarx	%0, 0, %1, 1\n"
				 "	cmpdi	%0, 0\n"
				 "	bne	2f\n"
				 "	stdcx.	%2, 0, %1\n"
				 "	bne-	1b\n"
				 "	isync\n"
				 "2:\n"
				 : "=&r"(v) : "r"(at), "r"(1ULL) : "cr0", "memory");
		if (!v)
			return;
		while (*at)
			relax(&spins);
	}
}

static void unlock(volatile uint64_t *at)
{
	LWSYNC();
	*at = 0;
}

static void lock_part(unsigned cpu)
{
	for (uint64_t i = 0; i < rounds / 16; i++) {
		lock(&shared.lock);
		shared.count++;
		unlock(&shared.lock);
	}
}

#define ADD_PART(name, load_insn, store_insn, at)                                                  \
	static void name(unsigned cpu)                                                             \
	{                                                                                          \
		uint64_t v;                                                                        \
                                                                                                   \
		for (uint64_t i = 0; i < rounds; i++)                                              \
			__asm__ volatile("1:	" load_insn "	%0, 0, %1\n"                       \
					 "	addi	%0, %0, 1\n"                               \
					 "	" store_insn "	%0, 0, %1\n"                       \
					 "	bne-	1b\n"                                      \
					 : "=&r"(v) : "r"(at) : "cr0", "memory");                  \
	}
ADD_PART(add_bytes, "lbarx", "stbcx.", (volatile uint8_t *)shared.words + 5)
ADD_PART(add_halfwords, "lharx", "sthcx.", (volatile uint8_t *)shared.words + 6)
ADD_PART(add_words, "lwarx", "stwcx.", (volatile uint8_t *)shared.words + 4)
ADD_PART(add_doublewords, "ldarx", "stdcx.", shared.words)

/* Two neighbours of one word: each sees the other's changes beside its own. */
static void add_neighbours(unsigned cpu)
{
	uint64_t v;

	for (uint64_t i = 0; i < rounds; i++)
		__asm__ volatile("1:	lbarx	%0, 0, %1\n"
				 "	addi	%0, %0, 1\n"
				 "	stbcx.	%0, 0, %1\n"
				 "	bne-	1b\n"
				 : "=&r"(v) : "r"((volatile uint8_t *)shared.words + cpu) : "cr0", "memory");
}

static void add_amo(unsigned cpu)
{
	register uint64_t result __asm__("r6");
	register uint64_t one __asm__("r7") = 1;

	for (uint64_t i = 0; i < rounds; i++)
		__asm__ volatile("ldat	%0, %2, 0" : "=r"(result) : "r"(one), "b"(shared.words) : "memory");
}

static void add_amo_store(unsigned cpu)
{
	for (uint64_t i = 0; i < rounds; i++)
		__asm__ volatile("stwat	%0, %1, 0" : : "r"(1), "b"(shared.words) : "memory");
}

static inline unsigned __int128 load_quad(const volatile void *at)
{
	register uint64_t a __asm__("r6"), b __asm__("r7");

	__asm__ volatile("lq	%0, 0(%2)" : "=r"(a), "=r"(b) : "b"(at) : "memory");
	return (unsigned __int128)a << 64 | b;
}

static inline void store_quad(volatile void *at, uint64_t high, uint64_t low)
{
	register uint64_t a __asm__("r6") = high, b __asm__("r7") = low;

	__asm__ volatile("stq	%0, 0(%2)" : : "r"(a), "r"(b), "b"(at) : "memory");
}

static void quads(unsigned cpu)
{
	for (uint64_t i = 0; i < rounds; i++) {
		unsigned __int128 v = load_quad(&shared.pair);

		if ((uint64_t)(v >> 64) != (uint64_t)v)
			torn++;
		if (cpu < 2)
			store_quad(&shared.pair, i << 2 | cpu, i << 2 | cpu);
	}
}

/* One up and one down: a lost one unbalances them. */
static void quad_count(unsigned cpu)
{
	register uint64_t a __asm__("r6"), b __asm__("r7");

	for (uint64_t i = 0; i < rounds; i++)
		__asm__ volatile("1:	lqarx	%0, 0, %2\n"
				 "	addi	%0, %0, 1\n"
				 "	addi	%1, %1, -1\n"
				 "	stqcx.	%0, 0, %2\n"
				 "	bne-	1b\n"
				 : "=&r"(a), "=&r"(b) : "r"(&shared.pair) : "cr0", "memory");
}

/* Unaligned within a doubleword is not atomic; aligned ones of each size are. */
static void sizes(unsigned cpu)
{
	volatile uint32_t *word = (volatile uint32_t *)&shared.words[2];
	volatile uint16_t *half = (volatile uint16_t *)&shared.words[4];

	for (uint64_t i = 0; i < rounds; i++) {
		uint64_t d = shared.words[0];
		uint32_t w = *word;
		uint16_t h = *half;

		if ((uint32_t)d != d >> 32 || (uint16_t)w != w >> 16 || (uint8_t)h != h >> 8)
			torn++;
		if (cpu < 2) {
			uint64_t v = i & 0xff;

			v |= v << 8;
			*half = (uint16_t)v;
			v |= v << 16;
			*word = (uint32_t)v;
			v |= v << 32;
			shared.words[0] = v;
		}
	}
}

/* A store between the two lets the second fail, if it changed something. */
static void a_reservation_is_lost(unsigned cpu)
{
	uint64_t done;

	if (cpu)
		return;
	shared.words[0] = 5;
	__asm__ volatile("ldarx	%0, 0, %1\n\t"
			 "std	%2, 0(%1)\n\t"
			 "stdcx. %3, 0, %1\n\t"
			 "mfcr	%0"
			 : "=&r"(done) : "b"(shared.words), "r"(6ULL), "r"(7ULL) : "cr0", "memory");
	misses += !!(done & 0x20000000) + (shared.words[0] != 6);
	__asm__ volatile("stdcx. %2, 0, %1\n\t"
			 "mfcr	%0"
			 : "=&r"(done) : "b"(shared.words), "r"(8ULL) : "cr0", "memory");
	misses += !!(done & 0x20000000) + (shared.words[0] != 6);
	/* a reservation of another place */
	__asm__ volatile("ldarx	%0, 0, %1\n\t"
			 "stdcx. %2, 0, %3\n\t"
			 "mfcr	%0"
			 : "=&r"(done) : "b"(shared.words), "r"(9ULL), "r"(shared.words + 1) : "cr0", "memory");
	misses += !!(done & 0x20000000) + (shared.words[1] != 0);
}

static void clear(void)
{
	for (unsigned i = 0; i < 16; i++)
		shared.words[i] = 0;
	shared.lock = shared.count = 0;
	store_quad(&shared.pair, 0, 0);
}

static void count(const char *name, part_fn *fn, volatile uint64_t *at, uint64_t mask, uint64_t want)
{
	clear();
	run_all(fn);
	report(name, (*at & mask) == (want & mask), *at & mask);
}

void litmus_atomic(void)
{
	uint64_t all, bytes = 0;
	unsigned __int128 v;

	rounds = TIMES(250); /* ten million increments with ITERATIONS = 10 */
	all = rounds * CPUS;
	count("lock torture", lock_part, &shared.count, ~0ULL, rounds / 16 * CPUS);
	count("ldarx, stdcx.", add_doublewords, shared.words, ~0ULL, all);
	rounds = TIMES(25);
	all = rounds * CPUS;
	count("lwarx, stwcx.", add_words, shared.words, ~0ULL, all << 32);
	count("lharx, sthcx.", add_halfwords, shared.words, ~0ULL, (all & 0xffff) << 48);
	count("lbarx, stbcx.", add_bytes, shared.words, ~0ULL, (all & 0xff) << 40);
	for (unsigned i = 0; i < CPUS; i++)
		bytes |= (rounds & 0xff) << (8 * i);
	count("bytes of one word", add_neighbours, shared.words, ~0ULL, bytes);
	count("ldat", add_amo, shared.words, ~0ULL, all);
	count("stwat", add_amo_store, shared.words, 0xffffffff, all);
	run_all(quads);
	report("lq and stq are not torn", !torn, torn);
	clear();
	run_all(quad_count);
	v = load_quad(&shared.pair);
	report("lqarx, stqcx.", (uint64_t)(v >> 64) == all && (uint64_t)v == -all, (uint64_t)(v >> 64));
	clear();
	torn = 0;
	run_all(sizes);
	report("aligned accesses are not torn", !torn, torn);
	clear();
	run_all(a_reservation_is_lost);
	report("a lost reservation", !misses, misses);
}
