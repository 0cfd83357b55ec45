/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Translation of guest addresses, and the modes of interrupts that live in LPCR. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "vmm/base/bits.h"
#include "vmm/kvm/kvm.h"

#define PATE1_GR  PPC_BIT(0) /* the second doubleword of a partition table entry: radix */
#define LPCR_ILE  PPC_BIT(38)
#define LPCR_AIL_SHIFT 23
#define LPCR_AIL  (3ULL << LPCR_AIL_SHIFT)
#define LPCR_LD   PPC_BIT(46)

static int mmu_configure(struct accel *a, uint64_t process_table)
{
	struct kvm_ppc_mmuv3_cfg cfg = {
		.flags = KVM_PPC_MMUV3_RADIX | KVM_PPC_MMUV3_GTSE,
		.process_table = PATE1_GR | process_table,
	};

	return kvm_call_ptr(a->vm_fd, KVM_PPC_CONFIGURE_V3_MMU, &cfg);
}

int kvm_mmu_open(struct accel *a, char *why, size_t why_size)
{
	struct kvm_ppc_rmmu_info info = {0};

	if (!kvm_extension(a->vm_fd, KVM_CAP_PPC_MMU_RADIX)) {
		snprintf(why, why_size, "this host's KVM has no radix translation, which this version needs");
		return -ENOTSUP;
	}
	a->radix = true;
	if (kvm_call_ptr(a->vm_fd, KVM_PPC_GET_RMMU_INFO, &info) < 0) {
		snprintf(why, why_size, "KVM does not tell its radix page sizes");
		return -ENOTSUP;
	}
	for (unsigned i = 0; i < ARRAY_SIZE(info.ap_encodings); i++)
		if (info.ap_encodings[i])
			a->caps.radix_ap[a->caps.radix_ap_count++] = info.ap_encodings[i];
	return 0;
}

int kvm_mmu_reset(struct accel *a)
{
	return mmu_configure(a, 0);
}

int kvm_proc_table_set(struct vcpu *vcpu, gpa_t base, uint64_t size)
{
	struct accel *a = vcpu->accel;
	uint64_t entry = 0;

	if (size && !check_range_u64(base.v, size, a->params.ram_size))
		return -EINVAL;
	if (size)
		entry = base.v | (uint64_t)(__builtin_ctzll(size) - 12);
	return mmu_configure(a, entry);
}

/* No large decrementer: the device tree does not tell the guest of one. */
void kvm_mode_apply(struct kvcpu *kv)
{
	unsigned mode;
	uint64_t lpcr;

	atomic_store(&kv->mode_stale, false);
	mode = atomic_load(&kv->mode);
	if (kvm_reg_get(kv->fd, KVM_REG_PPC_LPCR_64, &lpcr) < 0)
		return;
	lpcr &= ~(LPCR_ILE | LPCR_AIL | LPCR_LD);
	if (mode & KVM_MODE_LE)
		lpcr |= LPCR_ILE;
	lpcr |= (uint64_t)(mode & KVM_MODE_AIL) << LPCR_AIL_SHIFT;
	kvm_reg_set_u64(kv->fd, KVM_REG_PPC_LPCR_64, lpcr);
}

/*
 * Another vCPU may be in the guest, where its registers cannot be set: it does that itself, on its way
 * back into the guest, and the kick brings it out.
 */
int kvm_mode_set(struct vcpu *vcpu, enum accel_mode mode, unsigned value)
{
	struct kvcpu *kv = vcpu->back;
	unsigned set = value, mask = KVM_MODE_AIL, old;

	switch (mode) {
	case ACCEL_MODE_AIL:
		if (value != 0 && (value != 3 || !kv->accel->ail3))
			return -ENOTSUP;
		break;
	case ACCEL_MODE_LE:
		mask = KVM_MODE_LE;
		set = value ? KVM_MODE_LE : 0;
		break;
	default:
		return -EINVAL;
	}
	old = atomic_load(&kv->mode);
	while (!atomic_compare_exchange_weak(&kv->mode, &old, (old & ~mask) | set))
		;
	atomic_store(&kv->mode_stale, true);
	if (!pthread_equal(pthread_self(), vcpu->thread))
		kvm_vcpu_kick(vcpu);
	return 0;
}
