/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the handlers of decimal floating point are written with: FPRs, and pairs of them for the long forms. */
#ifndef PAPRIKA_INTERP_OPS_DFP_H
#define PAPRIKA_INTERP_OPS_DFP_H

#include "vmm/interp/dfp.h"
#include "vmm/interp/ops_fp.h"

#define IS_PAIR(f) ((f) == &dfp_extended)

/* Bits of FPR @n, or of the pair that begins there. */
static inline u128 dfp_bits(const struct icpu *cpu, const struct dfp_format *f, unsigned n)
{
	return IS_PAIR(f) ? (u128)FPR(n) << 64 | FPR(n + 1) : FPR(n);
}

static inline struct dfp dfp_get(const struct icpu *cpu, const struct dfp_format *f, unsigned n)
{
	return dfp_unpack(f, dfp_bits(cpu, f, n));
}

static inline void dfp_put_bits(struct icpu *cpu, const struct dfp_format *f, unsigned n, u128 bits)
{
	if (IS_PAIR(f)) {
		fpu_write(cpu, n, (uint64_t)(bits >> 64));
		fpu_write(cpu, n + 1, (uint64_t)bits);
	} else {
		fpu_write(cpu, n, (uint64_t)bits);
	}
}

static inline struct dfp_ctx dfp_begin(const struct icpu *cpu)
{
	return (struct dfp_ctx){
		.rounding = (enum dfp_rounding)(cpu->fpscr >> 32 & 7),
		.enables = (uint32_t)cpu->fpscr & (FPSCR_OE | FPSCR_UE),
	};
}

/* @v, which fits @f, into FPR @rt, with its class and the exceptions. */
static inline enum insn_result dfp_end(struct icpu *cpu, const struct dfp_ctx *c,
				       const struct dfp_format *f, unsigned rt, const struct dfp *v)
{
	unsigned raised = fpu_raise_scalar(cpu, c->flags);

	if (!(raised & FPU_SUPPRESS)) {
		dfp_put_bits(cpu, f, rt, dfp_pack(f, v));
		fpu_set_fprf(cpu, dfp_fprf(f, v));
	}
	return fpu_result(cpu, raised);
}

/* A pair begins with an even register: @regs is the numbers, or'ed. */
#define CHECK_PAIRS(f, regs)                                                                       \
	do {                                                                                       \
		if (IS_PAIR(f) && ((regs) & 1))                                                    \
			return INSN_ILLEGAL;                                                       \
	} while (0)

/* The handlers of @function(cpu, op, format, ...): FPRs and pairs, each with and without CR1. */
#define DFP_HANDLER(name, function, ...)                                                           \
	OP_CALL(name, CHECK_FP)                                                                    \
	{                                                                                          \
		return function(cpu, op, ##__VA_ARGS__);                                           \
	}
#define DFP_RECORDING(name, function, ...)                                                         \
	DFP_HANDLER(name, function, ##__VA_ARGS__)                                                 \
	OP_CALL(name##_rc, CHECK_FP)                                                               \
	{                                                                                          \
		enum insn_result r = function(cpu, op, ##__VA_ARGS__);                             \
                                                                                                   \
		fpu_record(cpu);                                                                   \
		return r;                                                                          \
	}
#define DFP_OP(name, function, ...)                                                                \
	DFP_RECORDING(name, function, &dfp_long, ##__VA_ARGS__)                                    \
	DFP_RECORDING(name##q, function, &dfp_extended, ##__VA_ARGS__)
#define DFP_OP_BF(name, function, ...)                                                             \
	DFP_HANDLER(name, function, &dfp_long, ##__VA_ARGS__)                                      \
	DFP_HANDLER(name##q, function, &dfp_extended, ##__VA_ARGS__)

#endif
