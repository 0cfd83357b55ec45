/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The interpreter as a back end: struct accel_ops over struct icpu. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "vmm/base/log.h"
#include "vmm/cpu/accel.h"
#include "vmm/cpu/hpt.h"
#include "vmm/cpu/model.h"
#include "vmm/cpu/vcpu.h"
#include "vmm/interp/code.h"
#include "vmm/interp/core.h"
#include "vmm/interp/cr.h"
#include "vmm/interp/decode.h"
#include "vmm/interp/exec.h"
#include "vmm/interp/fpu.h"
#include "vmm/interp/fuse.h"
#include "vmm/interp/slb.h"
#include "vmm/interp/sleep.h"
#include "vmm/interp/smp.h"
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

#define ISA_WITH_AIL   207

/* What a guest finds in FSCR before it sets it: every facility but TM and prefixes. */
#define FSCR_RESET 0

struct accel {
	struct accel_params params;
	struct accel_caps caps;
	struct interp vm;
};

#define BEHAVIOUR_FAVOUR_SECURITY PPC_BIT(0)
#define BEHAVIOUR_NO_L1D_ENTRY    PPC_BIT(7)
#define BEHAVIOUR_NO_L1D_UACCESS  PPC_BIT(8)
#define BEHAVIOUR_NO_STF_BARRIER  PPC_BIT(9)

/* An interpreted CPU does not speculate: nothing to flush and no barrier is needed. */
static const struct accel_caps interp_caps_all = {
	.timebase_hz = TIMEBASE_HZ,
	.radix = true,
	.hash = true,
	.slb_size = SLB_ENTRIES,
	.segments_1t = true,
	.storage_keys = 32,
	/* each with its encoding for tlbie's AP field in the top three bits: 4K, 64K, 2M, 1G */
	.radix_ap = {0x0000000c, 0xa0000010, 0x20000015, 0x4000001e},
	.radix_ap_count = 4,
	.join = true,
	.nmi = true,
	.behaviour = BEHAVIOUR_FAVOUR_SECURITY | BEHAVIOUR_NO_L1D_ENTRY | BEHAVIOUR_NO_L1D_UACCESS |
		     BEHAVIOUR_NO_STF_BARRIER,
};

static bool interp_cpu_supported(const struct cpu_model *model)
{
	return true;
}

/* The way in which h-calls make every vCPU forget translations. */
static void hpt_flush(void *ctx, const struct hpte_page *page)
{
	struct accel *a = ctx;

	smp_invalidate(&a->vm, &(struct request){.kind = REQUEST_TLB_VIRTUAL, .rb = page->offset,
						 .rs = page->vsid, .radix = page->is_1t,
						 .ric = (uint8_t)page->base_shift});
}

static void hpt_moved(void *ctx)
{
	struct accel *a = ctx;

	smp_invalidate(&a->vm, &(struct request){.kind = REQUEST_TLB_ALL});
}

static const struct hpt_ops interp_hpt_ops = {.flush = hpt_flush, .moved = hpt_moved};

static int hash_open(struct accel *a)
{
	unsigned shift = hpt_shift_for_memory(a->params.ram_size);

	a->caps.htab_shift = shift;
	/* a guest maps its RAM by the largest pages there are, to the end */
	a->caps.segment_pages_count = (unsigned)hpte_segment_pages(
		(unsigned)__builtin_ctzll(a->params.ram_size), a->caps.segment_pages,
		ACCEL_SEGMENT_PAGES);
	return hpt_new(shift, &interp_hpt_ops, a, &a->caps.hpt);
}

/* False, and @why: the processor has not that level. */
static bool model_check(const struct cpu_model *model, const struct cpu_level *compat, char *why,
			size_t size)
{
	if (!compat || compat->isa <= model->isa)
		return true;
	snprintf(why, size, "--compat=%s: %s is older; --compat=%s works", compat->name, model->name,
		 cpu_level_of_pvr(model->logical_pvr)->name);
	return false;
}

/* Before ISA 3.0 there are hashed page tables alone. */
static void radix_limit(struct accel *a)
{
	const struct cpu_level *level = cpu_level_of_pvr(a->caps.compat_pvr);

	if (!(a->caps.model.mmu & CPU_MMU_RADIX) || (level && level->isa < 300)) {
		a->caps.radix = false;
		a->caps.radix_ap_count = 0;
	}
}

