// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scalar floating-point instructions in full. While XX is clear, programs that compute with whole numbers
 * come here for each operation: so host results that are provably exact are taken first.
 */
#include "vmm/interp/fpu_scalar.h"

#include "vmm/interp/fpu_host.h"

enum insn_result fpu_put_q(struct icpu *cpu, unsigned rt, u128 q, uint32_t fprf, uint32_t flags)
{
	unsigned raised = fpu_raise_scalar(cpu, flags);

	if (!(raised & FPU_SUPPRESS)) {
		cpu->vsr[rt].q = q;
		fpu_set_fprf(cpu, fprf);
	}
	return fpu_result(cpu, raised);
}

enum insn_result fpu_put(struct icpu *cpu, unsigned rt, uint64_t bits, uint32_t fprf,
			 uint32_t flags)
{
	return fpu_put_q(cpu, rt, (u128)bits << 64, fprf, flags);
}

/* The rounded value of @v as a double or single, in double format. */
static enum insn_result put_rounded(struct icpu *cpu, struct sf_ctx *c, unsigned rt,
				    struct softfp v, bool single, bool negate)
{
	const struct sf_format *f = single ? &sf_single : &sf_double;
	uint64_t bits = (uint64_t)sf_pack(c, f, v), sign = single ? 0x80000000u : FP_SIGN;
	uint32_t fprf;

	if (negate && !sf_is_nan(v))
		bits ^= sign;
	fprf = sf_fprf(f, bits);
	if (single)
		bits = fpu_single_to_double((uint32_t)bits);
	return fpu_put(cpu, rt, bits, fprf, c->flags);
}

static void put_exact(struct icpu *cpu, unsigned rt, uint64_t bits)
{
	cpu->fpscr &= ~(uint64_t)(FPSCR_FR | FPSCR_FI);
	cpu->fp_pending = ~bits;
	fpu_write(cpu, rt, bits);
}

/* What is smaller may have an error term that a double cannot hold. */
static bool is_sizeable(uint64_t a)
{
	return fpu_exponent(a) - 200 < 0x7ff - 200;
}

static bool sum_is_exact(double a, double b, double r)
{
	double b_part = r - a, a_part = r - b_part;

	return (a - a_part) + (b - b_part) == 0.0;
}

/* Given that @r is the host's result. */
static bool is_exact(enum fpu_op op, uint64_t a, uint64_t b, uint64_t r)
{
	double da = fpu_d(a), db = fpu_d(b), dr = fpu_d(r);

	switch (op) {
	case FPU_ADD:
		return fpu_is_finite(r) && sum_is_exact(da, db, dr);
	case FPU_SUB:
		return fpu_is_finite(r) && sum_is_exact(da, -db, dr);
	case FPU_MUL:
		if (fpu_is_zero(a) || fpu_is_zero(b))
			return fpu_is_zero(r);
		return is_sizeable(r) && host_fma(da, db, -dr) == 0.0;
	default:
		if (fpu_is_zero(a))
			return fpu_is_zero(r);
		return is_sizeable(a) && fpu_is_plain(r) && host_fma(-dr, db, da) == 0.0;
	}
}

static double host_arith(enum fpu_op op, double a, double b)
{
	switch (op) {
	case FPU_ADD:
		return a + b;
	case FPU_SUB:
		return a - b;
	case FPU_MUL:
		return a * b;
	default:
		return a / b;
	}
}

/* An exact double that is a single, too. */
static bool fits_single(uint64_t r)
{
	return !(r & 0x1fffffff) && (fpu_is_zero(r) || fpu_exponent(r) - 897 < 254);
}

bool fpu_exact_arith(const struct icpu *cpu, enum fpu_op op, uint64_t a, uint64_t b, bool single,
		     uint64_t *ret)
{
	if (!(cpu->fp_fast & (op <= FPU_SUB ? FP_EXACT : FP_EXACT_FMA)))
		return false;
	*ret = fpu_bits(host_arith(op, fpu_d(a), fpu_d(b)));
	return is_exact(op, a, b, *ret) && (!single || fits_single(*ret));
}

struct softfp fpu_soft_arith(struct sf_ctx *c, enum fpu_op op, struct softfp a,
			     struct softfp b)
{
	switch (op) {
	case FPU_ADD:
		return sf_add(c, a, b);
	case FPU_SUB:
		return sf_sub(c, a, b);
	case FPU_MUL:
		return sf_mul(c, a, b);
	default:
		return sf_div(c, a, b);
	}
}

enum insn_result fpu_arith(struct icpu *cpu, unsigned rt, enum fpu_op op, uint64_t a, uint64_t b,
			   bool single)
{
	struct sf_ctx c = fpu_ctx(cpu);
	struct softfp v;
	uint64_t r;

	if (fpu_exact_arith(cpu, op, a, b, single, &r)) {
		put_exact(cpu, rt, r);
		return INSN_OK;
	}
	v = fpu_soft_arith(&c, op, sf_unpack(&sf_double, a), sf_unpack(&sf_double, b));
	return put_rounded(cpu, &c, rt, v, single, false);
}

/* The product and the sum are exact each. */
bool fpu_exact_madd(const struct icpu *cpu, uint64_t a, uint64_t m, uint64_t b, bool single,
		    uint64_t *ret)
{
	double product = fpu_d(a) * fpu_d(m), sum = product + fpu_d(b);

	*ret = fpu_bits(sum);
	return (cpu->fp_fast & FP_EXACT_FMA) && is_exact(FPU_MUL, a, m, fpu_bits(product)) &&
	       fpu_is_finite(*ret) && sum_is_exact(product, fpu_d(b), sum) &&
	       (!single || fits_single(*ret));
}

