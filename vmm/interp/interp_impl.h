/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of struct accel_ops that are about one vCPU: contracts in vmm/cpu/accel.h. */
#ifndef PAPRIKA_INTERP_INTERP_IMPL_H
#define PAPRIKA_INTERP_INTERP_IMPL_H

#include "vmm/cpu/accel.h"
#include "vmm/interp/smp.h"

struct accel {
	struct accel_params params;
	struct accel_caps caps;
	struct interp vm;
};

/* interp_vcpu.c */
int interp_vcpu_open(struct accel *accel, struct vcpu *vcpu);
void interp_vcpu_close(struct vcpu *vcpu);
/* Its memory, which devices' threads may look at until the VM is closed. */
void interp_vcpu_free(struct icpu *cpu);
void interp_run(struct vcpu *vcpu, struct vcpu_exit *e);
void interp_settle(struct vcpu *vcpu, struct vcpu_exit *e);
void interp_reset(struct vcpu *vcpu);

/* interp_regs.c */
void interp_nmi_exits(struct vcpu *vcpu, bool on);
void interp_regs_get(struct vcpu *vcpu, struct cpu_regs *r);
void interp_regs_set(struct vcpu *vcpu, const struct cpu_regs *r);
int interp_spr_get(struct vcpu *vcpu, unsigned spr, uint64_t *ret_value);
int interp_spr_set(struct vcpu *vcpu, unsigned spr, uint64_t value);
int interp_mode_set(struct vcpu *vcpu, enum accel_mode mode, unsigned value);
int interp_proc_table_set(struct vcpu *vcpu, gpa_t base, uint64_t size);

#endif
