/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A block back end: a raw image file or a block device.
 *
 * Contract: blk_open(), blk_start() and blk_close() on the main thread, while the I/O thread does not run;
 * blk_submit() and blk_kick() on the I/O thread. Every request is done exactly once, on the I/O thread, never
 * within blk_submit() but perhaps within blk_kick(); the request, its iov and the memory behind it stay until then.
 * A flush covers the writes that were done before it was submitted; once one has failed (but for direct I/O) all
 * that follow do.
 */
#ifndef PAPRIKA_IO_BLK_H
#define PAPRIKA_IO_BLK_H

#include <stdbool.h>
#include <stdint.h>

#include "vmm/io/aio.h"

enum blk_op { BLK_READ, BLK_WRITE, BLK_FLUSH, BLK_DISCARD, BLK_WRITE_ZEROES };

struct blk;

struct blk_request {
	enum blk_op op;
	uint64_t offset, len; /* bytes; len is that of iov, or of the range */
	struct iovec *iov;
	unsigned iov_count;
	bool may_unmap; /* BLK_WRITE_ZEROES: a hole will do */
	/* 0; -EINVAL: beyond the end, or a write to what is read-only; -EOPNOTSUPP: a discard that the file
	 * does not know; else the host's error, -EIO for what ended too early. */
	void (*done)(struct blk_request *r, int result);

	/* The back end's. */
	struct blk *blk;
	struct aio_op aio;
	uint64_t finished; /* bytes */
	unsigned tries;
	int error; /* why it was not started */
	void *bounce;
	struct iovec own_iov;
	bool zeroing; /* by writing zeros */
};

struct blk_params {
	const char *path;
	bool readonly, direct;
	bool describe; /* for its size alone: neither locked nor served */
	enum aio_engine engine;
	struct iothread *thread;
};

/*
 * -EINVAL: not a file or block device, or smaller than a block: *ret_why; -EBUSY: another process has it
 * open for writing (or for reading, if this is for writing); others of open(2), aio_open().
 */
__must_check int blk_open(const struct blk_params *params, struct blk **ret_blk,
			  const char **ret_why);
void blk_close(struct blk *blk);
/* In the cage, before the I/O thread begins: see aio_start(). */
__must_check int blk_start(struct blk *blk, int (*init)(void *ctx), void *ctx);

uint64_t blk_size(const struct blk *blk);      /* bytes, a multiple of the block size */
uint32_t blk_block_size(const struct blk *blk); /* bytes: what offsets and lengths are multiples of */
bool blk_readonly(const struct blk *blk);

void blk_submit(struct blk *blk, struct blk_request *r);
void blk_kick(struct blk *blk);

#endif
