/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The helper of user-mode networks, and the one home of libslirp, which nobody else loads: a process of its
 * own, one thread. Between it and the VM are sockets' buffers and a bounded queue: whoever is slow is waited for.
 */
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "vmm/base/bits.h"
#include "vmm/base/bytering.h"
#include "vmm/io/net.h"
#include "vmm/io/net_user.h"

#if __has_include(<slirp/libslirp.h>)
#include <slirp/libslirp.h>

#define LIBRARY     "libslirp.so.0"
#define FILES_MAX   1024
#define TIMERS_MAX  4
#define BATCH       64u /* frames from the guest, before others have their turn */
#define QUEUE_SIZE  (1u << 20)
#define QUEUE_HIGH  (QUEUE_SIZE / 2) /* above it nothing is read from the world */
#define FRAME_MIN   14
#define NS_PER_MS   1000000

struct timer {
	SlirpTimerCb fn;
	void *ctx;
	int64_t at_ms;
	bool used, armed;
};

static struct {
	__typeof__(slirp_new) *create;
	__typeof__(slirp_add_hostfwd) *add_hostfwd;
	__typeof__(slirp_pollfds_fill) *pollfds_fill;
	__typeof__(slirp_pollfds_poll) *pollfds_poll;
	__typeof__(slirp_input) *input;
} lib;

static struct {
	Slirp *slirp;
	int fd;
	struct pollfd polls[FILES_MAX];
	unsigned poll_count;
	struct timer timers[TIMERS_MAX];
	struct bytering queue; /* frames for the guest, each behind its length */
	uint8_t frame[NET_BARE_MAX];
	uint8_t head[NET_BARE_MAX]; /* the one that goes next */
	uint32_t head_len;
} helper;

static int64_t now_ns(void *ctx)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Frames to the guest. */

