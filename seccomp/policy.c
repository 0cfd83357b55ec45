/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The system calls of each kind of thread, with the reason for each; everything else ends the VM.
 * A rule's argument constraint narrows the call to the one use that is meant.
 */
#include "seccomp/policy.h"

#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/kvm.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "vmm/base/bits.h"
#include "vmm/base/log.h"

#define VCPU (1u << SANDBOX_VCPU)
#define LOOP (1u << SANDBOX_LOOP)
#define BOTH (VCPU | LOOP)

#define ANY 0xff

struct rule {
	const char *call;
	unsigned threads;
	uint8_t arg; /* ANY, or the argument that @value constrains */
	enum scmp_compare op;
	uint64_t mask_or_value, value;
	const char *reason;
};

#define CALL(c, t, why)                {(c), (t), ANY, SCMP_CMP_EQ, 0, 0, (why)}
#define CALL_EQ(c, t, a, v, why)       {(c), (t), (a), SCMP_CMP_EQ, (v), 0, (why)}
#define CALL_MASK(c, t, a, m, v, why)  {(c), (t), (a), SCMP_CMP_MASKED_EQ, (m), (v), (why)}

static const struct rule rules[] = {
	CALL("futex", BOTH, "locks; a vCPU's sleep and its waking"),
	CALL("write", BOTH, "console output, wake-ups through eventfd, messages on stderr"),
	CALL("clock_gettime", BOTH, "time, where the vDSO cannot tell it"),
	CALL("getrandom", VCPU, "H_RANDOM and darn"),
	CALL("pwritev2", VCPU, "NVRAM kept in a file"),
	CALL_MASK("mmap", BOTH, 2, PROT_EXEC, 0, "memory for allocations, never executable"),
	CALL("munmap", BOTH, "memory given back"),
	CALL("brk", BOTH, "memory for allocations"),
	CALL_EQ("madvise", BOTH, 2, MADV_DONTNEED, "a thread's stack and arenas given back"),
	CALL("rt_sigprocmask", BOTH, "a thread's end"),
	CALL("exit", BOTH, "a thread's end"),
	CALL("read", LOOP, "console input, eventfd, signalfd"),
	CALL("epoll_wait", LOOP, "the event loop"),
	CALL("epoll_pwait", LOOP, "the event loop where there is no epoll_wait"),
	CALL("epoll_pwait2", LOOP, "the event loop of newer libraries"),
	CALL("epoll_ctl", LOOP, "consoles that come and go"),
	CALL("close", LOOP, "consoles that go, the VM's end"),
	CALL("poll", LOOP, "the last output of a console"),
	CALL("ppoll", LOOP, "the last output of a console"),
	CALL("accept4", LOOP, "a client of a unix console"),
	CALL_EQ("fcntl", LOOP, 1, F_GETFL, "what kind of descriptor a new client is"),
	CALL_EQ("ioctl", LOOP, 1, TCSETS, "the terminal restored"),
	CALL_EQ("ioctl", LOOP, 1, TCGETS, "the terminal restored"),
#ifdef __powerpc64__
	CALL_EQ("ioctl", BOTH, 1, KVM_RUN, "the guest; an exit completed before a reset"),
	CALL_EQ("ioctl", BOTH, 1, KVM_INTERRUPT, "an interrupt line of a vCPU"),
	CALL_EQ("ioctl", BOTH, 1, KVM_IRQ_LINE, "an interrupt source in the kernel"),
	CALL_EQ("ioctl", BOTH, 1, KVM_GET_REGS, "registers, for a start, a reset and crash reports"),
	CALL_EQ("ioctl", BOTH, 1, KVM_SET_REGS, "registers, for a start and a reset"),
	CALL_EQ("ioctl", BOTH, 1, KVM_GET_ONE_REG, "H_SET_MODE, crash reports"),
	CALL_EQ("ioctl", BOTH, 1, KVM_SET_ONE_REG, "H_SET_MODE, resets"),
	CALL_EQ("ioctl", BOTH, 1, KVM_PPC_CONFIGURE_V3_MMU, "H_REGISTER_PROC_TBL, resets"),
	CALL_EQ("ioctl", LOOP, 1, KVM_PPC_ALLOCATE_HTAB, "the hashed page table emptied"),
	CALL_EQ("ioctl", LOOP, 1, KVM_SET_DEVICE_ATTR, "interrupt sources reset"),
	CALL_EQ("tgkill", BOTH, 2, SIGUSR1, "a vCPU kicked out of the guest"),
	CALL("getpid", VCPU, "a kick's target"),
	CALL("gettid", VCPU, "a kick's target"),
	CALL("rt_sigreturn", VCPU, "back from a kick"),
#endif
	CALL("unlinkat", LOOP, "the socket of a unix console removed"),
	CALL_EQ("fallocate", LOOP, 1, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, "memory cleared at a reset"),
	CALL("mremap", LOOP, "large allocations that grow"),
	CALL_MASK("mprotect", LOOP, 2, PROT_EXEC, 0, "allocation arenas, never executable"),
	CALL("rt_sigreturn", LOOP, "back from a signal handler"),
	CALL("timerfd_settime", LOOP, "the event loop's timers"),
	CALL("signalfd4", LOOP, "the event loop's signals given up"),
	CALL("getpid", LOOP, "sd-event checks for a fork"),
	CALL("gettid", LOOP, "sd-event checks for another thread"),
	CALL("exit_group", LOOP, "the process's end"),
};

