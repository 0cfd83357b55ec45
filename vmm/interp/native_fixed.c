/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Native code of fixed-point instructions: each does what its handler does (ops_fixed.inc,
 * ops_system.c). */
#include "vmm/base/bits.h"
#include "vmm/interp/native_impl.h"

#if INTERP_NATIVE

/* In b: the instruction records; the second operand, and the result, are complemented; the
 * operation is on doublewords. */
#define RC         1u
#define NOT_RB     2u
#define NOT_RESULT 4u
#define WIDE       8u

#define WIDTH(n) (((n)->b & WIDE) ? W64 : W32)

/* CR0 = RAX compared with 0, which is a word without sign: as it is. */
static void record_word(struct native_job *job)
{
	x86_rr(&job->x, W64, X86_TEST, RAX, RAX);
	x86_rm(&job->x, W64, X86_STORE, RAX, HOST_CPU, CR_AT(0));
	job->flags = 0;
}

static void record(struct native_job *job)
{
	struct x86 *x = &job->x;

	x86_rr(x, W32, X86_XOR, RCX, RCX);
	x86_rr(x, W64, X86_TEST, RAX, RAX);
	x86_setcc(x, CC_G, RCX);
	x86_rr(x, W64, X86_LOAD, RDX, RAX);
	x86_shift_i(x, W64, G2_SAR, RDX, 63);
	x86_rr(x, W64, X86_OR, RCX, RDX);
	x86_rm(x, W64, X86_STORE, RCX, HOST_CPU, CR_AT(0));
	job->flags = 0;
}

static bool finish(struct native_job *job, const struct native_op *n, const op_t *op)
{
	native_store(job, op->rt);
	if (n->b & RC)
		record(job);
	return true;
}

/* RAX &= @mask. */
static void and_mask(struct native_job *job, uint64_t mask)
{
	struct x86 *x = &job->x;

	if (mask == ~0ULL)
		return;
	if (mask == UINT32_MAX) {
		x86_rr(x, W32, X86_LOAD, RAX, RAX);
	} else if (mask == (uint32_t)mask) {
		x86_ri(x, W32, G1_AND, RAX, (int32_t)mask);
	} else if ((int64_t)mask == (int32_t)mask) {
		x86_ri(x, W64, G1_AND, RAX, (int32_t)mask);
	} else {
		x86_mov_i(x, RCX, mask);
		x86_rr(x, W64, X86_AND, RAX, RCX);
	}
}

/* rt = ra op rb, which may change places; a: the opcode. */
static bool emit_two(struct native_job *job, const struct native_op *n, const op_t *op)
{
	unsigned first = op->ra, second = op->rb;

	if ((n->b & NOT_RB) || job->held == second) {
		first = op->rb;
		second = op->ra;
	}
	native_load(job, first);
	if (n->b & NOT_RB)
		x86_unary(&job->x, W64, G3_NOT, RAX);
	if (!(n->a == X86_OR && first == second && !(n->b & NOT_RB)))
		x86_rm(&job->x, W64, n->a, RAX, HOST_CPU, GPR_AT(second));
	if (n->b & NOT_RESULT)
		x86_unary(&job->x, W64, G3_NOT, RAX);
	if (n->a == X86_OR && first == second && !n->b)
		job->flags = job->flags_in;
	return finish(job, n, op);
}

static bool emit_subf(struct native_job *job, const struct native_op *n, const op_t *op)
{
	if (job->held == op->ra) {
		x86_unary(&job->x, W64, G3_NEG, RAX);
		x86_rm(&job->x, W64, X86_ADD, RAX, HOST_CPU, GPR_AT(op->rb));
	} else {
		native_load(job, op->rb);
		x86_rm(&job->x, W64, X86_SUB, RAX, HOST_CPU, GPR_AT(op->ra));
	}
	return finish(job, n, op);
}

static bool emit_neg(struct native_job *job, const struct native_op *n, const op_t *op)
{
	native_load(job, op->ra);
	x86_unary(&job->x, W64, G3_NEG, RAX);
	return finish(job, n, op);
}

