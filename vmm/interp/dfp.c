/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decimal floating point: formats, rounding, arithmetic. */
#include "vmm/interp/dfp.h"

#include <string.h>

#include "vmm/base/bits.h"
#include "vmm/interp/fixed_math.h"
#include "vmm/interp/fpu.h"

const struct dfp_format dfp_short = {7, 2, 6, 101, 191, 192};
const struct dfp_format dfp_long = {16, 5, 8, 398, 767, 576};
const struct dfp_format dfp_extended = {34, 11, 12, 6176, 12287, 9216};

#define COMBINATION_INF 30u
#define COMBINATION_NAN 31u

static unsigned format_bits(const struct dfp_format *f)
{
	return 6u + f->exp_bits + 10u * f->declets;
}

struct dfp dfp_unpack(const struct dfp_format *f, u128 bits)
{
	unsigned tail = 10u * f->declets, top = format_bits(f) - 1;
	unsigned g = (unsigned)(bits >> (top - 5)) & 31;
	unsigned exp = (unsigned)(bits >> tail) & ((1u << f->exp_bits) - 1);
	struct dfp v = {.cls = SF_NUMBER, .sign = bits >> top & 1};

	if (g == COMBINATION_INF) {
		v.cls = SF_INF;
		return v;
	}
	for (unsigned i = 0; i < f->declets; i++) {
		uint32_t bcd = declet_to_bcd((uint32_t)(bits >> 10 * i) & 0x3ff);

		for (unsigned k = 0; k < 3; k++)
			v.digit[3 * i + k] = bcd >> 4 * k & 15;
	}
	if (g == COMBINATION_NAN) {
		v.cls = exp >> (f->exp_bits - 1) ? SF_SNAN : SF_QNAN;
		return v;
	}
	v.digit[f->digits - 1] = (uint8_t)(g < 24 ? g & 7 : 8 | (g & 1));
	exp |= (g < 24 ? g >> 3 : g >> 1 & 3) << f->exp_bits;
	v.exp = (int32_t)exp - f->bias;
	return v;
}

static u128 pack_declets(const struct dfp_format *f, const struct dfp *v)
{
	u128 bits = 0;

	for (unsigned i = 0; i < f->declets; i++) {
		const uint8_t *d = &v->digit[3 * i];

		bits |= (u128)bcd_to_declet((uint32_t)d[2] << 8 | (uint32_t)d[1] << 4 | d[0]) << 10 * i;
	}
	return bits;
}

u128 dfp_pack(const struct dfp_format *f, const struct dfp *v)
{
	unsigned tail = 10u * f->declets, top = format_bits(f) - 1, first = v->digit[f->digits - 1];
	unsigned exp = (unsigned)(v->exp + f->bias), high = exp >> f->exp_bits, g;
	u128 bits = (u128)v->sign << top | pack_declets(f, v);

	if (v->cls == SF_INF)
		return bits | (u128)COMBINATION_INF << (top - 5);
	if (v->cls != SF_NUMBER)
		return bits | (u128)COMBINATION_NAN << (top - 5) |
		       (u128)(v->cls == SF_SNAN) << (top - 6);
	g = first < 8 ? high << 3 | first : 24 | high << 1 | (first & 1);
	return bits | (u128)g << (top - 5) | (u128)(exp & ((1u << f->exp_bits) - 1)) << tail;
}

unsigned dfp_length(const struct dfp *v)
{
	unsigned n = DFP_DIGITS;

	while (n && !v->digit[n - 1])
		n--;
	return n;
}

bool dfp_is_zero(const struct dfp *v)
{
	return v->cls == SF_NUMBER && !v->sticky && !dfp_length(v);
}

static int32_t exp_min(const struct dfp_format *f)
{
	return -f->bias;
}

static int32_t exp_max(const struct dfp_format *f)
{
	return f->max - f->bias;
}

