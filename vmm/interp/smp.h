/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the vCPUs of a VM have in common, and what they and other threads ask of one another.
 *
 * A vCPU's translations and predecoded code are its own thread's. Whoever changes what they were made of
 * leaves a request, which that thread takes before it executes further: on its way into the guest, each
 * time its budget is used up, and at every instruction that synchronises the context. Where the architecture
 * promises that all others are done (ptesync after tlbie), the one that asks waits until each has taken
 * what it was asked, or is out of the guest.
 */
#ifndef PAPRIKA_INTERP_SMP_H
#define PAPRIKA_INTERP_SMP_H

#include <pthread.h>

#include "vmm/interp/cpu.h"

#define REQUESTS_MAX 64

enum request_kind {
	REQUEST_TLB,    /* tlbie: rb, rs, ric, radix */
	REQUEST_TLB_VIRTUAL, /* of the page of a hashed page table: rb offset, rs vsid, ric base shift, radix is 1T */
	REQUEST_TLB_ALL,
	REQUEST_REVOKE, /* rb: a page that now is code on vCPU rs: no more stores to it unseen */
	REQUEST_CODE,   /* rb: a page that was stored to */
	REQUEST_CODE_ALL,
};

struct request {
	uint64_t rb, rs;
	uint8_t kind, ric;
	bool radix;
	bool ran; /* REQUEST_REVOKE: asked of a vCPU that was executing, and perhaps storing */
};

/* Modes that another vCPU's h-call sets. */
#define SET_AIL        1u
#define SET_LE         2u
#define SET_PROC_TABLE 4u
#define SET_LEVEL      8u /* of the ISA: instructions are decoded anew */

struct requests {
	pthread_mutex_t lock; /* innermost */
	unsigned count;
	struct request list[REQUESTS_MAX];
	/* There were more: all translations go, all code goes, all code of others goes. */
	bool lost_tlb, lost_code, lost_revoke;
	unsigned set; /* SET_* */
	unsigned ail, le, level;
	uint64_t proc_table, proc_table_size;
	_Atomic uint32_t posted; /* how many there have ever been */
	/* Twice the number of those that are done, and 1 while the vCPU may be executing. A futex. */
	_Atomic uint32_t state;
	_Atomic uint32_t waiters;
};

struct interp {
	struct gmem *mem;
	unsigned count;
	unsigned threads; /* of a core */
	atomic_bool nmi_exits; /* system resets and machine checks end a run */
	struct icpu **cpus; /* NULL for those that are not open yet */
	_Atomic uint16_t *code_users; /* by page number: vCPUs that have predecoded it */
	uint64_t ram_size;
};

/* With count, mem, threads and ram_size set; ram_size is 0 for a VM that never runs. -ENOMEM. */
int smp_init(struct interp *vm);
void smp_done(struct interp *vm);
/* The requests of one vCPU: -ENOMEM. */
int smp_cpu_init(struct icpu *cpu);
void smp_cpu_done(struct icpu *cpu);
/* With no vCPU running: what was asked for before does not count any more. */
void smp_cpu_reset(struct icpu *cpu);

/* Any thread: @cpu takes this in time; it is not woken for it. */
void smp_post(struct icpu *cpu, const struct request *r);
/* Any thread: @set is one of SET_*, with its value in @a and @b. */
void smp_post_set(struct icpu *cpu, unsigned set, uint64_t a, uint64_t b);
/* Any thread, after @len bytes of RAM at @gpa have changed. */
void smp_memory_written(struct interp *vm, uint64_t gpa, uint64_t len);

/* A vCPU's own thread, within an exit: translations go everywhere before it executes again. Another thread,
 * while no vCPU runs: at once. */
void smp_invalidate(struct interp *vm, const struct request *r);

/* The rest: the vCPU's own thread. */
void smp_guest_enter(struct icpu *cpu);
void smp_guest_leave(struct icpu *cpu);
/* Does what was asked for. The code that executes may be gone: cpu->pc must be fetched anew. */
void smp_take(struct icpu *cpu);
/* The same, and what a sync has others told; without waiting for anything. */
void smp_look(struct icpu *cpu);
/* tlbie: to all others. */
void smp_tlb_invalidate(struct icpu *cpu, const struct request *r);
/* After the fence of a sync: what this vCPU stored to pages with code is told, and its tlbie are done
 * everywhere. As smp_take(). */
void smp_sync(struct icpu *cpu);
/* A page has become code on @cpu: the others' stores to it are to be seen. */
void smp_code_begins(struct icpu *cpu, uint64_t gpa);
void smp_code_ends(struct icpu *cpu, uint64_t gpa);
/* At a store to a page that may be code on others: they are told at the next sync. */
void smp_code_stored(struct icpu *cpu, uint64_t gpa);

/* Thread @n of the core of @cpu; NULL: it has fewer. */
static inline struct icpu *smp_core_thread(const struct icpu *cpu, unsigned n)
{
	const struct interp *vm = cpu->interp;
	unsigned place = cpu->place - cpu->place % vm->threads + n;

	return n < vm->threads && place < vm->count ? vm->cpus[place] : NULL;
}

static inline bool smp_page_is_code(const struct icpu *cpu, uint64_t gpa)
{
	return atomic_load_explicit(&cpu->interp->code_users[gpa >> 12], memory_order_relaxed) != 0;
}

#endif
