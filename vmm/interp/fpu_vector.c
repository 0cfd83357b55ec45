// SPDX-License-Identifier: GPL-2.0-or-later
/* VSX vector floating point in full. Results known to be exact are taken from the host's FPU. */
#include "vmm/interp/fpu_vector.h"

#include "vmm/interp/fpu_host.h"
#include "vmm/interp/vec.h"

enum insn_result fpv_end(struct fpv *v, unsigned rt)
{
	unsigned raised = fpu_raise(v->cpu, v->c.flags);

	if (!(raised & FPU_ENABLED))
		v->cpu->vsr[rt] = v->t;
	return fpu_result(v->cpu, raised);
}

/* An element as a double; a NaN need not be right. */
static uint64_t widen(uint64_t bits, bool single)
{
	return single ? fpu_single_to_double((uint32_t)bits) : bits;
}

static uint64_t narrow(uint64_t bits, bool single)
{
	return single ? fpu_double_to_single(bits) : bits;
}

static void set_rounded(struct fpv *v, unsigned i, struct softfp value, bool single)
{
	fpv_set(&v->t, i, (uint64_t)sf_pack(&v->c, fpv_format(single), value), single);
}

enum insn_result fpv_arith(struct icpu *cpu, const op_t *op, enum fpu_op kind, bool single)
{
	const struct sf_format *f = fpv_format(single);
	struct fpv v = fpv_begin(cpu);
	uint64_t a, b, r;

	for (unsigned i = 0; i < fpv_elements(single); i++) {
		a = fpv_get(&cpu->vsr[op->ra], i, single);
		b = fpv_get(&cpu->vsr[op->rb], i, single);
		if (fpu_exact_arith(cpu, kind, widen(a, single), widen(b, single), single, &r))
			fpv_set(&v.t, i, narrow(r, single), single);
		else
			set_rounded(&v, i,
				    fpu_soft_arith(&v.c, kind, sf_unpack(f, a), sf_unpack(f, b)),
				    single);
	}
	return fpv_end(&v, op->rt);
}

static uint64_t element_madd(struct fpv *v, uint64_t a, uint64_t m, uint64_t b, unsigned how)
{
	bool single = how & FPU_MADD_SINGLE;
	const struct sf_format *f = fpv_format(single);
	uint64_t sign = single ? 0x80000000u : FP_SIGN, r;
	struct softfp addend = sf_unpack(f, b), sum;

	if ((how & FPU_MADD_SUB) && !sf_is_nan(addend)) {
		addend.sign = !addend.sign;
		b ^= sign;
	}
	if (fpu_exact_madd(v->cpu, widen(a, single), widen(m, single), widen(b, single), single,
			   &r)) {
		r = narrow(r, single);
	} else {
		sum = sf_madd(&v->c, sf_unpack(f, a), sf_unpack(f, m), addend);
		r = (uint64_t)sf_pack(&v->c, f, sum);
		if (sf_is_nan(sum))
			return r;
	}
	return how & FPU_MADD_NEGATE ? r ^ sign : r;
}

enum insn_result fpv_madd(struct icpu *cpu, unsigned rt, unsigned a, unsigned m, unsigned b,
			  unsigned how)
{
	bool single = how & FPU_MADD_SINGLE;
	struct fpv v = fpv_begin(cpu);

	for (unsigned i = 0; i < fpv_elements(single); i++)
		fpv_set(&v.t, i,
			element_madd(&v, fpv_get(&cpu->vsr[a], i, single),
				     fpv_get(&cpu->vsr[m], i, single),
				     fpv_get(&cpu->vsr[b], i, single), how),
			single);
	return fpv_end(&v, rt);
}

enum insn_result fpv_sqrt(struct icpu *cpu, const op_t *op, bool single)
{
	struct fpv v = fpv_begin(cpu);
	uint64_t b, r;

	for (unsigned i = 0; i < fpv_elements(single); i++) {
		b = fpv_get(&cpu->vsr[op->rb], i, single);
		if (fpu_exact_sqrt(cpu, widen(b, single), single, &r))
			fpv_set(&v.t, i, narrow(r, single), single);
		else
			set_rounded(&v, i, sf_sqrt(&v.c, sf_unpack(fpv_format(single), b)), single);
	}
	return fpv_end(&v, op->rt);
}

/* The estimates leave XX undefined: it stays. */
static enum insn_result estimate_end(struct fpv *v, unsigned rt)
{
	v->c.flags &= ~FPSCR_XX;
	return fpv_end(v, rt);
}

enum insn_result fpv_reciprocal(struct icpu *cpu, const op_t *op, bool single)
{
	struct fpv v = fpv_begin(cpu);
	struct softfp b;

	for (unsigned i = 0; i < fpv_elements(single); i++) {
		b = sf_unpack(fpv_format(single), fpv_get(&cpu->vsr[op->rb], i, single));
		set_rounded(&v, i, sf_div(&v.c, fpu_one, b), single);
	}
	return estimate_end(&v, op->rt);
}

