/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VSX logical operations, permutes, splats and moves from and to GPRs (Power ISA I.7). */
#include "vmm/interp/vec.h"

OP_VSX2(xxland, vu64, a &b)
OP_VSX2(xxlandc, vu64, a & ~b)
OP_VSX2(xxlor, vu64, a | b)
OP_VSX2(xxlorc, vu64, a | ~b)
OP_VSX2(xxlxor, vu64, a ^ b)
OP_VSX2(xxlnor, vu64, ~(a | b))
OP_VSX2(xxlnand, vu64, ~(a &b))
OP_VSX2(xxleqv, vu64, ~(a ^ b))

OP_VSX3(xxsel, vu64, (a & ~c) | (b & c))
OP_VSX2(xxmrghw, vu32, VEC_SHUFFLE4(a, b, 0, 4, 1, 5))
OP_VSX2(xxmrglw, vu32, VEC_SHUFFLE4(a, b, 2, 6, 3, 7))

OP_PERMUTE(xxperm, CHECK_VSX, op->ra, op->rt, op->rb, 0)
OP_PERMUTE(xxpermr, CHECK_VSX, op->ra, op->rt, op->rb, 31)

/* Bits @first to @first + @bits - 1 of the instruction. */
#define FIELD(op, first, bits)                                                                     \
	(((uint32_t)(op)->imm >> (32 - (first) - (bits))) & ((1U << (bits)) - 1))

OP(xxpermdi)
{
	unsigned dm = FIELD(op, 22, 2);
	uint64_t first, second;

	CHECK_VSX;
	first = VD(cpu->vsr[op->ra], dm >> 1);
	second = VD(cpu->vsr[op->rb], dm & 1);
	VD(cpu->vsr[op->rt], 0) = first;
	VD(cpu->vsr[op->rt], 1) = second;
	NEXT();
}

OP(xxsldwi)
{
	unsigned n = 32 * FIELD(op, 22, 2);
	u128 a, b;

	CHECK_VSX;
	a = VSR_AS(u128, op->ra);
	b = VSR_AS(u128, op->rb);
	VSR_AS(u128, op->rt) = a << n | b >> 1 >> (127 - n);
	NEXT();
}

OP(xxspltw)
{
	CHECK_VSX;
	VSR_AS(vu32, op->rt) = (vu32){0} + VW(cpu->vsr[op->rb], FIELD(op, 14, 2));
	NEXT();
}

OP(xxspltib)
{
	CHECK_VSX_VEC(op->rt);
	VSR_AS(vu8, op->rt) = (vu8){0} + (uint8_t)FIELD(op, 13, 8);
	NEXT();
}

/* The word that begins at byte n of b, which may go around its end. */
OP(xxextractuw)
{
	unsigned n = 8 * FIELD(op, 12, 4);
	u128 b;

	CHECK_VSX;
	b = VSR_AS(u128, op->rb);
	b = b << n | b >> 1 >> (127 - n);
	VSR_AS(u128, op->rt) = b >> 96 << 64;
	NEXT();
}

OP(xxinsertw)
{
	u128 mask = (u128)0xffffffff << 96 >> 8 * FIELD(op, 12, 4);
	u128 b, t;

	CHECK_VSX;
	b = VSR_AS(u128, op->rb) << 32 >> 8 * FIELD(op, 12, 4);
	t = VSR_AS(u128, op->rt);
	VSR_AS(u128, op->rt) = (t & ~mask) | (b & mask);
	NEXT();
}

/* Bytes reversed within each element. */
#define OP_REVERSE_BYTES(name, flip)                                                               \
	OP_VOID(name, CHECK_VSX)                                                                   \
	{                                                                                          \
		const vsr_t b = cpu->vsr[op->rb];                                                  \
		unsigned i;                                                                        \
                                                                                                   \
		for (i = 0; i < 16; i++)                                                           \
			VB(cpu->vsr[op->rt], i) = VB(b, i ^ (flip));                               \
	}

OP_REVERSE_BYTES(xxbrh, 1)
OP_REVERSE_BYTES(xxbrw, 3)
OP_REVERSE_BYTES(xxbrd, 7)
OP_REVERSE_BYTES(xxbrq, 15)

OP(mfvsrd)
{
	CHECK_FP_VEC(op->rt);
	cpu->gpr[op->ra] = VD(cpu->vsr[op->rt], 0);
	NEXT();
}

OP(mfvsrwz)
{
	CHECK_FP_VEC(op->rt);
	cpu->gpr[op->ra] = VW(cpu->vsr[op->rt], 1);
	NEXT();
}

OP(mfvsrld)
{
	CHECK_VSX_VEC(op->rt);
	cpu->gpr[op->ra] = VD(cpu->vsr[op->rt], 1);
	NEXT();
}

/* Doubleword 1 is undefined after these three. */
OP(mtvsrd)
{
	CHECK_FP_VEC(op->rt);
	VD(cpu->vsr[op->rt], 0) = cpu->gpr[op->ra];
	NEXT();
}

OP(mtvsrwa)
{
	CHECK_FP_VEC(op->rt);
	VD(cpu->vsr[op->rt], 0) = (uint64_t)(int32_t)cpu->gpr[op->ra];
	NEXT();
}

OP(mtvsrwz)
{
	CHECK_FP_VEC(op->rt);
	VD(cpu->vsr[op->rt], 0) = (uint32_t)cpu->gpr[op->ra];
	NEXT();
}

OP(mtvsrdd)
{
	CHECK_VSX_VEC(op->rt);
	VD(cpu->vsr[op->rt], 0) = cpu->gpr[op->ra];
	VD(cpu->vsr[op->rt], 1) = cpu->gpr[op->rb];
	NEXT();
}

OP(mtvsrws)
{
	CHECK_VSX_VEC(op->rt);
	VSR_AS(vu32, op->rt) = (vu32){0} + (uint32_t)cpu->gpr[op->ra];
	NEXT();
}
