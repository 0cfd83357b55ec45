// SPDX-License-Identifier: GPL-2.0-or-later
/* Binary floating point in integers: taking values apart, putting them together, arithmetic. */
#include "vmm/interp/softfp.h"

#include "vmm/base/bits.h"
#include "vmm/interp/fpu.h"

const struct sf_format sf_half = {10, 5, 15, 24};
const struct sf_format sf_single = {23, 8, 127, 192};
const struct sf_format sf_double = {52, 11, 1023, 1536};
const struct sf_format sf_quad = {112, 15, 16383, 24576};

#define TOP  ((u128)1 << 127)
#define NEXT_TOP ((u128)1 << 126)

/* @v is not zero. */
static unsigned clz128(u128 v)
{
	/* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult) */
	uint64_t hi = (uint64_t)(v >> 64);

	return hi ? (unsigned)__builtin_clzll(hi) : 64 + (unsigned)__builtin_clzll((uint64_t)v);
}

static u128 shift_right_sticky(u128 v, unsigned n)
{
	if (n == 0)
		return v;
	if (n > 127)
		return v != 0;
	return v >> n | ((v << (128 - n)) != 0);
}

static const struct softfp default_nan = {.sig = NEXT_TOP, .cls = SF_QNAN};

static struct softfp invalid(struct sf_ctx *c, uint32_t flag)
{
	c->flags |= flag;
	return default_nan;
}

struct softfp sf_quiet(struct sf_ctx *c, struct softfp a)
{
	if (a.cls == SF_SNAN) {
		c->flags |= FPSCR_VXSNAN;
		a.sig |= NEXT_TOP;
		a.cls = SF_QNAN;
	}
	return a;
}

/* The first of two operands that is a NaN; all of them signal. */
static struct softfp first_nan(struct sf_ctx *c, struct softfp a, struct softfp b)
{
	a = sf_quiet(c, a);
	b = sf_quiet(c, b);
	return sf_is_nan(a) ? a : b;
}

struct softfp sf_negate(struct softfp a)
{
	if (!sf_is_nan(a))
		a.sign = !a.sign;
	return a;
}

struct softfp sf_unpack(const struct sf_format *f, u128 bits)
{
	unsigned exp_max = (1u << f->exp_bits) - 1, n;
	unsigned exp = (unsigned)(bits >> f->frac_bits) & exp_max;
	struct softfp v = {.sign = (bits >> (f->frac_bits + f->exp_bits)) & 1};

	v.sig = bits << (128 - f->frac_bits) >> 1;
	if (exp == exp_max) {
		v.cls = !v.sig ? SF_INF : v.sig & NEXT_TOP ? SF_QNAN : SF_SNAN;
	} else if (exp) {
		v.cls = SF_NUMBER;
		v.sig |= TOP;
		v.exp = (int32_t)exp - f->bias;
	} else if (v.sig) {
		v.cls = SF_NUMBER;
		n = clz128(v.sig);
		v.sig <<= n;
		v.exp = 1 - f->bias - (int32_t)n;
	}
	return v;
}

/* True if @kept, followed by the fraction @rest / 2^128, is to be incremented. */
static bool rounds_up(enum sf_rounding rounding, bool sign, bool odd, u128 rest)
{
	switch (rounding) {
	case SF_NEAREST:
		return rest > TOP || (rest == TOP && odd);
	case SF_NEAREST_AWAY:
		return rest >= TOP;
	case SF_UP:
		return rest && !sign;
	case SF_DOWN:
		return rest && sign;
	default:
		return false;
	}
}

static u128 pack_parts(const struct sf_format *f, bool sign, unsigned exp, u128 frac)
{
	return (u128)sign << (f->frac_bits + f->exp_bits) | (u128)exp << f->frac_bits | frac;
}

static u128 pack_overflow(struct sf_ctx *c, const struct sf_format *f, bool sign)
{
	unsigned exp_max = (1u << f->exp_bits) - 1;
	enum sf_rounding r = c->rounding;
	bool inf = r == SF_NEAREST || r == SF_NEAREST_AWAY || r == (sign ? SF_DOWN : SF_UP);

	c->flags |= FPSCR_OX | FPSCR_XX | FPSCR_FI;
	if (inf)
		return pack_parts(f, sign, exp_max, 0);
	return pack_parts(f, sign, exp_max - 1, ((u128)1 << f->frac_bits) - 1);
}

