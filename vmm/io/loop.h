/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The loop thread: descriptors, signals and wake-ups from other threads. The one home of sd-event.
 *
 * Threads: everything on the loop thread, but loop_wake() and loop_quit(), which any may call. All that
 * the loop needs is open once it has been set up: it runs in a sandbox that opens nothing.
 */
#ifndef PAPRIKA_IO_LOOP_H
#define PAPRIKA_IO_LOOP_H

#include <stdint.h>

#include "vmm/base/check.h"

struct loop;
struct loop_watch;

typedef void loop_fd_fn(void *ctx, int fd, uint32_t events); /* EPOLL* */
typedef void loop_fn(void *ctx);

/* Negative errno of sd_event_new() and eventfd(2). */
__must_check int loop_new(struct loop **ret_loop);
void loop_free(struct loop *loop);

/* Runs until loop_quit(); its code, or negative errno. */
int loop_run(struct loop *loop);
void loop_quit(struct loop *loop, int code);

/*
 * @fn when one of @events is due on @fd. Freed by loop_watch_free(), or with the loop.
 * -EPERM: this kind of file is always ready (regular files).
 */
__must_check int loop_add_fd(struct loop *loop, int fd, uint32_t events, loop_fd_fn *fn, void *ctx,
			     struct loop_watch **ret_watch);
void loop_watch_set(struct loop_watch *watch, uint32_t events);
void loop_watch_free(struct loop_watch *watch);

/* @fn on the loop thread some time after each loop_wake(); wake-ups may be merged. */
__must_check int loop_add_wake(struct loop *loop, loop_fn *fn, void *ctx,
			       struct loop_watch **ret_watch);
void loop_wake(struct loop_watch *watch);

/* @fn when signal @signo, which must be blocked in every thread, arrives. */
__must_check int loop_add_signal(struct loop *loop, int signo, loop_fn *fn, void *ctx);

#endif
