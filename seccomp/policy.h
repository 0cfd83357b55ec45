/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts behind sandbox.h: the filters, what a violation does, and reports of --seccomp=log. */
#ifndef PAPRIKA_SECCOMP_POLICY_H
#define PAPRIKA_SECCOMP_POLICY_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "seccomp/sandbox.h"

/* policy.c: how many system calls a kind of thread may make. */
unsigned sandbox_policy_calls(enum sandbox_thread kind);

/* violation.c: @kind is what violations of this thread are named by. */
void sandbox_thread_mark(enum sandbox_thread kind);
/*
 * "paprika: sandbox: system call NAME (@nr) VERDICT on THREAD\n" into @buf; its length. Safe in a signal
 * handler. @native: @nr is a number of this architecture.
 */
size_t sandbox_describe_call(char *buf, size_t size, int nr, bool native, const char *verdict,
			     enum sandbox_thread kind);

/* serve.c: opens of @path for reading are answered, in the handler of refused calls, with what @fd is. */
void sandbox_serve_file(const char *path, int fd);
/* Whether the refused call of @si was such a one: then @context, a ucontext_t, has its result. */
bool sandbox_serve(const siginfo_t *si, void *context);

/* report.c: a thread that reports and lets pass; it must be there before the filter is. NULL: not possible. */
struct sandbox_reporter;
struct sandbox_reporter *sandbox_reporter_start(enum sandbox_thread kind);
/* @fd: the filter's notifications; negative: there are none, and the reporter ends. */
void sandbox_reporter_watch(struct sandbox_reporter *reporter, int fd);

#endif