static bool emit_addi(struct native_job *job, const struct native_op *n, const op_t *op)
{
	if (op->ra == 32) {
		x86_store_i(&job->x, HOST_CPU, GPR_AT(op->rt), op->imm);
		if (job->held == op->rt)
			job->held = NONE;
		job->flags = job->flags_in;
		return true;
	}
	native_load(job, op->ra);
	x86_ri(&job->x, W64, G1_ADD, RAX, op->imm);
	return finish(job, n, op);
}

/* a: the operation of group 1. */
static bool emit_logical_imm(struct native_job *job, const struct native_op *n, const op_t *op)
{
	if (op->imm == 0 && op->rt == op->ra) {
		job->flags = job->flags_in;
		return true;
	}
	native_load(job, op->ra);
	if (op->imm >= 0) {
		x86_ri(&job->x, W64, (enum x86_group1)n->a, RAX, op->imm);
	} else {
		x86_mov_i(&job->x, RCX, (uint32_t)op->imm);
		x86_rr(&job->x, W64, n->a == G1_OR ? X86_OR : X86_XOR, RAX, RCX);
	}
	return finish(job, n, op);
}

static bool emit_and_imm(struct native_job *job, const struct native_op *n, const op_t *op)
{
	native_load(job, op->ra);
	x86_ri(&job->x, W32, G1_AND, RAX, op->imm);
	native_store(job, op->rt);
	record_word(job);
	return true;
}

/* a: the opcode that extends. */
static bool emit_extend(struct native_job *job, const struct native_op *n, const op_t *op)
{
	native_load_to(job, W64, n->a, RAX, op->ra);
	return finish(job, n, op);
}

/* a: the opcode by which both factors are extended, or X86_LOAD; b: WIDE: the low half, else the
 * high word. */
static bool emit_multiply(struct native_job *job, const struct native_op *n, const op_t *op)
{
	struct x86 *x = &job->x;
	enum x86_width w = n->a == X86_MOVSXD || (n->b & WIDE) ? W64 : W32;

	native_load_to(job, w, n->a, RCX, op->rb);
	native_load_to(job, w, n->a, RAX, op->ra);
	x86_rr(x, W64, X86_IMUL, RAX, RCX);
	if (!(n->b & WIDE))
		x86_shift_i(x, W64, n->a == X86_MOVSXD ? G2_SAR : G2_SHR, RAX, 32);
	return finish(job, n, op);
}

/* The high doubleword; a: the operation of group 3. */
static bool emit_multiply_high(struct native_job *job, const struct native_op *n, const op_t *op)
{
	native_load(job, op->ra);
	x86_rm(&job->x, W64, 0xf7, n->a, HOST_CPU, GPR_AT(op->rb));
	x86_rr(&job->x, W64, X86_LOAD, RAX, RDX);
	return finish(job, n, op);
}

static bool emit_mulli(struct native_job *job, const struct native_op *n, const op_t *op)
{
	native_load(job, op->ra);
	x86_rr(&job->x, W64, 0x69, RAX, RAX);
	x86_u32(&job->x, (uint32_t)op->imm);
	return finish(job, n, op);
}

/* Zeros from the left (a = X86_BSR) or the right (X86_BSF). */
static bool emit_count_zeros(struct native_job *job, const struct native_op *n, const op_t *op)
{
	struct x86 *x = &job->x;
	enum x86_width w = WIDTH(n);
	unsigned bits = w == W64 ? 64 : 32;
	bool left = n->a == X86_BSR;

	native_load_to(job, w, X86_LOAD, RCX, op->ra);
	x86_mov_i(x, RDX, left ? 2 * bits - 1 : bits);
	x86_rr(x, w, n->a, RAX, RCX);
	x86_rr(x, w, 0x0f44, RAX, RDX); /* cmove: there is no one */
	if (left)
		x86_ri(x, W32, G1_XOR, RAX, (int32_t)bits - 1);
	return finish(job, n, op);
}

