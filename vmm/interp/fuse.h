/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fusion: one handler for two instructions that follow one another.
 *
 * The first slot gets the fused handler, the second keeps its own: so a branch to the second, and a fault
 * in it, need no care. A fused handler reads the operand fields of both slots; it stands until either
 * word is stored to (code.c resets the slots before a store, too).
 */
#ifndef PAPRIKA_INTERP_FUSE_H
#define PAPRIKA_INTERP_FUSE_H

#include "vmm/interp/dispatch.h"

/* Once, before any other call here. */
void fuse_init(void);

/*
 * The handler for slot @a, whose own handler is @fa, and the slot @b after it with @fb; NULL: these are not
 * fused. Both are decoded for 64-bit mode with XER[SO] = 0.
 */
handler_fn *fuse_pair(const op_t *a, handler_fn *fa, const op_t *b, handler_fn *fb);

#endif
