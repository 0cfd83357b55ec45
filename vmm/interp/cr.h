/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Condition register fields, lazily encoded in a doubleword each, so that a compare is one subtraction:
 *   EQ = low word is zero, GT = positive as a signed number, LT = bit 62, SO = bit 59 xor bit 63
 * (bits numbered from the least significant). All sixteen values can be represented.
 */
#ifndef PAPRIKA_INTERP_CR_H
#define PAPRIKA_INTERP_CR_H

#include "vmm/interp/cpu.h"

#define CR_LT 8u
#define CR_GT 4u
#define CR_EQ 2u
#define CR_SO 1u

static inline bool cr_lt(uint64_t v)
{
	return (v >> 62) & 1;
}

static inline bool cr_gt(uint64_t v)
{
	return (int64_t)v > 0;
}

static inline bool cr_eq(uint64_t v)
{
	return (uint32_t)v == 0;
}

static inline bool cr_so(uint64_t v)
{
	return ((v >> 59) ^ (v >> 63)) & 1;
}

/* The encoding of the four bits LT GT EQ SO. */
static inline uint64_t cr_encode(unsigned nibble)
{
	uint64_t v = (nibble & CR_EQ) ? 0 : 1;
	uint64_t so = nibble & CR_SO;

	v |= (uint64_t)((nibble & CR_LT) != 0) << 62;
	if (nibble & CR_GT)
		return v | 1ULL << 32 | so << 59;
	return v | 1ULL << 63 | (so ^ 1) << 59;
}

static inline unsigned cr_decode(uint64_t v)
{
	return (unsigned)cr_lt(v) << 3 | (unsigned)cr_gt(v) << 2 | (unsigned)cr_eq(v) << 1 |
	       (unsigned)cr_so(v);
}

static inline void cr_set_field(struct icpu *cpu, unsigned field, unsigned nibble)
{
	cpu->cr[field] = cr_encode(nibble);
}

static inline unsigned cr_get_field(const struct icpu *cpu, unsigned field)
{
	return cr_decode(cpu->cr[field]);
}

/* Bit @n of the CR, 0 to 31 as the ISA numbers them. */
static inline bool cr_get_bit(const struct icpu *cpu, unsigned n)
{
	return (cr_get_field(cpu, n >> 2) >> (3 - (n & 3))) & 1;
}

uint32_t cr_pack(const struct icpu *cpu);
void cr_unpack(struct icpu *cpu, uint32_t cr);

#endif
