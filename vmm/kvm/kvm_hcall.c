/* SPDX-License-Identifier: GPL-2.0-or-later */
/* H-calls and RTAS calls that the kernel answers without an exit to user space. */
#include <stdio.h>
#include <string.h>

#include "vmm/base/log.h"
#include "vmm/kvm/kvm.h"

#define H_RANDOM 0x300

/* The kernel refuses what it has not: such calls keep coming here. */
void kvm_hcall_offload(struct accel *accel, uint64_t nr)
{
	/* without a generator in the processor its answer is H_HARDWARE; ours is a number */
	if (nr == H_RANDOM && (!accel->hwrng || !accel->params.rng))
		return;
	if (kvm_enable(accel->vm_fd, KVM_CAP_PPC_ENABLE_HCALL, nr, 1) == 0)
		log_debug("kvm: h-call %#llx is the kernel's", (unsigned long long)nr);
}

void kvm_rtas_offload(struct accel *accel, const char *name, uint32_t token)
{
	struct kvm_rtas_token_args args = {.token = token};

	if (!accel->caps.xics.ops || accel->rtas_count == KVM_RTAS_CALLS ||
	    strlen(name) >= sizeof(args.name))
		return;
	strcpy(args.name, name);
	if (kvm_call_ptr(accel->vm_fd, KVM_PPC_RTAS_DEFINE_TOKEN, &args) < 0)
		return;
	log_debug("kvm: RTAS %s is the kernel's", name);
	accel->rtas[accel->rtas_count++] = args;
}
