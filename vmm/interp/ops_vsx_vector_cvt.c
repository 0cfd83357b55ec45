/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VSX vector conversions and roundings, Power ISA 3.0B Book I 7.6.1. Where doublewords meet words, these
 * are the even ones; the hardware fills the odd ones of a target with the same.
 */
#include "vmm/interp/ops_vec_fp.h"

#define CURRENT_ROUNDING ((enum sf_rounding)(cpu->fpscr & FPSCR_RN))

/* By host when @fits for the source b, whose elements are of @type. */
#define OP_CONVERT(name, type, fits, write, from, to)                                              \
	OP_CALL(slow_##name, CHECK_NONE)                                                           \
	{                                                                                          \
		return fpv_convert(cpu, op, from, to);                                             \
	}                                                                                          \
	OP(name)                                                                                   \
	{                                                                                          \
		type b;                                                                            \
                                                                                                   \
		CHECK_VSX;                                                                         \
		b = VSR_AS(type, op->rb);                                                          \
		if (unlikely(!(fits)))                                                             \
			return h_slow_##name(ARGV);                                                \
		write;                                                                             \
		NEXT();                                                                            \
	}
#define IS_FAST (cpu->fp_fast & FP_FAST)

/* Both doublewords, by element as the ISA numbers them; a word in a doubleword is the high one. */
#define WRITE_VD(value)    VSR_AS(vf64, op->rt) = __builtin_convertvector(value, vf64)
#define WRITE_VS(value)    VSR_AS(vf32, op->rt) = __builtin_convertvector(value, vf32)
#define WRITE_VS64(value)  VSR_AS(vs64, op->rt) = __builtin_convertvector(value, vs64)
#define HIGH_WORDS(b)      ((vu64)(b) >> 32)
#define TWICE(u)           ((u) << 32 | (u))

/* Words in the even places, as doublewords. */
static inline vs64 signed_words(vu64 b)
{
	return (vs64){(int32_t)(b[0] >> 32), (int32_t)(b[1] >> 32)};
}

static inline void put_word_pair(struct icpu *cpu, const op_t *op, uint32_t w0, uint32_t w1)
{
	VSR_AS(vu64, op->rt) = (vu64){TWICE((uint64_t)w0), TWICE((uint64_t)w1)};
}

/* Integers to floating point. */
OP_CONVERT(xvcvsxddp, vs64, IS_FAST, WRITE_VD(b), FPV_S64, FPV_DP)
OP_CONVERT(xvcvuxddp, vu64, IS_FAST, WRITE_VD(b), FPV_U64, FPV_DP)
OP_CONVERT(xvcvsxdsp, vs64, IS_FAST,
	   put_word_pair(cpu, op, fpu_bits_s((float)b[0]), fpu_bits_s((float)b[1])), FPV_S64, FPV_SP)
OP_CONVERT(xvcvuxdsp, vu64, IS_FAST,
	   put_word_pair(cpu, op, fpu_bits_s((float)b[0]), fpu_bits_s((float)b[1])), FPV_U64, FPV_SP)
OP_CONVERT(xvcvsxwdp, vu64, true, WRITE_VD(signed_words(b)), FPV_S32, FPV_DP)
OP_CONVERT(xvcvuxwdp, vu64, true, WRITE_VD((vs64)HIGH_WORDS(b)), FPV_U32, FPV_DP)
OP_CONVERT(xvcvsxwsp, vs32, IS_FAST, WRITE_VS(b), FPV_S32, FPV_SP)
OP_CONVERT(xvcvuxwsp, vu32, IS_FAST, WRITE_VS(b), FPV_U32, FPV_SP)

/* To integers by truncation: within these limits, and what is dropped needs no flag. */
static inline bool vd_within(vf64 b, double low, double high)
{
	return b[0] > low && b[0] < high && b[1] > low && b[1] < high;
}

static inline bool vs_within(vf32 b, float low, float high)
{
	return vec_all((vu64)((b >= low) & (b < high)));
}

#define MIN_S32_S -2147483648.0f
#define MAX_S32_S 2147483648.0f

OP_CONVERT(xvcvdpsxds, vf64, IS_FAST && vd_within(b, -9223372036854777856.0, 9223372036854775808.0),
	   WRITE_VS64(b), FPV_DP, FPV_S64)
OP_CONVERT(xvcvdpuxds, vf64, IS_FAST && vd_within(b, -1.0, 9223372036854775808.0), WRITE_VS64(b),
	   FPV_DP, FPV_U64)
OP_CONVERT(xvcvdpsxws, vf64, IS_FAST && vd_within(b, -2147483649.0, 2147483648.0),
	   put_word_pair(cpu, op, (uint32_t)(int32_t)b[0], (uint32_t)(int32_t)b[1]), FPV_DP, FPV_S32)
OP_CONVERT(xvcvdpuxws, vf64, IS_FAST && vd_within(b, -1.0, 4294967296.0),
	   put_word_pair(cpu, op, (uint32_t)(int64_t)b[0], (uint32_t)(int64_t)b[1]), FPV_DP, FPV_U32)
OP_CONVERT(xvcvspsxws, vf32, IS_FAST && vs_within(b, MIN_S32_S, MAX_S32_S),
	   VSR_AS(vs32, op->rt) = __builtin_convertvector(b, vs32), FPV_SP, FPV_S32)
OP_CONVERT(xvcvspuxws, vf32, IS_FAST && vs_within(b, 0.0f, MAX_S32_S),
	   VSR_AS(vs32, op->rt) = __builtin_convertvector(b, vs32), FPV_SP, FPV_U32)

#define OP_CALL_CONVERT(name, from, to)                                                            \
	OP_CALL(name, CHECK_VSX)                                                                   \
	{                                                                                          \
		return fpv_convert(cpu, op, from, to);                                             \
	}

OP_CALL_CONVERT(xvcvspsxds, FPV_SP, FPV_S64)
OP_CALL_CONVERT(xvcvspuxds, FPV_SP, FPV_U64)

/* Between the precisions. */
static inline bool fits_single_range(double b)
{
	return fpu_exponent(fpu_bits(b)) - 898 < 252 || b == 0;
}

static inline double high_single(uint64_t b)
{
	return (double)fpu_s((uint32_t)(b >> 32));
}

OP_CONVERT(xvcvdpsp, vf64, IS_FAST && fits_single_range(b[0]) && fits_single_range(b[1]),
	   put_word_pair(cpu, op, fpu_bits_s((float)b[0]), fpu_bits_s((float)b[1])), FPV_DP, FPV_SP)
/* Exact unless there is a NaN. */
OP_CONVERT(xvcvspdp, vu64,
	   !__builtin_isnan(high_single(b[0])) && !__builtin_isnan(high_single(b[1])),
	   VSR_AS(vf64, op->rt) = ((vf64){high_single(b[0]), high_single(b[1])}), FPV_SP, FPV_DP)

/* Half precision is in the odd halfwords. */
OP_CALL(xvcvhpsp, CHECK_VSX)
{
	const vsr_t *b = &cpu->vsr[op->rb];
	struct fpv v = fpv_begin(cpu);

	for (unsigned i = 0; i < 4; i++) {
		struct softfp s = sf_quiet(&v.c, sf_unpack(&sf_half, VH(*b, 2 * i + 1)));

		VW(v.t, i) = (uint32_t)sf_pack(&v.c, &sf_single, s);
	}
	return fpv_end(&v, op->rt);
}

OP_CALL(xvcvsphp, CHECK_VSX)
{
	const vsr_t *b = &cpu->vsr[op->rb];
	struct fpv v = fpv_begin(cpu);

	for (unsigned i = 0; i < 4; i++) {
		struct softfp s = sf_quiet(&v.c, sf_unpack(&sf_single, VW(*b, i)));

		VW(v.t, i) = (uint32_t)sf_pack(&v.c, &sf_half, s);
	}
	return fpv_end(&v, op->rt);
}

/* To integral values: without flags unless there is a NaN, or XX is asked for (ic). */
#define OP_ROUND(name, type, value, allowed, rounding, inexact, single)                            \
	OP_CALL(slow_##name, CHECK_NONE)                                                           \
	{                                                                                          \
		return fpv_round_int(cpu, op, rounding, inexact, single);                          \
	}                                                                                          \
	OP(name)                                                                                   \
	{                                                                                          \
		type b;                                                                            \
                                                                                                   \
		CHECK_VSX;                                                                         \
		b = VSR_AS(type, op->rb);                                                          \
		if (unlikely(!(allowed) || !vec_all((vu64)(b == b))))                              \
			return h_slow_##name(ARGV);                                                \
		VSR_AS(type, op->rt) = (value);                                                    \
		NEXT();                                                                            \
	}
#define OP_ROUNDINGS(suffix, rounding)                                                             \
	OP_ROUND(xvrdpi##suffix, vf64, round_vd(b, rounding), true, rounding, false, false)        \
	OP_ROUND(xvrspi##suffix, vf32, round_vs(b, rounding), true, rounding, false, true)

OP_ROUNDINGS(, SF_NEAREST_AWAY)
OP_ROUNDINGS(m, SF_DOWN)
OP_ROUNDINGS(p, SF_UP)
OP_ROUNDINGS(z, SF_TO_ZERO)
OP_ROUND(xvrdpic, vf64, round_vd(b, SF_NEAREST), IS_FAST, CURRENT_ROUNDING, true, false)
OP_ROUND(xvrspic, vf32, round_vs(b, SF_NEAREST), IS_FAST, CURRENT_ROUNDING, true, true)
