/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --seccomp=log: calls outside the policy are named on stderr, each once a kind of thread, and made.
 *
 * Threads: a reporter for each filtered thread, outside of any filter. It takes no lock that the thread it
 * reports on, which waits for it, could hold.
 */
#include <errno.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <seccomp.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "seccomp/policy.h"
#include "vmm/base/bits.h"

struct sandbox_reporter {
	enum sandbox_thread kind;
	sem_t ready;
	int fd;
	size_t call_size;
	struct seccomp_notif *call; /* the kernel's may be longer than the header's */
	struct seccomp_notif_resp *answer;
};

static void report(enum sandbox_thread kind, const struct seccomp_data *data)
{
	static atomic_uchar seen[SANDBOX_THREADS][512];
	bool native = data->arch == seccomp_arch_native();
	size_t at = (size_t)data->nr % ARRAY_SIZE(seen[0]);
	char line[160];
	ssize_t done;
	size_t len;

	if (native && atomic_exchange(&seen[kind][at], 1))
		return;
	len = sandbox_describe_call(line, sizeof(line), data->nr, native, "is outside the policy",
				    kind);
	done = write(STDERR_FILENO, line, len);
	(void)done;
}

static void reporter_end(struct sandbox_reporter *r)
{
	if (r->fd >= 0)
		close(r->fd);
	sem_destroy(&r->ready);
	free(r->call);
	free(r->answer);
	free(r);
}

static void reporter_answer(struct sandbox_reporter *r)
{
	memset(r->call, 0, r->call_size);
	if (ioctl(r->fd, SECCOMP_IOCTL_NOTIF_RECV, r->call) < 0)
		return;
	report(r->kind, &r->call->data);
	r->answer->id = r->call->id;
	r->answer->flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	/* it fails when a signal took the thread out of its call, which comes again then */
	ioctl(r->fd, SECCOMP_IOCTL_NOTIF_SEND, r->answer);
}

static void *reporter_thread(void *arg)
{
	struct sandbox_reporter *r = arg;
	struct pollfd p;

	while (sem_wait(&r->ready) < 0)
		;
	p = (struct pollfd){.fd = r->fd, .events = POLLIN};
	/* it hangs up with the thread */
	while (r->fd >= 0 && (poll(&p, 1, -1) > 0 || errno == EINTR) && !(p.revents & ~POLLIN))
		if (p.revents)
			reporter_answer(r);
	reporter_end(r);
	return NULL;
}

static int reporter_alloc(struct sandbox_reporter *r)
{
	struct seccomp_notif_sizes sizes;

	if (syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) < 0)
		return -errno;
	r->call_size = sizes.seccomp_notif + sizeof(*r->call);
	r->call = calloc(1, r->call_size);
	r->answer = calloc(1, sizes.seccomp_notif_resp + sizeof(*r->answer));
	return r->call && r->answer ? 0 : -ENOMEM;
}

struct sandbox_reporter *sandbox_reporter_start(enum sandbox_thread kind)
{
	struct sandbox_reporter *r = calloc(1, sizeof(*r));
	sigset_t all, before;
	pthread_t thread;
	int error;

	if (!r)
		return NULL;
	r->kind = kind;
	r->fd = -1;
	sem_init(&r->ready, 0, 0);
	error = reporter_alloc(r);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (error == 0)
		error = pthread_create(&thread, NULL, reporter_thread, r);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (error) {
		reporter_end(r);
		return NULL;
	}
	pthread_detach(thread);
	return r;
}

void sandbox_reporter_watch(struct sandbox_reporter *r, int fd)
{
	if (!r)
		return;
	r->fd = fd;
	sem_post(&r->ready);
}
