/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loop thread, on sd-event. */
#include "vmm/io/loop.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <systemd/sd-event.h>
#include <unistd.h>

struct loop {
	sd_event *event;
	struct loop_watch *watches; /* those that go with the loop */
	struct loop_watch *quit;
	int code;
};

struct loop_watch {
	sd_event_source *source;
	loop_fd_fn *fd_fn;
	loop_fn *fn;
	void *ctx;
	int fd; /* ours for wake-ups, else -1 */
	struct loop_watch *next;
};

static int watch_fd_ready(sd_event_source *s, int fd, uint32_t events, void *userdata)
{
	struct loop_watch *w = userdata;

	w->fd_fn(w->ctx, fd, events);
	return 0;
}

static int watch_woken(sd_event_source *s, int fd, uint32_t events, void *userdata)
{
	struct loop_watch *w = userdata;
	uint64_t count;

	if (read(fd, &count, sizeof(count)) < 0)
		return 0;
	w->fn(w->ctx);
	return 0;
}

static int watch_signalled(sd_event_source *s, const struct signalfd_siginfo *si, void *userdata)
{
	struct loop_watch *w = userdata;

	w->fn(w->ctx);
	return 0;
}

static struct loop_watch *watch_new(void *ctx)
{
	struct loop_watch *w = calloc(1, sizeof(*w));

	if (w) {
		w->ctx = ctx;
		w->fd = -1;
	}
	return w;
}

void loop_watch_free(struct loop_watch *w)
{
	if (!w)
		return;
	if (w->source)
		sd_event_source_disable_unref(w->source);
	if (w->fd >= 0)
		close(w->fd);
	free(w);
}

int loop_add_fd(struct loop *loop, int fd, uint32_t events, loop_fd_fn *fn, void *ctx,
		struct loop_watch **ret_watch)
{
	struct loop_watch *w = watch_new(ctx);
	int r;

	if (!w)
		return -ENOMEM;
	w->fd_fn = fn;
	r = sd_event_add_io(loop->event, &w->source, fd, events, watch_fd_ready, w);
	if (r < 0) {
		loop_watch_free(w);
		return r;
	}
	*ret_watch = w;
	return 0;
}

void loop_watch_set(struct loop_watch *w, uint32_t events)
{
	sd_event_source_set_io_events(w->source, events);
	sd_event_source_set_enabled(w->source, events ? SD_EVENT_ON : SD_EVENT_OFF);
}

int loop_add_wake(struct loop *loop, loop_fn *fn, void *ctx, struct loop_watch **ret_watch)
{
	struct loop_watch *w = watch_new(ctx);
	int r;

	if (!w)
		return -ENOMEM;
	w->fn = fn;
	w->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	r = w->fd < 0 ? -errno :
			sd_event_add_io(loop->event, &w->source, w->fd, 1 /* EPOLLIN */,
					watch_woken, w);
	if (r < 0) {
		loop_watch_free(w);
		return r;
	}
	*ret_watch = w;
	return 0;
}

void loop_wake(struct loop_watch *w)
{
	const uint64_t one = 1;
	ssize_t done = write(w->fd, &one, sizeof(one));

	(void)done; /* a full counter is a wake-up that is due already */
}

int loop_add_signal(struct loop *loop, int signo, loop_fn *fn, void *ctx)
{
	struct loop_watch *w = watch_new(ctx);
	int r;

	if (!w)
		return -ENOMEM;
	w->fn = fn;
	r = sd_event_add_signal(loop->event, &w->source, signo, watch_signalled, w);
	if (r < 0) {
		loop_watch_free(w);
		return r;
	}
	w->next = loop->watches;
	loop->watches = w;
	return 0;
}

static void loop_do_quit(void *ctx)
{
	struct loop *loop = ctx;

	sd_event_exit(loop->event, __atomic_load_n(&loop->code, __ATOMIC_ACQUIRE));
}

int loop_new(struct loop **ret_loop)
{
	struct loop *loop = calloc(1, sizeof(*loop));
	int r;

	if (!loop)
		return -ENOMEM;
	r = sd_event_new(&loop->event);
	if (r >= 0)
		r = loop_add_wake(loop, loop_do_quit, loop, &loop->quit);
	if (r < 0) {
		loop_free(loop);
		return r;
	}
	*ret_loop = loop;
	return 0;
}

void loop_free(struct loop *loop)
{
	if (!loop)
		return;
	while (loop->watches) {
		struct loop_watch *w = loop->watches;

		loop->watches = w->next;
		loop_watch_free(w);
	}
	loop_watch_free(loop->quit);
	sd_event_unref(loop->event);
	free(loop);
}

int loop_run(struct loop *loop)
{
	return sd_event_loop(loop->event);
}

void loop_quit(struct loop *loop, int code)
{
	__atomic_store_n(&loop->code, code, __ATOMIC_RELEASE);
	loop_wake(loop->quit);
}
