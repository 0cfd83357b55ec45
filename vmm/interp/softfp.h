/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Binary floating point in integers: any format up to quad precision, every rounding mode, exact
 * exceptions as the Power ISA defines them (tininess before rounding, FR, scaled results when overflow
 * or underflow is enabled). No state: each call has its context.
 */
#ifndef PAPRIKA_INTERP_SOFTFP_H
#define PAPRIKA_INTERP_SOFTFP_H

#include <stdbool.h>
#include <stdint.h>

typedef unsigned __int128 u128;

/* The first four are FPSCR[RN]. */
enum sf_rounding { SF_NEAREST, SF_TO_ZERO, SF_UP, SF_DOWN, SF_NEAREST_AWAY, SF_TO_ODD };

struct sf_ctx {
	enum sf_rounding rounding;
	uint32_t enables; /* FPSCR_OE, FPSCR_UE */
	uint32_t flags;   /* out: FPSCR's exceptions, FR and FI; only ever added to */
};

struct sf_format {
	uint8_t frac_bits, exp_bits;
	int32_t bias, wrap; /* wrap: what is taken off or added to the exponent of scaled results */
};

extern const struct sf_format sf_half, sf_single, sf_double, sf_quad;

enum sf_class { SF_ZERO, SF_NUMBER, SF_INF, SF_QNAN, SF_SNAN };

/* A value taken apart: number = sig / 2^127 * 2^exp; a NaN has its fraction below bit 127 of sig. */
struct softfp {
	u128 sig;
	int32_t exp;
	enum sf_class cls;
	bool sign;
};

struct softfp sf_unpack(const struct sf_format *f, u128 bits);
/* Rounds to @f. */
u128 sf_pack(struct sf_ctx *c, const struct sf_format *f, struct softfp v);

/* Operands come straight from sf_unpack or sf_from_int; results are exact but for a sticky last bit. */
struct softfp sf_add(struct sf_ctx *c, struct softfp a, struct softfp b);
struct softfp sf_sub(struct sf_ctx *c, struct softfp a, struct softfp b);
struct softfp sf_mul(struct sf_ctx *c, struct softfp a, struct softfp b);
struct softfp sf_div(struct sf_ctx *c, struct softfp a, struct softfp b);
struct softfp sf_sqrt(struct sf_ctx *c, struct softfp a);
/* a * m + b; of several NaNs a comes first, then b. */
struct softfp sf_madd(struct sf_ctx *c, struct softfp a, struct softfp m, struct softfp b);
/* A signaling NaN made quiet, with its exception. */
struct softfp sf_quiet(struct sf_ctx *c, struct softfp a);
struct softfp sf_negate(struct softfp a);

/* To an integral value. */
struct softfp sf_round_int(struct sf_ctx *c, struct softfp a, enum sf_rounding rounding);
/* To an integer of @bits bits (32, 64, 128), saturating with VXCVI. */
u128 sf_to_int(struct sf_ctx *c, struct softfp a, enum sf_rounding rounding, unsigned bits,
	       bool is_signed);
struct softfp sf_from_int(u128 v, bool is_signed);

enum sf_order { SF_LESS, SF_GREATER, SF_EQUAL, SF_UNORDERED };
/* No exceptions. */
enum sf_order sf_compare(struct softfp a, struct softfp b);

/* FPSCR[FPRF] of the value @bits. */
uint32_t sf_fprf(const struct sf_format *f, u128 bits);

static inline bool sf_is_nan(struct softfp a)
{
	return a.cls >= SF_QNAN;
}

#endif
