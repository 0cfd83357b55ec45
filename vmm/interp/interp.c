/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The interpreter as a back end: struct accel_ops over struct icpu. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/cpu/hpt.h"
#include "vmm/cpu/model.h"
#include "vmm/cpu/vcpu.h"
#include "vmm/interp/core.h"
#include "vmm/interp/decode.h"
#include "vmm/interp/fuse.h"
#include "vmm/interp/interp_impl.h"
#include "vmm/interp/native.h"
#include "vmm/interp/slb.h"
#include "vmm/interp/sleep.h"

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
		smp_done(&a->vm);
		free(a);
		snprintf(why, why_size, "no memory");
		return -ENOMEM;
	}
	decode_init();
	fuse_init();
	native_init();
	spr_init();
	if (params->ram)
		gmem_set_write_hook(params->mem, interp_memory_written, &a->vm);
	*ret_accel = a;
	return 0;
}

/* vCPUs are freed here, and not earlier: devices' threads may write to memory until then. */
static void interp_close(struct accel *accel)
{
	hpt_free(accel->caps.hpt);
	if (accel->params.ram)
		gmem_set_write_hook(accel->params.mem, NULL, NULL);
	for (unsigned i = 0; i < accel->vm.count; i++)
		if (accel->vm.cpus[i])
			interp_vcpu_free(accel->vm.cpus[i]);
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
