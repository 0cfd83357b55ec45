/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The system calls of each kind of thread, with the reason for each; everything else ends the VM.
 * A rule's argument constraint narrows the call to the one use that is meant.
 */
#include "seccomp/policy.h"

#include <asm/ioctls.h>
#include <asm/termbits.h> /* the kernel's struct termios: its size is part of some ioctl numbers */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/fs.h>
#include <linux/if_tun.h>
#include <linux/kvm.h>
#include <linux/seccomp.h>
#include <linux/vhost.h>
#include <seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "vmm/base/bits.h"

#define VCPU (1u << SANDBOX_VCPU)
#define LOOP (1u << SANDBOX_LOOP)
#define IO   (1u << SANDBOX_IO)
#define NET  (1u << SANDBOX_NET)
#define BOTH (VCPU | LOOP)
#define ALL  (BOTH | IO | NET)

#define ARGS_MAX 2

struct rule {
	const char *call;
	unsigned threads;
	const char *reason;
	unsigned arg_count;
	struct scmp_arg_cmp args[ARGS_MAX]; /* all must hold */
	int error; /* the answer, if the call is not to be made */
};

#define IS(arg, value)         {(arg), SCMP_CMP_EQ, (value), 0}
#define HAS(arg, mask, value)  {(arg), SCMP_CMP_MASKED_EQ, (mask), (value)}
#define CALL(c, t, why)        {(c), (t), (why), 0, {{0}}}
#define CALL_1(c, t, why, a)   {(c), (t), (why), 1, {a}}
#define CALL_2(c, t, why, a, b) {(c), (t), (why), 2, {a, b}}
#define FAIL_2(c, t, why, e, a, b) {(c), (t), (why), 2, {a, b}, (e)}
#define SOCKET_TYPE             0xf /* the rest are flags */

