/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What runs vCPUs: the one interface of both back ends, /dev/kvm and the interpreter.
 * The functions are grouped by who may call them, and when.
 */
#ifndef PAPRIKA_CPU_ACCEL_H
#define PAPRIKA_CPU_ACCEL_H

#include <stdbool.h>
#include <stdint.h>

#include "vmm/bus/irq.h"
#include "vmm/bus/xive_host.h"
#include "vmm/cpu/exit.h"
#include "vmm/cpu/hpt.h"
#include "vmm/cpu/model.h"
#include "vmm/cpu/regs.h"
#include "vmm/mem/dma.h"
#include "vmm/mem/gmem.h"

struct accel; /* a back end's own state of one VM */
struct vcpu;

/* Which of KVM's two implementations; the interpreter does not look. */
enum accel_kvm_type { ACCEL_KVM_AUTO, ACCEL_KVM_HV, ACCEL_KVM_PR };

struct accel_params {
	struct gmem *mem;
	void *ram;         /* host address of RAM, which begins at guest address 0; NULL: a VM that never runs */
	uint64_t ram_size; /* bytes */
	const struct cpu_model *model; /* NULL: the back end's default */
	const struct cpu_level *compat; /* the guest runs at this level or an older one; NULL: at any */
	unsigned max_vcpus;
	unsigned threads; /* of a core; 0 is 1 */
	enum accel_kvm_type kvm_type;
	bool user_irqchip; /* no interrupt controller in the kernel, even where there is one */
	bool xics, xive;   /* modes that the guest may choose */
	bool rng;          /* H_RANDOM is offered */
};

#define ACCEL_SEGMENT_PAGES 64 /* cells */

/* Interrupt controllers in the kernel; ops NULL: none. */
struct accel_xics {
	const struct irq_chip_ops *ops;
	void *chip;
};
struct accel_xive {
	const struct xive_host_ops *ops;
	void *chip;
};

/* What a guest of this VM finds, for its device tree and for h-calls. */
struct accel_caps {
	struct cpu_model model;
	/* The architecture level that the guest starts at and does not get beyond; 0: its processor's own, and
	 * the processor itself. */
	uint32_t compat_pvr;
	uint32_t timebase_hz;
	unsigned dec_bits; /* of the decrementer, if more than 32; 0 */
	bool radix, hash;     /* the guest's translation; with both it chooses */
	uint32_t radix_ap[8]; /* page sizes of radix trees as the device tree has them */
	unsigned radix_ap_count;
	unsigned htab_shift; /* log2 of the hashed page table's bytes */
	unsigned slb_size;
	bool segments_1t;
	unsigned storage_keys; /* virtual page class keys of hashed page tables */
	uint32_t segment_pages[ACCEL_SEGMENT_PAGES]; /* ibm,segment-page-sizes */
	unsigned segment_pages_count;
	struct hpt *hpt;      /* the page table that h-calls change; NULL: there is none, or the kernel keeps it */
	const char *hypertas; /* function sets that the kernel alone answers, each with its NUL */
	size_t hypertas_len;
	/* They present interrupts to the vCPUs; that of XICS answers its h-calls, too. */
	struct accel_xics xics;
	struct accel_xive xive;
	const struct dma_backing *tces; /* TCE tables that the kernel's h-calls change; NULL: it has none */
	bool kvm;      /* the guest is one of Linux's KVM, and is told so */
	bool fake_sc1; /* a guest's h-calls come as another instruction, see vof/hypercalls.h */
	bool nmi;     /* the back end can tell of system resets and machine checks */
	bool join;    /* H_PROD comes to the VMM: H_JOIN can be offered */
	/* H_GET_CPU_CHARACTERISTICS */
	uint64_t characteristics, behaviour;
};

/* H_SET_MODE resources and other state that only the back end can keep. Level: the logical PVR of the
 * architecture level the guest runs at, from its negotiation; 0 is its processor's own. */
