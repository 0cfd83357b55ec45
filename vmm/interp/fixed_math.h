/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What fixed-point instructions compute beyond C's operators. Power ISA 3.0B Book I chapter 3. */
#ifndef PAPRIKA_INTERP_FIXED_MATH_H
#define PAPRIKA_INTERP_FIXED_MATH_H

#include <stdint.h>
#include <sys/random.h>

#include "vmm/interp/cr.h"

/* The CR0 nibble of a result, in whatever mode the CPU is. */
static inline unsigned rc_nibble(const struct icpu *cpu, uint64_t v)
{
	int64_t r = (cpu->msr & MSR_SF) ? (int64_t)v : (int32_t)v;

	return (r < 0 ? CR_LT : r > 0 ? CR_GT : CR_EQ) | (cpu->so ? CR_SO : 0);
}

/* Each division: the quotient into *ret; true (and 0) if it does not fit or the divisor is 0. */
static inline bool div_sw(uint64_t a, uint64_t b, uint64_t *ret)
{
	int32_t n = (int32_t)a, d = (int32_t)b;
	bool bad = d == 0 || (n == INT32_MIN && d == -1);

	*ret = bad ? 0 : (uint32_t)(n / d);
	return bad;
}

static inline bool div_uw(uint64_t a, uint64_t b, uint64_t *ret)
{
	*ret = (uint32_t)b ? (uint32_t)a / (uint32_t)b : 0;
	return !(uint32_t)b;
}

static inline bool div_sd(uint64_t a, uint64_t b, uint64_t *ret)
{
	int64_t n = (int64_t)a, d = (int64_t)b;
	bool bad = d == 0 || (n == INT64_MIN && d == -1);

	*ret = bad ? 0 : (uint64_t)(n / d);
	return bad;
}

static inline bool div_ud(uint64_t a, uint64_t b, uint64_t *ret)
{
	*ret = b ? a / b : 0;
	return !b;
}

static inline bool div_swe(uint64_t a, uint64_t b, uint64_t *ret)
{
	int64_t n = (int64_t)(a << 32), d = (int32_t)b, q;
	bool bad = d == 0 || (n == INT64_MIN && d == -1);

	q = bad ? 0 : n / d;
	bad = bad || q != (int32_t)q;
	*ret = bad ? 0 : (uint32_t)q;
	return bad;
}

static inline bool div_uwe(uint64_t a, uint64_t b, uint64_t *ret)
{
	bool bad = (uint32_t)a >= (uint32_t)b;

	*ret = bad ? 0 : (a << 32) / (uint32_t)b;
	return bad;
}

static inline bool div_ude(uint64_t a, uint64_t b, uint64_t *ret)
{
	bool bad = a >= b;

	*ret = bad ? 0 : (uint64_t)(((unsigned __int128)a << 64) / b);
	return bad;
}

static inline bool div_sde(uint64_t a, uint64_t b, uint64_t *ret)
{
	uint64_t ua = (int64_t)a < 0 ? -a : a, ub = (int64_t)b < 0 ? -b : b, q;
	bool negative = (int64_t)(a ^ b) < 0;
	bool bad = div_ude(ua, ub, &q);

	bad = bad || (negative ? q > 1ULL << 63 : q >> 63);
	*ret = bad ? 0 : negative ? -q : q;
	return bad;
}

/* darn: L = 0 a conditioned word, 1 a conditioned doubleword, 2 a raw doubleword; all ones: none. */
static inline uint64_t fixed_random(unsigned l)
{
	uint64_t v;

	if (l > 2 || getrandom(&v, sizeof(v), GRND_NONBLOCK) != sizeof(v))
		return ~0ULL;
	return l == 0 ? (uint32_t)v : v;
}

static inline uint64_t fixed_addg6s(uint64_t a, uint64_t b)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < 64; i += 4) {
		uint64_t mask = i == 60 ? ~0ULL : (1ULL << (i + 4)) - 1;
		unsigned __int128 sum = (unsigned __int128)(a & mask) + (b & mask);

		if (!((sum >> (i + 4)) & 1))
			v |= 6ULL << i;
	}
	return v;
}

/* One declet of densely packed decimal, Power ISA 3.0B Book I appendix B. */
static inline uint32_t declet_to_bcd(uint32_t d)
{
	uint32_t p = (d >> 9) & 1, q = (d >> 8) & 1, r = (d >> 7) & 1, s = (d >> 6) & 1;
	uint32_t t = (d >> 5) & 1, u = (d >> 4) & 1, v = (d >> 3) & 1, w = (d >> 2) & 1;
	uint32_t x = (d >> 1) & 1, y = d & 1;
	uint32_t d0, d1, d2;

	if (!v) {
		d0 = p << 2 | q << 1 | r;
		d1 = s << 2 | t << 1 | u;
		d2 = w << 2 | x << 1 | y;
	} else if (!w && !x) {
		d0 = p << 2 | q << 1 | r;
		d1 = s << 2 | t << 1 | u;
		d2 = 8 | y;
	} else if (!w) {
		d0 = p << 2 | q << 1 | r;
		d1 = 8 | u;
		d2 = s << 2 | t << 1 | y;
	} else if (!x) {
		d0 = 8 | r;
		d1 = s << 2 | t << 1 | u;
		d2 = p << 2 | q << 1 | y;
	} else {
		unsigned kind = s << 1 | t;

		d0 = kind == 2 ? p << 2 | q << 1 | r : 8 | r;
		d1 = kind == 1 ? p << 2 | q << 1 | u : 8 | u;
		d2 = kind == 0 ? p << 2 | q << 1 | y : 8 | y;
	}
	return d0 << 8 | d1 << 4 | d2;
}

static inline uint32_t bcd_to_declet(uint32_t b)
{
	uint32_t a = (b >> 11) & 1, e = (b >> 7) & 1, i = (b >> 3) & 1;
	uint32_t abc = (b >> 8) & 7, efg = (b >> 4) & 7, ijk = b & 7;
	uint32_t c = abc & 1, g = efg & 1, k = ijk & 1;

	switch (a << 2 | e << 1 | i) {
	case 0:
		return abc << 7 | efg << 4 | ijk;
	case 1:
		return abc << 7 | efg << 4 | 8 | k;
	case 2:
		return abc << 7 | (ijk & 6) << 4 | g << 4 | 10 | k;
	case 3:
		return abc << 7 | 2 << 5 | g << 4 | 14 | k;
	case 4:
		return (ijk & 6) << 7 | c << 7 | efg << 4 | 12 | k;
	case 5:
		return (efg & 6) << 7 | c << 7 | 1 << 5 | g << 4 | 14 | k;
	case 6:
		return (ijk & 6) << 7 | c << 7 | 0 << 5 | g << 4 | 14 | k;
	default:
		return c << 7 | 3 << 5 | g << 4 | 14 | k;
	}
}

/* Two declets in bits 12:31 of a word to six BCD digits in bits 8:31, and back. */
static inline uint32_t fixed_dpd_to_bcd(uint32_t w)
{
	return declet_to_bcd((w >> 10) & 0x3ff) << 12 | declet_to_bcd(w & 0x3ff);
}

static inline uint32_t fixed_bcd_to_dpd(uint32_t w)
{
	return bcd_to_declet((w >> 12) & 0xfff) << 10 | bcd_to_declet(w & 0xfff);
}

#endif
