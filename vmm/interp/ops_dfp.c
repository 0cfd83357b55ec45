/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decimal floating point: arithmetic, comparisons, tests, quantum adjustment (Power ISA I.5.6.1 to 5.6.4). */
#include "vmm/interp/ops_dfp.h"
#include "vmm/interp/cr.h"

typedef struct dfp dfp_binary(struct dfp_ctx *c, struct dfp a, struct dfp b, int32_t *ret_ideal);

static enum insn_result arith(struct icpu *cpu, const op_t *op, const struct dfp_format *f,
			      dfp_binary *function, bool subtract)
{
	struct dfp_ctx c = dfp_begin(cpu);
	struct dfp a, b, v;
	int32_t ideal;

	CHECK_PAIRS(f, op->rt | op->ra | op->rb);
	a = dfp_get(cpu, f, op->ra);
	b = dfp_get(cpu, f, op->rb);
	if (subtract && !dfp_is_nan(&b))
		b.sign = !b.sign;
	v = function(&c, a, b, &ideal);
	v = dfp_round(&c, f, v, ideal);
	return dfp_end(cpu, &c, f, op->rt, &v);
}

DFP_OP(dadd, arith, dfp_add, false)
DFP_OP(dsub, arith, dfp_add, true)
DFP_OP(dmul, arith, dfp_mul, false)
DFP_OP(ddiv, arith, dfp_div, false)

static enum insn_result compare(struct icpu *cpu, const op_t *op, const struct dfp_format *f,
				bool ordered)
{
	static const uint8_t nibbles[] = {
		[SF_LESS] = CR_LT, [SF_GREATER] = CR_GT, [SF_EQUAL] = CR_EQ, [SF_UNORDERED] = CR_SO,
	};
	struct dfp a, b;
	uint32_t flags = 0;

	CHECK_PAIRS(f, op->ra | op->rb);
	a = dfp_get(cpu, f, op->ra);
	b = dfp_get(cpu, f, op->rb);
	if (a.cls == SF_SNAN || b.cls == SF_SNAN)
		flags = FPSCR_VXSNAN | (ordered && !(cpu->fpscr & FPSCR_VE) ? FPSCR_VXVC : 0);
	else if (ordered && (dfp_is_nan(&a) || dfp_is_nan(&b)))
		flags = FPSCR_VXVC;
	return fpu_put_fpcc(cpu, BF_OF(op), nibbles[dfp_compare(a, b)], flags);
}

DFP_OP_BF(dcmpu, compare, false)
DFP_OP_BF(dcmpo, compare, true)

/* Exponents: infinities have the same, and so do NaNs. */
static enum insn_result test_exponent(struct icpu *cpu, const op_t *op, const struct dfp_format *f)
{
	struct dfp a, b;
	unsigned nibble;

	CHECK_PAIRS(f, op->ra | op->rb);
	a = dfp_get(cpu, f, op->ra);
	b = dfp_get(cpu, f, op->rb);
	if (a.cls != SF_NUMBER || b.cls != SF_NUMBER)
		nibble = a.cls == b.cls || (dfp_is_nan(&a) && dfp_is_nan(&b)) ? CR_EQ : CR_SO;
	else
		nibble = a.exp < b.exp ? CR_LT : a.exp > b.exp ? CR_GT : CR_EQ;
	return fpu_put_fpcc(cpu, BF_OF(op), nibble, 0);
}

DFP_OP_BF(dtstex, test_exponent)

/* @wanted digits against those that there are. */
static enum insn_result test_significance(struct icpu *cpu, const op_t *op, const struct dfp_format *f,
					  unsigned wanted)
{
	struct dfp b;
	unsigned n, nibble;

	CHECK_PAIRS(f, op->rb);
	b = dfp_get(cpu, f, op->rb);
	n = dfp_length(&b);
	if (b.cls != SF_NUMBER)
		nibble = CR_SO;
	else if (!wanted || !n)
		nibble = CR_GT;
	else
		nibble = wanted < n ? CR_LT : wanted > n ? CR_GT : CR_EQ;
	return fpu_put_fpcc(cpu, BF_OF(op), nibble, 0);
}

DFP_OP_BF(dtstsf, test_significance, FPR(op->ra) & 63)
DFP_OP_BF(dtstsfi, test_significance, (uint32_t)op->imm >> 16 & 63)

#define DCM_OF(op) ((uint32_t)(op)->imm >> 10 & 63)

static enum insn_result put_test(struct icpu *cpu, const op_t *op, const struct dfp *v, bool match)
{
	return fpu_put_fpcc(cpu, BF_OF(op), (v->sign ? CR_LT : 0) | (match ? CR_EQ : 0), 0);
}

/* Classes, by bits of the mask from the left. */
static enum insn_result test_class(struct icpu *cpu, const op_t *op, const struct dfp_format *f)
{
	struct dfp a;
	unsigned bit;

	CHECK_PAIRS(f, op->ra);
	a = dfp_get(cpu, f, op->ra);
	switch (a.cls) {
	case SF_INF:
		bit = 0x04;
		break;
	case SF_QNAN:
		bit = 0x02;
		break;
	case SF_SNAN:
		bit = 0x01;
		break;
	default:
		bit = dfp_is_zero(&a) ? 0x20 : dfp_is_subnormal(f, &a) ? 0x10 : 0x08;
	}
	return put_test(cpu, op, &a, DCM_OF(op) & bit);
}

DFP_OP_BF(dtstdc, test_class)

/* Groups: whether exponent and first digit leave room for more. */
static enum insn_result test_group(struct icpu *cpu, const op_t *op, const struct dfp_format *f)
{
	struct dfp a;
	bool extreme;
	unsigned bit;

