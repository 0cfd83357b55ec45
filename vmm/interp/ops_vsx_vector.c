/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VSX vector floating-point arithmetic, Power ISA 3.0B Book I 7.6.1: the host's vector operation when no
 * element needs flags, else h_slow_<name>.
 */
#include "vmm/interp/ops_vec_fp.h"

/* @value: of the vectors a and b; it is the result if any flag of @fast is on and @fits holds for r. */
#define OP_XV2(name, type, fast, value, fits, slow)                                                \
	OP_CALL(slow_##name, CHECK_NONE)                                                           \
	{                                                                                          \
		return slow;                                                                       \
	}                                                                                          \
	OP(name)                                                                                   \
	{                                                                                          \
		type a, b, r;                                                                      \
                                                                                                   \
		CHECK_VSX;                                                                         \
		a = VSR_AS(type, op->ra);                                                          \
		b = VSR_AS(type, op->rb);                                                          \
		r = (value);                                                                       \
		if (unlikely(!(cpu->fp_fast & (fast)) || !(fits)))                                 \
			return h_slow_##name(ARGV);                                                \
		VSR_AS(type, op->rt) = r;                                                          \
		NEXT();                                                                            \
	}

#define OP_XV1(name, type, fast, value, fits, slow)                                                \
	OP_CALL(slow_##name, CHECK_NONE)                                                           \
	{                                                                                          \
		return slow;                                                                       \
	}                                                                                          \
	OP(name)                                                                                   \
	{                                                                                          \
		type b, r;                                                                         \
                                                                                                   \
		CHECK_VSX;                                                                         \
		b = VSR_AS(type, op->rb);                                                          \
		r = (value);                                                                       \
		if (unlikely(!(cpu->fp_fast & (fast)) || !(fits)))                                 \
			return h_slow_##name(ARGV);                                                \
		VSR_AS(type, op->rt) = r;                                                          \
		NEXT();                                                                            \
	}

/* Sums are never tiny and inexact. */
OP_XV2(xvadddp, vf64, FP_FAST, a + b, vd_is_finite(r), fpv_arith(cpu, op, FPU_ADD, false))
OP_XV2(xvsubdp, vf64, FP_FAST, a - b, vd_is_finite(r), fpv_arith(cpu, op, FPU_SUB, false))
OP_XV2(xvmuldp, vf64, FP_FAST, a *b, vd_is_plain(r, (a == 0) | (b == 0)),
       fpv_arith(cpu, op, FPU_MUL, false))
OP_XV2(xvdivdp, vf64, FP_FAST, a / b, vd_is_plain(r, a == 0),
       fpv_arith(cpu, op, FPU_DIV, false))
OP_XV2(xvaddsp, vf32, FP_FAST, a + b, vs_is_finite(r), fpv_arith(cpu, op, FPU_ADD, true))
OP_XV2(xvsubsp, vf32, FP_FAST, a - b, vs_is_finite(r), fpv_arith(cpu, op, FPU_SUB, true))
OP_XV2(xvmulsp, vf32, FP_FAST, a *b, vs_is_plain(r, (a == 0) | (b == 0)),
       fpv_arith(cpu, op, FPU_MUL, true))
OP_XV2(xvdivsp, vf32, FP_FAST, a / b, vs_is_plain(r, a == 0),
       fpv_arith(cpu, op, FPU_DIV, true))

static inline vf64 sqrt_vd(vf64 b)
{
	return (vf64){host_sqrt(b[0]), host_sqrt(b[1])};
}

static inline vf32 sqrt_vs(vf32 b)
{
	return (vf32){host_sqrt_s(b[0]), host_sqrt_s(b[1]), host_sqrt_s(b[2]), host_sqrt_s(b[3])};
}

OP_XV1(xvsqrtdp, vf64, FP_FAST, sqrt_vd(b), vd_is_plain(r, b == 0), fpv_sqrt(cpu, op, false))
OP_XV1(xvsqrtsp, vf32, FP_FAST, sqrt_vs(b), vs_is_plain(r, b == 0), fpv_sqrt(cpu, op, true))

/* The estimates are the exact quotients rounded. */
#define NO_ZERO ((vs64){0})
OP_XV1(xvredp, vf64, FP_FAST, 1.0 / b, vd_is_plain(r, NO_ZERO), fpv_reciprocal(cpu, op, false))
OP_XV1(xvresp, vf32, FP_FAST, 1.0f / b, vs_is_plain(r, (vs32)NO_ZERO),
       fpv_reciprocal(cpu, op, true))
OP_XV1(xvrsqrtedp, vf64, FP_FAST, 1.0 / sqrt_vd(b), vd_is_plain(r, NO_ZERO),
       fpv_rsqrt(cpu, op, false))
OP_XV1(xvrsqrtesp, vf32, FP_FAST, 1.0f / sqrt_vs(b), vs_is_plain(r, (vs32)NO_ZERO),
       fpv_rsqrt(cpu, op, true))

#define SIGNS_VD ((vu64){0} + FP_SIGN)
#define SIGNS_VS ((vu32){0} + 0x80000000u)

/* ± (a * m ± b) */
#define OP_XV_MADD(name, type, ints, fma, signs, plain, ra_, m_, b_, how)                          \
	OP_CALL(slow_##name, CHECK_NONE)                                                           \
	{                                                                                          \
		return fpv_madd(cpu, op->rt, ra_, m_, b_, how);                                    \
	}                                                                                          \
	OP(name)                                                                                   \
	{                                                                                          \
		type a, m, b, r;                                                                   \
                                                                                                   \
		CHECK_VSX;                                                                         \
		if (unlikely(!(cpu->fp_fast & FP_FAST_MADD)))                                      \
			return h_slow_##name(ARGV);                                                \
		a = VSR_AS(type, ra_);                                                             \
		m = VSR_AS(type, m_);                                                              \
		b = VSR_AS(type, b_);                                                              \
		if ((how) & FPU_MADD_SUB)                                                          \
			b = (type)((ints)b ^ signs);                                               \
		r = fma(a, m, b);                                                                  \
		if (unlikely(!plain(r, ((a == 0) | (m == 0)) & (b == 0))))                         \
			return h_slow_##name(ARGV);                                                \
		if ((how) & FPU_MADD_NEGATE)                                                       \
			r = (type)((ints)r ^ signs);                                               \
		VSR_AS(type, op->rt) = r;                                                          \
		NEXT();                                                                            \
	}

#define MADD_DP(name, m, b, how)                                                                   \
	OP_XV_MADD(name, vf64, vu64, host_fma_vd, SIGNS_VD, vd_is_plain, op->ra, m, b, how)
#define MADD_SP(name, m, b, how)                                                                   \
	OP_XV_MADD(name, vf32, vu32, host_fma_vs, SIGNS_VS, vs_is_plain, op->ra, m, b,             \
		   (how) | FPU_MADD_SINGLE)

/* The addend is the target, or (m) the multiplier is. */
#define MADD_FORMS(name, how)                                                                      \
	MADD_DP(name##adp, op->rb, op->rt, how)                                                    \
	MADD_DP(name##mdp, op->rt, op->rb, how)                                                    \
	MADD_SP(name##asp, op->rb, op->rt, how)                                                    \
	MADD_SP(name##msp, op->rt, op->rb, how)

MADD_FORMS(xvmadd, 0)
MADD_FORMS(xvmsub, FPU_MADD_SUB)
MADD_FORMS(xvnmadd, FPU_MADD_NEGATE)
MADD_FORMS(xvnmsub, FPU_MADD_SUB | FPU_MADD_NEGATE)

/* The greater or the lesser one; of zeros, +0 is the greater. Without flags unless there is a NaN. */
#define OP_XV_MAX(name, type, ints, relation, of_equals, minimum, single)                          \
	OP_CALL(slow_##name, CHECK_NONE)                                                           \
	{                                                                                          \
		return fpv_max(cpu, op, minimum, single);                                          \
	}                                                                                          \
	OP(name)                                                                                   \
	{                                                                                          \
		type fa, fb;                                                                       \
		ints a, b, first, equal;                                                           \
                                                                                                   \
		CHECK_VSX;                                                                         \
		fa = VSR_AS(type, op->ra);                                                         \
		fb = VSR_AS(type, op->rb);                                                         \
		if (unlikely(!vec_all((vu64)((fa == fa) & (fb == fb)))))                           \
			return h_slow_##name(ARGV);                                                \
		a = (ints)fa;                                                                      \
		b = (ints)fb;                                                                      \
		first = (ints)(fa relation fb);                                                    \
		equal = (ints)(fa == fb);                                                          \
		VSR_AS(ints, op->rt) = (a & first) | (b & ~first & ~equal) | (of_equals & equal);  \
		NEXT();                                                                            \
	}

OP_XV_MAX(xvmaxdp, vf64, vu64, >, (a & b), false, false)
OP_XV_MAX(xvmindp, vf64, vu64, <, (a | b), true, false)
OP_XV_MAX(xvmaxsp, vf32, vu32, >, (a & b), false, true)
OP_XV_MAX(xvminsp, vf32, vu32, <, (a | b), true, true)

/* Without flags unless there is a NaN. */
#define OP_XV_COMPARE_(name, type, ints, relation, which, record, single)                          \
	OP_CALL(slow_##name, CHECK_NONE)                                                           \
	{                                                                                          \
		return fpv_compare(cpu, op, which, record, single);                                \
	}                                                                                          \
	OP(name)                                                                                   \
	{                                                                                          \
		type a, b;                                                                         \
		ints mask;                                                                         \
                                                                                                   \
		CHECK_VSX;                                                                         \
		a = VSR_AS(type, op->ra);                                                          \
		b = VSR_AS(type, op->rb);                                                          \
		if (unlikely(!vec_all((vu64)((a == a) & (b == b)))))                               \
			return h_slow_##name(ARGV);                                                \
		mask = (ints)(a relation b);                                                       \
		VSR_AS(ints, op->rt) = mask;                                                       \
		if (record)                                                                        \
			vec_set_cr6(cpu, (vu64)mask);                                              \
		NEXT();                                                                            \
	}
#define OP_XV_COMPARE(name, relation, which)                                                       \
	OP_XV_COMPARE_(name##dp, vf64, vu64, relation, which, false, false)                        \
	OP_XV_COMPARE_(name##dp_rc, vf64, vu64, relation, which, true, false)                      \
	OP_XV_COMPARE_(name##sp, vf32, vu32, relation, which, false, true)                         \
	OP_XV_COMPARE_(name##sp_rc, vf32, vu32, relation, which, true, true)

OP_XV_COMPARE(xvcmpeq, ==, FPV_EQ)
OP_XV_COMPARE(xvcmpge, >=, FPV_GE)
OP_XV_COMPARE(xvcmpgt, >, FPV_GT)
