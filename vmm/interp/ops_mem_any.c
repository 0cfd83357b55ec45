/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loads and stores, the full path: any mode, TLB misses, page crossings, MMIO, faults; and the forms
 * that are rare enough to have no other. */
#include <string.h>

#include "vmm/base/byteorder.h"
#include "vmm/interp/core.h"
#include "vmm/interp/cr.h"
#include "vmm/interp/fpu.h"
#include "vmm/interp/mem.h"
#include "vmm/interp/prefix.h"
#include "vmm/interp/quad.h"

#define MEM_OP(name)      OP(any_##name)
#define MEM_FIRST_DW      ((cpu->msr & MSR_LE) ? 1 : 0)
#define FROM_MEMORY(T, v) ((T)mem_order(cpu, (uint64_t)(v), sizeof(T)))

#define TRY(expr)                                                                                  \
	do {                                                                                       \
		enum insn_result r_ = (expr);                                                      \
		if (unlikely(r_ != INSN_OK))                                                       \
			RAISE(r_);                                                                 \
	} while (0)

#define LOAD(name, T, ea, v)                                                                       \
	uint64_t v##_;                                                                             \
	TRY(mem_load(cpu, ea, sizeof(T), &v##_));                                                  \
	T v = (T)v##_
#define STORE(name, T, ea, value)                                                                  \
	TRY(mem_store(cpu, ea, sizeof(T), (T)(value)))
#define LOAD_Q(name, ea, v)                                                                        \
	vsr_t v;                                                                                   \
	TRY(mem_load_q(cpu, ea, &v))
#define STORE_Q(name, ea, value)                                                                   \
	do {                                                                                       \
		vsr_t v_ = (value);                                                                \
		TRY(mem_store_q(cpu, ea, &v_));                                                    \
	} while (0)
#define STORE_ZERO(name, ea, size) TRY(mem_zero(cpu, ea, size))
#define ATOMIC_AT(name, which, ea, T, p)                                                           \
	void *p##_;                                                                                \
	TRY(mem_atomic_##which(cpu, ea, sizeof(T), &p##_));                                        \
	T *p = p##_

#include "vmm/interp/ops_mem.inc"
#include "vmm/interp/ops_mem_31.inc"

/* Multiple and string forms, and quadwords by GPR pairs. In little-endian mode the first two are not
 * there: an alignment interrupt, as on the hardware; and so it is for memory that is not RAM, where no
 * access may be done twice. */
static enum insn_result string_check(struct icpu *cpu, uint64_t ea)
{
	cpu->fault_ea = (cpu->msr & MSR_SF) ? ea : (uint32_t)ea;
	return (cpu->msr & MSR_LE) ? INSN_ALIGNMENT : INSN_OK;
}

static enum insn_result string_result(struct icpu *cpu, uint64_t ea, enum insn_result r)
{
	if (r != INSN_EXIT)
		return r;
	cpu->fault_ea = (cpu->msr & MSR_SF) ? ea : (uint32_t)ea;
	return INSN_ALIGNMENT;
}

OP_CALL(lmw, CHECK_NONE)
{
	uint64_t ea = EA_D, v[32];
	enum insn_result r = string_check(cpu, ea);

	for (unsigned i = op->rt; i < 32 && r == INSN_OK; i++)
		r = mem_load(cpu, ea + 4 * (i - op->rt), 4, &v[i]);
	if (r == INSN_OK)
		memcpy(&cpu->gpr[op->rt], &v[op->rt], (32u - op->rt) * sizeof(v[0]));
	return string_result(cpu, ea, r);
}

OP_CALL(stmw, CHECK_NONE)
{
	uint64_t ea = EA_D;
	enum insn_result r = string_check(cpu, ea);

	for (unsigned i = op->rt; i < 32 && r == INSN_OK; i++)
		r = mem_store(cpu, ea + 4 * (i - op->rt), 4, cpu->gpr[i]);
	return string_result(cpu, ea, r);
}

/* @len bytes, four to a register from @reg on, wrapping from 31 to 0. */
static enum insn_result string_load(struct icpu *cpu, unsigned reg, uint64_t ea, unsigned len)
{
	uint8_t buf[128] = {0};
	enum insn_result r = string_check(cpu, ea);

	for (unsigned i = 0; i < len && r == INSN_OK; i++)
		r = mem_read(cpu, ea + i, &buf[i], 1);
	for (unsigned i = 0; i < len && r == INSN_OK; i += 4)
		cpu->gpr[(reg + i / 4) & 31] = load_be32(&buf[i]);
	return string_result(cpu, ea, r);
}

static enum insn_result string_store(struct icpu *cpu, unsigned reg, uint64_t ea, unsigned len)
{
	enum insn_result r = string_check(cpu, ea);

	for (unsigned i = 0; i < len && r == INSN_OK; i++) {
		uint8_t byte = (uint8_t)(cpu->gpr[(reg + i / 4) & 31] >> (24 - 8 * (i & 3)));

		r = mem_write(cpu, ea + i, &byte, 1);
	}
	return string_result(cpu, ea, r);
}

OP_CALL(lswi, CHECK_NONE)
{
	return string_load(cpu, op->rt, RA, op->rb ? op->rb : 32);
}

OP_CALL(lswx, CHECK_NONE)
{
	return string_load(cpu, op->rt, EA_X, (unsigned)cpu->xer_rest & 127);
}

OP_CALL(stswi, CHECK_NONE)
{
	return string_store(cpu, op->rt, RA, op->rb ? op->rb : 32);
}

OP_CALL(stswx, CHECK_NONE)
{
	return string_store(cpu, op->rt, EA_X, (unsigned)cpu->xer_rest & 127);
}

static enum insn_result quad_check(struct icpu *cpu, const op_t *op, uint64_t ea)
{
	if (op->rt & 1)
		return INSN_ILLEGAL;
	if (ea & 15) {
		cpu->fault_ea = ea;
		return INSN_ALIGNMENT;
	}
	return INSN_OK;
}

/* Between memory and registers: the even register is the quadword's high half in either byte order. */
static u128_t quad_swapped(const struct icpu *cpu, u128_t q)
{
	if (mem_order(cpu, 1, 8) == 1)
		return q;
	return QUAD(__builtin_bswap64(QUAD_LOW(q)), __builtin_bswap64(QUAD_HIGH(q)));
}

static u128_t quad_of_pair(const struct icpu *cpu, const op_t *op)
{
	return quad_swapped(cpu, QUAD(cpu->gpr[op->rt], cpu->gpr[op->rt | 1]));
}

static void quad_to_pair(struct icpu *cpu, const op_t *op, u128_t raw)
{
	u128_t q = quad_swapped(cpu, raw);

	cpu->gpr[op->rt] = QUAD_HIGH(q);
	cpu->gpr[op->rt + 1] = QUAD_LOW(q);
}

OP_CALL(lq, CHECK_NONE)
{
	uint64_t ea = EA_D;
	void *hva;
	enum insn_result r = quad_check(cpu, op, ea);

	if (r == INSN_OK)
		r = mem_atomic_rd(cpu, ea, 16, &hva);
	if (r == INSN_OK)
		quad_to_pair(cpu, op, quad_load(hva));
	return r;
}

OP_CALL(stq, CHECK_NONE)
{
	uint64_t ea = EA_D;
	void *hva;
	enum insn_result r = quad_check(cpu, op, ea);

	if (r == INSN_OK)
		r = mem_atomic_wr(cpu, ea, 16, &hva);
	if (r == INSN_OK)
		quad_store(hva, quad_of_pair(cpu, op));
	return r;
}

/* A prefixed quadword needs no alignment, and the even register is the first in memory in either order. */
OP_CALL_PREFIXED(plq, CHECK_NONE)
{
	vsr_t v;
	enum insn_result r = op->rt & 1 ? INSN_ILLEGAL : mem_load_q(cpu, prefix_ea(cpu, op), &v);

	if (r == INSN_OK) {
		cpu->gpr[op->rt] = VD(v, MEM_FIRST_DW);
		cpu->gpr[op->rt + 1] = VD(v, 1 - MEM_FIRST_DW);
	}
	return r;
}

OP_CALL_PREFIXED(pstq, CHECK_NONE)
{
	vsr_t v;

	if (op->rt & 1)
		return INSN_ILLEGAL;
	VD(v, MEM_FIRST_DW) = RT;
	VD(v, 1 - MEM_FIRST_DW) = cpu->gpr[op->rt + 1];
	return mem_store_q(cpu, prefix_ea(cpu, op), &v);
}

OP_CALL(lqarx, CHECK_NONE)
{
	uint64_t ea = EA_X;
	void *hva;
	enum insn_result r = quad_check(cpu, op, ea);

	if (r == INSN_OK)
		r = mem_atomic_rd(cpu, ea, 16, &hva);
	if (r == INSN_OK) {
		u128_t raw = quad_load(hva);

		cpu->reserve_hva = (uint64_t)hva;
		cpu->reserve_val[0] = QUAD_LOW(raw);
		cpu->reserve_val[1] = QUAD_HIGH(raw);
		cpu->reserve_len = 16;
		quad_to_pair(cpu, op, raw);
	}
	return r;
}

OP_CALL(stqcx_rc, CHECK_NONE)
{
	uint64_t ea = EA_X;
	void *hva;
	bool done;
	u128_t old = QUAD(cpu->reserve_val[1], cpu->reserve_val[0]);
	enum insn_result r = quad_check(cpu, op, ea);

	if (r == INSN_OK)
		r = mem_atomic_wr(cpu, ea, 16, &hva);
	if (r != INSN_OK)
		return r;
	done = cpu->reserve_len == 16 && cpu->reserve_hva == (uint64_t)hva &&
	       quad_cas(hva, &old, quad_of_pair(cpu, op));
	cpu->reserve_len = 0;
	cr_set_field(cpu, 0, (done ? CR_EQ : 0) | (unsigned)cpu->so);
	return INSN_OK;
}
