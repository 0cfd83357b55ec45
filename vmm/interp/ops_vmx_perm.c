/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VMX merge, splat, permute, select, extract and insert (Power ISA I.6). */
#include "vmm/interp/vec.h"

OP_PERMUTE(vperm, CHECK_VEC, op->ra, op->rb, op->x, 0)
OP_PERMUTE(vpermr, CHECK_VEC, op->ra, op->rb, op->x, 31)

OP_VMX3(vsel, vu64, (a & ~c) | (b & c))

OP_VMX2(vmrghb, vu8, VEC_SHUFFLE16(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23))
OP_VMX2(vmrglb, vu8,
	VEC_SHUFFLE16(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31))
OP_VMX2(vmrghh, vu16, VEC_SHUFFLE8(a, b, 0, 8, 1, 9, 2, 10, 3, 11))
OP_VMX2(vmrglh, vu16, VEC_SHUFFLE8(a, b, 4, 12, 5, 13, 6, 14, 7, 15))
OP_VMX2(vmrghw, vu32, VEC_SHUFFLE4(a, b, 0, 4, 1, 5))
OP_VMX2(vmrglw, vu32, VEC_SHUFFLE4(a, b, 2, 6, 3, 7))
OP_VMX2(vmrgew, vu32, VEC_SHUFFLE4(a, b, 0, 4, 2, 6))
OP_VMX2(vmrgow, vu32, VEC_SHUFFLE4(a, b, 1, 5, 3, 7))

/* The immediate in the VRA field. */
#define UIM(op)  (((uint32_t)(op)->imm >> 16) & 31)
#define SIMM(op) ((int32_t)((uint32_t)(op)->imm << 11) >> 27)

#define OP_SPLAT(name, type, value)                                                                \
	OP(name)                                                                                   \
	{                                                                                          \
		CHECK_VEC;                                                                         \
		VSR_AS(type, op->rt) = (type){0} + (value);                                        \
		NEXT();                                                                            \
	}

OP_SPLAT(vspltb, vu8, VB(cpu->vsr[op->rb], UIM(op) & 15))
OP_SPLAT(vsplth, vu16, VH(cpu->vsr[op->rb], UIM(op) & 7))
OP_SPLAT(vspltw, vu32, VW(cpu->vsr[op->rb], UIM(op) & 3))
OP_SPLAT(vspltisb, vs8, (int8_t)SIMM(op))
OP_SPLAT(vspltish, vs16, (int16_t)SIMM(op))
OP_SPLAT(vspltisw, vs32, SIMM(op))

OP(vsldoi)
{
	unsigned n = ((uint32_t)op->imm >> 3) & 0x78;
	u128 a, b;

	CHECK_VEC;
	a = VSR_AS(u128, op->ra);
	b = VSR_AS(u128, op->rb);
	VSR_AS(u128, op->rt) = a << n | b >> 1 >> (127 - n);
	NEXT();
}

/* The field of @bits bits of @v that begins at byte @byte; undefined, but safe, where it overlaps
 * the end. */
static inline uint64_t quad_left(u128 v, unsigned byte, unsigned bits)
{
	return (uint64_t)(v << 8 * (byte & 15) >> (128 - bits));
}

static inline uint64_t quad_right(u128 v, unsigned byte, unsigned bits)
{
	return (uint64_t)(v >> 8 * (byte & 15)) & ((1ULL << bits) - 1);
}

#define OP_EXTRACT(name, bits)                                                                     \
	OP(name)                                                                                   \
	{                                                                                          \
		CHECK_VEC;                                                                         \
		VSR_AS(u128, op->rt) = (u128)quad_left(VSR_AS(u128, op->rb), UIM(op), bits) << 64; \
		NEXT();                                                                            \
	}

OP_EXTRACT(vextractub, 8)
OP_EXTRACT(vextractuh, 16)
OP_EXTRACT(vextractuw, 32)
OP_EXTRACT(vextractd, 64)

#define OP_INSERT(name, bits)                                                                      \
	OP(name)                                                                                   \
	{                                                                                          \
		u128 mask = ~(u128)0 << (128 - (bits));                                            \
		unsigned n = 8 * (UIM(op) & 15);                                                   \
		u128 b, t;                                                                         \
                                                                                                   \
		CHECK_VEC;                                                                         \
		b = VSR_AS(u128, op->rb) << (64 - (bits));                                         \
		t = VSR_AS(u128, op->rt);                                                          \
		VSR_AS(u128, op->rt) = (t & ~(mask >> n)) | (b & mask) >> n;                       \
		NEXT();                                                                            \
	}

OP_INSERT(vinsertb, 8)
OP_INSERT(vinserth, 16)
OP_INSERT(vinsertw, 32)
OP_INSERT(vinsertd, 64)

#define OP_EXTRACT_GPR(name, expr)                                                                 \
	OP(name)                                                                                   \
	{                                                                                          \
		u128 b;                                                                            \
                                                                                                   \
		CHECK_VEC;                                                                         \
		b = VSR_AS(u128, op->rb);                                                          \
		cpu->gpr[REG_OF(op->rt)] = (expr);                                                 \
		NEXT();                                                                            \
	}

OP_EXTRACT_GPR(vextublx, quad_left(b, cpu->gpr[REG_OF(op->ra)], 8))
OP_EXTRACT_GPR(vextuhlx, quad_left(b, cpu->gpr[REG_OF(op->ra)], 16))
OP_EXTRACT_GPR(vextuwlx, quad_left(b, cpu->gpr[REG_OF(op->ra)], 32))
OP_EXTRACT_GPR(vextubrx, quad_right(b, cpu->gpr[REG_OF(op->ra)], 8))
OP_EXTRACT_GPR(vextuhrx, quad_right(b, cpu->gpr[REG_OF(op->ra)], 16))
OP_EXTRACT_GPR(vextuwrx, quad_right(b, cpu->gpr[REG_OF(op->ra)], 32))