enum insn_result fpu_madd(struct icpu *cpu, unsigned rt, uint64_t a, uint64_t m, uint64_t b,
			  unsigned how)
{
	bool negate = how & FPU_MADD_NEGATE, single = how & FPU_MADD_SINGLE;
	struct sf_ctx c = fpu_ctx(cpu);
	struct softfp v;
	uint64_t r;

	if ((how & FPU_MADD_SUB) && !fpu_is_nan(b))
		b ^= FP_SIGN;
	if (fpu_exact_madd(cpu, a, m, b, single, &r)) {
		put_exact(cpu, rt, negate ? r ^ FP_SIGN : r);
		return INSN_OK;
	}
	v = sf_madd(&c, sf_unpack(&sf_double, a), sf_unpack(&sf_double, m),
		    sf_unpack(&sf_double, b));
	return put_rounded(cpu, &c, rt, v, single, negate);
}

bool fpu_exact_sqrt(const struct icpu *cpu, uint64_t a, bool single, uint64_t *ret)
{
	double r = host_sqrt(fpu_d(a));

	*ret = fpu_bits(r);
	return (cpu->fp_fast & FP_EXACT_FMA) &&
	       (fpu_is_zero(a) || (is_sizeable(a) && host_fma(r, r, -fpu_d(a)) == 0.0)) &&
	       (!single || fits_single(*ret));
}

enum insn_result fpu_sqrt(struct icpu *cpu, unsigned rt, uint64_t a, bool single)
{
	struct sf_ctx c = fpu_ctx(cpu);
	uint64_t r;

	if (fpu_exact_sqrt(cpu, a, single, &r)) {
		put_exact(cpu, rt, r);
		return INSN_OK;
	}
	return put_rounded(cpu, &c, rt, sf_sqrt(&c, sf_unpack(&sf_double, a)), single, false);
}

const struct softfp fpu_one = {.sig = (u128)1 << 127, .cls = SF_NUMBER};

/* The estimates leave XX, FR and FI undefined: they stay clear. */
static enum insn_result put_estimate(struct icpu *cpu, struct sf_ctx *c, unsigned rt,
				     struct softfp v, bool single)
{
	struct sf_ctx rounded = *c;
	u128 bits = sf_pack(&rounded, single ? &sf_single : &sf_double, v);

	c->flags |= rounded.flags & ~(FPSCR_XX | FPSCR_FI | FPSCR_FR);
	v = sf_unpack(single ? &sf_single : &sf_double, bits);
	return put_rounded(cpu, c, rt, v, single, false);
}

enum insn_result fpu_reciprocal(struct icpu *cpu, unsigned rt, uint64_t a, bool single)
{
	struct sf_ctx c = fpu_ctx(cpu);

	return put_estimate(cpu, &c, rt, sf_div(&c, fpu_one, sf_unpack(&sf_double, a)), single);
}

enum insn_result fpu_rsqrt(struct icpu *cpu, unsigned rt, uint64_t a, bool single)
{
	struct sf_ctx c = fpu_ctx(cpu), root = c;
	struct softfp v = sf_sqrt(&c, sf_unpack(&sf_double, a));

	v = sf_unpack(&sf_double, sf_pack(&root, &sf_double, v));
	return put_estimate(cpu, &c, rt, sf_div(&c, fpu_one, v), single);
}

enum insn_result fpu_round_single(struct icpu *cpu, unsigned rt, uint64_t a)
{
	struct sf_ctx c = fpu_ctx(cpu);

	if (fits_single(a)) {
		put_exact(cpu, rt, a);
		return INSN_OK;
	}
	return put_rounded(cpu, &c, rt, sf_quiet(&c, sf_unpack(&sf_double, a)), true, false);
}

enum insn_result fpu_to_int(struct icpu *cpu, unsigned rt, struct softfp a, enum fpu_int kind,
			    enum sf_rounding rounding)
{
	bool is_signed = kind == FPU_S32 || kind == FPU_S64;
	unsigned bits = kind == FPU_S32 || kind == FPU_U32 ? 32 : 64, raised;
	struct sf_ctx c = fpu_ctx(cpu);
	u128 r = sf_to_int(&c, a, rounding, bits, is_signed);

	if (kind == FPU_U32)
		r = (uint32_t)r;
	raised = fpu_raise_scalar(cpu, c.flags);
	if (!(raised & FPU_SUPPRESS))
		fpu_write(cpu, rt, (uint64_t)r);
	return fpu_result(cpu, raised);
}

enum insn_result fpu_from_int(struct icpu *cpu, unsigned rt, uint64_t a, bool is_signed,
			      bool single)
{
	struct sf_ctx c = fpu_ctx(cpu);
	u128 v = is_signed ? (u128)(int64_t)a : a;

	return put_rounded(cpu, &c, rt, sf_from_int(v, is_signed), single, false);
}

enum insn_result fpu_round_int(struct icpu *cpu, unsigned rt, uint64_t a,
			       enum sf_rounding rounding, bool inexact)
{
	struct sf_ctx c = fpu_ctx(cpu);
	struct softfp v = sf_round_int(&c, sf_unpack(&sf_double, a), rounding);

	if (!inexact)
		c.flags &= ~(FPSCR_XX | FPSCR_FI | FPSCR_FR);
	return put_rounded(cpu, &c, rt, v, false, false);
}

enum insn_result fpu_convert(struct icpu *cpu, unsigned rt, const struct sf_format *from, u128 bits,
			     const struct sf_format *to, enum sf_rounding rounding, u128 places)
{
	struct sf_ctx c = fpu_ctx(cpu);
	u128 r;

	c.rounding = rounding;
	r = sf_pack(&c, to, sf_quiet(&c, sf_unpack(from, bits)));
	return fpu_put_q(cpu, rt, r * places, sf_fprf(to, r), c.flags);
}