/* A write to guest memory by the VMM: a vCPU's own thread, in an exit, or another. */
static void interp_memory_written(void *ctx, gpa_t gpa, uint64_t len)
{
	smp_memory_written(ctx, gpa.v, len);
}

static int interp_open(const struct accel_params *params, struct accel **ret_accel, char *why,
		       size_t why_size)
{
	const struct cpu_model *model = params->model ? params->model : cpu_model_find("power9");
	struct accel *a;

	if (!model_check(model, params->compat, why, why_size))
		return -ENOTSUP;
	a = calloc(1, sizeof(*a));
	if (a)
		a->vm = (struct interp){.mem = params->mem, .count = params->max_vcpus,
					.threads = params->threads ? params->threads : 1,
					.ram_size = params->ram ? params->ram_size : 0};
	if (!a || smp_init(&a->vm) < 0) {
		free(a);
		snprintf(why, why_size, "no memory");
		return -ENOMEM;
	}
	a->params = *params;
	a->caps = interp_caps_all;
	a->caps.model = *model;
	a->caps.compat_pvr = params->compat ? params->compat->logical_pvr : 0;
	radix_limit(a);
	if (hash_open(a) < 0) {
		free(a);
		snprintf(why, why_size, "no memory");
		return -ENOMEM;
	}
	decode_init();
	fuse_init();
	spr_init();
	if (params->ram)
		gmem_set_write_hook(params->mem, interp_memory_written, &a->vm);
	*ret_accel = a;
	return 0;
}

static void cpu_free(struct icpu *cpu)
{
	code_done(cpu);
	smp_cpu_done(cpu);
	if (cpu->contexts)
		munmap(cpu->contexts, TLB_CONTEXTS * sizeof(*cpu->contexts));
	free(cpu);
}

/* vCPUs are freed here, and not earlier: devices' threads may write to memory until then. */
static void interp_close(struct accel *accel)
{
	hpt_free(accel->caps.hpt);
	if (accel->params.ram)
		gmem_set_write_hook(accel->params.mem, NULL, NULL);
	for (unsigned i = 0; i < accel->vm.count; i++)
		if (accel->vm.cpus[i])
			cpu_free(accel->vm.cpus[i]);
	smp_done(&accel->vm);
	free(accel);
}

static int interp_vm_reset(struct accel *accel)
{
	hpt_reset(accel->caps.hpt);
	return 0;
}

static const struct accel_caps *interp_caps(const struct accel *accel)
{
	return &accel->caps;
}

static void interp_reset(struct vcpu *vcpu)
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

static void interp_vcpu_close(struct vcpu *vcpu)
{
	struct icpu *cpu = vcpu->back;

	if (!cpu)
		return;
	log_info("vCPU %u: guest instructions %llu", vcpu->index, (unsigned long long)cpu->insns);
	vcpu->back = NULL;
}

static int cpu_init(struct icpu *cpu, unsigned count)
{
	unsigned pages = CODE_PAGES_ALL / count;
	void *contexts;

	if (pages > CODE_PAGES)
		pages = CODE_PAGES;
	if (pages < CODE_PAGES_MIN)
		pages = CODE_PAGES_MIN;
	contexts = mmap(NULL, TLB_CONTEXTS * sizeof(*cpu->contexts), PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (contexts == MAP_FAILED)
		return -ENOMEM;
	cpu->contexts = contexts;
	return smp_cpu_init(cpu) < 0 ? -ENOMEM : code_init(cpu, pages);
}

static int interp_vcpu_open(struct accel *accel, struct vcpu *vcpu)
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
		cpu_free(cpu);
		return -ENOMEM;
	}
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

static void interp_settle(struct vcpu *vcpu, struct vcpu_exit *e)
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

static void interp_run(struct vcpu *vcpu, struct vcpu_exit *e)
{
	struct icpu *cpu = vcpu->back;

	exit_answer(cpu, e);
	cpu->exit = e;
	smp_guest_enter(cpu);
	guest_run(cpu, e);
	smp_guest_leave(cpu);
}

static void interp_nmi_exits(struct vcpu *vcpu, bool on)
{
	atomic_store(&vcpu->accel->vm.nmi_exits, on);
}

