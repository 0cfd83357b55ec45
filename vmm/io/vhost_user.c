/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exchanges of messages with a back end, all of them bounded in length and time. */
#include "vmm/io/vhost_user.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "vmm/io/unix_socket.h"
#include "vmm/io/vhost_user_msg.h"

#define F_VERSION_1  (1ull << 32)
#define PROTOCOL_OURS                                                                              \
	(VHOST_PROTOCOL_MQ | VHOST_PROTOCOL_REPLY_ACK | VHOST_PROTOCOL_BACKEND_REQ | VHOST_PROTOCOL_CONFIG)
#define CONFIG_HEAD  offsetof(struct vhost_config, bytes)
#define REQUESTS_MAX 64u /* of the back end's, that come in one go */

struct vhost_user {
	struct vhost_back back;
	int fd;      /* does not block */
	int wait_fd; /* of epoll: edges of what exchanges wait for */
	int request_fd; /* -1: it makes no requests */
	bool dropped;
	bool enables; /* rings are enabled by a message */
	uint64_t protocol;
	unsigned queues;
	struct vhost_stream requests;
};

static struct vhost_user *user_of(struct vhost_back *b)
{
	return (struct vhost_user *)((uint8_t *)b - offsetof(struct vhost_user, back));
}

static void drop(struct vhost_user *v)
{
	if (v->dropped)
		return;
	v->dropped = true;
	shutdown(v->fd, SHUT_RDWR);
}

/* What ends the connection does so here; a refusal does not. */
static int given_up(struct vhost_user *v, int r)
{
	if (r < 0 && r != -EREMOTEIO)
		drop(v);
	return r;
}

static int host_error(void)
{
	return errno == ECONNRESET ? -EPIPE : -errno;
}

static int64_t milliseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t vhost_user_deadline(void)
{
	return milliseconds() + VHOST_USER_PATIENCE_S * 1000;
}

int vhost_user_wait(struct vhost_user *v, int64_t deadline)
{
	int64_t left = deadline - milliseconds();
	struct epoll_event e;

	if (left <= 0 || epoll_wait(v->wait_fd, &e, 1, (int)left) == 0)
		return -ETIMEDOUT;
	return 0;
}

int vhost_user_wait_for(struct vhost_user *v, int fd)
{
	struct epoll_event e = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.fd = fd};

	return epoll_ctl(v->wait_fd, EPOLL_CTL_ADD, fd, &e) < 0 ? -errno : 0;
}

/* Sends @msg with @fds in its first byte: a message that is not taken whole is a connection of no more use. */
static int message_send(struct vhost_user *v, int fd, const struct vhost_msg *msg, const int *fds, unsigned fd_count)
{
	int64_t deadline = vhost_user_deadline();
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(VHOST_REGIONS_MAX * sizeof(int))];
	} control = {0};
	size_t done = 0, len = VHOST_HEAD + msg->size;

	while (done < len) {
		struct iovec iov = {(uint8_t *)msg + done, len - done};
		struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};
		ssize_t n;

		if (fd_count && !done) {
			m.msg_control = &control;
			m.msg_controllen = CMSG_SPACE(fd_count * sizeof(int));
			CMSG_FIRSTHDR(&m)->cmsg_level = SOL_SOCKET;
			CMSG_FIRSTHDR(&m)->cmsg_type = SCM_RIGHTS;
			CMSG_FIRSTHDR(&m)->cmsg_len = CMSG_LEN(fd_count * sizeof(int));
			memcpy(CMSG_DATA(CMSG_FIRSTHDR(&m)), fds, fd_count * sizeof(int));
		}
		n = sendmsg(fd, &m, MSG_NOSIGNAL);
		if (n < 0 && errno == EAGAIN) {
			int r = vhost_user_wait(v, deadline);

			if (r < 0)
				return r;
		} else if (n < 0 && errno != EINTR) {
			return host_error();
		}
		done += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

/* Bytes of what is there; descriptors that come with it are the kernel's to close. 0: the end. */
static ssize_t bytes_receive(int fd, void *buf, size_t len)
{
	struct iovec iov = {buf, len};
	ssize_t n;

	do
		n = readv(fd, &iov, 1);
	while (n < 0 && errno == EINTR);
	return n;
}

