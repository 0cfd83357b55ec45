/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A virtual CPU: its thread, and its life from stopped to running to halted.
 *
 * Each vCPU has a thread that runs the guest until its back end exits, answers the exit through the
 * machine's handlers and goes on. The loop thread starts, pauses and ends vCPUs.
 */
#ifndef PAPRIKA_CPU_VCPU_H
#define PAPRIKA_CPU_VCPU_H

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "vmm/cpu/accel.h"
#include "vmm/cpu/exit.h"

/* Interrupts a vCPU thread's system call; a back end that needs it installs a handler. */
#define VCPU_KICK_SIGNAL SIGUSR1

struct vcpus;

/* Who answers exits. Called on the vCPU's thread. One entry an exit kind; NULL entries end the VM. */
typedef void vcpu_exit_fn(struct vcpu *vcpu, struct vcpu_exit *exit, void *ctx);

struct vcpu {
	unsigned index;
	uint32_t server; /* interrupt server number = "reg" of its cpu node */
	const struct accel_ops *ops;
	struct accel *accel;
	void *back; /* the back end's own state */
	struct vcpus *all;
	pthread_t thread;

	/* As the guest registered them with H_REGISTER_VPA; 0 is none. */
	uint64_t vpa_gpa, slb_shadow_gpa, dtl_gpa;
	uint32_t dtl_len;

	bool running; /* its own thread's: it has been let go since it last stopped */

	/* Guarded by vcpus' lock. */
	bool started;   /* running or ceded, as query-cpu-stopped-state sees it */
	bool stop_self; /* the guest asked this vCPU to stop */
	bool parked;    /* the thread waits in vcpus_pause */
	int init_error; /* of thread_init: the thread is no more */

	atomic_bool joined;  /* in H_JOIN, until prodded */
	atomic_bool prodded; /* H_PROD seen since the last H_CEDE */
	/* Set by h-calls' handlers, its own thread's: */
	bool ceded;       /* idle before going on */
	bool awaits_prod; /* and not until an interrupt, but until H_PROD */
	bool yields;      /* others first */
};

/*
 * @handlers: VCPU_EXIT_NR entries, kept by the caller; @ctx is handed to them.
 * @thread_init: called first on each vCPU's thread (the sandbox); may be NULL. Negative errno: vcpus_new()
 * fails with it.
 */
struct vcpus_params {
	const struct accel_ops *ops;
	struct accel *accel;
	unsigned count;
	vcpu_exit_fn *const *handlers;
	void *ctx;
	int (*thread_init)(void *ctx);
};

/* Opens every vCPU and starts its thread, parked. Negative errno: nothing is left behind. */
__must_check int vcpus_new(const struct vcpus_params *params, struct vcpus **ret_vcpus);
/* Ends and joins every thread. Loop thread only. */
void vcpus_free(struct vcpus *vcpus);

unsigned vcpus_count(const struct vcpus *vcpus);
struct vcpu *vcpus_get(struct vcpus *vcpus, unsigned index);
/* The vCPU with this interrupt server number, or NULL. */
struct vcpu *vcpus_by_server(struct vcpus *vcpus, uint32_t server);

/* Loop thread: every vCPU out of the guest and parked before pause returns; resume lets them go on. */
void vcpus_pause(struct vcpus *vcpus);
void vcpus_resume(struct vcpus *vcpus);

/* Any thread: lets a stopped vCPU run from @pc with r3 = @r3 in the MSR given. -EBUSY: it runs. */
int vcpu_start(struct vcpu *vcpu, uint64_t pc, uint64_t r3, uint64_t msr);
/* Its own thread, within an exit: stops after that exit (stop-self). */
void vcpu_stop_self(struct vcpu *vcpu);
/* Any thread. */
bool vcpu_is_stopped(struct vcpu *vcpu);
/* The vCPU whose thread this is; NULL on other threads. */
struct vcpu *vcpu_self(void);
/* Any thread: the system reset interrupt, unless it is stopped. */
void vcpu_system_reset(struct vcpu *vcpu);
/* Any thread: ends a cede, as H_PROD does. */
void vcpu_prod(struct vcpu *vcpu);
/* Its own thread, within an exit: sleeps after that exit until it is prodded. False: all others that are
 * started have joined already, and it goes on. */
bool vcpu_join(struct vcpu *vcpu);

/* With all vCPUs paused: reset every one and mark all stopped. */
void vcpus_reset(struct vcpus *vcpus);

/* The registers as text, for a crash report; into @buf, NUL-terminated. The vCPU must be paused or the
 * caller its own thread. */
void vcpu_describe(struct vcpu *vcpu, char *buf, size_t size);

#endif
