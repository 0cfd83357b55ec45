/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Running predecoded code. */
#ifndef PAPRIKA_INTERP_EXEC_H
#define PAPRIKA_INTERP_EXEC_H

struct icpu;

/*
 * Runs from cpu->pc until cpu->remaining instructions are used up or cpu->exiting is set. On return
 * cpu->pc is the next instruction and cpu->remaining what is left, or overdrawn by less than a page.
 */
void exec_run(struct icpu *cpu);

#endif
