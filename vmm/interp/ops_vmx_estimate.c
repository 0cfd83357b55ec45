/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vexptefp and vlogefp, Power ISA 3.0B Book I 6.10.6. The ISA asks for a relative error of 1/16 and an
 * absolute one of 1/32; these are good to an ulp, and exact for powers of two.
 */
#include "vmm/interp/fpu_host.h"
#include "vmm/interp/vec.h"

#define QNAN_S 0x7fc00000u
#define QUIET_S 0x00400000u
#define INF_S  0x7f800000u
#define SIGN_S 0x80000000u
#define LN_2   0x1.62e42fefa39efp-1

/* 2 to the power of @x, which is from -1000 to 1000: Taylor's series about the next integer. */
static double power_of_2(double x)
{
	double n = host_round(x, SF_NEAREST), t = (x - n) * LN_2;
	double sum = 1;

	for (unsigned i = 8; i; i--)
		sum = 1 + sum * t / i;
	return sum * fpu_d((uint64_t)((int64_t)n + 1023) << 52);
}

static uint32_t element_exp(uint32_t b)
{
	double x = fpu_s(b);

	if (x != x)
		return b | QUIET_S;
	x = x > 200 ? 200 : x < -200 ? -200 : x;
	return fpu_bits_s((float)power_of_2(x));
}

/* Of a positive number: by the series of the hyperbolic tangent's inverse. */
static double logarithm_2(double x)
{
	uint64_t bits = fpu_bits(x);
	int n = (int)fpu_exponent(bits) - 1023;
	double m = fpu_d((bits & FP_FRAC) | 1023ULL << 52), s, q;

	if (m > 0x1.6a09e667f3bcdp0) { /* the square root of 2 */
		m /= 2;
		n++;
	}
	s = (m - 1) / (m + 1);
	q = s * s;
	return n + 2 / LN_2 * s * (1 + q * (1.0 / 3 + q * (1.0 / 5 + q * (1.0 / 7 + q / 9))));
}

static uint32_t element_log(uint32_t b)
{
	double x = fpu_s(b);

	if (x != x)
		return b | QUIET_S;
	if (x == 0)
		return SIGN_S | INF_S;
	if (x < 0)
		return QNAN_S;
	return b == INF_S ? b : fpu_bits_s((float)logarithm_2(x));
}

static uint32_t flush(const struct icpu *cpu, uint32_t v)
{
	return (cpu->vscr & VSCR_NJ) && !(v & INF_S) ? v & SIGN_S : v;
}

OP_VMX_EACH2(vexptefp, 4, VW(t, i) = flush(cpu, element_exp(flush(cpu, VW(b, i)))))
OP_VMX_EACH2(vlogefp, 4, VW(t, i) = flush(cpu, element_log(flush(cpu, VW(b, i)))))
