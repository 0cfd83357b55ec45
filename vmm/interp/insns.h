/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The instruction table: INSN(name, pattern, format, isa).
 *   name     the handler is h_<name>; a record form's name ends in "_rc", an OE form's in "o"
 *   pattern  a macro below: it expands to the value and the mask of the fixed bits
 *   format   which operand fields the slot gets: an F_* of decode.h
 *   isa      the first level that has it: 200 (2.00 and before) .. 206, 207, 300, 310
 * PREFIXED(name, pattern of the prefix, pattern of the suffix, format, isa) and PREFIXED_MEM are an
 * instruction of two words.
 * MEM(...) is the same for an instruction that accesses memory: it has three handlers, h_le_<name>,
 * h_be_<name> and h_any_<name>, all from one body in an ops_mem*.inc.
 */
#ifndef PAPRIKA_INTERP_INSNS_H
#define PAPRIKA_INTERP_INSNS_H

#define OPCD(o) ((uint32_t)(o) << 26)

#define P_D(o)        OPCD(o), 0xfc000000u
#define P_DS(o, xo)   (OPCD(o) | (xo)), 0xfc000003u
#define P_DQ(o, xo)   (OPCD(o) | (xo)), 0xfc000007u
#define P_MD(o, xo)   (OPCD(o) | (xo) << 2), 0xfc00001cu       /* Rc free */
#define P_MDS(o, xo)  (OPCD(o) | (xo) << 1), 0xfc00001eu       /* Rc free */
/* 10-bit extended opcode in bits 21:30, Rc = 0 or 1 */
#define P_X(o, xo)    (OPCD(o) | (xo) << 1), 0xfc0007ffu
#define P_XRC(o, xo)  (OPCD(o) | (xo) << 1 | 1), 0xfc0007ffu
#define P_XANY(o, xo) (OPCD(o) | (xo) << 1), 0xfc0007feu       /* bit 31 free */
/* the same with bits 11:15 fixed as well */
#define P_XA(o, xo, a)   (OPCD(o) | (uint32_t)(a) << 16 | (xo) << 1), 0xfc1f07ffu
#define P_XARC(o, xo, a) (OPCD(o) | (uint32_t)(a) << 16 | (xo) << 1 | 1), 0xfc1f07ffu
/* 8-bit extended opcode in bits 23:30, bit 31 = 0 or 1 */
#define P_Z23(o, xo)   (OPCD(o) | (xo) << 1), 0xfc0001ffu
#define P_Z23RC(o, xo) (OPCD(o) | (xo) << 1 | 1), 0xfc0001ffu
/* 9-bit extended opcode in bits 22:30, bit 31 = 0 or 1 */
#define P_Z22(o, xo)   (OPCD(o) | (xo) << 1), 0xfc0003ffu
#define P_Z22RC(o, xo) (OPCD(o) | (xo) << 1 | 1), 0xfc0003ffu
/* 9-bit XO form, OE in bit 21 */
#define P_XS(o, xo)   (OPCD(o) | (xo) << 2), 0xfc0007fdu
#define P_XSRC(o, xo) (OPCD(o) | (xo) << 2 | 1), 0xfc0007fdu
/* 5-bit extended opcode in bits 26:30 (A form) */
#define P_A(o, xo)    (OPCD(o) | (xo) << 1), 0xfc00003fu
#define P_ARC(o, xo)  (OPCD(o) | (xo) << 1 | 1), 0xfc00003fu
/* VMX: VX 11 bits 21:31; VC 10 bits 22:31 with Rc in bit 21; VA 6 bits 26:31 */
#define P_VX(xo)      (OPCD(4) | (xo)), 0xfc0007ffu
#define P_VXA(xo, a)  (OPCD(4) | (uint32_t)(a) << 16 | (xo)), 0xfc1f07ffu
#define P_VC(xo)      (OPCD(4) | (xo)), 0xfc0007ffu
#define P_VCRC(xo)    (OPCD(4) | 0x400 | (xo)), 0xfc0007ffu
#define P_VA(xo)      (OPCD(4) | (xo)), 0xfc00003fu
/* VSX, opcode 60: XX1 10 bits 21:30; XX2 9 bits 21:29; XX3 8 bits 21:28; XX3 compare 7 bits 22:28 with
 * Rc in bit 21; XX4 2 bits 26:27; sub-opcode in bits 11:15 */
#define P_XX1(xo)      (OPCD(60) | (xo) << 1), 0xfc0007feu
#define P_XX2(xo)      (OPCD(60) | (xo) << 2), 0xfc0007fcu
#define P_XX2A(xo, a)  (OPCD(60) | (uint32_t)(a) << 16 | (xo) << 2), 0xfc1f07fcu
#define P_XX3(xo)      (OPCD(60) | (xo) << 3), 0xfc0007f8u
#define P_XX3C(xo)     (OPCD(60) | (xo) << 3), 0xfc0007f8u
#define P_XX3CRC(xo)   (OPCD(60) | 0x400 | (xo) << 3), 0xfc0007f8u
#define P_XX4(xo)      (OPCD(60) | (xo) << 4), 0xfc000030u
/* MMA: an accumulator in 6:8 and two VSRs, opcode 59, 8 bits 21:28; the other form has its register alone */
#define P_GER(xo)      (OPCD(59) | (xo) << 3), 0xfc6007f9u
#define P_ACC(a)       (OPCD(31) | (uint32_t)(a) << 16 | 177 << 1), 0xfc7fffffu
/*
 * Prefixes: type in 6:7, and below it what else is fixed. Bits that may be anything are those that the ISA has
 * as "//", which processors ignore.
 */
#define PREFIX_(type, sub) (1u << 26 | (uint32_t)(type) << 24 | (uint32_t)(sub) << 20)
#define P_8LS          PREFIX_(0, 0), 0xff800000u              /* R in 11, 18 bits of displacement in 14:31 */
#define P_MLS          PREFIX_(2, 0), 0xff800000u
#define P_8RR          PREFIX_(1, 0), 0xfff00000u              /* an immediate in 24:31 */
#define P_8RR_D        PREFIX_(1, 0), 0xfff00000u              /* 16 bits of an immediate in 16:31 */
#define P_MMIRR        PREFIX_(3, 9), 0xfff00000u              /* masks of rows and columns in 16:31 */
#define P_PNOP         PREFIX_(3, 0), 0xfff3ffffu
/* anything else: the value and the mask themselves */
#define P_MASK(v, m)   (v), (m)

#endif
