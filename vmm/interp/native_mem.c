/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Native code of loads and stores in little-endian mode: what hits in the TLB, as in mem_fast.h.
 * All else goes to the full twin before anything has changed.
 */
#include <assert.h>

#include "vmm/base/bits.h"
#include "vmm/interp/native_impl.h"

#if INTERP_NATIVE

/* In b: the length of the access, and its form. */
#define LEN(n)   ((n)->b & 31u)
#define X_FORM   0x20u
#define UPDATE   0x40u
#define WIDE     0x80u /* the opcode is of a doubleword's register */
#define REVERSED 0x100u
#define ALIGNED  0x200u /* the address's low bits are ignored */
#define SWAPPED  0x400u /* doublewords change places */
#define BY_VSR   0x800u /* the facility is VSX or VMX, by the register's number */

#define PAGE_MASK (-4096)

static void address(struct native_job *job, const struct native_op *n, const op_t *op)
{
	struct x86 *x = &job->x;

	if (n->b & X_FORM) {
		unsigned first = job->held == op->rb ? op->rb : op->ra;

		if (op->ra == 32) {
			native_load_to(job, W64, X86_LOAD, RSI, op->rb);
			return;
		}
		native_load_to(job, W64, X86_LOAD, RSI, first);
		x86_rm(x, W64, X86_ADD, RSI, HOST_CPU, GPR_AT(first == op->ra ? op->rb : op->ra));
	} else if (op->ra == 32) {
		x86_mov_i(x, RSI, (uint64_t)(int64_t)op->imm);
	} else if (job->held == op->ra) {
		x86_rm(x, W64, X86_LEA, RSI, RAX, op->imm);
	} else {
		x86_rm(x, W64, X86_LOAD, RSI, HOST_CPU, GPR_AT(op->ra));
		if (op->imm)
			x86_ri(x, W64, G1_ADD, RSI, op->imm);
	}
}

static void to_full(struct native_job *job, const struct native_op *n, enum x86_cond cc)
{
	native_exit(job, x86_jcc(&job->x, cc),
		    (struct native_exit){.kind = EXIT_FULL, .op = n, .slot = (uint16_t)job->slot});
}

/* RSI, an effective address, becomes the host's; what it was is in RDX for forms with update. */
static void translate(struct native_job *job, const struct native_op *n, int32_t table)
{
	struct x86 *x = &job->x;

	x86_rr(x, W32, X86_LOAD, RCX, RSI);
	x86_shift_i(x, W32, G2_SHR, RCX, 8);
	x86_ri(x, W32, G1_AND, RCX, (TLB_ENTRIES - 1) * (int32_t)sizeof(struct tlb_entry));
	x86_rm(x, W64, X86_ADD, RCX, HOST_CPU, table);
	x86_rm(x, W64, X86_LEA, RDX, RSI, (int32_t)LEN(n) - 1);
	x86_ri(x, W64, G1_AND, RDX, PAGE_MASK);
	x86_rm(x, W64, X86_CMP, RDX, RCX, offsetof(struct tlb_entry, tag));
	to_full(job, n, CC_NE);
	if (n->b & UPDATE)
		x86_rr(x, W64, X86_LOAD, RDX, RSI);
	x86_rm(x, W64, X86_ADD, RSI, RCX, offsetof(struct tlb_entry, addend));
}

static void update(struct native_job *job, const struct native_op *n, const op_t *op)
{
	if (!(n->b & UPDATE))
		return;
	x86_rm(&job->x, W64, X86_STORE, RDX, HOST_CPU, GPR_AT(op->ra));
	if (job->held == op->ra)
		job->held = NONE;
}

