/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VSX vectors as signs, exponents and significands, and tests of them (Power ISA I.7). No exceptions. */
#include "vmm/interp/ops_fp.h"
#include "vmm/interp/ops_vec_fp.h"

#define SIGN_D ((vu64){0} + FP_SIGN)
#define EXP_D  ((vu64){0} + FP_EXP)
#define FRAC_D ((vu64){0} + FP_FRAC)
#define SIGN_S ((vu32){0} + 0x80000000u)
#define EXP_S  ((vu32){0} + 0x7f800000u)
#define FRAC_S ((vu32){0} + 0x007fffffu)

#define OP_VSX1(name, type, expr)                                                                  \
	OP(name)                                                                                   \
	{                                                                                          \
		type b;                                                                            \
                                                                                                   \
		CHECK_VSX;                                                                         \
		b = VSR_AS(type, op->rb);                                                          \
		VSR_AS(type, op->rt) = (type)(expr);                                               \
		NEXT();                                                                            \
	}

OP_VSX1(xvabsdp, vu64, b & ~SIGN_D)
OP_VSX1(xvnabsdp, vu64, b | SIGN_D)
OP_VSX1(xvnegdp, vu64, b ^ SIGN_D)
OP_VSX2(xvcpsgndp, vu64, (a & SIGN_D) | (b & ~SIGN_D))
OP_VSX1(xvabssp, vu32, b & ~SIGN_S)
OP_VSX1(xvnabssp, vu32, b | SIGN_S)
OP_VSX1(xvnegsp, vu32, b ^ SIGN_S)
OP_VSX2(xvcpsgnsp, vu32, (a & SIGN_S) | (b & ~SIGN_S))

OP_VSX2(xviexpdp, vu64, (a & ~EXP_D) | (b << 52 & EXP_D))
OP_VSX2(xviexpsp, vu32, (a & ~EXP_S) | (b << 23 & EXP_S))
OP_VSX1(xvxexpdp, vu64, b >> 52 & 0x7ff)
OP_VSX1(xvxexpsp, vu32, b >> 23 & 0xff)

/* The implicit bit is there but in zeros, denormals, infinities and NaNs. */
#define IMPLICIT(b, exp, bit) ((((b) & (exp)) != 0) & (((b) & (exp)) != (exp)) & (bit))
OP_VSX1(xvxsigdp, vu64, (b & FRAC_D) | (vu64)IMPLICIT(b, EXP_D, (vs64){0} + (1LL << 52)))
OP_VSX1(xvxsigsp, vu32, (b & FRAC_S) | (vu32)IMPLICIT(b, EXP_S, (vs32){0} + (1 << 23)))

static void test_classes(struct icpu *cpu, const op_t *op, bool single)
{
	uint32_t word = (uint32_t)op->imm;
	unsigned dcmx = (word >> 16 & 31) | (word >> 6 & 1) << 6 | (word >> 2 & 1) << 5;
	vsr_t t;

	for (unsigned i = 0; i < fpv_elements(single); i++) {
		bool in = fpu_in_class(fpv_format(single),
				       fpv_get(&cpu->vsr[op->rb], i, single), dcmx);

		fpv_set(&t, i, in ? ~0ULL : 0, single);
	}
	cpu->vsr[op->rt] = t;
}

OP_VOID(xvtstdcdp, CHECK_VSX)
{
	test_classes(cpu, op, false);
}

OP_VOID(xvtstdcsp, CHECK_VSX)
{
	test_classes(cpu, op, true);
}

static void test_div(struct icpu *cpu, const op_t *op, bool single)
{
	unsigned nibble = 0;

	for (unsigned i = 0; i < fpv_elements(single); i++)
		nibble |= fpu_test_div(fpv_format(single), fpv_get(&cpu->vsr[op->ra], i, single),
				       fpv_get(&cpu->vsr[op->rb], i, single));
	cr_set_field(cpu, BF_OF(op), nibble);
}

static void test_sqrt(struct icpu *cpu, const op_t *op, bool single)
{
	unsigned nibble = 0;

	for (unsigned i = 0; i < fpv_elements(single); i++)
		nibble |= fpu_test_sqrt(fpv_format(single),
					fpv_get(&cpu->vsr[op->rb], i, single));
	cr_set_field(cpu, BF_OF(op), nibble);
}

OP_VOID(xvtdivdp, CHECK_VSX)
{
	test_div(cpu, op, false);
}

OP_VOID(xvtdivsp, CHECK_VSX)
{
	test_div(cpu, op, true);
}

OP_VOID(xvtsqrtdp, CHECK_VSX)
{
	test_sqrt(cpu, op, false);
}

OP_VOID(xvtsqrtsp, CHECK_VSX)
{
	test_sqrt(cpu, op, true);
}
