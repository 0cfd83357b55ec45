/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guest memory: one slot for all of RAM; and addresses whose stores ring doorbells. */
#include <errno.h>

#include "vmm/kvm/kvm.h"

int kvm_mem_open(struct accel *accel)
{
	const struct accel_params *p = &accel->params;
	struct kvm_userspace_memory_region region = {
		.slot = 0,
		.guest_phys_addr = 0,
		.memory_size = p->ram_size,
		.userspace_addr = (uintptr_t)p->ram,
	};

	return p->ram ? kvm_call_ptr(accel->vm_fd, KVM_SET_USER_MEMORY_REGION, &region) : 0;
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
