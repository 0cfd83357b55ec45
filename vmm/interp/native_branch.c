/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Native code of branches in 64-bit mode: JUMP() and JUMP_NEAR() of core.h, and what decides on
 * them. */
#include <assert.h>

#include "vmm/base/bits.h"
#include "vmm/interp/core.h"
#include "vmm/interp/native_impl.h"

#if INTERP_NATIVE

enum x86_cond native_cr_test(struct native_job *job, unsigned field, unsigned bit)
{
	struct x86 *x = &job->x;

	if (job->flags_in == field) {
		job->paired = true;
		job->flags = job->flags_in;
		return bit == 0 ? CC_L : bit == 1 ? CC_G : CC_E;
	}
	switch (bit) {
	case 0:
		x86_rm(x, W32, 0xf6, 0, HOST_CPU, CR_AT(field) + 7);
		x86_u8(x, 1u << (62 - 56));
		return CC_NE;
	case 1:
		x86_mi(x, W64, G1_CMP, HOST_CPU, CR_AT(field), 0);
		return CC_G;
	default:
		x86_mi(x, W32, G1_CMP, HOST_CPU, CR_AT(field), 0);
		return CC_E;
	}
}

/* In a: what decides on the branch: a bit of a CR field, by CR_IS or CR_NOT, or CTR. */
enum decision { ALWAYS, CTR_NOT_0, CTR_0, CR_IS, CR_NOT = CR_IS + 3 };

/* The condition under which the branch is taken. */
static enum x86_cond decide(struct native_job *job, const struct native_op *n, const op_t *op)
{
	if (n->a >= CR_NOT)
		return native_cr_test(job, op->ra, n->a - CR_NOT) ^ 1;
	if (n->a >= CR_IS)
		return native_cr_test(job, op->ra, n->a - CR_IS);
	x86_mi(&job->x, W64, G1_SUB, HOST_CPU, CPU_AT(ctr), 1);
	return n->a == CTR_0 ? CC_E : CC_NE;
}

/* LR = the address of the next instruction. */
static void link(struct native_job *job)
{
	struct x86 *x = &job->x;

	x86_rm(x, W64, X86_LOAD, RCX, HOST_CPU, CPU_AT(page_va));
	x86_ri(x, W64, G1_ADD, RCX, (int32_t)job->slot * 4 + 4);
	x86_rm(x, W64, X86_STORE, RCX, HOST_CPU, CPU_AT(lr));
}

static unsigned near_target(const struct native_job *job, const op_t *op)
{
	return job->slot + 1 + (unsigned)(op->imm / (int32_t)sizeof(op_t));
}

/* Only what goes back looks at the budget: a page ends. */
static void go_near(struct native_job *job, const op_t *op)
{
	struct x86 *x = &job->x;
	unsigned target = near_target(job, op);

	x86_ri(x, W64, G1_ADD, HOST_X, op->imm);
	if (target <= job->slot) {
		x86_rm(x, W64, X86_LEA, RCX, HOST_PAGE, SLOT_AT(target));
		x86_rr(x, W64, X86_CMP, HOST_X, RCX);
		native_exit(job, x86_jcc(x, CC_B),
			    (struct native_exit){.kind = EXIT_BUDGET, .slot = (uint16_t)target});
	}
	native_exit(job, x86_jmp(x),
		    (struct native_exit){.kind = EXIT_SLOT, .slot = (uint16_t)target});
}

/* b: it links. */
static bool emit_near(struct native_job *job, const struct native_op *n, const op_t *op)
{
	unsigned target = near_target(job, op);
	enum x86_cond cc;
	uint8_t *over;

	if (n->b)
		link(job);
	if (n->a == ALWAYS) {
		go_near(job, op);
		job->falls = false;
		return true;
	}
	cc = decide(job, n, op);
	if (target > job->slot) {
		native_exit(job, x86_jcc(&job->x, cc),
			    (struct native_exit){
				    .kind = EXIT_SLOT, .slot = (uint16_t)target, .add = op->imm});
		return true;
	}
	over = x86_jcc(&job->x, cc ^ 1);
	go_near(job, op);
	x86_patch(over, job->x.p);
	return true;
}

