/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VMX floating point, Power ISA 3.0B Book I 6.10: round to nearest, no exceptions, FPSCR has no say. In
 * non-Java mode (VSCR[NJ]) denormal operands and results are zeros of the same sign.
 */
#include "vmm/interp/ops_vec_fp.h"

#define EXP_S   ((vu32){0} + 0x7f800000u)
#define SIGN_S  ((vu32){0} + 0x80000000u)
#define IS_NJ   unlikely(cpu->vscr & VSCR_NJ)

static inline vf32 flush_vs(vf32 v)
{
	vu32 tiny = (vu32)(((vu32)v & EXP_S) == 0);

	return (vf32)((vu32)v & (~tiny | SIGN_S));
}

/* The smallest normal number: it may have been rounded up from what is to be flushed. */
static inline bool has_lowest(vf32 v)
{
	return vec_any((vu64)(((vu32)v & ~SIGN_S) == 0x00800000u));
}

static inline bool has_nan(vf32 v)
{
	return vec_any((vu64)(v != v)); /* NOLINT(misc-redundant-expression): NaNs */
}

/* One element in full: of A, B and (m) C. */
typedef struct softfp element_fn(struct sf_ctx *c, struct softfp a, struct softfp b,
				 struct softfp m);

static struct softfp operand(const struct icpu *cpu, unsigned n, unsigned i)
{
	struct softfp v = sf_unpack(&sf_single, VW(cpu->vsr[n], i));

	if ((cpu->vscr & VSCR_NJ) && v.cls == SF_NUMBER && v.exp < -126)
		v = (struct softfp){.cls = SF_ZERO, .sign = v.sign};
	return v;
}

static void each_element(struct icpu *cpu, const op_t *op, element_fn *fn)
{
	struct sf_ctx c = {.rounding = SF_NEAREST};
	struct softfp v;
	vsr_t t;

	for (unsigned i = 0; i < 4; i++) {
		v = fn(&c, operand(cpu, op->ra, i), operand(cpu, op->rb, i),
		       operand(cpu, op->x, i));
		if ((cpu->vscr & VSCR_NJ) && v.cls == SF_NUMBER && v.exp < -126)
			v.cls = SF_ZERO;
		VW(t, i) = (uint32_t)sf_pack(&c, &sf_single, v);
	}
	cpu->vsr[op->rt] = t;
}

#define ELEMENT(name)                                                                              \
	static struct softfp e_##name(struct sf_ctx *c, struct softfp a, struct softfp b,          \
				      struct softfp m)

ELEMENT(vaddfp)
{
	return sf_add(c, a, b);
}

ELEMENT(vsubfp)
{
	return sf_sub(c, a, b);
}

ELEMENT(vmaddfp)
{
	return sf_madd(c, a, m, b);
}

ELEMENT(vnmsubfp)
{
	return sf_negate(sf_madd(c, a, m, sf_negate(b)));
}

ELEMENT(vrefp)
{
	return sf_div(c, fpu_one, b);
}

ELEMENT(vrsqrtefp)
{
	struct softfp root = sf_sqrt(c, b);

	return sf_div(c, fpu_one, sf_unpack(&sf_single, sf_pack(c, &sf_single, root)));
}

static struct softfp maximum(struct sf_ctx *c, struct softfp a, struct softfp b, bool minimum)
{
	enum sf_order order = sf_compare(a, b);

	if (order == SF_UNORDERED)
		return sf_quiet(c, sf_is_nan(a) ? a : b);
	if (order == SF_EQUAL)
		return a.sign == minimum ? a : b;
	return (order == SF_LESS) == minimum ? a : b;
}

ELEMENT(vmaxfp)
{
	return maximum(c, a, b, false);
}

ELEMENT(vminfp)
{
	return maximum(c, a, b, true);
}