/* Shifts by a register; a: the operation of group 2. */
static bool emit_shift(struct native_job *job, const struct native_op *n, const op_t *op)
{
	struct x86 *x = &job->x;

	native_load_to(job, W32, X86_LOAD, RCX, op->rb);
	if (n->b & WIDE)
		native_load(job, op->ra);
	else
		native_load_to(job, W32, X86_LOAD, RAX, op->ra);
	x86_shift_cl(x, W64, (enum x86_group2)n->a, RAX);
	if (n->b & WIDE) {
		x86_rr(x, W32, X86_XOR, RDX, RDX);
		x86_rr(x, W32, 0xf6, 0, RCX);
		x86_u8(x, 64);
		x86_rr(x, W64, X86_CMOVNE, RAX, RDX);
	} else if (n->a == G2_SHL) {
		x86_rr(x, W32, X86_LOAD, RAX, RAX);
	}
	return finish(job, n, op);
}

/* srawi and sradi: CA tells whether a negative number lost ones. */
static bool emit_shift_algebraic(struct native_job *job, const struct native_op *n, const op_t *op)
{
	struct x86 *x = &job->x;

	if (n->b & WIDE)
		native_load(job, op->ra);
	else
		native_load_to(job, W64, X86_MOVSXD, RAX, op->ra);
	x86_rr(x, W32, X86_XOR, RDX, RDX);
	if (op->rb) {
		x86_rr(x, W64, X86_LOAD, RCX, RAX);
		x86_shift_i(x, W64, G2_SAR, RCX, 63);
		x86_rr(x, W64, X86_AND, RCX, RAX);
		x86_shift_i(x, W64, G2_SHL, RCX, 64u - op->rb);
		x86_rr(x, W64, X86_TEST, RCX, RCX);
		x86_setcc(x, CC_NE, RDX);
		x86_shift_i(x, W64, G2_SAR, RAX, op->rb);
	}
	x86_rm(x, W64, X86_STORE, RDX, HOST_CPU, CPU_AT(ca));
	x86_rm(x, W64, X86_STORE, RDX, HOST_CPU, CPU_AT(ca32));
	return finish(job, n, op);
}

static bool emit_rlwinm(struct native_job *job, const struct native_op *n, const op_t *op)
{
	struct x86 *x = &job->x;
	uint32_t mask = (uint32_t)op->imm;

	native_load_to(job, W32, X86_LOAD, RAX, op->ra);
	if (op->rb && mask == UINT32_MAX << op->rb)
		x86_shift_i(x, W32, G2_SHL, RAX, op->rb);
	else if (op->rb && mask == UINT32_MAX >> (32 - op->rb))
		x86_shift_i(x, W32, G2_SHR, RAX, 32u - op->rb);
	else if (op->rb)
		x86_shift_i(x, W32, G2_ROL, RAX, op->rb);
	if (op->x) {
		/* the mask reaches into the high half, where the word stands, too */
		x86_rr(x, W64, X86_LOAD, RCX, RAX);
		x86_shift_i(x, W64, G2_SHL, RCX, 32);
		x86_ri(x, W32, G1_AND, RAX, (int32_t)mask);
		x86_rr(x, W64, X86_OR, RAX, RCX);
		return finish(job, n, op);
	}
	if (mask != UINT32_MAX &&
	    !(op->rb && (mask == UINT32_MAX << op->rb || mask == UINT32_MAX >> (32 - op->rb))))
		x86_ri(x, W32, G1_AND, RAX, (int32_t)mask);
	native_store(job, op->rt);
	if (n->b & RC)
		record_word(job);
	return true;
}

/* rt ^ ((rt ^ rotated) & mask) */
static bool emit_rlwimi(struct native_job *job, const struct native_op *n, const op_t *op)
{
	struct x86 *x = &job->x;

	if (op->x)
		return false;
	native_load_to(job, W32, X86_LOAD, RAX, op->ra);
	if (op->rb)
		x86_shift_i(x, W32, G2_ROL, RAX, op->rb);
	x86_rm(x, W32, X86_XOR, RAX, HOST_CPU, GPR_AT(op->rt));
	x86_ri(x, W32, G1_AND, RAX, op->imm);
	x86_rm(x, W64, X86_XOR, RAX, HOST_CPU, GPR_AT(op->rt));
	return finish(job, n, op);
}

