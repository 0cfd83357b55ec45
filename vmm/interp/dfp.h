/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decimal floating point, digit by digit: the three formats in densely packed decimal, every rounding mode,
 * ideal exponents. Power ISA 3.0B Book I chapter 5. No state: each call has its context.
 */
#ifndef PAPRIKA_INTERP_DFP_H
#define PAPRIKA_INTERP_DFP_H

#include "vmm/interp/softfp.h"

/* Room for the product of two coefficients, and for sums whose last digits no longer count. */
#define DFP_DIGITS 112

/* FPSCR[DRN] */
enum dfp_rounding {
	DFP_NEAREST,
	DFP_TO_ZERO,
	DFP_UP,
	DFP_DOWN,
	DFP_NEAREST_AWAY,
	DFP_NEAREST_TO_ZERO,
	DFP_AWAY,
	DFP_FOR_SHORTER, /* so that rounding once more, to fewer digits, does no harm */
};

struct dfp_ctx {
	enum dfp_rounding rounding;
	uint32_t enables; /* FPSCR_OE, FPSCR_UE */
	uint32_t flags;   /* out: FPSCR's exceptions, FR and FI; only ever added to */
};

struct dfp_format {
	uint8_t digits, declets;
	uint8_t exp_bits;    /* of the exponent's continuation */
	int32_t bias, max;   /* max: the largest biased exponent */
	int32_t wrap;        /* taken off or added to the exponent of results that over- or underflow, if enabled */
};

extern const struct dfp_format dfp_short, dfp_long, dfp_extended;

/* The number is coefficient * 10^exp; a NaN's payload is in digit, too. Infinities have no digits but zeros. */
struct dfp {
	enum sf_class cls; /* a zero is an SF_NUMBER */
	bool sign, sticky; /* sticky: there is more beyond the last digit */
	int32_t exp;
	uint8_t digit[DFP_DIGITS]; /* the last one first */
};

struct dfp dfp_unpack(const struct dfp_format *f, u128 bits);
/* @v fits: its digits and exponent are the format's. */
u128 dfp_pack(const struct dfp_format *f, const struct dfp *v);

/* How many digits there are without leading zeros. */
unsigned dfp_length(const struct dfp *v);
bool dfp_is_zero(const struct dfp *v);
bool dfp_is_subnormal(const struct dfp_format *f, const struct dfp *v);
/* Digits @n places to the left, with a lower exponent; or to the right, where what falls out is sticky. */
void dfp_shift_left(struct dfp *v, unsigned n);
void dfp_shift_right(struct dfp *v, unsigned n);

/* Rounds to @f; an exact result gets the exponent nearest to @ideal. */
struct dfp dfp_round(struct dfp_ctx *c, const struct dfp_format *f, struct dfp v, int32_t ideal);
/* @v, which is finite, with the exponent @exp; VXCVI and a NaN if it has more digits than @digits. */
struct dfp dfp_quantize(struct dfp_ctx *c, struct dfp v, int32_t exp, unsigned digits);

/* Operands straight from dfp_unpack; results are exact but for sticky. @ret_ideal: for dfp_round. */
struct dfp dfp_add(struct dfp_ctx *c, struct dfp a, struct dfp b, int32_t *ret_ideal);
struct dfp dfp_mul(struct dfp_ctx *c, struct dfp a, struct dfp b, int32_t *ret_ideal);
struct dfp dfp_div(struct dfp_ctx *c, struct dfp a, struct dfp b, int32_t *ret_ideal);
enum sf_order dfp_compare(struct dfp a, struct dfp b);
/* Of two operands the one that is a NaN, quiet; signaling ones come first. */
struct dfp dfp_first_nan(struct dfp_ctx *c, const struct dfp *a, const struct dfp *b);
struct dfp dfp_invalid(struct dfp_ctx *c, uint32_t flag);

struct dfp dfp_from_int(u128 v, bool sign);

/* FPSCR[FPRF] of @v. */
uint32_t dfp_fprf(const struct dfp_format *f, const struct dfp *v);

static inline bool dfp_is_nan(const struct dfp *v)
{
	return v->cls == SF_QNAN || v->cls == SF_SNAN;
}

#endif
