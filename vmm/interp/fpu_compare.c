// SPDX-License-Identifier: GPL-2.0-or-later
/* Floating-point comparisons, maxima and tests, for scalars and elements of vectors. */
#include "vmm/interp/fpu_scalar.h"

#include "vmm/interp/cr.h"

uint32_t fpu_compare_flags(const struct icpu *cpu, struct softfp a, struct softfp b, bool ordered)
{
	bool signaling = a.cls == SF_SNAN || b.cls == SF_SNAN;

	if (!signaling)
		return ordered && (sf_is_nan(a) || sf_is_nan(b)) ? FPSCR_VXVC : 0;
	if (ordered && !(cpu->fpscr & FPSCR_VE))
		return FPSCR_VXSNAN | FPSCR_VXVC;
	return FPSCR_VXSNAN;
}

enum insn_result fpu_put_fpcc(struct icpu *cpu, unsigned field, unsigned nibble, uint32_t flags)
{
	uint32_t c = (uint32_t)fpu_fpscr(cpu) & FPSCR_C;

	cr_set_field(cpu, field, nibble);
	fpu_set_fprf(cpu, c | nibble << 12);
	return fpu_result(cpu, fpu_raise(cpu, flags));
}

enum insn_result fpu_compare(struct icpu *cpu, unsigned field, struct softfp a, struct softfp b,
			     bool ordered)
{
	static const uint8_t nibbles[] = {
		[SF_LESS] = CR_LT,
		[SF_GREATER] = CR_GT,
		[SF_EQUAL] = CR_EQ,
		[SF_UNORDERED] = CR_SO,
	};

	return fpu_put_fpcc(cpu, field, nibbles[sf_compare(a, b)],
			    fpu_compare_flags(cpu, a, b, ordered));
}

enum insn_result fpu_compare_exponents(struct icpu *cpu, unsigned field, const struct sf_format *f,
				       u128 a, u128 b)
{
	u128 mask = ((u128)1 << f->exp_bits) - 1;
	uint64_t ea = (uint64_t)(a >> f->frac_bits & mask);
	uint64_t eb = (uint64_t)(b >> f->frac_bits & mask);
	unsigned nibble = ea < eb ? CR_LT : ea > eb ? CR_GT : CR_EQ;

	if (sf_is_nan(sf_unpack(f, a)) || sf_is_nan(sf_unpack(f, b)))
		nibble = CR_SO;
	return fpu_put_fpcc(cpu, field, nibble, 0);
}

u128 fpu_max(struct sf_ctx *c, const struct sf_format *f, u128 a, u128 b, bool minimum)
{
	struct softfp va = sf_unpack(f, a), vb = sf_unpack(f, b);
	u128 quiet = (u128)1 << (f->frac_bits - 1);

	if (va.cls == SF_SNAN || vb.cls == SF_SNAN)
		c->flags |= FPSCR_VXSNAN;
	if (va.cls == SF_SNAN)
		return a | quiet;
	if (vb.cls == SF_SNAN)
		return va.cls == SF_QNAN ? a : b | quiet;
	if (va.cls == SF_QNAN)
		return vb.cls == SF_QNAN ? a : b;
	switch (sf_compare(va, vb)) {
	case SF_LESS:
		return minimum ? a : b;
	case SF_EQUAL: /* perhaps zeros of either sign */
		return minimum ? a | b : a & b;
	case SF_GREATER:
		return minimum ? b : a;
	default:
		return a; /* b is a QNaN */
	}
}

/* fl (bit 0 of the nibble is FE's place): 8 is always on, 4 is FG, 2 is FE. */
unsigned fpu_test_div(const struct sf_format *f, uint64_t a, uint64_t b)
{
	struct softfp va = sf_unpack(f, a), vb = sf_unpack(f, b);
	uint64_t mask = (1ULL << f->exp_bits) - 1;
	int max = f->bias, min = 1 - max;
	int ea = (int)(a >> f->frac_bits & mask) - f->bias;
	int eb = (int)(b >> f->frac_bits & mask) - f->bias;
	bool infinite = va.cls == SF_INF || vb.cls == SF_INF;
	bool b_zero = vb.cls == SF_ZERO;
	bool fg = infinite || b_zero || (vb.cls == SF_NUMBER && eb < min);
	bool fe = infinite || sf_is_nan(va) || sf_is_nan(vb) || b_zero || eb <= min ||
		  eb >= max - 2;

	if (va.cls != SF_ZERO)
		fe = fe || ea - eb >= max || ea - eb <= min + 1 || ea <= min + f->frac_bits;
	return 8u | (unsigned)fg << 2 | (unsigned)fe << 1;
}

unsigned fpu_test_sqrt(const struct sf_format *f, uint64_t a)
{
	struct softfp v = sf_unpack(f, a);
	int e = (int)(a >> f->frac_bits & ((1ULL << f->exp_bits) - 1)) - f->bias;
	bool fg = v.cls == SF_INF || e == -f->bias;
	bool fe = v.cls == SF_INF || sf_is_nan(v) || v.cls == SF_ZERO || v.sign ||
		  e <= 1 - f->bias + f->frac_bits;

	return 8u | (unsigned)fg << 2 | (unsigned)fe << 1;
}

#define DCMX_NAN      0x40u
#define DCMX_INF      0x20u /* a positive one; negative ones have the next bit each */
#define DCMX_ZERO     0x08u
#define DCMX_DENORMAL 0x02u

bool fpu_in_class(const struct sf_format *f, u128 bits, unsigned dcmx)
{
	struct softfp v = sf_unpack(f, bits);

	switch (v.cls) {
	case SF_ZERO:
		return dcmx & DCMX_ZERO >> v.sign;
	case SF_NUMBER:
		return v.exp < 1 - f->bias && (dcmx & DCMX_DENORMAL >> v.sign);
	case SF_INF:
		return dcmx & DCMX_INF >> v.sign;
	default:
		return dcmx & DCMX_NAN;
	}
}