/* a: the opcode of the load. */
static bool emit_load(struct native_job *job, const struct native_op *n, const op_t *op)
{
	struct x86 *x = &job->x;
	enum x86_width w = (n->b & WIDE) ? W64 : W32;

	static_assert(sizeof(struct tlb_entry) == 16, "translate() shifts by 12 - 4");
	address(job, n, op);
	translate(job, n, CPU_AT(rd));
	x86_rm(x, w, n->a, RAX, RSI, 0);
	if (n->b & REVERSED)
		x86_bswap(x, w, RAX);
	update(job, n, op);
	native_store(job, op->rt);
	return true;
}

static void store(struct native_job *job, const struct native_op *n, enum x86_reg value)
{
	struct x86 *x = &job->x;

	if (LEN(n) == 2)
		x86_u8(x, 0x66);
	x86_rm(x, LEN(n) == 8 ? W64 : W32, LEN(n) == 1 ? X86_STORE8 : X86_STORE, value, RSI, 0);
}

static bool emit_store(struct native_job *job, const struct native_op *n, const op_t *op)
{
	struct x86 *x = &job->x;
	enum x86_width w = LEN(n) == 8 ? W64 : W32;
	enum x86_reg value = RAX;

	address(job, n, op);
	translate(job, n, CPU_AT(wr));
	if (job->held != op->rt || (n->b & REVERSED)) {
		value = RCX;
		native_load_to(job, W64, X86_LOAD, RCX, op->rt);
	}
	if (n->b & REVERSED)
		x86_bswap(x, w, RCX);
	store(job, n, value);
	update(job, n, op);
	return true;
}

/* The full twin raises the interrupt if the facility is off; a: its bit in MSR, of the low word. */
static void facility(struct native_job *job, const struct native_op *n, const op_t *op)
{
	uint64_t bit = !(n->b & BY_VSR) ? MSR_FP : op->rt < 32 ? MSR_VSX : MSR_VEC;

	if (n->b & ALIGNED)
		bit = MSR_VEC;
	else if (n->b & SWAPPED)
		bit = MSR_VSX;
	x86_rm(&job->x, W32, 0xf7, 0, HOST_CPU, CPU_AT(msr));
	x86_u32(&job->x, (uint32_t)bit);
	to_full(job, n, CC_E);
}

static bool emit_load_fp(struct native_job *job, const struct native_op *n, const op_t *op)
{
	facility(job, n, op);
	address(job, n, op);
	translate(job, n, CPU_AT(rd));
	x86_rm(&job->x, W64, X86_LOAD, RCX, RSI, 0);
	update(job, n, op);
	x86_rm(&job->x, W64, X86_STORE, RCX, HOST_CPU, VSR_AT(op->rt) + 8);
	return true;
}

static bool emit_store_fp(struct native_job *job, const struct native_op *n, const op_t *op)
{
	facility(job, n, op);
	address(job, n, op);
	translate(job, n, CPU_AT(wr));
	x86_rm(&job->x, W64, X86_LOAD, RCX, HOST_CPU, VSR_AT(op->rt) + 8);
	store(job, n, RCX);
	update(job, n, op);
	return true;
}

/* Of XMM0: its two doublewords change places. */
static void swap(struct native_job *job)
{
	static const uint8_t shufpd[] = {0x66, 0x0f, 0xc6, 0xc0, 1};

	for (unsigned i = 0; i < sizeof(shufpd); i++)
		x86_u8(&job->x, shufpd[i]);
}

static void address_quad(struct native_job *job, const struct native_op *n, const op_t *op)
{
	facility(job, n, op);
	address(job, n, op);
	if (n->b & ALIGNED)
		x86_ri(&job->x, W64, G1_AND, RSI, -16);
}

static bool emit_load_quad(struct native_job *job, const struct native_op *n, const op_t *op)
{
	address_quad(job, n, op);
	translate(job, n, CPU_AT(rd));
	x86_rm(&job->x, W32, X86_MOVUPS_LOAD, 0, RSI, 0);
	if (n->b & SWAPPED)
		swap(job);
	x86_rm(&job->x, W32, X86_MOVUPS_STORE, 0, HOST_CPU, VSR_AT(op->rt));
	return true;
}

