/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A vCPU of the interpreter: its life, and its runs between exits. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "vmm/base/log.h"
#include "vmm/cpu/vcpu.h"
#include "vmm/interp/code.h"
#include "vmm/interp/core.h"
#include "vmm/interp/cr.h"
#include "vmm/interp/exec.h"
#include "vmm/interp/fpu.h"
#include "vmm/interp/interp_impl.h"
#include "vmm/interp/native.h"
#include "vmm/interp/slb.h"
#include "vmm/interp/sleep.h"
#include "vmm/interp/tlb.h"

/* Instructions between two looks at the clock and at requests: some tens of microseconds; less where other
 * vCPUs wait for what they ask. */
#define BUDGET     16384
#define BUDGET_SMP 4096

/* A loop that waits has no more instructions than that; so many budgets of it are a long wait. */
#define WAIT_LOOP_MAX 32
#define WAITS_MAX     4

/* Predecoded pages, of 20 KiB each: one vCPU's, and what all of them share where there are many. */
#define CODE_PAGES     8192u
#define CODE_PAGES_ALL 65536u
#define CODE_PAGES_MIN 1024u

/* Native code, in bytes: likewise. */
#define NATIVE_SIZE     (64u << 20)
#define NATIVE_SIZE_ALL (256u << 20)
#define NATIVE_SIZE_MIN (4u << 20)

/* What a guest finds in FSCR before it sets it: every facility but TM and prefixes. */
#define FSCR_RESET 0

void interp_reset(struct vcpu *vcpu)
{
	struct icpu *cpu = vcpu->back;

	memset(cpu, 0, offsetof(struct icpu, insns));
	code_flush(cpu);
	smp_cpu_reset(cpu);
	atomic_store(&cpu->events, 0);
	cpu->isa = cpu->start_isa;
	cpu->pvr = cpu->model_pvr;
	cpu->server = vcpu->server;
	cpu->fscr = FSCR_RESET;
	cpu->ctrl = 1;
	cpu->proc_table = cpu->proc_table_size = 0;
	cpu->dec_expiry = timebase_now(cpu) + INT32_MAX;
	cr_unpack(cpu, 0);
	cpu->msr = MSR_SF | MSR_ME;
	slb_clear(cpu);
	cpu->fetch_stale = 1;
	tlb_select(cpu);
	code_flags_update(cpu);
	fpu_update(cpu);
}

void interp_vcpu_close(struct vcpu *vcpu)
{
	struct icpu *cpu = vcpu->back;

	if (!cpu)
		return;
	log_info("vCPU %u: guest instructions %llu", vcpu->index, (unsigned long long)cpu->insns);
	vcpu->back = NULL;
}

/* What one of @count vCPUs has of @all: @least to @most. */
static unsigned share(unsigned all, unsigned count, unsigned least, unsigned most)
{
	unsigned each = all / count;

	return each < least ? least : each > most ? most : each;
}

/* A vCPU runs without native code, too. */
static void native_try(struct icpu *cpu, unsigned count)
{
	int r = native_open(cpu, share(NATIVE_SIZE_ALL, count, NATIVE_SIZE_MIN, NATIVE_SIZE));

	if (r < 0 && r != -ENOTSUP && cpu->place == 0)
		log_info("interpreter: no native code, as this host permits no executable memory: %s", strerror(-r));
}

