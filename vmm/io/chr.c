/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Character back ends: the ring, the pump between it and a descriptor, and choosing by name. */
#include "vmm/io/chr.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "vmm/base/log.h"
#include "vmm/io/chr_impl.h"

#define WRITE_CHUNK    4096
#define BYTES_A_TIME   256
#define READ_CHUNK     512
#define CHUNKS_A_TURN  32 /* then the loop sees to others */
#define STALL_LIMIT_MS 2000
#define FLUSH_LIMIT_MS 30000

/* That it is ready means room for one byte. */
static ssize_t output_bytes(int fd, const uint8_t *p, size_t len)
{
	struct pollfd ready = {.fd = fd, .events = POLLOUT};
	size_t n = 0;

	errno = EAGAIN;
	while (n < len && poll(&ready, 1, 0) > 0 && write(fd, p + n, 1) == 1)
		n++;
	return n ? (ssize_t)n : -1;
}

static ssize_t output_chunk(const struct chr *c, const uint8_t *p, size_t len)
{
	switch (c->out_kind) {
	case CHR_OUT_SOCKET:
		/* send() is a system call of its own on some architectures */
		return sendto(c->out_fd, p, len, MSG_DONTWAIT | MSG_NOSIGNAL, NULL, 0);
	case CHR_OUT_POLL:
		return output_bytes(c->out_fd, p, len < BYTES_A_TIME ? len : BYTES_A_TIME);
	default:
		return write(c->out_fd, p, len);
	}
}

/* Tells a writer that was refused, if it may try again. */
static void room_tell(struct chr *c)
{
	bool tell;

	pthread_mutex_lock(&c->lock);
	tell = c->refused && (c->discard || c->out_fd < 0 || bytering_room(&c->ring) >= c->ops->ring_size / 2);
	if (tell)
		c->refused = false;
	pthread_mutex_unlock(&c->lock);
	if (tell && c->listener)
		c->listener->room(c->listener_ctx);
}

/*
 * One write of what the ring holds: 1, some of it went; 0, there is nothing; negative errno. No lock is
 * held in the write: while there is a reader, only this thread moves the ring's head.
 */
static int output_some(struct chr *c)
{
	const uint8_t *p;
	size_t len;
	ssize_t done;

	pthread_mutex_lock(&c->lock);
	p = bytering_peek(&c->ring, 0, &len);
	pthread_mutex_unlock(&c->lock);
	if (!p)
		return 0;
	done = output_chunk(c, p, len < WRITE_CHUNK ? len : WRITE_CHUNK);
	if (done <= 0)
		return done < 0 && errno == EINTR ? 1 : done < 0 ? -errno : -EIO;
	pthread_mutex_lock(&c->lock);
	bytering_skip(&c->ring, (size_t)done);
	pthread_mutex_unlock(&c->lock);
	room_tell(c);
	return 1;
}

/* The guest goes on whatever becomes of its output. */
static void output_failed(struct chr *c, int error)
{
	if (c->ops->lost) {
		c->ops->lost(c);
		return;
	}
	if (!c->told)
		log_warning("%s: output is lost: %s", c->params.name, strerror(-error));
	c->told = true;
	pthread_mutex_lock(&c->lock);
	bytering_clear(&c->ring);
	c->discard = error == -EPIPE;
	pthread_mutex_unlock(&c->lock);
	room_tell(c);
}

/* Empties the ring as far as the descriptor takes it. */
static void output_pump(struct chr *c)
{
	int r = 1;

	for (unsigned i = 0; i < CHUNKS_A_TURN && r > 0; i++)
		r = output_some(c);
	if (r < 0 && r != -EAGAIN)
		output_failed(c, r);
	chr_watch_update(c, r == -EAGAIN && c->out_fd >= 0);
	if (r > 0)
		loop_wake(c->wake);
}

void chr_set_output(struct chr *c, int fd)
{
	bool changed;

	pthread_mutex_lock(&c->lock);
	changed = (c->out_fd < 0) != (fd < 0);
	c->out_fd = fd;
	pthread_mutex_unlock(&c->lock);
	if (changed && c->listener)
		c->listener->attached(c->listener_ctx, fd >= 0);
	room_tell(c);
}

/* What the device has not taken yet. */
static void input_give(struct chr *c)
{
	const uint8_t *p;
	size_t len, taken = 1;

	while (taken && (p = bytering_peek(&c->hold, 0, &len))) {
		atomic_store(&c->hold_used, true);
		taken = c->input_fn ? c->input_fn(c->input_ctx, p, len) : len;
		bytering_skip(&c->hold, taken);
	}
	if (!bytering_used(&c->hold))
		atomic_store(&c->hold_used, false);
	chr_watch_update(c, c->want_output);
}

