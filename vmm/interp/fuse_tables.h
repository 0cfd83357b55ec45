/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The fused handlers by their members' places in the lists. */
#ifndef PAPRIKA_INTERP_FUSE_TABLES_H
#define PAPRIKA_INTERP_FUSE_TABLES_H

#include "vmm/interp/fuse_lists.h"

#define FUSE_NAME_ALU(name, ...)    FUSE_ALU_##name,
#define FUSE_NAME_SETCR(name, ...)  FUSE_SETCR_##name,
#define FUSE_NAME_BRANCH(name, ...) FUSE_BRANCH_##name,
#define FUSE_NAME_LOAD(name, ...)   FUSE_LOAD_##name,
#define FUSE_NAME_STORE(name, ...)  FUSE_STORE_##name,

enum fuse_alu { FUSE_ALU(FUSE_NAME_ALU) FUSE_ALU_NR };
enum fuse_setcr { FUSE_COMPARE(FUSE_NAME_SETCR) FUSE_RECORD(FUSE_NAME_SETCR) FUSE_SETCR_NR };
enum fuse_branch { FUSE_BRANCH(FUSE_NAME_BRANCH) FUSE_BRANCH_bdnz, FUSE_BRANCH_NR };
enum fuse_load { FUSE_LOAD(FUSE_NAME_LOAD) FUSE_LOAD_NR };
enum fuse_store { FUSE_STORE(FUSE_NAME_STORE) FUSE_STORE_NR };

/* A branch's displacement is within its page, or not. */
enum fuse_reach { FUSE_NEAR, FUSE_FAR, FUSE_REACH_NR };

extern handler_fn *const fuse_alu_alu[FUSE_ALU_NR][FUSE_ALU_NR][FUSE_DEP_NR];
extern handler_fn *const fuse_alu_branch[FUSE_ALU_NR][FUSE_BRANCH_NR]; /* near ones */
extern handler_fn *const fuse_setcr_branch[FUSE_SETCR_NR][FUSE_BRANCH_NR][FUSE_REACH_NR];
extern handler_fn *const fuse_alu_load[FUSE_ALU_NR][FUSE_LOAD_NR][FUSE_DEP_NR];
extern handler_fn *const fuse_alu_store[FUSE_ALU_NR][FUSE_STORE_NR];
extern handler_fn *const fuse_load_alu[FUSE_LOAD_NR][FUSE_ALU_NR][FUSE_DEP_NR];
/* Off one base, the second at the higher address. */
extern handler_fn *const fuse_load_load[FUSE_LOAD_NR];
extern handler_fn *const fuse_store_store[FUSE_STORE_NR];

#endif
