/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The decoder's choice among the forms of a branch. */
#ifndef PAPRIKA_INTERP_OPS_BRANCH_H
#define PAPRIKA_INTERP_OPS_BRANCH_H

#include "vmm/interp/dispatch.h"

/*
 * The handler for the 64-bit mode branch @word in slot number @slot, whose general handler is @fn and
 * whose operands are decoded; adapts the operands to the handler it returns.
 */
handler_fn *branch_form(op_t *op, uint32_t word, unsigned slot, handler_fn *fn);

#endif
