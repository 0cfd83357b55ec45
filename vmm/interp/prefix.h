/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Handlers of prefixed instructions: Power ISA 3.1 Book I 1.6.3. The slot of the prefix has the whole
 * instruction; that of the suffix is the word instruction that a branch there finds.
 */
#ifndef PAPRIKA_INTERP_PREFIX_H
#define PAPRIKA_INTERP_PREFIX_H

#include "vmm/interp/core.h"

#define PREFIX_R 4u /* in x: relative to the instruction's own address */

#define FSCR_PREFIX 13 /* bit, and cause */

/* On to what follows the suffix; as one instruction of the budget. */
#define NEXT_PREFIXED()                                                                            \
	do {                                                                                       \
		X += sizeof(op_t);                                                                 \
		op += 2;                                                                           \
		DISPATCH();                                                                        \
	} while (0)

#define CHECK_PREFIX                                                                               \
	do {                                                                                       \
		if (unlikely((cpu->msr & MSR_PR) && !(cpu->fscr >> FSCR_PREFIX & 1))) {            \
			cpu->facility = FSCR_PREFIX;                                               \
			RAISE(INSN_FAC_UNAVAIL);                                                   \
		}                                                                                  \
	} while (0)

/* The base and the 34-bit displacement of F_P34 and its like. */
static inline uint64_t prefix_ea(const struct icpu *cpu, const op_t *op)
{
	int64_t high = (int64_t)((uint64_t)op->x << 62) >> 30;
	uint64_t ea = cpu->gpr[op->ra] + (uint64_t)(high | (uint32_t)op->imm);

	return op->x & PREFIX_R ? ea + OP_PC(cpu, op) : ea;
}

/* OP_CALL() and OP_VOID() of a prefixed instruction. */
#define OP_CALL_PREFIXED(name, check)                                                              \
	static enum insn_result c_##name(struct icpu *cpu, const op_t *op);                        \
	OP(name)                                                                                   \
	{                                                                                          \
		enum insn_result r_;                                                               \
                                                                                                   \
		CHECK_PREFIX;                                                                      \
		check;                                                                             \
		r_ = c_##name(cpu, op);                                                            \
		if (unlikely(r_ != INSN_OK))                                                       \
			RAISE(r_);                                                                 \
		NEXT_PREFIXED();                                                                   \
	}                                                                                          \
	static enum insn_result c_##name(struct icpu *cpu, const op_t *op)
#define OP_VOID_PREFIXED(name, check)                                                              \
	static void c_##name(struct icpu *cpu, const op_t *op);                                    \
	OP(name)                                                                                   \
	{                                                                                          \
		CHECK_PREFIX;                                                                      \
		check;                                                                             \
		c_##name(cpu, op);                                                                 \
		NEXT_PREFIXED();                                                                   \
	}                                                                                          \
	static void c_##name(struct icpu *cpu, const op_t *op)

#endif
