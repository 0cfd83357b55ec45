/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A listening unix socket: one client at a time, the next waits in the backlog. The socket stays in its
 * folder when the VM ends, which in the sandbox can remove nothing; the next VM to listen there replaces it.
 */
#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vmm/io/chr_impl.h"
#include "vmm/io/unix_socket.h"

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

static int unix_open(struct chr *c, const char *path, const char **ret_why)
{
	int r = unix_socket_listen(path, SOCK_STREAM, 4);

	if (r < 0)
		return r;
	c->listen_fd = r;
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
