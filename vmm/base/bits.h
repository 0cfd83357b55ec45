/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bit numbers as the Power ISA writes them: bit 0 is the most significant. */
#ifndef PAPRIKA_BASE_BITS_H
#define PAPRIKA_BASE_BITS_H

#include <stdint.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define likely(x)     __builtin_expect(!!(x), 1)
#define unlikely(x)   __builtin_expect(!!(x), 0)

#define PPC_BIT(n)       (1ULL << (63 - (n)))
#define PPC_BIT32(n)     (1U << (31 - (n)))
/* Bits first..last of a doubleword, both included. */
#define PPC_BITMASK(first, last) ((~0ULL >> (first)) & (~0ULL << (63 - (last))))

/* The field first..last of @v, right aligned. */
static inline uint64_t ppc_field(uint64_t v, unsigned first, unsigned last)
{
	return (v & PPC_BITMASK(first, last)) >> (63 - last);
}

/* The same for a word: bit numbers 0..31. */
static inline uint32_t ppc_field32(uint32_t v, unsigned first, unsigned last)
{
	return (v >> (31 - last)) & (uint32_t)((1ULL << (last - first + 1)) - 1);
}

static inline uint64_t align_up(uint64_t v, uint64_t align)
{
	return (v + align - 1) & ~(align - 1);
}

#endif
