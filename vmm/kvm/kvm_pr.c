/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kvm_pr: the guest runs in problem state, its page table is the VMM's. The kernel finds it by SDR1, which here
 * is a host address, answers the frequent h-calls on it and keeps shadows of what it translated.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "vmm/base/log.h"
#include "vmm/kvm/host.h"
#include "vmm/kvm/kvm.h"

/* SDR1 of the table that there is now; writing it drops every shadow that the vCPU has. */
static int sregs_write(struct kvcpu *kv, struct kvm_sregs *sregs)
{
	unsigned shift;
	uint64_t table = (uintptr_t)hpt_table(kv->accel->caps.hpt, &shift);

	sregs->pvr = kv->accel->caps.model.pvr;
	sregs->u.s.sdr1 = table | (shift - HPT_SHIFT_MIN);
	return kvm_call_ptr(kv->fd, KVM_SET_SREGS, sregs);
}

void kvm_pr_reset(struct kvcpu *kv)
{
	struct kvm_sregs sregs;

	memset(&sregs, 0, sizeof(sregs));
	if (sregs_write(kv, &sregs) < 0)
		log_error("kvm: the page table of vCPU %u cannot be set", kv->vcpu->index);
}

void kvm_pr_refresh(struct kvcpu *kv)
{
	struct kvm_sregs sregs;

	memset(&sregs, 0, sizeof(sregs));
	/* with the segments that the guest has */
	if (kvm_call_ptr(kv->fd, KVM_GET_SREGS, &sregs) == 0)
		sregs_write(kv, &sregs);
}

/*
 * Other vCPUs drop theirs on the way in that a kick brings about. Until then they may translate by what the entry
 * was, which no guest relies on: those that do change entries in use go through h-calls that the kernel answers.
 */
static void shadows_drop(struct accel *a)
{
	for (unsigned i = 0; i < a->params.max_vcpus; i++) {
		struct kvcpu *kv = a->vcpus[i];

		if (!kv)
			continue;
		if (kv->vcpu == vcpu_self()) {
			kvm_pr_refresh(kv);
			continue;
		}
		atomic_store(&kv->sregs_stale, true);
		atomic_store(&kv->stale, true);
		kvm_vcpu_kick(kv->vcpu);
	}
}

static void flush(void *ctx, const struct hpte_page *page)
{
	shadows_drop(ctx);
}

static void moved(void *ctx)
{
	shadows_drop(ctx);
}

int kvm_pr_open(struct accel *a, char *why, size_t why_size)
{
	static const struct hpt_ops ops = {.flush = flush, .moved = moved};
	int r;

	a->caps.htab_shift = hpt_shift_for_memory(a->params.ram_size);
	/* sc 1 of a guest in problem state goes to the host's own hypervisor */
	a->caps.fake_sc1 = kvm_host_is_lpar();
	r = hpt_new(a->caps.htab_shift, &ops, a, &a->caps.hpt);
	if (r < 0)
		snprintf(why, why_size, "no memory for a hashed page table");
	return r;
}
