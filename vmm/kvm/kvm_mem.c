/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guest memory, of which all of RAM is one slot; and addresses whose stores ring doorbells. */
#include <errno.h>

#include "vmm/kvm/kvm.h"

int kvm_slot_set(struct accel *accel, enum kvm_slot slot, gpa_t gpa, uint64_t size, void *hva)
{
	struct kvm_userspace_memory_region region = {
		.slot = slot,
		.guest_phys_addr = gpa.v,
		.memory_size = size,
		.userspace_addr = (uintptr_t)hva,
	};

	return kvm_call_ptr(accel->vm_fd, KVM_SET_USER_MEMORY_REGION, &region);
}

int kvm_mem_open(struct accel *accel)
{
	const struct accel_params *p = &accel->params;

	return p->ram ? kvm_slot_set(accel, KVM_SLOT_RAM, GPA(0), p->ram_size, p->ram) : 0;
}

/* Of any length: the kernel then need not look at the instruction. */
int kvm_doorbell_set(struct accel *accel, gpa_t gpa, int fd, bool on)
{
	struct kvm_ioeventfd bell = {
		.addr = gpa.v,
		.fd = fd,
		.flags = on ? 0 : KVM_IOEVENTFD_FLAG_DEASSIGN,
	};

	return accel->doorbells ? kvm_call_ptr(accel->vm_fd, KVM_IOEVENTFD, &bell) : -ENOTSUP;
}