enum rotate { LEFT, RIGHT, MIDDLE, INSERT };

static uint64_t rotate_mask(enum rotate kind, const op_t *op)
{
	unsigned right = (64u - op->x) & 63;
	uint64_t ones;

	if (kind == LEFT)
		return ~0ULL >> op->x;
	if (kind == RIGHT)
		return ~0ULL << (63 - op->x);
	ones = ~0ULL << ((op->rb + op->x) & 63);
	return right ? ones << right | ones >> (64 - right) : ones;
}

/* Rotates of doublewords; a: which. */
static bool emit_rotate(struct native_job *job, const struct native_op *n, const op_t *op)
{
	struct x86 *x = &job->x;
	uint64_t mask = rotate_mask((enum rotate)n->a, op);

	native_load(job, op->ra);
	if (n->a == INSERT) {
		if (op->rb)
			x86_shift_i(x, W64, G2_ROL, RAX, op->rb);
		x86_rm(x, W64, X86_XOR, RAX, HOST_CPU, GPR_AT(op->rt));
		and_mask(job, mask);
		x86_rm(x, W64, X86_XOR, RAX, HOST_CPU, GPR_AT(op->rt));
	} else if (op->rb && mask == ~0ULL << op->rb) {
		x86_shift_i(x, W64, G2_SHL, RAX, op->rb);
	} else if (op->rb && mask == ~0ULL >> (64 - op->rb)) {
		x86_shift_i(x, W64, G2_SHR, RAX, 64u - op->rb);
	} else {
		if (op->rb)
			x86_shift_i(x, W64, G2_ROL, RAX, op->rb);
		and_mask(job, mask);
	}
	return finish(job, n, op);
}

/* What an add with carries has besides ra. */
enum carry_b { B_RB, B_IMM, B_ZERO, B_ONES };
enum carry_in { IN_0, IN_1, IN_CA };
#define NOT_RA        0x10u
#define CARRY(b_, in) ((b_) << 8 | (in) << 12)
#define CARRY_B(n)    ((enum carry_b)((n)->a >> 8 & 15))
#define CARRY_IN(n)   ((enum carry_in)((n)->a >> 12))

static void carry_second(struct native_job *job, const struct native_op *n, const op_t *op)
{
	struct x86 *x = &job->x;

	switch (CARRY_B(n)) {
	case B_RB:
		native_load_to(job, W64, X86_LOAD, RCX, op->rb);
		break;
	case B_IMM:
		x86_mov_i(x, RCX, (uint64_t)(int64_t)op->imm);
		break;
	case B_ZERO:
		x86_rr(x, W32, X86_XOR, RCX, RCX);
		break;
	default:
		x86_mov_i(x, RCX, ~0ULL);
		break;
	}
}

/* RAX = ra + b + carry, CA and CA32. */
static bool emit_carry(struct native_job *job, const struct native_op *n, const op_t *op)
{
	struct x86 *x = &job->x;

	carry_second(job, n, op);
	native_load(job, op->ra);
	if (n->b & NOT_RA)
		x86_unary(x, W64, G3_NOT, RAX);
	x86_rr(x, W64, X86_LOAD, RDX, RAX);
	x86_rr(x, W64, X86_XOR, RDX, RCX);
	if (CARRY_IN(n) == IN_CA) {
		x86_rm(x, W64, 0x0fba, 4, HOST_CPU, CPU_AT(ca)); /* bt: the carry is bit 0 */
		x86_u8(x, 0);
	} else if (CARRY_IN(n) == IN_1) {
		x86_u8(x, 0xf9); /* stc */
	}
	x86_rr(x, W64, CARRY_IN(n) == IN_0 ? X86_ADD : X86_ADC, RAX, RCX);
	x86_setcc(x, CC_B, RCX);
	x86_rr(x, W64, X86_XOR, RDX, RAX);
	x86_shift_i(x, W64, G2_SHR, RDX, 32);
	x86_ri(x, W32, G1_AND, RDX, 1);
	x86_rr(x, W32, X86_MOVZX8, RCX, RCX);
	x86_rm(x, W64, X86_STORE, RDX, HOST_CPU, CPU_AT(ca32));
	x86_rm(x, W64, X86_STORE, RCX, HOST_CPU, CPU_AT(ca));
	return finish(job, n, op);
}

