/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The instruction tables: every group's lines, in the order in which patterns are tried. */
#include "vmm/interp/insns.h"

#include "vmm/base/bits.h"
#include "vmm/interp/decode.h"

#define EACH_GROUP    "vmm/interp/insns_all.def"
#define EACH_PREFIXED "vmm/interp/insns_prefixed.def"

/* P_* patterns expand to two macro arguments. */
#define INSN(name, ...)         extern handler_fn h_##name;
#define FIXED(name, ...)        extern handler_fn h_##name, h_any_##name;
#define MEM(name, ...)          extern handler_fn h_le_##name, h_be_##name, h_any_##name;
#define PREFIXED(name, ...)     INSN(name)
#define PREFIXED_MEM(name, ...) MEM(name)
#include EACH_GROUP
#include EACH_PREFIXED
#undef INSN
#undef FIXED
#undef MEM
#undef PREFIXED
#undef PREFIXED_MEM

#define BRANCH_OPCODE(match) ((match) >> 26 == 16 || (match) >> 26 == 18 || (match) >> 26 == 19)
#define DESC(n, m, k, f, i, mem, branch, l, b, a)                                                  \
	{                                                                                          \
		.name = (n), .match = (m), .mask = (k), .isa = (i), .format = (f), .is_mem = (mem), \
		.is_branch = (branch), .le = (l), .be = (b), .any = (a)                            \
	}
#define INSN_(name, m, k, f, i) DESC(#name, m, k, f, i, false, false, h_##name, h_##name, h_##name)
#define FIXED_(name, m, k, f, i)                                                                   \
	DESC(#name, m, k, f, i, false, BRANCH_OPCODE(m), h_##name, h_##name, h_any_##name)
#define MEM_(name, m, k, f, i)                                                                     \
	DESC(#name, m, k, f, i, true, false, h_le_##name, h_be_##name, h_any_##name)

#define INSN(name, ...)  INSN_(name, __VA_ARGS__),
#define FIXED(name, ...) FIXED_(name, __VA_ARGS__),
#define MEM(name, ...)   MEM_(name, __VA_ARGS__),

const struct insn_desc insn_table[] = {
#include EACH_GROUP
};

#define PREFIXED(name, ...)     PREFIXED_(INSN_, name, __VA_ARGS__)
#define PREFIXED_MEM(name, ...) PREFIXED_(MEM_, name, __VA_ARGS__)
#define PREFIXED_(kind, name, m, k, ...) {(m), (k), kind(name, __VA_ARGS__)},

const struct prefixed_desc prefixed_table[] = {
#include EACH_PREFIXED
};

const unsigned insn_count = ARRAY_SIZE(insn_table);
const unsigned prefixed_count = ARRAY_SIZE(prefixed_table);
