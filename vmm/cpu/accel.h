/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What runs vCPUs: the one interface of both back ends, /dev/kvm and the interpreter.
 * The functions are grouped by who may call them, and when.
 */
#ifndef PAPRIKA_CPU_ACCEL_H
#define PAPRIKA_CPU_ACCEL_H

#include <stdbool.h>
#include <stdint.h>

#include "vmm/cpu/exit.h"
#include "vmm/cpu/regs.h"
#include "vmm/mem/gmem.h"

struct accel; /* a back end's own state of one VM */
struct cpu_model;
struct vcpu;

struct accel_params {
	struct gmem *mem;
	void *ram;         /* host address of RAM, which begins at guest address 0 */
	uint64_t ram_size; /* bytes */
	const struct cpu_model *model;
	unsigned max_vcpus;
};

/* H_SET_MODE resources and other state that only the back end can keep. */
enum accel_mode { ACCEL_MODE_AIL, ACCEL_MODE_LE };

struct accel_ops {
	const char *name;

	/* Main thread, before any vCPU runs or after all have ended. Negative errno on failure. */
	int (*open)(const struct accel_params *params, struct accel **ret_accel);
	void (*close)(struct accel *accel);
	int (*vcpu_open)(struct accel *accel, struct vcpu *vcpu); /* sets vcpu->back */
	void (*vcpu_close)(struct vcpu *vcpu);

	/* The vCPU's own thread; or any thread while that vCPU is paused or stopped. */
	void (*run)(struct vcpu *vcpu, struct vcpu_exit *exit); /* answers the last exit, then goes on */
	void (*idle)(struct vcpu *vcpu);  /* sleeps until an interrupt is deliverable or a kick */
	void (*reset)(struct vcpu *vcpu); /* architected reset state; pc 0, MSR[SF|ME] */
	void (*regs_get)(struct vcpu *vcpu, struct cpu_regs *ret_regs);
	void (*regs_set)(struct vcpu *vcpu, const struct cpu_regs *regs);
	int (*spr_get)(struct vcpu *vcpu, unsigned spr, uint64_t *ret_value); /* -EINVAL: not kept */
	int (*spr_set)(struct vcpu *vcpu, unsigned spr, uint64_t value);

	/* The vCPU's own thread, within an exit. */
	int (*mode_set)(struct vcpu *vcpu, enum accel_mode mode, unsigned value);
	/* Process table (radix): as H_REGISTER_PROC_TBL gives it, @size in bytes; 0 for none. */
	int (*proc_table_set)(struct vcpu *vcpu, gpa_t base, uint64_t size);

	/* Any thread, any time. */
	void (*kick)(struct vcpu *vcpu);
	void (*external_irq)(struct vcpu *vcpu, bool level);
	uint64_t (*timebase)(struct accel *accel); /* guest timebase, 512 MHz */
};

extern const struct accel_ops interp_accel_ops;

#endif
