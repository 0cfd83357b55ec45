/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Quad precision: scalars in VRs, Power ISA 3.0B Book I 7.6.1. Forms with "o" round to odd. */
#include "vmm/interp/ops_fp.h"
#include "vmm/interp/vec.h"

#define CURRENT_ROUNDING ((enum sf_rounding)(cpu->fpscr & FPSCR_RN))
#define QUAD(n)          (cpu->vsr[n].q)
#define QUAD_SIGN        ((u128)1 << 127)
#define QUAD_EXP         ((u128)0x7fff << 112)
#define QUAD_FRAC        (((u128)1 << 112) - 1)

static struct softfp quad_get(const struct icpu *cpu, unsigned n)
{
	return sf_unpack(&sf_quad, QUAD(n));
}

static struct sf_ctx quad_ctx(const struct icpu *cpu, bool to_odd)
{
	struct sf_ctx c = fpu_ctx(cpu);

	if (to_odd)
		c.rounding = SF_TO_ODD;
	return c;
}

static enum insn_result quad_put(struct icpu *cpu, struct sf_ctx *c, unsigned rt, struct softfp v,
				 bool negate)
{
	u128 q = sf_pack(c, &sf_quad, v);

	if (negate && !sf_is_nan(v))
		q ^= QUAD_SIGN;
	return fpu_put_q(cpu, rt, q, sf_fprf(&sf_quad, q), c->flags);
}

static enum insn_result quad_arith(struct icpu *cpu, const op_t *op, enum fpu_op kind, bool to_odd)
{
	struct sf_ctx c = quad_ctx(cpu, to_odd);
	struct softfp v =
		fpu_soft_arith(&c, kind, quad_get(cpu, op->ra), quad_get(cpu, op->rb));

	return quad_put(cpu, &c, op->rt, v, false);
}

static enum insn_result quad_madd(struct icpu *cpu, const op_t *op, unsigned how, bool to_odd)
{
	struct sf_ctx c = quad_ctx(cpu, to_odd);
	struct softfp t = quad_get(cpu, op->rt);

	if (how & FPU_MADD_SUB)
		t = sf_negate(t);
	t = sf_madd(&c, quad_get(cpu, op->ra), quad_get(cpu, op->rb), t);
	return quad_put(cpu, &c, op->rt, t, how & FPU_MADD_NEGATE);
}

static enum insn_result quad_sqrt(struct icpu *cpu, const op_t *op, bool to_odd)
{
	struct sf_ctx c = quad_ctx(cpu, to_odd);

	return quad_put(cpu, &c, op->rt, sf_sqrt(&c, quad_get(cpu, op->rb)), false);
}

