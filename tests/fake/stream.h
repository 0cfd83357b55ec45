/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Character back ends with somebody at their other end, and a loop on a thread of its own for them. For unit tests,
 * fuzzing and the hostile guest. Each function ends the program when the host fails. */
#ifndef PAPRIKA_TESTS_FAKE_STREAM_H
#define PAPRIKA_TESTS_FAKE_STREAM_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

#include "vmm/io/chr.h"
#include "vmm/io/loop.h"

struct fake_loop {
	struct loop *loop;
	pthread_t thread;
};

/* Before streams are opened; runs the loop; ends it, before they are closed. */
void fake_loop_open(struct fake_loop *l);
void fake_loop_begin(struct fake_loop *l);
void fake_loop_end(struct fake_loop *l);

struct fake_stream {
	struct chr *chr;
	char path[64]; /* of its unix socket */
};

/* @name is also the end of its path. */
void fake_stream_open(struct fake_loop *l, const char *name, struct fake_stream *s);
void fake_stream_close(struct fake_stream *s);
/* A client of it: a socket that waits, as this does until there is room for one. */
int fake_stream_connect(const struct fake_stream *s);
/* The same without waiting for anything: -1, others wait already. */
int fake_stream_connect_now(const struct fake_stream *s);

#endif
