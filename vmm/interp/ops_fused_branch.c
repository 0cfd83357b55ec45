/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fused handlers: a compare, a record form or any fixed-point result, and the branch after it. */
#include "vmm/interp/fuse_fixed.h"
#include "vmm/interp/fuse_tables.h"

#if DISPATCH_TAIL

#define GO_NEAR() JUMP_NEAR(q.imm)
#define GO_FAR()  JUMP(OP_PC(cpu, op) + (uint64_t)(int64_t)q.imm)

/* @run executes the slot p; then c is the CR field that the branch q looks at. */
#define BRANCH_HANDLER(name, run, cr, condition, go)                                               \
	OP(name)                                                                                   \
	{                                                                                          \
		const op_t p = op[0], q = op[1];                                                   \
		uint64_t c;                                                                        \
                                                                                                   \
		run;                                                                               \
		c = (cr);                                                                          \
		op += 1;                                                                           \
		(void)c;                                                                           \
		if (condition)                                                                     \
			go();                                                                      \
		NEXT();                                                                            \
	}

#define COMPARE_PAIR(branch, condition, first)                                                     \
	BRANCH_HANDLER(first##__##branch##_near, ,                                                 \
		       fx_##first(cpu, &p, GPR(p.ra), GPR(p.rb), 0), condition, GO_NEAR)           \
	BRANCH_HANDLER(first##__##branch##_far, ,                                                  \
		       fx_##first(cpu, &p, GPR(p.ra), GPR(p.rb), 0), condition, GO_FAR)
#define RECORD_PAIR(branch, condition, first)                                                      \
	BRANCH_HANDLER(first##__##branch##_near, FUSE_RUN(first, p, GPR(p.ra), GPR(p.rb)),         \
		       cpu->cr[0], condition, GO_NEAR)                                             \
	BRANCH_HANDLER(first##__##branch##_far, FUSE_RUN(first, p, GPR(p.ra), GPR(p.rb)),          \
		       cpu->cr[0], condition, GO_FAR)
#define ALU_PAIR(branch, condition, first)                                                         \
	BRANCH_HANDLER(first##__##branch##_near, FUSE_RUN(first, p, GPR(p.ra), GPR(p.rb)),         \
		       cpu->cr[q.ra], condition, GO_NEAR)

#define COMPARE_ROW(first, ...) FUSE_BRANCH(COMPARE_PAIR, first)
#define RECORD_ROW(first, ...)  FUSE_BRANCH(RECORD_PAIR, first)
#define ALU_ROW(first, ...)                                                                        \
	FUSE_BRANCH(ALU_PAIR, first)                                                               \
	BRANCH_HANDLER(first##__bdnz_near, FUSE_RUN(first, p, GPR(p.ra), GPR(p.rb)), 0,            \
		       --cpu->ctr != 0, GO_NEAR)

FUSE_COMPARE(COMPARE_ROW)
FUSE_RECORD(RECORD_ROW)
FUSE_ALU(ALU_ROW)

#define SETCR_CELL(branch, condition, first)                                                       \
	[FUSE_BRANCH_##branch] = {h_##first##__##branch##_near, h_##first##__##branch##_far},
#define SETCR_TABLE_ROW(first, ...) {FUSE_BRANCH(SETCR_CELL, first)},
#define ALU_CELL(branch, condition, first) [FUSE_BRANCH_##branch] = h_##first##__##branch##_near,
#define ALU_TABLE_ROW(first, ...)                                                                  \
	{FUSE_BRANCH(ALU_CELL, first)[FUSE_BRANCH_bdnz] = h_##first##__bdnz_near},

handler_fn *const fuse_setcr_branch[FUSE_SETCR_NR][FUSE_BRANCH_NR][FUSE_REACH_NR] = {
	FUSE_COMPARE(SETCR_TABLE_ROW) FUSE_RECORD(SETCR_TABLE_ROW)
};

handler_fn *const fuse_alu_branch[FUSE_ALU_NR][FUSE_BRANCH_NR] = {FUSE_ALU(ALU_TABLE_ROW)};

#endif
