/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Character back ends: the ring, the pump between it and a descriptor, and choosing by name. */
#include "vmm/io/chr.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "vmm/io/chr_impl.h"

#define WRITE_CHUNK    4096
#define FLUSH_LIMIT_MS 2000

/* How much the next write takes of the ring, and what became of it. Loop thread, lock held. */
static int output_some(struct chr *c)
{
	size_t len;
	const uint8_t *p = bytering_peek(&c->ring, 0, &len);
	ssize_t done;

	if (!p)
		return 0;
	done = write(c->out_fd, p, len < WRITE_CHUNK ? len : WRITE_CHUNK);
	if (done < 0)
		return errno == EINTR ? 1 : -errno;
	bytering_skip(&c->ring, (size_t)done);
	return 1;
}

/* Empties the ring as far as the descriptor takes it. */
static void output_pump(struct chr *c)
{
	int r = 1;

	pthread_mutex_lock(&c->lock);
	while (c->out_fd >= 0 && r > 0)
		r = output_some(c);
	if (r < 0 && r != -EAGAIN) {
		if (c->ops->lost)
			c->lost = true;
		else
			bytering_clear(&c->ring);
	}
	pthread_mutex_unlock(&c->lock);
	if (c->lost) {
		c->lost = false;
		c->ops->lost(c);
		return;
	}
	chr_watch_update(c, r == -EAGAIN);
}

static void output_woken(void *ctx)
{
	struct chr *c = ctx;

	if (c->out_fd >= 0)
		output_pump(c);
	if (c->hold_len)
		chr_input_give(c);
	else if (c->in_always && c->in_fd >= 0)
		chr_input_read(c);
}

void chr_watch_update(struct chr *c, bool want_output)
{
	uint32_t in = c->in_fd >= 0 && !c->hold_len ? EPOLLIN : 0;

	c->want_output = want_output;
	if (c->watch && c->in_fd == c->out_fd) {
		loop_watch_set(c->watch, in | (want_output ? EPOLLOUT : 0));
		return;
	}
	if (c->watch)
		loop_watch_set(c->watch, in);
	if (c->out_watch)
		loop_watch_set(c->out_watch, want_output ? EPOLLOUT : 0);
}

void chr_fd_ready(void *ctx, int fd, uint32_t events)
{
	struct chr *c = ctx;

	if (events & EPOLLOUT || (fd == c->out_fd && fd != c->in_fd))
		output_pump(c);
	if (fd == c->in_fd && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
		chr_input_read(c);
}

/* What the device has not taken yet. */
void chr_input_give(struct chr *c)
{
	size_t taken = c->input_fn ? c->input_fn(c->input_ctx, c->hold, c->hold_len) : c->hold_len;

	memmove(c->hold, c->hold + taken, c->hold_len - taken);
	c->hold_len -= taken;
	chr_watch_update(c, c->want_output);
}

void chr_input_read(struct chr *c)
{
	uint8_t buf[sizeof(c->hold)];
	ssize_t n;

	if (c->hold_len)
		return;
	n = read(c->in_fd, buf, sizeof(buf));
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		c->ops->input_end(c);
		return;
	}
	c->hold_len = c->ops->filter ? c->ops->filter(c, buf, (size_t)n, c->hold) :
				       (memcpy(c->hold, buf, (size_t)n), (size_t)n);
	if (c->hold_len)
		chr_input_give(c);
}

void chr_set_input(struct chr *c, chr_input_fn *fn, void *ctx)
{
	c->input_fn = fn;
	c->input_ctx = ctx;
	if (fn && c->in_always)
		loop_wake(c->wake);
}

void chr_input_ready(struct chr *c)
{
	if (__atomic_load_n(&c->hold_len, __ATOMIC_RELAXED) || c->in_always)
		loop_wake(c->wake);
}

