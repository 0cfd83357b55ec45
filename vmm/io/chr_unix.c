/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A listening unix socket: one client at a time, the next waits in the backlog. The socket stays in its
 * folder when the VM ends, which in the sandbox can remove nothing; the next VM to listen there replaces it.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "vmm/io/chr_impl.h"

static void unix_detach(struct chr *c)
{
	int fd = c->in_fd;

	loop_watch_free(c->watch);
	c->watch = NULL;
	chr_set_output(c, -1);
	c->in_fd = -1;
	c->in_ended = false;
	close(fd);
	loop_watch_set(c->listen_watch, EPOLLIN);
}

/* It reads no more; what it sent before is still to be read. */
static void unix_lost(struct chr *c)
{
	chr_set_output(c, -1);
	if (c->in_ended)
		unix_detach(c);
}

/* It sends no more, but may go on reading. */
static void unix_input_end(struct chr *c)
{
	struct pollfd p = {.fd = c->in_fd};

	c->in_ended = true;
	if (c->out_fd < 0 || (poll(&p, 1, 0) > 0 && (p.revents & (POLLHUP | POLLERR))))
		unix_detach(c);
	else
		chr_watch_update(c, c->want_output);
}

static void unix_accept(void *ctx, int listen_fd, uint32_t events)
{
	struct chr *c = ctx;
	int fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	if (loop_add_fd(c->params.loop, fd, EPOLLIN | EPOLLOUT, chr_fd_ready, c, &c->watch) < 0) {
		close(fd);
		return;
	}
	c->in_fd = fd;
	chr_set_output(c, fd);
	chr_watch_update(c, true);
	loop_watch_set(c->listen_watch, 0);
}

/* A socket that nobody listens on any more may be replaced. */
static bool unix_is_stale(const struct sockaddr_un *sa)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool stale = fd >= 0 && connect(fd, (const struct sockaddr *)sa, sizeof(*sa)) < 0 &&
		     errno == ECONNREFUSED;

	if (fd >= 0)
		close(fd);
	return stale;
}

static int unix_open(struct chr *c, const char *path, const char **ret_why)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	int r;

	if (strlen(path) >= sizeof(sa.sun_path))
		return -ENAMETOOLONG;
	strcpy(sa.sun_path, path);
	c->listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (c->listen_fd < 0)
		return -errno;
	r = bind(c->listen_fd, (struct sockaddr *)&sa, sizeof(sa));
	if (r < 0 && errno == EADDRINUSE && unix_is_stale(&sa)) {
		unlink(path);
		r = bind(c->listen_fd, (struct sockaddr *)&sa, sizeof(sa));
	}
	if (r < 0 || listen(c->listen_fd, 4) < 0)
		return -errno;
	return loop_add_fd(c->params.loop, c->listen_fd, EPOLLIN, unix_accept, c,
			   &c->listen_watch);
}

static void unix_close(struct chr *c)
{
	if (c->in_fd >= 0)
		close(c->in_fd);
	if (c->listen_fd >= 0)
		close(c->listen_fd);
}

const struct chr_ops chr_unix_ops = {
	.ring_size = CHR_REPLAY_SIZE,
	.open = unix_open,
	.close = unix_close,
	.input_end = unix_input_end,
	.lost = unix_lost,
};