/* On to the effective address in RAX. */
static void jump(struct native_job *job)
{
	struct x86 *x = &job->x;
	int32_t next = SLOT_AT(job->slot + 1);

	static_assert(sizeof(struct fetch_entry) == 16, "the shift below is 12 - 4");
	static_assert(offsetof(struct op_page, ops) == 0,
		      "slots are reached from the page's address");
	x86_rr(x, W32, X86_LOAD, RCX, RAX);
	x86_shift_i(x, W32, G2_SHR, RCX, 8);
	x86_ri(x, W32, G1_AND, RCX, (FETCH_ENTRIES - 1) * (int32_t)sizeof(struct fetch_entry));
	x86_rm(x, W64, X86_ADD, RCX, HOST_CPU, CPU_AT(fetch));
	x86_rr(x, W64, X86_LOAD, RDX, RAX);
	x86_ri(x, W64, G1_AND, RDX, -4096);
	x86_rm(x, W64, X86_CMP, RDX, RCX, offsetof(struct fetch_entry, tag));
	x86_rm(x, W64, X86_STORE, RAX, HOST_CPU, CPU_AT(pc));
	native_exit(job, x86_jcc(x, CC_NE),
		    (struct native_exit){.kind = EXIT_FETCH, .slot = (uint16_t)job->slot});
	x86_rm(x, W64, X86_STORE, RDX, HOST_CPU, CPU_AT(page_va));
	x86_ri(x, W32, G1_AND, RAX, 0xffc);
	x86_shift_i(x, W32, G2_SHL, RAX, 2);
	x86_rm(x, W64, X86_ADD, RAX, RCX, offsetof(struct fetch_entry, page));
	/* X += slot gone to - slot that would be next */
	x86_rr(x, W64, X86_SUB, HOST_X, HOST_PAGE);
	x86_rx(x, W64, X86_LEA, HOST_X, HOST_X, RAX, 0, -next);
	x86_rr(x, W64, X86_LOAD, HOST_PAGE, RAX);
	x86_rr(x, W64, X86_CMP, HOST_X, RAX);
	native_exit(job, x86_jcc(x, CC_B), (struct native_exit){.kind = EXIT_JUMPED});
	x86_rm(x, W32, 0xff, 4, HOST_PAGE, offsetof(op_t, fn));
}

/* RAX = where the branch goes to; b: LINK, and by which register, if by one. */
#define LINK   1u
#define TO_LR  2u
#define TO_CTR 4u

static void target_load(struct native_job *job, const struct native_op *n, const op_t *op)
{
	struct x86 *x = &job->x;

	if (n->b & (TO_LR | TO_CTR)) {
		x86_rm(x, W64, X86_LOAD, RAX, HOST_CPU, (n->b & TO_LR) ? CPU_AT(lr) : CPU_AT(ctr));
		x86_ri(x, W64, G1_AND, RAX, -4);
	} else {
		x86_rm(x, W64, X86_LOAD, RAX, HOST_CPU, CPU_AT(page_va));
		x86_ri(x, W64, G1_ADD, RAX, (int32_t)job->slot * 4 + op->imm);
	}
}

static bool emit_far(struct native_job *job, const struct native_op *n, const op_t *op)
{
	uint8_t *over = NULL;

	if (n->a != ALWAYS)
		over = x86_jcc(&job->x, decide(job, n, op) ^ 1);
	target_load(job, n, op);
	if (n->b & LINK)
		link(job);
	jump(job);
	if (over)
		x86_patch(over, job->x.p);
	else
		job->falls = false;
	return true;
}

#define CR_FORMS(M, suffix, ...)                                                                   \
	M(bc_lt_##suffix, CR_IS + 0, __VA_ARGS__)                                                  \
	M(bc_gt_##suffix, CR_IS + 1, __VA_ARGS__)                                                  \
	M(bc_eq_##suffix, CR_IS + 2, __VA_ARGS__)                                                  \
	M(bc_ge_##suffix, CR_NOT + 0, __VA_ARGS__)                                                 \
	M(bc_le_##suffix, CR_NOT + 1, __VA_ARGS__)                                                 \
	M(bc_ne_##suffix, CR_NOT + 2, __VA_ARGS__)

/* M(handler, a, emitter, b, is_near) */
#define EACH(M)                                                                                    \
	M(b_near, ALWAYS, emit_near, 0, true)                                                      \
	M(bl_near, ALWAYS, emit_near, 1, true)                                                     \
	M(bdnz_near, CTR_NOT_0, emit_near, 0, true)                                                \
	M(bdz_near, CTR_0, emit_near, 0, true)                                                     \
	CR_FORMS(M, near, emit_near, 0, true)                                                      \
	M(b, ALWAYS, emit_far, 0, false)                                                           \
	M(bl, ALWAYS, emit_far, LINK, false)                                                       \
	M(bdnz_far, CTR_NOT_0, emit_far, 0, false)                                                 \
	M(bdz_far, CTR_0, emit_far, 0, false)                                                      \
	CR_FORMS(M, far, emit_far, 0, false)                                                       \
	M(blr, ALWAYS, emit_far, TO_LR, false)                                                     \
	CR_FORMS(M, lr, emit_far, TO_LR, false)                                                    \
	M(bctr, ALWAYS, emit_far, TO_CTR, false)                                                   \
	M(bctrl, ALWAYS, emit_far, TO_CTR | LINK, false)

#define DECLARE(name, ...) handler_fn h_##name;
EACH(DECLARE)

#define ENTRY(name, a_, emitter, b_, near)                                                         \
	{.fn = h_##name, .emit = emitter, .a = (a_), .b = (b_), .is_near = (near)},
const struct native_op native_branch_ops[] = {EACH(ENTRY)};
const unsigned native_branch_count = ARRAY_SIZE(native_branch_ops);

#endif
