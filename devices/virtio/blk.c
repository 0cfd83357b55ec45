/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Block requests out of chains, and their status back into them. */
#include "devices/virtio/blk.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "devices/virtio/blk_impl.h"
#include "devices/virtio/request.h"
#include "vmm/base/byteorder.h"

enum type { IN = 0, OUT = 1, FLUSH = 4, GET_ID = 8, DISCARD = 11, WRITE_ZEROES = 13 };
enum status { OK = 0, IOERR = 1, UNSUPP = 2 };

#define SECTOR_SHIFT   9
#define HEADER_SIZE    16u
#define RANGE_SIZE     16u /* of a discard */
#define RANGE_UNMAP    1u
#define ID_SIZE        20u
#define QUEUE_SIZE     256u
#define SEGMENTS_MAX   (QUEUE_SIZE - 2)
#define SEGMENT_SIZE   (1u << 20)
#define RANGE_SECTORS  (1u << 22)
#define CONFIG_SIZE    60u

struct request {
	struct virtio_request v;
	struct blk_request blk;
};

struct virtio_blk {
	struct virtio_device virtio;
	struct blk *blk;
	char id[ID_SIZE];
	struct virtio_requests requests[VIRTIO_QUEUES_MAX]; /* of each queue */
};

static struct virtio_blk *blk_of(struct virtio_device *d)
{
	return (struct virtio_blk *)((uint8_t *)d - offsetof(struct virtio_blk, virtio));
}

static struct virtio_blk *owner(struct request *r)
{
	return blk_of(r->v.device);
}

static struct virtio_requests *store_of(struct request *r)
{
	return &owner(r)->requests[r->v.queue];
}

/* The status goes into the last byte that the driver lets us write. */
static void request_answer(struct request *r, enum status status, uint32_t written)
{
	struct virtio_device *d = r->v.device;
	struct virtq_chain *c = &r->v.chain;
	uint8_t byte = (uint8_t)status;

	if (virtq_write(&d->queues[r->v.queue].ring, c, c->writable_len - 1, &byte, 1) < 0) {
		virtio_broken(d, "a status that is not mapped");
		return;
	}
	virtio_push(d, r->v.queue, c->handle, written + 1);
	virtio_request_tell(&r->v);
}

static void request_done(struct blk_request *blk, int result)
{
	struct request *r = (struct request *)((uint8_t *)blk - offsetof(struct request, blk));
	struct virtio_device *d = r->v.device;

	if (blk->op == BLK_READ)
		dma_written(&d->pci.dma, r->v.iov, blk->iov_count);
	if (!virtio_resetting(d, r->v.queue))
		request_answer(r, result == 0 ? OK : result == -EOPNOTSUPP ? UNSUPP : IOERR,
			       blk->op == BLK_READ && result == 0 ? (uint32_t)blk->len : 0);
	virtio_request_end(store_of(r), &r->v);
}

/* Hands the request on; it is answered when it is done. */
static void request_submit(struct request *r, enum blk_op op)
{
	r->blk.op = op;
	r->blk.iov = r->v.iov;
	r->blk.done = request_done;
	virtio_request_begin(store_of(r));
	blk_submit(owner(r)->blk, &r->blk);
}

static bool sectors_sound(const struct virtio_blk *b, uint64_t sector, uint64_t len)
{
	return check_range_u64(sector, len >> SECTOR_SHIFT, blk_size(b->blk) >> SECTOR_SHIFT);
}

/* A status to answer with at once, or -1: submitted. */
static int transfer(struct request *r, uint64_t sector, bool is_read)
{
	struct virtq *ring = &r->v.device->queues[r->v.queue].ring;
	uint64_t len = is_read ? r->v.chain.writable_len - 1 : r->v.chain.readable_len - HEADER_SIZE;

	if (!len || (len & ((1u << SECTOR_SHIFT) - 1)) || !sectors_sound(owner(r), sector, len))
		return IOERR;
	r->blk.iov_count = 0;
	if (virtq_map(ring, &r->v.chain, is_read, is_read ? 0 : HEADER_SIZE, len, r->v.iov,
		      &r->blk.iov_count, VIRTIO_PIECES_MAX) < 0)
		return IOERR;
	r->blk.offset = sector << SECTOR_SHIFT;
	r->blk.len = len;
	request_submit(r, is_read ? BLK_READ : BLK_WRITE);
	return -1;
}

static int flush(struct request *r)
{
	r->blk.iov_count = 0;
	r->blk.offset = r->blk.len = 0;
	request_submit(r, BLK_FLUSH);
	return -1;
}

/* struct virtio_blk_discard_write_zeroes, one of them, as the configuration says. */
static int range(struct request *r, bool zeroes)
{
	struct virtq *ring = &r->v.device->queues[r->v.queue].ring;
	uint8_t raw[RANGE_SIZE];
	uint32_t count, flags;
	uint64_t sector;

	if (r->v.chain.readable_len != HEADER_SIZE + RANGE_SIZE ||
	    virtq_read(ring, &r->v.chain, HEADER_SIZE, raw, sizeof(raw)) < 0)
		return IOERR;
	sector = load_le64(raw);
	count = load_le32(raw + 8);
	flags = load_le32(raw + 12);
	if (flags & ~(zeroes ? RANGE_UNMAP : 0))
		return UNSUPP;
	if (!count || count > RANGE_SECTORS ||
	    !sectors_sound(owner(r), sector, (uint64_t)count << SECTOR_SHIFT))
		return IOERR;
	r->blk.iov_count = 0;
	r->blk.offset = sector << SECTOR_SHIFT;
	r->blk.len = (uint64_t)count << SECTOR_SHIFT;
	r->blk.may_unmap = flags & RANGE_UNMAP;
	request_submit(r, zeroes ? BLK_WRITE_ZEROES : BLK_DISCARD);
	return -1;
}