static void woken(void *ctx)
{
	struct chr *c = ctx;

	if (c->out_fd >= 0)
		output_pump(c);
	if (bytering_used(&c->hold))
		input_give(c);
	while (atomic_load(&c->in_always) && !bytering_used(&c->hold))
		chr_input_read(c);
}

void chr_watch_update(struct chr *c, bool want_output)
{
	uint32_t in = c->in_fd >= 0 && !c->in_ended && bytering_room(&c->hold) ? EPOLLIN : 0;

	c->want_output = want_output;
	if (c->watch && c->in_fd == c->out_fd) {
		/* with no event asked for, its going away would not be seen either */
		loop_watch_set(c->watch, in | (want_output ? EPOLLOUT : 0) |
						 (c->in_ended ? EPOLLERR : 0));
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

	if (fd == c->in_fd && c->in_ended && (events & (EPOLLHUP | EPOLLERR)))
		c->ops->input_end(c);
	else if (fd == c->in_fd && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
		chr_input_read(c);
	if (fd == c->out_fd && (events & EPOLLOUT || fd != c->in_fd))
		output_pump(c);
}

void chr_input_read(struct chr *c)
{
	uint8_t buf[READ_CHUNK], passed[READ_CHUNK];
	size_t room = bytering_room(&c->hold);
	ssize_t n;

	if (!room || c->in_fd < 0 || c->in_ended)
		return;
	n = read(c->in_fd, buf, room < sizeof(buf) ? room : sizeof(buf));
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		c->ops->input_end(c);
		return;
	}
	if (c->ops->filter)
		bytering_put(&c->hold, passed, c->ops->filter(c, buf, (size_t)n, passed));
	else
		bytering_put(&c->hold, buf, (size_t)n);
	input_give(c);
}

void chr_set_input(struct chr *c, chr_input_fn *fn, void *ctx)
{
	c->input_fn = fn;
	c->input_ctx = ctx;
	if (fn && atomic_load(&c->in_always))
		loop_wake(c->wake);
}

void chr_listen(struct chr *c, const struct chr_listener *listener, void *ctx)
{
	c->listener = listener;
	c->listener_ctx = ctx;
	if (listener && (c->discard || c->out_fd >= 0))
		listener->attached(ctx, true);
}

void chr_input_ready(struct chr *c)
{
	if (atomic_load(&c->hold_used) || atomic_load(&c->in_always))
		loop_wake(c->wake);
}

int chr_write(struct chr *c, const uint8_t *buf, size_t len)
{
	bool wake = false;
	int r = 0;

	pthread_mutex_lock(&c->lock);
	if (c->discard) {
		/* nobody will ever see it */
	} else if (c->out_fd < 0) {
		bytering_put_last(&c->ring, buf, len);
	} else if (bytering_room(&c->ring) >= len) {
		wake = !bytering_used(&c->ring);
		bytering_put(&c->ring, buf, len);
	} else {
		c->refused = true;
		r = -EAGAIN;
	}
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

/* Hands the rest of the ring to whoever is attached, as long as they take it. */
static void output_flush(struct chr *c)
{
	int64_t start = now_ms(), last = start, now = start;

	while (c->out_fd >= 0 && bytering_used(&c->ring) && now - start < FLUSH_LIMIT_MS) {
		struct pollfd p = {.fd = c->out_fd, .events = POLLOUT};
		int r = output_some(c);

		if (r < 0 && r != -EAGAIN)
			return;
		now = now_ms();
		if (r > 0)
			last = now;
		else if (now - last >= STALL_LIMIT_MS || (poll(&p, 1, 100) < 0 && errno != EINTR))
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
	bytering_done(&c->hold);
	free(c);
}

/* A kind of file that cannot be watched is always ready. */
static int watch_add(struct chr *c, int fd, struct loop_watch **ret_watch)
{
	int r = loop_add_fd(c->params.loop, fd, 0, chr_fd_ready, c, ret_watch);

	if (r == -EPERM && fd == c->in_fd)
		atomic_store(&c->in_always, true);
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
	snprintf(c->name, sizeof(c->name), "%s", params->name);
	c->params.name = c->name;
	c->ops = ops;
	c->in_fd = c->out_fd = c->listen_fd = c->event_fd = -1;
	pthread_mutex_init(&c->lock, NULL);
	r = bytering_init(&c->ring, ops->ring_size);
	if (r == 0)
		r = bytering_init(&c->hold, CHR_HOLD_SIZE);
	if (r == 0)
		r = loop_add_wake(params->loop, woken, c, &c->wake);
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
