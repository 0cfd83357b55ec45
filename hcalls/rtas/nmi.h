/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Firmware assisted non-maskable interrupts: system reset and machine check go to routines that the guest
 * registered. LoPAR "Firmware Assisted Non-Maskable Interrupts Option (FWNMI)".
 *
 * Each vCPU has a report area of its own in RTAS' space, so that none waits for another one's
 * ibm,nmi-interlock. The first doubleword is R3 as it was, the log of a machine check follows.
 */
#ifndef PAPRIKA_HCALLS_RTAS_NMI_H
#define PAPRIKA_HCALLS_RTAS_NMI_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RTAS_NMI_OFFSET 256 /* of the first report area in RTAS' space; one a vCPU */
#define RTAS_NMI_SIZE   256

struct hcall_env;
struct vcpu;
struct vcpu_exit;

struct rtas_nmi {
	_Atomic uint64_t reset_gpa, check_gpa; /* the guest's routines; 0: none registered */
	/* By vCPU: its last machine check's report is in use. Each vCPU touches its own alone. */
	bool reported[256];
};

/* What RTAS' space must hold for @vcpus. */
static inline size_t rtas_space(unsigned vcpus)
{
	return RTAS_NMI_OFFSET + (size_t)vcpus * RTAS_NMI_SIZE;
}

/*
 * The vCPU's own thread: it has just taken the interrupt that @exit tells of, at its architected vector; from
 * here it goes on at the guest's routine, or the VM has crashed.
 */
void rtas_nmi_taken(struct hcall_env *env, struct vcpu *vcpu, const struct vcpu_exit *exit);

/* As at power-on: no vCPU runs. */
void rtas_nmi_reset(struct hcall_env *env);

#endif