bool dfp_is_subnormal(const struct dfp_format *f, const struct dfp *v)
{
	unsigned n = dfp_length(v);

	return v->cls == SF_NUMBER && n && (int32_t)n + v->exp < exp_min(f) + f->digits;
}

void dfp_shift_left(struct dfp *v, unsigned n)
{
	v->exp -= (int32_t)n;
	if (n >= DFP_DIGITS) {
		memset(v->digit, 0, DFP_DIGITS);
		return;
	}
	memmove(v->digit + n, v->digit, DFP_DIGITS - n);
	memset(v->digit, 0, n);
}

void dfp_shift_right(struct dfp *v, unsigned n)
{
	unsigned out = n < DFP_DIGITS ? n : DFP_DIGITS;

	v->exp += (int32_t)n;
	for (unsigned i = 0; i < out; i++)
		v->sticky |= v->digit[i] != 0;
	memmove(v->digit, v->digit + out, DFP_DIGITS - out);
	memset(v->digit + DFP_DIGITS - out, 0, out);
}

/* True if the last digit, followed by the fraction 0.@next..., is to be incremented. */
static bool rounds_up(enum dfp_rounding rounding, const struct dfp *v, unsigned next, bool more)
{
	bool inexact = next || more;
	unsigned last = v->digit[0];

	switch (rounding) {
	case DFP_NEAREST:
		return next > 5 || (next == 5 && (more || (last & 1)));
	case DFP_NEAREST_AWAY:
		return next >= 5;
	case DFP_NEAREST_TO_ZERO:
		return next > 5 || (next == 5 && more);
	case DFP_UP:
		return inexact && !v->sign;
	case DFP_DOWN:
		return inexact && v->sign;
	case DFP_AWAY:
		return inexact;
	case DFP_FOR_SHORTER:
		return inexact && (last == 0 || last == 5);
	default:
		return false;
	}
}

static void increment(struct dfp *v)
{
	unsigned i = 0;

	while (v->digit[i] == 9)
		v->digit[i++] = 0;
	v->digit[i]++;
}

/* Takes the last @n digits off, rounding by what they are; true, and flags, if that is not exact. */
static bool drop_digits(struct dfp_ctx *c, struct dfp *v, unsigned n)
{
	unsigned next = 0;
	bool up;

	if (n) {
		dfp_shift_right(v, n - 1);
		next = v->digit[0];
		v->digit[0] = 0;
		dfp_shift_right(v, 1);
	}
	if (!next && !v->sticky)
		return false;
	up = rounds_up(c->rounding, v, next, v->sticky);
	if (up)
		increment(v);
	v->sticky = false;
	c->flags |= FPSCR_XX | FPSCR_FI | (up ? FPSCR_FR : 0);
	return true;
}

static struct dfp special(enum sf_class cls, bool sign)
{
	return (struct dfp){.cls = cls, .sign = sign};
}

struct dfp dfp_invalid(struct dfp_ctx *c, uint32_t flag)
{
	c->flags |= flag;
	return special(SF_QNAN, false);
}

static struct dfp overflowed(struct dfp_ctx *c, const struct dfp_format *f, bool sign)
{
	enum dfp_rounding r = c->rounding;
	struct dfp v = special(SF_NUMBER, sign);

	c->flags |= FPSCR_OX | FPSCR_XX | FPSCR_FI;
	if (r != DFP_TO_ZERO && r != DFP_FOR_SHORTER && r != (sign ? DFP_UP : DFP_DOWN))
		return special(SF_INF, sign);
	memset(v.digit, 9, f->digits);
	v.exp = exp_max(f);
	return v;
}

/* Towards @ideal, as far as zeros and the format allow. */
static void adjust_exponent(const struct dfp_format *f, struct dfp *v, int32_t ideal)
{
	unsigned n = dfp_length(v);

	for (; v->exp < ideal && !v->digit[0] && v->exp < exp_max(f); n--)
		dfp_shift_right(v, 1);
	for (; v->exp > ideal && n < f->digits && v->exp > exp_min(f); n++)
		dfp_shift_left(v, 1);
}

