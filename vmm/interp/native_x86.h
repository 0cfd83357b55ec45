/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An encoder of the x86-64 instructions that native code is made of: Intel's Software Developer's
 * Manual, volume
 * 2. Each call appends one instruction; the caller has made sure that there is room.
 *
 * Operands are named as the encoding does: reg is ModRM.reg, rm the other register. Memory operands
 * are a base register, none of RSP, RBP, R12 and R13, and a displacement.
 */
#ifndef PAPRIKA_INTERP_NATIVE_X86_H
#define PAPRIKA_INTERP_NATIVE_X86_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum x86_reg { RAX = 0, RCX = 1, RDX = 2, RSI = 6, RDI = 7, R8 = 8, R9 = 9 };
/* Of the operation: 32 bits, whose result has zeros above, or 64. */
enum x86_width { W32 = 0, W64 = 8 };

/* Opcodes "r, r/m"; a second byte is in the high half. */
enum x86_opcode {
	X86_ADD = 0x03,
	X86_OR = 0x0b,
	X86_ADC = 0x13,
	X86_SBB = 0x1b,
	X86_AND = 0x23,
	X86_SUB = 0x2b,
	X86_XOR = 0x33,
	X86_CMP = 0x3b,
	X86_MOVSXD = 0x63,
	X86_TEST = 0x85,
	X86_STORE8 = 0x88, /* r/m = r */
	X86_STORE = 0x89,
	X86_LOAD = 0x8b,
	X86_LEA = 0x8d,
	X86_MOVUPS_LOAD = 0x0f10,
	X86_MOVUPS_STORE = 0x0f11,
	X86_CMOVNE = 0x0f45,
	X86_IMUL = 0x0faf,
	X86_MOVZX8 = 0x0fb6,
	X86_MOVZX16 = 0x0fb7,
	X86_BSF = 0x0fbc,
	X86_BSR = 0x0fbd,
	X86_MOVSX8 = 0x0fbe,
	X86_MOVSX16 = 0x0fbf,
};

/* Extensions of group 1 (arithmetic with an immediate), group 2 (shifts) and group 3. */
enum x86_group1 { G1_ADD, G1_OR, G1_ADC, G1_SBB, G1_AND, G1_SUB, G1_XOR, G1_CMP };
enum x86_group2 { G2_ROL, G2_ROR, G2_SHL = 4, G2_SHR, G2_SAR = 7 };
enum x86_group3 { G3_NOT = 2, G3_NEG, G3_MUL, G3_IMUL };

/* Conditions; each with its lowest bit inverted is its opposite. */
enum x86_cond { CC_B = 2, CC_AE, CC_E, CC_NE, CC_BE, CC_A, CC_L = 12, CC_GE, CC_LE, CC_G };

struct x86 {
	uint8_t *p;
};

static inline void x86_u8(struct x86 *x, unsigned v)
{
	*x->p++ = (uint8_t)v;
}

static inline void x86_u32(struct x86 *x, uint32_t v)
{
	memcpy(x->p, &v, sizeof(v));
	x->p += sizeof(v);
}

static inline void x86_u64(struct x86 *x, uint64_t v)
{
	memcpy(x->p, &v, sizeof(v));
	x->p += sizeof(v);
}

static inline void x86_head(struct x86 *x, enum x86_width w, unsigned opcode, unsigned reg,
			    unsigned rm)
{
	unsigned rex = (unsigned)w | reg >> 3 << 2 | rm >> 3;

	if (rex)
		x86_u8(x, 0x40 | rex);
	if (opcode > 0xff)
		x86_u8(x, opcode >> 8);
	x86_u8(x, opcode & 0xff);
}

static inline void x86_rr(struct x86 *x, enum x86_width w, unsigned opcode, unsigned reg,
			  unsigned rm)
{
	x86_head(x, w, opcode, reg, rm);
	x86_u8(x, 0xc0 | (reg & 7) << 3 | (rm & 7));
}

static inline void x86_rm(struct x86 *x, enum x86_width w, unsigned opcode, unsigned reg,
			  enum x86_reg base, int32_t disp)
{
	bool small = disp == (int8_t)disp;