/* Compares. a: the opcode that extends words, or X86_LOAD; b: WIDE, IMM, and UNSIGNED for
 * doublewords. */
#define IMM      0x20u
#define UNSIGNED 0x40u

static bool emit_compare_word(struct native_job *job, const struct native_op *n, const op_t *op)
{
	struct x86 *x = &job->x;
	enum x86_width w = n->a == X86_MOVSXD ? W64 : W32;

	native_load_to(job, w, n->a, RCX, op->ra);
	if (!(n->b & IMM)) {
		native_load_to(job, w, n->a, RDX, op->rb);
		x86_rr(x, W64, X86_SUB, RCX, RDX);
	} else if (op->imm) {
		x86_ri(x, W64, G1_SUB, RCX, op->imm);
	} else {
		x86_rr(x, W64, X86_TEST, RCX, RCX);
	}
	x86_rm(x, W64, X86_STORE, RCX, HOST_CPU, CR_AT(op->x));
	job->flags = op->x;
	return true;
}

static void compare(struct native_job *job, const struct native_op *n, const op_t *op)
{
	struct x86 *x = &job->x;
	bool held = job->held == op->ra;

	if (n->b & IMM) {
		if (held)
			x86_ri(x, W64, G1_CMP, RAX, op->imm);
		else
			x86_mi(x, W64, G1_CMP, HOST_CPU, GPR_AT(op->ra), op->imm);
		return;
	}
	if (!held)
		x86_rm(x, W64, X86_LOAD, RSI, HOST_CPU, GPR_AT(op->ra));
	x86_rm(x, W64, X86_CMP, held ? RAX : RSI, HOST_CPU, GPR_AT(op->rb));
}

static bool emit_compare(struct native_job *job, const struct native_op *n, const op_t *op)
{
	struct x86 *x = &job->x;

	x86_rr(x, W32, X86_XOR, RCX, RCX);
	x86_rr(x, W32, X86_XOR, RDX, RDX);
	compare(job, n, op);
	x86_setcc(x, (n->b & UNSIGNED) ? CC_A : CC_G, RCX);
	x86_setcc(x, (n->b & UNSIGNED) ? CC_B : CC_L, RDX);
	x86_rr(x, W64, X86_SUB, RCX, RDX);
	x86_rm(x, W64, X86_STORE, RCX, HOST_CPU, CR_AT(op->x));
	job->flags = op->x;
	return true;
}

static bool emit_isel(struct native_job *job, const struct native_op *n, const op_t *op)
{
	enum x86_cond cc;

	if ((op->x & 3) == 3)
		return false;
	native_load_to(job, W64, X86_LOAD, RCX, op->rb);
	cc = native_cr_test(job, op->x >> 2, op->x & 3);
	x86_rm(&job->x, W64, 0x0f40u | cc, RCX, HOST_CPU, GPR_AT(op->ra));
	x86_rr(&job->x, W64, X86_LOAD, RAX, RCX);
	native_store(job, op->rt);
	return true;
}

/* a: where in the CPU the other register is. */
static bool emit_from_spr(struct native_job *job, const struct native_op *n, const op_t *op)
{
	x86_rm(&job->x, W64, X86_LOAD, RAX, HOST_CPU, n->a);
	native_store(job, op->rt);
	job->flags = job->flags_in;
	return true;
}

static bool emit_to_spr(struct native_job *job, const struct native_op *n, const op_t *op)
{
	native_load(job, op->rt);
	x86_rm(&job->x, W64, X86_STORE, RAX, HOST_CPU, n->a);
	job->held = op->rt;
	job->flags = job->flags_in;
	return true;
}