static u128 pack_number(struct sf_ctx *c, const struct sf_format *f, struct softfp v)
{
	int32_t exp = v.exp + f->bias;
	bool tiny = exp < 1, up, denormal = false;
	unsigned drop = 127u - f->frac_bits;
	u128 kept, rest;

	if (tiny && (c->enables & FPSCR_UE)) {
		c->flags |= FPSCR_UX;
		exp += f->wrap;
	}
	if (exp < 1) {
		denormal = true;
		v.sig = shift_right_sticky(v.sig, 1 - exp > 128 ? 128 : (unsigned)(1 - exp));
		exp = 1;
	}
	kept = v.sig >> drop;
	rest = v.sig << (128 - drop);
	up = rounds_up(c->rounding, v.sign, kept & 1, rest);
	kept += up;
	if (rest && c->rounding == SF_TO_ODD)
		kept |= 1;
	if (kept >> (f->frac_bits + 1)) {
		kept >>= 1;
		exp++;
	}
	if (exp > 2 * f->bias && (c->enables & FPSCR_OE)) {
		c->flags |= FPSCR_OX;
		exp -= f->wrap;
	}
	if (exp > 2 * f->bias)
		return pack_overflow(c, f, v.sign);
	if (up)
		c->flags |= FPSCR_FR;
	if (rest)
		c->flags |= FPSCR_XX | FPSCR_FI | (denormal ? FPSCR_UX : 0);
	/* the leading bit adds one to the exponent field, unless the result is denormal */
	return pack_parts(f, v.sign, 0, kept + ((u128)(unsigned)(exp - 1) << f->frac_bits));
}

u128 sf_pack(struct sf_ctx *c, const struct sf_format *f, struct softfp v)
{
	unsigned exp_max = (1u << f->exp_bits) - 1;

	switch (v.cls) {
	case SF_ZERO:
		return pack_parts(f, v.sign, 0, 0);
	case SF_NUMBER:
		return pack_number(c, f, v);
	case SF_INF:
		return pack_parts(f, v.sign, exp_max, 0);
	default:
		return pack_parts(f, v.sign, exp_max, v.sig >> (127 - f->frac_bits));
	}
}

static struct softfp zero(bool sign)
{
	return (struct softfp){.cls = SF_ZERO, .sign = sign};
}

static struct softfp infinity(bool sign)
{
	return (struct softfp){.cls = SF_INF, .sign = sign};
}

static struct softfp add_numbers(struct sf_ctx *c, struct softfp a, struct softfp b)
{
	struct softfp t;
	unsigned n;

	if (a.exp < b.exp || (a.exp == b.exp && a.sig < b.sig)) {
		t = a;
		a = b;
		b = t;
	}
	b.sig = shift_right_sticky(b.sig, (unsigned)(a.exp - b.exp));
	if (a.sign != b.sign) {
		a.sig -= b.sig;
		if (!a.sig)
			return zero(c->rounding == SF_DOWN);
		n = clz128(a.sig);
		a.sig <<= n;
		a.exp -= (int32_t)n;
		return a;
	}
	a.sig += b.sig;
	if (a.sig < b.sig) {
		a.sig = shift_right_sticky(a.sig, 1) | TOP;
		a.exp++;
	}
	return a;
}

struct softfp sf_add(struct sf_ctx *c, struct softfp a, struct softfp b)
{
	if (sf_is_nan(a) || sf_is_nan(b))
		return first_nan(c, a, b);
	if (a.cls == SF_INF && b.cls == SF_INF && a.sign != b.sign)
		return invalid(c, FPSCR_VXISI);
	if (a.cls == SF_INF || b.cls == SF_INF)
		return a.cls == SF_INF ? a : b;
	if (a.cls == SF_ZERO && b.cls == SF_ZERO)
		return a.sign == b.sign ? a : zero(c->rounding == SF_DOWN);
	if (a.cls == SF_ZERO || b.cls == SF_ZERO)
		return a.cls == SF_ZERO ? b : a;
	return add_numbers(c, a, b);
}

struct softfp sf_sub(struct sf_ctx *c, struct softfp a, struct softfp b)
{
	return sf_add(c, a, sf_negate(b));
}

/* 256 bits */
struct wide {
	u128 hi, lo;
};

