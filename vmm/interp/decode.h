/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From an instruction word to an operation slot. */
#ifndef PAPRIKA_INTERP_DECODE_H
#define PAPRIKA_INTERP_DECODE_H

#include "vmm/interp/cpu.h"
#include "vmm/interp/dispatch.h"

/*
 * Operand formats. rt, ra, rb, x stand for the slot's fields; A0 means register 32 (always zero) when
 * the field is 0. RAW: imm is the instruction word.
 */
enum insn_format {
	F_TAB,   /* rt = 6:10, ra = 11:15, rb = 16:20, x = 21:25, RAW */
	F_TA0B,  /* the same with A0 */
	F_SAB,   /* logical: rt = 11:15 (destination), ra = 6:10 (source), rb = 16:20, x = 21:25, RAW */
	F_D,     /* rt = 6:10, ra = 11:15 A0, imm = signed 16 bits */
	F_DA,    /* rt = 6:10, ra = 11:15, imm = signed 16 bits */
	F_DIS,   /* rt = 6:10, ra = 11:15 A0, imm = signed 16 bits << 16 */
	F_DL,    /* rt = 11:15 (destination), ra = 6:10, imm = unsigned 16 bits */
	F_DLS,   /* the same, imm << 16 */
	F_DS,    /* rt = 6:10, ra = 11:15 A0, imm = signed 14 bits << 2 */
	F_DSA,   /* the same, ra as it is */
	F_DQ,    /* rt = 6:10, ra = 11:15 A0, imm = signed 12 bits << 4 */
	F_CMP,   /* x = CR field 6:8, ra = 11:15, rb = 16:20, RAW */
	F_CMPI,  /* x = CR field 6:8, ra = 11:15, imm = signed 16 bits */
	F_CMPLI, /* x = CR field 6:8, ra = 11:15, imm = unsigned 16 bits */
	F_M,     /* rotates of words: rt = 11:15, ra = 6:10, rb/x = shift 16:20, imm = mask as 32 bits */
	F_MR,    /* the same, rb = register */
	F_MD,    /* rotates of doublewords: rt = 11:15, ra = 6:10, rb = shift (6 bits), x = MB or ME */
	F_MDS,   /* the same, rb = register */
	F_SH6,   /* rt = 11:15, ra = 6:10, rb = shift (6 bits: 30, 16:20) */
	F_I,     /* branch: imm = signed 26-bit displacement */
	F_B,     /* conditional branch: rt = BO, x = BI, imm = signed 16-bit displacement */
	F_BX,    /* branch to register: rt = BO, x = BI, rb = BH, RAW */
	F_V,     /* VMX: rt, ra, rb, x = VRT, VRA, VRB, VRC as VSR numbers (32 to 63), RAW */
	F_VA0B,  /* VMX memory: rt as VSR number, ra = 11:15 A0, rb = 16:20, RAW */
	F_XX,    /* VSX: rt, ra, rb, x = XT, XA, XB, XC (6 bits each), RAW */
	F_XXA0B, /* VSX memory: rt = XT (TX = 31), ra = 11:15 A0, rb = 16:20, RAW */
	F_XXM,   /* VSX moves from and to GPRs: rt = XT (TX = 31), ra = 11:15, rb = 16:20, RAW */
	F_DQX,   /* lxv: rt = XT (TX = 28), ra = A0, imm = signed 12 bits << 4 */
	F_DSV,   /* lxsd: rt = 32 + 6:10, ra = A0, imm = signed 14 bits << 2 */
	F_XXP,   /* VSR pairs: rt = the first (6:9, TX = 10), ra = 11:15 A0, rb = 16:20, RAW */
	F_DQP,   /* the same, imm = signed 12 bits << 4 */
	F_ACC,   /* rt = accumulator 6:8, ra, rb = XA, XB, imm: all rows and columns, as F_PACC */
	/* Prefixed: D34 is the displacement's low 32 bits in imm, the others in x with PREFIX_R, see prefix.h. */
	F_PNOP,
	F_P34,   /* rt = 6:10, ra = 11:15 A0, D34 */
	F_P34V,  /* the same, rt = 32 + 6:10 */
	F_P34X,  /* the same, rt = XT (TX = 5) */
	F_P34P,  /* the same, rt as in F_XXP */
	F_P8RR,  /* rt, ra, rb, x = XT, XA, XB, XC, imm = the prefix */
	F_P8RRD, /* rt = XT (TX = 15), x = 14, imm = the immediate */
	F_PACC,  /* rt = accumulator 6:8, ra, rb = XA, XB, imm = 16:31 of the prefix: PMSK, XMSK, YMSK */
	F_NR,
};

struct insn_desc {
	const char *name;
	uint32_t match, mask;
	uint16_t isa;
	uint8_t format;
	bool is_mem, is_branch;
	handler_fn *le, *be, *any; /* le and be are the same but for is_mem */
};

struct prefixed_desc {
	uint32_t match, mask; /* of the prefix */
	struct insn_desc suffix;
};

#define PREFIX_OPCODE 1

/* Every instruction that is implemented, in the table's order. */
extern const struct insn_desc insn_table[];
extern const unsigned insn_count;
extern const struct prefixed_desc prefixed_table[];
extern const unsigned prefixed_count;

/* Builds the look-up from words to instructions; once, before any other call here. */
void decode_init(void);
/* The instruction @word is, for a CPU of level @isa; NULL if it is illegal there. */
const struct insn_desc *decode_find(uint32_t word, unsigned isa);
/* Fills the operand fields of @op. */
void decode_operands(op_t *op, enum insn_format format, uint32_t word);

/* The same for the two words of a prefixed instruction. */
const struct insn_desc *decode_find_prefixed(uint32_t prefix, uint32_t suffix, unsigned isa);
void decode_operands_prefixed(op_t *op, enum insn_format format, uint32_t prefix, uint32_t suffix);

#endif
