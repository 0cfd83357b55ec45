/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scalar floating-point instructions in full: result, exceptions, FPRF, FR and FI. Shared by the FPR and
 * the VSX forms. The result goes into doubleword 0 of VSR @rt and zero into doubleword 1, unless an
 * enabled exception suppresses it; INSN_FP_ENABLED if one asks for the program interrupt.
 */
#ifndef PAPRIKA_INTERP_FPU_SCALAR_H
#define PAPRIKA_INTERP_FPU_SCALAR_H

#include "vmm/interp/fpu.h"
#include "vmm/interp/softfp.h"

enum fpu_op { FPU_ADD, FPU_SUB, FPU_MUL, FPU_DIV };

/* @single: rounded to single precision. */
enum insn_result fpu_arith(struct icpu *cpu, unsigned rt, enum fpu_op op, uint64_t a, uint64_t b,
			   bool single);

#define FPU_MADD_SUB    1u /* the addend is subtracted */
#define FPU_MADD_NEGATE 2u /* the result is negated unless it is a NaN */
#define FPU_MADD_SINGLE 4u

/* a * m + b */
enum insn_result fpu_madd(struct icpu *cpu, unsigned rt, uint64_t a, uint64_t m, uint64_t b,
			  unsigned how);
enum insn_result fpu_sqrt(struct icpu *cpu, unsigned rt, uint64_t a, bool single);
/* The estimates 1/a and 1/sqrt(a). */
enum insn_result fpu_reciprocal(struct icpu *cpu, unsigned rt, uint64_t a, bool single);
enum insn_result fpu_rsqrt(struct icpu *cpu, unsigned rt, uint64_t a, bool single);
/* frsp, xsrsp */
enum insn_result fpu_round_single(struct icpu *cpu, unsigned rt, uint64_t a);

enum fpu_int { FPU_S32, FPU_U32, FPU_S64, FPU_U64 };

enum insn_result fpu_to_int(struct icpu *cpu, unsigned rt, struct softfp a, enum fpu_int kind,
			    enum sf_rounding rounding);
enum insn_result fpu_from_int(struct icpu *cpu, unsigned rt, uint64_t a, bool is_signed,
			      bool single);
/*
 * From one format to another; the result is multiplied by @places for its place or places in the VSR.
 */
enum insn_result fpu_convert(struct icpu *cpu, unsigned rt, const struct sf_format *from, u128 bits,
			     const struct sf_format *to, enum sf_rounding rounding, u128 places);
/* @inexact: the exception may be raised (xsrdpic). */
enum insn_result fpu_round_int(struct icpu *cpu, unsigned rt, uint64_t a,
			       enum sf_rounding rounding, bool inexact);

/* Sets FPCC and CR field @field; @ordered: quiet NaNs are invalid too. */
enum insn_result fpu_compare(struct icpu *cpu, unsigned field, struct softfp a, struct softfp b,
			     bool ordered);
enum insn_result fpu_compare_exponents(struct icpu *cpu, unsigned field, const struct sf_format *f,
				       u128 a, u128 b);
/* FPCC and CR field @field become @nibble. */
enum insn_result fpu_put_fpcc(struct icpu *cpu, unsigned field, unsigned nibble, uint32_t flags);
/* The exceptions of a comparison. */
uint32_t fpu_compare_flags(const struct icpu *cpu, struct softfp a, struct softfp b, bool ordered);
/* xsmaxdp and its like: a number before a quiet NaN, +0 greater than -0. */
u128 fpu_max(struct sf_ctx *c, const struct sf_format *f, u128 a, u128 b, bool minimum);
/* The CR nibble of ftdiv and ftsqrt. */
unsigned fpu_test_div(const struct sf_format *f, uint64_t a, uint64_t b);
unsigned fpu_test_sqrt(const struct sf_format *f, uint64_t a);
/* @dcmx: the classes asked for, as in xststdcdp. */
bool fpu_in_class(const struct sf_format *f, u128 bits, unsigned dcmx);

extern const struct softfp fpu_one;
struct softfp fpu_soft_arith(struct sf_ctx *c, enum fpu_op op, struct softfp a, struct softfp b);
/*
 * True, and the result in @ret, if it is known to be exact: then no exception is raised, however FPSCR
 * stands.
 */
bool fpu_exact_arith(const struct icpu *cpu, enum fpu_op op, uint64_t a, uint64_t b, bool single,
		     uint64_t *ret);
bool fpu_exact_madd(const struct icpu *cpu, uint64_t a, uint64_t m, uint64_t b, bool single,
		    uint64_t *ret);
bool fpu_exact_sqrt(const struct icpu *cpu, uint64_t a, bool single, uint64_t *ret);

static inline struct sf_ctx fpu_ctx(const struct icpu *cpu)
{
	return (struct sf_ctx){
		.rounding = (enum sf_rounding)(cpu->fpscr & FPSCR_RN),
		.enables = (uint32_t)cpu->fpscr & (FPSCR_OE | FPSCR_UE),
	};
}

/* A scalar result that is complete: no exceptions but those in @flags. */
enum insn_result fpu_put(struct icpu *cpu, unsigned rt, uint64_t bits, uint32_t fprf,
			 uint32_t flags);
/* The same for one that fills the VSR. */
enum insn_result fpu_put_q(struct icpu *cpu, unsigned rt, u128 q, uint32_t fprf, uint32_t flags);

static inline void fpu_write(struct icpu *cpu, unsigned rt, uint64_t bits)
{
	cpu->vsr[rt].q = (unsigned __int128)bits << 64;
}

#endif
