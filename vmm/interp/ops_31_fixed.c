/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fixed-point instructions of Power ISA 3.1: Book I 3.3.12 to 3.3.16. */
#include "vmm/interp/bits64.h"
#include "vmm/interp/core.h"
#include "vmm/interp/cr.h"
#include "vmm/interp/mem.h"

#define RS (cpu->gpr[op->ra])
#define RB (cpu->gpr[op->rb])

/* Bytes reversed in each halfword, word, doubleword. */
OP(brh)
{
	uint64_t v = RS;

	cpu->gpr[op->rt] = (v >> 8 & 0x00ff00ff00ff00ff) | (v & 0x00ff00ff00ff00ff) << 8;
	NEXT();
}

OP(brw)
{
	uint64_t v = __builtin_bswap64(RS);

	cpu->gpr[op->rt] = v >> 32 | v << 32;
	NEXT();
}

OP(brd)
{
	cpu->gpr[op->rt] = __builtin_bswap64(RS);
	NEXT();
}

/* A register from a CR bit, which is in the place of RA. */
#define SET_BY_BIT(name, if_one, if_zero)                                                          \
	OP(name)                                                                                   \
	{                                                                                          \
		cpu->gpr[op->rt] = cr_get_bit(cpu, op->ra) ? (uint64_t)(if_one) : (uint64_t)(if_zero); \
		NEXT();                                                                            \
	}
SET_BY_BIT(setbc, 1, 0)
SET_BY_BIT(setbcr, 0, 1)
SET_BY_BIT(setnbc, -1LL, 0)
SET_BY_BIT(setnbcr, 0, -1LL)

#define UNDER_MASK(name, function)                                                                 \
	OP_VOID(name, CHECK_NONE)                                                                  \
	{                                                                                          \
		cpu->gpr[op->rt] = function(RS, RB);                                               \
	}
UNDER_MASK(cfuged, bits_centrifuge)
UNDER_MASK(cntlzdm, bits_leading_zeros)
UNDER_MASK(cnttzdm, bits_trailing_zeros)
UNDER_MASK(pdepd, bits_deposit)
UNDER_MASK(pextd, bits_extract)

/*
 * Hashes of return addresses: Book I 3.3.17. Rounds of a Feistel cipher over 32 bits each, for four parts of
 * the input, with the same key in four orders.
 */
#define HASH_ROUNDS 32
#define HASH_KEY_WORDS 4

static uint16_t rotate16(uint16_t v, unsigned n)
{
	return (uint16_t)(v << n | v >> (16 - n));
}

/* The round keys that follow from the four of @key. */
static void hash_schedule(uint64_t key, uint16_t k[HASH_ROUNDS])
{
	const uint64_t z = 0xfa2561cdf44ac398;

	for (unsigned i = 0; i < HASH_KEY_WORDS; i++)
		k[i] = (uint16_t)(key >> (48 - 16 * i));
	for (unsigned i = HASH_KEY_WORDS; i < HASH_ROUNDS; i++) {
		uint16_t t = (uint16_t)(rotate16(k[i - 1], 13) ^ k[i - 3]);

		k[i] = (uint16_t)(0xfffc ^ (z >> (63 - (i - HASH_KEY_WORDS)) & 1) ^ k[i - 4] ^ t ^
				  rotate16(t, 15));
	}
}

static uint32_t hash_rounds(uint32_t v, const uint16_t k[HASH_ROUNDS], unsigned lane)
{
	uint16_t left = (uint16_t)v, right = (uint16_t)(v >> 16);

	for (unsigned i = 0; i < HASH_ROUNDS; i++) {
		uint16_t f = (uint16_t)((rotate16(left, 1) & rotate16(left, 8)) ^ rotate16(left, 2));
		uint16_t next = (uint16_t)(right ^ f ^ k[(i & ~3u) | ((i + lane) & 3)]);

		right = left;
		left = next;
	}
	return (uint32_t)right << 16 | left;
}

/* Bytes of two words, alternating: the last of @b is the first in the result. */
static uint64_t hash_interleave(uint32_t a, uint32_t b)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < 4; i++) {
		v |= (uint64_t)(a >> 8 * i & 0xff) << 16 * i;
		v |= (uint64_t)(b >> 8 * i & 0xff) << (56 - 16 * i);
	}
	return v;
}

static uint64_t hash_of(uint64_t a, uint64_t b, uint64_t key)
{
	uint64_t high = hash_interleave((uint32_t)(a >> 32), (uint32_t)b);
	uint64_t low = hash_interleave((uint32_t)a, (uint32_t)(b >> 32));
	uint16_t k[HASH_ROUNDS];

	hash_schedule(key, k);
	high = (uint64_t)hash_rounds((uint32_t)(high >> 32), k, 0) << 32 | hash_rounds((uint32_t)high, k, 1);
	low = (uint64_t)hash_rounds((uint32_t)(low >> 32), k, 2) << 32 | hash_rounds((uint32_t)low, k, 3);
	return high ^ low;
}

/* A multiple of 8 below RA: the field 6:10, and bit 31 before it. */
static uint64_t hash_ea(const struct icpu *cpu, const op_t *op)
{
	unsigned n = op->rt | ((unsigned)op->imm & 1) << 5;

	return cpu->gpr[op->ra] - 512 + 8 * n;
}

static enum insn_result hash_store(struct icpu *cpu, const op_t *op, uint64_t key)
{
	return mem_store(cpu, hash_ea(cpu, op), 8, hash_of(cpu->gpr[op->ra], RB, key));
}

static enum insn_result hash_check(struct icpu *cpu, const op_t *op, uint64_t key)
{
	uint64_t v;
	enum insn_result r = mem_load(cpu, hash_ea(cpu, op), 8, &v);

	if (r == INSN_OK && v != hash_of(cpu->gpr[op->ra], RB, key))
		r = INSN_TRAP;
	return r;
}

/* Where DEXCR does not ask for them, they do nothing: its first half is the supervisor's, the second that of
 * problem state. */
#define DEXCR_NPHIE PPC_BIT(5) /* hashst, hashchk */
#define DEXCR_PHIE  PPC_BIT(6) /* those of privileged state */

static bool hash_wanted(const struct icpu *cpu, uint64_t aspect)
{
	return cpu->dexcr & (cpu->msr & MSR_PR ? aspect >> 32 : aspect);
}

OP_CALL(hashst, CHECK_NONE)
{
	return hash_wanted(cpu, DEXCR_NPHIE) ? hash_store(cpu, op, cpu->hash_key) : INSN_OK;
}

OP_CALL(hashchk, CHECK_NONE)
{
	return hash_wanted(cpu, DEXCR_NPHIE) ? hash_check(cpu, op, cpu->hash_key) : INSN_OK;
}

/* Before ISA 3.1 this does nothing in problem state, too. */
#define CHECK_HASH_PRIV                                                                            \
	do {                                                                                       \
		if (cpu->isa >= 310)                                                               \
			CHECK_PRIV;                                                                \
	} while (0)

OP_CALL(hashstp, CHECK_HASH_PRIV)
{
	return hash_wanted(cpu, DEXCR_PHIE) ? hash_store(cpu, op, cpu->hash_key_priv) : INSN_OK;
}

OP_CALL(hashchkp, CHECK_HASH_PRIV)
{
	return hash_wanted(cpu, DEXCR_PHIE) ? hash_check(cpu, op, cpu->hash_key_priv) : INSN_OK;
}
