/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the VMX and VSX handlers are written with: the vector-scalar registers as vectors of the
 * host's compiler, and the shapes that many handlers share.
 *
 * A vector's elements lie in memory order: as in vsr_t, element 0 of the ISA is the last one on a
 * little-endian host. Element-wise arithmetic does not care; all else goes through VB(), VH(), ...
 * or VEC_SHUFFLE*().
 */
#ifndef PAPRIKA_INTERP_VEC_H
#define PAPRIKA_INTERP_VEC_H

#include "vmm/interp/cr.h"
#include "vmm/interp/dispatch.h"

#if defined(__clang__) && defined(__powerpc__)
/* It warns of what a compare of two vectors will once be; here it is cast at once. */
#pragma clang diagnostic ignored "-Wdeprecated-altivec-src-compat"
#endif

#define VEC_TYPE_(name, type) typedef type name __attribute__((vector_size(16), may_alias))

VEC_TYPE_(vu8, uint8_t);
VEC_TYPE_(vs8, int8_t);
VEC_TYPE_(vu16, uint16_t);
VEC_TYPE_(vs16, int16_t);
VEC_TYPE_(vu32, uint32_t);
VEC_TYPE_(vs32, int32_t);
VEC_TYPE_(vu64, uint64_t);
VEC_TYPE_(vs64, int64_t);

#undef VEC_TYPE_

typedef unsigned __int128 u128 __attribute__((may_alias));

#define VSCR_NJ  0x10000u
#define VSCR_SAT 1u

/* VSR @n as a vector or a quadword of @type. */
#define VSR_AS(type, n) (*(type *)&cpu->vsr[n])

/* The number of the GPR or VR in a field that the slot holds as a VSR number. */
#define REG_OF(n) (31 & (n))

/* One bit per doubleword is enough to tell a mask of all ones or zeros from any other. */
static inline bool vec_any(vu64 v)
{
	return (v[0] | v[1]) != 0;
}

static inline bool vec_all(vu64 mask)
{
	return (mask[0] & mask[1]) == ~0ULL;
}

/* CR6 after a compare whose result is @mask. */
static inline void vec_set_cr6(struct icpu *cpu, vu64 mask)
{
	cpu->cr[6] = vec_all(mask)   ? cr_encode(CR_LT)
		     : vec_any(mask) ? cr_encode(0)
				     : cr_encode(CR_EQ);
}

/* @v, or the limit it exceeds; then VSCR[SAT] is set. */
static inline int64_t vec_clamp(struct icpu *cpu, int64_t v, int64_t min, int64_t max)
{
	if (v >= min && v <= max)
		return v;
	cpu->vscr |= VSCR_SAT;
	return v < min ? min : max;
}

/*
 * Shuffles with constant indices, numbered as the ISA numbers the elements of A || B. 8-, 16- and
 * 32-bit elements.
 */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define VEC_SHUFFLE16(a, b, i0, i1, i2, i3, i4, i5, i6, i7, i8, i9, ia, ib, ic, id, ie, if_)       \
	__builtin_shufflevector(b, a, 31 - (if_), 31 - (ie), 31 - (id), 31 - (ic), 31 - (ib),      \
				31 - (ia), 31 - (i9), 31 - (i8), 31 - (i7), 31 - (i6), 31 - (i5),  \
				31 - (i4), 31 - (i3), 31 - (i2), 31 - (i1), 31 - (i0))
#define VEC_SHUFFLE8(a, b, i0, i1, i2, i3, i4, i5, i6, i7)                                         \
	__builtin_shufflevector(b, a, 15 - (i7), 15 - (i6), 15 - (i5), 15 - (i4), 15 - (i3),       \
				15 - (i2), 15 - (i1), 15 - (i0))
#define VEC_SHUFFLE4(a, b, i0, i1, i2, i3)                                                         \
	__builtin_shufflevector(b, a, 7 - (i3), 7 - (i2), 7 - (i1), 7 - (i0))
#else
#define VEC_SHUFFLE16(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#define VEC_SHUFFLE8(a, b, ...)  __builtin_shufflevector(a, b, __VA_ARGS__)
#define VEC_SHUFFLE4(a, b, ...)  __builtin_shufflevector(a, b, __VA_ARGS__)
#endif

/* The newer VSX instructions are the vector facility's where they touch VSRs 32 to 63. */
#define CHECK_VSX_VEC(vsr)                                                                         \
	do {                                                                                       \
		if ((vsr) < 32)                                                                    \
			CHECK_VSX;                                                                 \
		else                                                                               \
			CHECK_VEC;                                                                 \
	} while (0)
/* The moves of ISA 2.07 need floating point for the others. */
#define CHECK_FP_VEC(vsr)                                                                          \
	do {                                                                                       \
		if ((vsr) < 32)                                                                    \
			CHECK_FP;                                                                  \
		else                                                                               \
			CHECK_VEC;                                                                 \
	} while (0)

/* A hot handler with the vectors a = VRA, b = VRB: VRT = @expr. */
#define OP_VEC2_(name, check, type, expr)                                                          \
	OP(name)                                                                                   \
	{                                                                                          \
		type a, b;                                                                         \
                                                                                                   \
		check;                                                                             \
		a = VSR_AS(type, op->ra);                                                          \
		b = VSR_AS(type, op->rb);                                                          \
		VSR_AS(type, op->rt) = (type)(expr);                                               \
		NEXT();                                                                            \
	}
