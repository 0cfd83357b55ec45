/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A listening unix socket: one client at a time, the next waits in the backlog. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
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
	pthread_mutex_lock(&c->lock);
	c->in_fd = c->out_fd = -1;
	pthread_mutex_unlock(&c->lock);
	if (fd >= 0)
		close(fd);
	loop_watch_set(c->listen_watch, EPOLLIN);
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
	pthread_mutex_lock(&c->lock);
	c->in_fd = c->out_fd = fd;
	pthread_mutex_unlock(&c->lock);
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

/* The folder stays open, so that the socket can be removed when paths can no longer be opened. */
static int unix_keep_path(struct chr *c, const char *path)
{
	char *copy = strdup(path);

	if (!copy)
		return -ENOMEM;
	c->dir_fd = open(dirname(copy), O_PATH | O_DIRECTORY | O_CLOEXEC);
	free(copy);
	if (c->dir_fd < 0)
		return -errno;
	c->path = strdup(path);
	return c->path ? 0 : -ENOMEM;
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
	r = unix_keep_path(c, path);
	if (r < 0)
		return r;
	return loop_add_fd(c->params.loop, c->listen_fd, EPOLLIN, unix_accept, c,
			   &c->listen_watch);
}

static void unix_close(struct chr *c)
{
	char *base = c->path ? strrchr(c->path, '/') : NULL;

	if (c->path) {
		unlinkat(c->dir_fd, base ? base + 1 : c->path, 0);
		close(c->dir_fd);
		free(c->path);
	}
	if (c->in_fd >= 0)
		close(c->in_fd);
	if (c->listen_fd >= 0)
		close(c->listen_fd);
}

const struct chr_ops chr_unix_ops = {
	.ring_size = CHR_REPLAY_SIZE,
	.open = unix_open,
	.close = unix_close,
	.input_end = unix_detach,
	.lost = unix_detach,
};
