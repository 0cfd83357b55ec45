/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host's FPU: operations that C leaves to a library, and which of its results need no flags. */
#ifndef PAPRIKA_INTERP_FPU_HOST_H
#define PAPRIKA_INTERP_FPU_HOST_H

#include "vmm/interp/fpu.h"
#include "vmm/interp/softfp.h"

/* Elements of a VSR. */
typedef double vf64 __attribute__((vector_size(16), may_alias));
typedef float vf32 __attribute__((vector_size(16), may_alias));

#if defined(__x86_64__)
#define HOST_SQRT_D "sqrtsd %1, %0"
#define HOST_SQRT_S "sqrtss %1, %0"
#define HOST_FMA_D  "vfmadd231sd %2, %1, %0"
#define HOST_FMA_S  "vfmadd231ss %2, %1, %0"
#define HOST_REG    "x"
#define HOST_FMA_VD "vfmadd231pd %2, %1, %0"
#define HOST_FMA_VS "vfmadd231ps %2, %1, %0"
#define HOST_VECTOR "x"
#elif defined(__aarch64__)
#define HOST_SQRT_D "fsqrt %d0, %d1"
#define HOST_SQRT_S "fsqrt %s0, %s1"
#define HOST_FMA_D  "fmadd %d0, %d1, %d2, %d0"
#define HOST_FMA_S  "fmadd %s0, %s1, %s2, %s0"
#define HOST_REG    "w"
#define HOST_FMA_VD "fmla %0.2d, %1.2d, %2.2d"
#define HOST_FMA_VS "fmla %0.4s, %1.4s, %2.4s"
#define HOST_VECTOR "w"
#elif defined(__powerpc64__)
#define HOST_SQRT_D "fsqrt %0, %1"
#define HOST_SQRT_S "fsqrts %0, %1"
#define HOST_FMA_D  "fmadd %0, %1, %2, %0"
#define HOST_FMA_S  "fmadds %0, %1, %2, %0"
#define HOST_REG    "d"
#ifdef __VSX__
#define HOST_FMA_VD "xvmaddadp %x0, %x1, %x2"
#define HOST_FMA_VS "xvmaddasp %x0, %x1, %x2"
#define HOST_VECTOR "wa"
#endif
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

#ifdef HOST_VECTOR
static inline vf64 host_fma_vd(vf64 a, vf64 m, vf64 b)
{
	__asm__(HOST_FMA_VD : "+" HOST_VECTOR(b) : HOST_VECTOR(a), HOST_VECTOR(m));
	return b;
}

static inline vf32 host_fma_vs(vf32 a, vf32 m, vf32 b)
{
	__asm__(HOST_FMA_VS : "+" HOST_VECTOR(b) : HOST_VECTOR(a), HOST_VECTOR(m));
	return b;
}
#else
static inline vf64 host_fma_vd(vf64 a, vf64 m, vf64 b)
{
	for (unsigned i = 0; i < 2; i++)
		b[i] = host_fma(a[i], m[i], b[i]);
	return b;
}

static inline vf32 host_fma_vs(vf32 a, vf32 m, vf32 b)
{
	for (unsigned i = 0; i < 4; i++)
		b[i] = host_fma_s(a[i], m[i], b[i]);
	return b;
}
#endif

/* To an integral value; @a is no NaN, @rounding is not SF_TO_ODD. */
static inline double host_round(double a, enum sf_rounding rounding)
{
	double t, rest;
	bool away;

	if (!(__builtin_fabs(a) < 0x1p52))
		return a;
	t = (double)(int64_t)a;
	rest = __builtin_fabs(a - t);
	switch (rounding) {
	case SF_NEAREST:
		away = rest > 0.5 || (rest == 0.5 && ((int64_t)a & 1));
		break;
	case SF_NEAREST_AWAY:
		away = rest >= 0.5;
		break;
	case SF_UP:
		away = a > t;
		break;
	case SF_DOWN:
		away = a < t;
		break;
	default:
		away = false;
		break;
	}
	if (away)
		t += a < 0 ? -1.0 : 1.0;
	return __builtin_copysign(t, a);
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
