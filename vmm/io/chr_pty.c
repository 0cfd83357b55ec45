/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A pseudo-terminal: attached while some process has the other side open. The master side hangs up while
 * nobody has, but does not tell when somebody does: inotify does.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <termios.h>
#include <unistd.h>

#include "vmm/base/log.h"
#include "vmm/io/chr_impl.h"

#define LAST_READ_MS 100

/* What the other side wrote before it closed is still read, up to the error at its end. */
static void pty_check(struct chr *c)
{
	struct pollfd p = {.fd = c->listen_fd, .events = POLLIN};
	bool attached;

	if (poll(&p, 1, 0) < 0)
		return;
	attached = !(p.revents & POLLHUP);
	c->in_fd = attached || (p.revents & POLLIN) ? c->listen_fd : -1;
	if (attached != (c->out_fd >= 0))
		chr_set_output(c, attached ? c->listen_fd : -1);
	chr_watch_update(c, attached);
}

static void pty_opened_or_closed(void *ctx, int fd, uint32_t events)
{
	char buf[1024] __attribute__((aligned(__alignof__(struct inotify_event))));

	if (read(fd, buf, sizeof(buf)) > 0)
		pty_check(ctx);
}

static void pty_input_end(struct chr *c)
{
	chr_set_output(c, -1);
	c->in_fd = -1;
	chr_watch_update(c, false);
}

static void pty_lost(struct chr *c)
{
	chr_set_output(c, -1);
}

/* Opening the other side for the first time, as it is to be found. */
static int pty_make_raw(const char *name)
{
	struct termios t;
	int fd = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (tcgetattr(fd, &t) == 0) {
		cfmakeraw(&t);
		tcsetattr(fd, TCSANOW, &t);
	}
	close(fd);
	return 0;
}

static int pty_watch(struct chr *c, const char *name)
{
	int r = loop_add_fd(c->params.loop, c->listen_fd, EPOLLIN, chr_fd_ready, c, &c->watch);

	if (r < 0)
		return r;
	loop_watch_set(c->watch, 0);
	c->event_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (c->event_fd < 0 || inotify_add_watch(c->event_fd, name, IN_OPEN | IN_CLOSE) < 0) {
		r = -errno;
		log_error("cannot watch %s: see fs.inotify.max_user_instances", name);
		return r;
	}
	return loop_add_fd(c->params.loop, c->event_fd, EPOLLIN, pty_opened_or_closed, c,
			   &c->listen_watch);
}

static int pty_open(struct chr *c, const char *path, const char **ret_why)
{
	const char *name;
	int r;

	c->listen_fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (c->listen_fd < 0 || grantpt(c->listen_fd) < 0 || unlockpt(c->listen_fd) < 0 ||
	    !(name = ptsname(c->listen_fd)))
		return -errno;
	r = pty_make_raw(name);
	if (r == 0)
		r = pty_watch(c, name);
	if (r == 0)
		fprintf(stderr, "paprika: %s is %s\n", c->params.name, name);
	return r;
}

static void pty_close(struct chr *c)
{
	struct pollfd p = {.fd = c->out_fd};

	/* closing hangs the other side up, and what it has not read by then is gone */
	if (c->out_fd >= 0)
		poll(&p, 1, LAST_READ_MS);
	if (c->event_fd >= 0)
		close(c->event_fd);
	if (c->listen_fd >= 0)
		close(c->listen_fd);
}

const struct chr_ops chr_pty_ops = {
	.ring_size = CHR_REPLAY_SIZE,
	.open = pty_open,
	.close = pty_close,
	.input_end = pty_input_end,
	.lost = pty_lost,
};
