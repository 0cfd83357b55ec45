/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fused handlers: two fixed-point instructions, the second with or without the first's result. */
#include "vmm/interp/fuse_fixed.h"
#include "vmm/interp/fuse_tables.h"

#if DISPATCH_TAIL

#define PAIR_HANDLER(first, second, suffix, a, b)                                                  \
	OP(first##__##second##suffix)                                                              \
	{                                                                                          \
		const op_t p = op[0], q = op[1];                                                   \
		uint64_t v = FUSE_RUN(first, p, GPR(p.ra), GPR(p.rb));                             \
                                                                                                   \
		(void)v;                                                                           \
		FUSE_RUN(second, q, a, b);                                                         \
		op += 2;                                                                           \
		DISPATCH();                                                                        \
	}

#define PAIR_HANDLER_B0(first, second)
#define PAIR_HANDLER_B1(first, second) PAIR_HANDLER(first, second, _rb, GPR(q.ra), v)

#define PAIR(second, uses_rb, first)                                                               \
	PAIR_HANDLER(first, second, , GPR(q.ra), GPR(q.rb))                                        \
	PAIR_HANDLER(first, second, _ra, v, GPR(q.rb))                                             \
	PAIR_HANDLER_B##uses_rb(first, second)
#define ROW(first, uses_rb, ...) FUSE_AGAIN(FUSE_ALU)(PAIR, first)

FUSE_EACH(FUSE_ALU(ROW))

#define CELL_B0(first, second) NULL
#define CELL_B1(first, second) h_##first##__##second##_rb
#define CELL(second, uses_rb, first)                                                               \
	{                                                                                          \
		[FUSE_DEP_NONE] = h_##first##__##second,                                           \
		[FUSE_DEP_RA] = h_##first##__##second##_ra,                                        \
		[FUSE_DEP_RB] = CELL_B##uses_rb(first, second),                                    \
	},
#define TABLE_ROW(first, uses_rb, ...) {FUSE_AGAIN(FUSE_ALU)(CELL, first)},

handler_fn *const fuse_alu_alu[FUSE_ALU_NR][FUSE_ALU_NR][FUSE_DEP_NR] = {
	FUSE_EACH(FUSE_ALU(TABLE_ROW))
};

#endif
