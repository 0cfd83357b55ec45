/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VMX counts, parity, gathers of bits and the VSCR (Power ISA I.6). */
#include "vmm/interp/vec.h"

/* Zeros at the left and right end of a field of @bits bits. */
static unsigned leading_zeros(uint64_t v, unsigned bits)
{
	return v ? (unsigned)__builtin_clzll(v) - (64 - bits) : bits;
}

static unsigned trailing_zeros(uint64_t v, unsigned bits)
{
	return v ? (unsigned)__builtin_ctzll(v) : bits;
}

OP_VMX_EACH2(vclzb, 16, VB(t, i) = leading_zeros(VB(b, i), 8))
OP_VMX_EACH2(vclzh, 8, VH(t, i) = leading_zeros(VH(b, i), 16))
OP_VMX_EACH2(vclzw, 4, VW(t, i) = leading_zeros(VW(b, i), 32))
OP_VMX_EACH2(vclzd, 2, VD(t, i) = leading_zeros(VD(b, i), 64))
OP_VMX_EACH2(vctzb, 16, VB(t, i) = trailing_zeros(VB(b, i), 8))
OP_VMX_EACH2(vctzh, 8, VH(t, i) = trailing_zeros(VH(b, i), 16))
OP_VMX_EACH2(vctzw, 4, VW(t, i) = trailing_zeros(VW(b, i), 32))
OP_VMX_EACH2(vctzd, 2, VD(t, i) = trailing_zeros(VD(b, i), 64))
OP_VMX_EACH2(vpopcntb, 16, VB(t, i) = __builtin_popcount(VB(b, i)))
OP_VMX_EACH2(vpopcnth, 8, VH(t, i) = __builtin_popcount(VH(b, i)))
OP_VMX_EACH2(vpopcntw, 4, VW(t, i) = __builtin_popcount(VW(b, i)))
OP_VMX_EACH2(vpopcntd, 2, VD(t, i) = __builtin_popcountll(VD(b, i)))

/* The parity of the least significant bits of the bytes. */
#define LOW_BITS 0x0101010101010101ULL
OP_VMX_EACH2(vprtybw, 4, VW(t, i) = __builtin_parity(VW(b, i) & (uint32_t)LOW_BITS))
OP_VMX_EACH2(vprtybd, 2, VD(t, i) = __builtin_parityll(VD(b, i) & LOW_BITS))
OP_VMX_EACH2(vprtybq, 1, t.q = __builtin_parityll((VD(b, i) ^ VD(b, i + 1)) & LOW_BITS))

/* The number of bytes at the left or right end whose least significant bit is 0. */
static unsigned leading_even_bytes(const vsr_t *v)
{
	unsigned n = leading_zeros(VD(*v, 0) & LOW_BITS, 64) / 8;

	return n < 8 ? n : 8 + leading_zeros(VD(*v, 1) & LOW_BITS, 64) / 8;
}

static unsigned trailing_even_bytes(const vsr_t *v)
{
	unsigned n = trailing_zeros(VD(*v, 1) & LOW_BITS, 64) / 8;

	return n < 8 ? n : 8 + trailing_zeros(VD(*v, 0) & LOW_BITS, 64) / 8;
}

OP_VOID(vclzlsbb, CHECK_VEC)
{
	cpu->gpr[REG_OF(op->rt)] = leading_even_bytes(&cpu->vsr[op->rb]);
}

OP_VOID(vctzlsbb, CHECK_VEC)
{
	cpu->gpr[REG_OF(op->rt)] = trailing_even_bytes(&cpu->vsr[op->rb]);
}

/* Each doubleword is a matrix of 8 by 8 bits, which is transposed: swaps of ever larger squares. */
static uint64_t bits_transpose(uint64_t v)
{
	uint64_t swap;

	swap = (v ^ v >> 7) & 0x00aa00aa00aa00aaULL;
	v ^= swap ^ swap << 7;
	swap = (v ^ v >> 14) & 0x0000cccc0000ccccULL;
	v ^= swap ^ swap << 14;
	swap = (v ^ v >> 28) & 0x00000000f0f0f0f0ULL;
	return v ^ swap ^ swap << 28;
}

OP_VMX_EACH2(vgbbd, 2, VD(t, i) = bits_transpose(VD(b, i)))

/* Bits of a that the bytes of b select; 0 where a byte is beyond a's end. */
OP_VOID(vbpermq, CHECK_VEC)
{
	const vsr_t a = cpu->vsr[op->ra], b = cpu->vsr[op->rb];
	unsigned i, n, bits = 0;

	for (i = 0; i < 16; i++) {
		n = VB(b, i);
		bits = bits << 1 | (n < 128 ? (unsigned)(a.q >> (127 - n)) & 1 : 0);
	}
	cpu->vsr[op->rt].q = (u128)bits << 64;
}

static uint64_t bits_permute(uint64_t a, uint64_t b)
{
	unsigned n, i, bits = 0;

	for (i = 0; i < 8; i++) {
		n = (b >> (56 - 8 * i)) & 255;
		bits = bits << 1 | (n < 64 ? (unsigned)(a >> (63 - n)) & 1 : 0);
	}
	return bits;
}

OP_VMX_EACH2(vbpermd, 2, VD(t, i) = bits_permute(VD(a, i), VD(b, i)))

OP(mfvscr)
{
	CHECK_VEC;
	VSR_AS(u128, op->rt) = cpu->vscr;
	NEXT();
}

OP(mtvscr)
{
	CHECK_VEC;
	cpu->vscr = VW(cpu->vsr[op->rb], 3) & (VSCR_NJ | VSCR_SAT);
	NEXT();
}
