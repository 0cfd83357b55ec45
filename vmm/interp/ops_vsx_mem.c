/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The less frequent loads and stores of VMX and VSX (Power ISA I.6, I.7): elements, words and
 * halfwords in order, splats, lengths.
 */
#include "vmm/interp/mem.h"
#include "vmm/interp/vec.h"

static inline uint64_t indexed_ea(const struct icpu *cpu, const op_t *op)
{
	return cpu->gpr[op->ra] + cpu->gpr[op->rb];
}

/* Bytes sh, sh + 1, ... sh + 15 for the shift of a vector by @sh bytes. */
static inline u128 shift_control(uint64_t first)
{
	u128 v = (u128)0x0001020304050607 << 64 | 0x08090a0b0c0d0e0f;
	u128 n = first * 0x0101010101010101;

	return v + (n << 64 | n);
}

OP(lvsl)
{
	CHECK_VEC;
	VSR_AS(u128, op->rt) = shift_control(indexed_ea(cpu, op) & 15);
	NEXT();
}

OP(lvsr)
{
	CHECK_VEC;
	VSR_AS(u128, op->rt) = shift_control(16 - (indexed_ea(cpu, op) & 15));
	NEXT();
}

/* How far from the right end of a VR, in bits, the element of the aligned @ea is. */
static unsigned element_shift(const struct icpu *cpu, uint64_t ea, unsigned len)
{
	unsigned byte = ea & 15;

	return 8 * (cpu->msr & MSR_LE ? byte : 16 - len - byte);
}

/* The other elements of VRT are undefined; they stay. */
static enum insn_result element_load(struct icpu *cpu, const op_t *op, unsigned len)
{
	uint64_t ea = indexed_ea(cpu, op) & ~(uint64_t)(len - 1), value;
	unsigned shift = element_shift(cpu, ea, len);
	enum insn_result r = mem_load(cpu, ea, len, &value);
	u128 mask = (((u128)1 << 8 * len) - 1) << shift;

	if (r == INSN_OK)
		cpu->vsr[op->rt].q = (cpu->vsr[op->rt].q & ~mask) | (u128)value << shift;
	return r;
}

static enum insn_result element_store(struct icpu *cpu, const op_t *op, unsigned len)
{
	uint64_t ea = indexed_ea(cpu, op) & ~(uint64_t)(len - 1);
	uint64_t value = (uint64_t)(cpu->vsr[op->rt].q >> element_shift(cpu, ea, len));

	return mem_store(cpu, ea, len, value);
}

OP_CALL(lvebx, CHECK_VEC)
{
	return element_load(cpu, op, 1);
}

OP_CALL(lvehx, CHECK_VEC)
{
	return element_load(cpu, op, 2);
}

OP_CALL(lvewx, CHECK_VEC)
{
	return element_load(cpu, op, 4);
}

OP_CALL(stvebx, CHECK_VEC)
{
	return element_store(cpu, op, 1);
}

OP_CALL(stvehx, CHECK_VEC)
{
	return element_store(cpu, op, 2);
}

OP_CALL(stvewx, CHECK_VEC)
{
	return element_store(cpu, op, 4);
}

/*
 * Elements of @len bytes, the first at the lowest address: memory as a big-endian quadword, but
 * each element in the CPU's byte order. Its own inverse.
 */
static vsr_t elements_swap(const struct icpu *cpu, const vsr_t *memory, unsigned len)
{
	vsr_t t;
	unsigned i, flip = cpu->msr & MSR_LE ? len - 1 : 0;

	for (i = 0; i < 16; i++)
		VB(t, i) = memory->b[i ^ flip];
	return t;
}

static enum insn_result vector_load(struct icpu *cpu, const op_t *op, unsigned len)
{
	vsr_t memory;
	enum insn_result r = mem_read(cpu, indexed_ea(cpu, op), &memory, sizeof(memory));

	if (r == INSN_OK)
		cpu->vsr[op->rt] = elements_swap(cpu, &memory, len);
	return r;
}

static enum insn_result vector_store(struct icpu *cpu, const op_t *op, unsigned len)
{
	unsigned i, flip = cpu->msr & MSR_LE ? len - 1 : 0;
	uint8_t memory[16];

	for (i = 0; i < 16; i++)
		memory[i ^ flip] = VB(cpu->vsr[op->rt], i);
	return mem_write(cpu, indexed_ea(cpu, op), memory, sizeof(memory));
}

