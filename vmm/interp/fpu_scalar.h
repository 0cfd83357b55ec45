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

enum insn_result fpu_to_int(struct icpu *cpu, unsigned rt, uint64_t a, enum fpu_int kind,
			    enum sf_rounding rounding);
enum insn_result fpu_from_int(struct icpu *cpu, unsigned rt, uint64_t a, bool is_signed,
			      bool single);
/* @inexact: the exception may be raised (xsrdpic). */
enum insn_result fpu_round_int(struct icpu *cpu, unsigned rt, uint64_t a,
			       enum sf_rounding rounding, bool inexact);
/* Sets FPCC and CR field @field; @ordered: quiet NaNs are invalid too. */
enum insn_result fpu_compare(struct icpu *cpu, unsigned field, uint64_t a, uint64_t b,
			     bool ordered);
/* The CR nibble of ftdiv and ftsqrt. */
unsigned fpu_test_div(uint64_t a, uint64_t b);
unsigned fpu_test_sqrt(uint64_t a);

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

static inline void fpu_write(struct icpu *cpu, unsigned rt, uint64_t bits)
{
	cpu->vsr[rt].q = (unsigned __int128)bits << 64;
}

#endif
