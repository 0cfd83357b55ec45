/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VMX of Power ISA 3.1: strings, elements in and out, masks, bits (Power ISA I.6.8, 6.11 to 6.13). */
#include "vmm/interp/bits64.h"
#include "vmm/interp/vec.h"

#define QUAD(n) (cpu->vsr[n].q)
#define GPR(n)  (cpu->gpr[REG_OF(n)])

/* Bits @first to @first + @bits - 1 of the instruction. */
#define FIELD(op, first, bits)                                                                     \
	(((uint32_t)(op)->imm >> (32 - (first) - (bits))) & ((1U << (bits)) - 1))

OP_VMX_EACH2(vcfuged, 2, VD(t, i) = bits_centrifuge(VD(a, i), VD(b, i)))
OP_VMX_EACH2(vpdepd, 2, VD(t, i) = bits_deposit(VD(a, i), VD(b, i)))
OP_VMX_EACH2(vpextd, 2, VD(t, i) = bits_extract(VD(a, i), VD(b, i)))
OP_VMX_EACH2(vclzdm, 2, VD(t, i) = bits_leading_zeros(VD(a, i), VD(b, i)))
OP_VMX_EACH2(vctzdm, 2, VD(t, i) = bits_trailing_zeros(VD(a, i), VD(b, i)))

/* Every Nth bit, to the left end of a GPR. N is 2 to 7, else the result is undefined: 0. */
OP_VOID(vgnb, CHECK_VEC)
{
	const u128 b = QUAD(op->rb);
	unsigned n = FIELD(op, 13, 3);
	uint64_t out = 0;

	for (unsigned i = 0; n > 1 && i * n < 128; i++)
		out |= (uint64_t)(b >> (127 - i * n) & 1) << (63 - i);
	GPR(op->rt) = out;
}

/* Ones in the leftmost @n bytes. */
static u128 bytes_left(uint64_t n)
{
	return n > 15 ? ~(u128)0 : ~(~(u128)0 >> 8 * n);
}

static u128 bytes_right(uint64_t n)
{
	return n > 15 ? ~(u128)0 : ~(~(u128)0 << 8 * n);
}

/* The leftmost bytes cleared, or the rightmost, but for as many as RB says. */
OP(vclrlb)
{
	CHECK_VEC;
	QUAD(op->rt) = QUAD(op->ra) & bytes_right(GPR(op->rb));
	NEXT();
}

OP(vclrrb)
{
	CHECK_VEC;
	QUAD(op->rt) = QUAD(op->ra) & bytes_left(GPR(op->rb));
	NEXT();
}

/* What comes before the first zero element from the left, of @len bytes; whether there is one. */
static bool isolate_left(vsr_t *t, const vsr_t *b, unsigned len)
{
	for (unsigned i = 0; i < 16; i += len)
		if (!VB(*b, i) && !VB(*b, i + len - 1)) {
			t->q = b->q & bytes_left(i);
			return true;
		}
	*t = *b;
	return false;
}

static bool isolate_right(vsr_t *t, const vsr_t *b, unsigned len)
{
	for (unsigned i = 0; i < 16; i += len)
		if (!VB(*b, 15 - i) && !VB(*b, 16 - len - i)) {
			t->q = b->q & bytes_right(i);
			return true;
		}
	*t = *b;
	return false;
}

