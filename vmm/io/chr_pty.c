/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A pseudo-terminal: attached while some process has the other side open. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <termios.h>
#include <unistd.h>

#include "vmm/base/log.h"
#include "vmm/io/chr_impl.h"

/*
 * The master side hangs up while nobody has the slave open, and stops doing so when somebody does: edge
 * triggered events tell of both.
 */
static bool pty_hung_up(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, 0) > 0 && (p.revents & POLLHUP);
}

static void pty_set_attached(struct chr *c, bool attached)
{
	pthread_mutex_lock(&c->lock);
	c->in_fd = c->out_fd = attached ? c->listen_fd : -1;
	pthread_mutex_unlock(&c->lock);
}

static void pty_ready(void *ctx, int fd, uint32_t events)
{
	struct chr *c = ctx;
	bool hung_up = pty_hung_up(fd);

	if (c->out_fd < 0 && !hung_up)
		pty_set_attached(c, true);
	else if (c->out_fd >= 0 && hung_up)
		pty_set_attached(c, false);
	if (c->out_fd >= 0)
		chr_fd_ready(c, fd, EPOLLOUT | (events & EPOLLIN));
}

static void pty_input_end(struct chr *c)
{
	pty_set_attached(c, false);
}

static int pty_open(struct chr *c, const char *path, const char **ret_why)
{
	struct termios t;
	const char *name;
	int fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK), slave;

	*ret_why = "/dev/ptmx";
	if (fd < 0)
		return -errno;
	c->listen_fd = fd;
	if (grantpt(fd) < 0 || unlockpt(fd) < 0 || !(name = ptsname(fd)))
		return -errno;
	slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0)
		return -errno;
	if (tcgetattr(slave, &t) == 0) {
		cfmakeraw(&t);
		tcsetattr(slave, TCSANOW, &t);
	}
	close(slave);
	fprintf(stderr, "paprika: %s is %s\n", c->params.name, name);
	return loop_add_fd(c->params.loop, fd, EPOLLIN | EPOLLOUT | EPOLLET, pty_ready, c,
			   &c->listen_watch);
}

static void pty_close(struct chr *c)
{
	if (c->listen_fd >= 0)
		close(c->listen_fd);
}

const struct chr_ops chr_pty_ops = {
	.ring_size = CHR_REPLAY_SIZE,
	.open = pty_open,
	.close = pty_close,
	.input_end = pty_input_end,
	.lost = pty_input_end,
};
