/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of seccomp/sandbox.h: what a process has given up. The filters: tests/cage. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "seccomp/policy.h"
#include "vmm/base/bits.h"

#define SKIPPED 77

/* 0, or the number of the first thing that is not as it must be. */
static int paths_are_gone(int open_before)
{
	static const char *const paths[] = {"/etc/passwd", "/proc/self/status", "/dev/null", "/tmp",
					    "..", "/"};
	char byte;

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		int fd = open(paths[i], O_RDONLY);

		/* an empty root itself may be opened by root, having nothing in it */
		if (fd >= 0 && openat(fd, "etc/passwd", O_RDONLY) >= 0)
			return 10 + (int)i;
		if (fd >= 0 && i < 3)
			return 20 + (int)i;
	}
	if (open("/tmp/paprika-new", O_WRONLY | O_CREAT, 0600) >= 0 || mkdir("/paprika-new", 0700) == 0)
		return 30;
	return pread(open_before, &byte, 1, 0) == 1 ? 0 : 31;
}

static int privileges_are_gone(void)
{
	return setuid(0) == 0 && geteuid() != 0 ? 40 : sethostname("x", 1) == 0 ? 41 : 0;
}

static void no_landlock(void)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);

	if (!ctx || seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(landlock_create_ruleset), 0) ||
	    seccomp_load(ctx))
		_exit(50);
	seccomp_release(ctx);
}

static int in_child(int (*fn)(void))
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(fn());
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int with_landlock(void)
{
	int fd = open("/etc/passwd", O_RDONLY);

	if (syscall(SYS_landlock_create_ruleset, NULL, 0, 1) < 0)
		return SKIPPED;
	if (sandbox_enter_process(SANDBOX_ON) < 0)
		return 1;
	return paths_are_gone(fd) ?: privileges_are_gone();
}

static int with_namespaces(void)
{
	int fd = open("/etc/passwd", O_RDONLY);

	if (geteuid() != 0)
		return SKIPPED; /* whether users may is the system's choice */
	no_landlock();
	if (sandbox_enter_process(SANDBOX_ON) < 0)
		return 1;
	return paths_are_gone(fd) ?: privileges_are_gone();
}

static int cannot_unshare(void)
{
	return unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0;
}

/* Privileges do not suffice for a mount namespace: a user namespace has them. */
static int with_user_namespaces(void)
{
	int fd = open("/etc/passwd", O_RDONLY);

	if (geteuid() == 0 && (setgid(65534) || setuid(65534)))
		return SKIPPED;
	prctl(PR_SET_DUMPABLE, 1); /* as a process of that user is: /proc/self is its own */
	if (in_child(cannot_unshare))
		return SKIPPED;
	no_landlock();
	if (sandbox_enter_process(SANDBOX_ON) < 0)
		return 1;
	return paths_are_gone(fd);
}

static int when_off(void)
{
	if (sandbox_enter_process(SANDBOX_OFF) < 0 || sandbox_enter_thread(SANDBOX_VCPU, SANDBOX_OFF) < 0)
		return 1;
	return open("/etc/passwd", O_RDONLY) < 0;
}

static void end_now(void)
{
	_exit(3);
}

static void nothing(void)
{
}

static const struct sandbox_end end = {.tell = nothing, .end_now = end_now, .restore = nothing};

static int violation(void)
{
	if (sandbox_init(&end) < 0 || sandbox_enter_thread(SANDBOX_LOOP, SANDBOX_ON) < 0)
		return 1;
	close(STDERR_FILENO);
	getppid();
	return 2;
}

/* A vCPU thread that the loop leaves alone ends the process all the same. */
static int violation_unheard(void)
{
	if (sandbox_init(&end) < 0 || sandbox_enter_thread(SANDBOX_VCPU, SANDBOX_ON) < 0)
		return 1;
	getppid();
	return 2;
}

static int crash(void)
{
	if (sandbox_init(&end) < 0 || sandbox_enter_thread(SANDBOX_LOOP, SANDBOX_ON) < 0)
		return 1;
	__builtin_trap();
}

static void expect(int (*fn)(void), int status)
{
	int got = in_child(fn);

	if (got == SKIPPED)
		skip();
	assert_int_equal(got, status);
}

static void landlock(void **state)
{
	expect(with_landlock, 0);
}

/* qemu-user has no seccomp(2); a kernel that has it finds fault with the flag. */
static bool seccomp_is_there(void)
{
	return syscall(SYS_seccomp, 0, 1, NULL) == 0 || errno != ENOSYS;
}

static void namespaces(void **state)
{
	if (!seccomp_is_there())
		skip();
	expect(with_namespaces, 0);
}

static void user_namespaces(void **state)
{
	expect(with_user_namespaces, 0);
}

static void off(void **state)
{
	expect(when_off, 0);
}

static void ends(void **state)
{
#ifdef __SANITIZE_ADDRESS__
	skip(); /* the sanitizer makes calls of its own, which the policy does not know */
#endif
	if (!seccomp_is_there())
		skip();
	expect(violation, 3);
	expect(crash, 3);
	expect(violation_unheard, 128 + SIGSYS);
}

/* What is written of a call: its name, what was done about it, the thread. */
static void text(void **state)
{
	char line[160];
	size_t len;

	assert_int_equal(sandbox_init(&end), 0);
	len = sandbox_describe_call(line, sizeof(line), SYS_openat, true, "refused", SANDBOX_VCPU);
	line[len] = 0;
	assert_non_null(strstr(line, "system call openat ("));
	assert_non_null(strstr(line, ") refused on a vCPU thread\n"));
	len = sandbox_describe_call(line, sizeof(line), -2147483647 - 1, true, "refused", SANDBOX_LOOP);
	line[len] = 0;
	assert_string_equal(line, "paprika: sandbox: system call (-2147483648) refused on the loop thread\n");
	len = sandbox_describe_call(line, 20, 5, false, "refused", SANDBOX_LOOP);
	assert_true(len < 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(landlock),
		cmocka_unit_test(namespaces),
		cmocka_unit_test(user_namespaces),
		cmocka_unit_test(off),
		cmocka_unit_test(ends),
		cmocka_unit_test(text),
	};

	return cmocka_run_group_tests_name("seccomp/sandbox", tests, NULL, NULL);
}