static void interp_regs_get(struct vcpu *vcpu, struct cpu_regs *r)
{
	const struct icpu *cpu = vcpu->back;

	memcpy(r->gpr, cpu->gpr, sizeof(r->gpr));
	r->pc = cpu->pc;
	r->msr = cpu->msr;
	r->lr = cpu->lr;
	r->ctr = cpu->ctr;
	r->xer = xer_get(cpu);
	r->srr0 = cpu->srr0;
	r->srr1 = cpu->srr1;
	r->dar = cpu->dar;
	r->dsisr = cpu->dsisr;
	r->cr = cr_pack(cpu);
}

static void interp_regs_set(struct vcpu *vcpu, const struct cpu_regs *r)
{
	struct icpu *cpu = vcpu->back;

	memcpy(cpu->gpr, r->gpr, sizeof(r->gpr));
	cpu->pc = r->pc;
	cpu->lr = r->lr;
	cpu->ctr = r->ctr;
	xer_set(cpu, r->xer);
	cpu->srr0 = r->srr0;
	cpu->srr1 = r->srr1;
	cpu->dar = r->dar;
	cpu->dsisr = r->dsisr;
	cr_unpack(cpu, r->cr);
	msr_set(cpu, r->msr);
	code_flags_update(cpu);
}

static int interp_spr_get(struct vcpu *vcpu, unsigned spr, uint64_t *ret_value)
{
	struct icpu *cpu = vcpu->back;

	if (spr != SPR_LPCR)
		return -EINVAL;
	*ret_value = cpu->lpcr;
	return 0;
}

static int interp_spr_set(struct vcpu *vcpu, unsigned spr, uint64_t value)
{
	struct icpu *cpu = vcpu->back;

	if (spr != SPR_LPCR)
		return -EINVAL;
	cpu->lpcr = value;
	return 0;
}

/* Applied at once by the vCPU's own thread, by another's as soon as that vCPU looks. */
static void set_or_post(struct vcpu *vcpu, unsigned set, uint64_t a, uint64_t b)
{
	struct icpu *cpu = vcpu->back;

	smp_post_set(cpu, set, a, b);
	if (!vcpu_self() || vcpu_self() == vcpu)
		smp_take(cpu);
}

static int interp_mode_set(struct vcpu *vcpu, enum accel_mode mode, unsigned value)
{
	struct icpu *cpu = vcpu->back;
	const struct cpu_level *level;

	switch (mode) {
	case ACCEL_MODE_AIL:
		if (value != 0 && (value != 3 || cpu->isa < ISA_WITH_AIL))
			return -ENOTSUP;
		set_or_post(vcpu, SET_AIL, value, 0);
		return 0;
	case ACCEL_MODE_LE:
		set_or_post(vcpu, SET_LE, value, 0);
		return 0;
	case ACCEL_MODE_LEVEL:
		level = cpu_level_of_pvr(value);
		set_or_post(vcpu, SET_LEVEL, level ? level->isa : cpu->model_isa, 0);
		return 0;
	}
	return -EINVAL;
}

static int interp_proc_table_set(struct vcpu *vcpu, gpa_t base, uint64_t size)
{
	struct icpu *cpu = vcpu->back;

	if (size && !check_range_u64(base.v, size, cpu->ram_size))
		return -EINVAL;
	set_or_post(vcpu, SET_PROC_TABLE, base.v, size);
	return 0;
}

static uint64_t interp_timebase(struct accel *accel)
{
	static const struct icpu zero;

	return timebase_now(&zero);
}

const struct accel_ops interp_accel_ops = {
	.name = "interp",
	.cpu_supported = interp_cpu_supported,
	.open = interp_open,
	.close = interp_close,
	.caps = interp_caps,
	.vm_reset = interp_vm_reset,
	.vcpu_open = interp_vcpu_open,
	.vcpu_close = interp_vcpu_close,
	.run = interp_run,
	.settle = interp_settle,
	.idle = sleep_idle,
	.yield = sleep_yield,
	.reset = interp_reset,
	.regs_get = interp_regs_get,
	.regs_set = interp_regs_set,
	.spr_get = interp_spr_get,
	.spr_set = interp_spr_set,
	.mode_set = interp_mode_set,
	.proc_table_set = interp_proc_table_set,
	.kick = sleep_kick,
	.external_irq = sleep_external_irq,
	.nmi_exits = interp_nmi_exits,
	.system_reset = sleep_system_reset,
	.timebase = interp_timebase,
};
