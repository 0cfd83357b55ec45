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

/* What a machine check is about, by the numbers that the machine check section of LoPAR's error logs has. */
enum mc_error { MC_UE = 0, MC_SLB = 1, MC_ERAT = 2, MC_UNKNOWN = 3, MC_TLB = 4, MC_CONTROL = 8 };
/* What led to it: of an uncorrectable error; of multiple or broken entries; of an access to nowhere. */
enum mc_ue { MC_UE_FETCH = 1, MC_UE_FETCH_WALK = 2, MC_UE_ACCESS = 3, MC_UE_ACCESS_WALK = 4 };
enum mc_slb { MC_SLB_PARITY = 0, MC_SLB_MULTIHIT = 1, MC_SLB_EITHER = 2 };
enum mc_translation { MC_PARITY = 1, MC_MULTIHIT = 2 }; /* ERAT and TLB */
enum mc_control { MC_CONTROL_WALK = 0, MC_CONTROL_ACCESS = 1 };

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
			bool is_machine_check; /* the rest is about that */
			bool recovered;
			bool has_ea;
			uint8_t error; /* enum mc_error */
			uint8_t cause; /* an enum of that error's; 0 */
			uint64_t ea;
		} nmi;
		const char *reason;
	};
};

#endif
