/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A thread that does devices' I/O: it waits for descriptors (doorbells, rings) and calls who watches them.
 *
 * Threads: watches are added before iothread_start(); their functions run on the I/O thread, one at a
 * time. What must not run beside them is posted to the same thread through a doorbell.
 */
#ifndef PAPRIKA_IO_IOTHREAD_H
#define PAPRIKA_IO_IOTHREAD_H

#include <stdbool.h>

#include "vmm/base/check.h"

struct iothread;

typedef void iothread_fn(void *ctx);

/* @name: at most 15 characters, for the kernel. Negative errno of epoll_create1(2), eventfd(2). */
__must_check int iothread_new(const char *name, struct iothread **ret_thread);
/* Ends and joins the thread. */
void iothread_free(struct iothread *t);

/* @fn when @fd is readable. -ENOSPC: too many; others of epoll_ctl(2). */
__must_check int iothread_watch(struct iothread *t, int fd, iothread_fn *fn, void *ctx);

/* The same, but once for each time that something comes, or that there is room to write again, whatever is then
 * done about it. */
__must_check int iothread_watch_edges(struct iothread *t, int fd, iothread_fn *fn, void *ctx);

/* Work that can wait until all that came at the same time is done, so that it is done once for all of it. */
struct iothread_deferred {
	iothread_fn *fn;
	void *ctx;
	struct iothread_deferred *next; /* the thread's */
	bool due;
};

/* On the I/O thread: @d->fn once, before the thread waits again. @d stays until then. */
void iothread_defer(struct iothread *t, struct iothread_deferred *d);

/* @init (may be NULL) runs first on the new thread, and its failure is this function's. */
__must_check int iothread_start(struct iothread *t, int (*init)(void *ctx), void *ctx);

#endif
