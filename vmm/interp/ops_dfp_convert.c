/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decimal floating point: conversions and formats (Power ISA I.5.6.5, 5.6.6). */
#include <string.h>

#include "vmm/interp/ops_dfp.h"
#include "vmm/interp/vec.h"

/* Between formats. NaNs keep as many digits of their payload as fit, the last ones. */
static void payload_trim(const struct dfp_format *f, struct dfp *v)
{
	for (unsigned i = 3u * f->declets; v->cls != SF_NUMBER && i < DFP_DIGITS; i++)
		v->digit[i] = 0;
}

static struct dfp quiet(struct dfp_ctx *c, struct dfp v)
{
	return v.cls == SF_SNAN ? dfp_first_nan(c, &v, &v) : v;
}

/* From short, whose bits are the last of the FPR: no exception, signaling NaNs as they are. */
static enum insn_result from_short(struct icpu *cpu, const op_t *op)
{
	struct dfp_ctx c = {0};
	struct dfp v = dfp_unpack(&dfp_short, (uint32_t)FPR(op->rb));

	return dfp_end(cpu, &c, &dfp_long, op->rt, &v);
}

DFP_RECORDING(dctdp, from_short)

static enum insn_result to_short(struct icpu *cpu, const op_t *op)
{
	struct dfp_ctx c = dfp_begin(cpu);
	struct dfp v = dfp_get(cpu, &dfp_long, op->rb);

	payload_trim(&dfp_short, &v);
	v = dfp_round(&c, &dfp_short, v, v.exp);
	return dfp_end(cpu, &c, &dfp_short, op->rt, &v);
}

DFP_RECORDING(drsp, to_short)

static enum insn_result to_extended(struct icpu *cpu, const op_t *op)
{
	struct dfp_ctx c = dfp_begin(cpu);
	struct dfp v;

	CHECK_PAIRS(&dfp_extended, op->rt);
	v = quiet(&c, dfp_get(cpu, &dfp_long, op->rb));
	return dfp_end(cpu, &c, &dfp_extended, op->rt, &v);
}

DFP_RECORDING(dctqpq, to_extended)

/* The second register of the pair becomes zero. */
static enum insn_result from_extended(struct icpu *cpu, const op_t *op)
{
	struct dfp_ctx c = dfp_begin(cpu);
	enum insn_result r;
	bool suppressed;
	struct dfp v;

	CHECK_PAIRS(&dfp_extended, op->rt | op->rb);
	v = quiet(&c, dfp_get(cpu, &dfp_extended, op->rb));
	payload_trim(&dfp_long, &v);
	v = dfp_round(&c, &dfp_long, v, v.exp);
	r = dfp_end(cpu, &c, &dfp_long, op->rt, &v);
	suppressed = (c.flags & FPSCR_VXALL) && (cpu->fpscr & FPSCR_VE);
	if (!suppressed)
		fpu_write(cpu, op->rt + 1u, 0);
	return r;
}

DFP_RECORDING(drdpq, from_extended)

static enum insn_result put_int(struct icpu *cpu, unsigned rt, const struct dfp_format *f, u128 n, bool sign)
{
	struct dfp_ctx c = dfp_begin(cpu);
	struct dfp v = dfp_round(&c, f, dfp_from_int(n, sign), 0);

	return dfp_end(cpu, &c, f, rt, &v);
}

static enum insn_result from_int64(struct icpu *cpu, const op_t *op, const struct dfp_format *f)
{
	int64_t n = (int64_t)FPR(op->rb);

	CHECK_PAIRS(f, op->rt);
	return put_int(cpu, op->rt, f, n < 0 ? -(uint64_t)n : (uint64_t)n, n < 0);
}

DFP_OP(dcffix, from_int64)

