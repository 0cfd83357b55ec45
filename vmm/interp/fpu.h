/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Floating point: FPSCR, and arithmetic on the host's FPU with Power's results.
 *
 * Fast: while the inexact exception is sticky already, rounding is to nearest and no exception is enabled, a
 * host operation on ordinary numbers needs no flags: cpu->fp_fast. Everything else goes through
 * fpu_*(), which work out results and flags in full.
 */
#ifndef PAPRIKA_INTERP_FPU_H
#define PAPRIKA_INTERP_FPU_H

#include "vmm/interp/cpu.h"

/* FPSCR, Power ISA 3.0B Book I 4.2.2; bits of the low word. */
#define FPSCR_FX     0x80000000u
#define FPSCR_FEX    0x40000000u
#define FPSCR_VX     0x20000000u
#define FPSCR_OX     0x10000000u
#define FPSCR_UX     0x08000000u
#define FPSCR_ZX     0x04000000u
#define FPSCR_XX     0x02000000u
#define FPSCR_VXSNAN 0x01000000u
#define FPSCR_VXISI  0x00800000u
#define FPSCR_VXIDI  0x00400000u
#define FPSCR_VXZDZ  0x00200000u
#define FPSCR_VXIMZ  0x00100000u
#define FPSCR_VXVC   0x00080000u
#define FPSCR_FR     0x00040000u
#define FPSCR_FI     0x00020000u
#define FPSCR_FPRF   0x0001f000u
#define FPSCR_FPCC   0x0000f000u
#define FPSCR_C      0x00010000u
#define FPSCR_VXSOFT 0x00000400u
#define FPSCR_VXSQRT 0x00000200u
#define FPSCR_VXCVI  0x00000100u
#define FPSCR_VE     0x00000080u
#define FPSCR_OE     0x00000040u
#define FPSCR_UE     0x00000020u
#define FPSCR_ZE     0x00000010u
#define FPSCR_XE     0x00000008u
#define FPSCR_NI     0x00000004u
#define FPSCR_RN     0x00000003u
#define FPSCR_VXALL                                                                                \
	(FPSCR_VXSNAN | FPSCR_VXISI | FPSCR_VXIDI | FPSCR_VXZDZ | FPSCR_VXIMZ | FPSCR_VXVC |       \
	 FPSCR_VXSOFT | FPSCR_VXSQRT | FPSCR_VXCVI)
#define FPSCR_STICKY (FPSCR_OX | FPSCR_UX | FPSCR_ZX | FPSCR_XX | FPSCR_VXALL)

#define FP_QNAN       0x7ff8000000000000ULL
#define FP_QUIET      0x0008000000000000ULL
#define FP_SIGN       0x8000000000000000ULL
#define FP_EXP        0x7ff0000000000000ULL
#define FP_FRAC       0x000fffffffffffffULL

/* lfs and stfs: exact moves between formats, no exception, NaNs as they are. Book I 4.6.2, 4.6.3. */
static inline uint64_t fpu_single_to_double(uint32_t s)
{
	uint64_t sign = (uint64_t)(s >> 31) << 63;
	uint32_t exp = (s >> 23) & 0xff, frac = s & 0x7fffff;
	unsigned shift;

	if (exp == 0xff)
		return sign | FP_EXP | (uint64_t)frac << 29;
	if (exp)
		return sign | (uint64_t)(exp + 896) << 52 | (uint64_t)frac << 29;
	if (!frac)
		return sign;
	shift = (unsigned)__builtin_clz(frac) - 8;
	return sign | (uint64_t)(897 - shift) << 52 | ((uint64_t)frac << (29 + shift) & FP_FRAC);
}

static inline uint32_t fpu_double_to_single(uint64_t d)
{
	uint32_t exp = (uint32_t)(d >> 52) & 0x7ff;
	uint64_t frac;

	if (exp > 896 || !(d & ~FP_SIGN))
		return (uint32_t)(d >> 32 & 0xc0000000) | (uint32_t)(d >> 29 & 0x3fffffff);
	if (exp < 874)
		return (uint32_t)(d >> 63) << 31;
	frac = (d & FP_FRAC) | 1ULL << 52;
	return (uint32_t)(d >> 63) << 31 | (uint32_t)(frac >> (926 - exp));
}

/* To be called after any change of FPSCR: the summary bits, fp_fast. */
void fpu_update(struct icpu *cpu);

/* Two-operand and three-operand arithmetic on doubles' bits. */
enum fpu_op { FPU_ADD, FPU_SUB, FPU_MUL, FPU_DIV, FPU_SQRT };

/*
 * The result of @op on @a and @b, rounded to double or @single, by FPSCR's mode; flags into FPSCR.
 * *ret is not set if an enabled exception suppresses it. True if an enabled exception asks for a
 * program interrupt.
 */
bool fpu_arith(struct icpu *cpu, enum fpu_op op, uint64_t a, uint64_t b, bool single,
	       uint64_t *ret);
/* a * c + b; @negate_b subtracts b, @negate the result (unless NaN). */
bool fpu_madd(struct icpu *cpu, uint64_t a, uint64_t b, uint64_t c, bool negate_b, bool negate,
	      bool single, uint64_t *ret);
/* frsp, xsrsp: to single precision. */
bool fpu_round_single(struct icpu *cpu, uint64_t a, uint64_t *ret);
/* The estimates fre(s), frsqrte(s). */
bool fpu_reciprocal(struct icpu *cpu, uint64_t a, bool single, uint64_t *ret);
bool fpu_rsqrt(struct icpu *cpu, uint64_t a, bool single, uint64_t *ret);

enum fpu_int { FPU_INT_S64, FPU_INT_U64, FPU_INT_S32, FPU_INT_U32 };
/* To an integer, by FPSCR's rounding mode or towards zero; saturates. */
bool fpu_to_int(struct icpu *cpu, uint64_t a, enum fpu_int kind, bool truncate, uint64_t *ret);
/* From an integer of 64 bits. */
bool fpu_from_int(struct icpu *cpu, uint64_t v, bool is_signed, bool single, uint64_t *ret);

enum fpu_round { FPU_NEAREST_AWAY, FPU_ZERO, FPU_PLUS, FPU_MINUS, FPU_CURRENT };
/* To an integral value in floating-point format; @inexact: XX may be set. */
bool fpu_round_int(struct icpu *cpu, uint64_t a, enum fpu_round mode, bool inexact, uint64_t *ret);

/* The CR nibble of a comparison, with FPCC and exceptions; @ordered as fcmpo. */
bool fpu_compare(struct icpu *cpu, uint64_t a, uint64_t b, bool ordered, unsigned *ret_nibble);

/* While set by fpu_vector_begin, results' classes stay out of FPRF, FR and FI (vector instructions). */
void fpu_set_fprf(struct icpu *cpu, uint64_t result, bool single);

static inline bool fpu_is_nan(uint64_t a)
{
	return (a & ~FP_SIGN) > FP_EXP;
}

static inline bool fpu_is_snan(uint64_t a)
{
	return fpu_is_nan(a) && !(a & FP_QUIET);
}

/* The result is an ordinary number, so that no flag but XX can be due. */
static inline bool fpu_is_plain(uint64_t r)
{
	return ((r >> 52) & 0x7ff) - 1u < 0x7fe;
}

static inline double fpu_d(uint64_t bits)
{
	union {
		uint64_t u;
		double d;
	} v = {.u = bits};

	return v.d;
}

static inline uint64_t fpu_bits(double d)
{
	union {
		double d;
		uint64_t u;
	} v = {.d = d};

	return v.u;
}

#endif