static int cpu_init(struct icpu *cpu, unsigned count)
{
	unsigned pages = share(CODE_PAGES_ALL, count, CODE_PAGES_MIN, CODE_PAGES);
	void *contexts;

	contexts = mmap(NULL, TLB_CONTEXTS * sizeof(*cpu->contexts), PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (contexts == MAP_FAILED)
		return -ENOMEM;
	cpu->contexts = contexts;
	return smp_cpu_init(cpu) < 0 ? -ENOMEM : code_init(cpu, pages);
}

void interp_vcpu_free(struct icpu *cpu)
{
	native_close(cpu);
	code_done(cpu);
	smp_cpu_done(cpu);
	if (cpu->contexts)
		munmap(cpu->contexts, TLB_CONTEXTS * sizeof(*cpu->contexts));
	free(cpu);
}

int interp_vcpu_open(struct accel *accel, struct vcpu *vcpu)
{
	const struct accel_params *p = &accel->params;
	struct icpu *cpu = aligned_alloc(64, align_up(sizeof(*cpu), 64));

	if (!cpu)
		return -ENOMEM;
	memset(cpu, 0, sizeof(*cpu));
	cpu->vcpu = vcpu;
	cpu->interp = &accel->vm;
	cpu->place = vcpu->index;
	cpu->ram = p->ram;
	cpu->ram_size = p->ram_size;
	cpu->hpt = accel->caps.hpt;
	cpu->model_isa = accel->caps.model.isa;
	cpu->start_isa = p->compat ? p->compat->isa : cpu->model_isa;
	cpu->model_pvr = accel->caps.model.pvr;
	if (cpu_init(cpu, accel->vm.count) < 0) {
		interp_vcpu_free(cpu);
		return -ENOMEM;
	}
	native_try(cpu, accel->vm.count);
	vcpu->back = cpu;
	interp_reset(vcpu);
	accel->vm.cpus[cpu->place] = cpu;
	return 0;
}

/* The answer to the last exit goes into the registers. */
static void exit_answer(struct icpu *cpu, const struct vcpu_exit *e)
{
	if (cpu->hcall_open) {
		cpu->hcall_open = 0;
		cpu->gpr[3] = (uint64_t)e->hcall.status;
		for (unsigned i = 0; i < HCALL_ARGS; i++)
			cpu->gpr[4 + i] = e->hcall.out[i];
	} else if (cpu->mmio_open) {
		cpu->mmio_open = 0;
		cpu->mmio_done = 1;
		cpu->mmio_data = e->mmio.data;
	}
}

void interp_settle(struct vcpu *vcpu, struct vcpu_exit *e)
{
	exit_answer(vcpu->back, e);
}

/* Requests, in the guest and between two instructions; false: it was kicked out. */
static bool events_see_to(struct icpu *cpu)
{
	uint32_t events = atomic_load(&cpu->events);

	if (unlikely(events & EVENTS_SYNC))
		smp_look(cpu);
	if (unlikely(cpu->code_reap))
		code_reap(cpu);
	if (likely(!(events & EVENT_KICK)))
		return true;
	atomic_fetch_and(&cpu->events, ~EVENT_KICK);
	return false;
}

static void interrupt_take(struct icpu *cpu)
{
	if (unlikely(atomic_load(&cpu->events) & EVENT_SYSTEM_RESET))
		intr_system_reset(cpu);
	else if (cpu->msr & MSR_EE)
		intr_deliver_pending(cpu);
}

/*
 * A vCPU that does nothing but wait for another one, whose thread the host may have put aside, leaves its
 * processor to it for a moment.
 */
static void wait_see_to(struct icpu *cpu)
{
	bool waited = cpu->priority_low || cpu->priority_drops > BUDGET_SMP / WAIT_LOOP_MAX;

	cpu->priority_drops = 0;
	if (!waited) {
		cpu->waits = 0;
	} else if (++cpu->waits == WAITS_MAX) {
		cpu->waits = 0;
		smp_guest_leave(cpu);
		sleep_yield(cpu->vcpu);
		smp_guest_enter(cpu);
	}
}

static void guest_run(struct icpu *cpu, struct vcpu_exit *e)
{
	int64_t most = cpu->interp->count > 1 ? BUDGET_SMP : BUDGET;

	for (;;) {
		/* an access that was answered completes first: an interrupt's handler has others */
		bool unfinished = cpu->mmio_done;
		int64_t budget = unfinished ? 0 : most;

		if (!events_see_to(cpu)) {
			e->kind = VCPU_EXIT_KICK;
			return;
		}
		if (timebase_now(cpu) >= cpu->dec_expiry &&
		    timebase_now(cpu) - cpu->dec_expiry < 1ULL << 62)
			cpu->dec_pending = true;
		if (!unfinished)
			interrupt_take(cpu);
		cpu->remaining = budget;
		if (likely(!cpu->exiting))
			exec_run(cpu);
		cpu->insns += (uint64_t)(budget - cpu->remaining);
		if (most != BUDGET)
			wait_see_to(cpu);
		if (cpu->exiting) {
			cpu->exiting = false;
			cpu->mmio_open = e->kind == VCPU_EXIT_MMIO && !cpu->hcall_open;
			return;
		}
	}
}

void interp_run(struct vcpu *vcpu, struct vcpu_exit *e)
{
	struct icpu *cpu = vcpu->back;

	exit_answer(cpu, e);
	cpu->exit = e;
	smp_guest_enter(cpu);
	guest_run(cpu, e);
	smp_guest_leave(cpu);
}
