/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host report's part about KVM: a VM of each type is made and asked. */
#include "vmm/kvm/host.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "vmm/base/bits.h"
#include "vmm/kvm/kvm.h"

static void pages_find(struct kvm_host_type *t, int vm_fd)
{
	struct kvm_ppc_rmmu_info radix = {0};
	struct kvm_ppc_smmu_info hash = {0};

	if (t->radix && kvm_call_ptr(vm_fd, KVM_PPC_GET_RMMU_INFO, &radix) == 0)
		for (unsigned i = 0; i < ARRAY_SIZE(radix.ap_encodings); i++)
			if (radix.ap_encodings[i])
				t->radix_shift[t->radix_pages++] = radix.ap_encodings[i] & 0x1f;
	if (t->hash && kvm_call_ptr(vm_fd, KVM_PPC_GET_SMMU_INFO, &hash) == 0)
		for (unsigned i = 0; i < ARRAY_SIZE(hash.sps); i++)
			if (hash.sps[i].page_shift && t->hash_pages < KVM_HOST_PAGES)
				t->hash_shift[t->hash_pages++] = (uint8_t)hash.sps[i].page_shift;
}

static void type_probe(struct kvm_host_type *t, int dev_fd, unsigned long type, bool lpar)
{
	int fd = kvm_call(dev_fd, KVM_CREATE_VM, type);

	*t = (struct kvm_host_type){0};
	if (fd < 0)
		return;
	t->there = true;
	t->radix = kvm_extension(fd, KVM_CAP_PPC_MMU_RADIX);
	/* HV on a processor before ISA 3.0 has hash without saying so; in an LPAR it never has */
	t->hash = type == KVM_VM_TYPE_PR || kvm_extension(fd, KVM_CAP_PPC_MMU_HASH_V3) ||
		  (!t->radix && !lpar);
	t->nested = kvm_extension(fd, KVM_CAP_PPC_NESTED_HV);
	t->secure = kvm_extension(fd, KVM_CAP_PPC_SECURE_GUEST);
	t->xics = kvm_extension(fd, KVM_CAP_IRQ_XICS);
	t->xive = kvm_extension(fd, KVM_CAP_PPC_IRQ_XIVE);
	t->htm = kvm_extension(fd, KVM_CAP_PPC_HTM);
	t->hwrng = kvm_extension(fd, KVM_CAP_PPC_HWRNG);
	t->ail3 = kvm_extension(fd, KVM_CAP_PPC_AIL_MODE_3);
	t->vcpus = (unsigned)kvm_extension(fd, KVM_CAP_MAX_VCPUS);
	pages_find(t, fd);
	close(fd);
}

/* As /proc/cpuinfo names the platform: PowerNV is bare metal. */
bool kvm_host_is_lpar(void)
{
	FILE *f = fopen("/proc/cpuinfo", "re");
	char line[256], platform[64] = "";

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "platform : %63s", platform) == 1)
			break;
	if (f)
		fclose(f);
	return !strcmp(platform, "pSeries");
}

void kvm_host_probe(struct kvm_host *h)
{
	const char *level = (const char *)getauxval(AT_PLATFORM);
	const char *base = (const char *)getauxval(AT_BASE_PLATFORM);
	int fd;

	*h = (struct kvm_host){.lpar = kvm_host_is_lpar(), .cpu = level};
	h->compat = level && base && strncmp(base, level, strlen(level));
	fd = kvm_device_open(h->why, sizeof(h->why));
	if (fd < 0)
		return;
	type_probe(&h->hv, fd, KVM_VM_TYPE_HV, h->lpar);
	type_probe(&h->pr, fd, KVM_VM_TYPE_PR, h->lpar);
	if (!h->hv.there && !h->pr.there)
		snprintf(h->why, sizeof(h->why), "/dev/kvm makes no VMs (try: modprobe kvm_hv)");
	close(fd);
}
