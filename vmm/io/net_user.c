/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The VM's end of a user-mode network: one message of a socket is one frame. */
#include "vmm/io/net_user.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vmm/base/log.h"
#include "vmm/io/net_impl.h"

#define END_WAIT_MS 1000

struct net_user {
	int fd;
};

/* Any answer is in one message; none means that the helper is no more. */
static int word_wait(int fd, char why[160])
{
	struct slirp_word word;
	ssize_t n;

	do
		n = read(fd, &word, sizeof(word));
	while (n < 0 && errno == EINTR);
	if (n != sizeof(word)) {
		strcpy(why, "the helper process has ended");
		return -EIO;
	}
	memcpy(why, word.why, sizeof(word.why));
	return word.result;
}

static int helper_fork(const struct net_user_params *params, int (*cage)(void *ctx), void *ctx, int fds[2])
{
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
	if (pid == 0) {
		slirp_main(params, cage, ctx, fds[1]);
		_exit(0);
	}
	return 0;
}

int net_user_start(const struct net_user_params *params, int (*cage)(void *ctx), void *ctx, char why[160],
		   struct net_user **ret_user)
{
	struct net_user *u = calloc(1, sizeof(*u));
	int fds[2], r;

	why[0] = 0;
	if (!u)
		return -ENOMEM;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0) {
		free(u);
		return -errno;
	}
	r = helper_fork(params, cage, ctx, fds);
	close(fds[1]);
	if (r == 0)
		r = word_wait(fds[0], why);
	if (r == 0 && fcntl(fds[0], F_SETFL, O_NONBLOCK) < 0)
		r = -errno;
	if (r < 0) {
		close(fds[0]);
		free(u);
		return r;
	}
	u->fd = fds[0];
	*ret_user = u;
	return 0;
}

/* A message shorter than a frame; the ports that it held are free when its socket is. */
void net_user_end(struct net_user *u)
{
	struct pollfd p;

	if (!u)
		return;
	p = (struct pollfd){.fd = u->fd};
	if (write(u->fd, "", 1) == 1)
		poll(&p, 1, END_WAIT_MS);
	close(u->fd);
	free(u);
}

static void user_lost(struct net *n)
{
	log_warning("network: its helper process has ended: the link is down");
	n->down = true;
}

static size_t user_receive(struct net *n, void *buf, size_t size)
{
	struct iovec iov = {.iov_base = buf, .iov_len = size};
	ssize_t len;

	do
		len = readv(n->fd, &iov, 1);
	while (len < 0 && errno == EINTR);
	if (len == 0 || (len < 0 && errno != EAGAIN))
		user_lost(n);
	return len > 0 ? (size_t)len : 0;
}

static int user_send(struct net *n, const struct iovec *iov, unsigned count)
{
	ssize_t len;

	do
		len = writev(n->fd, iov, (int)count);
	while (len < 0 && errno == EINTR);
	if (len >= 0 || errno == ENOBUFS || errno == ENOMEM)
		return 0;
	if (errno == EAGAIN)
		return -EAGAIN;
	user_lost(n);
	return 0;
}

static void user_close(struct net *n)
{
	/* the socket is the helper's, which stays */
}

static const struct net_ops user_ops = {
	.receive = user_receive,
	.send = user_send,
	.close = user_close,
};

int net_user_open(const struct net_params *p, struct net **ret_net, const char **ret_why)
{
	struct net *n = calloc(1, sizeof(*n));

	if (!n)
		return -ENOMEM;
	n->ops = &user_ops;
	n->fd = p->describe ? -1 : p->user->fd;
	*ret_net = n;
	return 0;
}
