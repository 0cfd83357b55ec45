/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prefixed instructions other than loads and stores: Power ISA 3.1 Book I 3.3.9, 7.6.3. */
#include "vmm/interp/fpu.h"
#include "vmm/interp/prefix.h"
#include "vmm/interp/vec.h"

OP(pnop)
{
	CHECK_PREFIX;
	NEXT_PREFIXED();
}

OP(paddi)
{
	CHECK_PREFIX;
	cpu->gpr[op->rt] = prefix_ea(cpu, op);
	NEXT_PREFIXED();
}

OP(xxspltiw)
{
	CHECK_PREFIX;
	CHECK_VSX_VEC(op->rt);
	VSR_AS(vu32, op->rt) = (vu32){0} + (uint32_t)op->imm;
	NEXT_PREFIXED();
}

OP_VOID_PREFIXED(xxspltidp, CHECK_VSX_VEC(op->rt))
{
	VSR_AS(vu64, op->rt) = (vu64){0} + fpu_single_to_double((uint32_t)op->imm);
}

OP_VOID_PREFIXED(xxsplti32dx, CHECK_VSX_VEC(op->rt))
{
	VW(cpu->vsr[op->rt], op->x) = (uint32_t)op->imm;
	VW(cpu->vsr[op->rt], op->x + 2) = (uint32_t)op->imm;
}

/* Of each element, the one of B where that of C is negative, else that of A. */
#define BLEND(name, type)                                                                          \
	OP_VOID_PREFIXED(name, CHECK_VSX_VEC(op->rt))                                              \
	{                                                                                          \
		type take_b = (type)(VSR_AS(type, op->x) < 0);                                     \
                                                                                                   \
		VSR_AS(type, op->rt) =                                                             \
			(VSR_AS(type, op->rb) & take_b) | (VSR_AS(type, op->ra) & ~take_b);        \
	}
BLEND(xxblendvb, vs8)
BLEND(xxblendvh, vs16)
BLEND(xxblendvw, vs32)
BLEND(xxblendvd, vs64)

/* As vperm for the bytes of C whose first three bits are those asked for; zero for the others. */
OP_VOID_PREFIXED(xxpermx, CHECK_VSX_VEC(op->rt))
{
	const vsr_t a = cpu->vsr[op->ra], b = cpu->vsr[op->rb], c = cpu->vsr[op->x];
	unsigned part = (unsigned)op->imm & 7;
	vsr_t t = vec_permute_bytes(&a, &b, &c);

	for (unsigned i = 0; i < 16; i++)
		if (VB(c, i) >> 5 != part)
			VB(t, i) = 0;
	cpu->vsr[op->rt] = t;
}

/* Any function of three bits, by its table: the value for 000 first. */
OP_VOID_PREFIXED(xxeval, CHECK_VSX_VEC(op->rt))
{
	const u128 a = cpu->vsr[op->ra].q, b = cpu->vsr[op->rb].q, c = cpu->vsr[op->x].q;
	u128 t = 0;

	for (unsigned i = 0; i < 8; i++)
		if ((unsigned)op->imm >> (7 - i) & 1)
			t |= (i & 4 ? a : ~a) & (i & 2 ? b : ~b) & (i & 1 ? c : ~c);
	cpu->vsr[op->rt].q = t;
}
