/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vhost-user back end for tests: maps what it is given, walks split rings, hands each chain to a function, and breaks the
 * protocol where it is told to. One connection at a time, all on a thread of its own.
 */
#ifndef PAPRIKA_TESTS_FAKE_VHOST_BACK_H
#define PAPRIKA_TESTS_FAKE_VHOST_BACK_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

#include "vmm/io/vhost_user_msg.h"

#define BACK_QUEUES   8u
#define BACK_SEGMENTS 64u

/* What it does instead of what it should, when @at comes. */
enum back_fault {
	BACK_SOUND,
	BACK_SILENT,    /* no answer */
	BACK_ENDS,      /* closes the connection */
	BACK_REFUSES,   /* acknowledges with an error */
	BACK_SHORT,     /* an answer of another size */
	BACK_OTHER,     /* the answer to another request */
	BACK_VERSION,   /* an answer of another version */
	BACK_HUGE,      /* an answer of a length that there is not */
	BACK_DRIPS,     /* a byte of the answer, and no more */
};

struct back;

struct back_chain {
	uint16_t head;
	unsigned readable, writable; /* of iov: first those that are read */
	struct iovec iov[BACK_SEGMENTS];
};

struct back_queue {
	unsigned size;
	uint8_t *desc, *avail, *used;
	uint16_t next_avail, next_used;
	int kick, call; /* -1: none */
	bool enabled, started;
};

struct back {
	/* set before back_start() */
	uint64_t features, protocol;
	unsigned queue_count;
	uint8_t config[VHOST_CONFIG_MAX];
	unsigned config_len;
	/* A chain came: true if it is done, with *ret_len bytes written; else back_use() comes later. */
	bool (*chain)(struct back *b, unsigned q, struct back_chain *c, uint32_t *ret_len);
	/* The queue was taken away. NULL: nothing is to be done. */
	void (*stopped)(struct back *b, unsigned q);
	/* Something of its own to wait for, -1: nothing; while queue 0 runs. */
	int watch_fd;
	void (*watch)(struct back *b);
	/* may be set at any time */
	_Atomic enum back_fault fault;
	atomic_uint fault_at; /* an enum vhost_request */

	/* what came of it; to be read while nothing goes on */
	atomic_uint connections, messages[64], config_sets, calls;
	_Atomic uint64_t features_set;

	/* its own */
	char path[108];
	int listen_fd, fd, request_fd, end_fd;
	pthread_t thread;
	struct vhost_memory memory;
	uint8_t *mapped[VHOST_REGIONS_MAX];
	struct back_queue queues[BACK_QUEUES];
};

/* Listens at a path of its own, in b->path; ends the program when the host fails. */
void back_start(struct back *b);
/* Listens no more, and gives up its connection. */
void back_end(struct back *b);

/* On the back end's thread, or while nothing goes on. */

/* Gives a chain back; the driver hears of it. */
void back_use(struct back *b, unsigned q, uint16_t head, uint32_t len);
/* Sets the used index, whatever is behind it, and rings. */
void back_used_index(struct back *b, unsigned q, uint16_t idx);
/* Tells that its configuration has changed; any thread. */
void back_config_changed(struct back *b);
/* These bytes in place of a request of its own; any thread. */
void back_says(struct back *b, const void *bytes, size_t len);

#endif
