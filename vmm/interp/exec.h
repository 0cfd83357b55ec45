/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Running predecoded code. */
#ifndef PAPRIKA_INTERP_EXEC_H
#define PAPRIKA_INTERP_EXEC_H

#include "vmm/interp/cpu.h"
#include "vmm/interp/dispatch.h"

/*
 * Runs from cpu->pc until cpu->remaining instructions are used up or cpu->exiting is set. On return
 * cpu->pc is the next instruction and cpu->remaining what is left, or overdrawn by less than a page.
 */
void exec_run(struct icpu *cpu);

/*
 * The handler of slot @slot by itself, not fused and not native, and its operands; NULL: the slot is not decoded, or
 * another vCPU has stored something else there since.
 */
handler_fn *exec_decoded(struct icpu *cpu, const struct op_page *page, unsigned slot, op_t *op);

#endif
