/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Branches, Power ISA 3.0B Book I 2.4; and the forms that the decoder picks for common ones. */
#include "vmm/interp/ops_branch.h"

#include "vmm/interp/core.h"
#include "vmm/interp/cr.h"

#define INTERP_ANY 0
#define FXN(name)  name##_64
#include "vmm/interp/ops_branch.inc"
#undef INTERP_ANY

#define INTERP_ANY 1
#define FXN(name)  name##_any
#include "vmm/interp/ops_branch.inc"

/* Within the page: imm is the displacement in bytes of slots from the next slot. 64-bit mode only. */
OP(b_near)
{
	JUMP_NEAR(op->imm);
}

OP(bl_near)
{
	cpu->lr = OP_PC(cpu, op) + 4;
	JUMP_NEAR(op->imm);
}

#define COND_BRANCH(name, cond)                                                                    \
	OP(name##_near)                                                                            \
	{                                                                                          \
		if (cond)                                                                          \
			JUMP_NEAR(op->imm);                                                        \
		NEXT();                                                                            \
	}                                                                                          \
	OP(name##_far)                                                                             \
	{                                                                                          \
		if (cond)                                                                          \
			JUMP(OP_PC(cpu, op) + (uint64_t)(int64_t)op->imm);                         \
		NEXT();                                                                            \
	}

COND_BRANCH(bc_lt, cr_lt(cpu->cr[op->ra]))
COND_BRANCH(bc_gt, cr_gt(cpu->cr[op->ra]))
COND_BRANCH(bc_eq, cr_eq(cpu->cr[op->ra]))
COND_BRANCH(bc_so, cr_so(cpu->cr[op->ra]))
COND_BRANCH(bc_ge, !cr_lt(cpu->cr[op->ra]))
COND_BRANCH(bc_le, !cr_gt(cpu->cr[op->ra]))
COND_BRANCH(bc_ne, !cr_eq(cpu->cr[op->ra]))
COND_BRANCH(bc_ns, !cr_so(cpu->cr[op->ra]))
COND_BRANCH(bdnz, --cpu->ctr != 0)
COND_BRANCH(bdz, --cpu->ctr == 0)

#define COND_LR(name, cond)                                                                        \
	OP(name##_lr)                                                                              \
	{                                                                                          \
		if (cond)                                                                          \
			JUMP(cpu->lr & ~3ULL);                                                     \
		NEXT();                                                                            \
	}
COND_LR(bc_lt, cr_lt(cpu->cr[op->ra]))
COND_LR(bc_gt, cr_gt(cpu->cr[op->ra]))
COND_LR(bc_eq, cr_eq(cpu->cr[op->ra]))
COND_LR(bc_so, cr_so(cpu->cr[op->ra]))
COND_LR(bc_ge, !cr_lt(cpu->cr[op->ra]))
COND_LR(bc_le, !cr_gt(cpu->cr[op->ra]))
COND_LR(bc_ne, !cr_eq(cpu->cr[op->ra]))
COND_LR(bc_ns, !cr_so(cpu->cr[op->ra]))

/* By (BO branch-if-true) * 4 + bit of the field. */
static handler_fn *const cond_near[8] = {
	h_bc_ge_near, h_bc_le_near, h_bc_ne_near, h_bc_ns_near,
	h_bc_lt_near, h_bc_gt_near, h_bc_eq_near, h_bc_so_near,
};
static handler_fn *const cond_far[8] = {
	h_bc_ge_far, h_bc_le_far, h_bc_ne_far, h_bc_ns_far,
	h_bc_lt_far, h_bc_gt_far, h_bc_eq_far, h_bc_so_far,
};
static handler_fn *const cond_lr[8] = {
	h_bc_ge_lr, h_bc_le_lr, h_bc_ne_lr, h_bc_ns_lr,
	h_bc_lt_lr, h_bc_gt_lr, h_bc_eq_lr, h_bc_so_lr,
};

static handler_fn *branch_cond_form(op_t *op, bool near, handler_fn *fn)
{
	unsigned bo = op->rt;

	if ((bo & 0x14) == 0x04) {
		unsigned kind = (bo & 8) / 2 + (op->x & 3);

		op->ra = op->x >> 2;
		return near ? cond_near[kind] : cond_far[kind];
	}
	if ((bo & 0x16) == 0x10)
		return near ? h_bdnz_near : h_bdnz_far;
	if ((bo & 0x16) == 0x12)
		return near ? h_bdz_near : h_bdz_far;
	return fn;
}

handler_fn *branch_form(op_t *op, uint32_t word, unsigned slot, handler_fn *fn)
{
	unsigned opcode = word >> 26;
	int64_t target = (int64_t)slot * 4 + op->imm;
	bool near = target >= 0 && target < PAGE_INSNS * 4;

	if (opcode == 19 && fn == h_bclr && (op->rt & 0x14) == 0x04) {
		op->ra = op->x >> 2;
		return cond_lr[(op->rt & 8) / 2 + (op->x & 3)];
	}
	if ((opcode != 18 && opcode != 16) || (word & 2))
		return fn;
	if (opcode == 18 && near)
		fn = (word & 1) ? h_bl_near : h_b_near;
	else if (opcode == 16 && !(word & 1))
		fn = branch_cond_form(op, near, fn);
	if (near && fn != h_bc && fn != h_bcl)
		op->imm = op->imm * 4 - (int32_t)sizeof(op_t);
	return fn;
}
