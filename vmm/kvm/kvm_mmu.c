/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Translation of guest addresses, and the modes of interrupts that live in LPCR. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "vmm/base/bits.h"
#include "vmm/cpu/hpt.h"
#include "vmm/kvm/kvm.h"

#define PATE1_GR  PPC_BIT(0) /* the second doubleword of a partition table entry: radix */
#define LPCR_ILE  PPC_BIT(38)
#define LPCR_AIL_SHIFT 23
#define LPCR_AIL  (3ULL << LPCR_AIL_SHIFT)
#define LPCR_LD   PPC_BIT(46)

static int mmu_configure(struct accel *a, uint64_t process_table)
{
	struct kvm_ppc_mmuv3_cfg cfg = {.process_table = process_table};
	int r;

	if (a->caps.radix) {
		cfg.flags = KVM_PPC_MMUV3_RADIX | KVM_PPC_MMUV3_GTSE;
		cfg.process_table |= PATE1_GR;
	}
	r = kvm_call_ptr(a->vm_fd, KVM_PPC_CONFIGURE_V3_MMU, &cfg);
	/* processors before ISA 3.0 have nothing to configure */
	return r < 0 && a->caps.model.isa < 300 ? 0 : r;
}

static int radix_open(struct accel *a, char *why, size_t why_size)
{
	struct kvm_ppc_rmmu_info info = {0};

	if (kvm_call_ptr(a->vm_fd, KVM_PPC_GET_RMMU_INFO, &info) < 0) {
		snprintf(why, why_size, "KVM does not tell its radix page sizes");
		return -ENOTSUP;
	}
	a->caps.radix = true;
	for (unsigned i = 0; i < ARRAY_SIZE(info.ap_encodings); i++)
		if (info.ap_encodings[i])
			a->caps.radix_ap[a->caps.radix_ap_count++] = info.ap_encodings[i];
	return 0;
}

static void cell_add(struct accel_caps *caps, uint32_t cell)
{
	if (caps->segment_pages_count < ACCEL_SEGMENT_PAGES)
		caps->segment_pages[caps->segment_pages_count++] = cell;
}

/* One base page size with the actual ones that memory of the host's page size can back. */
static void segment_pages_add(struct accel *a, const struct kvm_ppc_one_seg_page_size *s,
			      unsigned shift_max)
{
	unsigned count = 0;

	for (unsigned i = 0; i < ARRAY_SIZE(s->enc); i++)
		count += s->enc[i].page_shift && s->enc[i].page_shift <= shift_max;
	if (!s->page_shift || s->page_shift > shift_max || !count)
		return;
	cell_add(&a->caps, s->page_shift);
	cell_add(&a->caps, s->slb_enc);
	cell_add(&a->caps, count);
	for (unsigned i = 0; i < ARRAY_SIZE(s->enc); i++)
		if (s->enc[i].page_shift && s->enc[i].page_shift <= shift_max) {
			cell_add(&a->caps, s->enc[i].page_shift);
			cell_add(&a->caps, s->enc[i].pte_enc);
		}
}

static int htab_allocate(struct accel *a)
{
	uint32_t shift = a->caps.htab_shift;

	return kvm_call_ptr(a->vm_fd, KVM_PPC_ALLOCATE_HTAB, &shift);
}

/* The size that suits the memory, or the largest smaller one that the host has in one piece. */
static int htab_open(struct accel *a)
{
	int r = -ENOMEM;

	a->caps.htab_shift = hpt_shift_for_memory(a->params.ram_size);
	for (; a->caps.htab_shift >= HPT_SHIFT_MIN; a->caps.htab_shift--) {
		r = htab_allocate(a);
		if (r != -ENOMEM)
			break;
	}
	return r;
}

int kvm_segments_find(struct accel *a)
{
	unsigned page_shift = (unsigned)__builtin_ctzl((unsigned long)sysconf(_SC_PAGESIZE));
	struct kvm_ppc_smmu_info info = {0};
	int r = kvm_call_ptr(a->vm_fd, KVM_PPC_GET_SMMU_INFO, &info);

	if (r < 0 || (info.flags & KVM_PPC_NO_HASH))
		return r < 0 ? r : -ENOTSUP;
	a->caps.slb_size = info.slb_size;
	a->caps.segments_1t = info.flags & KVM_PPC_1T_SEGMENTS;
	a->caps.segment_pages_count = 0;
	for (unsigned i = 0; i < ARRAY_SIZE(info.sps); i++)
		segment_pages_add(a, &info.sps[i],
				  info.flags & KVM_PPC_PAGE_SIZES_REAL ? page_shift : 63);
	return 0;
}

