/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why a vCPU came back from running the guest, the same for every back end. */
#ifndef PAPRIKA_CPU_EXIT_H
#define PAPRIKA_CPU_EXIT_H

#include <stdbool.h>
#include <stdint.h>

#include "vmm/mem/gmem.h"

#define HCALL_ARGS 9

enum vcpu_exit_kind {
	VCPU_EXIT_KICK,   /* asked to come out; nothing to answer */
	VCPU_EXIT_HCALL,  /* sc 1 in supervisor state: the handler fills status and out */
	VCPU_EXIT_MMIO,   /* an access outside RAM: the handler fills data for a load */
	VCPU_EXIT_IDLE,   /* the vCPU waits for an interrupt */
	VCPU_EXIT_NMI,    /* it has taken a system reset or a machine check, see accel_ops.nmi_exits */
	VCPU_EXIT_DEBUG,
	VCPU_EXIT_FAIL,   /* cannot go on (checkstop): reason says why */
	VCPU_EXIT_NR,
};

struct vcpu_exit {
	enum vcpu_exit_kind kind;
	union {
		struct {
			uint64_t nr;
			uint64_t in[HCALL_ARGS];  /* r4..r12 */
			int64_t status;           /* into r3 */
			uint64_t out[HCALL_ARGS]; /* into r4..r12 */
		} hcall;
		struct {
			gpa_t gpa;
			uint8_t len; /* 1, 2, 4 or 8 */
			bool is_store;
			uint64_t data; /* the value as the device sees it: big-endian register value */
		} mmio;
		struct {
			bool is_machine_check;
			bool is_fetch; /* of an instruction, else a load or store */
			uint64_t ea;   /* that of a machine check */
		} nmi;
		const char *reason;
	};
};

#endif
