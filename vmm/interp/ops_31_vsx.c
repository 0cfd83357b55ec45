/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VSX of Power ISA 3.1: elements at the right end, constants, permute controls, conversions (Power ISA I.7). */
#include "vmm/interp/fpu_vector.h"
#include "vmm/interp/mem.h"
#include "vmm/interp/ops_fp.h"
#include "vmm/interp/vec.h"

#define QUAD(n) (cpu->vsr[n].q)

static inline uint64_t indexed_ea(const struct icpu *cpu, const op_t *op)
{
	return cpu->gpr[op->ra] + cpu->gpr[op->rb];
}

/* One element, right-aligned in a quadword. */
#define ELEMENT_RIGHT(suffix, len)                                                                 \
	OP_CALL(lxvr##suffix, CHECK_VSX_VEC(op->rt))                                               \
	{                                                                                          \
		uint64_t v;                                                                        \
		enum insn_result r = mem_load(cpu, indexed_ea(cpu, op), len, &v);                  \
                                                                                                   \
		if (r == INSN_OK)                                                                  \
			QUAD(op->rt) = v;                                                          \
		return r;                                                                          \
	}                                                                                          \
	OP_CALL(stxvr##suffix, CHECK_VSX_VEC(op->rt))                                              \
	{                                                                                          \
		return mem_store(cpu, indexed_ea(cpu, op), len, VD(cpu->vsr[op->rt], 1));          \
	}
ELEMENT_RIGHT(bx, 1)
ELEMENT_RIGHT(hx, 2)
ELEMENT_RIGHT(wx, 4)
ELEMENT_RIGHT(dx, 8)

/* Small integers, infinity and a NaN in quad precision, by the first 32 bits; 16 more for the negative ones. */
OP_CALL(lxvkq, CHECK_VSX_VEC(op->rt))
{
	static const uint32_t constants[32] = {
		[1] = 0x3fff0000,  [2] = 0x40000000,  [3] = 0x40008000,  [4] = 0x40010000,
		[5] = 0x40014000,  [6] = 0x40018000,  [7] = 0x4001c000,  [8] = 0x7fff0000,
		[9] = 0x7fff8000,  [16] = 0x80000000, [17] = 0xbfff0000, [18] = 0xc0000000,
		[19] = 0xc0008000, [20] = 0xc0010000, [21] = 0xc0014000, [22] = 0xc0018000,
		[23] = 0xc001c000, [24] = 0xffff0000,
	};
	uint32_t first = constants[(uint32_t)op->imm >> 11 & 31];

	if (!first)
		return INSN_ILLEGAL;
	QUAD(op->rt) = (u128)first << 96;
	return INSN_OK;
}

/* Bit 0 of IMM: compress, else expand; bit 1: elements are numbered from the right. */
#define GENPCV_COMPRESS 1u
#define GENPCV_RIGHT    2u

/* Byte @i of those numbered from the left or the right. */
static uint8_t *genpcv_byte(vsr_t *v, unsigned i, unsigned imm)
{
	return imm & GENPCV_RIGHT ? &VB(*v, 15 - i) : &VB(*v, i);
}

/*
 * The control for a permutation of elements of @len bytes that moves those where @mask's first bit is set
 * together (compress), or takes them apart to where it is (expand); the others come from the second vector.
 */
static vsr_t genpcv(vsr_t mask, unsigned len, unsigned imm)
{
	vsr_t t = {.q = 0};
	unsigned next = 0;

	for (unsigned i = 0; i < 16; i += len) {
		unsigned sign = imm & GENPCV_RIGHT ? i + len - 1 : i;
		bool is_set = *genpcv_byte(&mask, sign, imm) & 0x80;

		for (unsigned k = 0; k < len; k++) {
			if (is_set && (imm & GENPCV_COMPRESS))
				*genpcv_byte(&t, next + k, imm) = (uint8_t)(i + k);
			else if (!(imm & GENPCV_COMPRESS))
				*genpcv_byte(&t, i + k, imm) = (uint8_t)(is_set ? next + k : 16 + i + k);
		}
		next += is_set ? len : 0;
	}
	return t;
}

/* The field of VRB has no bit of its own: the slot's number is of a VSR that may lack 32. */
#define GENPCV(name, len)                                                                          \
	OP_CALL(name, CHECK_VSX_VEC(op->rt))                                                       \
	{                                                                                          \
		unsigned imm = (uint32_t)op->imm >> 16 & 31;                                       \
                                                                                                   \
		if (imm > (GENPCV_COMPRESS | GENPCV_RIGHT))                                        \
			return INSN_ILLEGAL;                                                       \
		cpu->vsr[op->rt] = genpcv(cpu->vsr[32 + REG_OF(op->rb)], len, imm);                \
		return INSN_OK;                                                                    \
	}
GENPCV(xxgenpcvbm, 1)
GENPCV(xxgenpcvhm, 2)
GENPCV(xxgenpcvwm, 4)
GENPCV(xxgenpcvdm, 8)

/* Brain floating point: the first half of a single, in the second half of a word. */
static const struct sf_format bfloat16 = {7, 8, 127, 192};

OP_VOID(xvcvbf16spn, CHECK_VSX)
{
	VSR_AS(vu32, op->rt) = VSR_AS(vu32, op->rb) << 16;
}

OP_CALL(xvcvspbf16, CHECK_VSX)
{
	const vsr_t b = cpu->vsr[op->rb];
	struct fpv v = fpv_begin(cpu);

	for (unsigned i = 0; i < 4; i++) {
		struct softfp s = sf_quiet(&v.c, sf_unpack(&sf_single, VW(b, i)));

		VW(v.t, i) = (uint32_t)sf_pack(&v.c, &bfloat16, s);
	}
	return fpv_end(&v, op->rt);
}

/* The last bits of all bytes: all ones, all zeros. */
OP(xvtlsbb)
{
	const uint64_t ones = 0x0101010101010101;
	uint64_t all, any;

	CHECK_VSX;
	all = VD(cpu->vsr[op->rb], 0) & VD(cpu->vsr[op->rb], 1) & ones;
	any = (VD(cpu->vsr[op->rb], 0) | VD(cpu->vsr[op->rb], 1)) & ones;
	cr_set_field(cpu, BF_OF(op), (all == ones ? CR_LT : 0) | (any ? 0 : CR_EQ));
	NEXT();
}

/* Quad precision from and to integers of 128 bits. */
static enum insn_result quad_to_int(struct icpu *cpu, const op_t *op, bool is_signed)
{
	struct sf_ctx c = fpu_ctx(cpu);
	u128 v = sf_to_int(&c, sf_unpack(&sf_quad, QUAD(op->rb)), SF_TO_ZERO, 128, is_signed);

	return fpu_put_q(cpu, op->rt, v, (uint32_t)fpu_fpscr(cpu) & FPSCR_FPRF, c.flags);
}

OP_CALL(xscvqpuqz, CHECK_VSX)
{
	return quad_to_int(cpu, op, false);
}

OP_CALL(xscvqpsqz, CHECK_VSX)
{
	return quad_to_int(cpu, op, true);
}

static enum insn_result quad_from_int(struct icpu *cpu, const op_t *op, bool is_signed)
{
	struct sf_ctx c = fpu_ctx(cpu);
	u128 v = sf_pack(&c, &sf_quad, sf_from_int(QUAD(op->rb), is_signed));

	return fpu_put_q(cpu, op->rt, v, sf_fprf(&sf_quad, v), c.flags);
}

OP_CALL(xscvuqqp, CHECK_VSX)
{
	return quad_from_int(cpu, op, false);
}

OP_CALL(xscvsqqp, CHECK_VSX)
{
	return quad_from_int(cpu, op, true);
}

/* A result of a quad comparison, which leaves FPRF, FR and FI alone. */
static enum insn_result quad_put_plain(struct icpu *cpu, const op_t *op, u128 v, uint32_t flags)
{
	unsigned raised = fpu_raise(cpu, flags);

	if (!(raised & FPU_SUPPRESS))
		QUAD(op->rt) = v;
	return fpu_result(cpu, raised);
}

static enum insn_result quad_mask(struct icpu *cpu, const op_t *op, enum fpv_relation relation)
{
	struct softfp a = sf_unpack(&sf_quad, QUAD(op->ra)), b = sf_unpack(&sf_quad, QUAD(op->rb));
	enum sf_order order = sf_compare(a, b);
	bool holds = relation == FPV_GT ? order == SF_GREATER
		     : relation == FPV_EQ ? order == SF_EQUAL
					  : order == SF_GREATER || order == SF_EQUAL;

	return quad_put_plain(cpu, op, holds ? ~(u128)0 : 0,
			      fpu_compare_flags(cpu, a, b, relation != FPV_EQ));
}

OP_CALL(xscmpeqqp, CHECK_VSX)
{
	return quad_mask(cpu, op, FPV_EQ);
}

OP_CALL(xscmpgeqp, CHECK_VSX)
{
	return quad_mask(cpu, op, FPV_GE);
}

OP_CALL(xscmpgtqp, CHECK_VSX)
{
	return quad_mask(cpu, op, FPV_GT);
}

/* As C's conditional expression does it: of two that are not ordered, the second. */
static enum insn_result quad_choose(struct icpu *cpu, const op_t *op, bool minimum)
{
	struct softfp a = sf_unpack(&sf_quad, QUAD(op->ra)), b = sf_unpack(&sf_quad, QUAD(op->rb));
	enum sf_order order = sf_compare(a, b);
	bool first = minimum ? order == SF_LESS : order == SF_GREATER || order == SF_EQUAL;
	bool signaling = a.cls == SF_SNAN || b.cls == SF_SNAN;

	return quad_put_plain(cpu, op, QUAD(first ? op->ra : op->rb), signaling ? FPSCR_VXSNAN : 0);
}

OP_CALL(xsmaxcqp, CHECK_VSX)
{
	return quad_choose(cpu, op, false);
}

OP_CALL(xsmincqp, CHECK_VSX)
{
	return quad_choose(cpu, op, true);
}
