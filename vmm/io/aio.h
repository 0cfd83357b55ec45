/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Asynchronous operations on one open file: by io_uring, or, where that is forbidden, by a few threads.
 *
 * Contract: aio_submit() and aio_kick() on the I/O thread; every operation that was submitted is done
 * exactly once, on the I/O thread, in any order, never within aio_submit() but perhaps within aio_kick(). The
 * operation and what its iov points to stay until then.
 */
#ifndef PAPRIKA_IO_AIO_H
#define PAPRIKA_IO_AIO_H

#include <stdint.h>
#include <sys/uio.h>

#include "vmm/io/iothread.h"

enum aio_kind { AIO_READ, AIO_WRITE, AIO_SYNC, AIO_ALLOCATE };
enum aio_engine { AIO_AUTO, AIO_URING, AIO_THREADS };

struct aio_op {
	enum aio_kind kind;
	int mode; /* of fallocate(2) */
	uint64_t offset, len; /* len: AIO_ALLOCATE alone */
	struct iovec *iov;
	unsigned iov_count; /* at most IOV_MAX */
	int64_t result;     /* bytes, or negative errno */
	void (*done)(struct aio_op *op);
	struct aio_op *next; /* the engine's */
};

struct aio;

/*
 * For @fd, kept by the caller, on @thread, which has not begun. AIO_AUTO: threads if there is no io_uring
 * here. -ENOSYS, -EPERM: there is none (AIO_URING); -ENOMEM; others of eventfd(2).
 */
__must_check int aio_open(int fd, enum aio_engine engine, struct iothread *thread,
			  struct aio **ret_aio);
/* Nothing is in flight any more, or the I/O thread has ended: then it waits for what is. */
void aio_close(struct aio *aio);
enum aio_engine aio_engine(const struct aio *aio);

/* Once the process is in its cage: the threads, if it needs any, each calling @init first. */
__must_check int aio_start(struct aio *aio, int (*init)(void *ctx), void *ctx);

/* Takes the operation; aio_kick() hands over what was taken since the last time, in one go. */
void aio_submit(struct aio *aio, struct aio_op *op);
void aio_kick(struct aio *aio);

#endif