/* Rules for the same call stand together. */
static const struct rule rules[] = {
	CALL("futex", ALL, "locks; a vCPU's sleep and its waking"),
	CALL_1("write", VCPU | IO | NET, "messages on stderr", IS(0, STDERR_FILENO)),
	CALL_1("write", VCPU | IO, "wake-ups through eventfd", IS(2, sizeof(uint64_t))),
	CALL("write", LOOP, "console output, wake-ups through eventfd, messages on stderr"),
	CALL("clock_gettime", ALL, "time, where the vDSO cannot tell it"),
	CALL("getrandom", VCPU | IO | NET, "H_RANDOM and darn; virtio-rng; tables of strings"),
	CALL("pwrite64", LOOP, "kernel and initrd in place again at a reset"),
	CALL_1("pwritev2", VCPU, "NVRAM kept in a file", IS(5, RWF_DSYNC)),
	CALL_2("mmap", ALL, "memory for allocations: of no file, never executable",
	       HAS(2, PROT_EXEC, 0), HAS(3, MAP_ANONYMOUS, MAP_ANONYMOUS)),
#ifdef __powerpc64__
	CALL_2("mmap", BOTH, "pages of KVM's interrupt controller, when a guest chooses it; KVM's TCE tables",
	       IS(2, PROT_READ | PROT_WRITE), IS(3, MAP_SHARED)),
	CALL_2("mmap", BOTH, "the controller's other pages, where some are at all times",
	       IS(2, PROT_READ | PROT_WRITE), IS(3, MAP_SHARED | MAP_FIXED)),
#endif
	CALL("munmap", ALL, "memory given back"),
	CALL("brk", ALL, "memory for allocations"),
	CALL_1("madvise", ALL, "a thread's stack and arenas given back", IS(2, MADV_DONTNEED)),
	CALL("rt_sigprocmask", ALL, "a thread's end"),
	CALL("exit", ALL, "a thread's end"),
	CALL("restart_syscall", ALL, "a wait with a limit goes on after a stop: SIGSTOP, a debugger"),
	CALL("exit_group", LOOP | NET, "the process's end"),
	CALL_1("read", IO, "doorbells", IS(2, sizeof(uint64_t))),
	CALL("read", LOOP, "console input, eventfd, signalfd, inotify"),
	CALL("read", NET, "the list of name servers"),
	CALL("epoll_wait", LOOP | IO, "the event loop; doorbells and rings"),
	CALL("epoll_pwait", LOOP | IO, "the event loop where there is no epoll_wait"),
	CALL("epoll_pwait2", LOOP, "the event loop of newer libraries"),
	CALL("epoll_ctl", LOOP, "consoles that come and go"),
	CALL("close", LOOP, "consoles that go, the VM's end"),
#ifdef __powerpc64__
	CALL("close", VCPU, "KVM's interrupt controller that a guest did not choose; TCE tables once they are mapped"),
#endif
	CALL("close", NET, "connections that go"),
	CALL("poll", LOOP, "whether a console would block; its last output"),
	CALL("poll", NET, "the helper's loop"),
	CALL("ppoll", LOOP | NET, "the same where there is no poll"),
	CALL("accept4", LOOP, "a client of a unix console"),
	CALL("accept4", NET, "a connection to a forwarded port"),
	CALL("accept", NET, "a connection to a forwarded port"),
	CALL_1("sendto", LOOP, "console output on a socket, to its peer alone", IS(4, 0)),
	CALL("sendto", NET, "what the guest sends; frames to it"),
	CALL("send", LOOP | NET, "the same where it is a call of its own"),
	CALL("recvfrom", NET, "what the guest receives; frames from it"),
	CALL("recv", NET, "the same where it is a call of its own"),
	CALL("recvmsg", NET, "errors of what the guest sent"),
	CALL("sendmsg", NET, "what the guest sends"),
	CALL_1("sendmsg", IO, "queues given to a device's back end, and taken away", IS(2, MSG_NOSIGNAL)),
	CALL_2("socket", NET, "the guest's TCP", IS(0, AF_INET), HAS(1, SOCKET_TYPE, SOCK_STREAM)),
	CALL_2("socket", NET, "the guest's UDP and its pings", IS(0, AF_INET), HAS(1, SOCKET_TYPE, SOCK_DGRAM)),
	CALL_2("socket", NET, "the guest's TCP over IPv6", IS(0, AF_INET6), HAS(1, SOCKET_TYPE, SOCK_STREAM)),
	CALL_2("socket", NET, "the guest's UDP over IPv6", IS(0, AF_INET6), HAS(1, SOCKET_TYPE, SOCK_DGRAM)),
	FAIL_2("socket", NET, "pings where users may not send them", EPERM, IS(0, AF_INET), HAS(1, SOCKET_TYPE, SOCK_RAW)),
	CALL("connect", NET, "the guest's connections"),
	CALL("bind", NET, "the guest's UDP"),
	CALL("listen", NET, "ports of the guest's own choice, as in FTP"),
	CALL("shutdown", NET, "a connection that ends on one side"),
	CALL_1("shutdown", IO, "a device's back end given up", IS(1, SHUT_RDWR)),
	CALL("getsockname", NET, "the port of a forwarded connection"),
	CALL("getpeername", NET, "the other side of a connection"),
	CALL("setsockopt", NET, "how a connection is to behave"),
	CALL("getsockopt", NET, "whether a connection came to be"),
	CALL_1("fcntl", NET, "a socket that does not block", IS(1, F_GETFL)),
	CALL_1("fcntl", NET, "a socket that does not block", IS(1, F_SETFL)),
	CALL_1("fcntl", NET, "a socket that no program inherits", IS(1, F_GETFD)),
	CALL_1("fcntl", NET, "a socket that no program inherits", IS(1, F_SETFD)),
	CALL_1("fcntl", NET, "the list of name servers, opened once for all", IS(1, F_DUPFD_CLOEXEC)),
	CALL_1("fcntl", LOOP, "what kind of descriptor a new client is", IS(1, F_GETFL)),
	CALL_1("fcntl", LOOP, "a disk's lock given back", IS(1, F_OFD_SETLK)),
	CALL_1("ioctl", NET, "a socket that does not block", IS(1, FIONBIO)),
	CALL_1("ioctl", NET, "how much there is to read", IS(1, FIONREAD)),
	CALL_1("ioctl", LOOP, "the terminal restored", IS(1, TCSETS)),
	CALL_1("ioctl", LOOP, "the terminal restored", IS(1, TCGETS)),
	CALL_1("fallocate", LOOP, "memory cleared at a reset",
	       IS(1, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE)),
	CALL_1("fallocate", IO, "a disk's blocks discarded, by a thread of the pool; memory that a guest gives back",
	       IS(1, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE)),
	CALL_1("fallocate", IO, "a disk's blocks made zero, by a thread of the pool",
	       IS(1, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE)),
	CALL("io_uring_enter", IO, "disks' I/O; what a ring may do is restricted in the ring itself"),
	CALL("readv", IO, "a frame from a network; answers of a device's back end"),
	CALL("writev", IO, "a frame to a network"),
	CALL_1("ioctl", IO, "what of frames a guest does by itself", IS(1, TUNSETOFFLOAD)),
	CALL_1("ioctl", IO, "which of a tap's queues a guest uses", IS(1, TUNSETQUEUE)),
	CALL_1("ioctl", IO, "a vhost device of the kernel's: what the driver accepted", IS(1, VHOST_SET_FEATURES)),
	CALL_1("ioctl", IO, "a queue given to it: its size", IS(1, VHOST_SET_VRING_NUM)),
	CALL_1("ioctl", IO, "where it goes on", IS(1, VHOST_SET_VRING_BASE)),
	CALL_1("ioctl", IO, "its rings, in the guest's memory", IS(1, VHOST_SET_VRING_ADDR)),
	CALL_1("ioctl", IO, "its bell", IS(1, VHOST_SET_VRING_KICK)),
	CALL_1("ioctl", IO, "its interrupt", IS(1, VHOST_SET_VRING_CALL)),
	CALL_1("ioctl", IO, "a queue taken away: how far it is", IS(1, VHOST_GET_VRING_BASE)),
	CALL_1("ioctl", IO, "vhost-net: a queue's tap, and none any more", IS(1, VHOST_NET_SET_BACKEND)),
	CALL_1("ioctl", IO, "vhost-vsock: both queues served, and no longer", IS(1, VHOST_VSOCK_SET_RUNNING)),
	CALL("preadv", IO, "a disk read, by a thread of the pool"),
	CALL("pwritev", IO, "a disk written, by a thread of the pool"),
	CALL("fdatasync", IO, "a disk flushed, by a thread of the pool"),
#ifdef __powerpc64__
	CALL_1("ioctl", BOTH, "the guest; an exit completed before a reset", IS(1, KVM_RUN)),
	CALL_1("ioctl", ALL, "an interrupt line of a vCPU", IS(1, KVM_INTERRUPT)),
	CALL_1("ioctl", ALL, "an interrupt source in the kernel", IS(1, KVM_IRQ_LINE)),
	CALL_1("ioctl", BOTH | IO, "interrupts that other processes raise", IS(1, KVM_IRQFD)),
	CALL_1("ioctl", BOTH, "doorbells where a guest moves them, resets", IS(1, KVM_IOEVENTFD)),
	CALL_1("ioctl", BOTH, "registers, for a start, a reset and crash reports", IS(1, KVM_GET_REGS)),
	CALL_1("ioctl", BOTH, "registers, for a start and a reset", IS(1, KVM_SET_REGS)),
	CALL_1("ioctl", BOTH, "H_SET_MODE, crash reports", IS(1, KVM_GET_ONE_REG)),
	CALL_1("ioctl", BOTH, "H_SET_MODE, resets", IS(1, KVM_SET_ONE_REG)),
	CALL_1("ioctl", BOTH, "kvm_pr: segments, when its shadows are dropped", IS(1, KVM_GET_SREGS)),
	CALL_1("ioctl", BOTH, "kvm_pr: where the page table is", IS(1, KVM_SET_SREGS)),
	CALL_1("ioctl", BOTH, "H_REGISTER_PROC_TBL, resets", IS(1, KVM_PPC_CONFIGURE_V3_MMU)),
	CALL_1("ioctl", LOOP, "the hashed page table emptied", IS(1, KVM_PPC_ALLOCATE_HTAB)),
	CALL_1("ioctl", BOTH, "interrupt sources and queues", IS(1, KVM_SET_DEVICE_ATTR)),
	CALL_1("ioctl", BOTH, "H_INT_GET_QUEUE_CONFIG", IS(1, KVM_GET_DEVICE_ATTR)),
	CALL_1("ioctl", BOTH, "the interrupt controller that a guest chooses", IS(1, KVM_CREATE_DEVICE)),
	CALL_1("ioctl", BOTH, "a vCPU connected to it", IS(1, KVM_ENABLE_CAP)),
	CALL_1("ioctl", BOTH, "its pages in the guest", IS(1, KVM_SET_USER_MEMORY_REGION)),
	CALL_1("ioctl", BOTH, "a DMA window", IS(1, KVM_CREATE_SPAPR_TCE_64)),
	CALL_1("ioctl", BOTH, "its RTAS calls", IS(1, KVM_PPC_RTAS_DEFINE_TOKEN)),
	CALL_1("tgkill", BOTH, "a vCPU kicked out of the guest", IS(2, SIGUSR1)),
	CALL("getpid", VCPU, "a kick's target"),
	CALL("gettid", VCPU, "a kick's target"),
	CALL("rt_sigreturn", VCPU, "back from a kick"),
#endif
	CALL("mremap", LOOP | NET, "large allocations that grow"),
	CALL("lseek", NET, "the list of name servers, from its begin"),
	CALL("fstat", NET, "how to read it"),
	CALL_1("newfstatat", NET, "the same, of what is open", IS(3, AT_EMPTY_PATH)),
	CALL("rt_sigreturn", NET, "back from what was refused and is answered nevertheless"),
	CALL_1("tgkill", NET, "its end at an impossibility", IS(2, SIGABRT)),
	CALL("timerfd_settime", LOOP, "the event loop's timers"),
	CALL("signalfd4", LOOP, "the event loop's signals given up"),
	CALL("getpid", LOOP | NET, "sd-event checks for a fork; abort()"),
	CALL("gettid", LOOP | NET, "sd-event checks for another thread; abort()"),
};