#define OP_VMX2(name, type, expr) OP_VEC2_(name, CHECK_VEC, type, expr)
#define OP_VSX2(name, type, expr) OP_VEC2_(name, CHECK_VSX, type, expr)

/* The same with c = VRC. */
#define OP_VEC3_(name, check, type, expr)                                                          \
	OP(name)                                                                                   \
	{                                                                                          \
		type a, b, c;                                                                      \
                                                                                                   \
		check;                                                                             \
		a = VSR_AS(type, op->ra);                                                          \
		b = VSR_AS(type, op->rb);                                                          \
		c = VSR_AS(type, op->x);                                                           \
		VSR_AS(type, op->rt) = (type)(expr);                                               \
		NEXT();                                                                            \
	}
#define OP_VMX3(name, type, expr) OP_VEC3_(name, CHECK_VEC, type, expr)
#define OP_VSX3(name, type, expr) OP_VEC3_(name, CHECK_VSX, type, expr)

/* A hot handler with b = VRB alone. */
#define OP_VMX1(name, type, expr)                                                                  \
	OP(name)                                                                                   \
	{                                                                                          \
		type b;                                                                            \
                                                                                                   \
		CHECK_VEC;                                                                         \
		b = VSR_AS(type, op->rb);                                                          \
		VSR_AS(type, op->rt) = (type)(expr);                                               \
		NEXT();                                                                            \
	}

/*
 * An ordinary function as handler: the statement @stmt, run for i = 0 .. @n - 1, makes t out of the
 * copies a, b and c of the sources (c only where named so).
 */
#define OP_VMX_EACH2(name, n, stmt)                                                                \
	OP_VOID(name, CHECK_VEC)                                                                   \
	{                                                                                          \
		const vsr_t a = cpu->vsr[op->ra], b = cpu->vsr[op->rb];                            \
		vsr_t t;                                                                           \
		unsigned i;                                                                        \
                                                                                                   \
		(void)a, (void)b;                                                                  \
		for (i = 0; i < (n); i++)                                                          \
			stmt;                                                                      \
		cpu->vsr[op->rt] = t;                                                              \
	}
#define OP_VMX_EACH3(name, n, stmt)                                                                \
	OP_VOID(name, CHECK_VEC)                                                                   \
	{                                                                                          \
		const vsr_t a = cpu->vsr[op->ra], b = cpu->vsr[op->rb], c = cpu->vsr[op->x];       \
		vsr_t t;                                                                           \
		unsigned i;                                                                        \
                                                                                                   \
		for (i = 0; i < (n); i++)                                                          \
			stmt;                                                                      \
		cpu->vsr[op->rt] = t;                                                              \
	}

/*
 * The byte permutation of a || b (bytes 0 to 31) by the low five bits of each byte of c, where the
 * host has an instruction for it (VEC_PERMUTE_FAST).
 */
#if defined(__x86_64__)
#define VEC_PERMUTE_FAST __builtin_cpu_supports("ssse3")

static inline vu8 vec_pshufb(vu8 v, vu8 index)
{
	/* The compiler may not assume SSSE3; the assembler need not know. */
	__asm__("pshufb %1, %0" : "+x"(v) : "xm"(index));
	return v;
}

static inline vu8 vec_permute(vu8 a, vu8 b, vu8 c)
{
	vu8 index = (c & 31) ^ 15;
	vu8 second = (vu8)((vs8)(c << 3) < 0);

	return vec_pshufb(a, index | second) | vec_pshufb(b, index | ~second);
}
#elif defined(__aarch64__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#include <arm_neon.h>
#define VEC_PERMUTE_FAST 1

static inline vu8 vec_permute(vu8 a, vu8 b, vu8 c)
{
	uint8x16x2_t from = {{(uint8x16_t)a, (uint8x16_t)b}};

	return (vu8)vqtbl2q_u8(from, (uint8x16_t)((c & 31) ^ 15));
}
#else
#define VEC_PERMUTE_FAST 0

static inline vu8 vec_permute(vu8 a, vu8 b, vu8 c)
{
	return a ^ b ^ c; /* never called */
}
#endif

/* The same anywhere. */
static inline vsr_t vec_permute_bytes(const vsr_t *a, const vsr_t *b, const vsr_t *c)
{
	vsr_t t;
	unsigned i, n;

	for (i = 0; i < 16; i++) {
		n = VB(*c, i) & 31;
		VB(t, i) = n < 16 ? VB(*a, n) : VB(*b, n - 16);
	}
	return t;
}

/* A handler that permutes VSRs @ra || @rb by (VSR @rc xor @flip). */
#define OP_PERMUTE(name, check, ra, rb, rc, flip)                                                  \
	OP_VOID(name##_bytes, check)                                                               \
	{                                                                                          \
		vsr_t c = cpu->vsr[rc];                                                            \
                                                                                                   \
		*(vu8 *)&c ^= (flip);                                                              \
		cpu->vsr[op->rt] = vec_permute_bytes(&cpu->vsr[ra], &cpu->vsr[rb], &c);            \
	}                                                                                          \
	OP(name)                                                                                   \
	{                                                                                          \
		if (unlikely(!VEC_PERMUTE_FAST))                                                   \
			return h_##name##_bytes(ARGV);                                             \
		check;                                                                             \
		VSR_AS(vu8, op->rt) =                                                              \
			vec_permute(VSR_AS(vu8, ra), VSR_AS(vu8, rb), VSR_AS(vu8, rc) ^ (flip));   \
		NEXT();                                                                            \
	}

#endif