static struct wide wide_mul(u128 a, u128 b)
{
	uint64_t a1 = (uint64_t)(a >> 64), a0 = (uint64_t)a;
	uint64_t b1 = (uint64_t)(b >> 64), b0 = (uint64_t)b;
	u128 low = (u128)a0 * b0, m1 = (u128)a1 * b0, m2 = (u128)a0 * b1;
	u128 mid = (low >> 64) + (uint64_t)m1 + (uint64_t)m2;

	return (struct wide){
		.hi = (u128)a1 * b1 + (m1 >> 64) + (m2 >> 64) + (mid >> 64),
		.lo = mid << 64 | (uint64_t)low,
	};
}

static struct wide wide_shift_left(struct wide v, unsigned n)
{
	if (n == 0)
		return v;
	if (n > 127)
		return (struct wide){.hi = v.lo << (n - 128)};
	return (struct wide){.hi = v.hi << n | v.lo >> (128 - n), .lo = v.lo << n};
}

static struct wide wide_shift_right_sticky(struct wide v, unsigned n)
{
	struct wide r;

	if (n == 0)
		return v;
	if (n > 255)
		return (struct wide){.lo = (v.hi | v.lo) != 0};
	if (n > 127)
		return (struct wide){.lo = shift_right_sticky(v.hi, n - 128) | (v.lo != 0)};
	r.hi = v.hi >> n;
	r.lo = v.hi << (128 - n) | shift_right_sticky(v.lo, n);
	return r;
}

static struct wide wide_add(struct wide a, struct wide b, bool *carry)
{
	struct wide r = {.lo = a.lo + b.lo};
	bool low_carry = r.lo < a.lo;

	r.hi = a.hi + b.hi + low_carry;
	*carry = r.hi < a.hi || (low_carry && r.hi == a.hi);
	return r;
}

static struct wide wide_sub(struct wide a, struct wide b)
{
	return (struct wide){.hi = a.hi - b.hi - (a.lo < b.lo), .lo = a.lo - b.lo};
}

static bool wide_less(struct wide a, struct wide b)
{
	return a.hi < b.hi || (a.hi == b.hi && a.lo < b.lo);
}

/* A value with a significand of 256 bits. */
struct wide_fp {
	struct wide sig;
	int32_t exp;
	bool sign;
};

static struct wide_fp wide_normalize(struct wide_fp v)
{
	unsigned n = v.sig.hi ? clz128(v.sig.hi) : 128 + clz128(v.sig.lo);

	v.sig = wide_shift_left(v.sig, n);
	v.exp -= (int32_t)n;
	return v;
}

static struct wide_fp mul_numbers(struct softfp a, struct softfp b)
{
	struct wide_fp r = {
		.sig = wide_mul(a.sig, b.sig),
		.exp = a.exp + b.exp + 1,
		.sign = a.sign != b.sign,
	};

	return wide_normalize(r);
}

static struct softfp narrow(struct wide_fp v)
{
	return (struct softfp){
		.cls = SF_NUMBER,
		.sign = v.sign,
		.exp = v.exp,
		.sig = v.sig.hi | (v.sig.lo != 0),
	};
}

struct softfp sf_mul(struct sf_ctx *c, struct softfp a, struct softfp b)
{
	bool sign = a.sign != b.sign;

	if (sf_is_nan(a) || sf_is_nan(b))
		return first_nan(c, a, b);
	if (a.cls == SF_INF || b.cls == SF_INF) {
		if (a.cls == SF_ZERO || b.cls == SF_ZERO)
			return invalid(c, FPSCR_VXIMZ);
		return infinity(sign);
	}
	if (a.cls == SF_ZERO || b.cls == SF_ZERO)
		return zero(sign);
	return narrow(mul_numbers(a, b));
}

static struct softfp madd_numbers(struct sf_ctx *c, struct softfp a, struct softfp m,
				  struct softfp b)
{
	struct wide_fp x = mul_numbers(a, m), t;
	struct wide_fp y = {.sig.hi = b.sig, .exp = b.exp, .sign = b.sign};
	bool carry;

