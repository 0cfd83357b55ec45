/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Raw images: offsets in the guest's disk are offsets in the file. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/stat.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "vmm/base/check.h"
#include "vmm/base/log.h"
#include "vmm/io/blk.h"

#define SECTOR      512u
#define TRIES_MAX   16
#define LOCK_TRIES  25
#define ZEROS_SIZE  (64u << 10)
#define DIRECT_SAFE 4096u /* an alignment that is enough where the kernel does not say */

struct blk {
	char *path;
	struct log_ratelimit told;
	int fd;
	struct aio *aio;
	uint64_t size;
	uint32_t block_size, memory_align; /* of direct I/O; 1 if it is not */
	bool readonly, direct;
	bool lost; /* a flush failed: what the host had cached is gone, and no later flush brings it back */
};

static const uint8_t zeros[ZEROS_SIZE] __attribute__((aligned(DIRECT_SAFE)));

/* Against a second writer, and a writer beside readers: 0, -EBUSY, or that there are no locks here. */
static int image_lock(int fd, bool readonly)
{
	struct flock lock = {.l_type = readonly ? F_RDLCK : F_WRLCK, .l_whence = SEEK_SET};

	if (fcntl(fd, F_OFD_SETLK, &lock) == 0)
		return 0;
	return errno == EAGAIN || errno == EACCES ? -EBUSY : -errno;
}

/* A ring that died with its process lets go of its file a moment later. */
static int image_lock_wait(int fd, bool readonly)
{
	const struct timespec pause = {.tv_nsec = 20000000};
	int r = image_lock(fd, readonly);

	for (unsigned i = 0; r == -EBUSY && i < LOCK_TRIES; i++) {
		nanosleep(&pause, NULL);
		r = image_lock(fd, readonly);
	}
	return r;
}

static void image_unlock(int fd)
{
	struct flock lock = {.l_type = F_UNLCK, .l_whence = SEEK_SET};

	fcntl(fd, F_OFD_SETLK, &lock);
}

static int device_size(struct blk *b)
{
	int block;

	if (ioctl(b->fd, BLKGETSIZE64, &b->size) < 0 || ioctl(b->fd, BLKSSZGET, &block) < 0)
		return -errno;
	b->block_size = (uint32_t)block;
	return 0;
}

/* What direct I/O demands of offsets and of memory. */
static void direct_align(struct blk *b)
{
#ifdef STATX_DIOALIGN
	struct statx stx;

	if (statx(b->fd, "", AT_EMPTY_PATH, STATX_DIOALIGN, &stx) == 0 &&
	    (stx.stx_mask & STATX_DIOALIGN) && stx.stx_dio_offset_align) {
		if (stx.stx_dio_offset_align > b->block_size)
			b->block_size = stx.stx_dio_offset_align;
		b->memory_align = stx.stx_dio_mem_align;
		return;
	}
#endif
	if (b->block_size < SECTOR)
		b->block_size = SECTOR;
	b->memory_align = DIRECT_SAFE;
}

static int image_measure(struct blk *b, bool direct, const char **ret_why)
{
	struct stat st;
	int r = 0;

	if (fstat(b->fd, &st) < 0)
		return -errno;
	*ret_why = "neither a file nor a block device";
	if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))
		return -EINVAL;
	b->size = (uint64_t)st.st_size;
	b->block_size = SECTOR;
	b->memory_align = 1;
	if (S_ISBLK(st.st_mode))
		r = device_size(b);
	if (direct)
		direct_align(b);
	b->size -= b->size % b->block_size;
	*ret_why = "smaller than a block";
	return r < 0 ? r : b->size ? 0 : -EINVAL;
}

