/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A doorbell: an event counter that a vCPU's store rings and an I/O thread waits for. Rings merge.
 * Threads: doorbell_ring() from any; doorbell_take() on the thread that watches the descriptor.
 */
#ifndef PAPRIKA_IO_DOORBELL_H
#define PAPRIKA_IO_DOORBELL_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "vmm/base/check.h"

struct doorbell {
	int fd; /* of eventfd(2); the kernel's back end may ring it as well */
};

/* Negative errno of eventfd(2). */
static inline __must_check int doorbell_open(struct doorbell *d)
{
	d->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return d->fd < 0 ? -errno : 0;
}

static inline void doorbell_close(struct doorbell *d)
{
	if (d->fd >= 0)
		close(d->fd);
	d->fd = -1;
}

static inline void doorbell_ring(struct doorbell *d)
{
	const uint64_t one = 1;
	ssize_t done = write(d->fd, &one, sizeof(one));

	(void)done; /* a full counter is a ring that is due already */
}

/* True if it rang since the last time. */
static inline bool doorbell_take(struct doorbell *d)
{
	uint64_t count;

	return read(d->fd, &count, sizeof(count)) == sizeof(count);
}

#endif
