/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests among vCPUs, and what they know of one another's code. */
#include "vmm/interp/smp.h"

#include <errno.h>
#include <linux/futex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "vmm/cpu/hpte.h"
#include "vmm/cpu/vcpu.h"
#include "vmm/interp/code.h"
#include "vmm/interp/core.h"
#include "vmm/interp/tlb.h"

#define STATE_IN_GUEST   1u
#define STATE_DONE_SHIFT 1

/* Looks at another vCPU before sleeping for it. */
#define SPINS 200

int smp_init(struct interp *vm)
{
	uint64_t size = (vm->ram_size >> 12) * sizeof(*vm->code_users);
	void *users = NULL;

	vm->cpus = calloc(vm->count, sizeof(*vm->cpus));
	if (!vm->cpus)
		return -ENOMEM;
	if (size) {
		users = mmap(NULL, size, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (users == MAP_FAILED) {
			free(vm->cpus);
			return -ENOMEM;
		}
	}
	vm->code_users = users;
	return 0;
}

void smp_done(struct interp *vm)
{
	if (vm->code_users)
		munmap(vm->code_users, (vm->ram_size >> 12) * sizeof(*vm->code_users));
	free(vm->cpus);
}

int smp_cpu_init(struct icpu *cpu)
{
	struct requests *q = aligned_alloc(64, align_up(sizeof(*q), 64));

	if (!q)
		return -ENOMEM;
	memset(q, 0, sizeof(*q));
	pthread_mutex_init(&q->lock, NULL);
	cpu->requests = q;
	return 0;
}

void smp_cpu_done(struct icpu *cpu)
{
	if (!cpu->requests)
		return;
	pthread_mutex_destroy(&cpu->requests->lock);
	free(cpu->requests);
	cpu->requests = NULL;
}

/* With the lock held: whoever enters the guest from now on sees that there is something to take. */
static void tell(struct icpu *cpu)
{
	atomic_fetch_add(&cpu->requests->posted, 1);
	atomic_fetch_or(&cpu->events, EVENT_REQUEST);
}

static bool is_executing(const struct icpu *cpu)
{
	return atomic_load(&cpu->requests->state) & STATE_IN_GUEST;
}

static struct request *find_last(struct requests *q, const struct request *r)
{
	struct request *last = q->count ? &q->list[q->count - 1] : NULL;

	if (last && last->kind == r->kind && last->rb == r->rb && last->rs == r->rs &&
	    last->ric == r->ric && last->radix == r->radix)
		return last;
	return NULL;
}

static void note_lost(struct requests *q, const struct request *r, bool ran)
{
	if (r->kind == REQUEST_TLB || r->kind == REQUEST_TLB_VIRTUAL || r->kind == REQUEST_TLB_ALL)
		q->lost_tlb = true;
	else if (r->kind != REQUEST_REVOKE)
		q->lost_code = true;
	else
		*(ran ? &q->lost_revoke : &q->lost_tlb) = true;
}

void smp_post(struct icpu *cpu, const struct request *r)
{
	struct requests *q = cpu->requests;
	struct request *to;
	bool ran;

	pthread_mutex_lock(&q->lock);
	to = find_last(q, r);
	if (!to && q->count < REQUESTS_MAX) {
		to = &q->list[q->count++];
		*to = *r;
	}
	tell(cpu);
	/* only now: one that is out of the guest takes it before it stores anything more */
	ran = is_executing(cpu);
	if (to)
		to->ran |= ran;
	else
		note_lost(q, r, ran);
	pthread_mutex_unlock(&q->lock);
}

static void post_to_others(struct icpu *cpu, const struct request *r)
{
	struct interp *vm = cpu->interp;

	for (unsigned i = 0; i < vm->count; i++)
		if (vm->cpus[i] && vm->cpus[i] != cpu)
			smp_post(vm->cpus[i], r);
}

void smp_post_set(struct icpu *cpu, unsigned set, uint64_t a, uint64_t b)
{
	struct requests *q = cpu->requests;

	pthread_mutex_lock(&q->lock);
	q->set |= set;
	if (set == SET_AIL) {
		q->ail = (unsigned)a;
	} else if (set == SET_LE) {
		q->le = (unsigned)a;
	} else if (set == SET_LEVEL) {
		q->level = (unsigned)a;
	} else {
		q->proc_table = a;
		q->proc_table_size = b;
	}
	tell(cpu);
	pthread_mutex_unlock(&q->lock);
}

/* Whoever is about to decode counts itself first: it is seen here, or it reads what was stored. */
static void tell_of_store(struct interp *vm, const struct icpu *but, uint64_t gpa)
{
	const struct request r = {.kind = REQUEST_CODE, .rb = gpa & ~0xfffULL};

	if (!atomic_load_explicit(&vm->code_users[gpa >> 12], memory_order_relaxed))
		return;
	for (unsigned i = 0; i < vm->count; i++)
		if (vm->cpus[i] && vm->cpus[i] != but && code_has_page(vm->cpus[i], gpa))
			smp_post(vm->cpus[i], &r);
}

void smp_memory_written(struct interp *vm, uint64_t gpa, uint64_t len)
{
	atomic_thread_fence(memory_order_seq_cst);
	for (uint64_t p = gpa >> 12; p <= (gpa + len - 1) >> 12; p++)
		tell_of_store(vm, NULL, p << 12);
}

static void tell_of_stores(struct icpu *cpu)
{
	atomic_fetch_and(&cpu->events, ~EVENT_STORED);
	for (unsigned i = 0; i < cpu->stored_count; i++)
		tell_of_store(cpu->interp, cpu, cpu->stored[i]);
	cpu->stored_count = 0;
}

void smp_code_stored(struct icpu *cpu, uint64_t gpa)
{
	if (cpu->interp->count == 1)
		return;
	gpa &= ~0xfffULL;
	if (cpu->stored_count && cpu->stored[cpu->stored_count - 1] == gpa)
		return;
	if (cpu->stored_count == ARRAY_SIZE(cpu->stored)) {
		atomic_thread_fence(memory_order_seq_cst);
		tell_of_stores(cpu);
	}
	cpu->stored[cpu->stored_count++] = gpa;
	atomic_fetch_or(&cpu->events, EVENT_STORED);
}

void smp_code_begins(struct icpu *cpu, uint64_t gpa)
{
	const struct request r = {.kind = REQUEST_REVOKE, .rb = gpa & ~0xfffULL, .rs = cpu->place};
	struct interp *vm = cpu->interp;

	atomic_fetch_add(&vm->code_users[gpa >> 12], 1);
	/* before the first instruction is read, and before others' entries are looked for */
	atomic_thread_fence(memory_order_seq_cst);
	for (unsigned i = 0; i < vm->count; i++)
		if (vm->cpus[i] && vm->cpus[i] != cpu && code_may_be_written(vm->cpus[i], gpa))
			smp_post(vm->cpus[i], &r);
}

void smp_code_ends(struct icpu *cpu, uint64_t gpa)
{
	atomic_fetch_sub(&cpu->interp->code_users[gpa >> 12], 1);
}

static long futex(_Atomic uint32_t *at, int op, uint32_t value, const struct timespec *limit)
{
	return syscall(SYS_futex, at, op, value, limit, NULL, 0);
}

/* The thread's own; others only read it. */
static void state_set(struct requests *q, uint32_t state)
{
	atomic_store(&q->state, state);
	if (unlikely(atomic_load(&q->waiters)))
		futex(&q->state, FUTEX_WAKE_PRIVATE, INT32_MAX, NULL);
}

void smp_guest_enter(struct icpu *cpu)
{
	struct requests *q = cpu->requests;

	atomic_store(&q->state, atomic_load_explicit(&q->state, memory_order_relaxed) | STATE_IN_GUEST);
}

void smp_guest_leave(struct icpu *cpu)
{
	struct requests *q = cpu->requests;

	state_set(q, atomic_load_explicit(&q->state, memory_order_relaxed) & ~STATE_IN_GUEST);
}

/* With a process table there are radix trees, and tlbie is the guest's; without, the hypervisor's. */
static void proc_table_set(struct icpu *cpu, uint64_t base, uint64_t size)
{
	cpu->proc_table = base;
	cpu->proc_table_size = size;
	cpu->lpcr &= ~(LPCR_UPRT | LPCR_HR | LPCR_GTSE);
	if (size)
		cpu->lpcr |= LPCR_UPRT | LPCR_HR | LPCR_GTSE;
	tlb_flush_all(cpu);
	tlb_select(cpu);
}

static void modes_set(struct icpu *cpu, const struct requests *q)
{
	if (q->set & SET_AIL)
		lpcr_set_ail(cpu, q->ail);
	if (q->set & SET_LE)
		lpcr_set_le(cpu, q->le);
	if (q->set & SET_LEVEL) {
		cpu->isa = q->level;
		code_flush(cpu);
	}
	if (q->set & SET_PROC_TABLE)
		proc_table_set(cpu, q->proc_table, q->proc_table_size);
}

static void request_do(struct icpu *cpu, const struct request *r)
{
	switch (r->kind) {
	case REQUEST_TLB:
		tlb_invalidate(cpu, r->rb, r->rs, r->ric, r->radix);
		break;
	case REQUEST_TLB_VIRTUAL:
		tlb_invalidate_virtual(cpu, &(struct hpte_page){.offset = r->rb, .vsid = r->rs,
								.base_shift = r->ric,
								.is_1t = r->radix});
		break;
	case REQUEST_TLB_ALL:
		tlb_flush_all(cpu);
		break;
	case REQUEST_REVOKE:
		code_revoke_write(cpu, r->rb);
		/* it may have decoded the page before what was stored in the meantime */
		if (r->ran)
			smp_post(cpu->interp->cpus[r->rs],
				 &(struct request){.kind = REQUEST_CODE, .rb = r->rb});
		break;
	case REQUEST_CODE:
		code_page_store(cpu, r->rb, 4096);
		break;
	case REQUEST_CODE_ALL:
		code_flush(cpu);
		break;
	}
}

static void requests_do(struct icpu *cpu, const struct requests *q)
{
	modes_set(cpu, q);
	if (q->lost_tlb || q->lost_revoke)
		tlb_flush_all(cpu);
	if (q->lost_code)
		code_flush(cpu);
	if (q->lost_revoke)
		post_to_others(cpu, &(struct request){.kind = REQUEST_CODE_ALL});
	for (unsigned i = 0; i < q->count; i++)
		request_do(cpu, &q->list[i]);
}

void smp_take(struct icpu *cpu)
{
	struct requests *q = cpu->requests, taken;
	uint32_t done;

	pthread_mutex_lock(&q->lock);
	memcpy(taken.list, q->list, q->count * sizeof(q->list[0]));
	taken.count = q->count;
	taken.lost_tlb = q->lost_tlb;
	taken.lost_code = q->lost_code;
	taken.lost_revoke = q->lost_revoke;
	taken.set = q->set;
	taken.ail = q->ail;
	taken.le = q->le;
	taken.level = q->level;
	taken.proc_table = q->proc_table;
	taken.proc_table_size = q->proc_table_size;
	q->count = q->set = 0;
	q->lost_tlb = q->lost_code = q->lost_revoke = false;
	done = atomic_load(&q->posted);
	atomic_fetch_and(&cpu->events, ~EVENT_REQUEST);
	pthread_mutex_unlock(&q->lock);
	requests_do(cpu, &taken);
	state_set(q, done << STATE_DONE_SHIFT |
			     (atomic_load_explicit(&q->state, memory_order_relaxed) & STATE_IN_GUEST));
}

void smp_cpu_reset(struct icpu *cpu)
{
	struct requests *q = cpu->requests;

	pthread_mutex_lock(&q->lock);
	q->count = q->set = 0;
	q->lost_tlb = q->lost_code = q->lost_revoke = false;
	pthread_mutex_unlock(&q->lock);
	cpu->stored_count = 0;
}

void smp_tlb_invalidate(struct icpu *cpu, const struct request *r)
{
	request_do(cpu, r);
	if (cpu->interp->count == 1)
		return;
	post_to_others(cpu, r);
	atomic_fetch_or(&cpu->events, EVENT_TLBIE);
}

void smp_invalidate(struct interp *vm, const struct request *r)
{
	struct vcpu *self = vcpu_self();

	if (self) {
		smp_tlb_invalidate(self->back, r);
		return;
	}
	for (unsigned i = 0; i < vm->count; i++)
		if (vm->cpus[i])
			request_do(vm->cpus[i], r);
}

/* True once @q's owner has done the first @want requests, or is out of the guest. */
static bool is_done(uint32_t state, uint32_t want)
{
	uint32_t left = (want << STATE_DONE_SHIFT) - (state & ~STATE_IN_GUEST);

	return !(state & STATE_IN_GUEST) || (int32_t)left <= 0;
}

static void wait_for(struct requests *q)
{
	/* a lost wake-up costs no more than this */
	const struct timespec limit = {.tv_nsec = 1000000};
	uint32_t want = atomic_load(&q->posted), state = atomic_load(&q->state);

	for (unsigned i = 0; i < SPINS && !is_done(state, want); i++)
		state = atomic_load(&q->state);
	if (is_done(state, want))
		return;
	atomic_fetch_add(&q->waiters, 1);
	while (state = atomic_load(&q->state), !is_done(state, want))
		futex(&q->state, FUTEX_WAIT_PRIVATE, state, &limit);
	atomic_fetch_sub(&q->waiters, 1);
}

/* Out of the guest while it waits: others wait for it no more than it would for itself. */
static void wait_for_others(struct icpu *cpu)
{
	struct interp *vm = cpu->interp;

	atomic_fetch_and(&cpu->events, ~EVENT_TLBIE);
	smp_guest_leave(cpu);
	for (unsigned i = 0; i < vm->count; i++)
		if (vm->cpus[i] && vm->cpus[i] != cpu)
			wait_for(vm->cpus[i]->requests);
	smp_guest_enter(cpu);
}

void smp_look(struct icpu *cpu)
{
	uint32_t events = atomic_load(&cpu->events);

	if (events & EVENT_STORED) {
		atomic_thread_fence(memory_order_seq_cst);
		tell_of_stores(cpu);
	}
	if (events & EVENT_TLBIE)
		wait_for_others(cpu);
	if (atomic_load(&cpu->events) & EVENT_REQUEST)
		smp_take(cpu);
}

void smp_sync(struct icpu *cpu)
{
	uint32_t events = atomic_load(&cpu->events);

	if (events & EVENT_STORED)
		tell_of_stores(cpu);
	if (events & EVENT_TLBIE)
		wait_for_others(cpu);
	if (atomic_load(&cpu->events) & EVENT_REQUEST)
		smp_take(cpu);
}