/* False: not now. What cannot be sent at all is lost. */
static bool frame_put(const void *buf, size_t len)
{
	ssize_t n;

	do
		n = send(helper.fd, buf, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n >= 0 || (errno != EAGAIN && errno != ENOBUFS);
}

static void queue_flush(void)
{
	uint8_t raw[sizeof(helper.head_len)];

	for (;;) {
		if (!helper.head_len) {
			if (bytering_get(&helper.queue, raw, sizeof(raw)) != sizeof(raw))
				return;
			memcpy(&helper.head_len, raw, sizeof(raw));
			bytering_get(&helper.queue, helper.head, helper.head_len);
		}
		if (!frame_put(helper.head, helper.head_len))
			return;
		helper.head_len = 0;
	}
}

static bool queue_empty(void)
{
	return !helper.head_len && !bytering_used(&helper.queue);
}

static ssize_t send_packet(const void *buf, size_t len, void *ctx)
{
	uint32_t n = (uint32_t)len;

	if (len < FRAME_MIN || len > NET_BARE_MAX || (queue_empty() && frame_put(buf, len)))
		return (ssize_t)len;
	if (bytering_room(&helper.queue) >= sizeof(n) + len) {
		bytering_put(&helper.queue, (const uint8_t *)&n, sizeof(n));
		bytering_put(&helper.queue, buf, len);
	}
	return (ssize_t)len;
}

/* Timers. */

static void *timer_new(SlirpTimerCb fn, void *fn_ctx, void *ctx)
{
	for (unsigned i = 0; i < TIMERS_MAX; i++)
		if (!helper.timers[i].used) {
			helper.timers[i] = (struct timer){.fn = fn, .ctx = fn_ctx, .used = true};
			return &helper.timers[i];
		}
	return NULL;
}

static void timer_free(void *timer, void *ctx)
{
	if (timer)
		((struct timer *)timer)->used = ((struct timer *)timer)->armed = false;
}

static void timer_mod(void *timer, int64_t at_ms, void *ctx)
{
	struct timer *t = timer;

	if (t) {
		t->at_ms = at_ms;
		t->armed = true;
	}
}

/* Milliseconds until the first is due, at most @limit. */
static uint32_t timers_wait(uint32_t limit)
{
	int64_t now = now_ns(NULL) / NS_PER_MS;

	for (unsigned i = 0; i < TIMERS_MAX; i++) {
		const struct timer *t = &helper.timers[i];
		int64_t left = t->at_ms - now;

		if (t->armed && left < (int64_t)limit)
			limit = left > 0 ? (uint32_t)left : 0;
	}
	return limit;
}

static void timers_run(void)
{
	int64_t now = now_ns(NULL) / NS_PER_MS;

	for (unsigned i = 0; i < TIMERS_MAX; i++) {
		struct timer *t = &helper.timers[i];

		if (t->armed && t->at_ms <= now) {
			t->armed = false;
			t->fn(t->ctx);
		}
	}
}

/* Descriptors. */

static const struct {
	int slirp;
	short poll;
} events_of[] = {
	{SLIRP_POLL_IN, POLLIN}, {SLIRP_POLL_OUT, POLLOUT}, {SLIRP_POLL_PRI, POLLPRI},
	{SLIRP_POLL_ERR, POLLERR}, {SLIRP_POLL_HUP, POLLHUP},
};

static int poll_add(int fd, int events, void *ctx)
{
	struct pollfd *p = &helper.polls[helper.poll_count];

	if (helper.poll_count == FILES_MAX)
		return -1;
	*p = (struct pollfd){.fd = fd};
	for (unsigned i = 0; i < ARRAY_SIZE(events_of); i++)
		if (events & events_of[i].slirp)
			p->events |= events_of[i].poll;
	return (int)helper.poll_count++;
}

static int poll_revents(int index, void *ctx)
{
	int events = 0;

	if (index < 0 || (unsigned)index >= helper.poll_count)
		return 0;
	for (unsigned i = 0; i < ARRAY_SIZE(events_of); i++)
		if (helper.polls[index].revents & events_of[i].poll)
			events |= events_of[i].slirp;
	return events;
}

static void nothing_of_fd(int fd, void *ctx)
{
}

static void nothing(void *ctx)
{
}

static void nothing_of_text(const char *text, void *ctx)
{
}

static const SlirpCb callbacks = {
	.send_packet = send_packet,
	.guest_error = nothing_of_text,
	.clock_get_ns = now_ns,
	.timer_new = timer_new,
	.timer_free = timer_free,
	.timer_mod = timer_mod,
	.register_poll_fd = nothing_of_fd,
	.unregister_poll_fd = nothing_of_fd,
	.notify = nothing,
};

/* The guest's frames; false: the VM has gone, or says that it goes. */
static bool guest_read(void)
{
	for (unsigned i = 0; i < BATCH; i++) {
		ssize_t n = recv(helper.fd, helper.frame, sizeof(helper.frame), MSG_DONTWAIT | MSG_TRUNC);

		if (n < 0)
			return errno == EAGAIN || errno == EINTR;
		if (n < FRAME_MIN)
			return false;
		if ((size_t)n <= sizeof(helper.frame))
			lib.input(helper.slirp, helper.frame, (int)n);
	}
	return true;
}

static void serve(void)
{
	bool going = true;

	while (going) {
		bool full = bytering_used(&helper.queue) > QUEUE_HIGH;
		uint32_t wait_ms = INT32_MAX;
		int r;

		helper.poll_count = 1;
		helper.polls[0] = (struct pollfd){helper.fd, (short)(POLLIN | (queue_empty() ? 0 : POLLOUT)), 0};
		if (!full)
			lib.pollfds_fill(helper.slirp, &wait_ms, poll_add, NULL);
		r = poll(helper.polls, helper.poll_count, (int)timers_wait(wait_ms));
		if (!full)
			lib.pollfds_poll(helper.slirp, r < 0, poll_revents, NULL);
		if (r > 0 && (helper.polls[0].revents & POLLOUT))
			queue_flush();
		if (r > 0 && (helper.polls[0].revents & ~POLLOUT))
			going = guest_read();
		timers_run();
	}
}

/* Its begin. */

static bool library_load(void)
{
	void *so = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);

	if (!so)
		return false;
	lib.create = (__typeof__(lib.create))dlsym(so, "slirp_new");
	lib.add_hostfwd = (__typeof__(lib.add_hostfwd))dlsym(so, "slirp_add_hostfwd");
	lib.pollfds_fill = (__typeof__(lib.pollfds_fill))dlsym(so, "slirp_pollfds_fill");
	lib.pollfds_poll = (__typeof__(lib.pollfds_poll))dlsym(so, "slirp_pollfds_poll");
	lib.input = (__typeof__(lib.input))dlsym(so, "slirp_input");
	return lib.create && lib.add_hostfwd && lib.pollfds_fill && lib.pollfds_poll && lib.input;
}

