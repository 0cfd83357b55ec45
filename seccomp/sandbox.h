/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cage: what the process gives up before the first guest instruction, in this order.
 * Threads: sandbox_enter_process() on the main thread while no other runs guest code;
 * sandbox_enter_thread() on each thread for itself.
 */
#ifndef PAPRIKA_SECCOMP_SANDBOX_H
#define PAPRIKA_SECCOMP_SANDBOX_H

#include "vmm/base/check.h"

enum sandbox_mode { SANDBOX_ON, SANDBOX_LOG, SANDBOX_OFF };
enum sandbox_thread { SANDBOX_VCPU, SANDBOX_LOOP };

/* No new privileges, no capability, no path that can be opened. Negative errno: it could not be done. */
__must_check int sandbox_enter_process(enum sandbox_mode mode);
/* The system call filter of this kind of thread. Negative errno as above. */
__must_check int sandbox_enter_thread(enum sandbox_thread kind, enum sandbox_mode mode);

#endif
