/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VMX of Power ISA 3.1, arithmetic: products, quotients, quadwords (Power ISA I.6.9). */
#include "vmm/interp/vec.h"

typedef __int128 s128;

#define QUAD(n)   (cpu->vsr[n].q)
#define SQUAD(n)  (cpu->vsr[n].sq)

#define PRODUCT ((a) * (b))

OP_VMX2(vmulld, vu64, PRODUCT)

/* The upper halves of products; whole ones of the even and odd doublewords. */
OP_VMX_EACH2(vmulhsw, 4, VSW(t, i) = (int32_t)((int64_t)VSW(a, i) * VSW(b, i) >> 32))
OP_VMX_EACH2(vmulhuw, 4, VW(t, i) = (uint32_t)((uint64_t)VW(a, i) * VW(b, i) >> 32))
OP_VMX_EACH2(vmulhsd, 2, VSD(t, i) = (int64_t)((s128)VSD(a, i) * VSD(b, i) >> 64))
OP_VMX_EACH2(vmulhud, 2, VD(t, i) = (uint64_t)((u128)VD(a, i) * VD(b, i) >> 64))
OP_VMX_EACH2(vmulesd, 1, t.sq = (s128)VSD(a, i) * VSD(b, i))
OP_VMX_EACH2(vmulosd, 1, t.sq = (s128)VSD(a, i + 1) * VSD(b, i + 1))
OP_VMX_EACH2(vmuleud, 1, t.q = (u128)VD(a, i) * VD(b, i))
OP_VMX_EACH2(vmuloud, 1, t.q = (u128)VD(a, i + 1) * VD(b, i + 1))

/* What is carried out of 128 bits: 0 to 2. */
OP_VOID(vmsumcud, CHECK_VEC)
{
	const vsr_t a = cpu->vsr[op->ra], b = cpu->vsr[op->rb];
	u128 first = (u128)VD(a, 0) * VD(b, 0), sum = first + (u128)VD(a, 1) * VD(b, 1);
	unsigned carry = sum < first;

	first = sum;
	sum += QUAD(op->x);
	QUAD(op->rt) = carry + (sum < first);
}

/*
 * Quotients and remainders. What is undefined, after a division by zero or an overflow, is zero. Extended
 * forms divide the element followed by as many zeros.
 */
#define DEFINED_S(n, d, min) ((d) != 0 && !((n) == (min) && (d) == -1))

static int64_t div_s64(int64_t a, int64_t b)
{
	return DEFINED_S(a, b, INT64_MIN) ? a / b : 0;
}

static int64_t mod_s64(int64_t a, int64_t b)
{
	return DEFINED_S(a, b, INT64_MIN) ? a % b : 0;
}

static uint64_t div_u64(uint64_t a, uint64_t b)
{
	return b ? a / b : 0;
}

static uint64_t mod_u64(uint64_t a, uint64_t b)
{
	return b ? a % b : 0;
}

#define QUAD_MIN ((s128)((u128)1 << 127))

static s128 div_s128(s128 a, s128 b)
{
	return DEFINED_S(a, b, QUAD_MIN) ? a / b : 0;
}

static s128 mod_s128(s128 a, s128 b)
{
	return DEFINED_S(a, b, QUAD_MIN) ? a % b : 0;
}

static u128 div_u128(u128 a, u128 b)
{
	return b ? a / b : 0;
}

static u128 mod_u128(u128 a, u128 b)
{
	return b ? a % b : 0;
}

/* a * 2^128 / b, bit by bit. */
static u128 div_extended_u128(u128 a, u128 b)
{
	u128 quotient = 0;

	if (a >= b)
		return 0;
	for (unsigned i = 0; i < 128; i++) {
		bool carry = a >> 127;

		a <<= 1;
		quotient <<= 1;
		if (carry || a >= b) {
			a -= b;
			quotient |= 1;
		}
	}
	return quotient;
}

static s128 div_extended_s128(s128 a, s128 b)
{
	bool negative = (a < 0) != (b < 0);
	u128 q = div_extended_u128(a < 0 ? -(u128)a : (u128)a, b < 0 ? -(u128)b : (u128)b);

	if (q > (u128)QUAD_MIN - !negative)
		return 0;
	return (s128)(negative ? -q : q);
}

static s128 fits(s128 v, unsigned bits)
{
	s128 limit = (s128)1 << (bits - 1);

	return v >= -limit && v < limit ? v : 0;
}

#define SHIFTED(v, bits) ((s128)((u128)(s128)(v) << (bits)))

OP_VMX_EACH2(vdivsw, 4, VSW(t, i) = (int32_t)fits(div_s64(VSW(a, i), VSW(b, i)), 32))
OP_VMX_EACH2(vdivuw, 4, VW(t, i) = (uint32_t)div_u64(VW(a, i), VW(b, i)))
OP_VMX_EACH2(vdivsd, 2, VSD(t, i) = div_s64(VSD(a, i), VSD(b, i)))
OP_VMX_EACH2(vdivud, 2, VD(t, i) = div_u64(VD(a, i), VD(b, i)))
OP_VMX_EACH2(vdivsq, 1, (t.sq = div_s128(a.sq, b.sq), (void)i))
OP_VMX_EACH2(vdivuq, 1, (t.q = div_u128(a.q, b.q), (void)i))
OP_VMX_EACH2(vdivesw, 4, VSW(t, i) = (int32_t)fits(div_s128(SHIFTED(VSW(a, i), 32), VSW(b, i)), 32))
OP_VMX_EACH2(vdiveuw, 4,
	     VW(t, i) = VW(a, i) < VW(b, i) ? (uint32_t)div_u64((uint64_t)VW(a, i) << 32, VW(b, i)) : 0)