static bool emit_store_quad(struct native_job *job, const struct native_op *n, const op_t *op)
{
	address_quad(job, n, op);
	translate(job, n, CPU_AT(wr));
	x86_rm(&job->x, W32, X86_MOVUPS_LOAD, 0, HOST_CPU, VSR_AT(op->rt));
	if (n->b & SWAPPED)
		swap(job);
	x86_rm(&job->x, W32, X86_MOVUPS_STORE, 0, RSI, 0);
	return true;
}

#define FORMS(M, name, ...)                                                                        \
	M(name, 0, __VA_ARGS__)                                                                    \
	M(name##u, UPDATE, __VA_ARGS__)                                                            \
	M(name##x, X_FORM, __VA_ARGS__)                                                            \
	M(name##ux, X_FORM | UPDATE, __VA_ARGS__)

/* M(handler, form, emitter, a, b) */
#define EACH(M)                                                                                    \
	FORMS(M, lbz, emit_load, X86_MOVZX8, 1)                                                    \
	FORMS(M, lhz, emit_load, X86_MOVZX16, 2)                                                   \
	FORMS(M, lha, emit_load, X86_MOVSX16, 2 | WIDE)                                            \
	FORMS(M, lwz, emit_load, X86_LOAD, 4)                                                      \
	FORMS(M, ld, emit_load, X86_LOAD, 8 | WIDE)                                                \
	M(lwa, 0, emit_load, X86_MOVSXD, 4 | WIDE)                                                 \
	M(lwax, X_FORM, emit_load, X86_MOVSXD, 4 | WIDE)                                           \
	M(lwaux, X_FORM | UPDATE, emit_load, X86_MOVSXD, 4 | WIDE)                                 \
	M(lwbrx, X_FORM, emit_load, X86_LOAD, 4 | REVERSED)                                        \
	M(ldbrx, X_FORM, emit_load, X86_LOAD, 8 | WIDE | REVERSED)                                 \
	FORMS(M, stb, emit_store, 0, 1)                                                            \
	FORMS(M, sth, emit_store, 0, 2)                                                            \
	FORMS(M, stw, emit_store, 0, 4)                                                            \
	FORMS(M, std, emit_store, 0, 8)                                                            \
	M(stwbrx, X_FORM, emit_store, 0, 4 | REVERSED)                                             \
	M(stdbrx, X_FORM, emit_store, 0, 8 | REVERSED)                                             \
	FORMS(M, lfd, emit_load_fp, 0, 8)                                                          \
	FORMS(M, stfd, emit_store_fp, 0, 8)                                                        \
	M(lvx, X_FORM, emit_load_quad, 0, 16 | ALIGNED)                                            \
	M(stvx, X_FORM, emit_store_quad, 0, 16 | ALIGNED)                                          \
	M(lxv, 0, emit_load_quad, 0, 16 | BY_VSR)                                                  \
	M(stxv, 0, emit_store_quad, 0, 16 | BY_VSR)                                                \
	M(lxvx, X_FORM, emit_load_quad, 0, 16 | BY_VSR)                                            \
	M(stxvx, X_FORM, emit_store_quad, 0, 16 | BY_VSR)                                          \
	M(lxvd2x, X_FORM, emit_load_quad, 0, 16 | SWAPPED)                                         \
	M(stxvd2x, X_FORM, emit_store_quad, 0, 16 | SWAPPED)

#define DECLARE(name, ...) handler_fn h_le_##name, h_any_##name;
EACH(DECLARE)

#define ENTRY(name, form, emitter, a_, b_)                                                         \
	{.fn = h_le_##name, .full = h_any_##name, .emit = emitter, .a = (a_), .b = (form) | (b_)},
const struct native_op native_mem_ops[] = {EACH(ENTRY)};
const unsigned native_mem_count = ARRAY_SIZE(native_mem_ops);

#endif
