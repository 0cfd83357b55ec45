/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The KVM back end's own state. Source: Documentation/virt/kvm/api.rst, arch/powerpc.
 *
 * Threads: struct accel does not change once the first vCPU runs; a struct kvcpu belongs to its vCPU's
 * thread but for what is marked otherwise.
 */
#ifndef PAPRIKA_KVM_KVM_H
#define PAPRIKA_KVM_KVM_H

#include <linux/kvm.h>
#include <stdatomic.h>

#include "vmm/cpu/accel.h"
#include "vmm/cpu/vcpu.h"

#define KVM_RTAS_CALLS 4

struct accel {
	struct accel_params params;
	struct accel_caps caps;
	enum accel_kvm_type type; /* HV or PR */
	int dev_fd, vm_fd;
	size_t run_size; /* bytes of a vCPU's struct kvm_run with what follows it */
	bool hwrng, ail3, doorbells, irqfds;
	uint64_t tb_offset; /* host timebase to guest timebase */

	/* kvm_nmi.c */
	atomic_bool nmi_exits; /* a guest has asked to be told */
	atomic_bool fwnmi;     /* so the kernel has been told to leave machine checks to us */

	/* kvm_tce.c */
	struct dma_backing tces;
	bool tces_refused; /* once at least, and said */

	/* kvm_irqchip.c */
	int xics_fd, xive_fd; /* -1: not the guest's controller now */
	unsigned irq_used;
	bool irq_level[IRQ_SOURCES]; /* level-sensitive */
	struct kvm_rtas_token_args rtas[KVM_RTAS_CALLS]; /* of XICS: the kernel answers them while that is active */
	unsigned rtas_count;
	struct kvcpu **vcpus; /* params.max_vcpus of them; NULL: not open */

	/* kvm_xive.c: the device's pages, while xive_fd is there; until then those of esb are memory that nobody reads */
	void *esb, *tima;
	_Atomic bool irq_asserted[IRQ_SOURCES]; /* lines of level-sensitive sources */
};

/* Exits by reason, for the report at the end. */
enum kvm_count {
	KVM_COUNT_HCALL,
	KVM_COUNT_MMIO,
	KVM_COUNT_INTR,
	KVM_COUNT_OTHER,
	KVM_COUNT_NR,
};

struct kvcpu {
	struct vcpu *vcpu;
	struct accel *accel;
	int fd;
	struct kvm_run *run;
	uint64_t counts[KVM_COUNT_NR];
	char reason[160]; /* of a failure */

	/* Any thread. */
	atomic_bool kicked;
	atomic_uint kicks; /* futex of a vCPU that idles */
	atomic_uint mode;  /* KVM_MODE_*: what LPCR is to be */
	atomic_uint level; /* logical PVR of the architecture level that it is to have; 0: its own */
	atomic_bool system_reset; /* to be taken */
	atomic_bool stale; /* on its way in the vCPU is to see to these three, */
	atomic_bool sregs_stale; /* and to SDR1 */
};

#define KVM_MODE_LE   4u
#define KVM_MODE_AIL  3u /* the field itself */

/* Types of KVM_CREATE_VM. */
#define KVM_VM_TYPE_HV 1UL
#define KVM_VM_TYPE_PR 2UL

/* /dev/kvm, or a negative errno with @why saying what is wrong and what may help. */
int kvm_device_open(char *why, size_t size);
/* An ioctl without and with an argument: its result, or a negative errno. */
int kvm_call(int fd, unsigned long request, unsigned long arg);
int kvm_call_ptr(int fd, unsigned long request, const void *arg);
/* A capability's value; 0: not there. */
int kvm_extension(int fd, unsigned cap);
int kvm_enable(int fd, unsigned cap, uint64_t arg0, uint64_t arg1);

/* kvm_regs.c */
int kvm_reg_get(int vcpu_fd, uint64_t id, void *value);
int kvm_reg_set(int vcpu_fd, uint64_t id, const void *value);
int kvm_reg_set_u64(int vcpu_fd, uint64_t id, uint64_t value);
void kvm_regs_get(struct vcpu *vcpu, struct cpu_regs *ret_regs);
void kvm_regs_set(struct vcpu *vcpu, const struct cpu_regs *regs);
int kvm_spr_get(struct vcpu *vcpu, unsigned spr, uint64_t *ret_value);
int kvm_spr_set(struct vcpu *vcpu, unsigned spr, uint64_t value);
/* Every register as at power-on. */
void kvm_regs_reset(struct kvcpu *kv);

