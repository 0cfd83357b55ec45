/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See inject.h. */
#if defined(__x86_64__)
#include "tests/cage/inject.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>

#define STOP_CALL  (SIGTRAP | 0x80)
#define STOP_EVENT (SIGTRAP | PTRACE_EVENT_STOP << 8)

static _Noreturn void lost(const char *what)
{
	printf("the thread is gone: %s\n", what);
	exit(1);
}

/* The next stop: the signal, with the event in the byte above. */
static int stop_wait(const struct injected *t)
{
	int status;

	if (waitpid(t->tid, &status, __WALL) < 0 || !WIFSTOPPED(status))
		lost("it ended");
	return status >> 8;
}

/* Goes on with @request until stop @want; signals on the way, which are ours, are taken back. */
static void run_to(const struct injected *t, enum __ptrace_request request, int want)
{
	do
		if (ptrace(request, t->tid, 0, 0) < 0)
			lost("ptrace");
	while (stop_wait(t) != want);
}

static uint64_t search(pid_t pid, uint64_t start, uint64_t end)
{
	static uint8_t buf[4 << 20];
	struct iovec here = {.iov_base = buf, .iov_len = sizeof(buf)};
	struct iovec there = {.iov_base = (void *)(uintptr_t)start,
			      .iov_len = end - start < sizeof(buf) ? end - start : sizeof(buf)};
	ssize_t n = process_vm_readv(pid, &here, 1, &there, 1, 0);
	uint8_t *p = n > 0 ? memmem(buf, (size_t)n, "\x0f\x05", 2) : NULL;

	return p ? start + (uint64_t)(p - buf) : 0;
}

/* In the C library: there is one for certain. */
static uint64_t find_call_instruction(pid_t pid)
{
	char name[64], line[512], *rest;
	uint64_t start, end, found = 0;
	FILE *f;

	snprintf(name, sizeof(name), "/proc/%d/maps", pid);
	f = fopen(name, "r");
	while (f && !found && fgets(line, sizeof(line), f))
		if (strstr(line, " r-xp ") && strstr(line, "/libc.")) {
			start = strtoull(line, &rest, 16);
			end = strtoull(rest + 1, NULL, 16);
			found = search(pid, start, end);
		}
	if (f)
		fclose(f);
	return found;
}

int inject_attach(pid_t pid, pid_t tid, struct injected *t)
{
	*t = (struct injected){.tid = tid, .call_at = find_call_instruction(pid)};
	if (!t->call_at)
		return -ESRCH;
	if (ptrace(PTRACE_SEIZE, tid, 0, PTRACE_O_TRACESYSGOOD) < 0)
		return -errno;
	ptrace(PTRACE_INTERRUPT, tid, 0, 0);
	while (stop_wait(t) != STOP_EVENT)
		ptrace(PTRACE_CONT, tid, 0, 0);
	ptrace(PTRACE_GETREGS, tid, 0, &t->before);
	t->scratch = (t->before.rsp - 1024) & ~15ULL;
	return 0;
}

void inject_data(const struct injected *t, const void *data, size_t len)
{
	struct iovec here = {.iov_base = (void *)(uintptr_t)data, .iov_len = len};
	struct iovec there = {.iov_base = (void *)(uintptr_t)t->scratch, .iov_len = len};

	if (process_vm_writev(t->tid, &here, 1, &there, 1, 0) != (ssize_t)len)
		lost("process_vm_writev");
}

/* From any stop to the one at the end of the call; whether a refusal is pending. */
static bool call_make(struct injected *t, long nr, const uint64_t args[6], long *ret_result)
{
	struct __ptrace_peeksiginfo_args peek = {.nr = 1};
	struct user_regs_struct r = t->before;
	siginfo_t si;

	r.orig_rax = ~0ULL; /* what the thread was doing is not restarted now */
	r.rip = t->call_at;
	r.rax = (uint64_t)nr;
	r.rdi = args[0];
	r.rsi = args[1];
	r.rdx = args[2];
	r.r10 = args[3];
	r.r8 = args[4];
	r.r9 = args[5];
	ptrace(PTRACE_SETREGS, t->tid, 0, &r);
	run_to(t, PTRACE_SYSCALL, STOP_CALL);
	run_to(t, PTRACE_SYSCALL, STOP_CALL);
	ptrace(PTRACE_GETREGS, t->tid, 0, &r);
	*ret_result = (long)r.rax;
	return ptrace(PTRACE_PEEKSIGINFO, t->tid, &peek, &si) == 1 && si.si_signo == SIGSYS &&
	       si.si_code == 1 /* SYS_SECCOMP */ && si.si_syscall == (int)nr;
}

bool inject_call(struct injected *t, long nr, const uint64_t args[6], long *ret_result)
{
	bool refused = call_make(t, nr, args, ret_result);

	/* no instruction more than the call: the signal or the stop asked for is due before any */
	if (!refused)
		ptrace(PTRACE_INTERRUPT, t->tid, 0, 0);
	run_to(t, PTRACE_CONT, refused ? SIGSYS : STOP_EVENT);
	return refused;
}

void inject_detach(struct injected *t)
{
	/* the last refusal's signal is dropped on the way */
	ptrace(PTRACE_INTERRUPT, t->tid, 0, 0);
	run_to(t, PTRACE_CONT, STOP_EVENT);
	ptrace(PTRACE_SETREGS, t->tid, 0, &t->before);
	ptrace(PTRACE_DETACH, t->tid, 0, 0);
}

void inject_last_call(struct injected *t, long nr, const uint64_t args[6])
{
	long result;

	call_make(t, nr, args, &result);
	ptrace(PTRACE_DETACH, t->tid, 0, 0);
}
#endif
