/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cage PAPRIKA KERNEL INITRD: a VM whose threads are made to try the ways out of it. 0: every one refused and
 * the VM none the worse; 77: this cannot be tested here.
 */
#include <stdio.h>
#include <stdlib.h>

#if defined(__x86_64__)
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "seccomp/policy.h"
#include "tests/cage/attempts.h"
#include "tests/cage/inject.h"
#include "tests/cage/vm.h"
#include "vmm/base/bits.h"

static unsigned wrong;

#define EXPECT(cond, ...)                                                                          \
	do {                                                                                       \
		if (!(cond)) {                                                                     \
			wrong++;                                                                   \
			printf("wrong: " __VA_ARGS__);                                             \
			putchar('\n');                                                             \
		}                                                                                  \
	} while (0)

static const char *const kind_names[] = {[SANDBOX_VCPU] = "vCPU", [SANDBOX_LOOP] = "loop",
					 [SANDBOX_IO] = "I/O", [SANDBOX_NET] = "network helper"};

/* One line of a thread's status, as it must be. */
static void status_line(const char *who, const char *line)
{
	static const char *const zero[] = {"CapInh:", "CapPrm:", "CapEff:", "CapBnd:", "CapAmb:"};
	unsigned long long value;
	char key[32], *end;
	int len;

	if (sscanf(line, "%31s %n", key, &len) != 1)
		return;
	value = strtoull(line + len, &end, 16);
	if (end == line + len)
		return;
	if (!strcmp(key, "Seccomp:"))
		EXPECT(value == 2, "thread %s: %s", who, line);
	if (!strcmp(key, "NoNewPrivs:"))
		EXPECT(value == 1, "thread %s: %s", who, line);
	for (size_t i = 0; i < ARRAY_SIZE(zero); i++)
		/* only root can empty the bounding set */
		if (!strcmp(key, zero[i]) && (i != 3 || geteuid() == 0))
			EXPECT(!value, "thread %s: %s", who, line);
}

static unsigned status_of_all(pid_t pid)
{
	char path[64], line[256];
	struct dirent *e;
	unsigned threads = 0;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	d = opendir(path);
	while (d && (e = readdir(d))) {
		FILE *f;

		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "/proc/%d/task/%.16s/status", pid, e->d_name);
		f = fopen(path, "r");
		while (f && fgets(line, sizeof(line), f))
			status_line(e->d_name, line);
		if (f)
			fclose(f);
		threads++;
	}
	if (d)
		closedir(d);
	return threads;
}

/* Standard input, output and messages, what the loop waits on, and the guest's memory: nothing else. */
static bool descriptor_is_meant(int fd, const char *target, unsigned *pipes)
{
	static const char *const kinds[] = {"anon_inode:[eventfd]", "anon_inode:[eventpoll]",
					    "anon_inode:[signalfd]", "anon_inode:[timerfd]",
					    "/memfd:paprika-ram (deleted)"};

	if (!strncmp(target, "pipe:", 5))
		return fd < 3 || ++*pipes == 1; /* one more: output is opened anew */
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(target, kinds[i]))
			return true;
	return false;
}

static unsigned descriptors(pid_t pid)
{
	char path[64], link[64 + 300], target[256];
	unsigned count = 0, pipes = 0;
	struct dirent *e;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	d = opendir(path);
	while (d && (e = readdir(d))) {
		ssize_t n;

		snprintf(link, sizeof(link), "%s/%s", path, e->d_name);
		n = readlink(link, target, sizeof(target) - 1);
		if (e->d_name[0] == '.' || n < 0)
			continue;
		target[n] = 0;
		count++;
		EXPECT(descriptor_is_meant((int)strtol(e->d_name, NULL, 10), target, &pipes),
		       "descriptor %s is open: %s", e->d_name, target);
	}
	if (d)
		closedir(d);
	return count;
}

static void attach(const struct vm *vm, enum sandbox_thread kind, struct injected *t)
{
	pid_t pid = kind == SANDBOX_NET ? vm_helper(vm) : vm->pid;
	pid_t tid = kind == SANDBOX_LOOP || kind == SANDBOX_NET ?
			    pid : vm_thread(vm, kind == SANDBOX_IO ? "io" : "vcpu0");
	int r = inject_attach(pid, tid, t);

	if (r == -EPERM) {
		kill(vm->pid, SIGKILL);
		printf("ptrace(2) is not permitted here\n");
		exit(77);
	}
	if (r < 0) {
		printf("cannot attach to the %s thread: %s\n", kind_names[kind], strerror(-r));
		exit(1);
	}
}

static const unsigned most_calls[] = {[SANDBOX_VCPU] = 12, [SANDBOX_LOOP] = 32, [SANDBOX_IO] = 24, [SANDBOX_NET] = 48};

/* Every attempt on one thread; the calls that are its own must still be made. */
static void thread_tries(const struct vm *vm, enum sandbox_thread kind)
{
	unsigned tried = 0, refused = 0, made = 0, most = most_calls[kind];
	struct injected t;

	attach(vm, kind, &t);
	inject_data(&t, attempt_data, sizeof(attempt_data));
	for (const struct attempt *a = attempts; a->name; a++) {
		bool allowed = (a->allowed >> kind) & 1;
		uint64_t args[6];
		long result = 0;
		bool no;

		/* made, it would end what is under test */
		if (allowed && a->nr == SYS_rt_sigreturn)
			continue;
		attempt_args(a, t.scratch, (uint64_t)getpid(), args);
		no = inject_call(&t, a->nr, args, &result);
		tried += !allowed;
		refused += !allowed && no;
		made += allowed && !no;
		EXPECT(no != allowed, "%s on the %s thread is %s (%ld)", a->name, kind_names[kind],
		       no ? "refused" : "possible", result);
	}
	inject_detach(&t);
	EXPECT(sandbox_policy_calls(kind) <= most, "%s thread: %u system calls, more than %u",
	       kind_names[kind], sandbox_policy_calls(kind), most);
	printf("%s thread: %u system calls allowed; %u attempts, %u refused; %u of its own made\n",
	       kind_names[kind], sandbox_policy_calls(kind), tried, refused, made);
}