OP_VMX_EACH2(vdivesd, 2, VSD(t, i) = (int64_t)fits(div_s128(SHIFTED(VSD(a, i), 64), VSD(b, i)), 64))
OP_VMX_EACH2(vdiveud, 2,
	     VD(t, i) = VD(a, i) < VD(b, i) ? (uint64_t)div_u128((u128)VD(a, i) << 64, VD(b, i)) : 0)
OP_VMX_EACH2(vdivesq, 1, (t.sq = div_extended_s128(a.sq, b.sq), (void)i))
OP_VMX_EACH2(vdiveuq, 1, (t.q = div_extended_u128(a.q, b.q), (void)i))
OP_VMX_EACH2(vmodsw, 4, VSW(t, i) = (int32_t)mod_s64(VSW(a, i), VSW(b, i)))
OP_VMX_EACH2(vmoduw, 4, VW(t, i) = (uint32_t)mod_u64(VW(a, i), VW(b, i)))
OP_VMX_EACH2(vmodsd, 2, VSD(t, i) = mod_s64(VSD(a, i), VSD(b, i)))
OP_VMX_EACH2(vmodud, 2, VD(t, i) = mod_u64(VD(a, i), VD(b, i)))
OP_VMX_EACH2(vmodsq, 1, (t.sq = mod_s128(a.sq, b.sq), (void)i))
OP_VMX_EACH2(vmoduq, 1, (t.q = mod_u128(a.q, b.q), (void)i))

/* Quadwords: comparisons. */
#define COMPARE_QUAD(name, get, relation)                                                          \
	OP(name)                                                                                   \
	{                                                                                          \
		CHECK_VEC;                                                                         \
		QUAD(op->rt) = get(op->ra) relation get(op->rb) ? ~(u128)0 : 0;                    \
		NEXT();                                                                            \
	}                                                                                          \
	OP(name##_rc)                                                                              \
	{                                                                                          \
		bool holds;                                                                        \
                                                                                                   \
		CHECK_VEC;                                                                         \
		holds = get(op->ra) relation get(op->rb);                                          \
		QUAD(op->rt) = holds ? ~(u128)0 : 0;                                               \
		cr_set_field(cpu, 6, holds ? CR_LT : CR_EQ);                                       \
		NEXT();                                                                            \
	}
COMPARE_QUAD(vcmpequq, QUAD, ==)
COMPARE_QUAD(vcmpgtuq, QUAD, >)
COMPARE_QUAD(vcmpgtsq, SQUAD, >)

/* The slot has a VSR number of the field that has the CR field's. */
#define BF(op) (((op)->rt & 31u) >> 2)

OP(vcmpuq)
{
	u128 a, b;

	CHECK_VEC;
	a = QUAD(op->ra);
	b = QUAD(op->rb);
	cr_set_field(cpu, BF(op), a < b ? CR_LT : a > b ? CR_GT : CR_EQ);
	NEXT();
}

OP(vcmpsq)
{
	s128 a, b;

	CHECK_VEC;
	a = SQUAD(op->ra);
	b = SQUAD(op->rb);
	cr_set_field(cpu, BF(op), a < b ? CR_LT : a > b ? CR_GT : CR_EQ);
	NEXT();
}

/* Rotates and shifts: by bits 57:63 of VRB; bits 41:47 and 49:55 are the mask's first and last. */
#define SHIFT_OF(v)      ((unsigned)VD(v, 0) & 127)
#define MASK_FIRST_OF(v) ((unsigned)(VD(v, 0) >> 16) & 127)
#define MASK_LAST_OF(v)  ((unsigned)(VD(v, 0) >> 8) & 127)

static u128 rotate_quad(u128 v, unsigned n)
{
	return n ? v << n | v >> (128 - n) : v;
}

/* Ones from bit @first to bit @last, around the end if that is before. */
static u128 mask_quad(unsigned first, unsigned last)
{
	u128 from = ~(u128)0 >> first, to = ~(u128)0 << (127 - last);

	return first <= last ? from & to : from | to;
}

OP_VMX_EACH2(vrlq, 1, (t.q = rotate_quad(a.q, SHIFT_OF(b)), (void)i))
OP_VMX_EACH2(vslq, 1, (t.q = a.q << SHIFT_OF(b), (void)i))
OP_VMX_EACH2(vsrq, 1, (t.q = a.q >> SHIFT_OF(b), (void)i))
OP_VMX_EACH2(vsraq, 1, (t.sq = a.sq >> SHIFT_OF(b), (void)i))
OP_VMX_EACH2(vrlqnm, 1,
	     (t.q = rotate_quad(a.q, SHIFT_OF(b)) & mask_quad(MASK_FIRST_OF(b), MASK_LAST_OF(b)), (void)i))

OP_VOID(vrlqmi, CHECK_VEC)
{
	const vsr_t b = cpu->vsr[op->rb];
	u128 mask = mask_quad(MASK_FIRST_OF(b), MASK_LAST_OF(b));
	u128 v = rotate_quad(QUAD(op->ra), SHIFT_OF(b));

	QUAD(op->rt) = (v & mask) | (QUAD(op->rt) & ~mask);
}

OP(vextsd2q)
{
	CHECK_VEC;
	SQUAD(op->rt) = VSD(cpu->vsr[op->rb], 1);
	NEXT();
}
