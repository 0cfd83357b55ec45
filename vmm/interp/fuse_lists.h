/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which instructions are fused with which: lists that make handlers (ops_fused*.c) and tables (fuse.c).
 * Chosen by how often the pairs are executed in kernels and in compiled programs.
 */
#ifndef PAPRIKA_INTERP_FUSE_LISTS_H
#define PAPRIKA_INTERP_FUSE_LISTS_H

#include "vmm/interp/dispatch.h"

/* M(name, uses_rb, ...): fixed-point instructions that set rt and can neither fault nor set XER[SO]. */
#define FUSE_ALU(M, ...)                                                                           \
	M(addi, 0, __VA_ARGS__)                                                                    \
	M(add, 1, __VA_ARGS__)                                                                     \
	M(subf, 1, __VA_ARGS__)                                                                    \
	M(neg, 0, __VA_ARGS__)                                                                     \
	M(mulld, 1, __VA_ARGS__)                                                                   \
	M(mulhdu, 1, __VA_ARGS__)                                                                  \
	M(and, 1, __VA_ARGS__)                                                                     \
	M(andc, 1, __VA_ARGS__)                                                                    \
	M(or, 1, __VA_ARGS__)                                                                      \
	M(ori, 0, __VA_ARGS__)                                                                     \
	M(xor, 1, __VA_ARGS__)                                                                     \
	M(nor, 1, __VA_ARGS__)                                                                     \
	M(extsw, 0, __VA_ARGS__)                                                                   \
	M(rlwinm, 0, __VA_ARGS__)                                                                  \
	M(rlwimi, 0, __VA_ARGS__)                                                                  \
	M(rldicl, 0, __VA_ARGS__)                                                                  \
	M(rldicr, 0, __VA_ARGS__)                                                                  \
	M(rldimi, 0, __VA_ARGS__)                                                                  \
	M(sld, 1, __VA_ARGS__)                                                                     \
	M(srd, 1, __VA_ARGS__)                                                                     \
	M(sradi, 0, __VA_ARGS__)                                                                   \
	M(addc, 1, __VA_ARGS__)                                                                    \
	M(adde, 1, __VA_ARGS__)                                                                    \
	M(subfc, 1, __VA_ARGS__)                                                                   \
	M(subfe, 1, __VA_ARGS__)

/*
 * The list for each member of a list. A macro does not expand within itself, so the inner use is put off:
 * FUSE_EACH(LIST(ROW)) with ROW(...) giving FUSE_AGAIN(FUSE_ALU)(CELL, ...).
 */
#define FUSE_NOTHING()
#define FUSE_EACH(...)     __VA_ARGS__
#define FUSE_ALU_AGAIN()   FUSE_ALU
#define FUSE_AGAIN(list)   list##_AGAIN FUSE_NOTHING()()

/* M(name, ...): what sets a CR field, x of a compare and CR0 of a record form. */
#define FUSE_COMPARE(M, ...)                                                                       \
	M(cmpw, __VA_ARGS__)                                                                       \
	M(cmpwi, __VA_ARGS__)                                                                      \
	M(cmplw, __VA_ARGS__)                                                                      \
	M(cmplwi, __VA_ARGS__)                                                                     \
	M(cmpd, __VA_ARGS__)                                                                       \
	M(cmpdi, __VA_ARGS__)                                                                      \
	M(cmpld, __VA_ARGS__)                                                                      \
	M(cmpldi, __VA_ARGS__)
#define FUSE_RECORD(M, ...)                                                                        \
	M(andi_rc, __VA_ARGS__)                                                                    \
	M(and_rc, __VA_ARGS__)                                                                     \
	M(or_rc, __VA_ARGS__)                                                                      \
	M(add_rc, __VA_ARGS__)                                                                     \
	M(subf_rc, __VA_ARGS__)                                                                    \
	M(addic_rc, __VA_ARGS__)                                                                   \
	M(rlwinm_rc, __VA_ARGS__)                                                                  \
	M(rldicl_rc, __VA_ARGS__)                                                                  \
	M(extsw_rc, __VA_ARGS__)

/* M(name, condition on the CR field's encoding c, ...): conditional branches. */
#define FUSE_BRANCH(M, ...)                                                                        \
	M(bc_lt, cr_lt(c), __VA_ARGS__)                                                            \
	M(bc_gt, cr_gt(c), __VA_ARGS__)                                                            \
	M(bc_eq, cr_eq(c), __VA_ARGS__)                                                            \
	M(bc_ge, !cr_lt(c), __VA_ARGS__)                                                           \
	M(bc_le, !cr_gt(c), __VA_ARGS__)                                                           \
	M(bc_ne, !cr_eq(c), __VA_ARGS__)

/* M(name, type in memory, type it extends from, address form D or X, ...) */
#define FUSE_LOAD(M, ...)                                                                          \
	M(lbz, uint8_t, uint8_t, D, __VA_ARGS__)                                                   \
	M(lhz, uint16_t, uint16_t, D, __VA_ARGS__)                                                 \
	M(lwz, uint32_t, uint32_t, D, __VA_ARGS__)                                                 \
	M(ld, uint64_t, uint64_t, D, __VA_ARGS__)                                                  \
	M(lbzx, uint8_t, uint8_t, X, __VA_ARGS__)                                                  \
	M(lwzx, uint32_t, uint32_t, X, __VA_ARGS__)                                                \
	M(ldx, uint64_t, uint64_t, X, __VA_ARGS__)
#define FUSE_STORE(M, ...)                                                                         \
	M(stb, uint8_t, D, __VA_ARGS__)                                                            \
	M(sth, uint16_t, D, __VA_ARGS__)                                                           \
	M(stw, uint32_t, D, __VA_ARGS__)                                                           \
	M(std, uint64_t, D, __VA_ARGS__)                                                           \
	M(stdx, uint64_t, X, __VA_ARGS__)

/* Two accesses off one base, through one translation: M(first, type, second, type). */
#define FUSE_LOAD_TWO(M) M(lwz, uint32_t) M(ld, uint64_t)
#define FUSE_STORE_TWO(M) M(stw, uint32_t) M(std, uint64_t)

/* What a fused pair's second instruction takes from the first: nothing, its ra or its rb. */
enum fuse_dep { FUSE_DEP_NONE, FUSE_DEP_RA, FUSE_DEP_RB, FUSE_DEP_NR };

#endif