static int message_receive(struct vhost_user *v, struct vhost_stream *s)
{
	int64_t deadline = vhost_user_deadline();
	int r = 0;

	*s = (struct vhost_stream){0};
	while (r == 0) {
		size_t len;
		uint8_t *at;
		ssize_t n;

		r = vhost_stream_room(s, &at, &len);
		if (r < 0)
			return r;
		n = bytes_receive(v->fd, at, len);
		if (n > 0)
			r = vhost_stream_came(s, (size_t)n);
		else if (n < 0 && errno == EAGAIN)
			r = vhost_user_wait(v, deadline);
		else
			return n < 0 ? host_error() : -EPIPE;
	}
	return r < 0 ? r : 0;
}

static void message_make(struct vhost_msg *msg, enum vhost_request request, const void *payload, size_t len)
{
	msg->request = request;
	msg->flags = VHOST_VERSION;
	msg->size = (uint32_t)len;
	if (len)
		memcpy(msg->payload.raw, payload, len);
}

/* A request without an answer of its own; where it can be had, with an acknowledgement. */
static int tell_with(struct vhost_user *v, enum vhost_request request, const void *payload, size_t len,
		     const int *fds, unsigned fd_count)
{
	struct vhost_msg msg;
	struct vhost_stream reply;
	uint64_t result;
	int r;

	if (v->dropped)
		return -EPIPE;
	message_make(&msg, request, payload, len);
	if (v->protocol & VHOST_PROTOCOL_REPLY_ACK)
		msg.flags |= VHOST_NEED_REPLY;
	r = message_send(v, v->fd, &msg, fds, fd_count);
	if (r == 0 && (v->protocol & VHOST_PROTOCOL_REPLY_ACK)) {
		r = message_receive(v, &reply);
		if (r == 0)
			r = vhost_msg_check_reply(&reply.msg, request, sizeof(result));
		if (r == 0) {
			VHOST_PAYLOAD_GET(&reply.msg, &result);
			r = result ? -EREMOTEIO : 0;
		}
	}
	return given_up(v, r);
}

static int tell(struct vhost_user *v, enum vhost_request request, const void *payload, size_t len)
{
	return tell_with(v, request, payload, len, NULL, 0);
}

/* A request with an answer. */
static int ask(struct vhost_user *v, enum vhost_request request, const void *payload, size_t len,
	       struct vhost_stream *reply)
{
	struct vhost_msg msg;
	int r;

	if (v->dropped)
		return -EPIPE;
	message_make(&msg, request, payload, len);
	r = message_send(v, v->fd, &msg, NULL, 0);
	if (r == 0)
		r = message_receive(v, reply);
	return given_up(v, r);
}

static int ask_u64(struct vhost_user *v, enum vhost_request request, uint64_t *ret_value)
{
	struct vhost_stream reply;
	int r = ask(v, request, NULL, 0, &reply);

	if (r == 0)
		r = vhost_msg_check_reply(&reply.msg, request, sizeof(*ret_value));
	if (r == 0)
		VHOST_PAYLOAD_GET(&reply.msg, ret_value);
	return given_up(v, r);
}

/* A channel for what the back end asks for. */
static int requests_open(struct vhost_user *v)
{
	int fds[2], r;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
		return -errno;
	v->request_fd = fds[0];
	r = fcntl(fds[0], F_SETFL, O_NONBLOCK) < 0 ? -errno : vhost_user_wait_for(v, fds[0]);
	if (r == 0)
		r = tell_with(v, VHOST_SET_BACKEND_REQ_FD, NULL, 0, &fds[1], 1);
	close(fds[1]);
	return r;
}

static int protocol_agree(struct vhost_user *v)
{
	uint64_t theirs, value;
	int r = ask_u64(v, VHOST_GET_PROTOCOL_FEATURES, &theirs);

	if (r < 0)
		return r;
	value = theirs & PROTOCOL_OURS;
	if (!(value & VHOST_PROTOCOL_CONFIG)) /* then there is nothing that it could ask for */
		value &= ~(uint64_t)VHOST_PROTOCOL_BACKEND_REQ;
	r = tell(v, VHOST_SET_PROTOCOL_FEATURES, &value, sizeof(value));
	if (r < 0)
		return r;
	v->protocol = value;
	if (v->protocol & VHOST_PROTOCOL_MQ) {
		r = ask_u64(v, VHOST_GET_QUEUE_NUM, &value);
		v->queues = value < 256 ? (unsigned)value : 256;
	}
	return r;
}