enum accel_mode { ACCEL_MODE_AIL, ACCEL_MODE_LE, ACCEL_MODE_LEVEL };

struct accel_ops {
	const char *name;

	/* Any time: the models that accel_params may name. */
	bool (*cpu_supported)(const struct cpu_model *model);

	/*
	 * Main thread, before any vCPU runs or after all have ended. Negative errno on failure; open then
	 * has said in @why, as a phrase, what is wrong with the host or with the parameters.
	 */
	int (*open)(const struct accel_params *params, struct accel **ret_accel, char *why,
		    size_t why_size);
	void (*close)(struct accel *accel);
	const struct accel_caps *(*caps)(const struct accel *accel);
	int (*vcpu_open)(struct accel *accel, struct vcpu *vcpu); /* sets vcpu->back */
	void (*vcpu_close)(struct vcpu *vcpu);
	/* What the kernel can answer by itself is left to it. NULL where there is no kernel below. */
	void (*hcall_offload)(struct accel *accel, uint64_t nr);
	void (*rtas_offload)(struct accel *accel, const char *name, uint32_t token);
	/* Any thread while every vCPU is paused: the VM as a whole as at power-on. Negative errno. */
	int (*vm_reset)(struct accel *accel);

	/* The vCPU's own thread; or any thread while that vCPU is paused or stopped. */
	void (*run)(struct vcpu *vcpu, struct vcpu_exit *exit); /* answers the last exit, then goes on */
	/* The answer to the last exit goes into the registers, for others to read and write them. */
	void (*settle)(struct vcpu *vcpu, struct vcpu_exit *exit);
	void (*idle)(struct vcpu *vcpu);  /* sleeps until an interrupt is deliverable, a prod or a kick, which it takes */
	void (*yield)(struct vcpu *vcpu); /* lets others have the host's processor for a moment; may be NULL */
	void (*reset)(struct vcpu *vcpu); /* architected reset state; pc 0, MSR[SF|ME] */
	void (*regs_get)(struct vcpu *vcpu, struct cpu_regs *ret_regs);
	void (*regs_set)(struct vcpu *vcpu, const struct cpu_regs *regs);
	/* LPCR, and in its own thread PURR; -EINVAL: not kept. */
	int (*spr_get)(struct vcpu *vcpu, unsigned spr, uint64_t *ret_value);
	int (*spr_set)(struct vcpu *vcpu, unsigned spr, uint64_t value);

	/* A vCPU's own thread, within an exit; for that vCPU or for another. */
	int (*mode_set)(struct vcpu *vcpu, enum accel_mode mode, unsigned value);
	/* With caps.nmi: whether any vCPU's system resets and machine checks come as VCPU_EXIT_NMI once they are
	 * taken. Off also while none of them runs. */
	void (*nmi_exits)(struct vcpu *vcpu, bool on);
	/* Process table: as H_REGISTER_PROC_TBL gives it, @size in bytes, and translation by its radix trees; 0 for
	 * none: where there is a choice, translation by the hashed page table. */
	int (*proc_table_set)(struct vcpu *vcpu, gpa_t base, uint64_t size);

	/*
	 * Any thread, one at a time for an address: stores to @gpa, whatever is stored, ring the eventfd @fd
	 * without an exit, or no longer. NULL where they all come to the VMM, which always answers them, too.
	 * Negative errno.
	 */
	int (*doorbell_set)(struct accel *accel, gpa_t gpa, int fd, bool on);

	/* Any thread, any time. */
	void (*kick)(struct vcpu *vcpu);
	void (*external_irq)(struct vcpu *vcpu, bool level);
	void (*system_reset)(struct vcpu *vcpu); /* the interrupt of that name */
	uint64_t (*timebase)(struct accel *accel); /* guest timebase, 512 MHz */
};

extern const struct accel_ops interp_accel_ops;
#ifdef HAVE_KVM
extern const struct accel_ops kvm_accel_ops;
#endif

#endif