/* Integers of a quadword are in VRs. */
OP_CALL(dcffixqq, CHECK_FP)
{
	__int128 n = cpu->vsr[32 + op->rb].sq;

	CHECK_PAIRS(&dfp_extended, op->rt);
	if (!(cpu->msr & MSR_VEC))
		return INSN_VEC_UNAVAIL;
	return put_int(cpu, op->rt, &dfp_extended, n < 0 ? -(u128)n : (u128)n, n < 0);
}

#define INT_DIGITS 39 /* of the greatest integer */

/* To @bits bits; what does not fit becomes the limit, with VXCVI. */
static u128 to_int(struct dfp_ctx *c, struct dfp v, unsigned bits)
{
	u128 limit = (u128)1 << (bits - 1), n = 0;
	bool fits = v.cls == SF_NUMBER;

	if (v.cls == SF_SNAN)
		c->flags |= FPSCR_VXSNAN;
	if (fits && v.exp < 0)
		v = dfp_quantize(c, v, 0, DFP_DIGITS);
	if (fits && dfp_length(&v))
		fits = (int32_t)dfp_length(&v) + v.exp <= INT_DIGITS;
	for (unsigned i = fits ? dfp_length(&v) : 0; i-- > 0;)
		n = 10 * n + v.digit[i];
	for (int32_t e = 0; n && e < v.exp; e++)
		n *= 10;
	if (fits && n <= limit - !v.sign)
		return v.sign ? -n : n;
	c->flags = (c->flags & FPSCR_VXSNAN) | FPSCR_VXCVI;
	return v.sign || dfp_is_nan(&v) ? -limit : limit - 1;
}

static enum insn_result to_int64(struct icpu *cpu, const op_t *op, const struct dfp_format *f)
{
	struct dfp_ctx c = dfp_begin(cpu);
	unsigned raised;
	u128 n;

	CHECK_PAIRS(f, op->rb);
	n = to_int(&c, dfp_get(cpu, f, op->rb), 64);
	raised = fpu_raise_scalar(cpu, c.flags);
	if (!(raised & FPU_SUPPRESS))
		fpu_write(cpu, op->rt, (uint64_t)n);
	return fpu_result(cpu, raised);
}

DFP_OP(dctfix, to_int64)

OP_CALL(dctfixqq, CHECK_FP)
{
	struct dfp_ctx c = dfp_begin(cpu);
	unsigned raised;
	u128 n;

	CHECK_PAIRS(&dfp_extended, op->rb);
	if (!(cpu->msr & MSR_VEC))
		return INSN_VEC_UNAVAIL;
	n = to_int(&c, dfp_get(cpu, &dfp_extended, op->rb), 128);
	raised = fpu_raise_scalar(cpu, c.flags);
	if (!(raised & FPU_SUPPRESS))
		cpu->vsr[32 + op->rt].q = n;
	return fpu_result(cpu, raised);
}

static unsigned nibbles_of(const struct dfp_format *f)
{
	return IS_PAIR(f) ? 32 : 16;
}

/* Digits to BCD, the last ones; SP: unsigned, or with a sign of 1100 or 1111 for plus. */
static enum insn_result to_bcd(struct icpu *cpu, const op_t *op, const struct dfp_format *f)
{
	unsigned sp = op->ra >> 3, first = sp >> 1;
	u128 bits = 0;
	struct dfp b;

	CHECK_PAIRS(f, op->rt | op->rb);
	b = dfp_get(cpu, f, op->rb);
	for (unsigned i = first; i < nibbles_of(f); i++)
		bits |= (u128)b.digit[i - first] << 4 * i;
	if (first)
		bits |= b.sign ? 13 : sp & 1 ? 15 : 12;
	dfp_put_bits(cpu, f, op->rt, bits);
	return INSN_OK;
}

DFP_OP(ddedpd, to_bcd)

