/* SPDX-License-Identifier: GPL-2.0-or-later */
/* I/O threads, on epoll. */
#include "vmm/io/iothread.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "vmm/base/bits.h"

#define WATCHES_MAX 64
#define EVENTS_MAX  16

struct watch {
	iothread_fn *fn;
	void *ctx;
};

struct iothread {
	char name[16];
	int epoll_fd, end_fd;
	struct watch watches[WATCHES_MAX];
	unsigned count;
	pthread_t thread;
	struct iothread_deferred *deferred;
	bool started, ending;
	int (*init)(void *ctx);
	void *init_ctx;
	int init_result;
	sem_t ready;
};

static void end_asked(void *ctx)
{
	((struct iothread *)ctx)->ending = true;
}

int iothread_new(const char *name, struct iothread **ret_thread)
{
	struct iothread *t = calloc(1, sizeof(*t));
	int r;

	if (!t)
		return -ENOMEM;
	snprintf(t->name, sizeof(t->name), "%s", name);
	sem_init(&t->ready, 0, 0);
	t->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	t->end_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	r = t->epoll_fd < 0 || t->end_fd < 0 ? -errno :
					       iothread_watch(t, t->end_fd, end_asked, t);
	if (r < 0) {
		iothread_free(t);
		return r;
	}
	*ret_thread = t;
	return 0;
}

static int watch_add(struct iothread *t, int fd, uint32_t events, iothread_fn *fn, void *ctx)
{
	struct watch *w = &t->watches[t->count];
	struct epoll_event e = {.events = events, .data.ptr = w};

	if (t->count == WATCHES_MAX)
		return -ENOSPC;
	*w = (struct watch){.fn = fn, .ctx = ctx};
	if (epoll_ctl(t->epoll_fd, EPOLL_CTL_ADD, fd, &e) < 0)
		return -errno;
	t->count++;
	return 0;
}

int iothread_watch(struct iothread *t, int fd, iothread_fn *fn, void *ctx)
{
	return watch_add(t, fd, EPOLLIN, fn, ctx);
}

int iothread_watch_edges(struct iothread *t, int fd, iothread_fn *fn, void *ctx)
{
	return watch_add(t, fd, EPOLLIN | EPOLLOUT | EPOLLET, fn, ctx);
}

void iothread_defer(struct iothread *t, struct iothread_deferred *d)
{
	if (d->due)
		return;
	d->due = true;
	d->next = t->deferred;
	t->deferred = d;
}

static void deferred_do(struct iothread *t)
{
	while (t->deferred) {
		struct iothread_deferred *d = t->deferred;

		t->deferred = d->next;
		d->due = false;
		d->fn(d->ctx);
	}
}

static void *iothread_run(void *arg)
{
	struct iothread *t = arg;
	struct epoll_event events[EVENTS_MAX];

	pthread_setname_np(pthread_self(), t->name);
	t->init_result = t->init ? t->init(t->init_ctx) : 0;
	sem_post(&t->ready);
	while (t->init_result == 0 && !t->ending) {
		int n = epoll_wait(t->epoll_fd, events, EVENTS_MAX, -1);

		for (int i = 0; i < n; i++) {
			struct watch *w = events[i].data.ptr;

			w->fn(w->ctx);
		}
		deferred_do(t);
	}
	return NULL;
}

int iothread_start(struct iothread *t, int (*init)(void *ctx), void *ctx)
{
	static const int own[] = {SIGSYS, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
	sigset_t all, before;
	int r;

	t->init = init;
	t->init_ctx = ctx;
	/* signals for the process go to the loop; those that a thread causes stay with it */
	sigfillset(&all);
	for (unsigned i = 0; i < ARRAY_SIZE(own); i++)
		sigdelset(&all, own[i]);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = -pthread_create(&t->thread, NULL, iothread_run, t);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (r < 0)
		return r;
	t->started = true;
	while (sem_wait(&t->ready) < 0 && errno == EINTR)
		;
	return t->init_result;
}

void iothread_free(struct iothread *t)
{
	const uint64_t one = 1;

	if (!t)
		return;
	if (t->started && write(t->end_fd, &one, sizeof(one)) == sizeof(one))
		pthread_join(t->thread, NULL);
	if (t->epoll_fd >= 0)
		close(t->epoll_fd);
	if (t->end_fd >= 0)
		close(t->end_fd);
	sem_destroy(&t->ready);
	free(t);
}