static void must_echo(struct vm *vm, const char *word)
{
	int status;

	if (vm_echoes(vm, word))
		return;
	kill(vm->pid, SIGTERM);
	status = vm_end(vm);
	printf("the VM does not echo \"%s\"; its end: status %d: %s\n", word, status, vm->messages);
	exit(1);
}

static void cage_holds(const struct vm_files *files)
{
	static struct vm vm;
	unsigned threads, fds;
	int status;

	vm_start(&vm, files, "--seccomp=on");
	EXPECT(vm_wait_for(&vm, "guest: init") && vm_echoes(&vm, "before"), "no guest");
	threads = status_of_all(vm.pid);
	fds = descriptors(vm.pid);
	EXPECT(threads >= 2 && fds >= 8, "%u threads, %u descriptors", threads, fds);
	printf("%u threads without capabilities, %u descriptors\n", threads, fds);
	thread_tries(&vm, SANDBOX_VCPU);
	must_echo(&vm, "between");
	thread_tries(&vm, SANDBOX_LOOP);
	must_echo(&vm, "after");
	thread_tries(&vm, SANDBOX_IO);
	must_echo(&vm, "then");
	kill(vm.pid, SIGSTOP);
	usleep(100000);
	kill(vm.pid, SIGCONT);
	must_echo(&vm, "continued");
	kill(vm.pid, SIGTERM);
	status = vm_end(&vm);
	EXPECT(status == 0, "status %d after SIGTERM: %s", status, vm.messages);
}

/* The helper of a network, which is a process of its own. */
static void helper_cage_holds(const struct vm_files *files)
{
	static struct vm vm;
	int status;

	vm_start(&vm, files, "--net=user");
	EXPECT(vm_wait_for(&vm, "guest: init"), "no guest");
	if (!vm_helper(&vm)) {
		status = vm_end(&vm);
		printf("no network helper here: %s", vm.messages);
		return;
	}
	status_of_all(vm_helper(&vm));
	thread_tries(&vm, SANDBOX_NET);
	EXPECT(vm_helper(&vm), "the helper has ended");
	must_echo(&vm, "helper");
	kill(vm.pid, SIGTERM);
	status = vm_end(&vm);
	EXPECT(status == 0, "status %d after SIGTERM: %s", status, vm.messages);
}

static const uint64_t no_args[6];

static void violation_ends(const struct vm_files *files, enum sandbox_thread kind, const char *text)
{
	static struct vm vm;
	struct injected t;
	int status;

	vm_start(&vm, files, "--seccomp=on");
	EXPECT(vm_wait_for(&vm, "guest: init"), "no guest");
	attach(&vm, kind, &t);
	inject_last_call(&t, SYS_getppid, no_args);
	status = vm_end(&vm);
	EXPECT(status == 3 && strstr(vm.messages, text), "violation: status %d, not 3 and \"%s\": %s",
	       status, text, vm.messages);
}

static void log_goes_on(const struct vm_files *files)
{
	static struct vm vm;
	struct injected t;
	int status;

	vm_start(&vm, files, "--seccomp=log");
	EXPECT(vm_wait_for(&vm, "guest: init"), "no guest");
	for (int kind = SANDBOX_VCPU; kind <= SANDBOX_IO; kind++) {
		long result = 0;
		bool no;

		attach(&vm, kind, &t);
		no = inject_call(&t, SYS_getppid, no_args, &result);
		inject_detach(&t);
		EXPECT(!no && result == getpid(), "--seccomp=log: getppid gave %ld", result);
	}
	EXPECT(vm_echoes(&vm, "still"), "--seccomp=log: no echo");
	kill(vm.pid, SIGTERM);
	status = vm_end(&vm);
	EXPECT(status == 0 && strstr(vm.messages, "getppid (110) is outside the policy on a vCPU thread") &&
	       strstr(vm.messages, "getppid (110) is outside the policy on the loop thread"),
	       "--seccomp=log: status %d: %s", status, vm.messages);
}

int main(int argc, char **argv)
{
	const struct vm_files files = {argv[1], argv[2], argv[3]};

	if (argc != 4)
		return 1;
	signal(SIGPIPE, SIG_IGN);
	setvbuf(stdout, NULL, _IOLBF, 0);
	cage_holds(&files);
	helper_cage_holds(&files);
	violation_ends(&files, SANDBOX_VCPU,
		       "paprika: sandbox: system call getppid (110) refused on a vCPU thread\n");
	violation_ends(&files, SANDBOX_LOOP,
		       "paprika: sandbox: system call getppid (110) refused on the loop thread\n");
	violation_ends(&files, SANDBOX_IO,
		       "paprika: sandbox: system call getppid (110) refused on an I/O thread\n");
	log_goes_on(&files);
	printf("%u ways out and the VM's own calls on each thread, violations, log: %u wrong\n",
	       attempts_count(), wrong);
	return wrong != 0;
}
#else
int main(void)
{
	printf("the attempts are written for x86-64 hosts\n");
	return 77;
}
#endif
