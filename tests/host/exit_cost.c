/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * exit_cost N: a vCPU's thread of the KVM back end answers N unknown h-calls, from a kernel of our own behind
 * ioctl(). Run under qemu-user, which counts: the instructions of one exit to user space and back.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "hcalls/hcall.h"
#include "vmm/kvm/kvm.h"
#include "vmm/machine/machine.h"

static struct kvm_run *run;
static unsigned long left;

int ioctl(int fd, unsigned long request, ...)
{
	if (request == KVM_CREATE_VCPU)
		return dup(fd);
	if (request != KVM_RUN)
		return 0;
	if (!left--)
		_exit(0);
	run->exit_reason = KVM_EXIT_PAPR_HCALL;
	run->papr_hcall.nr = 0x4fc;
	return 0;
}

int main(int argc, char **argv)
{
	static struct kvcpu *kvcpus[1];
	static struct accel accel = {.xics_fd = -1, .xive_fd = -1, .run_size = 65536, .vcpus = kvcpus};
	static struct machine machine;
	struct vcpus *vcpus;

	left = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
	accel.vm_fd = memfd_create("run", 0);
	if (accel.vm_fd < 0 || ftruncate(accel.vm_fd, 65536) < 0)
		return 1;
	run = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_SHARED, accel.vm_fd, 0);
	hcall_init();
	if (run == MAP_FAILED ||
	    vcpus_new(&(struct vcpus_params){.ops = &kvm_accel_ops, .accel = &accel, .count = 1,
					     .handlers = machine_exit_handlers, .ctx = &machine},
		      &vcpus) < 0 ||
	    vcpu_start(vcpus_get(vcpus, 0), 0, 0, 0) < 0)
		return 1;
	vcpus_resume(vcpus);
	for (;;)
		pause();
}