	CHECK_PAIRS(f, op->ra);
	a = dfp_get(cpu, f, op->ra);
	extreme = a.exp + f->bias == 0 || a.exp + f->bias == f->max;
	if (a.cls != SF_NUMBER)
		bit = 0x01;
	else if (dfp_is_zero(&a))
		bit = extreme ? 0x10 : 0x20;
	else if (extreme || dfp_is_subnormal(f, &a))
		bit = 0x08;
	else
		bit = a.digit[f->digits - 1] ? 0x02 : 0x04;
	return put_test(cpu, op, &a, DCM_OF(op) & bit);
}

DFP_OP_BF(dtstdg, test_group)

/* R and RMC: a rounding mode. */
static enum dfp_rounding rounding_of(const struct icpu *cpu, unsigned r, unsigned rmc)
{
	static const enum dfp_rounding modes[2][4] = {
		{DFP_NEAREST, DFP_TO_ZERO, DFP_NEAREST_AWAY, DFP_NEAREST},
		{DFP_UP, DFP_DOWN, DFP_AWAY, DFP_NEAREST_TO_ZERO},
	};

	return !r && rmc == 3 ? (enum dfp_rounding)(cpu->fpscr >> 32 & 7) : modes[r][rmc];
}

#define RMC_OF(op) ((uint32_t)(op)->imm >> 9 & 3)

/* An infinity keeps what another one asks for. */
static struct dfp quantize(struct dfp_ctx *c, const struct dfp_format *f, const struct dfp *b,
			   const struct dfp *like)
{
	if (dfp_is_nan(b) || dfp_is_nan(like))
		return dfp_first_nan(c, like, b);
	if (b->cls == SF_INF && like->cls == SF_INF)
		return (struct dfp){.cls = SF_INF, .sign = b->sign};
	if (b->cls == SF_INF || like->cls == SF_INF)
		return dfp_invalid(c, FPSCR_VXCVI);
	return dfp_quantize(c, *b, like->exp, f->digits);
}

static enum insn_result quantum_like(struct icpu *cpu, const op_t *op, const struct dfp_format *f)
{
	struct dfp_ctx c = dfp_begin(cpu);
	struct dfp a, b, v;

	CHECK_PAIRS(f, op->rt | op->ra | op->rb);
	a = dfp_get(cpu, f, op->ra);
	b = dfp_get(cpu, f, op->rb);
	c.rounding = rounding_of(cpu, 0, RMC_OF(op));
	v = quantize(&c, f, &b, &a);
	return dfp_end(cpu, &c, f, op->rt, &v);
}

DFP_OP(dqua, quantum_like)

/* To the exponent TE, a signed number in the place of FRA. */
static enum insn_result quantum_immediate(struct icpu *cpu, const op_t *op, const struct dfp_format *f)
{
	struct dfp_ctx c = dfp_begin(cpu);
	struct dfp like = {.cls = SF_NUMBER, .exp = (op->ra ^ 16) - 16}, b, v;

	CHECK_PAIRS(f, op->rt | op->rb);
	b = dfp_get(cpu, f, op->rb);
	c.rounding = rounding_of(cpu, 0, RMC_OF(op));
	v = quantize(&c, f, &b, &like);
	return dfp_end(cpu, &c, f, op->rt, &v);
}

DFP_OP(dquai, quantum_immediate)

/* To a number of significant digits. */
static struct dfp reround(struct dfp_ctx *c, const struct dfp_format *f, struct dfp b, unsigned wanted)
{
	unsigned n = dfp_length(&b);
	struct dfp v;
	int32_t exp;

	if (b.cls == SF_SNAN)
		return dfp_first_nan(c, &b, &b);
	if (b.cls != SF_NUMBER || !wanted || n <= wanted)
		return b;
	exp = b.exp + (int32_t)(n - wanted);
	v = dfp_quantize(c, b, exp, f->digits);
	if (dfp_length(&v) > wanted)
		dfp_shift_right(&v, 1);
	if (v.exp + f->bias <= f->max)
		return v;
	c->flags = 0;
	return dfp_invalid(c, FPSCR_VXCVI);
}

static enum insn_result round_digits(struct icpu *cpu, const op_t *op, const struct dfp_format *f)
{
	struct dfp_ctx c = dfp_begin(cpu);
	struct dfp v;

	CHECK_PAIRS(f, op->rt | op->rb);
	c.rounding = rounding_of(cpu, 0, RMC_OF(op));
	v = reround(&c, f, dfp_get(cpu, f, op->rb), FPR(op->ra) & 63);
	return dfp_end(cpu, &c, f, op->rt, &v);
}

DFP_OP(drrnd, round_digits)

static enum insn_result round_integer(struct icpu *cpu, const op_t *op, const struct dfp_format *f,
				      bool inexact)
{
	struct dfp_ctx c = dfp_begin(cpu);
	struct dfp v;

	CHECK_PAIRS(f, op->rt | op->rb);
	c.rounding = rounding_of(cpu, op->ra & 1, RMC_OF(op));
	v = dfp_get(cpu, f, op->rb);
	if (dfp_is_nan(&v))
		v = dfp_first_nan(&c, &v, &v);
	else if (v.cls == SF_NUMBER && v.exp < 0)
		v = dfp_quantize(&c, v, 0, f->digits);
	if (!inexact)
		c.flags &= ~(FPSCR_XX | FPSCR_FI | FPSCR_FR);
	return dfp_end(cpu, &c, f, op->rt, &v);
}

DFP_OP(drintx, round_integer, true)
DFP_OP(drintn, round_integer, false)
