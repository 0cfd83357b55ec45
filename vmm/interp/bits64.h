/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bits of a doubleword under a mask: what the instructions for GPRs and those for vectors share. */
#ifndef PAPRIKA_INTERP_BITS64_H
#define PAPRIKA_INTERP_BITS64_H

#include <stdint.h>

/* The bits of @v where @mask is set, moved to the right end. */
static inline uint64_t bits_extract(uint64_t v, uint64_t mask)
{
	uint64_t out = 0;

	for (unsigned n = 0; mask; n++, mask &= mask - 1)
		out |= (v >> __builtin_ctzll(mask) & 1) << n;
	return out;
}

/* The rightmost bits of @v, moved to where @mask is set. */
static inline uint64_t bits_deposit(uint64_t v, uint64_t mask)
{
	uint64_t out = 0;

	for (; mask; v >>= 1, mask &= mask - 1)
		out |= (v & 1) << __builtin_ctzll(mask);
	return out;
}

/* Those where @mask is set to the right, the others to the left. */
static inline uint64_t bits_centrifuge(uint64_t v, uint64_t mask)
{
	unsigned ones = (unsigned)__builtin_popcountll(mask);
	uint64_t right = bits_extract(v, mask), left = bits_extract(v, ~mask);

	return ones == 64 ? right : left << ones | right;
}

/* Zeros from the left, and from the right, among the bits where @mask is set. */
static inline uint64_t bits_leading_zeros(uint64_t v, uint64_t mask)
{
	uint64_t v_masked = v & mask;
	uint64_t above = v_masked ? mask & ~(~0ULL >> __builtin_clzll(v_masked)) : mask;

	return (uint64_t)__builtin_popcountll(above);
}

static inline uint64_t bits_trailing_zeros(uint64_t v, uint64_t mask)
{
	uint64_t v_masked = v & mask;
	uint64_t below = v_masked ? mask & ((1ULL << __builtin_ctzll(v_masked)) - 1) : mask;

	return (uint64_t)__builtin_popcountll(below);
}

#endif