/* kvm_vcpu.c */
int kvm_vcpu_open(struct accel *accel, struct vcpu *vcpu);
void kvm_vcpu_close(struct vcpu *vcpu);
void kvm_vcpu_run(struct vcpu *vcpu, struct vcpu_exit *exit);
void kvm_vcpu_settle(struct vcpu *vcpu, struct vcpu_exit *exit);
void kvm_vcpu_idle(struct vcpu *vcpu);
void kvm_vcpu_reset(struct vcpu *vcpu);
void kvm_vcpu_kick(struct vcpu *vcpu);

/* kvm_mem.c: memory slots; stores that the kernel answers. */
enum kvm_slot { KVM_SLOT_RAM, KVM_SLOT_TIMA, KVM_SLOT_IPI_ESB, KVM_SLOT_ESB };
/* @size 0: the slot is no more. */
int kvm_slot_set(struct accel *accel, enum kvm_slot slot, gpa_t gpa, uint64_t size, void *hva);
int kvm_mem_open(struct accel *accel);
int kvm_doorbell_set(struct accel *accel, gpa_t gpa, int fd, bool on);

/* kvm_mmu.c */
int kvm_mmu_open(struct accel *accel, char *why, size_t why_size);
/* Page sizes of hashed page tables; kvm_pr tells all of them once the first vCPU is there and has its PVR. */
int kvm_segments_find(struct accel *accel);
int kvm_mmu_reset(struct accel *accel);
int kvm_mode_set(struct vcpu *vcpu, enum accel_mode mode, unsigned value);
/* On the vCPU's own thread, or while it is paused: LPCR as asked for. */
void kvm_mode_apply(struct kvcpu *kv);
bool kvm_large_decrementer(struct kvcpu *kv);
int kvm_proc_table_set(struct vcpu *vcpu, gpa_t base, uint64_t size);

/* kvm_nmi.c. Both on the vCPU's own thread, out of the guest: true if @exit is to tell that it was taken. */
bool kvm_machine_check_take(struct kvcpu *kv, struct vcpu_exit *exit);
bool kvm_system_reset_take(struct kvcpu *kv, struct vcpu_exit *exit); /* if there is one */
void kvm_system_reset(struct vcpu *vcpu);
void kvm_nmi_exits(struct vcpu *vcpu, bool on);

/* kvm_pr.c */
int kvm_pr_open(struct accel *accel, char *why, size_t why_size);
/* A vCPU's translation as at power-on; anew, in the midst of its life. On its own thread, or while it is paused. */
void kvm_pr_reset(struct kvcpu *kv);
void kvm_pr_refresh(struct kvcpu *kv);

/* kvm_irqchip.c: controllers in the kernel, or a wire to each vCPU for one in user space. */
void kvm_irqchip_open(struct accel *accel);
void kvm_irqchip_close(struct accel *accel);
/* To the controller that is active. */
int kvm_irqchip_connect(struct accel *accel, struct kvcpu *kv);
/* Makes a device of @type and connects every vCPU there is; *@ret_fd is -1 before and on failure. */
int kvm_irqchip_start(struct accel *accel, uint32_t type, int *ret_fd);
int kvm_device_set(int fd, uint32_t group, uint64_t attr, const void *value);
void kvm_irq_line(struct accel *accel, uint32_t source, bool level);
int kvm_irq_fd_bind(void *chip, uint32_t source, int fd, bool on);
/* The kernel's own for XIVE; page size and kernel must suit. Opened, it is in the caps. */
void kvm_xive_open(struct accel *accel);
void kvm_xive_close(struct accel *accel);
void kvm_external_irq(struct vcpu *vcpu, bool level);

/* kvm_tce.c: TCE tables in the kernel, where it has them. */
void kvm_tce_open(struct accel *accel);

/* kvm_hcall.c */
void kvm_hcall_offload(struct accel *accel, uint64_t nr);
void kvm_rtas_offload(struct accel *accel, const char *name, uint32_t token);

#endif
