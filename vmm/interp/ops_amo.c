/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Atomic memory operations: lwat, ldat, stwat, stdat. Power ISA 3.0B Book II 4.5. */
#include "vmm/interp/dispatch.h"
#include "vmm/interp/mem.h"
#include "vmm/interp/quad.h"

/* The function code; with the numbers from AMO_SWAP on there are no stores but AMO_TWIN. */
enum amo {
	AMO_ADD,
	AMO_XOR,
	AMO_OR,
	AMO_AND,
	AMO_MAX_UNSIGNED,
	AMO_MAX_SIGNED,
	AMO_MIN_UNSIGNED,
	AMO_MIN_SIGNED,
	AMO_SWAP,
	AMO_COMPARE_NOT_EQUAL = 16,
	AMO_INC_BOUNDED = 24,
	AMO_TWIN = 24,
	AMO_INC_EQUAL = 25,
	AMO_DEC_BOUNDED = 28,
};

#define DSISR_BAD_AMO 0x4u /* bit 61: no such function */
#define BLOCK_SIZE    32u  /* what two operands may not leave */

struct amo_op {
	struct icpu *cpu;
	void *hva, *other; /* the other operand, beside it */
	unsigned len;
};

static uint64_t sign_extend(const struct amo_op *o, uint64_t v)
{
	return o->len == 4 ? (uint64_t)(int32_t)v : v;
}

static uint64_t load(const struct amo_op *o, const void *hva)
{
	uint64_t v = o->len == 4 ? __atomic_load_n((const uint32_t *)hva, __ATOMIC_SEQ_CST)
				 : __atomic_load_n((const uint64_t *)hva, __ATOMIC_SEQ_CST);

	return mem_order(o->cpu, v, o->len);
}