/* Written by hand: in a signal handler nothing else is safe. */
static void text_append(char *buf, size_t size, size_t *len, const char *s)
{
	while (*s && *len < size - 1)
		buf[(*len)++] = *s++;
}

static const char *volatile thread_name[] = {
	[SANDBOX_VCPU] = "vCPU",
	[SANDBOX_LOOP] = "loop",
};
static _Thread_local enum sandbox_thread thread_kind;

static uint32_t never;

/* Names by number, looked up before the filter is there. */
static char call_names[512][24];

static void violation(int signo, siginfo_t *si, void *context)
{
	char line[128], digits[12];
	size_t len = 0;
	int nr = si->si_syscall, at = (int)sizeof(digits) - 1;
	ssize_t done;

	digits[at] = 0;
	for (int n = nr; (n > 0 || at == (int)sizeof(digits) - 1) && at > 0; n /= 10)
		digits[--at] = (char)('0' + n % 10);
	text_append(line, sizeof(line), &len, "paprika: sandbox: system call ");
	if (nr >= 0 && (size_t)nr < ARRAY_SIZE(call_names) && call_names[nr][0]) {
		text_append(line, sizeof(line), &len, call_names[nr]);
		text_append(line, sizeof(line), &len, " ");
	}
	text_append(line, sizeof(line), &len, "(");
	text_append(line, sizeof(line), &len, digits + at);
	text_append(line, sizeof(line), &len, ") refused on a ");
	text_append(line, sizeof(line), &len, thread_name[thread_kind]);
	text_append(line, sizeof(line), &len, " thread\n");
	done = write(STDERR_FILENO, line, len);
	(void)done;
	if (thread_kind == SANDBOX_LOOP)
		sandbox_violation_exit();
	/* the loop ends the process: this thread may not even do that, and goes no further */
	sandbox_violation_tell();
	for (;;)
		syscall(SYS_futex, &never, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
}

static void names_look_up(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(call_names); i++) {
		char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, (int)i);

		if (name) {
			strncpy(call_names[i], name, sizeof(call_names[i]) - 1);
			free(name);
		}
	}
}

int sandbox_policy_init(void)
{
	struct sigaction sa = {.sa_sigaction = violation, .sa_flags = SA_SIGINFO};

	names_look_up();
	return sigaction(SIGSYS, &sa, NULL) < 0 ? -errno : 0;
}

static int rule_add(scmp_filter_ctx ctx, const struct rule *r)
{
	int nr = seccomp_syscall_resolve_name(r->call);

	if (nr == __NR_SCMP_ERROR)
		return 0; /* not a call of this architecture */
	if (r->arg == ANY)
		return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, nr, 0);
	return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, nr, 1,
				SCMP_CMP(r->arg, r->op, r->mask_or_value, r->value));
}

unsigned sandbox_policy_calls(enum sandbox_thread kind)
{
	unsigned n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rules); i++)
		n += (rules[i].threads >> kind) & 1 &&
		     !(i && !strcmp(rules[i].call, rules[i - 1].call));
	return n;
}

int sandbox_enter_thread(enum sandbox_thread kind, enum sandbox_mode mode)
{
	scmp_filter_ctx ctx;
	int r = 0;

	if (mode == SANDBOX_OFF)
		return 0;
	thread_kind = kind;
	ctx = seccomp_init(mode == SANDBOX_LOG ? SCMP_ACT_LOG : SCMP_ACT_TRAP);
	if (!ctx)
		return -ENOMEM;
	for (size_t i = 0; i < ARRAY_SIZE(rules) && r == 0; i++)
		if ((rules[i].threads >> kind) & 1)
			r = rule_add(ctx, &rules[i]);
	if (r == 0)
		r = seccomp_load(ctx);
	seccomp_release(ctx);
	return r;
}
