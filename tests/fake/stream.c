/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The streams of tests/fake/stream.h. */
#include "tests/fake/stream.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "fake stream: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void *loop_thread(void *arg)
{
	return (void *)(intptr_t)loop_run(arg);
}

void fake_loop_open(struct fake_loop *l)
{
	signal(SIGPIPE, SIG_IGN); /* as paprika does: a client may go */
	must(loop_new(&l->loop) == 0, "loop");
}

void fake_loop_begin(struct fake_loop *l)
{
	must(pthread_create(&l->thread, NULL, loop_thread, l->loop) == 0, "thread");
}

void fake_loop_end(struct fake_loop *l)
{
	loop_quit(l->loop, 0);
	pthread_join(l->thread, NULL);
}

void fake_stream_open(struct fake_loop *l, const char *name, struct fake_stream *s)
{
	char spec[80];
	const char *why;

	snprintf(s->path, sizeof(s->path), "/tmp/paprika-%d-%.32s", (int)getpid(), name);
	unlink(s->path);
	snprintf(spec, sizeof(spec), "unix:%s", s->path);
	must(chr_open(&(struct chr_params){.spec = spec, .name = name, .loop = l->loop}, &s->chr, &why) == 0, spec);
}

void fake_stream_close(struct fake_stream *s)
{
	chr_close(s->chr);
	unlink(s->path);
}

static int client(const struct fake_stream *s, int flags)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);

	must(fd >= 0, "socket");
	snprintf(sa.sun_path, sizeof(sa.sun_path), "%s", s->path);
	if (connect(fd, (struct sockaddr *)&sa, sizeof(sa)) == 0)
		return fd;
	must(errno == EAGAIN && flags, s->path);
	close(fd);
	return -1;
}

int fake_stream_connect(const struct fake_stream *s)
{
	return client(s, 0);
}

int fake_stream_connect_now(const struct fake_stream *s)
{
	return client(s, SOCK_NONBLOCK);
}