#define ISOLATE(name, function, len)                                                               \
	OP_VOID(name, CHECK_VEC)                                                                   \
	{                                                                                          \
		const vsr_t b = cpu->vsr[op->rb];                                                  \
                                                                                                   \
		function(&cpu->vsr[op->rt], &b, len);                                              \
	}                                                                                          \
	OP_VOID(name##_rc, CHECK_VEC)                                                              \
	{                                                                                          \
		const vsr_t b = cpu->vsr[op->rb];                                                  \
                                                                                                   \
		cr_set_field(cpu, 6, function(&cpu->vsr[op->rt], &b, len) ? CR_EQ : 0);            \
	}
ISOLATE(vstribl, isolate_left, 1)
ISOLATE(vstribr, isolate_right, 1)
ISOLATE(vstrihl, isolate_left, 2)
ISOLATE(vstrihr, isolate_right, 2)

/*
 * Elements into a vector: @len bytes of @value so that the leftmost lies at byte @at. What would lie outside
 * leaves the vector, whose contents are undefined then, alone.
 */
static void insert_at(vsr_t *t, uint64_t value, unsigned len, unsigned at)
{
	unsigned shift;
	u128 mask;

	if (at > 16 - len)
		return;
	shift = 8 * (16 - len - at);
	mask = (((u128)1 << 8 * len) - 1) << shift;
	t->q = (t->q & ~mask) | ((u128)value << shift & mask);
}

/* By the index in RA from the left, or from the right: a GPR, or the element left of the middle of VRB. */
#define INSERT(name, len, left, value)                                                             \
	OP_VOID(name, CHECK_VEC)                                                                   \
	{                                                                                          \
		unsigned at = GPR(op->ra) & 15;                                                    \
                                                                                                   \
		insert_at(&cpu->vsr[op->rt], value, len, left ? at : 16 - len - at);               \
	}
#define INSERT_GPR(name, len)                                                                      \
	INSERT(name##lx, len, true, GPR(op->rb))                                                   \
	INSERT(name##rx, len, false, GPR(op->rb))
#define INSERT_VR(name, len)                                                                       \
	INSERT(name##vlx, len, true, VD(cpu->vsr[op->rb], 0))                                      \
	INSERT(name##vrx, len, false, VD(cpu->vsr[op->rb], 0))
INSERT_GPR(vinsb, 1)
INSERT_GPR(vinsh, 2)
INSERT_GPR(vinsw, 4)
INSERT_GPR(vinsd, 8)
INSERT_VR(vinsb, 1)
INSERT_VR(vinsh, 2)
INSERT_VR(vinsw, 4)

OP_VOID(vinsw, CHECK_VEC)
{
	insert_at(&cpu->vsr[op->rt], GPR(op->rb), 4, FIELD(op, 12, 4));
}

OP_VOID(vinsd, CHECK_VEC)
{
	insert_at(&cpu->vsr[op->rt], GPR(op->rb), 8, FIELD(op, 12, 4));
}

/* @len bytes of VRA || VRB at byte @at to doubleword 0; outside of them, zeros. */
static uint64_t extract_at(const vsr_t *a, const vsr_t *b, unsigned len, unsigned at)
{
	uint64_t v = 0;

	for (unsigned i = at; i < at + len; i++)
		v = v << 8 | (i < 16 ? VB(*a, i) : i < 32 ? VB(*b, i - 16) : 0);
	return at <= 32 - len ? v : 0;
}

/* The slot has VRC as a VSR number where these have RC. */
#define EXTRACT(name, len)                                                                         \
	OP_VOID(name##vlx, CHECK_VEC)                                                              \
	{                                                                                          \
		unsigned at = GPR(op->x) & 31;                                                     \
		uint64_t v = extract_at(&cpu->vsr[op->ra], &cpu->vsr[op->rb], len, at);            \
                                                                                                   \
		QUAD(op->rt) = (u128)v << 64;                                                      \
	}                                                                                          \
	OP_VOID(name##vrx, CHECK_VEC)                                                              \
	{                                                                                          \
		unsigned at = 32 - len - (GPR(op->x) & 31);                                        \
		uint64_t v = extract_at(&cpu->vsr[op->ra], &cpu->vsr[op->rb], len, at);            \
                                                                                                   \
		QUAD(op->rt) = (u128)v << 64;                                                      \
	}
EXTRACT(vextdub, 1)
EXTRACT(vextduh, 2)
EXTRACT(vextduw, 4)
EXTRACT(vextdd, 8)

/* 128 bits of VRA || VRB: from bit SH on, or so that SH bits are left out at the right end. */
OP(vsldbi)
{
	unsigned n = FIELD(op, 23, 3);

	CHECK_VEC;
	QUAD(op->rt) = QUAD(op->ra) << n | QUAD(op->rb) >> 1 >> (127 - n);
	NEXT();
}

OP(vsrdbi)
{
	unsigned n = FIELD(op, 23, 3);

	CHECK_VEC;
	QUAD(op->rt) = QUAD(op->rb) >> n | QUAD(op->ra) << 1 << (127 - n);
	NEXT();
}

/* Masks of elements from bits, the rightmost bit for the last element; elements from their first bits. */
#define ELEMENT_MASKS(letter, n, element, type)                                                    \
	OP_VOID(mtvsr##letter##m, CHECK_VEC)                                                       \
	{                                                                                          \
		for (unsigned i = 0; i < (n); i++)                                                 \
			element(cpu->vsr[op->rt], i) = (type)-(type)(GPR(op->rb) >> ((n)-1 - i) & 1); \
	}                                                                                          \
	OP_VMX_EACH2(vexpand##letter##m, n, element(t, i) = (type)-(type)(element(b, i) >> (sizeof(type) * 8 - 1))) \
	OP_VOID(vextract##letter##m, CHECK_VEC)                                                    \
	{                                                                                          \
		uint64_t out = 0;                                                                  \
                                                                                                   \
		for (unsigned i = 0; i < (n); i++)                                                 \
			out = out << 1 | (uint64_t)(element(cpu->vsr[op->rb], i) >> (sizeof(type) * 8 - 1)); \
		GPR(op->rt) = out;                                                                 \
	}
#define VQ(v, i) ((v).q)
ELEMENT_MASKS(b, 16, VB, uint8_t)
ELEMENT_MASKS(h, 8, VH, uint16_t)
ELEMENT_MASKS(w, 4, VW, uint32_t)
ELEMENT_MASKS(d, 2, VD, uint64_t)
ELEMENT_MASKS(q, 1, VQ, u128)

/* The immediate is in 16:25, 11:15, 31. */
OP_VOID(mtvsrbmi, CHECK_VEC)
{
	unsigned bits = FIELD(op, 16, 10) << 6 | FIELD(op, 11, 5) << 1 | FIELD(op, 31, 1);

	for (unsigned i = 0; i < 16; i++)
		VB(cpu->vsr[op->rt], i) = (uint8_t)-(bits >> (15 - i) & 1);
}

/* How many elements have the first bit MP: as a number of bytes, in the first byte. */
#define COUNT_MASK(name, n, element, bits)                                                         \
	OP_VOID(name, CHECK_VEC)                                                                   \
	{                                                                                          \
		uint64_t count = 0, wanted = FIELD(op, 15, 1);                                     \
                                                                                                   \
		for (unsigned i = 0; i < (n); i++)                                                 \
			count += (uint64_t)(element(cpu->vsr[op->rb], i) >> ((bits)-1)) == wanted; \
		GPR(op->rt) = count * ((bits) / 8) << 56;                                          \
	}
COUNT_MASK(vcntmbb, 16, VB, 8)
COUNT_MASK(vcntmbh, 8, VH, 16)
COUNT_MASK(vcntmbw, 4, VW, 32)
COUNT_MASK(vcntmbd, 2, VD, 64)
