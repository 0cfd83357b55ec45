/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between native.c, which lays a page's code out, and what knows instructions: native_fixed.c,
 * native_mem.c and native_branch.c. */
#ifndef PAPRIKA_INTERP_NATIVE_IMPL_H
#define PAPRIKA_INTERP_NATIVE_IMPL_H

#include "vmm/interp/native.h"
#include "vmm/interp/native_x86.h"

/*
 * Registers of native code: RDI is X and R9 cpu, as in handlers; R8 is the page's first slot, where
 * handlers have the slot at hand. RAX may hold a guest register, whose value is in memory, too.
 * RCX, RDX and RSI are free within an instruction.
 */
#define HOST_X    RDI
#define HOST_PAGE R8
#define HOST_CPU  R9

#define NONE 0xff

#define CPU_AT(field) ((int32_t)offsetof(struct icpu, field))
#define GPR_AT(n)     (CPU_AT(gpr) + 8 * (int32_t)(n))
#define CR_AT(f)      (CPU_AT(cr) + 8 * (int32_t)(f))
#define VSR_AT(n)     (CPU_AT(vsr) + 16 * (int32_t)(n))
#define SLOT_AT(n)    ((int32_t)(n) * (int32_t)sizeof(op_t))

/* The most code that one instruction's emitter appends, and the most jumps out of it. */
#define NATIVE_INSN_MAX  256
#define NATIVE_EXITS_MAX 4

/* Where a jump out of an instruction goes. */
enum native_exit_kind {
	EXIT_FULL,   /* the full handler of op, in slot */
	EXIT_FETCH,  /* x_fetch_miss, after the branch in slot */
	EXIT_BUDGET, /* x_budget, before slot */
	EXIT_JUMPED, /* x_budget, where HOST_PAGE is the slot already */
	EXIT_SLOT,   /* the instruction in slot, native or not, after X += add */
};

struct native_exit {
	uint8_t *at; /* the displacement of the jump */
	const struct native_op *op;
	int32_t add;
	uint16_t slot;
	uint8_t kind;
};

/* A page on its way. Places in code are addresses of the writable mapping. */
struct native_job {
	struct x86 x;
	unsigned slot;    /* whose instruction is being appended */
	uint8_t held;     /* the guest register in RAX, or NONE */
	uint8_t flags_in; /* the CR field whose value the host's flags show, as signed; or NONE */
	uint8_t flags;    /* the same after the instruction */
	bool paired;      /* the instruction at hand has looked at the host's flags */
	bool falls;       /* the code before goes on here */

	uint8_t *body[PAGE_INSNS + 1];   /* NULL: not native */
	uint8_t held_at[PAGE_INSNS + 1]; /* what bodies expect in RAX */
	bool is_paired[PAGE_INSNS];      /* the body looks at the host's flags */
	bool is_target[PAGE_INSNS + 1];  /* of a branch within the page */
	op_t ops[PAGE_INSNS];
	const struct native_op *natives[PAGE_INSNS];
	unsigned exit_count;
	struct native_exit exits[(PAGE_INSNS + 1) * NATIVE_EXITS_MAX];
};

/* How the instruction of a handler becomes native. */
struct native_op {
	handler_fn *fn;
	handler_fn *full; /* what does the instruction's misses and faults, or NULL */
	/* Appends it; false, and nothing appended: with these operands it has no native form. */
	bool (*emit)(struct native_job *job, const struct native_op *n, const op_t *op);
	uint16_t a, b; /* for emit */
	bool is_near;  /* a branch within the page, imm as in JUMP_NEAR() */
};

extern const struct native_op native_fixed_ops[], native_mem_ops[], native_branch_ops[];
extern const unsigned native_fixed_count, native_mem_count, native_branch_count;

/* A jump, whose displacement is at @at, out of the instruction at hand. */
static inline void native_exit(struct native_job *job, uint8_t *at, struct native_exit e)
{
	e.at = at;
	job->exits[job->exit_count++] = e;
}

/* RAX = a guest register. */
static inline void native_load(struct native_job *job, unsigned reg)
{
	if (job->held == reg)
		return;
	if (reg == 32)
		x86_rr(&job->x, W32, X86_XOR, RAX, RAX);
	else
		x86_rm(&job->x, W64, X86_LOAD, RAX, HOST_CPU, GPR_AT(reg));
	job->held = NONE;
}

/* @host = a guest register by @opcode: X86_LOAD, or one that extends. */
static inline void native_load_to(struct native_job *job, enum x86_width w, unsigned opcode,
				  enum x86_reg host, unsigned reg)
{
	if (job->held == reg)
		x86_rr(&job->x, w, opcode, host, RAX);
	else
		x86_rm(&job->x, w, opcode, host, HOST_CPU, GPR_AT(reg));
}

/* A guest register = RAX. */
static inline void native_store(struct native_job *job, unsigned reg)
{
	x86_rm(&job->x, W64, X86_STORE, RAX, HOST_CPU, GPR_AT(reg));
	job->held = (uint8_t)reg;
}

/*
 * The condition under which bit @bit (0: LT, 1: GT, 2: EQ) of CR field @field is set; tests it if
 * the host's flags do not show it.
 */
enum x86_cond native_cr_test(struct native_job *job, unsigned field, unsigned bit);

#endif
