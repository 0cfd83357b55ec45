/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Character back ends: where a virtual terminal's bytes go and come from.
 *
 *   stdio       standard input and output; a terminal is raw, with the Ctrl-a escapes
 *   pty         a pseudo-terminal, whose name is printed
 *   unix:PATH   a listening socket; one client at a time. An old one that nobody listens on is replaced
 *   file:PATH   output only
 *   null        output is dropped, no input
 *
 * Output goes into a bounded ring that the loop thread empties; what is in it is neither lost nor
 * doubled while a reader is attached. With nobody attached (pty, unix) the ring keeps the last 1 MiB,
 * and the next reader gets that first. Output that a file or stdio no longer takes is dropped, with one
 * message. Input that the device has no room for stays where it comes from.
 *
 * Threads: chr_write() and chr_input_ready() from any; the rest on the loop thread. The ring has a lock.
 */
#ifndef PAPRIKA_IO_CHR_H
#define PAPRIKA_IO_CHR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vmm/base/check.h"
#include "vmm/io/loop.h"

struct chr;

/* Input, on the loop thread: how many of the bytes were taken. The rest comes again after
 * chr_input_ready(). */
typedef size_t chr_input_fn(void *ctx, const uint8_t *buf, size_t len);

/* What a device may want to know about its output; on the loop thread. */
struct chr_listener {
	/* After a chr_write() that was refused: half of the ring is free, or there is nobody to wait for. */
	void (*room)(void *ctx);
	/* A reader came or went. Output that nobody can leave (stdio, file, null) always has one. */
	void (*attached)(void *ctx, bool attached);
};

struct chr_params {
	const char *spec; /* as above */
	const char *name; /* for messages, and copied */
	struct loop *loop;
	void (*quit)(void *ctx); /* Ctrl-a x */
	void *ctx;
};

/*
 * -EINVAL: *ret_why says what about the specification is wrong; others as the host's, with the path in
 * question in *ret_why.
 */
__must_check int chr_open(const struct chr_params *params, struct chr **ret_chr,
			  const char **ret_why);
/* Hands what is left to an attached reader, until that one takes nothing for two seconds; then closes. */
void chr_close(struct chr *chr);

void chr_set_input(struct chr *chr, chr_input_fn *fn, void *ctx);
void chr_input_ready(struct chr *chr);

/* From now on, and at once of a reader that is there. NULL: nobody listens any more. */
void chr_listen(struct chr *chr, const struct chr_listener *listener, void *ctx);

/* All @len bytes into the ring, or -EAGAIN and none. */
__must_check int chr_write(struct chr *chr, const uint8_t *buf, size_t len);

/* The terminal as it was before: safe in a signal handler, and more than once. */
void chr_stdio_restore(void);

#endif