int chr_write(struct chr *c, const uint8_t *buf, size_t len)
{
	bool wake;
	int r = 0;

	if (c->discard)
		return 0;
	pthread_mutex_lock(&c->lock);
	wake = !bytering_used(&c->ring);
	if (c->out_fd < 0)
		bytering_put_last(&c->ring, buf, len);
	else if (bytering_room(&c->ring) >= len)
		bytering_put(&c->ring, buf, len);
	else
		r = -EAGAIN;
	wake = wake && c->out_fd >= 0;
	pthread_mutex_unlock(&c->lock);
	if (wake)
		loop_wake(c->wake);
	return r;
}

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Hands the rest of the ring to whoever is attached, within the limit. */
static void output_flush(struct chr *c)
{
	int64_t end = now_ms() + FLUSH_LIMIT_MS;

	while (c->out_fd >= 0 && bytering_used(&c->ring)) {
		struct pollfd p = {.fd = c->out_fd, .events = POLLOUT};
		int r = output_some(c);

		if (r < 0 && r != -EAGAIN)
			return;
		if (r == -EAGAIN && (now_ms() >= end || poll(&p, 1, 100) < 0))
			return;
	}
}

void chr_close(struct chr *c)
{
	if (!c)
		return;
	output_flush(c);
	loop_watch_free(c->watch);
	loop_watch_free(c->out_watch);
	loop_watch_free(c->listen_watch);
	loop_watch_free(c->wake);
	c->ops->close(c);
	pthread_mutex_destroy(&c->lock);
	bytering_done(&c->ring);
	free(c);
}

/* A kind of file that cannot be watched is always ready. */
static int watch_add(struct chr *c, int fd, struct loop_watch **ret_watch)
{
	int r = loop_add_fd(c->params.loop, fd, 0, chr_fd_ready, c, ret_watch);

	if (r == -EPERM && fd == c->in_fd)
		c->in_always = true;
	return r == -EPERM ? 0 : r;
}

int chr_attach(struct chr *c)
{
	int r = 0;

	if (c->in_fd >= 0)
		r = watch_add(c, c->in_fd, &c->watch);
	if (r == 0 && c->out_fd >= 0 && c->out_fd != c->in_fd)
		r = watch_add(c, c->out_fd, &c->out_watch);
	if (r == 0)
		chr_watch_update(c, false);
	return r;
}

static const struct {
	const char *name;
	bool takes_path;
	const struct chr_ops *ops;
} kinds[] = {
	{"stdio", false, &chr_stdio_ops}, {"null", false, &chr_null_ops},
	{"pty", false, &chr_pty_ops},     {"file:", true, &chr_file_ops},
	{"unix:", true, &chr_unix_ops},
};

static const struct chr_ops *kind_find(const char *spec, const char **ret_path)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t len = strlen(kinds[i].name);

		if (kinds[i].takes_path ? !strncmp(spec, kinds[i].name, len) && spec[len] :
					  !strcmp(spec, kinds[i].name)) {
			*ret_path = spec + len;
			return kinds[i].ops;
		}
	}
	return NULL;
}

int chr_open(const struct chr_params *params, struct chr **ret_chr, const char **ret_why)
{
	const char *path;
	const struct chr_ops *ops = kind_find(params->spec, &path);
	struct chr *c;
	int r;

	*ret_why = "allowed are stdio, pty, unix:PATH, file:PATH and null";
	if (!ops)
		return -EINVAL;
	c = calloc(1, sizeof(*c));
	if (!c)
		return -ENOMEM;
	c->params = *params;
	c->ops = ops;
	c->in_fd = c->out_fd = c->listen_fd = -1;
	pthread_mutex_init(&c->lock, NULL);
	r = bytering_init(&c->ring, ops->ring_size);
	if (r == 0)
		r = loop_add_wake(params->loop, output_woken, c, &c->wake);
	*ret_why = path;
	if (r == 0)
		r = ops->open(c, path, ret_why);
	if (r < 0) {
		chr_close(c);
		return r;
	}
	*ret_chr = c;
	return 0;
}
