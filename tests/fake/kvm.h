/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel for the KVM back end's tests: ioctl() of a program that links this answers for /dev/kvm. Each KVM_RUN
 * plays the next of the exits that a test has lined up.
 */
#ifndef PAPRIKA_TESTS_FAKE_KVM_H
#define PAPRIKA_TESTS_FAKE_KVM_H

#include "vmm/kvm/kvm.h"

#define FAKE_KVM_VM_FD   1000
#define FAKE_KVM_VCPU_FD 1001

struct fake_kvm {
	struct kvm_run *run;
	int result[8]; /* of KVM_RUN: 0 or a negative errno */
	void (*play[8])(struct kvm_run *run);
	unsigned runs, lined_up;
	struct kvm_regs regs;
	unsigned regs_set, immediate;
	uint64_t lpcr, dar;
	uint32_t dsisr;
	struct kvm_sregs sregs;
	unsigned sregs_set;
	uint32_t interrupt;
	unsigned fwnmi; /* how often it was enabled */
	/* KVM_CREATE_SPAPR_TCE_64: the last, and its answer, a descriptor that is then the caller's or a negative errno */
	struct kvm_create_spapr_tce_64 tce;
	unsigned tces;
	int tce_fd;
	/* KVM_IRQFD and KVM_IRQ_LINE: the last, how often, and the former's answer */
	struct kvm_irqfd irqfd;
	struct kvm_irq_level line;
	unsigned irqfds, lines;
	int irqfd_result;
	uint32_t missing; /* a capability that it does not have */
};

extern struct fake_kvm fake_kvm;

/* A VM with a vCPU, whose thread is the caller's. */
struct fake_kvm_vm {
	struct accel accel;
	struct vcpu vcpu;
	struct vcpu_exit exit;
};

struct fake_kvm_vm *fake_kvm_open(void);
void fake_kvm_close(struct fake_kvm_vm *vm);
void fake_kvm_line_up(void (*play)(struct kvm_run *run), int result);

#endif
