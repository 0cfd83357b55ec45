/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host's FPU: operations that C leaves to a library, and which of its results need no flags. */
#ifndef PAPRIKA_INTERP_FPU_HOST_H
#define PAPRIKA_INTERP_FPU_HOST_H

#include "vmm/interp/fpu.h"

#if defined(__x86_64__)
#define HOST_SQRT_D "sqrtsd %1, %0"
#define HOST_SQRT_S "sqrtss %1, %0"
#define HOST_FMA_D  "vfmadd231sd %2, %1, %0"
#define HOST_FMA_S  "vfmadd231ss %2, %1, %0"
#define HOST_REG    "x"
#elif defined(__aarch64__)
#define HOST_SQRT_D "fsqrt %d0, %d1"
#define HOST_SQRT_S "fsqrt %s0, %s1"
#define HOST_FMA_D  "fmadd %d0, %d1, %d2, %d0"
#define HOST_FMA_S  "fmadd %s0, %s1, %s2, %s0"
#define HOST_REG    "w"
#elif defined(__powerpc64__)
#define HOST_SQRT_D "fsqrt %0, %1"
#define HOST_SQRT_S "fsqrts %0, %1"
#define HOST_FMA_D  "fmadd %0, %1, %2, %0"
#define HOST_FMA_S  "fmadds %0, %1, %2, %0"
#define HOST_REG    "d"
#else
#error "host FPU: no square root and fused multiply-add known for this architecture"
#endif

static inline double host_sqrt(double a)
{
	double r;

	__asm__(HOST_SQRT_D : "=" HOST_REG(r) : HOST_REG(a));
	return r;
}

static inline float host_sqrt_s(float a)
{
	float r;

	__asm__(HOST_SQRT_S : "=" HOST_REG(r) : HOST_REG(a));
	return r;
}

/* a * m + b, rounded once; only while FP_FAST_MADD or FP_EXACT_FMA is set. */
static inline double host_fma(double a, double m, double b)
{
	__asm__(HOST_FMA_D : "+" HOST_REG(b) : HOST_REG(a), HOST_REG(m));
	return b;
}

static inline float host_fma_s(float a, float m, float b)
{
	__asm__(HOST_FMA_S : "+" HOST_REG(b) : HOST_REG(a), HOST_REG(m));
	return b;
}

static inline bool host_has_fma(void)
{
#if defined(__x86_64__)
	return __builtin_cpu_supports("fma");
#else
	return true;
#endif
}

/*
 * A rounded result without flags but XX: neither special nor tiny, not even before rounding, which is why
 * the lowest binade is left out.
 */
static inline bool fpu_is_plain(uint64_t r)
{
	return fpu_exponent(r) - 2 < 0x7fd;
}

static inline bool fpu_is_zero(uint64_t r)
{
	return !(r << 1);
}

static inline bool fpu_is_finite(uint64_t r)
{
	return fpu_exponent(r) != 0x7ff;
}

static inline bool fpu_is_plain_s(uint32_t r)
{
	return ((r >> 23) & 0xff) - 2 < 0xfd;
}

/*
 * The same for a result that was computed in double and is to be rounded to single once more. The two
 * roundings make one as long as the double does not lie in the middle of two singles.
 */
static inline bool fpu_is_plain_single(uint64_t r)
{
	return fpu_exponent(r) - 898 < 252 && (r & 0x1fffffff) != 0x10000000;
}

#endif