OP_CALL(lxvw4x, CHECK_VSX)
{
	return vector_load(cpu, op, 4);
}

OP_CALL(lxvh8x, CHECK_VSX_VEC(op->rt))
{
	return vector_load(cpu, op, 2);
}

OP_CALL(lxvb16x, CHECK_VSX_VEC(op->rt))
{
	return vector_load(cpu, op, 1);
}

OP_CALL(stxvw4x, CHECK_VSX)
{
	return vector_store(cpu, op, 4);
}

OP_CALL(stxvh8x, CHECK_VSX_VEC(op->rt))
{
	return vector_store(cpu, op, 2);
}

OP_CALL(stxvb16x, CHECK_VSX_VEC(op->rt))
{
	return vector_store(cpu, op, 1);
}

OP_CALL(lxvdsx, CHECK_VSX)
{
	uint64_t value;
	enum insn_result r = mem_load(cpu, indexed_ea(cpu, op), 8, &value);

	if (r == INSN_OK)
		VSR_AS(vu64, op->rt) = (vu64){value, value};
	return r;
}

OP_CALL(lxvwsx, CHECK_VSX_VEC(op->rt))
{
	uint64_t value;
	enum insn_result r = mem_load(cpu, indexed_ea(cpu, op), 4, &value);

	if (r == INSN_OK)
		VSR_AS(vu32, op->rt) = (vu32){0} + (uint32_t)value;
	return r;
}

/* A small number to doubleword 0; the rest is zeroed. */
static enum insn_result scalar_load(struct icpu *cpu, const op_t *op, unsigned len)
{
	uint64_t value;
	enum insn_result r = mem_load(cpu, indexed_ea(cpu, op), len, &value);

	if (r == INSN_OK)
		cpu->vsr[op->rt].q = (u128)value << 64;
	return r;
}

OP_CALL(lxsibzx, CHECK_VSX_VEC(op->rt))
{
	return scalar_load(cpu, op, 1);
}

OP_CALL(lxsihzx, CHECK_VSX_VEC(op->rt))
{
	return scalar_load(cpu, op, 2);
}

OP_CALL(stxsibx, CHECK_VSX_VEC(op->rt))
{
	return mem_store(cpu, indexed_ea(cpu, op), 1, VD(cpu->vsr[op->rt], 0));
}

OP_CALL(stxsihx, CHECK_VSX_VEC(op->rt))
{
	return mem_store(cpu, indexed_ea(cpu, op), 2, VD(cpu->vsr[op->rt], 0));
}

/* Loads and stores of the number of bytes in the most significant byte of RB. */
static inline unsigned operand_len(const struct icpu *cpu, const op_t *op)
{
	uint64_t len = cpu->gpr[op->rb] >> 56;

	return len < 16 ? (unsigned)len : 16;
}

/* @to_right: the byte at the effective address goes to the right end. */
static enum insn_result load_len(struct icpu *cpu, const op_t *op, bool to_right)
{
	unsigned i, len = operand_len(cpu, op);
	vsr_t t = {.q = 0};
	uint8_t memory[16];
	enum insn_result r;

	if (len) {
		r = mem_read(cpu, cpu->gpr[op->ra], memory, len);
		if (r != INSN_OK)
			return r;
	}
	for (i = 0; i < len; i++)
		VB(t, to_right ? 15 - i : i) = memory[i];
	cpu->vsr[op->rt] = t;
	return INSN_OK;
}

static enum insn_result store_len(struct icpu *cpu, const op_t *op, bool from_right)
{
	unsigned i, len = operand_len(cpu, op);
	uint8_t memory[16];

	if (!len)
		return INSN_OK;
	for (i = 0; i < len; i++)
		memory[i] = VB(cpu->vsr[op->rt], from_right ? 15 - i : i);
	return mem_write(cpu, cpu->gpr[op->ra], memory, len);
}

OP_CALL(lxvl, CHECK_VSX_VEC(op->rt))
{
	return load_len(cpu, op, cpu->msr & MSR_LE);
}

OP_CALL(lxvll, CHECK_VSX_VEC(op->rt))
{
	return load_len(cpu, op, false);
}

OP_CALL(stxvl, CHECK_VSX_VEC(op->rt))
{
	return store_len(cpu, op, cpu->msr & MSR_LE);
}

OP_CALL(stxvll, CHECK_VSX_VEC(op->rt))
{
	return store_len(cpu, op, false);
}
