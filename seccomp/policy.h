/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The system call filters behind sandbox.h. */
#ifndef PAPRIKA_SECCOMP_POLICY_H
#define PAPRIKA_SECCOMP_POLICY_H

#include "seccomp/sandbox.h"

/* Names and the signal handler that reports violations. Negative errno of sigaction(2). */
__must_check int sandbox_policy_init(void);
/* How many system calls a kind of thread may make. */
unsigned sandbox_policy_calls(enum sandbox_thread kind);
/* Has the loop thread call sandbox_violation_exit(). Safe in a signal handler. */
void sandbox_violation_tell(void);
/* Ends the process at once with the status of a failure of the VMM. */
_Noreturn void sandbox_violation_exit(void);

#endif
