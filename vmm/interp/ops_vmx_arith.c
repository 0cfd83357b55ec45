/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VMX integer add, subtract, average, absolute difference, maximum, minimum (Power ISA I.6). */
#include "vmm/interp/vec.h"

OP_VMX2(vaddubm, vu8, a + b)
OP_VMX2(vadduhm, vu16, a + b)
OP_VMX2(vadduwm, vu32, a + b)
OP_VMX2(vaddudm, vu64, a + b)
OP_VMX2(vadduqm, u128, a + b)
OP_VMX2(vsububm, vu8, a - b)
OP_VMX2(vsubuhm, vu16, a - b)
OP_VMX2(vsubuwm, vu32, a - b)
OP_VMX2(vsubudm, vu64, a - b)
OP_VMX2(vsubuqm, u128, a - b)

/* Carries: a compare's true is -1. */
OP_VMX2(vaddcuw, vu32, -(vu32)(a + b < a))
OP_VMX2(vsubcuw, vu32, -(vu32)(a >= b))
OP_VMX2(vaddcuq, u128, a + b < a)
OP_VMX2(vsubcuq, u128, a >= b)

static inline u128 add_carry_out(u128 a, u128 b, bool carry)
{
	u128 sum = a + b;

	return (sum < a) | (sum + carry < sum);
}

OP_VMX3(vaddeuqm, u128, a + b + (c & 1))
OP_VMX3(vaddecuq, u128, add_carry_out(a, b, c & 1))
OP_VMX3(vsubeuqm, u128, a + ~b + (c & 1))
OP_VMX3(vsubecuq, u128, add_carry_out(a, ~b, c & 1))

/* Saturating: @over is a mask of the elements out of range; sum is what wraps around. */
#define OP_SATURATE(name, type, sum_expr, over_expr, result_expr)                                  \
	OP(name)                                                                                   \
	{                                                                                          \
		type a, b, sum, over;                                                              \
                                                                                                   \
		CHECK_VEC;                                                                         \
		a = VSR_AS(type, op->ra);                                                          \
		b = VSR_AS(type, op->rb);                                                          \
		sum = (sum_expr);                                                                  \
		over = (type)(over_expr);                                                          \
		VSR_AS(type, op->rt) = (result_expr);                                              \
		cpu->vscr |= vec_any((vu64)over);                                                  \
		NEXT();                                                                            \
	}

#define OP_ADD_UNSIGNED(name, type) OP_SATURATE(name, type, a + b, sum < a, sum | over)
#define OP_SUB_UNSIGNED(name, type) OP_SATURATE(name, type, a - b, a < b, sum & ~over)
/* The limit is the one on a's side of zero. */
#define OP_ADD_SIGNED(name, type, stype, max)                                                      \
	OP_SATURATE(name, type, a + b, (stype)((a ^ sum) & (b ^ sum)) < 0,                         \
		    (sum & ~over) | (((type)((stype)a < 0) ^ (max)) & over))
#define OP_SUB_SIGNED(name, type, stype, max)                                                      \
	OP_SATURATE(name, type, a - b, (stype)((a ^ b) & (a ^ sum)) < 0,                           \
		    (sum & ~over) | (((type)((stype)a < 0) ^ (max)) & over))

OP_ADD_UNSIGNED(vaddubs, vu8)
OP_ADD_UNSIGNED(vadduhs, vu16)
OP_ADD_UNSIGNED(vadduws, vu32)
OP_SUB_UNSIGNED(vsububs, vu8)
OP_SUB_UNSIGNED(vsubuhs, vu16)
OP_SUB_UNSIGNED(vsubuws, vu32)
OP_ADD_SIGNED(vaddsbs, vu8, vs8, 0x7f)
OP_ADD_SIGNED(vaddshs, vu16, vs16, 0x7fff)
OP_ADD_SIGNED(vaddsws, vu32, vs32, 0x7fffffff)
OP_SUB_SIGNED(vsubsbs, vu8, vs8, 0x7f)
OP_SUB_SIGNED(vsubshs, vu16, vs16, 0x7fff)
OP_SUB_SIGNED(vsubsws, vu32, vs32, 0x7fffffff)

/* (a + b + 1) >> 1 without the bit that the sum may need more. */
#define AVERAGE ((a | b) - ((a ^ b) >> 1))

OP_VMX2(vavgub, vu8, AVERAGE)
OP_VMX2(vavguh, vu16, AVERAGE)
OP_VMX2(vavguw, vu32, AVERAGE)
OP_VMX2(vavgsb, vs8, AVERAGE)
OP_VMX2(vavgsh, vs16, AVERAGE)
OP_VMX2(vavgsw, vs32, AVERAGE)

#define CHOOSE(type, mask, yes, no) (((type)(mask) & (yes)) | (~(type)(mask) & (no)))
#define ABS_DIFF(type)              CHOOSE(type, a > b, a - b, b - a)
#define MAX(type)                   CHOOSE(type, a > b, a, b)
#define MIN(type)                   CHOOSE(type, a > b, b, a)

OP_VMX2(vabsdub, vu8, ABS_DIFF(vu8))
OP_VMX2(vabsduh, vu16, ABS_DIFF(vu16))
OP_VMX2(vabsduw, vu32, ABS_DIFF(vu32))

OP_VMX2(vmaxub, vu8, MAX(vu8))
OP_VMX2(vmaxuh, vu16, MAX(vu16))
OP_VMX2(vmaxuw, vu32, MAX(vu32))
OP_VMX2(vmaxud, vu64, MAX(vu64))
OP_VMX2(vmaxsb, vs8, MAX(vs8))
OP_VMX2(vmaxsh, vs16, MAX(vs16))
OP_VMX2(vmaxsw, vs32, MAX(vs32))
OP_VMX2(vmaxsd, vs64, MAX(vs64))
OP_VMX2(vminub, vu8, MIN(vu8))
OP_VMX2(vminuh, vu16, MIN(vu16))
OP_VMX2(vminuw, vu32, MIN(vu32))
OP_VMX2(vminud, vu64, MIN(vu64))
OP_VMX2(vminsb, vs8, MIN(vs8))
OP_VMX2(vminsh, vs16, MIN(vs16))
OP_VMX2(vminsw, vs32, MIN(vs32))
OP_VMX2(vminsd, vs64, MIN(vs64))

OP_VMX1(vnegw, vu32, -b)
OP_VMX1(vnegd, vu64, -b)
