/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VSX scalar floating point on doubleword 0 of the VSRs, Power ISA 3.0B Book I 7.6.1. */
#include "vmm/interp/ops_fp.h"
#include "vmm/interp/vec.h"

SCALAR_ADD(xsadddp, CHECK_VSX, op->ra, op->rb)
SCALAR_SUB(xssubdp, CHECK_VSX, op->ra, op->rb)
SCALAR_MUL(xsmuldp, CHECK_VSX, op->ra, op->rb)
SCALAR_DIV(xsdivdp, CHECK_VSX, op->ra, op->rb)
SCALAR_SQRT(xssqrtdp, CHECK_VSX, op->rb)
SCALAR_RE(xsredp, CHECK_VSX, op->rb, false)
SCALAR_RSQRTE(xsrsqrtedp, CHECK_VSX, op->rb, false)

SCALAR_ADD_S(xsaddsp, CHECK_VSX, op->ra, op->rb)
SCALAR_SUB_S(xssubsp, CHECK_VSX, op->ra, op->rb)
SCALAR_MUL_S(xsmulsp, CHECK_VSX, op->ra, op->rb)
SCALAR_DIV_S(xsdivsp, CHECK_VSX, op->ra, op->rb)
SCALAR_SQRT_S(xssqrtsp, CHECK_VSX, op->rb)
SCALAR_RE(xsresp, CHECK_VSX, op->rb, true)
SCALAR_RSQRTE(xsrsqrtesp, CHECK_VSX, op->rb, true)

