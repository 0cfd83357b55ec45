/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kinds of character back ends share. Loop thread, but where the lock is named. */
#ifndef PAPRIKA_IO_CHR_IMPL_H
#define PAPRIKA_IO_CHR_IMPL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "vmm/base/bytering.h"
#include "vmm/io/chr.h"

#define CHR_REPLAY_SIZE (1u << 20)
#define CHR_RING_SIZE   (64u << 10)
#define CHR_HOLD_SIZE   (16u << 10)

struct chr_ops {
	size_t ring_size;
	/* Sets the descriptors and watches them. */
	int (*open)(struct chr *c, const char *path, const char **ret_why);
	void (*close)(struct chr *c);
	void (*input_end)(struct chr *c); /* end of file or error on input */
	/* The reader went; what is in the ring stays for the next. NULL: there is no next one. */
	void (*lost)(struct chr *c);
	/* What of the input goes on to the guest; NULL: all. @out has room for @len bytes. */
	size_t (*filter)(struct chr *c, const uint8_t *buf, size_t len, uint8_t *out);
};

/* How output is kept from blocking. */
enum chr_out {
	CHR_OUT_WRITE,  /* the descriptor does not block */
	CHR_OUT_SOCKET, /* it might, but for single calls */
	CHR_OUT_POLL,   /* it might, and only a byte at a time is certain not to */
};

struct chr {
	struct chr_params params;
	char name[80]; /* what params has the name of */
	const struct chr_ops *ops;
	int in_fd, out_fd; /* -1: none (attached); out_fd is set under the lock */
	int listen_fd, event_fd;
	struct loop_watch *watch, *out_watch, *listen_watch, *wake;
	enum chr_out out_kind;
	bool want_output;
	bool in_ended; /* the reader sends no more, but is there */
	bool told;     /* that output is lost */
	bool escape;   /* stdio: Ctrl-a seen */
	bool is_tty;
	chr_input_fn *input_fn;
	void *input_ctx;
	const struct chr_listener *listener;
	void *listener_ctx;
	struct bytering hold;  /* input that the device has not taken */
	atomic_bool hold_used; /* the same for other threads; never false while the device is asked */
	atomic_bool in_always; /* the input cannot be watched: it is read when there is room */
	pthread_mutex_t lock;  /* of the ring, of what follows, of setting out_fd */
	bool discard;
	bool refused; /* a write, and its writer has not been told of room yet */
	struct bytering ring;
};

extern const struct chr_ops chr_stdio_ops, chr_null_ops, chr_file_ops, chr_pty_ops, chr_unix_ops;

/* Watches in_fd and out_fd. */
int chr_attach(struct chr *c);
/* From now on output is for @fd, or, with -1, kept. */
void chr_set_output(struct chr *c, int fd);
void chr_watch_update(struct chr *c, bool want_output);
void chr_fd_ready(void *ctx, int fd, uint32_t events);
/* Some input, as far as there is room for it. */
void chr_input_read(struct chr *c);

#endif
