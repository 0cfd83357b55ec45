/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Predecoded pages: made on first execution, kept true to what stores do to the memory behind them. */
#ifndef PAPRIKA_INTERP_CODE_H
#define PAPRIKA_INTERP_CODE_H

#include "vmm/interp/cpu.h"

/* Reserves the pool, of @pages, and the page maps. -ENOMEM. */
int code_init(struct icpu *cpu, unsigned pages);
void code_done(struct icpu *cpu);

/* The predecoded form, under the current code_flags, of the page of RAM at @gpa. */
struct op_page *code_page_get(struct icpu *cpu, uint64_t gpa);

/* Called before @len bytes of RAM at @gpa change: what was decoded from them is forgotten. */
void code_page_store(struct icpu *cpu, uint64_t gpa, uint64_t len);

static inline void code_written(struct icpu *cpu, uint64_t gpa, uint64_t len)
{
	for (uint64_t p = gpa >> 12; p <= (gpa + len - 1) >> 12; p++)
		if (unlikely(cpu->code[p] != NULL))
			code_page_store(cpu, gpa, len);
}

/* Between instructions only: gives up pages that were stored to often, or everything. */
void code_reap(struct icpu *cpu);
void code_flush(struct icpu *cpu);

/* True if a write entry may be made for the page of @gpa, which is noted; else it is code of some vCPU. */
bool code_write_begins(struct icpu *cpu, uint64_t gpa);
/* The same, before a store of @len bytes within the page: if it is code, what was decoded from them is
 * forgotten, by the other vCPUs in time. */
bool code_store_begins(struct icpu *cpu, uint64_t gpa, uint64_t len);
/* No context may store to this page any more without asking. */
void code_revoke_write(struct icpu *cpu, uint64_t gpa);

/* Any thread: what a vCPU has. */
static inline bool code_has_page(const struct icpu *cpu, uint64_t gpa)
{
	return __atomic_load_n(&cpu->code[gpa >> 12], __ATOMIC_RELAXED) != NULL;
}
static inline bool code_may_be_written(const struct icpu *cpu, uint64_t gpa)
{
	return __atomic_load_n(&cpu->written[gpa >> 12], __ATOMIC_RELAXED) != 0;
}

#endif