static struct dfp round_zero(const struct dfp_format *f, struct dfp v, int32_t ideal)
{
	v.exp = ideal < exp_min(f) ? exp_min(f) : ideal > exp_max(f) ? exp_max(f) : ideal;
	return v;
}

struct dfp dfp_round(struct dfp_ctx *c, const struct dfp_format *f, struct dfp v, int32_t ideal)
{
	unsigned n = dfp_length(&v);
	int32_t drop = (int32_t)n - f->digits;
	bool inexact, tiny = dfp_is_subnormal(f, &v);

	if (v.cls != SF_NUMBER)
		return v;
	if (dfp_is_zero(&v))
		return round_zero(f, v, ideal);
	if (tiny && (c->enables & FPSCR_UE)) {
		c->flags |= FPSCR_UX;
		v.exp += f->wrap;
	}
	if (drop < exp_min(f) - v.exp)
		drop = exp_min(f) - v.exp;
	inexact = drop_digits(c, &v, drop > 0 ? (unsigned)drop : 0);
	if (dfp_length(&v) > f->digits) /* 10...0 */
		dfp_shift_right(&v, 1);
	if (inexact && tiny)
		c->flags |= FPSCR_UX;
	while (v.exp > exp_max(f) && dfp_length(&v) < f->digits)
		dfp_shift_left(&v, 1);
	if (v.exp > exp_max(f) && (c->enables & FPSCR_OE)) {
		c->flags |= FPSCR_OX;
		v.exp -= f->wrap;
	}
	if (v.exp > exp_max(f))
		return overflowed(c, f, v.sign);
	if (!inexact)
		adjust_exponent(f, &v, ideal);
	return v;
}

struct dfp dfp_quantize(struct dfp_ctx *c, struct dfp v, int32_t exp, unsigned digits)
{
	unsigned n = dfp_length(&v);
	struct dfp_ctx rounded = {.rounding = c->rounding};

	if (!n) {
		v.exp = exp;
		return v;
	}
	if (v.exp > exp) {
		if (v.exp - exp > (int32_t)(digits - n) || n > digits)
			return dfp_invalid(c, FPSCR_VXCVI);
		dfp_shift_left(&v, (unsigned)(v.exp - exp));
		return v;
	}
	drop_digits(&rounded, &v, (unsigned)(exp - v.exp));
	if (dfp_length(&v) > digits)
		return dfp_invalid(c, FPSCR_VXCVI);
	c->flags |= rounded.flags;
	return v;
}

struct dfp dfp_first_nan(struct dfp_ctx *c, const struct dfp *a, const struct dfp *b)
{
	const struct dfp *from = a->cls == SF_SNAN   ? a
				 : b->cls == SF_SNAN ? b
				 : dfp_is_nan(a)     ? a
						     : b;
	struct dfp v = *from;

	if (v.cls == SF_SNAN)
		c->flags |= FPSCR_VXSNAN;
	v.cls = SF_QNAN;
	return v;
}

/* a's magnitude against b's, whose exponents are the same. */
static int compare_digits(const struct dfp *a, const struct dfp *b)
{
	for (unsigned i = DFP_DIGITS; i-- > 0;)
		if (a->digit[i] != b->digit[i])
			return a->digit[i] < b->digit[i] ? -1 : 1;
	return (int)a->sticky - (int)b->sticky;
}

static void add_digits(struct dfp *a, const struct dfp *b)
{
	unsigned carry = 0;

	for (unsigned i = 0; i < DFP_DIGITS; i++) {
		unsigned s = a->digit[i] + b->digit[i] + carry;

		carry = s > 9;
		a->digit[i] = (uint8_t)(carry ? s - 10 : s);
	}
	a->sticky |= b->sticky;
}