/* S: the last nibble is a sign. False: a digit or the sign is none. */
static bool bcd_take(struct dfp *v, u128 bits, unsigned nibbles, bool has_sign)
{
	unsigned sign = (unsigned)bits & 15;

	if (has_sign) {
		if (sign < 10)
			return false;
		v->sign = sign == 11 || sign == 13;
		bits >>= 4;
		nibbles--;
	}
	for (unsigned i = 0; i < nibbles; i++, bits >>= 4) {
		v->digit[i] = (uint8_t)bits & 15;
		if (v->digit[i] > 9)
			return false;
	}
	return true;
}

static enum insn_result from_bcd(struct icpu *cpu, const op_t *op, const struct dfp_format *f)
{
	struct dfp_ctx c = dfp_begin(cpu);
	struct dfp v = {.cls = SF_NUMBER};

	CHECK_PAIRS(f, op->rt | op->rb);
	if (!bcd_take(&v, dfp_bits(cpu, f, op->rb), nibbles_of(f), op->ra >> 4))
		v = dfp_invalid(&c, FPSCR_VXCVI);
	return dfp_end(cpu, &c, f, op->rt, &v);
}

DFP_OP(denbcd, from_bcd)

/* Biased exponents in FPRs; what is not finite has negative numbers. */
#define EXPONENT_INF  (-1)
#define EXPONENT_QNAN (-2)
#define EXPONENT_SNAN (-3)

static enum insn_result exponent_extract(struct icpu *cpu, const op_t *op, const struct dfp_format *f)
{
	static const int64_t others[] = {[SF_INF] = EXPONENT_INF, [SF_QNAN] = EXPONENT_QNAN,
					 [SF_SNAN] = EXPONENT_SNAN};
	struct dfp b;

	CHECK_PAIRS(f, op->rb);
	b = dfp_get(cpu, f, op->rb);
	fpu_write(cpu, op->rt, (uint64_t)(b.cls == SF_NUMBER ? b.exp + f->bias : others[b.cls]));
	return INSN_OK;
}

DFP_OP(dxex, exponent_extract)

static enum insn_result exponent_insert(struct icpu *cpu, const op_t *op, const struct dfp_format *f)
{
	int64_t exp = (int64_t)FPR(op->ra);
	struct dfp v;
	u128 bits;

	CHECK_PAIRS(f, op->rt | op->rb);
	v = dfp_get(cpu, f, op->rb);
	v.cls = exp == EXPONENT_INF ? SF_INF
		: exp == EXPONENT_SNAN ? SF_SNAN
		: exp < 0 || exp > f->max ? SF_QNAN : SF_NUMBER;
	v.exp = v.cls == SF_NUMBER ? (int32_t)exp - f->bias : 0;
	if (v.cls != SF_NUMBER) /* the digits' bits stay as they are */
		memset(v.digit, 0, sizeof(v.digit));
	bits = dfp_pack(f, &v);
	if (v.cls != SF_NUMBER)
		bits |= dfp_bits(cpu, f, op->rb) & (((u128)1 << 10 * f->declets) - 1);
	dfp_put_bits(cpu, f, op->rt, bits);
	return INSN_OK;
}

DFP_OP(diex, exponent_insert)

/* The coefficient, or a payload, moved by digits; the exponent stays. */
static enum insn_result shift(struct icpu *cpu, const op_t *op, const struct dfp_format *f, bool left)
{
	unsigned n = (uint32_t)op->imm >> 10 & 63, kept;
	struct dfp v;
	int32_t exp;

	CHECK_PAIRS(f, op->rt | op->ra);
	v = dfp_get(cpu, f, op->ra);
	exp = v.exp;
	if (left)
		dfp_shift_left(&v, n);
	else
		dfp_shift_right(&v, n);
	v.exp = exp;
	kept = v.cls == SF_NUMBER ? f->digits : 3u * f->declets;
	for (unsigned i = kept; i < DFP_DIGITS; i++)
		v.digit[i] = 0;
	dfp_put_bits(cpu, f, op->rt, dfp_pack(f, &v));
	return INSN_OK;
}

DFP_OP(dscli, shift, true)
DFP_OP(dscri, shift, false)