/*
 * The number of a call, and whether it is one of this architecture. Where there is socketcall(2) as well, libseccomp
 * numbers what that does from -101 down, and knows what is meant.
 */
static int call_number(const char *name, bool *ret_there)
{
	int nr = seccomp_syscall_resolve_name(name);

	*ret_there = nr >= 0 || (nr < -100 && nr > -200 && seccomp_syscall_resolve_name("socketcall") >= 0);
	return nr;
}

static int rule_add(scmp_filter_ctx ctx, const struct rule *r)
{
	bool there;
	int nr = call_number(r->call, &there);

	if (!there)
		return 0;
	return seccomp_rule_add_array(ctx, r->error ? SCMP_ACT_ERRNO(r->error) : SCMP_ACT_ALLOW, nr, r->arg_count, r->args);
}

unsigned sandbox_policy_calls(enum sandbox_thread kind)
{
	unsigned n = 0;
	bool there;
	const char *last = "";

	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		if (!((rules[i].threads >> kind) & 1) || !strcmp(rules[i].call, last))
			continue;
		last = rules[i].call;
		call_number(last, &there);
		n += there;
	}
	return n;
}

/*
 * As seccomp_load(), which gives one listener a process and not one a thread. The descriptor of the
 * notifications; negative errno.
 */