/* a - b, where a is not less; what is sticky is taken off, which leaves more beyond the last digit. */
static void subtract_digits(struct dfp *a, const struct dfp *b)
{
	unsigned borrow = b->sticky;

	for (unsigned i = 0; i < DFP_DIGITS; i++) {
		unsigned take = b->digit[i] + borrow;

		borrow = a->digit[i] < take;
		a->digit[i] = (uint8_t)(a->digit[i] + (borrow ? 10 : 0) - take);
	}
	a->sticky |= b->sticky;
}

#define KEPT 80 /* digits of a sum: more than twice as many as any format's */

/* Both with the lower exponent, or so that the higher number fills KEPT digits. */
static void align(struct dfp *a, struct dfp *b)
{
	int32_t top_a = a->exp + (int32_t)dfp_length(a), top_b = b->exp + (int32_t)dfp_length(b);
	int32_t top = top_a > top_b ? top_a : top_b, exp = a->exp < b->exp ? a->exp : b->exp;
	struct dfp *both[] = {a, b};

	if (exp < top - KEPT)
		exp = top - KEPT;
	for (unsigned i = 0; i < 2; i++) {
		struct dfp *v = both[i];

		if (v->exp > exp)
			dfp_shift_left(v, (unsigned)(v->exp - exp));
		else
			dfp_shift_right(v, (unsigned)(exp - v->exp));
	}
}

/* A zero's exponent does not move the other number's digits. */
static struct dfp add_finite(struct dfp_ctx *c, struct dfp a, struct dfp b)
{
	struct dfp t;

	if (dfp_is_zero(&a) && !dfp_is_zero(&b))
		return b;
	if (dfp_is_zero(&b) && !dfp_is_zero(&a))
		return a;
	align(&a, &b);
	if (a.sign == b.sign) {
		add_digits(&a, &b);
		return a;
	}
	if (compare_digits(&a, &b) < 0) {
		t = a;
		a = b;
		b = t;
	}
	subtract_digits(&a, &b);
	if (dfp_is_zero(&a))
		a.sign = c->rounding == DFP_DOWN;
	return a;
}

struct dfp dfp_add(struct dfp_ctx *c, struct dfp a, struct dfp b, int32_t *ret_ideal)
{
	*ret_ideal = a.exp < b.exp ? a.exp : b.exp;
	if (dfp_is_nan(&a) || dfp_is_nan(&b))
		return dfp_first_nan(c, &a, &b);
	if (a.cls == SF_INF && b.cls == SF_INF && a.sign != b.sign)
		return dfp_invalid(c, FPSCR_VXISI);
	if (a.cls == SF_INF || b.cls == SF_INF)
		return special(SF_INF, a.cls == SF_INF ? a.sign : b.sign);
	return add_finite(c, a, b);
}

enum sf_order dfp_compare(struct dfp a, struct dfp b)
{
	struct dfp_ctx c = {0};
	int32_t ideal;
	struct dfp d;

	if (dfp_is_nan(&a) || dfp_is_nan(&b))
		return SF_UNORDERED;
	if (a.cls == SF_INF && b.cls == SF_INF && a.sign == b.sign)
		return SF_EQUAL;
	b.sign = !b.sign;
	d = dfp_add(&c, a, b, &ideal);
	if (dfp_is_zero(&d))
		return SF_EQUAL;
	return d.sign ? SF_LESS : SF_GREATER;
}

static struct dfp mul_finite(const struct dfp *a, const struct dfp *b)
{
	struct dfp v = {.cls = SF_NUMBER, .exp = a->exp + b->exp};
	unsigned na = dfp_length(a), nb = dfp_length(b);

	for (unsigned i = 0; i < na; i++) {
		unsigned carry = 0;

		for (unsigned j = 0; j < nb || carry; j++) {
			unsigned s = v.digit[i + j] + carry + (j < nb ? a->digit[i] * b->digit[j] : 0u);

			v.digit[i + j] = (uint8_t)(s % 10);
			carry = s / 10;
		}
	}
	return v;
}