static int hash_open(struct accel *a, char *why, size_t why_size)
{
	static const char functions[] = "hcall-pft\0hcall-bulk";
	int r;

	if ((a->type == ACCEL_KVM_HV && !kvm_extension(a->vm_fd, KVM_CAP_PPC_ALLOC_HTAB)) ||
	    kvm_segments_find(a) < 0) {
		snprintf(why, why_size, "this host's KVM has no guest translation that this version uses");
		return -ENOTSUP;
	}
	a->caps.hash = true;
	if (a->type == ACCEL_KVM_PR)
		return kvm_pr_open(a, why, why_size);
	a->caps.hypertas = functions;
	a->caps.hypertas_len = sizeof(functions);
	r = htab_open(a);
	if (r < 0)
		snprintf(why, why_size, "KVM cannot allocate a hashed page table: %s", strerror(-r));
	return r;
}

int kvm_mmu_open(struct accel *a, char *why, size_t why_size)
{
	const struct cpu_level *level = cpu_level_of_pvr(a->caps.compat_pvr);
	bool has_radix = !level || level->isa >= 300;

	if (has_radix && kvm_extension(a->vm_fd, KVM_CAP_PPC_MMU_RADIX))
		return radix_open(a, why, why_size);
	return hash_open(a, why, why_size);
}

int kvm_mmu_reset(struct accel *a)
{
	int r = 0;

	if (a->caps.hpt)
		hpt_reset(a->caps.hpt);
	else if (!a->caps.radix)
		r = htab_allocate(a);
	return r < 0 ? r : mmu_configure(a, 0);
}

int kvm_proc_table_set(struct vcpu *vcpu, gpa_t base, uint64_t size)
{
	struct accel *a = vcpu->accel;
	uint64_t entry = 0;

	if (size && (!a->caps.radix || !check_range_u64(base.v, size, a->params.ram_size)))
		return -EINVAL;
	if (size)
		entry = base.v | (uint64_t)(__builtin_ctzll(size) - 12);
	return mmu_configure(a, entry);
}

/* LPCR with the large decrementer, where there is one: false if the kernel does not keep it. */
bool kvm_large_decrementer(struct kvcpu *kv)
{
	uint64_t lpcr;

	return kv->accel->caps.dec_bits && kvm_reg_get(kv->fd, KVM_REG_PPC_LPCR_64, &lpcr) == 0 &&
	       (lpcr & LPCR_LD);
}

/* A level before ISA 3.0 has a decrementer of 32 bits. */
static uint64_t lpcr_decrementer(const struct kvcpu *kv, uint32_t level)
{
	const struct cpu_level *l = cpu_level_of_pvr(level);

	return kv->accel->caps.dec_bits && (!l || l->isa >= 300) ? LPCR_LD : 0;
}

/* A kernel without levels refuses the register of theirs, which is as good: the guest is at the host's. */
void kvm_mode_apply(struct kvcpu *kv)
{
	unsigned mode;
	uint32_t level;
	uint64_t lpcr;

	atomic_store(&kv->stale, false);
	if (atomic_exchange(&kv->sregs_stale, false))
		kvm_pr_refresh(kv);
	mode = atomic_load(&kv->mode);
	if (kvm_reg_get(kv->fd, KVM_REG_PPC_LPCR_64, &lpcr) < 0)
		return;
	lpcr &= ~(LPCR_ILE | LPCR_AIL | LPCR_LD);
	if (mode & KVM_MODE_LE)
		lpcr |= LPCR_ILE;
	level = atomic_load(&kv->level);
	lpcr |= lpcr_decrementer(kv, level);
	lpcr |= (uint64_t)(mode & KVM_MODE_AIL) << LPCR_AIL_SHIFT;
	kvm_reg_set_u64(kv->fd, KVM_REG_PPC_LPCR_64, lpcr);
	kvm_reg_set(kv->fd, KVM_REG_PPC_ARCH_COMPAT, &level);
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
	case ACCEL_MODE_LEVEL:
		atomic_store(&kv->level, value);
		mask = set = 0;
		break;
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
	atomic_store(&kv->stale, true);
	if (!pthread_equal(pthread_self(), vcpu->thread))
		kvm_vcpu_kick(vcpu);
	return 0;
}