static struct in_addr address(uint32_t number)
{
	return (struct in_addr){htonl(number)};
}

static int slirp_begin(const struct net_user_params *p)
{
	const SlirpConfig config = {
		.version = 1,
		.restricted = p->restricted,
		.in_enabled = true,
		.vnetwork = address(p->network),
		.vnetmask = address(~0u << (32 - p->prefix_len)),
		.vhost = address(p->network + 2),
		.vnameserver = address(p->network + 3),
		.vdhcp_start = address(p->network + 15),
		.in6_enabled = true,
		.vprefix_addr6 = {{{0xfe, 0xc0}}},
		.vprefix_len = 64,
		.vhost6 = {{{0xfe, 0xc0, [15] = 2}}},
		.vnameserver6 = {{{0xfe, 0xc0, [15] = 3}}},
	};

	if (bytering_init(&helper.queue, QUEUE_SIZE) < 0)
		return -ENOMEM;
	helper.slirp = lib.create(&config, &callbacks, NULL);
	return helper.slirp ? 0 : -ENOMEM;
}

static int forwards_add(const struct net_user_params *p, char why[160])
{
	for (unsigned i = 0; i < p->forward_count; i++) {
		const struct net_forward *f = &p->forwards[i];
		struct in_addr host = address(f->address);
		char text[INET_ADDRSTRLEN];
		int r;

		if (lib.add_hostfwd(helper.slirp, f->udp, host, f->port, address(f->guest), f->guest_port) == 0)
			continue;
		r = -errno;
		inet_ntop(AF_INET, &host, text, sizeof(text));
		snprintf(why, 160, "hostfwd=%s:%s:%u: %s", f->udp ? "udp" : "tcp", text, f->port, strerror(-r));
		return r;
	}
	return 0;
}

static int begin(const struct net_user_params *p, int (*cage)(void *ctx), void *ctx, char why[160])
{
	int r;

	if (!library_load()) {
		strcpy(why, "there is no " LIBRARY " on this system (Debian: libslirp0)");
		return -ENOSYS;
	}
	r = slirp_begin(p);
	if (r == 0)
		r = forwards_add(p, why);
	if (r == 0) {
		r = cage ? cage(ctx) : 0;
		if (r < 0)
			snprintf(why, 160, "the helper cannot enter its sandbox: %s", strerror(-r));
	}
	return r;
}

/* Nothing of the VM's but the socket and standard error; and no end without it. */
static void process_init(int fd)
{
	static const struct rlimit files = {FILES_MAX, FILES_MAX};
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, "paprika-net");
	signal(SIGPIPE, SIG_IGN);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	if (fd != 3)
		dup2(fd, 3);
	helper.fd = 3;
	if (close_range(4, ~0u, 0) < 0)
		for (int i = (int)sysconf(_SC_OPEN_MAX) - 1; i > 3; i--)
			close(i);
	setrlimit(RLIMIT_NOFILE, &files);
}

void slirp_main(const struct net_user_params *params, int (*cage)(void *ctx), void *ctx, int fd)
{
	struct slirp_word word = {0};

	process_init(fd);
	word.result = begin(params, cage, ctx, word.why);
	if (send(helper.fd, &word, sizeof(word), MSG_NOSIGNAL) == sizeof(word) && word.result == 0)
		serve();
}

#else

void slirp_main(const struct net_user_params *params, int (*cage)(void *ctx), void *ctx, int fd)
{
	const struct slirp_word word = {.result = -ENOSYS, .why = "this paprika was built without libslirp"};

	if (send(fd, &word, sizeof(word), MSG_NOSIGNAL) < 0)
		_exit(1);
}

#endif
