/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One file for a library that opens it again and again by its path, where no path can be opened: the refused call
 * is answered with a descriptor that is open already. Threads: the signal handler of refused calls.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "seccomp/policy.h"

static const char *served_path;
static int served_fd;

void sandbox_serve_file(const char *path, int fd)
{
	served_path = path;
	served_fd = fd;
}

/* Arguments of the call that was refused, and its result, as the kernel's interface has them. */
#if defined(__x86_64__)
static uint64_t call_arg(const ucontext_t *u, unsigned i)
{
	static const int regs[] = {REG_RDI, REG_RSI, REG_RDX, REG_R10};

	return (uint64_t)u->uc_mcontext.gregs[regs[i]];
}

static void call_result(ucontext_t *u, int64_t result)
{
	u->uc_mcontext.gregs[REG_RAX] = result;
}
#elif defined(__aarch64__)
static uint64_t call_arg(const ucontext_t *u, unsigned i)
{
	return u->uc_mcontext.regs[i];
}

static void call_result(ucontext_t *u, int64_t result)
{
	u->uc_mcontext.regs[0] = (uint64_t)result;
}
#elif defined(__powerpc64__)
#define TRAP     40 /* in gp_regs, as in the kernel's <asm/ptrace.h> */
#define CCR      38
#define TRAP_SCV 0x3000
#define CR0_SO   0x10000000ul

static uint64_t call_arg(const ucontext_t *u, unsigned i)
{
	return u->uc_mcontext.gp_regs[3 + i];
}

/* With sc an error is a positive number and a bit of CR0, with scv a negative one. */
static void call_result(ucontext_t *u, int64_t result)
{
	bool by_scv = (u->uc_mcontext.gp_regs[TRAP] & 0xfff0) == TRAP_SCV;

	u->uc_mcontext.gp_regs[CCR] &= ~CR0_SO;
	if (result < 0 && !by_scv) {
		u->uc_mcontext.gp_regs[CCR] |= CR0_SO;
		result = -result;
	}
	u->uc_mcontext.gp_regs[3] = (unsigned long)result;
}
#endif

static int64_t file_open(void)
{
	int fd;

	if (served_fd < 0)
		return -ENOENT;
	lseek(served_fd, 0, SEEK_SET);
	fd = fcntl(served_fd, F_DUPFD_CLOEXEC, 0);
	return fd < 0 ? -errno : fd;
}

static int64_t file_stat(void *buf)
{
	return served_fd < 0 ? -ENOENT : fstat(served_fd, buf) < 0 ? -errno : 0;
}

static bool is_served(uint64_t path)
{
	return path && !strcmp((const char *)(uintptr_t)path, served_path);
}

bool sandbox_serve(const siginfo_t *si, void *context)
{
	ucontext_t *u = context;
	int saved = errno;

	if (!served_path)
		return false;
	if (si->si_syscall == SYS_openat && is_served(call_arg(u, 1)) &&
	    (call_arg(u, 2) & (O_ACCMODE | O_CREAT | O_TRUNC)) == O_RDONLY)
		call_result(u, file_open());
	else if (si->si_syscall == SYS_newfstatat && is_served(call_arg(u, 1)))
		call_result(u, file_stat((void *)(uintptr_t)call_arg(u, 2)));
	else
		return false;
	errno = saved;
	return true;
}