/* The addend is the target, or (m) the multiplier is. */
#define MADD_FORMS(name, how)                                                                      \
	SCALAR_MADD(name##adp, CHECK_VSX, op->ra, op->rb, op->rt, how)                             \
	SCALAR_MADD(name##mdp, CHECK_VSX, op->ra, op->rt, op->rb, how)                             \
	SCALAR_MADD_S(name##asp, CHECK_VSX, op->ra, op->rb, op->rt, how)                           \
	SCALAR_MADD_S(name##msp, CHECK_VSX, op->ra, op->rt, op->rb, how)

MADD_FORMS(xsmadd, 0)
MADD_FORMS(xsmsub, FPU_MADD_SUB)
MADD_FORMS(xsnmadd, FPU_MADD_NEGATE)
MADD_FORMS(xsnmsub, FPU_MADD_SUB | FPU_MADD_NEGATE)

SCALAR_COMPARE(xscmpudp, CHECK_VSX, false)
SCALAR_COMPARE(xscmpodp, CHECK_VSX, true)

OP_CALL(xscmpexpdp, CHECK_VSX)
{
	return fpu_compare_exponents(cpu, BF_OF(op), &sf_double, FPR(op->ra), FPR(op->rb));
}

/* A result that leaves FPRF, FR and FI alone. */
static enum insn_result put_plain(struct icpu *cpu, const op_t *op, uint64_t bits, uint32_t flags)
{
	unsigned raised = fpu_raise(cpu, flags);

	if (!(raised & FPU_SUPPRESS))
		fpu_write(cpu, op->rt, bits);
	return fpu_result(cpu, raised);
}

static enum insn_result compare_mask(struct icpu *cpu, const op_t *op, bool mask, bool ordered)
{
	uint32_t flags = fpu_compare_flags(cpu, FPV(op->ra), FPV(op->rb), ordered);

	return put_plain(cpu, op, mask ? ~0ULL : 0, flags);
}

#define OP_MASK(name, relation, ordered)                                                           \
	OP_CALL(name, CHECK_VSX)                                                                   \
	{                                                                                          \
		return compare_mask(cpu, op, FPRD(op->ra) relation FPRD(op->rb), ordered);         \
	}

OP_MASK(xscmpeqdp, ==, false)
OP_MASK(xscmpgedp, >=, true)
OP_MASK(xscmpgtdp, >, true)

static enum insn_result max_slow(struct icpu *cpu, const op_t *op, bool minimum)
{
	struct sf_ctx c = fpu_ctx(cpu);
	u128 r = fpu_max(&c, &sf_double, FPR(op->ra), FPR(op->rb), minimum);

	return put_plain(cpu, op, (uint64_t)r, c.flags);
}

#define OP_MAX(name, relation, minimum)                                                            \
	OP_CALL(slow_##name, CHECK_NONE)                                                           \
	{                                                                                          \
		return max_slow(cpu, op, minimum);                                                 \
	}                                                                                          \
	OP(name)                                                                                   \
	{                                                                                          \
		double a_, b_;                                                                     \
                                                                                                   \
		CHECK_VSX;                                                                         \
		a_ = FPRD(op->ra);                                                                 \
		b_ = FPRD(op->rb);                                                                 \
		if (unlikely(!(a_ < b_ || a_ > b_)))                                               \
			return h_slow_##name(ARGV);                                                \
		fpu_write(cpu, op->rt, fpu_bits(a_ relation b_ ? a_ : b_));                        \
		NEXT();                                                                            \
	}

OP_MAX(xsmaxdp, >, false)
OP_MAX(xsmindp, <, true)

static uint32_t snan_flag(uint64_t a, uint64_t b)
{
	return fpu_is_snan(a) || fpu_is_snan(b) ? FPSCR_VXSNAN : 0;
}

/* As C's conditional expression does it: of two that are not ordered, the second. */
OP_CALL(xsmaxcdp, CHECK_VSX)
{
	uint64_t a = FPR(op->ra), b = FPR(op->rb);

	return put_plain(cpu, op, fpu_d(a) >= fpu_d(b) ? a : b, snan_flag(a, b));
}

OP_CALL(xsmincdp, CHECK_VSX)
{
	uint64_t a = FPR(op->ra), b = FPR(op->rb);

	return put_plain(cpu, op, fpu_d(a) < fpu_d(b) ? a : b, snan_flag(a, b));
}

/* As Java does it: a NaN is the result, and zeros are ordered. */
static enum insn_result max_java(struct icpu *cpu, const op_t *op, bool minimum)
{
	uint64_t a = FPR(op->ra), b = FPR(op->rb);
	struct sf_ctx c = fpu_ctx(cpu);

	if (fpu_is_nan(a))
		return put_plain(cpu, op, a, snan_flag(a, 0));
	if (fpu_is_nan(b))
		return put_plain(cpu, op, b, snan_flag(b, 0));
	return put_plain(cpu, op, (uint64_t)fpu_max(&c, &sf_double, a, b, minimum), 0);
}

OP_CALL(xsmaxjdp, CHECK_VSX)
{
	return max_java(cpu, op, false);
}

OP_CALL(xsminjdp, CHECK_VSX)
{
	return max_java(cpu, op, true);
}

#define OP_MOVE(name, value)                                                                       \
	OP(name)                                                                                   \
	{                                                                                          \
		CHECK_VSX;                                                                         \
		fpu_write(cpu, op->rt, value);                                                     \
		NEXT();                                                                            \
	}

OP_MOVE(xsabsdp, FPR(op->rb) & ~FP_SIGN)
OP_MOVE(xsnabsdp, FPR(op->rb) | FP_SIGN)
OP_MOVE(xsnegdp, FPR(op->rb) ^ FP_SIGN)
OP_MOVE(xscpsgndp, (FPR(op->ra) & FP_SIGN) | (FPR(op->rb) & ~FP_SIGN))

OP_VOID(xstdivdp, CHECK_VSX)
{
	cr_set_field(cpu, BF_OF(op), fpu_test_div(&sf_double, FPR(op->ra), FPR(op->rb)));
}

OP_VOID(xstsqrtdp, CHECK_VSX)
{
	cr_set_field(cpu, BF_OF(op), fpu_test_sqrt(&sf_double, FPR(op->rb)));
}

#define DCMX_OF(op) ((uint32_t)(op)->imm >> 16 & 0x7f)

OP_CALL(xststdcdp, CHECK_VSX)
{
	uint64_t b = FPR(op->rb);
	bool match = fpu_in_class(&sf_double, b, DCMX_OF(op));

	return fpu_put_fpcc(cpu, BF_OF(op), (b & FP_SIGN ? CR_LT : 0) | (match ? CR_EQ : 0), 0);
}

/* The classes are those of a single, in double format. */
OP_CALL(xststdcsp, CHECK_VSX)
{
	uint64_t b = FPR(op->rb);
	uint32_t s = fpu_double_to_single(b);
	bool tiny = fpu_exponent(b) < 0x381 && !fpu_is_zero(b);
	bool match = fpu_in_class(&sf_double, tiny ? (b & FP_SIGN) | 1 : b, DCMX_OF(op));
	bool fits = fpu_single_to_double(s) == b;

	return fpu_put_fpcc(cpu, BF_OF(op),
			    (b & FP_SIGN ? CR_LT : 0) | (match ? CR_EQ : 0) | (fits ? 0 : CR_SO),
			    0);
}

OP(xsiexpdp)
{
	CHECK_VSX;
	fpu_write(cpu, op->rt,
		  (cpu->gpr[REG_OF(op->ra)] & ~FP_EXP) | (cpu->gpr[REG_OF(op->rb)] & 0x7ff) << 52);
	NEXT();
}

OP(xsxexpdp)
{
	CHECK_VSX;
	cpu->gpr[REG_OF(op->rt)] = fpu_exponent(FPR(op->rb));
	NEXT();
}

OP(xsxsigdp)
{
	uint64_t b;

	CHECK_VSX;
	b = FPR(op->rb);
	cpu->gpr[REG_OF(op->rt)] =
		(b & FP_FRAC) | (uint64_t)(fpu_exponent(b) - 1 < 0x7fe) << 52;
	NEXT();
}