/* False, and the value that is there in @old, if it is not @old. */
static bool replace(const struct amo_op *o, void *hva, uint64_t *old, uint64_t new)
{
	uint64_t old64 = mem_order(o->cpu, *old, o->len), raw = mem_order(o->cpu, new, o->len);
	uint32_t old32 = (uint32_t)old64;
	bool done;

	if (o->len == 4) {
		done = __atomic_compare_exchange_n((uint32_t *)hva, &old32, (uint32_t)raw, false,
						   __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
		old64 = old32;
	} else {
		done = __atomic_compare_exchange_n((uint64_t *)hva, &old64, raw, false,
						   __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
	}
	*old = mem_order(o->cpu, old64, o->len);
	return done;
}

static bool is_simple(unsigned fc)
{
	return fc <= AMO_MIN_SIGNED;
}

/* What the functions that stores have as well make of memory's @t and the register's @v. */
static uint64_t combine(const struct amo_op *o, unsigned fc, uint64_t t, uint64_t v)
{
	int64_t st = (int64_t)sign_extend(o, t), sv = (int64_t)sign_extend(o, v);

	if (o->len == 4)
		v = (uint32_t)v;
	switch (fc) {
	case AMO_ADD:
		return t + v;
	case AMO_XOR:
		return t ^ v;
	case AMO_OR:
		return t | v;
	case AMO_AND:
		return t & v;
	case AMO_MAX_UNSIGNED:
		return t > v ? t : v;
	case AMO_MAX_SIGNED:
		return st > sv ? t : v;
	case AMO_MIN_UNSIGNED:
		return t < v ? t : v;
	case AMO_MIN_SIGNED:
		return st < sv ? t : v;
	default:
		return v; /* AMO_SWAP */
	}
}

/* The memory operands of the function @fc at @ea. */
static enum insn_result operands(struct amo_op *o, uint64_t ea, bool has_other, bool below)
{
	uint64_t other = below ? ea - o->len : ea + o->len;
	enum insn_result r = mem_atomic_wr(o->cpu, ea, o->len, &o->hva);

	if (r != INSN_OK || !has_other)
		return r;
	if ((ea ^ other) & ~(uint64_t)(BLOCK_SIZE - 1)) {
		o->cpu->fault_ea = ea;
		return INSN_ALIGNMENT;
	}
	return mem_atomic_wr(o->cpu, other, o->len, &o->other);
}

static enum insn_result bad_function(struct icpu *cpu, uint64_t ea)
{
	cpu->fault_ea = ea;
	cpu->fault_dsisr = DSISR_BAD_AMO;
	return INSN_DSI;
}

/*
 * Increment or decrement depending on the other operand; else the result is the most negative number.
 * While memory keeps t, the other operand read meanwhile belongs to it.
 */
static uint64_t conditional(const struct amo_op *o, unsigned fc)
{
	uint64_t t = load(o, o->hva), new;
	bool equal;

	do {
		equal = load(o, o->other) == t;
		if (equal != (fc == AMO_INC_EQUAL))
			return 1ULL << (8 * o->len - 1);
		new = fc == AMO_DEC_BOUNDED ? t - 1 : t + 1;
	} while (!replace(o, o->hva, &t, new));
	return t;
}

static enum insn_result amo_load(struct icpu *cpu, const op_t *op, unsigned len)
{
	unsigned fc = op->rb;
	bool has_other = fc == AMO_INC_BOUNDED || fc == AMO_INC_EQUAL || fc == AMO_DEC_BOUNDED;
	uint64_t ea = cpu->gpr[op->ra], v = cpu->gpr[(op->rt + 1) & 31], t, new;
	struct amo_op o = {.cpu = cpu, .len = len};
	enum insn_result r;

	if (!is_simple(fc) && fc != AMO_SWAP && fc != AMO_COMPARE_NOT_EQUAL && !has_other)
		return bad_function(cpu, ea);
	r = operands(&o, ea, has_other, fc == AMO_DEC_BOUNDED);
	if (r != INSN_OK)
		return r;
	if (has_other) {
		cpu->gpr[op->rt] = conditional(&o, fc);
		return INSN_OK;
	}
	t = load(&o, o.hva);
	do {
		if (fc != AMO_COMPARE_NOT_EQUAL)
			new = combine(&o, fc, t, v);
		else
			new = t == (len == 4 ? (uint32_t)v : v) ? t : cpu->gpr[(op->rt + 2) & 31];
	} while (!replace(&o, o.hva, &t, new));
	cpu->gpr[op->rt] = t;
	return INSN_OK;
}

/* Words in one doubleword: both become @raw, in memory order, if they are equal. */
static void store_twin_words(void *hva, uint64_t raw)
{
	uint64_t *at = hva, old = __atomic_load_n(at, __ATOMIC_SEQ_CST);

	while ((uint32_t)old == old >> 32 &&
	       !__atomic_compare_exchange_n(at, &old, (uint32_t)raw | raw << 32, false,
					    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		;
}

static void store_twin_doublewords(void *hva, uint64_t raw)
{
	u128_t old = quad_load(hva);

	while (QUAD_HIGH(old) == QUAD_LOW(old) && !quad_cas(hva, &old, QUAD(raw, raw)))
		;
}

/*
 * Both operands become @v if they are equal: as one, where the host has an access that spans both; else
 * another vCPU may see the second one's change later than the first's.
 */
static void store_twin(const struct amo_op *o, uint64_t v)
{
	uint64_t t, twin, raw = mem_order(o->cpu, v, o->len);

	if (!((uintptr_t)o->hva & (2 * o->len - 1))) {
		if (o->len == 4)
			store_twin_words(o->hva, raw);
		else
			store_twin_doublewords(o->hva, raw);
		return;
	}
	t = twin = load(o, o->hva);
	if (load(o, o->other) == t && replace(o, o->hva, &t, v))
		replace(o, o->other, &twin, v);
}

static enum insn_result amo_store(struct icpu *cpu, const op_t *op, unsigned len)
{
	unsigned fc = op->rb;
	uint64_t ea = cpu->gpr[op->ra], v = cpu->gpr[op->rt], t;
	struct amo_op o = {.cpu = cpu, .len = len};
	enum insn_result r;

	if (!is_simple(fc) && fc != AMO_TWIN)
		return bad_function(cpu, ea);
	r = operands(&o, ea, fc == AMO_TWIN, false);
	if (r != INSN_OK)
		return r;
	if (fc == AMO_TWIN) {
		store_twin(&o, v);
		return INSN_OK;
	}
	t = load(&o, o.hva);
	while (!replace(&o, o.hva, &t, combine(&o, fc, t, v)))
		;
	return INSN_OK;
}

OP_CALL(lwat, CHECK_NONE)
{
	return amo_load(cpu, op, 4);
}

OP_CALL(ldat, CHECK_NONE)
{
	return amo_load(cpu, op, 8);
}

OP_CALL(stwat, CHECK_NONE)
{
	return amo_store(cpu, op, 4);
}

OP_CALL(stdat, CHECK_NONE)
{
	return amo_store(cpu, op, 8);
}
