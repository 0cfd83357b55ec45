/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VSX vector floating point in full, element by element: exceptions of all elements go into FPSCR, the
 * target is written unless one of them is enabled; FPRF, FR and FI stay. Power ISA 3.0B Book I 7.3.
 */
#ifndef PAPRIKA_INTERP_FPU_VECTOR_H
#define PAPRIKA_INTERP_FPU_VECTOR_H

#include "vmm/interp/fpu_scalar.h"

/* A result in the making. */
struct fpv {
	struct icpu *cpu;
	struct sf_ctx c;
	vsr_t t;
};

static inline struct fpv fpv_begin(struct icpu *cpu)
{
	return (struct fpv){.cpu = cpu, .c = fpu_ctx(cpu)};
}

/* VSR @rt becomes v->t; INSN_FP_ENABLED if an enabled exception asks for the interrupt. */
enum insn_result fpv_end(struct fpv *v, unsigned rt);

/*
 * @op: registers rt, ra, rb. @single: four elements of single precision, else two of double precision.
 */
enum insn_result fpv_arith(struct icpu *cpu, const op_t *op, enum fpu_op kind, bool single);
/* a * m + b on the VSRs of these numbers; @how: FPU_MADD_*, which tells the elements' precision, too. */
enum insn_result fpv_madd(struct icpu *cpu, unsigned rt, unsigned a, unsigned m, unsigned b,
			  unsigned how);
enum insn_result fpv_sqrt(struct icpu *cpu, const op_t *op, bool single);
enum insn_result fpv_reciprocal(struct icpu *cpu, const op_t *op, bool single);
enum insn_result fpv_rsqrt(struct icpu *cpu, const op_t *op, bool single);
enum insn_result fpv_round_int(struct icpu *cpu, const op_t *op, enum sf_rounding rounding,
			       bool inexact, bool single);
enum insn_result fpv_max(struct icpu *cpu, const op_t *op, bool minimum, bool single);

enum fpv_relation { FPV_EQ, FPV_GE, FPV_GT };

/* @record: CR6, too. */
enum insn_result fpv_compare(struct icpu *cpu, const op_t *op, enum fpv_relation relation,
			     bool record, bool single);

/* What the elements of a conversion are: singles and words lie in even words if the other is larger. */
enum fpv_type { FPV_SP, FPV_DP, FPV_S32, FPV_U32, FPV_S64, FPV_U64 };

enum insn_result fpv_convert(struct icpu *cpu, const op_t *op, enum fpv_type from,
			     enum fpv_type to);

/* An element of a vector. */
static inline uint64_t fpv_get(const vsr_t *v, unsigned i, bool single)
{
	return single ? VW(*v, i) : VD(*v, i);
}

static inline void fpv_set(vsr_t *v, unsigned i, uint64_t bits, bool single)
{
	if (single)
		VW(*v, i) = (uint32_t)bits;
	else
		VD(*v, i) = bits;
}

static inline unsigned fpv_elements(bool single)
{
	return single ? 4 : 2;
}

static inline const struct sf_format *fpv_format(bool single)
{
	return single ? &sf_single : &sf_double;
}

#endif