enum insn_result fpv_rsqrt(struct icpu *cpu, const op_t *op, bool single)
{
	const struct sf_format *f = fpv_format(single);
	struct fpv v = fpv_begin(cpu);
	struct sf_ctx root = v.c;
	struct softfp b;

	for (unsigned i = 0; i < fpv_elements(single); i++) {
		b = sf_sqrt(&v.c, sf_unpack(f, fpv_get(&cpu->vsr[op->rb], i, single)));
		b = sf_unpack(f, sf_pack(&root, f, b));
		set_rounded(&v, i, sf_div(&v.c, fpu_one, b), single);
	}
	return estimate_end(&v, op->rt);
}

enum insn_result fpv_round_int(struct icpu *cpu, const op_t *op, enum sf_rounding rounding,
			       bool inexact, bool single)
{
	struct fpv v = fpv_begin(cpu);
	struct softfp b;

	for (unsigned i = 0; i < fpv_elements(single); i++) {
		b = sf_unpack(fpv_format(single), fpv_get(&cpu->vsr[op->rb], i, single));
		set_rounded(&v, i, sf_round_int(&v.c, b, rounding), single);
	}
	if (!inexact)
		v.c.flags &= ~FPSCR_XX;
	return fpv_end(&v, op->rt);
}

enum insn_result fpv_max(struct icpu *cpu, const op_t *op, bool minimum, bool single)
{
	struct fpv v = fpv_begin(cpu);

	for (unsigned i = 0; i < fpv_elements(single); i++)
		fpv_set(&v.t, i,
			(uint64_t)fpu_max(&v.c, fpv_format(single),
					  fpv_get(&cpu->vsr[op->ra], i, single),
					  fpv_get(&cpu->vsr[op->rb], i, single), minimum),
			single);
	return fpv_end(&v, op->rt);
}

static bool is_related(enum sf_order order, enum fpv_relation relation)
{
	switch (relation) {
	case FPV_EQ:
		return order == SF_EQUAL;
	case FPV_GE:
		return order == SF_EQUAL || order == SF_GREATER;
	default:
		return order == SF_GREATER;
	}
}

enum insn_result fpv_compare(struct icpu *cpu, const op_t *op, enum fpv_relation relation,
			     bool record, bool single)
{
	const struct sf_format *f = fpv_format(single);
	struct fpv v = fpv_begin(cpu);

	for (unsigned i = 0; i < fpv_elements(single); i++) {
		struct softfp a = sf_unpack(f, fpv_get(&cpu->vsr[op->ra], i, single));
		struct softfp b = sf_unpack(f, fpv_get(&cpu->vsr[op->rb], i, single));

		v.c.flags |= fpu_compare_flags(cpu, a, b, relation != FPV_EQ);
		fpv_set(&v.t, i, is_related(sf_compare(a, b), relation) ? ~0ULL : 0, single);
	}
	if (record)
		vec_set_cr6(cpu, (vu64){v.t.d[0], v.t.d[1]});
	return fpv_end(&v, op->rt);
}

static const struct {
	const struct sf_format *format;
	uint8_t bits;
	bool is_signed;
} types[] = {
	[FPV_SP] = {&sf_single, 32, true}, [FPV_DP] = {&sf_double, 64, true},
	[FPV_S32] = {NULL, 32, true},      [FPV_U32] = {NULL, 32, false},
	[FPV_S64] = {NULL, 64, true},      [FPV_U64] = {NULL, 64, false},
};

static uint64_t element_convert(struct fpv *v, uint64_t bits, enum fpv_type from, enum fpv_type to)
{
	struct softfp s;

	if (types[from].format)
		s = sf_unpack(types[from].format, bits);
	else if (from == FPV_S32)
		s = sf_from_int((u128)(int32_t)bits, true);
	else
		s = sf_from_int(from == FPV_S64 ? (u128)(int64_t)bits : bits,
				types[from].is_signed);
	if (!types[to].format)
		return (uint64_t)sf_to_int(&v->c, s, SF_TO_ZERO, types[to].bits,
					   types[to].is_signed);
	return (uint64_t)sf_pack(&v->c, types[to].format, sf_quiet(&v->c, s));
}

enum insn_result fpv_convert(struct icpu *cpu, const op_t *op, enum fpv_type from,
			     enum fpv_type to)
{
	bool from_words = types[from].bits == 32, to_words = types[to].bits == 32;
	unsigned n = from_words && to_words ? 4 : 2;
	const vsr_t *b = &cpu->vsr[op->rb];
	struct fpv v = fpv_begin(cpu);
	uint64_t bits;

	for (unsigned i = 0; i < n; i++) {
		bits = fpv_get(b, from_words && n == 2 ? 2 * i : i, from_words);
		bits = element_convert(&v, bits, from, to);
		if (to_words && n == 2) /* the hardware fills the odd words, too */
			bits = bits << 32 | (uint32_t)bits;
		fpv_set(&v.t, i, bits, to_words && n == 4);
	}
	return fpv_end(&v, op->rt);
}
