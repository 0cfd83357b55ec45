/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The instruction table: every group's lines, in the order in which patterns are tried. */
#include "vmm/interp/insns.h"

#include "vmm/base/bits.h"
#include "vmm/interp/decode.h"

#define EACH_GROUP "vmm/interp/insns_all.def"

/* P_* patterns expand to two macro arguments. */
#define INSN(name, ...)  extern handler_fn h_##name;
#define FIXED(name, ...) extern handler_fn h_##name, h_any_##name;
#define MEM(name, ...)   extern handler_fn h_le_##name, h_be_##name, h_any_##name;
#include EACH_GROUP
#undef INSN
#undef FIXED
#undef MEM

#define BRANCH_OPCODE(match) ((match) >> 26 == 16 || (match) >> 26 == 18 || (match) >> 26 == 19)
#define LINE(n, m, k, f, i, mem, branch, l, b, a)                                                  \
	{                                                                                          \
		.name = (n), .match = (m), .mask = (k), .isa = (i), .format = (f), .is_mem = (mem), \
		.is_branch = (branch), .le = (l), .be = (b), .any = (a)                            \
	},
#define INSN(name, ...) INSN_(name, __VA_ARGS__)
#define INSN_(name, m, k, f, i) LINE(#name, m, k, f, i, false, false, h_##name, h_##name, h_##name)
#define FIXED(name, ...) FIXED_(name, __VA_ARGS__)
#define FIXED_(name, m, k, f, i)                                                                   \
	LINE(#name, m, k, f, i, false, BRANCH_OPCODE(m), h_##name, h_##name, h_any_##name)
#define MEM(name, ...) MEM_(name, __VA_ARGS__)
#define MEM_(name, m, k, f, i)                                                                     \
	LINE(#name, m, k, f, i, true, false, h_le_##name, h_be_##name, h_any_##name)

const struct insn_desc insn_table[] = {
#include EACH_GROUP
};

const unsigned insn_count = ARRAY_SIZE(insn_table);
