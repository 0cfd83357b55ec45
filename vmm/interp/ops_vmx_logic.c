/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VMX logical operations, rotates and shifts (Power ISA I.6). */
#include "vmm/interp/vec.h"

OP_VMX2(vand, vu64, a &b)
OP_VMX2(vandc, vu64, a & ~b)
OP_VMX2(vor, vu64, a | b)
OP_VMX2(vorc, vu64, a | ~b)
OP_VMX2(vxor, vu64, a ^ b)
OP_VMX2(vnor, vu64, ~(a | b))
OP_VMX2(vnand, vu64, ~(a &b))
OP_VMX2(veqv, vu64, ~(a ^ b))

#define ROTATE(v, n, bits) ((v) << (n) | (v) >> (-(n) & ((bits)-1)))

OP_VMX2(vrlb, vu8, ROTATE(a, b & 7, 8))
OP_VMX2(vrlh, vu16, ROTATE(a, b & 15, 16))
OP_VMX2(vrlw, vu32, ROTATE(a, b & 31, 32))
OP_VMX2(vrld, vu64, ROTATE(a, b & 63, 64))
OP_VMX2(vslb, vu8, a << (b & 7))
OP_VMX2(vslh, vu16, a << (b & 15))
OP_VMX2(vslw, vu32, a << (b & 31))
OP_VMX2(vsld, vu64, a << (b & 63))
OP_VMX2(vsrb, vu8, a >> (b & 7))
OP_VMX2(vsrh, vu16, a >> (b & 15))
OP_VMX2(vsrw, vu32, a >> (b & 31))
OP_VMX2(vsrd, vu64, a >> (b & 63))
OP_VMX2(vsrab, vs8, a >> (b & 7))
OP_VMX2(vsrah, vs16, a >> (b & 15))
OP_VMX2(vsraw, vs32, a >> (b & 31))
OP_VMX2(vsrad, vs64, a >> (b & 63))

/* Of the whole quadword, by bits and by octets. */
OP_VMX2(vsl, u128, a << (b & 7))
OP_VMX2(vsr, u128, a >> (b & 7))
OP_VMX2(vslo, u128, a << (b & 0x78))
OP_VMX2(vsro, u128, a >> (b & 0x78))

/* Each byte shifted by its own count, filled from its neighbour. */
OP_VMX_EACH2(vslv, 16,
	     VB(t, i) = ((VB(a, i) << 8 | (i < 15 ? VB(a, i + 1) : 0)) << (VB(b, i) & 7)) >> 8)
OP_VMX_EACH2(vsrv, 16, VB(t, i) = ((i ? VB(a, i - 1) : 0) << 8 | VB(a, i)) >> (VB(b, i) & 7))

/* Ones in bits @mb to @me of a word, around the end if mb > me; bit 0 is the most significant. */
static inline uint32_t mask32(unsigned mb, unsigned me)
{
	uint32_t mask = (~0U >> mb) ^ (me < 31 ? ~0U >> (me + 1) : 0);

	return mb > me ? ~mask : mask;
}

static inline uint64_t mask64(unsigned mb, unsigned me)
{
	uint64_t mask = (~0ULL >> mb) ^ (me < 63 ? ~0ULL >> (me + 1) : 0);

	return mb > me ? ~mask : mask;
}

static inline uint32_t rotate32_mask(uint32_t v, uint32_t control, uint32_t *ret_mask)
{
	unsigned n = control & 31;

	*ret_mask = mask32((control >> 16) & 31, (control >> 8) & 31);
	return ROTATE(v, n, 32) & *ret_mask;
}

static inline uint64_t rotate64_mask(uint64_t v, uint64_t control, uint64_t *ret_mask)
{
	unsigned n = control & 63;

	*ret_mask = mask64((control >> 16) & 63, (control >> 8) & 63);
	return ROTATE(v, n, 64) & *ret_mask;
}

OP_VOID(vrlwmi, CHECK_VEC)
{
	const vsr_t a = cpu->vsr[op->ra], b = cpu->vsr[op->rb];
	vsr_t *t = &cpu->vsr[op->rt];
	uint32_t rotated, mask;
	unsigned i;

	for (i = 0; i < 4; i++) {
		rotated = rotate32_mask(VW(a, i), VW(b, i), &mask);
		VW(*t, i) = (VW(*t, i) & ~mask) | rotated;
	}
}

OP_VOID(vrldmi, CHECK_VEC)
{
	const vsr_t a = cpu->vsr[op->ra], b = cpu->vsr[op->rb];
	vsr_t *t = &cpu->vsr[op->rt];
	uint64_t rotated, mask;
	unsigned i;

	for (i = 0; i < 2; i++) {
		rotated = rotate64_mask(VD(a, i), VD(b, i), &mask);
		VD(*t, i) = (VD(*t, i) & ~mask) | rotated;
	}
}

OP_VOID(vrlwnm, CHECK_VEC)
{
	const vsr_t a = cpu->vsr[op->ra], b = cpu->vsr[op->rb];
	uint32_t mask;
	unsigned i;

	for (i = 0; i < 4; i++)
		VW(cpu->vsr[op->rt], i) = rotate32_mask(VW(a, i), VW(b, i), &mask);
}

OP_VOID(vrldnm, CHECK_VEC)
{
	const vsr_t a = cpu->vsr[op->ra], b = cpu->vsr[op->rb];
	uint64_t mask;
	unsigned i;

	for (i = 0; i < 2; i++)
		VD(cpu->vsr[op->rt], i) = rotate64_mask(VD(a, i), VD(b, i), &mask);
}