	if (x.exp < y.exp || (x.exp == y.exp && wide_less(x.sig, y.sig))) {
		t = x;
		x = y;
		y = t;
	}
	y.sig = wide_shift_right_sticky(y.sig, (unsigned)(x.exp - y.exp));
	if (x.sign != y.sign) {
		x.sig = wide_sub(x.sig, y.sig);
		if (!x.sig.hi && !x.sig.lo)
			return zero(c->rounding == SF_DOWN);
		return narrow(wide_normalize(x));
	}
	x.sig = wide_add(x.sig, y.sig, &carry);
	if (carry) {
		x.sig = wide_shift_right_sticky(x.sig, 1);
		x.sig.hi |= TOP;
		x.exp++;
	}
	return narrow(x);
}

struct softfp sf_madd(struct sf_ctx *c, struct softfp a, struct softfp m, struct softfp b)
{
	bool no_product = (a.cls == SF_INF && m.cls == SF_ZERO) ||
			  (a.cls == SF_ZERO && m.cls == SF_INF);

	if (no_product)
		c->flags |= FPSCR_VXIMZ;
	if (sf_is_nan(a) || sf_is_nan(b) || sf_is_nan(m))
		return first_nan(c, a, first_nan(c, b, m));
	if (no_product)
		return default_nan;
	if (a.cls == SF_NUMBER && m.cls == SF_NUMBER && b.cls == SF_NUMBER)
		return madd_numbers(c, a, m, b);
	if (b.cls == SF_ZERO && a.cls == SF_NUMBER && m.cls == SF_NUMBER)
		return sf_mul(c, a, m);
	/* the product is exact: zero or infinite; or the addend is infinite */
	if (b.cls == SF_INF && a.cls != SF_INF && m.cls != SF_INF)
		return b;
	return sf_add(c, sf_mul(c, a, m), b);
}

static struct softfp div_numbers(struct softfp a, struct softfp b)
{
	struct softfp r = {.cls = SF_NUMBER, .sign = a.sign != b.sign, .exp = a.exp - b.exp};
	u128 rest = a.sig;
	bool carry = false;

	if (!(uint64_t)a.sig && !(uint64_t)b.sig) {
		uint64_t d = (uint64_t)(b.sig >> 64);

		/* a number's top bit is set. NOLINTNEXTLINE(clang-analyzer-core.DivideZero) */
		r.sig = (a.sig >> 1) / d << 64;
		rest = (a.sig >> 1) % d << 64;
		r.sig |= rest / d;
		rest %= d;
	} else {
		for (unsigned i = 0; i < 128; i++) {
			bool fits = carry || rest >= b.sig;

			r.sig = r.sig << 1 | fits;
			if (fits)
				rest -= b.sig;
			carry = rest >> 127;
			rest <<= 1;
		}
	}
	if (!(r.sig >> 127)) {
		r.sig <<= 1;
		r.exp--;
	}
	r.sig |= rest || carry;
	return r;
}

struct softfp sf_div(struct sf_ctx *c, struct softfp a, struct softfp b)
{
	bool sign = a.sign != b.sign;

	if (sf_is_nan(a) || sf_is_nan(b))
		return first_nan(c, a, b);
	if (a.cls == SF_INF)
		return b.cls == SF_INF ? invalid(c, FPSCR_VXIDI) : infinity(sign);
	if (b.cls == SF_INF)
		return zero(sign);
	if (b.cls == SF_ZERO) {
		if (a.cls == SF_ZERO)
			return invalid(c, FPSCR_VXZDZ);
		c->flags |= FPSCR_ZX;
		return infinity(sign);
	}
	return a.cls == SF_ZERO ? zero(sign) : div_numbers(a, b);
}

#define ROOT_BITS 120

/* Digit by digit; two bits of the radicand for each bit of the root. */
static struct softfp sqrt_number(struct softfp a)
{
	bool odd = a.exp & 1;
	struct wide radicand = {.hi = odd ? a.sig : a.sig >> 1, .lo = odd ? 0 : a.sig << 127};
	u128 root = 0, rest = 0, trial;

	for (unsigned i = 0; i < ROOT_BITS; i++) {
		rest = rest << 2 | (unsigned)(radicand.hi >> 126);
		radicand = wide_shift_left(radicand, 2);
		trial = root << 2 | 1;
		root <<= 1;
		if (rest >= trial) {
			rest -= trial;
			root |= 1;
		}
	}
	a.sig = root << (128 - ROOT_BITS) | (rest != 0);
	a.exp = (a.exp - odd) / 2;
	return a;
}