#define OP_QUAD(name, function, ...)                                                               \
	OP_CALL(name, CHECK_VSX)                                                                   \
	{                                                                                          \
		return function(cpu, op, ##__VA_ARGS__, false);                                    \
	}                                                                                          \
	OP_CALL(name##o, CHECK_VSX)                                                                \
	{                                                                                          \
		return function(cpu, op, ##__VA_ARGS__, true);                                     \
	}

OP_QUAD(xsaddqp, quad_arith, FPU_ADD)
OP_QUAD(xssubqp, quad_arith, FPU_SUB)
OP_QUAD(xsmulqp, quad_arith, FPU_MUL)
OP_QUAD(xsdivqp, quad_arith, FPU_DIV)
OP_QUAD(xsmaddqp, quad_madd, 0)
OP_QUAD(xsmsubqp, quad_madd, FPU_MADD_SUB)
OP_QUAD(xsnmaddqp, quad_madd, FPU_MADD_NEGATE)
OP_QUAD(xsnmsubqp, quad_madd, FPU_MADD_SUB | FPU_MADD_NEGATE)
OP_QUAD(xssqrtqp, quad_sqrt)

#define IN_DW0 ((u128)1 << 64)

static enum insn_result quad_to_double(struct icpu *cpu, const op_t *op, bool to_odd)
{
	return fpu_convert(cpu, op->rt, &sf_quad, QUAD(op->rb), &sf_double,
			   to_odd ? SF_TO_ODD : CURRENT_ROUNDING, IN_DW0);
}

OP_QUAD(xscvqpdp, quad_to_double)

OP_CALL(xscvdpqp, CHECK_VSX)
{
	return fpu_convert(cpu, op->rt, &sf_double, FPR(op->rb), &sf_quad, SF_NEAREST, 1);
}

/* From a doubleword; always exact. */
static enum insn_result quad_from_int(struct icpu *cpu, const op_t *op, bool is_signed)
{
	struct sf_ctx c = fpu_ctx(cpu);
	uint64_t b = FPR(op->rb);
	u128 v = is_signed ? (u128)(int64_t)b : b;

	return quad_put(cpu, &c, op->rt, sf_from_int(v, is_signed), false);
}

OP_CALL(xscvsdqp, CHECK_VSX)
{
	return quad_from_int(cpu, op, true);
}

OP_CALL(xscvudqp, CHECK_VSX)
{
	return quad_from_int(cpu, op, false);
}

#define OP_TO_INT(name, kind)                                                                      \
	OP_CALL(name, CHECK_VSX)                                                                   \
	{                                                                                          \
		return fpu_to_int(cpu, op->rt, quad_get(cpu, op->rb), kind, SF_TO_ZERO);           \
	}

OP_TO_INT(xscvqpsdz, FPU_S64)
OP_TO_INT(xscvqpswz, FPU_S32)
OP_TO_INT(xscvqpudz, FPU_U64)
OP_TO_INT(xscvqpuwz, FPU_U32)

/* R and RMC: the rounding mode; two combinations are reserved. */
static enum insn_result quad_rounding(const struct icpu *cpu, const op_t *op,
				      enum sf_rounding *ret)
{
	static const enum sf_rounding modes[] = {SF_NEAREST, SF_TO_ZERO, SF_UP, SF_DOWN};
	uint32_t word = (uint32_t)op->imm;
	unsigned rmc = word >> 9 & 3;

	if (word >> 16 & 1)
		*ret = modes[rmc];
	else if (rmc == 0)
		*ret = SF_NEAREST_AWAY;
	else if (rmc == 3)
		*ret = CURRENT_ROUNDING;
	else
		return INSN_ILLEGAL;
	return INSN_OK;
}

static enum insn_result quad_round_int(struct icpu *cpu, const op_t *op, bool inexact)
{
	struct sf_ctx c = fpu_ctx(cpu);
	enum sf_rounding rounding;
	struct softfp v;

	if (quad_rounding(cpu, op, &rounding) != INSN_OK)
		return INSN_ILLEGAL;
	v = sf_round_int(&c, quad_get(cpu, op->rb), rounding);
	if (!inexact)
		c.flags &= ~(FPSCR_XX | FPSCR_FI | FPSCR_FR);
	return quad_put(cpu, &c, op->rt, v, false);
}

OP_CALL(xsrqpi, CHECK_VSX)
{
	return quad_round_int(cpu, op, false);
}

OP_CALL(xsrqpix, CHECK_VSX)
{
	return quad_round_int(cpu, op, true);
}

/* To a significand of 64 bits, as the x87's. */
OP_CALL(xsrqpxp, CHECK_VSX)
{
	static const struct sf_format extended = {63, 15, 16383, 24576};
	struct sf_ctx c = fpu_ctx(cpu);
	struct softfp v = sf_quiet(&c, quad_get(cpu, op->rb));

	if (quad_rounding(cpu, op, &c.rounding) != INSN_OK)
		return INSN_ILLEGAL;
	/* underflow is none of its exceptions */
	c.enables &= ~FPSCR_UE;
	if (v.cls == SF_NUMBER)
		v = sf_unpack(&extended, sf_pack(&c, &extended, v));
	c.flags &= ~FPSCR_UX;
	return quad_put(cpu, &c, op->rt, v, false);
}

OP_CALL(xscmpuqp, CHECK_VSX)
{
	return fpu_compare(cpu, BF_OF(op), quad_get(cpu, op->ra), quad_get(cpu, op->rb), false);
}

OP_CALL(xscmpoqp, CHECK_VSX)
{
	return fpu_compare(cpu, BF_OF(op), quad_get(cpu, op->ra), quad_get(cpu, op->rb), true);
}

OP_CALL(xscmpexpqp, CHECK_VSX)
{
	return fpu_compare_exponents(cpu, BF_OF(op), &sf_quad, QUAD(op->ra), QUAD(op->rb));
}

OP_CALL(xststdcqp, CHECK_VSX)
{
	u128 b = QUAD(op->rb);
	bool match = fpu_in_class(&sf_quad, b, (uint32_t)op->imm >> 16 & 0x7f);

	return fpu_put_fpcc(cpu, BF_OF(op), (b & QUAD_SIGN ? CR_LT : 0) | (match ? CR_EQ : 0), 0);
}

#define OP_MOVE(name, value)                                                                       \
	OP(name)                                                                                   \
	{                                                                                          \
		CHECK_VSX;                                                                         \
		QUAD(op->rt) = (value);                                                            \
		NEXT();                                                                            \
	}

OP_MOVE(xsabsqp, QUAD(op->rb) & ~QUAD_SIGN)
OP_MOVE(xsnabsqp, QUAD(op->rb) | QUAD_SIGN)
OP_MOVE(xsnegqp, QUAD(op->rb) ^ QUAD_SIGN)
OP_MOVE(xscpsgnqp, (QUAD(op->ra) & QUAD_SIGN) | (QUAD(op->rb) & ~QUAD_SIGN))
OP_MOVE(xsiexpqp, (QUAD(op->ra) & ~QUAD_EXP) | (u128)(FPR(op->rb) & 0x7fff) << 112)
OP_MOVE(xsxexpqp, (QUAD(op->rb) & QUAD_EXP) >> 112 << 64)

OP(xsxsigqp)
{
	u128 b;

	CHECK_VSX;
	b = QUAD(op->rb);
	QUAD(op->rt) = (b & QUAD_FRAC) |
		       (u128)((b & QUAD_EXP) != 0 && (b & QUAD_EXP) != QUAD_EXP) << 112;
	NEXT();
}
