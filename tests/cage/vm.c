/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See vm.h. */
#include "tests/cage/vm.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define WAIT_MS 60000

static _Noreturn void child(const struct vm_files *f, const char *option, int in, int out, int err)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(in, 0);
	dup2(out, 1);
	dup2(err, 2);
	/* what a careless parent leaves open, beside all of our pipes */
	dup2(open("/etc/passwd", O_RDONLY), 9);
	dup2(0, 150);
	execl(f->paprika, "paprika", "run", "--accel=interp", "--memory=1G", "--kernel", f->kernel,
	      "--initrd", f->initrd, "--cmdline", "console=hvc0 quiet paprika.do=echo", option, NULL);
	_exit(127);
}

void vm_start(struct vm *vm, const struct vm_files *files, const char *option)
{
	int in[2], out[2], err[2];

	memset(vm, 0, sizeof(*vm));
	if (pipe(in) < 0 || pipe(out) < 0 || pipe(err) < 0)
		exit(1);
	vm->pid = fork();
	if (vm->pid == 0)
		child(files, option, in[0], out[1], err[1]);
	close(in[0]);
	close(out[1]);
	close(err[1]);
	vm->in = in[1];
	vm->out = out[0];
	vm->err = err[0];
}

bool vm_wait_for(struct vm *vm, const char *text)
{
	struct pollfd p = {.fd = vm->out, .events = POLLIN};

	while (!memmem(vm->seen, vm->seen_len, text, strlen(text))) {
		ssize_t n;

		if (poll(&p, 1, WAIT_MS) <= 0)
			return false;
		n = read(vm->out, vm->seen + vm->seen_len, sizeof(vm->seen) - vm->seen_len);
		if (n <= 0)
			return false;
		vm->seen_len += (size_t)n;
	}
	return true;
}

bool vm_echoes(struct vm *vm, const char *word)
{
	char want[64];

	snprintf(want, sizeof(want), "got: %s", word);
	return dprintf(vm->in, "%s\n", word) > 0 && vm_wait_for(vm, want);
}

int vm_end(struct vm *vm)
{
	int status = -1;
	size_t len = 0;
	ssize_t n;

	while (len < sizeof(vm->messages) - 1 &&
	       (n = read(vm->err, vm->messages + len, sizeof(vm->messages) - 1 - len)) > 0)
		len += (size_t)n;
	waitpid(vm->pid, &status, 0);
	close(vm->in);
	close(vm->out);
	close(vm->err);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static bool thread_is(pid_t pid, const char *tid, const char *name)
{
	char path[64], comm[32] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task/%.16s/comm", pid, tid);
	f = fopen(path, "r");
	if (!f)
		return false;
	if (fscanf(f, "%31s", comm) != 1)
		comm[0] = 0;
	fclose(f);
	return !strcmp(comm, name);
}

pid_t vm_thread(const struct vm *vm, const char *name)
{
	char path[64];
	struct dirent *e;
	pid_t found = 0;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%d/task", vm->pid);
	d = opendir(path);
	while (d && !found && (e = readdir(d)))
		if (e->d_name[0] != '.' && thread_is(vm->pid, e->d_name, name))
			found = (pid_t)strtol(e->d_name, NULL, 10);
	if (d)
		closedir(d);
	return found;
}

pid_t vm_helper(const struct vm *vm)
{
	char path[64];
	int child = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", vm->pid, vm->pid);
	f = fopen(path, "r");
	if (f) {
		if (fscanf(f, "%d", &child) != 1)
			child = 0;
		fclose(f);
	}
	return child;
}
