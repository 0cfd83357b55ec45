/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A vCPU's sleep and what wakes it: the members of struct accel_ops of the same names. */
#ifndef PAPRIKA_INTERP_SLEEP_H
#define PAPRIKA_INTERP_SLEEP_H

#include "vmm/interp/cpu.h"

/* Its own thread. */
void sleep_idle(struct vcpu *vcpu);
void sleep_yield(struct vcpu *vcpu);

/* Any thread. */
void sleep_kick(struct vcpu *vcpu);
void sleep_external_irq(struct vcpu *vcpu, bool level);
void sleep_system_reset(struct vcpu *vcpu);
/* Privileged doorbell. */
void sleep_doorbell(struct icpu *cpu);

#endif
