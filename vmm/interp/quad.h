/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Quadwords of memory as single accesses: for lq, stq, lqarx and stqcx., which the ISA promises to be
 * (Power ISA 3.0B Book II 1.4). Hosts: x86-64 with cmpxchg16b, arm64, Power from 2.07 on.
 */
#ifndef PAPRIKA_INTERP_QUAD_H
#define PAPRIKA_INTERP_QUAD_H

#include <stdbool.h>
#include <stdint.h>

typedef unsigned __int128 u128_t;

#define QUAD_HIGH(q)    ((uint64_t)((q) >> 64))
#define QUAD_LOW(q)     ((uint64_t)(q))
#define QUAD(high, low) ((u128_t)(high) << 64 | (low))

/* Replaces the aligned quadword at @at by @new if it is *@old; else *@old is what it is. Fully ordered. */
static inline bool quad_cas(void *at, u128_t *old, u128_t new)
{
	uint64_t high = QUAD_HIGH(*old), low = QUAD_LOW(*old);
	bool done;

#if defined(__x86_64__)
	__asm__ volatile("lock cmpxchg16b %[at]"
			 : [at] "+m"(*(u128_t *)at), "+d"(high), "+a"(low), "=@ccz"(done)
			 : "c"(QUAD_HIGH(new)), "b"(QUAD_LOW(new))
			 : "memory");
#elif defined(__aarch64__)
	uint64_t is_high, is_low;
	uint32_t failed;

	/* what is there is stored even if it is not @old: without a store, a pair of loads may be torn */
	do {
		uint64_t to_high, to_low;

		__asm__ volatile("ldaxp %[low], %[high], %[at]"
				 : [low] "=&r"(is_low), [high] "=&r"(is_high)
				 : [at] "Q"(*(u128_t *)at)
				 : "memory");
		done = is_high == high && is_low == low;
		to_high = done ? QUAD_HIGH(new) : is_high;
		to_low = done ? QUAD_LOW(new) : is_low;
		__asm__ volatile("stlxp %w[failed], %[low], %[high], %[at]"
				 : [failed] "=&r"(failed), [at] "=Q"(*(u128_t *)at)
				 : [low] "r"(to_low), [high] "r"(to_high)
				 : "memory");
	} while (failed);
	__asm__ volatile("dmb ish" : : : "memory");
	high = is_high;
	low = is_low;
#elif defined(__powerpc64__)
	uint64_t is_high, is_low;

	__asm__ volatile(".machine push\n"
			 ".machine power8\n"
			 "	sync\n"
			 "	mr	10, %[new_high]\n"
			 "	mr	11, %[new_low]\n"
			 "1:	lqarx	8, 0, %[at]\n"
			 "	cmpd	8, %[high]\n"
			 "	bne	2f\n"
			 "	cmpd	9, %[low]\n"
			 "	bne	2f\n"
			 "	stqcx.	10, 0, %[at]\n"
			 "	bne-	1b\n"
			 "2:	sync\n"
			 "	mr	%[is_high], 8\n"
			 "	mr	%[is_low], 9\n"
			 ".machine pop\n"
			 : [is_high] "=&r"(is_high), [is_low] "=&r"(is_low)
			 : [at] "b"(at), [high] "r"(high), [low] "r"(low),
			   [new_high] "r"(QUAD_HIGH(new)), [new_low] "r"(QUAD_LOW(new))
			 : "memory", "cr0", "r8", "r9", "r10", "r11");
	done = is_high == high && is_low == low;
	high = is_high;
	low = is_low;
#else
#error "this host needs a compare-and-swap of 16 bytes here"
#endif
	*old = QUAD(high, low);
	return done;
}

static inline u128_t quad_load(void *at)
{
	u128_t v = 0;

	quad_cas(at, &v, 0);
	return v;
}

static inline void quad_store(void *at, u128_t v)
{
	u128_t old = 0;

	while (!quad_cas(at, &old, v))
		;
}

#endif
