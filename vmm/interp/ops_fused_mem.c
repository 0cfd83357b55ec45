/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fused handlers: a load or store with the fixed-point instruction before or after it, and two accesses
 * off one base. Little-endian. An access that misses goes on in the full handler of its own slot.
 */
#define MEM_ORDER_LE
#define MEM_MACROS_ONLY
#include "vmm/interp/fuse_fixed.h"
#include "vmm/interp/fuse_tables.h"
#include "vmm/interp/mem_fast.h"

#if DISPATCH_TAIL

#define EA_D(o, a, b) ((a) + (uint64_t)(int64_t)(o).imm)
#define EA_X(o, a, b) ((a) + (b))

/* A fixed-point instruction, then a load whose ra and rb are @a and @b; v is the first's result. */
#define ALU_LOAD_HANDLER(first, name, suffix, T, conv, form, a, b)                                 \
	OP(first##__##name##suffix)                                                                \
	{                                                                                          \
		const op_t p = op[0], q = op[1];                                                   \
		uint64_t v = FUSE_RUN(first, p, GPR(p.ra), GPR(p.rb));                             \
		uint64_t ea;                                                                       \
                                                                                                   \
		(void)v;                                                                           \
		op += 1;                                                                           \
		ea = EA_##form(q, a, b);                                                           \
		LOAD(name, T, ea, w);                                                              \
		GPR(q.rt) = (uint64_t)(conv)w;                                                     \
		NEXT();                                                                            \
	}
#define ALU_LOAD_RB_D(...)
#define ALU_LOAD_RB_X(first, name, T, conv)                                                        \
	ALU_LOAD_HANDLER(first, name, _rb, T, conv, X, GPR(q.ra), v)
#define ALU_LOAD_PAIR(name, T, conv, form, first)                                                  \
	ALU_LOAD_HANDLER(first, name, , T, conv, form, GPR(q.ra), GPR(q.rb))                       \
	ALU_LOAD_HANDLER(first, name, _ra, T, conv, form, v, GPR(q.rb))                            \
	ALU_LOAD_RB_##form(first, name, T, conv)

#define ALU_STORE_PAIR(name, T, form, first)                                                       \
	OP(first##__##name)                                                                        \
	{                                                                                          \
		const op_t p = op[0], q = op[1];                                                   \
		uint64_t ea;                                                                       \
                                                                                                   \
		FUSE_RUN(first, p, GPR(p.ra), GPR(p.rb));                                          \
		op += 1;                                                                           \
		ea = EA_##form(q, GPR(q.ra), GPR(q.rb));                                           \
		STORE(name, T, ea, GPR(q.rt));                                                     \
		NEXT();                                                                            \
	}

/* A load, then a fixed-point instruction whose ra and rb are @a and @b; v is what was loaded. */
#define LOAD_ALU_HANDLER(name, second, suffix, T, conv, form, a, b)                                \
	OP(name##__##second##suffix)                                                               \
	{                                                                                          \
		const op_t p = op[0], q = op[1];                                                   \
		uint64_t ea = EA_##form(p, GPR(p.ra), GPR(p.rb)), v;                               \
                                                                                                   \
		LOAD(name, T, ea, w);                                                              \
		v = (uint64_t)(conv)w;                                                             \
		GPR(p.rt) = v;                                                                     \
		FUSE_RUN(second, q, a, b);                                                         \
		op += 2;                                                                           \
		DISPATCH();                                                                        \
	}
#define LOAD_ALU_RB_0(...)
#define LOAD_ALU_RB_1(name, second, T, conv, form)                                                 \
	LOAD_ALU_HANDLER(name, second, _rb, T, conv, form, GPR(q.ra), v)
#define LOAD_ALU_PAIR(second, uses_rb, name, T, conv, form)                                        \
	LOAD_ALU_HANDLER(name, second, , T, conv, form, GPR(q.ra), GPR(q.rb))                      \
	LOAD_ALU_HANDLER(name, second, _ra, T, conv, form, v, GPR(q.rb))                           \
	LOAD_ALU_RB_##uses_rb(name, second, T, conv, form)

#define ALU_MEM_ROW(first, ...)                                                                    \
	FUSE_LOAD(ALU_LOAD_PAIR, first)                                                            \
	FUSE_STORE(ALU_STORE_PAIR, first)
#define LOAD_ALU_ROW(name, T, conv, form, ...) FUSE_ALU(LOAD_ALU_PAIR, name, T, conv, form)

FUSE_ALU(ALU_MEM_ROW)
FUSE_LOAD(LOAD_ALU_ROW)

/*
 * h = the host address of the first of two accesses off one base; the second is d bytes further. If they
 * are not in one page of the entry, the first is executed alone.
 */
#define TWO_HIT(name, which, size)                                                                 \
	const op_t p = op[0], q = op[1];                                                           \
	uint64_t ea = EA_D(p, GPR(p.ra), 0), d = (uint64_t)((int64_t)q.imm - p.imm);               \
	const struct tlb_entry *e_ = &cpu->which[(ea >> 12) & (TLB_ENTRIES - 1)];                  \
	uint64_t tag_ = e_->tag;                                                                   \
	char *h;                                                                                   \
                                                                                                   \
	if (unlikely((ea & ~0xfffULL) != tag_ || ((ea + d + (size) - 1) & ~0xfffULL) != tag_))     \
		return h_le_##name(ARGV);                                                          \
	h = (char *)(ea + e_->addend)

#define LOAD_TWO(name, T)                                                                          \
	handler_fn h_le_##name;                                                                    \
	OP(name##__##name##_two)                                                                   \
	{                                                                                          \
		T v, w;                                                                            \
		TWO_HIT(name, rd, sizeof(T));                                                      \
		memcpy(&v, h, sizeof(T));                                                          \
		GPR(p.rt) = FROM_MEMORY(T, v);                                                     \
		memcpy(&w, h + d, sizeof(T));                                                      \
		GPR(q.rt) = FROM_MEMORY(T, w);                                                     \
		op += 2;                                                                           \
		DISPATCH();                                                                        \
	}
#define STORE_TWO(name, T)                                                                         \
	handler_fn h_le_##name;                                                                    \
	OP(name##__##name##_two)                                                                   \
	{                                                                                          \
		T v;                                                                               \
		TWO_HIT(name, wr, sizeof(T));                                                      \
		v = FROM_MEMORY(T, (T)GPR(p.rt));                                                  \
		memcpy(h, &v, sizeof(T));                                                          \
		v = FROM_MEMORY(T, (T)GPR(q.rt));                                                  \
		memcpy(h + d, &v, sizeof(T));                                                      \
		op += 2;                                                                           \
		DISPATCH();                                                                        \
	}

FUSE_LOAD_TWO(LOAD_TWO)
FUSE_STORE_TWO(STORE_TWO)

#define ALU_LOAD_CELL_RB_D(first, name) NULL
#define ALU_LOAD_CELL_RB_X(first, name) h_##first##__##name##_rb
#define ALU_LOAD_CELL(name, T, conv, form, first)                                                  \
	{h_##first##__##name, h_##first##__##name##_ra, ALU_LOAD_CELL_RB_##form(first, name)},
#define ALU_LOAD_ROW(first, ...) {FUSE_LOAD(ALU_LOAD_CELL, first)},
#define ALU_STORE_CELL(name, T, form, first) h_##first##__##name,
#define ALU_STORE_ROW(first, ...) {FUSE_STORE(ALU_STORE_CELL, first)},
#define LOAD_ALU_CELL_RB_0(name, second) NULL
#define LOAD_ALU_CELL_RB_1(name, second) h_##name##__##second##_rb
#define LOAD_ALU_CELL(second, uses_rb, name)                                                       \
	{h_##name##__##second, h_##name##__##second##_ra, LOAD_ALU_CELL_RB_##uses_rb(name, second)},
#define LOAD_ALU_TABLE_ROW(name, ...) {FUSE_ALU(LOAD_ALU_CELL, name)},

handler_fn *const fuse_alu_load[FUSE_ALU_NR][FUSE_LOAD_NR][FUSE_DEP_NR] = {FUSE_ALU(ALU_LOAD_ROW)};
handler_fn *const fuse_alu_store[FUSE_ALU_NR][FUSE_STORE_NR] = {FUSE_ALU(ALU_STORE_ROW)};
handler_fn *const fuse_load_alu[FUSE_LOAD_NR][FUSE_ALU_NR][FUSE_DEP_NR] = {
	FUSE_LOAD(LOAD_ALU_TABLE_ROW)
};

#define LOAD_TWO_CELL(name, T)  [FUSE_LOAD_##name] = h_##name##__##name##_two,
#define STORE_TWO_CELL(name, T) [FUSE_STORE_##name] = h_##name##__##name##_two,

handler_fn *const fuse_load_load[FUSE_LOAD_NR] = {FUSE_LOAD_TWO(LOAD_TWO_CELL)};
handler_fn *const fuse_store_store[FUSE_STORE_NR] = {FUSE_STORE_TWO(STORE_TWO_CELL)};

#endif