static int load_listening(scmp_filter_ctx ctx)
{
	struct sock_filter code[1024];
	struct sock_fprog prog = {.filter = code};
	int fd = memfd_create("filter", MFD_CLOEXEC), r;
	ssize_t len = -1;

	if (fd < 0)
		return -errno;
	if (seccomp_export_bpf(ctx, fd) == 0)
		len = pread(fd, code, sizeof(code), 0);
	/* before the filter: nobody answers for a call until the caller has the descriptor */
	close(fd);
	if (len <= 0 || (size_t)len == sizeof(code))
		return -EIO;
	prog.len = (unsigned short)((size_t)len / sizeof(code[0]));
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	r = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &prog);
	return r < 0 ? -errno : r;
}

/*
 * With rules for sockets come those for the same by socketcall(2), whose arguments no filter sees. No library of
 * ours uses that.
 */
static int socketcall_refuse(scmp_filter_ctx ctx)
{
	int nr = seccomp_syscall_resolve_name("socketcall");

	return nr < 0 ? 0 : seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), nr, 0);
}

/* A call of another architecture (int 0x80, x32) is one outside the policy, too. */
static int filter_load(enum sandbox_thread kind, uint32_t otherwise, int *ret_notify_fd)
{
	scmp_filter_ctx ctx = seccomp_init(otherwise);
	int r;

	if (!ctx)
		return -ENOMEM;
	r = seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH, otherwise);
	for (size_t i = 0; i < ARRAY_SIZE(rules) && r == 0; i++)
		if ((rules[i].threads >> kind) & 1)
			r = rule_add(ctx, &rules[i]);
	if (r == 0)
		r = socketcall_refuse(ctx);
	if (r == 0 && otherwise == SCMP_ACT_NOTIFY)
		r = *ret_notify_fd = load_listening(ctx);
	else if (r == 0)
		r = seccomp_load(ctx);
	seccomp_release(ctx);
	return r;
}

/* Calls outside the policy are reported by a thread of ours, or by a kernel too old for that. */
static int log_thread(enum sandbox_thread kind)
{
	struct sandbox_reporter *reporter = sandbox_reporter_start(kind);
	int fd = -1;
	int r = -ENOMEM;

	if (reporter)
		r = filter_load(kind, SCMP_ACT_NOTIFY, &fd);
	sandbox_reporter_watch(reporter, fd);
	return r >= 0 ? 0 : filter_load(kind, SCMP_ACT_LOG, &fd);
}

int sandbox_enter_thread(enum sandbox_thread kind, enum sandbox_mode mode)
{
	int none;

	if (mode == SANDBOX_OFF)
		return 0;
	if (mode == SANDBOX_LOG)
		return log_thread(kind);
	sandbox_thread_mark(kind);
	return filter_load(kind, SCMP_ACT_TRAP, &none);
}