	x86_head(x, w, opcode, reg, base);
	x86_u8(x, (small ? 0x40u : 0x80u) | (reg & 7) << 3 | (base & 7));
	if (small)
		x86_u8(x, (uint8_t)disp);
	else
		x86_u32(x, (uint32_t)disp);
}

/* The same with [base + index * (1 << shift) + disp]. */
static inline void x86_rx(struct x86 *x, enum x86_width w, unsigned opcode, unsigned reg,
			  enum x86_reg base, enum x86_reg index, unsigned shift, int32_t disp)
{
	x86_head(x, w, opcode, reg, base);
	x86_u8(x, 0x84 | (reg & 7) << 3);
	x86_u8(x, shift << 6 | (index & 7u) << 3 | (base & 7u));
	x86_u32(x, (uint32_t)disp);
}

static inline void x86_ri(struct x86 *x, enum x86_width w, enum x86_group1 what, enum x86_reg rm,
			  int32_t imm)
{
	bool small = imm == (int8_t)imm;

	x86_rr(x, w, small ? 0x83 : 0x81, what, rm);
	if (small)
		x86_u8(x, (uint8_t)imm);
	else
		x86_u32(x, (uint32_t)imm);
}

static inline void x86_mi(struct x86 *x, enum x86_width w, enum x86_group1 what, enum x86_reg base,
			  int32_t disp, int32_t imm)
{
	bool small = imm == (int8_t)imm;

	x86_rm(x, w, small ? 0x83 : 0x81, what, base, disp);
	if (small)
		x86_u8(x, (uint8_t)imm);
	else
		x86_u32(x, (uint32_t)imm);
}

static inline void x86_shift_i(struct x86 *x, enum x86_width w, enum x86_group2 what,
			       enum x86_reg rm, unsigned n)
{
	x86_rr(x, w, 0xc1, what, rm);
	x86_u8(x, n);
}

static inline void x86_shift_cl(struct x86 *x, enum x86_width w, enum x86_group2 what,
				enum x86_reg rm)
{
	x86_rr(x, w, 0xd3, what, rm);
}

static inline void x86_unary(struct x86 *x, enum x86_width w, enum x86_group3 what, enum x86_reg rm)
{
	x86_rr(x, w, 0xf7, what, rm);
}

/* reg = imm, by the shortest form. */
static inline void x86_mov_i(struct x86 *x, enum x86_reg reg, uint64_t imm)
{
	if (imm == (uint32_t)imm) {
		x86_head(x, W32, 0xb8 | (reg & 7u), 0, reg);
		x86_u32(x, (uint32_t)imm);
	} else if ((int64_t)imm == (int32_t)imm) {
		x86_rr(x, W64, 0xc7, 0, reg);
		x86_u32(x, (uint32_t)imm);
	} else {
		x86_head(x, W64, 0xb8 | (reg & 7u), 0, reg);
		x86_u64(x, imm);
	}
}

/* A doubleword in memory = imm. */
static inline void x86_store_i(struct x86 *x, enum x86_reg base, int32_t disp, int32_t imm)
{
	x86_rm(x, W64, 0xc7, 0, base, disp);
	x86_u32(x, (uint32_t)imm);
}

static inline void x86_bswap(struct x86 *x, enum x86_width w, enum x86_reg reg)
{
	x86_head(x, w, 0x0fc8 | (reg & 7u), 0, reg);
}

/* The low byte of RAX, RCX or RDX. */
static inline void x86_setcc(struct x86 *x, enum x86_cond cc, enum x86_reg reg)
{
	x86_rr(x, W32, 0x0f90 | cc, 0, reg);
}

/* Jumps return where their 32-bit displacement is, for x86_patch(). */
static inline uint8_t *x86_jmp(struct x86 *x)
{
	x86_u8(x, 0xe9);
	x86_u32(x, 0);
	return x->p - 4;
}

static inline uint8_t *x86_jcc(struct x86 *x, enum x86_cond cc)
{
	x86_u8(x, 0x0f);
	x86_u8(x, 0x80u | cc);
	x86_u32(x, 0);
	return x->p - 4;
}

static inline void x86_patch(uint8_t *at, const uint8_t *target)
{
	int32_t disp = (int32_t)(target - (at + 4));

	memcpy(at, &disp, sizeof(disp));
}

#endif
