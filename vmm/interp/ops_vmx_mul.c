/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VMX integer multiply, multiply-add, multiply-sum and sum across (Power ISA I.6). */
#include "vmm/interp/vec.h"

/* Products of the even (@odd = 0) or odd elements. */
#define OP_MULTIPLY(name, n, to, from, wide, odd)                                                  \
	OP_VMX_EACH2(name, n, to(t, i) = (wide)from(a, 2 * i + odd) * from(b, 2 * i + odd))

OP_MULTIPLY(vmuleub, 8, VH, VB, uint32_t, 0)
OP_MULTIPLY(vmuloub, 8, VH, VB, uint32_t, 1)
OP_MULTIPLY(vmulesb, 8, VSH, VSB, int32_t, 0)
OP_MULTIPLY(vmulosb, 8, VSH, VSB, int32_t, 1)
OP_MULTIPLY(vmuleuh, 4, VW, VH, uint32_t, 0)
OP_MULTIPLY(vmulouh, 4, VW, VH, uint32_t, 1)
OP_MULTIPLY(vmulesh, 4, VSW, VSH, int32_t, 0)
OP_MULTIPLY(vmulosh, 4, VSW, VSH, int32_t, 1)
OP_MULTIPLY(vmuleuw, 2, VD, VW, uint64_t, 0)
OP_MULTIPLY(vmulouw, 2, VD, VW, uint64_t, 1)
OP_MULTIPLY(vmulesw, 2, VSD, VSW, int64_t, 0)
OP_MULTIPLY(vmulosw, 2, VSD, VSW, int64_t, 1)

#define PRODUCT ((a) * (b))

OP_VMX2(vmuluwm, vu32, PRODUCT)
OP_VMX3(vmladduhm, vu16, PRODUCT + c)

static int16_t clamp_s16(struct icpu *cpu, int64_t v)
{
	return (int16_t)vec_clamp(cpu, v, INT16_MIN, INT16_MAX);
}

static int32_t clamp_s32(struct icpu *cpu, int64_t v)
{
	return (int32_t)vec_clamp(cpu, v, INT32_MIN, INT32_MAX);
}

static uint32_t clamp_u32(struct icpu *cpu, int64_t v)
{
	return (uint32_t)vec_clamp(cpu, v, 0, UINT32_MAX);
}

OP_VMX_EACH3(vmhaddshs, 8, VSH(t, i) = clamp_s16(cpu, (VSH(a, i) * VSH(b, i) >> 15) + VSH(c, i)))
OP_VMX_EACH3(vmhraddshs, 8,
	     VSH(t, i) = clamp_s16(cpu, ((VSH(a, i) * VSH(b, i) + 0x4000) >> 15) + VSH(c, i)))

/* The products in word @i: of four bytes, of two halfwords. */
static uint32_t sum_u8(const vsr_t *a, const vsr_t *b, unsigned i)
{
	uint32_t sum = 0;

	for (unsigned j = 4 * i; j < 4 * i + 4; j++)
		sum += VB(*a, j) * VB(*b, j);
	return sum;
}

static uint32_t sum_s8_u8(const vsr_t *a, const vsr_t *b, unsigned i)
{
	int32_t sum = 0;

	for (unsigned j = 4 * i; j < 4 * i + 4; j++)
		sum += VSB(*a, j) * VB(*b, j);
	return (uint32_t)sum;
}

static int64_t sum_u16(const vsr_t *a, const vsr_t *b, unsigned i)
{
	return (int64_t)VH(*a, 2 * i) * VH(*b, 2 * i) +
	       (int64_t)VH(*a, 2 * i + 1) * VH(*b, 2 * i + 1);
}

static int64_t sum_s16(const vsr_t *a, const vsr_t *b, unsigned i)
{
	return (int64_t)VSH(*a, 2 * i) * VSH(*b, 2 * i) +
	       (int64_t)VSH(*a, 2 * i + 1) * VSH(*b, 2 * i + 1);
}

OP_VMX_EACH3(vmsumubm, 4, VW(t, i) = sum_u8(&a, &b, i) + VW(c, i))
OP_VMX_EACH3(vmsummbm, 4, VW(t, i) = sum_s8_u8(&a, &b, i) + VW(c, i))
OP_VMX_EACH3(vmsumuhm, 4, VW(t, i) = (uint32_t)sum_u16(&a, &b, i) + VW(c, i))
OP_VMX_EACH3(vmsumshm, 4, VW(t, i) = (uint32_t)sum_s16(&a, &b, i) + VW(c, i))
OP_VMX_EACH3(vmsumuhs, 4, VW(t, i) = clamp_u32(cpu, sum_u16(&a, &b, i) + VW(c, i)))
OP_VMX_EACH3(vmsumshs, 4, VSW(t, i) = clamp_s32(cpu, sum_s16(&a, &b, i) + VSW(c, i)))
OP_VMX_EACH3(vmsumudm, 1, t.q = (u128)VD(a, i) * VD(b, i) + (u128)VD(a, i + 1) * VD(b, i + 1) + c.q)

/* The sums of the elements in word @i. */
static int64_t across_u8(const vsr_t *a, unsigned i)
{
	return VB(*a, 4 * i) + VB(*a, 4 * i + 1) + VB(*a, 4 * i + 2) + VB(*a, 4 * i + 3);
}

static int64_t across_s8(const vsr_t *a, unsigned i)
{
	return VSB(*a, 4 * i) + VSB(*a, 4 * i + 1) + VSB(*a, 4 * i + 2) + VSB(*a, 4 * i + 3);
}

OP_VMX_EACH2(vsum4ubs, 4, VW(t, i) = clamp_u32(cpu, across_u8(&a, i) + VW(b, i)))
OP_VMX_EACH2(vsum4sbs, 4, VSW(t, i) = clamp_s32(cpu, across_s8(&a, i) + VSW(b, i)))
OP_VMX_EACH2(vsum4shs, 4,
	     VSW(t, i) = clamp_s32(cpu, (int64_t)VSH(a, 2 * i) + VSH(a, 2 * i + 1) + VSW(b, i)))
OP_VMX_EACH2(vsum2sws, 2,
	     VD(t, i) = (uint32_t)clamp_s32(cpu, (int64_t)VSW(a, 2 * i) + VSW(a, 2 * i + 1) +
							 VSW(b, 2 * i + 1)))

OP_VOID(vsumsws, CHECK_VEC)
{
	const vsr_t a = cpu->vsr[op->ra];
	int64_t sum = VSW(cpu->vsr[op->rb], 3);

	for (unsigned i = 0; i < 4; i++)
		sum += VSW(a, i);
	cpu->vsr[op->rt].q = (uint32_t)clamp_s32(cpu, sum);
}

/* 10 * @a + @digit; the second function has what does not fit into 128 bits. */
static u128 times10(u128 a, unsigned digit)
{
	return a * 10 + digit;
}

static u128 times10_carry(u128 a, unsigned digit)
{
	u128 low = (u128)(uint64_t)a * 10 + digit;

	return ((a >> 64) * 10 + (low >> 64)) >> 64;
}

OP_VMX_EACH2(vmul10uq, 1, t.q = times10(a.q, 0))
OP_VMX_EACH2(vmul10cuq, 1, t.q = times10_carry(a.q, 0))
OP_VMX_EACH2(vmul10euq, 1, t.q = times10(a.q, b.q & 15))
OP_VMX_EACH2(vmul10ecuq, 1, t.q = times10_carry(a.q, b.q & 15))