/* By host unless the result has a NaN, whose choice is not the host's. @fast: a condition. */
#define OP_VMX_FP(name, fast, value)                                                               \
	OP_VOID(slow_##name, CHECK_NONE)                                                           \
	{                                                                                          \
		each_element(cpu, op, e_##name);                                                   \
	}                                                                                          \
	OP(name)                                                                                   \
	{                                                                                          \
		vf32 a, b, m, r;                                                                   \
                                                                                                   \
		CHECK_VEC;                                                                         \
		if (unlikely(!(fast)))                                                             \
			return h_slow_##name(ARGV);                                                \
		a = VSR_AS(vf32, op->ra);                                                          \
		b = VSR_AS(vf32, op->rb);                                                          \
		m = VSR_AS(vf32, op->x);                                                           \
		if (IS_NJ) {                                                                       \
			a = flush_vs(a);                                                           \
			b = flush_vs(b);                                                           \
			m = flush_vs(m);                                                           \
		}                                                                                  \
		(void)a, (void)m;                                                                  \
		r = (value);                                                                       \
		if (IS_NJ) {                                                                       \
			if (unlikely(has_lowest(r)))                                               \
				return h_slow_##name(ARGV);                                        \
			r = flush_vs(r);                                                           \
		}                                                                                  \
		if (unlikely(has_nan(r)))                                                          \
			return h_slow_##name(ARGV);                                                \
		VSR_AS(vf32, op->rt) = r;                                                          \
		NEXT();                                                                            \
	}

OP_VMX_FP(vaddfp, true, a + b)
OP_VMX_FP(vsubfp, true, a - b)
OP_VMX_FP(vmaddfp, host_has_fma(), host_fma_vs(a, m, b))
OP_VMX_FP(vnmsubfp, host_has_fma(), -host_fma_vs(a, m, -b))

/* The estimates are the exact quotients rounded. */
static inline vf32 rsqrt_vs(vf32 b)
{
	return 1.0f / (vf32){host_sqrt_s(b[0]), host_sqrt_s(b[1]), host_sqrt_s(b[2]),
			     host_sqrt_s(b[3])};
}

OP_VMX_FP(vrefp, true, 1.0f / b)
OP_VMX_FP(vrsqrtefp, true, rsqrt_vs(b))

/* +0 is greater than -0. */
static inline vf32 max_vs(vf32 a, vf32 b)
{
	vu32 first = (vu32)(a > b), equal = (vu32)(a == b), ia = (vu32)a, ib = (vu32)b;

	return (vf32)((ia & first) | (ib & ~first & ~equal) | (ia & ib & equal));
}

#define MAX_FAST(a, b) (!has_nan(VSR_AS(vf32, a)) && !has_nan(VSR_AS(vf32, b)))
OP_VMX_FP(vmaxfp, MAX_FAST(op->ra, op->rb), max_vs(a, b))
OP_VMX_FP(vminfp, MAX_FAST(op->ra, op->rb), -max_vs(-a, -b))

#define OP_VMX_ROUND(name, rounding)                                                               \
	ELEMENT(name)                                                                              \
	{                                                                                          \
		return sf_round_int(c, b, rounding);                                               \
	}                                                                                          \
	OP_VMX_FP(name, !has_nan(VSR_AS(vf32, op->rb)), round_vs(b, rounding))

OP_VMX_ROUND(vrfin, SF_NEAREST)
OP_VMX_ROUND(vrfiz, SF_TO_ZERO)
OP_VMX_ROUND(vrfip, SF_UP)
OP_VMX_ROUND(vrfim, SF_DOWN)

/* Comparisons; the record forms sum up in CR6. */
#define OP_VMX_COMPARE_(name, expr, cr6)                                                           \
	OP(name)                                                                                   \
	{                                                                                          \
		vf32 a, b;                                                                         \
		vu32 mask;                                                                         \
                                                                                                   \
		CHECK_VEC;                                                                         \
		a = VSR_AS(vf32, op->ra);                                                          \
		b = VSR_AS(vf32, op->rb);                                                          \
		if (IS_NJ) {                                                                       \
			a = flush_vs(a);                                                           \
			b = flush_vs(b);                                                           \
		}                                                                                  \
		mask = (vu32)(expr);                                                               \
		VSR_AS(vu32, op->rt) = mask;                                                       \
		cr6;                                                                               \
		NEXT();                                                                            \
	}
#define OP_VMX_COMPARE(name, expr)                                                                 \
	OP_VMX_COMPARE_(name, expr, (void)0)                                                       \
	OP_VMX_COMPARE_(name##_rc, expr, vec_set_cr6(cpu, (vu64)mask))

OP_VMX_COMPARE(vcmpeqfp, a == b)
OP_VMX_COMPARE(vcmpgefp, a >= b)
OP_VMX_COMPARE(vcmpgtfp, a > b)

/* Not within -b to b: bit 0 where a is above or unordered, bit 1 where it is below or unordered. */
static inline vu32 out_of_bounds(vf32 a, vf32 b)
{
	return (~(vu32)(a <= b) & SIGN_S) | (~(vu32)(a >= -b) & SIGN_S) >> 1;
}

OP_VMX_COMPARE_(vcmpbfp, out_of_bounds(a, b), (void)0)
OP_VMX_COMPARE_(vcmpbfp_rc, out_of_bounds(a, b),
		cpu->cr[6] = cr_encode(vec_any((vu64)mask) ? 0 : CR_EQ))

/* UIM, as the exponent of a scale that the elements are multiplied by or divided by. */
#define UIM_OF(op) (REG_OF((op)->ra))

OP(vcfsx)
{
	vf32 r;

	CHECK_VEC;
	r = __builtin_convertvector(VSR_AS(vs32, op->rb), vf32);
	VSR_AS(vf32, op->rt) = r * fpu_s((127u - UIM_OF(op)) << 23);
	NEXT();
}

OP(vcfux)
{
	vf32 r;

	CHECK_VEC;
	r = __builtin_convertvector(VSR_AS(vu32, op->rb), vf32);
	VSR_AS(vf32, op->rt) = r * fpu_s((127u - UIM_OF(op)) << 23);
	NEXT();
}

/* By truncation; of what is beyond the limits, the nearer one and VSCR[SAT]; 0 for a NaN. */
static void to_words(struct icpu *cpu, const op_t *op, double low, double high)
{
	double v, scale = (double)(1ULL << UIM_OF(op));
	vsr_t t;

	for (unsigned i = 0; i < 4; i++) {
		v = VS(cpu->vsr[op->rb], i) * scale;
		if (v != v) {
			v = 0;
		} else if (v >= high + 1 || v <= low - 1) {
			v = v < 0 ? low : high;
			cpu->vscr |= VSCR_SAT;
		}
		VW(t, i) = (uint32_t)(int64_t)v;
	}
	cpu->vsr[op->rt] = t;
}

OP_VOID(vctsxs, CHECK_VEC)
{
	to_words(cpu, op, -2147483648.0, 2147483647.0);
}

OP_VOID(vctuxs, CHECK_VEC)
{
	to_words(cpu, op, 0.0, 4294967295.0);
}