static int agree(struct vhost_user *v, uint64_t *ret_features, const char **ret_why)
{
	uint64_t features;
	int r = ask_u64(v, VHOST_GET_FEATURES, &features);

	if (r < 0)
		return r;
	*ret_why = "what listens there does not speak VIRTIO 1";
	if (!(features & F_VERSION_1))
		return -EINVAL;
	v->enables = features & VHOST_F_PROTOCOL_FEATURES;
	if (v->enables)
		r = protocol_agree(v);
	if (r == 0)
		r = tell(v, VHOST_SET_OWNER, NULL, 0);
	if (r == 0 && (v->protocol & VHOST_PROTOCOL_BACKEND_REQ))
		r = requests_open(v);
	*ret_features = features & ~VHOST_F_PROTOCOL_FEATURES;
	return r;
}

static int user_memory_set(struct vhost_back *b, const struct vhost_region *regions, unsigned count)
{
	struct vhost_memory m = {.count = count};
	int fds[VHOST_REGIONS_MAX];

	if (count > VHOST_REGIONS_MAX)
		return -E2BIG;
	for (unsigned i = 0; i < count; i++) {
		m.regions[i] = (struct vhost_memory_region){.gpa = regions[i].gpa, .size = regions[i].size,
							    .user_address = (uintptr_t)regions[i].hva,
							    .mmap_offset = regions[i].fd_offset};
		fds[i] = regions[i].fd;
	}
	return tell_with(user_of(b), VHOST_SET_MEM_TABLE, &m,
			 offsetof(struct vhost_memory, regions) + count * sizeof(m.regions[0]), fds, count);
}

static int user_features_set(struct vhost_back *b, uint64_t features)
{
	struct vhost_user *v = user_of(b);

	if (v->enables)
		features |= VHOST_F_PROTOCOL_FEATURES;
	return tell(v, VHOST_SET_FEATURES, &features, sizeof(features));
}

static int vring_tell(struct vhost_user *v, enum vhost_request request, unsigned queue, unsigned num)
{
	const struct vhost_vring_state s = {queue, num};

	return tell(v, request, &s, sizeof(s));
}

static int vring_fd(struct vhost_user *v, enum vhost_request request, unsigned queue, int fd)
{
	const uint64_t which = queue;

	return tell_with(v, request, &which, sizeof(which), &fd, 1);
}

static int user_vring_start(struct vhost_back *b, unsigned queue, const struct vhost_vring *ring)
{
	struct vhost_user *v = user_of(b);
	const struct vhost_vring_addr at = {.index = queue, .desc = (uintptr_t)ring->desc,
					    .used = (uintptr_t)ring->used, .avail = (uintptr_t)ring->avail};
	int r = vring_tell(v, VHOST_SET_VRING_NUM, queue, ring->size);

	if (r == 0)
		r = vring_tell(v, VHOST_SET_VRING_BASE, queue, ring->base);
	if (r == 0)
		r = tell(v, VHOST_SET_VRING_ADDR, &at, sizeof(at));
	if (r == 0)
		r = vring_fd(v, VHOST_SET_VRING_CALL, queue, ring->call_fd);
	if (r == 0)
		r = vring_fd(v, VHOST_SET_VRING_KICK, queue, ring->kick_fd);
	if (r == 0 && v->enables)
		r = vring_tell(v, VHOST_SET_VRING_ENABLE, queue, 1);
	return r;
}

static int user_vring_stop(struct vhost_back *b, unsigned queue, uint16_t *ret_base)
{
	struct vhost_user *v = user_of(b);
	struct vhost_vring_state want = {queue, 0};
	struct vhost_stream reply;
	int r = v->enables ? vring_tell(v, VHOST_SET_VRING_ENABLE, queue, 0) : 0;

	if (r == 0)
		r = ask(v, VHOST_GET_VRING_BASE, &want, sizeof(want), &reply);
	if (r == 0)
		r = vhost_msg_check_reply(&reply.msg, VHOST_GET_VRING_BASE, sizeof(want));
	if (r == 0) {
		VHOST_PAYLOAD_GET(&reply.msg, &want);
		*ret_base = (uint16_t)want.num;
	}
	return given_up(v, r);
}

static void user_drop(struct vhost_back *b)
{
	drop(user_of(b));
}

static void user_close(struct vhost_back *b)
{
	struct vhost_user *v = user_of(b);

	if (v->fd >= 0)
		close(v->fd);
	if (v->request_fd >= 0)
		close(v->request_fd);
	if (v->wait_fd >= 0)
		close(v->wait_fd);
	free(v);
}

