/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System calls made by a thread of another process, through ptrace(2). x86-64. */
#ifndef PAPRIKA_TESTS_CAGE_INJECT_H
#define PAPRIKA_TESTS_CAGE_INJECT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/user.h>

struct injected {
	pid_t tid;
	uint64_t call_at; /* a system call instruction */
	uint64_t scratch; /* memory that the thread does not use */
	struct user_regs_struct before;
};

/* Stops thread @tid of process @pid. Negative errno: -EPERM, ptrace is not permitted. */
int inject_attach(pid_t pid, pid_t tid, struct injected *ret_thread);
/* At most 256 bytes into the scratch memory. */
void inject_data(const struct injected *t, const void *data, size_t len);
/* True: refused by seccomp, which is undone. False: it was made, with *ret_result. */
bool inject_call(struct injected *t, long nr, const uint64_t args[6], long *ret_result);
/* The thread goes on as if nothing had been. */
void inject_detach(struct injected *t);
/* A call whose refusal is let through to the thread, which is let go. */
void inject_last_call(struct injected *t, long nr, const uint64_t args[6]);

#endif
