/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cage: what the process gives up before the first guest instruction, in this order. Everything that
 * the VM needs is open by then.
 *
 *   process     no new privileges; no path (Landlock, or an empty root); no capability in any set
 *   each thread the system calls of its kind (policy.c), nothing else
 *
 * A call outside the policy is named on stderr with its thread and ends the VM (SANDBOX_ON); is named there
 * and made nevertheless (SANDBOX_LOG, which leaves paths and capabilities as they are); or none of this is
 * done at all (SANDBOX_OFF). Core dumps stay possible: guest memory is not part of them.
 *
 * Threads: sandbox_init() and sandbox_enter_process() on the main thread while it is the only one;
 * sandbox_enter_thread() on each thread for itself.
 */
#ifndef PAPRIKA_SECCOMP_SANDBOX_H
#define PAPRIKA_SECCOMP_SANDBOX_H

#include "vmm/base/check.h"

enum sandbox_mode { SANDBOX_ON, SANDBOX_LOG, SANDBOX_OFF };
/* SANDBOX_NET: a process of its own, the helper of a user-mode network. */
enum sandbox_thread { SANDBOX_VCPU, SANDBOX_LOOP, SANDBOX_IO, SANDBOX_NET, SANDBOX_THREADS };

/* How the process ends; all of it is safe in a signal handler. */
struct sandbox_end {
	void (*tell)(void);    /* has the loop thread call end_now */
	void (*end_now)(void); /* on the loop thread: ends the process, with the status of a failure */
	void (*restore)(void); /* the terminal as it was */
};

/* Names, and the handlers of violations and of crashes. Negative errno of sigaction(2). */
__must_check int sandbox_init(const struct sandbox_end *end);
/* What sandbox_end.tell asks for, on the loop thread. */
void sandbox_end_process(void);
/* No new privileges, no capability, no path that can be opened. Negative errno: it could not be done. */
__must_check int sandbox_enter_process(enum sandbox_mode mode);
/*
 * All of it for the helper of a network, on its one thread: sockets of the internet's families stay possible,
 * and reading one file: whoever opens @path finds what @path is now (NULL: none). Negative errno as above.
 */
__must_check int sandbox_enter_helper(const char *path, enum sandbox_mode mode);
/* The system call filter of this kind of thread. Negative errno as above. */
__must_check int sandbox_enter_thread(enum sandbox_thread kind, enum sandbox_mode mode);

#endif
