/* SPDX-License-Identifier: GPL-2.0-or-later */
/* passt(1) behind a unix socket: a stream of frames, each behind its length in four bytes, big-endian. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "vmm/base/byteorder.h"
#include "vmm/base/log.h"
#include "vmm/io/net_impl.h"
#include "vmm/io/unix_socket.h"

#define LENGTH 4u

struct passt {
	struct net net;
	uint8_t in[LENGTH + NET_BARE_MAX]; /* what came: never more than can be read at once */
	size_t in_at, in_len;
	uint8_t out[LENGTH + NET_BARE_MAX]; /* the rest of a frame that the socket did not take whole */
	size_t out_at, out_len;
};

static void passt_lost(struct passt *p, const char *why)
{
	log_warning("network: passt has gone (%s): the link is down", why);
	p->net.down = true;
}

/* True if more has come. */
static bool input_fill(struct passt *p)
{
	struct iovec iov;
	ssize_t n;

	memmove(p->in, p->in + p->in_at, p->in_len);
	p->in_at = 0;
	iov = (struct iovec){p->in + p->in_len, sizeof(p->in) - p->in_len};
	do
		n = readv(p->net.fd, &iov, 1);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		p->in_len += (size_t)n;
	else if (n == 0 || errno != EAGAIN)
		passt_lost(p, n == 0 ? "end of file" : strerror(errno));
	return n > 0;
}

static size_t passt_receive(struct net *n, void *buf, size_t size)
{
	struct passt *p = (struct passt *)n;
	uint32_t len = 0;

	for (;;) {
		if (p->in_len >= LENGTH) {
			len = load_be32(p->in + p->in_at);
			if (!len || len > size) {
				passt_lost(p, "a frame of a length that there is not");
				return 0;
			}
			if (p->in_len - LENGTH >= len)
				break;
		}
		if (!input_fill(p))
			return 0;
	}
	memcpy(buf, p->in + p->in_at + LENGTH, len);
	p->in_at += LENGTH + len;
	p->in_len -= LENGTH + len;
	return len;
}

/* What is left over of an earlier frame; true if nothing is any more. */
static bool output_flush(struct passt *p)
{
	while (p->out_len && !p->net.down) {
		struct iovec iov = {p->out + p->out_at, p->out_len};
		ssize_t n = writev(p->net.fd, &iov, 1);

		if (n >= 0) {
			p->out_at += (size_t)n;
			p->out_len -= (size_t)n;
		} else if (errno == EAGAIN) {
			return false;
		} else if (errno != EINTR) {
			passt_lost(p, strerror(errno));
		}
	}
	return true;
}

static void passt_flush(struct net *n)
{
	output_flush((struct passt *)n);
}

/* A frame that was begun must end, so what the socket does not take of it is kept: then the next one waits. */
static int passt_send(struct net *n, const struct iovec *iov, unsigned count)
{
	struct passt *p = (struct passt *)n;
	size_t len = 0;

	if (!output_flush(p))
		return -EAGAIN;
	for (unsigned i = 0; i < count; i++) {
		if (iov[i].iov_len > sizeof(p->out) - LENGTH - len)
			return 0;
		memcpy(p->out + LENGTH + len, iov[i].iov_base, iov[i].iov_len);
		len += iov[i].iov_len;
	}
	store_be32(p->out, (uint32_t)len);
	p->out_at = 0;
	p->out_len = LENGTH + len;
	output_flush(p);
	return 0;
}

static const struct net_ops passt_ops = {
	.receive = passt_receive,
	.send = passt_send,
	.flush = passt_flush,
};

int net_passt_open(const struct net_params *params, struct net **ret_net, const char **ret_why)
{
	struct passt *p;
	int r;

	*ret_why = "socket: a path of 1 to 107 characters";
	if (!params->socket[0] || strlen(params->socket) >= sizeof(((struct sockaddr_un *)0)->sun_path))
		return -EINVAL;
	p = calloc(1, sizeof(*p));
	if (!p)
		return -ENOMEM;
	p->net.ops = &passt_ops;
	r = params->describe ? -1 : unix_socket_connect(params->socket, SOCK_STREAM | SOCK_NONBLOCK);
	if (r < 0 && !params->describe) {
		free(p);
		return r;
	}
	p->net.fd = r;
	*ret_net = &p->net;
	return 0;
}
