/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Handlers of scalar arithmetic, for FPRs and VSX: a host operation when its result needs no flags, else
 * h_slow_<name>, whose body is an ordinary function.
 */
#ifndef PAPRIKA_INTERP_OPS_FP_H
#define PAPRIKA_INTERP_OPS_FP_H

#include "vmm/interp/dispatch.h"
#include "vmm/interp/fpu_host.h"
#include "vmm/interp/fpu_scalar.h"

#define FPR(n)  VD(cpu->vsr[n], 0)
#define FPRD(n) fpu_d(FPR(n))

#define FPV(n)  sf_unpack(&sf_double, FPR(n))

/* The CR field in bits 6:8, where rt is a register of any kind. */
#define BF_OF(op) ((uint32_t)(op)->rt >> 2 & 7)

/*
 * @value is a double; it is the result if any flag of @fast is on and @fits, where r_ are its bits. Else
 * @slow, an enum insn_result.
 */
#define SCALAR_OP(name, check, fast, value, fits, slow)                                            \
	OP_CALL(slow_##name, CHECK_NONE)                                                           \
	{                                                                                          \
		return slow;                                                                       \
	}                                                                                          \
	OP(name)                                                                                   \
	{                                                                                          \
		uint64_t r_;                                                                       \
                                                                                                   \
		check;                                                                             \
		r_ = fpu_bits(value);                                                              \
		if (unlikely(!(cpu->fp_fast & (fast)) || !(fits)))                                 \
			return h_slow_##name(ARGV);                                                \
		fpu_write(cpu, op->rt, r_);                                                        \
		cpu->fp_pending = ~r_;                                                             \
		NEXT();                                                                            \
	}

/* The same for a @value that is still to be rounded to single. */
#define SCALAR_OP_S(name, check, fast, value, fits, slow)                                          \
	OP_CALL(slow_##name, CHECK_NONE)                                                           \
	{                                                                                          \
		return slow;                                                                       \
	}                                                                                          \
	OP(name)                                                                                   \
	{                                                                                          \
		uint64_t r_;                                                                       \
		double d_;                                                                         \
                                                                                                   \
		check;                                                                             \
		d_ = (value);                                                                      \
		r_ = fpu_bits(d_);                                                                 \
		if (unlikely(!(cpu->fp_fast & (fast)) || !(fits)))                                 \
			return h_slow_##name(ARGV);                                                \
		r_ = fpu_bits((double)(float)d_);                                                  \
		fpu_write(cpu, op->rt, r_);                                                        \
		cpu->fp_pending = ~r_;                                                             \
		NEXT();                                                                            \
	}

/* The form that records CR1. */
#define SCALAR_RECORD(name, check)                                                                 \
	OP_CALL(name##_rc, check)                                                                  \
	{                                                                                          \
		enum insn_result r = c_slow_##name(cpu, op);                                       \
                                                                                                   \
		fpu_record(cpu);                                                                   \
		return r;                                                                          \
	}

/* A product that is exactly zero needs no flags either; nor does a quotient. */
#define PRODUCT_IS_ZERO(a, b) (fpu_is_zero(r_) && (fpu_is_zero(a) || fpu_is_zero(b)))
#define QUOTIENT_IS_ZERO(a)   (fpu_is_zero(r_) && fpu_is_zero(a))

/* Sums of doubles are never tiny and inexact. */
#define SCALAR_ADD(name, check, a, b)                                                              \
	SCALAR_OP(name, check, FP_FAST, FPRD(a) + FPRD(b), fpu_is_finite(r_),                      \
		  fpu_arith(cpu, op->rt, FPU_ADD, FPR(a), FPR(b), false))
#define SCALAR_SUB(name, check, a, b)                                                              \
	SCALAR_OP(name, check, FP_FAST, FPRD(a) - FPRD(b), fpu_is_finite(r_),                      \
		  fpu_arith(cpu, op->rt, FPU_SUB, FPR(a), FPR(b), false))
#define SCALAR_MUL(name, check, a, b)                                                              \
	SCALAR_OP(name, check, FP_FAST, FPRD(a) * FPRD(b),                                         \
		  fpu_is_plain(r_) || PRODUCT_IS_ZERO(FPR(a), FPR(b)),                             \
		  fpu_arith(cpu, op->rt, FPU_MUL, FPR(a), FPR(b), false))
#define SCALAR_DIV(name, check, a, b)                                                              \
	SCALAR_OP(name, check, FP_FAST, FPRD(a) / FPRD(b),                                         \
		  fpu_is_plain(r_) || QUOTIENT_IS_ZERO(FPR(a)),                                    \
		  fpu_arith(cpu, op->rt, FPU_DIV, FPR(a), FPR(b), false))
#define SCALAR_SQRT(name, check, b)                                                                \
	SCALAR_OP(name, check, FP_FAST, host_sqrt(FPRD(b)), fpu_is_plain(r_),                      \
		  fpu_sqrt(cpu, op->rt, FPR(b), false))

#define SCALAR_ADD_S(name, check, a, b)                                                            \
	SCALAR_OP_S(name, check, FP_FAST, FPRD(a) + FPRD(b),                                       \
		    fpu_is_plain_single(r_) || fpu_is_zero(r_),                                    \
		    fpu_arith(cpu, op->rt, FPU_ADD, FPR(a), FPR(b), true))
#define SCALAR_SUB_S(name, check, a, b)                                                            \
	SCALAR_OP_S(name, check, FP_FAST, FPRD(a) - FPRD(b),                                       \
		    fpu_is_plain_single(r_) || fpu_is_zero(r_),                                    \
		    fpu_arith(cpu, op->rt, FPU_SUB, FPR(a), FPR(b), true))
#define SCALAR_MUL_S(name, check, a, b)                                                            \
	SCALAR_OP_S(name, check, FP_FAST, FPRD(a) * FPRD(b),                                       \
		    fpu_is_plain_single(r_) || PRODUCT_IS_ZERO(FPR(a), FPR(b)),                    \
		    fpu_arith(cpu, op->rt, FPU_MUL, FPR(a), FPR(b), true))
#define SCALAR_DIV_S(name, check, a, b)                                                            \
	SCALAR_OP_S(name, check, FP_FAST, FPRD(a) / FPRD(b),                                       \
		    fpu_is_plain_single(r_) || QUOTIENT_IS_ZERO(FPR(a)),                           \
		    fpu_arith(cpu, op->rt, FPU_DIV, FPR(a), FPR(b), true))
#define SCALAR_SQRT_S(name, check, b)                                                              \
	SCALAR_OP_S(name, check, FP_FAST, host_sqrt(FPRD(b)), fpu_is_plain_single(r_),             \
		    fpu_sqrt(cpu, op->rt, FPR(b), true))

/* ± (a * m ± b); a result of zero is left to the long way. */
#define MADD_SIGN(how)   ((how) & FPU_MADD_NEGATE ? FP_SIGN : 0)
#define MADD_VALUE(a, m, b, how)                                                                   \
	fpu_d(fpu_bits(host_fma(FPRD(a), FPRD(m), ((how) & FPU_MADD_SUB) ? -FPRD(b) : FPRD(b))) ^  \
	      MADD_SIGN(how))
#define SCALAR_MADD(name, check, a, m, b, how)                                                     \
	SCALAR_OP(name, check, FP_FAST_MADD, MADD_VALUE(a, m, b, how), fpu_is_plain(r_),           \
		  fpu_madd(cpu, op->rt, FPR(a), FPR(m), FPR(b), how))
#define SCALAR_MADD_S(name, check, a, m, b, how)                                                   \
	SCALAR_OP_S(name, check, FP_FAST_MADD, MADD_VALUE(a, m, b, how), fpu_is_plain_single(r_),  \
		    fpu_madd(cpu, op->rt, FPR(a), FPR(m), FPR(b), (how) | FPU_MADD_SINGLE))

/* The estimates are the exact quotients rounded. */
#define SCALAR_RE(name, check, b, single)                                                          \
	SCALAR_OP(name, check, single ? 0 : FP_FAST, 1.0 / FPRD(b), fpu_is_plain(r_),              \
		  fpu_reciprocal(cpu, op->rt, FPR(b), single))
#define SCALAR_RSQRTE(name, check, b, single)                                                      \
	SCALAR_OP(name, check, single ? 0 : FP_FAST, 1.0 / host_sqrt(FPRD(b)), fpu_is_plain(r_),   \
		  fpu_rsqrt(cpu, op->rt, FPR(b), single))

/* Rounding to single; and integers to double or, @via float, to single. */
#define SCALAR_RSP(name, check, b)                                                                 \
	SCALAR_OP(name, check, FP_FAST, (double)(float)FPRD(b),                                    \
		  fpu_exponent(FPR(b)) - 898 < 252 || fpu_is_zero(FPR(b)),                         \
		  fpu_round_single(cpu, op->rt, FPR(b)))
#define SCALAR_FROM_INT(name, check, via, is_signed, single, b)                                    \
	SCALAR_OP(name, check, FP_FAST,                                                            \
		  (is_signed) ? (double)(via)(int64_t)FPR(b) : (double)(via)FPR(b), true,          \
		  fpu_from_int(cpu, op->rt, FPR(b), is_signed, single))

/* To an integral value, without the inexact exception. */
#define SCALAR_ROUND(name, check, rounding)                                                        \
	OP_CALL(slow_##name, CHECK_NONE)                                                           \
	{                                                                                          \
		return fpu_round_int(cpu, op->rt, FPR(op->rb), rounding, false);                   \
	}                                                                                          \
	OP(name)                                                                                   \
	{                                                                                          \
		uint64_t r_;                                                                       \
                                                                                                   \
		check;                                                                             \
		r_ = FPR(op->rb);                                                                  \
		if (unlikely(fpu_is_nan(r_)))                                                      \
			return h_slow_##name(ARGV);                                                \
		r_ = fpu_bits(host_round(fpu_d(r_), rounding));                                    \
		cpu->fpscr &= ~(uint64_t)(FPSCR_FR | FPSCR_FI);                                    \
		cpu->fp_pending = ~r_;                                                             \
		fpu_write(cpu, op->rt, r_);                                                        \
		NEXT();                                                                            \
	}

/* To an integer by truncation: @low and @high are the doubles next to the range. */
#define SCALAR_TRUNCATE(name, check, type, low, high, write, slow)                                 \
	OP_CALL(slow_##name, CHECK_NONE)                                                           \
	{                                                                                          \
		return slow;                                                                       \
	}                                                                                          \
	OP(name)                                                                                   \
	{                                                                                          \
		double d_;                                                                         \
		type v_;                                                                           \
                                                                                                   \
		check;                                                                             \
		d_ = FPRD(op->rb);                                                                 \
		if (unlikely(!(cpu->fp_fast & FP_EXACT) || !(d_ > (low) && d_ < (high))))          \
			return h_slow_##name(ARGV);                                                \
		v_ = (type)d_;                                                                     \
		if (unlikely(!(cpu->fp_fast & FP_FAST) && (double)v_ != d_))                       \
			return h_slow_##name(ARGV);                                                \
		cpu->fpscr &= ~(uint64_t)(FPSCR_FR | FPSCR_FI);                                    \
		write;                                                                             \
		NEXT();                                                                            \
	}

#define BELOW_S32 -2147483649.0
#define ABOVE_S32 2147483648.0
#define BELOW_S64 -9223372036854777856.0
#define ABOVE_S64 9223372036854775808.0

/* fcmpu, xscmpudp and the ordered forms; @field is the CR field's number. */
#define SCALAR_COMPARE(name, check, ordered)                                                       \
	OP_CALL(slow_##name, CHECK_NONE)                                                           \
	{                                                                                          \
		return fpu_compare(cpu, BF_OF(op), FPV(op->ra), FPV(op->rb), ordered);             \
	}                                                                                          \
	OP(name)                                                                                   \
	{                                                                                          \
		double a_, b_;                                                                     \
		uint64_t lt_, gt_, f_;                                                             \
                                                                                                   \
		check;                                                                             \
		a_ = FPRD(op->ra);                                                                 \
		b_ = FPRD(op->rb);                                                                 \
		if (unlikely(__builtin_isunordered(a_, b_)))                                       \
			return h_slow_##name(ARGV);                                                \
		lt_ = a_ < b_;                                                                     \
		gt_ = a_ > b_;                                                                     \
		cpu->cr[BF_OF(op)] = gt_ - lt_;                                              \
		f_ = fpu_fold_c(cpu) & ~(uint64_t)FPSCR_FPCC;                                      \
		cpu->fpscr = f_ | lt_ << 15 | gt_ << 14 | (1 - lt_ - gt_) << 13;                   \
		NEXT();                                                                            \
	}

/* FPSCR with its C as it is to be; FPCC need not be, as the caller sets it. */
static inline uint64_t fpu_fold_c(struct icpu *cpu)
{
	uint64_t r = ~cpu->fp_pending, f = cpu->fpscr;

	if (cpu->fp_pending) {
		f &= ~(uint64_t)FPSCR_C;
		if (unlikely(!fpu_exponent(r) && r))
			f |= FPSCR_C; /* a fast result like this is -0 or denormal */
		cpu->fp_pending = 0;
	}
	return f;
}

#endif