static const struct vhost_back_ops user_ops = {
	.memory_set = user_memory_set,
	.features_set = user_features_set,
	.vring_start = user_vring_start,
	.vring_stop = user_vring_stop,
	.drop = user_drop,
	.close = user_close,
};

struct vhost_back *vhost_user_back(struct vhost_user *v)
{
	return &v->back;
}

int vhost_user_open(const char *path, struct vhost_user **ret_back, uint64_t *ret_features, const char **ret_why)
{
	struct vhost_user *v = calloc(1, sizeof(*v));
	int r;

	if (!v)
		return -ENOMEM;
	v->back.ops = &user_ops;
	v->request_fd = -1;
	v->wait_fd = epoll_create1(EPOLL_CLOEXEC);
	r = v->wait_fd < 0 ? -errno : 0;
	v->fd = unix_socket_connect(path, SOCK_STREAM | SOCK_NONBLOCK);
	if (r == 0)
		r = v->fd < 0 ? v->fd : vhost_user_wait_for(v, v->fd);
	if (r == 0)
		r = agree(v, ret_features, ret_why);
	if (r < 0) {
		user_close(&v->back);
		return r;
	}
	*ret_back = v;
	return 0;
}

unsigned vhost_user_queues(const struct vhost_user *v)
{
	return v->queues;
}

bool vhost_user_has_config(const struct vhost_user *v)
{
	return v->protocol & VHOST_PROTOCOL_CONFIG;
}

int vhost_user_config_get(struct vhost_user *v, void *buf, size_t len)
{
	struct vhost_config want = {.size = (uint32_t)len};
	struct vhost_stream reply;
	int r;

	if (!vhost_user_has_config(v) || len > VHOST_CONFIG_MAX)
		return -ENOTSUP;
	r = ask(v, VHOST_GET_CONFIG, &want, CONFIG_HEAD + len, &reply);
	if (r == 0)
		r = vhost_msg_config(&reply.msg, 0, buf, len);
	return given_up(v, r);
}

int vhost_user_config_set(struct vhost_user *v, unsigned offset, const void *buf, size_t len)
{
	struct vhost_config c = {.offset = offset, .size = (uint32_t)len};

	if (!vhost_user_has_config(v) || !check_range_u64(offset, len, VHOST_CONFIG_MAX))
		return -ENOTSUP;
	memcpy(c.bytes, buf, len);
	return tell(v, VHOST_SET_CONFIG, &c, CONFIG_HEAD + len);
}

int vhost_user_fd(const struct vhost_user *v)
{
	return v->fd;
}

int vhost_user_check(struct vhost_user *v)
{
	uint8_t byte;
	ssize_t n;

	if (v->dropped)
		return -EPIPE;
	n = bytes_receive(v->fd, &byte, 1);
	if (n < 0 && errno == EAGAIN)
		return 0;
	return given_up(v, n < 0 ? host_error() : n > 0 ? -EPROTO : -EPIPE);
}

int vhost_user_request_fd(const struct vhost_user *v)
{
	return v->request_fd;
}

/* What is not known is refused; a request that wants no answer gets none. */
static int request_answer(struct vhost_user *v, const struct vhost_msg *m)
{
	bool known = m->request == VHOST_BACKEND_CONFIG_CHANGE && m->size == 0;
	const uint64_t result = !known;
	struct vhost_msg reply;
	int r = 0;

	if (m->flags & VHOST_NEED_REPLY) {
		message_make(&reply, (enum vhost_request)m->request, &result, sizeof(result));
		reply.flags |= VHOST_REPLY;
		r = message_send(v, v->request_fd, &reply, NULL, 0);
	}
	return r < 0 ? r : known;
}

int vhost_user_request_take(struct vhost_user *v)
{
	int r = v->dropped ? -EPIPE : 0, known = 0;

	for (unsigned count = 0; r >= 0;) {
		size_t len;
		uint8_t *at;
		ssize_t n;

		r = vhost_stream_room(&v->requests, &at, &len);
		if (r < 0)
			break;
		n = bytes_receive(v->request_fd, at, len);
		if (n <= 0)
			return known; /* no more, or nothing ever again: the connection says which */
		r = vhost_stream_came(&v->requests, (size_t)n);
		if (r == 1)
			r = ++count > REQUESTS_MAX ? -EPROTO : request_answer(v, &v->requests.msg);
		known = known || r == 1;
	}
	return given_up(v, r);
}
