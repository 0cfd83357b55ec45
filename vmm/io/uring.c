/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Operations through io_uring, of which this is the one home. The ring can do nothing but what stands in
 * uring_restrict(), on the one file that is registered with it: the system call filter does not see what is
 * in a ring.
 */
#include <errno.h>
#include <liburing.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "vmm/base/bits.h"
#include "vmm/io/doorbell.h"
#include "vmm/io/aio_impl.h"

#define RING_ENTRIES  128
#define BATCH_BYTES   (1u << 20)
#define IN_FLIGHT_MAX (2 * RING_ENTRIES) /* what the completion queue holds */

struct uring {
	struct aio aio;
	struct io_uring ring;
	bool open;
	unsigned in_flight; /* in the ring, handed over or not */
	struct aio_list waiting; /* for a place in the ring */
	struct doorbell retry;   /* the kernel was short of memory */
};

/* As liburing's functions of these purposes, which some of its libraries leave out. */
static int ring_register(struct io_uring *ring, unsigned opcode, const void *arg, unsigned count)
{
	return syscall(SYS_io_uring_register, ring->ring_fd, opcode, arg, count) < 0 ? -errno : 0;
}

static int uring_restrict(struct io_uring *ring)
{
	static const uint8_t opcodes[] = {IORING_OP_READV, IORING_OP_WRITEV, IORING_OP_FSYNC,
					  IORING_OP_FALLOCATE};
	struct io_uring_restriction rules[ARRAY_SIZE(opcodes) + 3] = {0};
	unsigned n = 0;

	for (; n < ARRAY_SIZE(opcodes); n++) {
		rules[n].opcode = IORING_RESTRICTION_SQE_OP;
		rules[n].sqe_op = opcodes[n];
	}
	rules[n].opcode = IORING_RESTRICTION_SQE_FLAGS_ALLOWED;
	rules[n++].sqe_flags = IOSQE_FIXED_FILE;
	rules[n].opcode = IORING_RESTRICTION_SQE_FLAGS_REQUIRED;
	rules[n++].sqe_flags = IOSQE_FIXED_FILE;
	rules[n].opcode = IORING_RESTRICTION_REGISTER_OP;
	rules[n++].register_op = IORING_REGISTER_ENABLE_RINGS;
	return ring_register(ring, IORING_REGISTER_RESTRICTIONS, rules, n);
}

static void uring_turn(struct uring *u);

static void completions_due(void *ctx)
{
	uring_turn(ctx);
}

static void retry_rung(void *ctx)
{
	struct uring *u = ctx;

	if (doorbell_take(&u->retry))
		uring_turn(u);
}

static int uring_open_ring(struct uring *u, int fd)
{
	struct io_uring_params p = {.flags = IORING_SETUP_R_DISABLED};
	int r = io_uring_queue_init_params(RING_ENTRIES, &u->ring, &p);

	if (r < 0)
		return r;
	u->open = true;
	if (!(p.features & IORING_FEAT_NODROP))
		return -ENOSYS;
	r = io_uring_register_files(&u->ring, &fd, 1);
	if (r == 0)
		r = uring_restrict(&u->ring);
	if (r == 0)
		r = ring_register(&u->ring, IORING_REGISTER_ENABLE_RINGS, NULL, 0);
	return r < 0 ? r : 0;
}

static void uring_close(struct aio *aio)
{
	struct uring *u = (struct uring *)aio;

	if (u->open)
		io_uring_queue_exit(&u->ring);
	doorbell_close(&u->retry);
	free(u);
}

static int uring_open(int fd, struct iothread *thread, struct aio **ret_aio)
{
	struct uring *u = calloc(1, sizeof(*u));
	int r;

	if (!u)
		return -ENOMEM;
	u->aio.ops = &aio_uring_ops;
	aio_list_init(&u->waiting);
	u->retry.fd = -1;
	r = uring_open_ring(u, fd);
	if (r == 0)
		r = doorbell_open(&u->retry);
	if (r == 0)
		r = iothread_watch(thread, u->ring.ring_fd, completions_due, u);
	if (r == 0)
		r = iothread_watch(thread, u->retry.fd, retry_rung, u);
	if (r < 0) {
		uring_close(&u->aio);
		return r;
	}
	*ret_aio = &u->aio;
	return 0;
}

static void sqe_prepare(struct io_uring_sqe *sqe, struct aio_op *op)
{
	switch (op->kind) {
	case AIO_READ:
		io_uring_prep_readv(sqe, 0, op->iov, op->iov_count, op->offset);
		break;
	case AIO_WRITE:
		io_uring_prep_writev(sqe, 0, op->iov, op->iov_count, op->offset);
		break;
	case AIO_SYNC:
		io_uring_prep_fsync(sqe, 0, IORING_FSYNC_DATASYNC);
		break;
	case AIO_ALLOCATE:
		io_uring_prep_fallocate(sqe, 0, op->mode, (off_t)op->offset, (off_t)op->len);
		break;
	}
	sqe->flags = IOSQE_FIXED_FILE;
	io_uring_sqe_set_data(sqe, op);
}

static uint64_t op_bytes(const struct aio_op *op)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < op->iov_count; i++)
		n += op->iov[i].iov_len;
	return n;
}

/* What waits goes into the ring as far as there is room, up to a batch, and the ring to the kernel. False: none went. */
static bool batch_submit(struct uring *u)
{
	unsigned before = u->in_flight;
	uint64_t bytes = 0;

	while (u->waiting.head && u->in_flight < IN_FLIGHT_MAX && bytes < BATCH_BYTES) {
		struct io_uring_sqe *sqe = io_uring_get_sqe(&u->ring);

		if (!sqe && io_uring_submit(&u->ring) > 0)
			sqe = io_uring_get_sqe(&u->ring);
		if (!sqe)
			break;
		bytes += op_bytes(u->waiting.head);
		sqe_prepare(sqe, aio_list_take(&u->waiting));
		u->in_flight++;
	}
	if (io_uring_sq_ready(&u->ring) && io_uring_submit(&u->ring) < 0)
		doorbell_ring(&u->retry);
	return u->in_flight != before;
}

static void completions_take(struct uring *u)
{
	struct io_uring_cqe *cqe;

	while (io_uring_peek_cqe(&u->ring, &cqe) == 0) {
		struct aio_op *op = io_uring_cqe_get_data(cqe);

		op->result = cqe->res;
		io_uring_cqe_seen(&u->ring, cqe);
		u->in_flight--;
		op->done(op);
	}
}

/* What the host has in its cache is done when a batch has been submitted, and answered before the next one is. */
static void uring_turn(struct uring *u)
{
	completions_take(u);
	while (batch_submit(u))
		completions_take(u);
}

static void uring_submit(struct aio *aio, struct aio_op *op)
{
	aio_list_add(&((struct uring *)aio)->waiting, op);
}

static void uring_kick(struct aio *aio)
{
	uring_turn((struct uring *)aio);
}

const struct aio_ops aio_uring_ops = {
	.engine = AIO_URING,
	.open = uring_open,
	.close = uring_close,
	.submit = uring_submit,
	.kick = uring_kick,
};