static int get_id(struct request *r, uint32_t *ret_written)
{
	struct virtq *ring = &r->v.device->queues[r->v.queue].ring;

	if (r->v.chain.writable_len < ID_SIZE + 1 ||
	    virtq_write(ring, &r->v.chain, 0, owner(r)->id, ID_SIZE) < 0)
		return IOERR;
	*ret_written = ID_SIZE;
	return OK;
}

static void request_begin(struct request *r)
{
	struct virtio_device *d = r->v.device;
	uint8_t header[HEADER_SIZE];
	uint32_t written = 0;
	int status;

	if (!r->v.chain.writable_len ||
	    virtq_read(&d->queues[r->v.queue].ring, &r->v.chain, 0, header, sizeof(header)) < 0) {
		virtio_broken(d, "a request without a header or a status");
		virtio_request_drop(store_of(r), &r->v);
		return;
	}
	switch (load_le32(header)) {
	case IN:
		status = transfer(r, load_le64(header + 8), true);
		break;
	case OUT:
		status = transfer(r, load_le64(header + 8), false);
		break;
	case FLUSH:
		status = flush(r);
		break;
	case GET_ID:
		status = get_id(r, &written);
		break;
	case DISCARD:
		status = range(r, false);
		break;
	case WRITE_ZEROES:
		status = range(r, true);
		break;
	default:
		status = UNSUPP;
	}
	if (status < 0)
		return;
	request_answer(r, (enum status)status, written);
	virtio_request_drop(store_of(r), &r->v);
}

/* All chains that are there go down in one batch. */
static void queue_ready(struct virtio_device *d, unsigned n)
{
	struct virtio_blk *b = blk_of(d);
	struct virtio_request *v;

	while ((v = virtio_request_take(&b->requests[n], d, n)))
		request_begin((struct request *)v);
	blk_kick(b->blk);
}

static unsigned in_flight(struct virtio_device *d, unsigned n)
{
	return blk_of(d)->requests[n].in_flight;
}

static const struct virtio_class blk_class = {
	.id = 2,
	.class_code = 0x010000,
	.node_name = "scsi",
	.queue_ready = queue_ready,
	.in_flight = in_flight,
};

/* struct virtio_blk_config */
static void config_fill(struct virtio_blk *b, unsigned queues)
{
	uint8_t *c = b->virtio.config;
	uint32_t block = blk_block_size(b->blk);

	store_le64(c + 0, blk_size(b->blk) >> SECTOR_SHIFT);
	store_le32(c + 8, SEGMENT_SIZE);
	store_le32(c + 12, SEGMENTS_MAX);
	store_le32(c + 20, block);
	c[24] = block < 4096 ? (uint8_t)__builtin_ctz(4096 / block) : 0; /* a file system's page below */
	store_le16(c + 26, block < 4096 ? (uint16_t)(4096 / block) : 1);
	store_le16(c + 34, (uint16_t)queues);
	store_le32(c + 36, RANGE_SECTORS);
	store_le32(c + 40, 1);
	store_le32(c + 44, block >> SECTOR_SHIFT);
	store_le32(c + 48, RANGE_SECTORS);
	store_le32(c + 52, 1);
	c[56] = 1;
	b->virtio.config_len = CONFIG_SIZE;
}

static int requests_new(struct virtio_blk *b, unsigned queues)
{
	int r = 0;

	for (unsigned n = 0; n < queues && r == 0; n++)
		r = virtio_requests_new(&b->requests[n], &b->virtio, n, QUEUE_SIZE, sizeof(struct request));
	return r;
}

static void requests_free(struct virtio_blk *b)
{
	for (unsigned n = 0; n < VIRTIO_QUEUES_MAX; n++)
		virtio_requests_free(&b->requests[n]);
}

int virtio_blk_new(struct blk *blk, struct iothread *thread, unsigned queues, const char *serial,
		   struct virtio_blk **ret_device)
{
	uint64_t features = F_SIZE_MAX | F_SEG_MAX | F_BLK_SIZE | F_FLUSH | F_TOPOLOGY | F_MQ |
			    F_DISCARD | F_WRITE_ZEROES;
	struct virtio_blk *b = calloc(1, sizeof(*b));
	int r;

	if (!b)
		return -ENOMEM;
	b->blk = blk;
	if (serial)
		memcpy(b->id, serial, strnlen(serial, ID_SIZE));
	if (blk_readonly(blk))
		features = (features & ~(F_DISCARD | F_WRITE_ZEROES)) | F_RO;
	r = requests_new(b, queues);
	if (r == 0)
		r = virtio_init(&b->virtio, &blk_class, thread, queues, QUEUE_SIZE, features);
	if (r < 0) {
		requests_free(b);
		free(b);
		return r;
	}
	config_fill(b, queues);
	*ret_device = b;
	return 0;
}

void virtio_blk_free(struct virtio_blk *b)
{
	if (!b)
		return;
	virtio_done(&b->virtio);
	requests_free(b);
	free(b);
}

struct virtio_device *virtio_blk_device(struct virtio_blk *b)
{
	return &b->virtio;
}