int blk_open(const struct blk_params *p, struct blk **ret_blk, const char **ret_why)
{
	struct blk *b = calloc(1, sizeof(*b));
	int r;

	if (!b)
		return -ENOMEM;
	b->readonly = p->readonly || p->describe;
	b->direct = p->direct;
	b->path = strdup(p->path);
	b->fd = open(p->path, (b->readonly ? O_RDONLY : O_RDWR) | (p->direct ? O_DIRECT : 0) |
				      O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	r = b->fd < 0 ? -errno : image_measure(b, p->direct, ret_why);
	if (r == 0 && !p->describe)
		r = image_lock_wait(b->fd, b->readonly);
	if (r == 0 && !p->describe)
		r = aio_open(b->fd, p->engine, p->thread, &b->aio);
	if (r < 0) {
		blk_close(b);
		return r;
	}
	b->readonly = p->readonly;
	*ret_blk = b;
	return 0;
}

void blk_close(struct blk *b)
{
	if (!b)
		return;
	aio_close(b->aio);
	free(b->path);
	if (b->fd >= 0) {
		image_unlock(b->fd);
		close(b->fd);
	}
	free(b);
}

int blk_start(struct blk *b, int (*init)(void *ctx), void *ctx)
{
	return aio_start(b->aio, init, ctx);
}

uint64_t blk_size(const struct blk *b)
{
	return b->size;
}

uint32_t blk_block_size(const struct blk *b)
{
	return b->block_size;
}

bool blk_readonly(const struct blk *b)
{
	return b->readonly;
}

void blk_kick(struct blk *b)
{
	aio_kick(b->aio);
}

static void request_end(struct blk_request *r, int result)
{
	if (r->bounce && result == 0 && r->op == BLK_READ) {
		const uint8_t *from = r->bounce;

		for (unsigned i = 0; i < r->iov_count; i++) {
			memcpy(r->iov[i].iov_base, from, r->iov[i].iov_len);
			from += r->iov[i].iov_len;
		}
	}
	free(r->bounce);
	r->bounce = NULL;
	r->done(r, result);
}

static void own_iov_set(struct blk_request *r, const void *base, uint64_t len)
{
	r->own_iov = (struct iovec){.iov_base = (void *)(uintptr_t)base, .iov_len = len};
	r->aio.iov = &r->own_iov;
	r->aio.iov_count = 1;
}

static void zeros_next(struct blk_request *r)
{
	uint64_t left = r->len - r->finished;

	r->aio.kind = AIO_WRITE;
	r->aio.offset = r->offset + r->finished;
	own_iov_set(r, zeros, left < ZEROS_SIZE ? left : ZEROS_SIZE);
}

/* The memory after what has finished: the rest of a piece by itself, then the pieces that follow. */
static void rest_next(struct blk_request *r)
{
	uint64_t skip = r->finished;
	unsigned i = 0;

	r->aio.offset = r->offset + r->finished;
	if (r->bounce) {
		own_iov_set(r, (uint8_t *)r->bounce + skip, r->len - skip);
		return;
	}
	while (skip >= r->iov[i].iov_len)
		skip -= r->iov[i++].iov_len;
	if (skip) {
		own_iov_set(r, (uint8_t *)r->iov[i].iov_base + skip, r->iov[i].iov_len - skip);
		return;
	}
	r->aio.iov = r->iov + i;
	r->aio.iov_count = r->iov_count - i;
}

static void again(struct blk_request *r)
{
	aio_submit(r->blk->aio, &r->aio);
	aio_kick(r->blk->aio);
}

/* Part of a transfer: the rest follows, unless there is no end to it. */
static void transferred(struct blk_request *r, uint64_t n)
{
	r->finished += n;
	if (r->finished >= r->len) {
		request_end(r, 0);
	} else if (!n) {
		request_end(r, -EIO); /* the file ends before the disk does */
	} else {
		r->tries = 0;
		if (r->zeroing)
			zeros_next(r);
		else
			rest_next(r);
		again(r);
	}
}

static void host_failed(const struct blk_request *r, int error)
{
	static const char *const names[] = {"read", "write", "flush", "discard", "write of zeroes"};

	if (error != -EOPNOTSUPP && log_ratelimit_pass(&r->blk->told))
		log_warning("disk %s: %s of %llu bytes at %llu: %s; the guest is told of an I/O error",
			    r->blk->path ? r->blk->path : "", names[r->op],
			    (unsigned long long)r->len, (unsigned long long)r->offset, strerror(-error));
}

static void aio_ended(struct aio_op *op)
{
	struct blk_request *r = (struct blk_request *)((uint8_t *)op - offsetof(struct blk_request, aio));
	int64_t n = op->result;

	if (r->error) {
		request_end(r, r->error);
	} else if ((n == -EINTR || n == -EAGAIN) && ++r->tries < TRIES_MAX) {
		again(r);
	} else if (n < 0 && op->kind == AIO_ALLOCATE && r->op == BLK_WRITE_ZEROES &&
		   (n == -EOPNOTSUPP || n == -ENODEV || n == -EINVAL)) {
		r->zeroing = true;
		zeros_next(r);
		again(r);
	} else if (n < 0) {
		r->blk->lost |= op->kind == AIO_SYNC && !r->blk->direct;
		host_failed(r, (int)n);
		request_end(r, n == -EINVAL ? -EIO : (int)n);
	} else if (op->kind == AIO_READ || op->kind == AIO_WRITE) {
		transferred(r, (uint64_t)n);
	} else {
		request_end(r, 0);
	}
}

/* Answers what cannot be started, from the I/O thread like everything else. */
static void fail(struct blk_request *r, int error)
{
	r->error = error;
	r->aio = (struct aio_op){.kind = AIO_READ, .done = aio_ended};
	aio_submit(r->blk->aio, &r->aio);
}

static bool aligned(const struct blk *b, const struct blk_request *r)
{
	for (unsigned i = 0; i < r->iov_count; i++)
		if (((uintptr_t)r->iov[i].iov_base | r->iov[i].iov_len) & (b->memory_align - 1))
			return false;
	return true;
}

/* Direct I/O that the guest's memory does not suit goes through memory that does. */
static int bounce(const struct blk *b, struct blk_request *r)
{
	uint8_t *at;

	if (b->memory_align == 1 || aligned(b, r))
		return 0;
	r->bounce = aligned_alloc(DIRECT_SAFE, (r->len + DIRECT_SAFE - 1) & ~(uint64_t)(DIRECT_SAFE - 1));
	if (!r->bounce)
		return -ENOMEM;
	at = r->bounce;
	for (unsigned i = 0; r->op == BLK_WRITE && i < r->iov_count; i++) {
		memcpy(at, r->iov[i].iov_base, r->iov[i].iov_len);
		at += r->iov[i].iov_len;
	}
	own_iov_set(r, r->bounce, r->len);
	return 0;
}

static const struct {
	enum aio_kind kind;
	int mode;
} operations[] = {
	[BLK_READ] = {AIO_READ, 0},
	[BLK_WRITE] = {AIO_WRITE, 0},
	[BLK_FLUSH] = {AIO_SYNC, 0},
	[BLK_DISCARD] = {AIO_ALLOCATE, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE},
	[BLK_WRITE_ZEROES] = {AIO_ALLOCATE, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE},
};

static bool sound(const struct blk *b, const struct blk_request *r)
{
	if (r->op == BLK_FLUSH)
		return true;
	return check_range_u64(r->offset, r->len, b->size) && r->len &&
	       !((r->offset | r->len) & (b->block_size - 1)) && (r->op == BLK_READ || !b->readonly);
}

void blk_submit(struct blk *b, struct blk_request *r)
{
	r->blk = b;
	r->finished = 0;
	r->tries = 0;
	r->error = 0;
	r->bounce = NULL;
	r->zeroing = false;
	r->aio = (struct aio_op){.kind = operations[r->op].kind, .mode = operations[r->op].mode,
				 .offset = r->offset, .len = r->len, .iov = r->iov,
				 .iov_count = r->iov_count, .done = aio_ended};
	if (r->op == BLK_WRITE_ZEROES && r->may_unmap)
		r->aio.mode = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
	if (!sound(b, r))
		fail(r, -EINVAL);
	else if (r->op == BLK_FLUSH && b->lost)
		fail(r, -EIO);
	else if ((r->op == BLK_READ || r->op == BLK_WRITE) && bounce(b, r) < 0)
		fail(r, -ENOMEM);
	else
		aio_submit(b->aio, &r->aio);
}
