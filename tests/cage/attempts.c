/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ways out. Were one of them open, its arguments would make it fail or do no harm to the machine that
 * runs the test.
 */
#if defined(__x86_64__)
#include "tests/cage/attempts.h"

#include <asm/ioctls.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "seccomp/sandbox.h"

#define V (1u << SANDBOX_VCPU)
#define L (1u << SANDBOX_LOOP)
#define I (1u << SANDBOX_IO)
#define N (1u << SANDBOX_NET)

/* Stand-ins for what attempt_args() knows. */
#define PATH   0xbad0000000000001ULL /* "/etc/passwd" in the scratch memory */
#define OTHER  0xbad0000000000002ULL /* another process */
#define ROOM   0xbad0000000000003ULL /* scratch memory to write to */
#define NO_FD  ((uint64_t)-1)
#define ANON   (MAP_PRIVATE | MAP_ANONYMOUS)
#define X32    0x40000000

#define OUT(call, ...)             {#call, SYS_##call, 0, {__VA_ARGS__}}
#define AS(name, call, ...)        {(name), SYS_##call, 0, {__VA_ARGS__}}
#define OWN(name, call, who, ...)  {(name), SYS_##call, (who), {__VA_ARGS__}}

const char attempt_data[64] = "/etc/passwd";

const struct attempt attempts[] = {
	/* files by path */
	OUT(open, PATH, O_RDONLY), OUT(openat, (uint64_t)AT_FDCWD, PATH, O_RDONLY),
	OUT(openat2, (uint64_t)AT_FDCWD, PATH, ROOM, 24), OUT(creat, PATH, 0600),
	OUT(name_to_handle_at, (uint64_t)AT_FDCWD, PATH, ROOM, ROOM, 0),
	OUT(open_by_handle_at, (uint64_t)AT_FDCWD, ROOM, O_RDONLY), OUT(stat, PATH, ROOM),
	OUT(lstat, PATH, ROOM), OUT(statx, (uint64_t)AT_FDCWD, PATH, 0, 0, ROOM),
	OUT(newfstatat, (uint64_t)AT_FDCWD, PATH, ROOM, 0), OUT(access, PATH, 0),
	OUT(faccessat2, (uint64_t)AT_FDCWD, PATH, 0, 0), OUT(readlink, PATH, ROOM, 16),
	OUT(readlinkat, (uint64_t)AT_FDCWD, PATH, ROOM, 16), OUT(link, PATH, 0),
	OUT(linkat, (uint64_t)AT_FDCWD, PATH, (uint64_t)AT_FDCWD, 0, 0), OUT(symlink, PATH, 0),
	OUT(symlinkat, PATH, (uint64_t)AT_FDCWD, 0), OUT(rename, PATH, 0),
	OUT(renameat2, (uint64_t)AT_FDCWD, PATH, (uint64_t)AT_FDCWD, 0, 0), OUT(unlink, 0),
	OUT(unlinkat, (uint64_t)AT_FDCWD, 0, 0), OUT(mkdir, PATH, 0), OUT(mkdirat, NO_FD, 0, 0),
	OUT(rmdir, 0), OUT(mknod, 0, 0, 0), OUT(mknodat, NO_FD, 0, 0, 0), OUT(chmod, 0, 0),
	OUT(fchmodat, NO_FD, 0, 0), OUT(fchmod, 1, 0600), OUT(chown, 0, 0, 0),
	OUT(fchownat, NO_FD, 0, 0, 0, 0), OUT(fchown, 1, 0, 0), OUT(truncate, 0, 0),
	OUT(ftruncate, NO_FD, 0), OUT(utimensat, NO_FD, 0, 0, 0), OUT(setxattr, 0, 0, 0, 0, 0),
	OUT(getxattr, PATH, 0, 0, 0), OUT(chdir, PATH), OUT(fchdir, NO_FD),
	OUT(getdents64, NO_FD, ROOM, 64), OUT(statfs, PATH, ROOM), OUT(inotify_init1, 0),
	OUT(inotify_add_watch, NO_FD, PATH, 1), OUT(fanotify_init, 0, 0),
	OUT(fanotify_mark, NO_FD, 1, 1, NO_FD, PATH), OUT(memfd_create, PATH, 0),
	/* descriptors */
	OUT(dup, 0), OUT(dup2, 0, 1000), OUT(dup3, 0, 1000, 0), OUT(pipe2, ROOM, 0),
	OUT(eventfd2, 0, 0), OUT(timerfd_create, 1, 0), OUT(epoll_create1, 0),
	OUT(sendfile, NO_FD, NO_FD, 0, 0), OUT(splice, NO_FD, 0, NO_FD, 0, 0, 0),
	OUT(copy_file_range, NO_FD, 0, NO_FD, 0, 0, 0), OUT(flock, NO_FD, 0),
	AS("fcntl F_DUPFD", fcntl, 0, F_DUPFD, 3), OWN("fcntl F_SETFL", fcntl, N, 0, F_SETFL, 0),
	AS("fcntl F_SETOWN", fcntl, 0, F_SETOWN, OTHER), AS("ioctl TIOCSTI", ioctl, 0, TIOCSTI, PATH),
	AS("ioctl TIOCLINUX", ioctl, 0, TIOCLINUX, PATH), AS("ioctl TIOCSCTTY", ioctl, 0, TIOCSCTTY, 0),
	OWN("ioctl FIONREAD", ioctl, N, 0, FIONREAD, ROOM), AS("ioctl KVM_CREATE_VM", ioctl, 0, 0xae01, 0),
	AS("ioctl TIOCSTI, high bits", ioctl, 0, 0x100005402ULL, ROOM),
	AS("fallocate without punching", fallocate, NO_FD, 0, 0, 0),
	AS("pwritev2 without DSYNC", pwritev2, NO_FD, ROOM, 0, 0, 0, 0),
	OWN("pwrite64", pwrite64, L, NO_FD, ROOM, 0, 0), OUT(pread64, NO_FD, ROOM, 0, 0), OWN("writev", writev, I, NO_FD, ROOM, 0),
	/* networks and other processes' sockets */
	OUT(socket, AF_UNIX, SOCK_STREAM, 0), AS("socket netlink", socket, AF_NETLINK, SOCK_RAW, 0),
	AS("socket packet", socket, AF_PACKET, SOCK_RAW, 0),
	OWN("socket of the internet", socket, N, AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0),
	OWN("socket of the internet, 6", socket, N, AF_INET6, SOCK_DGRAM, 0),
	AS("socket vsock", socket, AF_VSOCK, SOCK_STREAM, 0), AS("socket of an odd type", socket, AF_INET, SOCK_SEQPACKET, 0),
	OUT(socketpair, AF_UNIX, SOCK_STREAM, 0, ROOM), OWN("connect", connect, N, NO_FD, PATH, 16),
	OWN("bind", bind, N, NO_FD, PATH, 16), OWN("listen", listen, N, NO_FD, 1), OWN("accept", accept, N, NO_FD, 0, 0),
	OWN("sendmsg", sendmsg, N, NO_FD, ROOM, 0), OWN("recvmsg", recvmsg, N, NO_FD, ROOM, 0), OUT(sendmmsg, NO_FD, ROOM, 0, 0),
	OWN("setsockopt", setsockopt, N, NO_FD, 0, 0, 0, 0), OWN("shutdown", shutdown, N, NO_FD, 0),
	OWN("sendto an address", sendto, N, NO_FD, PATH, 1, 0, PATH, 16),
	/* processes */
	OUT(execve, 0, 0, 0), OUT(execveat, NO_FD, 0, 0, 0, 0), OUT(fork, 0), OUT(vfork, 0),
	AS("clone, a process", clone, SIGCHLD, 0, 0, 0, 0),
	AS("clone, a thread", clone, CLONE_VM | CLONE_THREAD | CLONE_SIGHAND, 0, 0, 0, 0),
	OUT(clone3, ROOM, 0), OUT(unshare, CLONE_NEWUSER), OUT(setns, NO_FD, 0),
	OUT(ptrace, 0x4206 /* PTRACE_SEIZE */, OTHER, 0, 0),
	OUT(process_vm_readv, OTHER, ROOM, 0, ROOM, 0, 0), OUT(process_vm_writev, OTHER, ROOM, 0, ROOM, 0, 0),
	OUT(process_madvise, NO_FD, ROOM, 0, 0, 0), OUT(kill, OTHER, 0), OUT(tkill, OTHER, 0),
	OUT(tgkill, OTHER, OTHER, 0), OUT(rt_sigqueueinfo, OTHER, 0, ROOM),
	OUT(rt_tgsigqueueinfo, OTHER, OTHER, 0, ROOM), OUT(pidfd_open, OTHER, 0),
	OUT(pidfd_getfd, NO_FD, 0, 0), OUT(pidfd_send_signal, NO_FD, 0, 0, 0), OUT(kcmp, OTHER, OTHER, 0, 0, 0),
	OUT(wait4, NO_FD, 0, 1, 0), OUT(prlimit64, OTHER, 0, 0, 0), OUT(setpriority, 0, OTHER, 0),
	OUT(sched_setaffinity, OTHER, 0, 0), OUT(setpgid, 0, 0), OUT(setsid, 0),
	OUT(get_robust_list, OTHER, ROOM, ROOM), OUT(getppid, 0), OUT(process_mrelease, NO_FD, 0),
	/* privileges */
	OUT(setuid, 0), OUT(setgid, 0), OUT(setresuid, 0, 0, 0), OUT(setgroups, 0, 0), OUT(capset, 0, 0),
	OUT(setfsuid, 0), OUT(prctl, PR_GET_DUMPABLE, 0, 0, 0, 0),
	AS("prctl PR_SET_NAME", prctl, PR_SET_NAME, PATH, 0, 0, 0), OUT(seccomp, 2, 0, ROOM),
	OUT(personality, 0xffffffff), OUT(arch_prctl, 0x1004, ROOM), OUT(keyctl, 0, 0, 0, 0, 0),
	OUT(add_key, 0, 0, 0, 0, 0), OUT(request_key, 0, 0, 0, 0), OUT(landlock_create_ruleset, 0, 0, 1),
	OUT(chroot, PATH), OUT(mount, 0, 0, 0, 0, 0), OUT(umount2, 0, 0), OUT(pivot_root, 0, 0),
	OUT(fsopen, 0, 0), OUT(open_tree, NO_FD, 0, 0), OUT(move_mount, NO_FD, 0, NO_FD, 0, 0),
	OUT(mount_setattr, NO_FD, 0, 0, 0, 0),
	/* the kernel at large */
	OUT(bpf, 0xffff, 0, 0), OUT(perf_event_open, 0, 0, NO_FD, NO_FD, 0), OUT(userfaultfd, 0xffff),
	OUT(io_uring_setup, 0, 0), OWN("io_uring_enter", io_uring_enter, I, NO_FD, 0, 0, 0, 0, 0),
	OUT(io_uring_register, NO_FD, 0, 0, 0), OUT(io_setup, 0, 0), OUT(io_submit, 0, 0, 0),
	OUT(init_module, 0, 0, 0), OUT(finit_module, NO_FD, 0, 0), OUT(delete_module, 0, 0),
	OUT(kexec_load, 0, 0, 0, 0xffff), OUT(kexec_file_load, NO_FD, NO_FD, 0, 0, 0xffff),
	OUT(reboot, 0, 0, 0, 0), OUT(swapon, 0, 0), OUT(swapoff, 0), OUT(sethostname, 0, 1000),
	OUT(setdomainname, 0, 1000), OUT(acct, PATH), OUT(quotactl, 0, 0, 0, 0), OUT(syslog, 3, 0, 0),
	OUT(settimeofday, 0, 0), OUT(clock_settime, 99, 0), OUT(adjtimex, 0), OUT(iopl, 9),
	OUT(ioperm, 0x80, 0, 0), OUT(modify_ldt, 99, 0, 0), OUT(vhangup, 0), OUT(lookup_dcookie, 0, 0, 0),
	/* shared memory, messages */
	OUT(shmget, 1, 0, 0), OUT(shmat, NO_FD, 0, 0), OUT(msgget, 1, 0), OUT(semget, 1, 0, 0),
	OUT(mq_open, 0, 0, 0, 0), OUT(mq_unlink, 0),
	/* executable memory */
	AS("mmap PROT_EXEC", mmap, 0, 4096, PROT_READ | PROT_EXEC, ANON, NO_FD, 0),
	AS("mmap RWX", mmap, 0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, ANON, NO_FD, 0),
	AS("mmap of a file", mmap, 0, 4096, PROT_READ, MAP_PRIVATE, 0, 0),
	AS("mprotect PROT_EXEC", mprotect, ROOM, 0, PROT_READ | PROT_EXEC),
	AS("mprotect", mprotect, ROOM, 0, PROT_READ | PROT_WRITE),
	OUT(pkey_mprotect, ROOM, 0, PROT_EXEC, 0), OUT(remap_file_pages, 0, 0, 0, 0, 0),
	AS("madvise MADV_REMOVE", madvise, 0, 0, MADV_REMOVE), OUT(mlock, 0, 0),
	/* signals of its own */
	OUT(rt_sigaction, SIGSYS, 0, 0, 8), OWN("rt_sigreturn", rt_sigreturn, N, 0), OUT(sigaltstack, 0, ROOM),
	OUT(set_tid_address, 0), OUT(pause, 0),
	/* the other ABI of this architecture */
	{"x32 openat", SYS_openat | X32, 0, {(uint64_t)AT_FDCWD, PATH, O_RDONLY}},
	{"x32 write", SYS_write | X32, 0, {2, PATH, 0}},
	{"no such call", 4000, 0, {0}},

	/* what the threads are there for is possible, but the vCPU's little of it */
	OWN("write of nothing on stderr", write, V | L | I | N, 2, PATH, 0),
	OWN("write to another descriptor", write, L, NO_FD, PATH, 0),
	OWN("futex, waking none", futex, V | L | I | N, ROOM, 1, 0),
	OWN("clock_gettime", clock_gettime, V | L | I | N, 1, ROOM), OWN("getrandom", getrandom, V | I | N, ROOM, 8, 0),
	OWN("mmap of memory", mmap, V | L | I | N, 0, 4096, PROT_READ | PROT_WRITE, ANON, NO_FD, 0),
	OWN("pwritev2 with DSYNC", pwritev2, V, NO_FD, ROOM, 0, 0, 0, 2),
	OWN("read", read, L | N, NO_FD, ROOM, 1), OWN("close", close, L | N, NO_FD),
	OWN("accept4", accept4, L | N, NO_FD, 0, 0, 0), OWN("ioctl TCGETS", ioctl, L, NO_FD, TCGETS, ROOM),
	OWN("fcntl F_GETFL", fcntl, L | N, 0, F_GETFL), OWN("getpid", getpid, L | N, 0),
	OWN("sendto the peer", sendto, L | N, NO_FD, PATH, 0, 0, 0, 0),
	OWN("epoll_ctl", epoll_ctl, L, NO_FD, 0, 0, 0), OWN("timerfd_settime", timerfd_settime, L, NO_FD),
	OWN("mremap", mremap, L | N, 1, 0, 0), OWN("poll", poll, L | N, 0, 0, 0),
	{0},
};

unsigned attempts_count(void)
{
	return sizeof(attempts) / sizeof(attempts[0]) - 1;
}

void attempt_args(const struct attempt *a, uint64_t scratch, uint64_t other, uint64_t ret_args[6])
{
	for (unsigned i = 0; i < 6; i++) {
		uint64_t v = a->args[i];

		ret_args[i] = v == PATH ? scratch : v == ROOM ? scratch + 64 : v == OTHER ? other : v;
	}
}
#endif
