/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From an instruction word to an operation slot: look-up by primary opcode and low 11 bits. */
#include "vmm/interp/decode.h"

#include <assert.h>

#include "vmm/base/bits.h"
#include "vmm/interp/cr.h"

#define LOW_BITS  0x7ffu
#define NODES_MAX 32768

/* For each primary opcode with extended opcodes, a list of candidates for each value of the low bits; for
 * one without, a single list. Places are 1 + index, 0 ends. */
struct node {
	uint16_t insn, next;
};

static struct node nodes[NODES_MAX];
static unsigned node_count;
static uint16_t lists[64][LOW_BITS + 1];
static bool extended[64];

static void list_prepend(uint16_t *head, unsigned insn)
{
	assert(node_count < NODES_MAX - 1);
	nodes[++node_count] = (struct node){.insn = (uint16_t)insn, .next = *head};
	*head = (uint16_t)node_count;
}

static void decode_add(unsigned i)
{
	const struct insn_desc *d = &insn_table[i];
	unsigned primary = d->match >> 26;
	uint32_t fixed = d->mask & LOW_BITS, free = ~d->mask & LOW_BITS, sub = 0;

	if (!extended[primary]) {
		list_prepend(&lists[primary][0], i);
		return;
	}
	/* every value of the bits that are not fixed */
	do {
		list_prepend(&lists[primary][(d->match & fixed) | sub], i);
		sub = (sub - free) & free;
	} while (sub);
}

void decode_init(void)
{
	if (node_count)
		return;
	for (unsigned i = 0; i < insn_count; i++)
		if (insn_table[i].mask & LOW_BITS & ~1u)
			extended[insn_table[i].match >> 26] = true;
	for (unsigned i = insn_count; i-- > 0;)
		decode_add(i);
}

const struct insn_desc *decode_find(uint32_t word, unsigned isa)
{
	unsigned primary = word >> 26;
	unsigned at = lists[primary][extended[primary] ? word & LOW_BITS : 0];

	for (; at; at = nodes[at].next) {
		const struct insn_desc *d = &insn_table[nodes[at].insn];

		if ((word & d->mask) == d->match && d->isa <= isa)
			return d;
	}
	return NULL;
}

#define FIELD(first, last) ((uint8_t)ppc_field32(word, first, last))
#define SIGNED16           ((int16_t)word)

/* ra, or the register that is always zero. */
static uint8_t field_a0(uint32_t word)
{
	return FIELD(11, 15) ? FIELD(11, 15) : 32;
}

static uint32_t word_mask(unsigned mb, unsigned me)
{
	uint32_t head = ~0u >> mb, tail = ~0u << (31 - me);

	return mb <= me ? head & tail : head | tail;
}

static void operands_rotate(op_t *op, enum insn_format format, uint32_t word)
{
	op->rt = FIELD(11, 15);
	op->ra = FIELD(6, 10);
	op->rb = FIELD(16, 20);
	switch (format) {
	case F_M:
	case F_MR:
		op->imm = (int32_t)word_mask(FIELD(21, 25), FIELD(26, 30));
		op->x = FIELD(21, 25) > FIELD(26, 30);
		break;
	case F_MD:
		op->rb = (uint8_t)(FIELD(16, 20) | FIELD(30, 30) << 5);
		op->x = (uint8_t)(FIELD(21, 25) | FIELD(26, 26) << 5);
		break;
	case F_MDS:
		op->x = (uint8_t)(FIELD(21, 25) | FIELD(26, 26) << 5);
		break;
	default:
		op->rb = (uint8_t)(FIELD(16, 20) | FIELD(30, 30) << 5);
		break;
	}
}

/* The first of a pair of VSRs. */
static uint8_t vsr_pair(uint32_t word)
{
	return (uint8_t)(FIELD(6, 9) << 1 | FIELD(10, 10) << 5);
}

static void operands_vector(op_t *op, enum insn_format format, uint32_t word)
{
	op->imm = (int32_t)word;
	switch (format) {
	case F_V:
		op->rt = 32 + FIELD(6, 10);
		op->ra = 32 + FIELD(11, 15);
		op->rb = 32 + FIELD(16, 20);
		op->x = 32 + FIELD(21, 25);
		break;
	case F_VA0B:
		op->rt = 32 + FIELD(6, 10);
		op->ra = field_a0(word);
		break;
	case F_XX:
		op->rt = (uint8_t)(FIELD(6, 10) | FIELD(31, 31) << 5);
		op->ra = (uint8_t)(FIELD(11, 15) | FIELD(29, 29) << 5);
		op->rb = (uint8_t)(FIELD(16, 20) | FIELD(30, 30) << 5);
		op->x = (uint8_t)(FIELD(21, 25) | FIELD(28, 28) << 5);
		break;
	case F_XXA0B:
		op->rt = (uint8_t)(FIELD(6, 10) | FIELD(31, 31) << 5);
		op->ra = field_a0(word);
		break;
	case F_XXM:
		op->rt = (uint8_t)(FIELD(6, 10) | FIELD(31, 31) << 5);
		break;
	case F_XXP:
		op->rt = vsr_pair(word);
		op->ra = field_a0(word);
		break;
	case F_DQP:
		op->rt = vsr_pair(word);
		op->ra = field_a0(word);
		op->imm = SIGNED16 & ~15;
		break;
	case F_ACC:
		op->rt = FIELD(6, 8);
		op->ra = (uint8_t)(FIELD(11, 15) | FIELD(29, 29) << 5);
		op->rb = (uint8_t)(FIELD(16, 20) | FIELD(30, 30) << 5);
		op->imm = 0xffff;
		break;
	case F_DQX:
		op->rt = (uint8_t)(FIELD(6, 10) | FIELD(28, 28) << 5);
		op->ra = field_a0(word);
		op->imm = SIGNED16 & ~15;
		break;
	default:
		op->rt = 32 + FIELD(6, 10);
		op->ra = field_a0(word);
		op->imm = SIGNED16 & ~3;
		break;
	}
}

