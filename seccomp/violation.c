/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a system call outside the policy does to the VM, and what a crash of ours does: a line on stderr, the
 * terminal as it was, the end. Threads: signal handlers on any thread.
 */
#include <errno.h>
#include <linux/futex.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "seccomp/policy.h"
#include "vmm/base/bits.h"

#define LOOP_ANSWER_S 2

#ifndef SYS_SECCOMP
#define SYS_SECCOMP 1 /* si_code, of the kernel's <asm/siginfo.h>, which clashes with <signal.h> */
#endif

static struct sandbox_end end;
static uint32_t native_arch;

static const char *const thread_names[] = {
	[SANDBOX_VCPU] = "a vCPU thread",
	[SANDBOX_LOOP] = "the loop thread",
	[SANDBOX_IO] = "an I/O thread",
	[SANDBOX_NET] = "a network's helper",
};
static _Thread_local bool thread_caged;
static _Thread_local enum sandbox_thread thread_kind;

/* Names by number, looked up before the filter is there. */
static char call_names[512][24];

void sandbox_thread_mark(enum sandbox_thread kind)
{
	thread_kind = kind;
	thread_caged = true;
}

/* Written by hand: in a signal handler nothing else is safe. */
static void text_append(char *buf, size_t size, size_t *len, const char *s)
{
	while (*s && *len < size - 1)
		buf[(*len)++] = *s++;
}

static void number_append(char *buf, size_t size, size_t *len, int n)
{
	char digits[12];
	size_t at = sizeof(digits) - 1;
	unsigned left = n < 0 ? 0 - (unsigned)n : (unsigned)n;

	digits[at] = 0;
	do
		digits[--at] = (char)('0' + left % 10);
	while ((left /= 10) && at > 1);
	if (n < 0)
		digits[--at] = '-';
	text_append(buf, size, len, digits + at);
}

size_t sandbox_describe_call(char *buf, size_t size, int nr, bool native, const char *verdict,
			     enum sandbox_thread kind)
{
	size_t len = 0;

	text_append(buf, size, &len, "paprika: sandbox: system call ");
	if (native && nr >= 0 && (size_t)nr < ARRAY_SIZE(call_names) && call_names[nr][0]) {
		text_append(buf, size, &len, call_names[nr]);
		text_append(buf, size, &len, " ");
	}
	text_append(buf, size, &len, "(");
	number_append(buf, size, &len, nr);
	text_append(buf, size, &len, native ? ") " : ", another ABI) ");
	text_append(buf, size, &len, verdict);
	text_append(buf, size, &len, " on ");
	text_append(buf, size, &len, thread_names[kind]);
	text_append(buf, size, &len, "\n");
	return len;
}

void sandbox_end_process(void)
{
	end.end_now();
}

/* A vCPU thread may not restore the terminal: the loop does, if it still answers. */
static _Noreturn void end_of_caged_thread(void)
{
	const struct timespec limit = {.tv_sec = LOOP_ANSWER_S};
	uint32_t never = 0;
	sigset_t all;

	if (thread_kind == SANDBOX_LOOP) {
		end.end_now();
	} else if (thread_kind != SANDBOX_NET) { /* which is not the VM */
		end.tell();
		syscall(SYS_futex, &never, FUTEX_WAIT_PRIVATE, 0, &limit, NULL, 0);
		/* a refusal whose signal is blocked kills the process: all that is left to this thread */
		sigfillset(&all);
		pthread_sigmask(SIG_BLOCK, &all, NULL);
	}
	_exit(1);
}

/* In the cage the default action could not be taken: that is a status of its own, and no core. */
static void crash(int signo)
{
	char line[128];
	size_t len = 0;
	ssize_t done;

	if (!thread_caged) {
		end.restore();
		signal(signo, SIG_DFL);
		raise(signo);
		return;
	}
	text_append(line, sizeof(line), &len, "paprika: signal ");
	number_append(line, sizeof(line), &len, signo);
	text_append(line, sizeof(line), &len, " on ");
	text_append(line, sizeof(line), &len, thread_names[thread_kind]);
	text_append(line, sizeof(line), &len, ", from outside or a bug in paprika (--seccomp=off leaves a core)\n");
	done = write(STDERR_FILENO, line, len);
	(void)done;
	end_of_caged_thread();
}

static void violation(int signo, siginfo_t *si, void *context)
{
	char line[160];
	size_t len;
	ssize_t done;

	if (si->si_code == SYS_SECCOMP && thread_caged && si->si_arch == native_arch &&
	    sandbox_serve(si, context))
		return;
	if (si->si_code != SYS_SECCOMP || !thread_caged) {
		crash(signo);
		return;
	}
	len = sandbox_describe_call(line, sizeof(line), si->si_syscall, si->si_arch == native_arch,
				    "refused", thread_kind);
	done = write(STDERR_FILENO, line, len);
	(void)done;
	end_of_caged_thread();
}

static void names_look_up(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(call_names); i++) {
		char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, (int)i);

		if (name)
			strncpy(call_names[i], name, sizeof(call_names[i]) - 1);
		free(name);
	}
}

int sandbox_init(const struct sandbox_end *how)
{
	static const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
	struct sigaction sa = {.sa_sigaction = violation, .sa_flags = SA_SIGINFO};

	end = *how;
	native_arch = seccomp_arch_native();
	names_look_up();
	if (sigaction(SIGSYS, &sa, NULL) < 0)
		return -errno;
	sa = (struct sigaction){.sa_handler = crash};
	for (size_t i = 0; i < ARRAY_SIZE(fatal); i++)
		if (sigaction(fatal[i], &sa, NULL) < 0)
			return -errno;
	return 0;
}
