/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the two kinds of translation share of their caches. */
#ifndef PAPRIKA_INTERP_TLB_IMPL_H
#define PAPRIKA_INTERP_TLB_IMPL_H

#include "vmm/interp/tlb.h"

#define KEY_REAL           1ULL
#define KEY_KERNEL(amr)    (2ULL | (amr) << 8)
#define KEY_USER(pid)      (3ULL | (pid) << 8)
#define KEY_HASH(pr)       (4ULL | !!(pr))
#define KEY_IS_HASH(key)   (((key) & 0xfe) == 4)
#define KEY_IS_KERNEL(key) (((key) & 0xff) == 2 || (key) == KEY_HASH(0))
#define KEY_IS_USER(key)   (((key) & 0xff) == 3)

/* All entries out. */
void context_clear(struct tlb *t);
/* Those of quadrant 0 out of a supervisor's context. */
void context_drop_user(struct tlb *t);
/* The context longest unused, but for those in use, empty and under another key. */
struct tlb *context_take(struct icpu *cpu, uint64_t key);

/* The context of relocated accesses, with hashed page tables. */
struct tlb *hash_context(struct icpu *cpu);
/* Before an entry for @ea goes into @t, a context of problem state. */
void hash_note_segment(const struct icpu *cpu, struct tlb *t, uint64_t ea);

#endif