static void operands_immediate(op_t *op, enum insn_format format, uint32_t word)
{
	switch (format) {
	case F_D:
		op->ra = field_a0(word);
		op->imm = SIGNED16;
		break;
	case F_DA:
		op->imm = SIGNED16;
		break;
	case F_DIS:
		op->ra = field_a0(word);
		op->imm = (int32_t)(word << 16);
		break;
	case F_DS:
		op->ra = field_a0(word);
		op->imm = SIGNED16 & ~3;
		break;
	case F_DSA:
		op->imm = SIGNED16 & ~3;
		break;
	case F_DQ:
		op->ra = field_a0(word);
		op->imm = SIGNED16 & ~15;
		break;
	case F_DL:
	case F_DLS:
		op->rt = FIELD(11, 15);
		op->ra = FIELD(6, 10);
		op->imm = (int32_t)(format == F_DL ? word & 0xffff : word << 16);
		break;
	default:
		break;
	}
}

void decode_operands(op_t *op, enum insn_format format, uint32_t word)
{
	op->rt = FIELD(6, 10);
	op->ra = FIELD(11, 15);
	op->rb = FIELD(16, 20);
	op->x = FIELD(21, 25);
	op->imm = (int32_t)word;
	switch (format) {
	case F_TAB:
	case F_BX:
	case F_NR:
		break;
	case F_TA0B:
		op->ra = field_a0(word);
		break;
	case F_SAB:
		op->rt = FIELD(11, 15);
		op->ra = FIELD(6, 10);
		break;
	case F_CMP:
		op->x = FIELD(6, 8);
		break;
	case F_CMPI:
		op->x = FIELD(6, 8);
		op->imm = SIGNED16;
		break;
	case F_CMPLI:
		op->x = FIELD(6, 8);
		op->imm = (int32_t)(word & 0xffff);
		break;
	case F_I:
		op->imm = (int32_t)((word & 0x03fffffc) << 6) >> 6;
		break;
	case F_B:
		op->x = FIELD(11, 15);
		op->imm = SIGNED16 & ~3;
		break;
	case F_M:
	case F_MR:
	case F_MD:
	case F_MDS:
	case F_SH6:
		operands_rotate(op, format, word);
		break;
	case F_V:
	case F_VA0B:
	case F_XX:
	case F_XXA0B:
	case F_XXM:
	case F_DQX:
	case F_DSV:
	case F_XXP:
	case F_DQP:
	case F_ACC:
		operands_vector(op, format, word);
		break;
	default:
		operands_immediate(op, format, word);
		break;
	}
	if (format == F_BX)
		op->x = FIELD(11, 15);
}

/* An address relative to the instruction's has no base register. */
static bool base_is_valid(enum insn_format format, uint32_t prefix, uint32_t suffix)
{
	if (format < F_P34 || format > F_P34P)
		return true;
	return !(ppc_field32(prefix, 11, 11) && ppc_field32(suffix, 11, 15));
}

const struct insn_desc *decode_find_prefixed(uint32_t prefix, uint32_t suffix, unsigned isa)
{
	for (unsigned i = 0; i < prefixed_count; i++) {
		const struct prefixed_desc *p = &prefixed_table[i];
		const struct insn_desc *d = &p->suffix;

		if ((prefix & p->mask) == p->match && (suffix & d->mask) == d->match &&
		    d->isa <= isa && base_is_valid(d->format, prefix, suffix))
			return d;
	}
	return NULL;
}

void decode_operands_prefixed(op_t *op, enum insn_format format, uint32_t prefix, uint32_t word)
{
	int64_t d34 = (int64_t)((uint64_t)prefix << 46) >> 30 | (word & 0xffff);

	op->rt = FIELD(6, 10);
	op->ra = field_a0(word);
	op->rb = 0;
	op->x = (uint8_t)((d34 >> 32 & 3) | ppc_field32(prefix, 11, 11) << 2);
	op->imm = (int32_t)d34;
	switch (format) {
	case F_P34V:
		op->rt = 32 + FIELD(6, 10);
		break;
	case F_P34X:
		op->rt = (uint8_t)(FIELD(6, 10) | FIELD(5, 5) << 5);
		break;
	case F_P34P:
		op->rt = vsr_pair(word);
		break;
	case F_P8RR:
		operands_vector(op, F_XX, word);
		op->imm = (int32_t)prefix;
		break;
	case F_P8RRD:
		op->rt = (uint8_t)(FIELD(6, 10) | FIELD(15, 15) << 5);
		op->x = FIELD(14, 14);
		op->imm = (int32_t)(prefix << 16 | (word & 0xffff));
		break;
	case F_PACC:
		operands_vector(op, F_ACC, word);
		op->imm = (int32_t)(prefix & 0xffff);
		break;
	default:
		break;
	}
}

uint32_t cr_pack(const struct icpu *cpu)
{
	uint32_t cr = 0;

	for (unsigned f = 0; f < 8; f++)
		cr |= cr_get_field(cpu, f) << (28 - 4 * f);
	return cr;
}

void cr_unpack(struct icpu *cpu, uint32_t cr)
{
	for (unsigned f = 0; f < 8; f++)
		cr_set_field(cpu, f, (cr >> (28 - 4 * f)) & 15);
}
