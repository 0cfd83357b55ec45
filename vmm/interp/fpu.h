/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Floating point: the FPSCR, and when the host's FPU may be used as it is. Power ISA 3.0B Book I 4.2 to 4.6.
 *
 * Fast: while the inexact exception is sticky already, rounding is to nearest and neither inexact nor
 * underflow is enabled (cpu->fp_fast), a host operation whose result is an ordinary number needs no flags.
 * FPRF follows from the result when it is asked for (cpu->fp_pending); FR and FI are not maintained then.
 * Everything else is worked out with integers in softfp.c. The host's FP environment is the default one
 * and is never read or changed.
 */
#ifndef PAPRIKA_INTERP_FPU_H
#define PAPRIKA_INTERP_FPU_H

#include "vmm/interp/cpu.h"

/* FPSCR, Book I 4.2.2: bits of the low word. */
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
#define FPSCR_C      0x00010000u
#define FPSCR_FPCC   0x0000f000u
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
#define FPSCR_DRN    (7ULL << 32)

#define FPSCR_ENABLES (FPSCR_VE | FPSCR_OE | FPSCR_UE | FPSCR_ZE | FPSCR_XE)
#define FPSCR_VXALL                                                                                \
	(FPSCR_VXSNAN | FPSCR_VXISI | FPSCR_VXIDI | FPSCR_VXZDZ | FPSCR_VXIMZ | FPSCR_VXVC |       \
	 FPSCR_VXSOFT | FPSCR_VXSQRT | FPSCR_VXCVI)
/* The exceptions that stay until they are cleared. */
#define FPSCR_STICKY (FPSCR_OX | FPSCR_UX | FPSCR_ZX | FPSCR_XX | FPSCR_VXALL)

#define FP_QNAN  0x7ff8000000000000ULL
#define FP_QUIET 0x0008000000000000ULL
#define FP_SIGN  0x8000000000000000ULL
#define FP_EXP   0x7ff0000000000000ULL
#define FP_FRAC  0x000fffffffffffffULL

/* cpu->fp_fast */
#define FP_FAST      1u
#define FP_FAST_MADD 2u /* and the host has fused multiply-add */
#define FP_EXACT     4u /* host results known to be exact need no flags */
#define FP_EXACT_FMA 8u /* and the host can tell by fused multiply-add */

/*
 * Recomputes what follows from FPSCR: its summary bits VX and FEX, and fp_fast. Whoever assigns
 * cpu->fpscr calls it (restoring a context sets cpu->fp_pending to 0, too).
 */
void fpu_update(struct icpu *cpu);

/* FPSCR as mffs gives it; whoever reads cpu->fpscr uses this. */
uint64_t fpu_fpscr(struct icpu *cpu);

/* An enabled exception is on and MSR[FE0 FE1] ask for the program interrupt. */
static inline bool fpu_trap_due(const struct icpu *cpu)
{
	return (cpu->fpscr & FPSCR_FEX) && (cpu->msr & (MSR_FE0 | MSR_FE1));
}

/* CR1 of a record form. */
void fpu_record(struct icpu *cpu);

/* What an instruction's exceptions ask for. */
#define FPU_SUPPRESS 1u /* an enabled invalid operation or zero divide: no result is written */
#define FPU_ENABLED  2u /* some enabled exception was raised */

/* Adds the exceptions @flags to FPSCR; of the scalar form they replace FR and FI too. Returns FPU_*. */
unsigned fpu_raise(struct icpu *cpu, uint32_t flags);
unsigned fpu_raise_scalar(struct icpu *cpu, uint32_t flags);
/* What the instruction ends with when fpu_raise gave @raised. */
enum insn_result fpu_result(const struct icpu *cpu, unsigned raised);
void fpu_set_fprf(struct icpu *cpu, uint32_t fprf);

/* lfs and stfs: moves between the formats, no exception, NaNs as they are. Book I 4.6.2, 4.6.3. */
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

static inline unsigned fpu_exponent(uint64_t a)
{
	return (unsigned)(a >> 52) & 0x7ff;
}

static inline bool fpu_is_nan(uint64_t a)
{
	return (a & ~FP_SIGN) > FP_EXP;
}

static inline bool fpu_is_snan(uint64_t a)
{
	return fpu_is_nan(a) && !(a & FP_QUIET);
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

static inline float fpu_s(uint32_t bits)
{
	union {
		uint32_t u;
		float s;
	} v = {.u = bits};

	return v.s;
}

static inline uint32_t fpu_bits_s(float s)
{
	union {
		float s;
		uint32_t u;
	} v = {.s = s};

	return v.u;
}

#endif