struct softfp sf_sqrt(struct sf_ctx *c, struct softfp a)
{
	if (sf_is_nan(a))
		return sf_quiet(c, a);
	if (a.cls == SF_ZERO)
		return a;
	if (a.sign)
		return invalid(c, FPSCR_VXSQRT);
	return a.cls == SF_INF ? a : sqrt_number(a);
}

struct softfp sf_round_int(struct sf_ctx *c, struct softfp a, enum sf_rounding rounding)
{
	u128 kept = 0, rest = 1;
	bool up;

	if (a.cls != SF_NUMBER)
		return sf_quiet(c, a);
	if (a.exp >= 127)
		return a;
	if (a.exp >= 0) {
		kept = a.sig >> (127 - a.exp);
		rest = a.sig << (a.exp + 1);
	} else if (a.exp == -1) {
		rest = a.sig;
	}
	up = rounds_up(rounding, a.sign, kept & 1, rest);
	kept += up;
	if (rest)
		c->flags |= FPSCR_XX | FPSCR_FI | (up ? FPSCR_FR : 0);
	if (!kept)
		return zero(a.sign);
	a.exp = 127 - (int32_t)clz128(kept);
	a.sig = kept << (127 - a.exp);
	return a;
}

static u128 saturate(struct sf_ctx *c, bool low, unsigned bits, bool is_signed)
{
	c->flags |= FPSCR_VXCVI;
	if (is_signed)
		return low ? (u128)-1 << (bits - 1) : ((u128)1 << (bits - 1)) - 1;
	return low ? 0 : ~(u128)0 >> (128 - bits);
}

u128 sf_to_int(struct sf_ctx *c, struct softfp a, enum sf_rounding rounding, unsigned bits,
	       bool is_signed)
{
	struct sf_ctx rounded = {.rounding = rounding};
	u128 v, max = ~(u128)0 >> (128 - bits + is_signed);

	if (sf_is_nan(a)) {
		sf_quiet(c, a);
		return saturate(c, true, bits, is_signed);
	}
	a = sf_round_int(&rounded, a, rounding);
	if (a.cls == SF_ZERO) {
		c->flags |= rounded.flags;
		return 0;
	}
	if (a.cls == SF_INF || a.exp > 127 || (a.sign && !is_signed))
		return saturate(c, a.sign, bits, is_signed);
	v = a.sig >> (127 - a.exp);
	if (v > max + (a.sign && is_signed))
		return saturate(c, a.sign, bits, is_signed);
	c->flags |= rounded.flags;
	return a.sign ? -v : v;
}

struct softfp sf_from_int(u128 v, bool is_signed)
{
	struct softfp r = {.cls = SF_NUMBER};

	if (!v)
		return zero(false);
	if (is_signed && v >> 127) {
		r.sign = true;
		v = -v;
	}
	r.exp = 127 - (int32_t)clz128(v);
	r.sig = v << (127 - r.exp);
	return r;
}

static enum sf_order compare_magnitude(struct softfp a, struct softfp b)
{
	if (a.cls != b.cls)
		return a.cls < b.cls ? SF_LESS : SF_GREATER;
	if (a.cls != SF_NUMBER || (a.exp == b.exp && a.sig == b.sig))
		return SF_EQUAL;
	if (a.exp != b.exp)
		return a.exp < b.exp ? SF_LESS : SF_GREATER;
	return a.sig < b.sig ? SF_LESS : SF_GREATER;
}

enum sf_order sf_compare(struct softfp a, struct softfp b)
{
	if (sf_is_nan(a) || sf_is_nan(b))
		return SF_UNORDERED;
	if (a.cls == SF_ZERO && b.cls == SF_ZERO)
		return SF_EQUAL;
	if (a.sign != b.sign)
		return a.sign ? SF_LESS : SF_GREATER;
	return a.sign ? compare_magnitude(b, a) : compare_magnitude(a, b);
}

uint32_t sf_fprf(const struct sf_format *f, u128 bits)
{
	struct softfp v = sf_unpack(f, bits);

	switch (v.cls) {
	case SF_ZERO:
		return v.sign ? 0x12000 : 0x02000;
	case SF_NUMBER:
		return (v.sign ? 0x08000 : 0x04000) | (v.exp < 1 - f->bias ? FPSCR_C : 0);
	case SF_INF:
		return v.sign ? 0x09000 : 0x05000;
	default:
		return 0x11000;
	}
}