static bool emit_mcrf(struct native_job *job, const struct native_op *n, const op_t *op)
{
	x86_rm(&job->x, W64, X86_LOAD, RCX, HOST_CPU, CR_AT(op->ra >> 2));
	x86_rm(&job->x, W64, X86_STORE, RCX, HOST_CPU, CR_AT(op->rt >> 2));
	return true;
}

/* Hints, and barriers that are the host's order anyway. */
static bool emit_nothing(struct native_job *job, const struct native_op *n, const op_t *op)
{
	job->flags = job->flags_in;
	return true;
}

#define RC_FORMS(M, name, ...) M(name, 0, __VA_ARGS__) M(name##_rc, RC, __VA_ARGS__)

/* M(handler, flags, emitter, a, other flags) */
#define EACH(M)                                                                                    \
	RC_FORMS(M, add, emit_two, X86_ADD, 0)                                                     \
	RC_FORMS(M, and, emit_two, X86_AND, 0)                                                     \
	RC_FORMS(M, andc, emit_two, X86_AND, NOT_RB)                                               \
	RC_FORMS(M, or, emit_two, X86_OR, 0)                                                       \
	RC_FORMS(M, orc, emit_two, X86_OR, NOT_RB)                                                 \
	RC_FORMS(M, xor, emit_two, X86_XOR, 0)                                                     \
	RC_FORMS(M, nand, emit_two, X86_AND, NOT_RESULT)                                           \
	RC_FORMS(M, nor, emit_two, X86_OR, NOT_RESULT)                                             \
	RC_FORMS(M, eqv, emit_two, X86_XOR, NOT_RESULT)                                            \
	RC_FORMS(M, subf, emit_subf, 0, 0)                                                         \
	RC_FORMS(M, neg, emit_neg, 0, 0)                                                           \
	RC_FORMS(M, mullw, emit_multiply, X86_MOVSXD, WIDE)                                        \
	RC_FORMS(M, mulld, emit_multiply, X86_LOAD, WIDE)                                          \
	RC_FORMS(M, mulhw, emit_multiply, X86_MOVSXD, 0)                                           \
	RC_FORMS(M, mulhwu, emit_multiply, X86_LOAD, 0)                                            \
	RC_FORMS(M, mulhd, emit_multiply_high, G3_IMUL, 0)                                         \
	RC_FORMS(M, mulhdu, emit_multiply_high, G3_MUL, 0)                                         \
	RC_FORMS(M, extsb, emit_extend, X86_MOVSX8, 0)                                             \
	RC_FORMS(M, extsh, emit_extend, X86_MOVSX16, 0)                                            \
	RC_FORMS(M, extsw, emit_extend, X86_MOVSXD, 0)                                             \
	RC_FORMS(M, cntlzw, emit_count_zeros, X86_BSR, 0)                                          \
	RC_FORMS(M, cntlzd, emit_count_zeros, X86_BSR, WIDE)                                       \
	RC_FORMS(M, cnttzw, emit_count_zeros, X86_BSF, 0)                                          \
	RC_FORMS(M, cnttzd, emit_count_zeros, X86_BSF, WIDE)                                       \
	RC_FORMS(M, slw, emit_shift, G2_SHL, 0)                                                    \
	RC_FORMS(M, srw, emit_shift, G2_SHR, 0)                                                    \
	RC_FORMS(M, sld, emit_shift, G2_SHL, WIDE)                                                 \
	RC_FORMS(M, srd, emit_shift, G2_SHR, WIDE)                                                 \
	RC_FORMS(M, srawi, emit_shift_algebraic, 0, 0)                                             \
	RC_FORMS(M, sradi, emit_shift_algebraic, 0, WIDE)                                          \
	RC_FORMS(M, rlwinm, emit_rlwinm, 0, 0)                                                     \
	RC_FORMS(M, rlwimi, emit_rlwimi, 0, 0)                                                     \
	RC_FORMS(M, rldicl, emit_rotate, LEFT, 0)                                                  \
	RC_FORMS(M, rldicr, emit_rotate, RIGHT, 0)                                                 \
	RC_FORMS(M, rldic, emit_rotate, MIDDLE, 0)                                                 \
	RC_FORMS(M, rldimi, emit_rotate, INSERT, 0)                                                \
	RC_FORMS(M, addc, emit_carry, CARRY(B_RB, IN_0), 0)                                        \
	RC_FORMS(M, adde, emit_carry, CARRY(B_RB, IN_CA), 0)                                       \
	RC_FORMS(M, addme, emit_carry, CARRY(B_ONES, IN_CA), 0)                                    \
	RC_FORMS(M, addze, emit_carry, CARRY(B_ZERO, IN_CA), 0)                                    \
	RC_FORMS(M, subfc, emit_carry, CARRY(B_RB, IN_1), NOT_RA)                                  \
	RC_FORMS(M, subfe, emit_carry, CARRY(B_RB, IN_CA), NOT_RA)                                 \
	RC_FORMS(M, subfme, emit_carry, CARRY(B_ONES, IN_CA), NOT_RA)                              \
	RC_FORMS(M, subfze, emit_carry, CARRY(B_ZERO, IN_CA), NOT_RA)                              \
	RC_FORMS(M, addic, emit_carry, CARRY(B_IMM, IN_0), 0)                                      \
	M(subfic, 0, emit_carry, CARRY(B_IMM, IN_1), NOT_RA)                                       \
	M(addi, 0, emit_addi, 0, 0)                                                                \
	M(addis, 0, emit_addi, 0, 0)                                                               \
	M(mulli, 0, emit_mulli, 0, 0)                                                              \
	M(ori, 0, emit_logical_imm, G1_OR, 0)                                                      \
	M(oris, 0, emit_logical_imm, G1_OR, 0)                                                     \
	M(xori, 0, emit_logical_imm, G1_XOR, 0)                                                    \
	M(xoris, 0, emit_logical_imm, G1_XOR, 0)                                                   \
	M(andi_rc, 0, emit_and_imm, 0, 0)                                                          \
	M(andis_rc, 0, emit_and_imm, 0, 0)                                                         \
	M(cmpw, 0, emit_compare_word, X86_MOVSXD, 0)                                               \
	M(cmpwi, 0, emit_compare_word, X86_MOVSXD, IMM)                                            \
	M(cmplw, 0, emit_compare_word, X86_LOAD, 0)                                                \
	M(cmplwi, 0, emit_compare_word, X86_LOAD, IMM)                                             \
	M(cmpd, 0, emit_compare, 0, 0)                                                             \
	M(cmpdi, 0, emit_compare, 0, IMM)                                                          \
	M(cmpld, 0, emit_compare, 0, UNSIGNED)                                                     \
	M(cmpldi, 0, emit_compare, 0, UNSIGNED | IMM)                                              \
	M(isel, 0, emit_isel, 0, 0)                                                                \
	M(mcrf, 0, emit_mcrf, 0, 0)                                                                \
	M(mflr, 0, emit_from_spr, offsetof(struct icpu, lr), 0)                                    \
	M(mfctr, 0, emit_from_spr, offsetof(struct icpu, ctr), 0)                                  \
	M(mtlr, 0, emit_to_spr, offsetof(struct icpu, lr), 0)                                      \
	M(mtctr, 0, emit_to_spr, offsetof(struct icpu, ctr), 0)                                    \
	M(lwsync, 0, emit_nothing, 0, 0)                                                           \
	M(eieio, 0, emit_nothing, 0, 0)                                                            \
	M(nop_dcbt, 0, emit_nothing, 0, 0)                                                         \
	M(nop_dcbtst, 0, emit_nothing, 0, 0)

#define DECLARE(name, ...) handler_fn h_##name;
EACH(DECLARE)

#define ENTRY(name, rc, emitter, a_, b_)                                                           \
	{.fn = h_##name, .emit = emitter, .a = (a_), .b = (rc) | (b_)},
const struct native_op native_fixed_ops[] = {EACH(ENTRY)};
const unsigned native_fixed_count = ARRAY_SIZE(native_fixed_ops);

#endif
