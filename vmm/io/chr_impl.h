/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kinds of character back ends share. */
#ifndef PAPRIKA_IO_CHR_IMPL_H
#define PAPRIKA_IO_CHR_IMPL_H

#include <pthread.h>
#include <stdbool.h>

#include "vmm/base/bytering.h"
#include "vmm/io/chr.h"

#define CHR_REPLAY_SIZE (1u << 20)
#define CHR_RING_SIZE   (64u << 10)

struct chr_ops {
	size_t ring_size;
	/* Sets the descriptors and watches them. */
	int (*open)(struct chr *c, const char *path, const char **ret_why);
	void (*close)(struct chr *c);
	void (*input_end)(struct chr *c); /* end of file or error on input */
	void (*lost)(struct chr *c);      /* the reader went; NULL: output is dropped from now on */
	/* What of the input goes on to the guest; NULL: all. @out has room for @len bytes. */
	size_t (*filter)(struct chr *c, const uint8_t *buf, size_t len, uint8_t *out);
};

struct chr {
	struct chr_params params;
	const struct chr_ops *ops;
	int in_fd, out_fd; /* -1: none (attached) */
	int listen_fd;
	struct loop_watch *watch, *out_watch, *listen_watch, *wake;
	bool want_output;
	bool in_always; /* the input cannot be watched: it is read when there is room */
	bool discard;
	bool lost;
	bool escape; /* stdio: Ctrl-a seen */
	bool is_tty;
	int dir_fd; /* unix: the socket's folder, to remove it */
	char *path;
	chr_input_fn *input_fn;
	void *input_ctx;
	uint8_t hold[512]; /* input that the device has not taken */
	size_t hold_len;
	pthread_mutex_t lock; /* of the ring and of whether out_fd is there */
	struct bytering ring;
};

extern const struct chr_ops chr_stdio_ops, chr_null_ops, chr_file_ops, chr_pty_ops, chr_unix_ops;

/* Watches in_fd and out_fd. */
int chr_attach(struct chr *c);
void chr_watch_update(struct chr *c, bool want_output);
void chr_fd_ready(void *ctx, int fd, uint32_t events);
void chr_input_read(struct chr *c);
void chr_input_give(struct chr *c);

#endif