struct dfp dfp_mul(struct dfp_ctx *c, struct dfp a, struct dfp b, int32_t *ret_ideal)
{
	bool sign = a.sign != b.sign;
	struct dfp v;

	*ret_ideal = a.exp + b.exp;
	if (dfp_is_nan(&a) || dfp_is_nan(&b))
		return dfp_first_nan(c, &a, &b);
	if (a.cls == SF_INF || b.cls == SF_INF) {
		if (dfp_is_zero(&a) || dfp_is_zero(&b))
			return dfp_invalid(c, FPSCR_VXIMZ);
		return special(SF_INF, sign);
	}
	v = mul_finite(&a, &b);
	v.sign = sign;
	return v;
}

static u128 coefficient(const struct dfp *v)
{
	u128 n = 0;

	for (unsigned i = dfp_length(v); i-- > 0;)
		n = 10 * n + v->digit[i];
	return n;
}

#define QUOTIENT_DIGITS 38 /* more than any format has */

/* Long division: the dividend's digits, then zeros, until nothing is left or there are digits enough. */
static struct dfp div_finite(const struct dfp *a, const struct dfp *b)
{
	struct dfp v = {.cls = SF_NUMBER, .exp = a->exp - b->exp};
	u128 divisor = coefficient(b), rest = 0;
	unsigned left = dfp_length(a), n = 0;

	while (left || (rest && n < QUOTIENT_DIGITS)) {
		rest = rest * 10 + (left ? a->digit[left - 1] : 0);
		if (left)
			left--;
		else
			v.exp--;
		memmove(v.digit + 1, v.digit, DFP_DIGITS - 1);
		/* the divisor is not zero. NOLINTNEXTLINE(clang-analyzer-core.DivideZero) */
		v.digit[0] = (uint8_t)(rest / divisor);
		rest %= divisor;
		n += n || v.digit[0];
	}
	v.sticky = rest != 0;
	return v;
}

struct dfp dfp_div(struct dfp_ctx *c, struct dfp a, struct dfp b, int32_t *ret_ideal)
{
	bool sign = a.sign != b.sign;
	struct dfp v;

	*ret_ideal = a.exp - b.exp;
	if (dfp_is_nan(&a) || dfp_is_nan(&b))
		return dfp_first_nan(c, &a, &b);
	if (a.cls == SF_INF)
		return b.cls == SF_INF ? dfp_invalid(c, FPSCR_VXIDI) : special(SF_INF, sign);
	if (b.cls == SF_INF) {
		*ret_ideal = INT16_MIN; /* the least that the format has */
		return special(SF_NUMBER, sign);
	}
	if (dfp_is_zero(&b)) {
		if (dfp_is_zero(&a))
			return dfp_invalid(c, FPSCR_VXZDZ);
		c->flags |= FPSCR_ZX;
		return special(SF_INF, sign);
	}
	v = div_finite(&a, &b);
	v.sign = sign;
	return v;
}

struct dfp dfp_from_int(u128 n, bool sign)
{
	struct dfp v = {.cls = SF_NUMBER, .sign = sign};

	for (unsigned i = 0; n; i++, n /= 10)
		v.digit[i] = (uint8_t)(n % 10);
	return v;
}

uint32_t dfp_fprf(const struct dfp_format *f, const struct dfp *v)
{
	switch (v->cls) {
	case SF_INF:
		return v->sign ? 0x09000 : 0x05000;
	case SF_QNAN:
		return 0x11000;
	case SF_SNAN:
		return 0x01000;
	default:
		break;
	}
	if (dfp_is_zero(v))
		return v->sign ? 0x12000 : 0x02000;
	return (v->sign ? 0x08000 : 0x04000) | (dfp_is_subnormal(f, v) ? FPSCR_C : 0);
}
