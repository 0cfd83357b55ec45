/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SCSI commands out of chains, and what became of them back into these. */
#include "devices/virtio/scsi.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "devices/virtio/request.h"
#include "vmm/base/byteorder.h"

enum queue_role { CONTROL, EVENT, REQUESTS };
enum response { RESPONSE_OK = 0, BAD_TARGET = 3, FUNCTION_COMPLETE = 0, FUNCTION_REJECTED = 11 };
enum control { TASK_MANAGEMENT = 0, AN_QUERY = 1, AN_SUBSCRIBE = 2 };

#define QUEUE_SIZE    256u
#define CONTROL_SIZE  64u
#define SEGMENTS_MAX  (QUEUE_SIZE - 2)
#define MAX_SECTORS   2048u
#define CONFIG_SIZE   36u
#define AT_SENSE_SIZE 20u /* in the configuration: the two that the driver may write */
#define AT_CDB_SIZE   24u
#define SENSE_SIZE    96u
#define REQUEST_HEAD  19u /* before the CDB */
#define RESPONSE_HEAD 12u /* before the sense data */
#define TASK_SIZE     24u

struct request {
	struct virtio_request v;
	struct scsi_command scsi;
	uint32_t sense_size; /* the driver's, when the request came */
};

struct virtio_scsi {
	struct virtio_device virtio;
	struct {
		struct scsi_disk *disk;
		struct blk *blk;
	} targets[VIRTIO_SCSI_TARGETS];
	unsigned target_count;
	struct virtio_requests requests[VIRTIO_QUEUES_MAX]; /* of each queue */
	/* Task management waits until nothing is in flight: then whatever was to be aborted has ended. */
	struct virtq_handle waiting[CONTROL_SIZE];
	unsigned waiting_count;
	struct virtq_chain control;
};

static struct virtio_scsi *scsi_of(struct virtio_device *d)
{
	return (struct virtio_scsi *)((uint8_t *)d - offsetof(struct virtio_scsi, virtio));
}

static struct virtio_requests *store_of(struct request *r)
{
	return &scsi_of(r->v.device)->requests[r->v.queue];
}

/* struct virtio_scsi_resp_cmd, and the chain back. */
static void request_answer(struct request *r, enum response response)
{
	struct virtio_device *d = r->v.device;
	const struct scsi_command *c = &r->scsi;
	uint8_t head[RESPONSE_HEAD + SENSE_SIZE] = {0};
	uint64_t len = c->in_len ? c->in_len : c->out_len;

	if (response == RESPONSE_OK) {
		store_le32(head + 4, (uint32_t)(len - c->transferred));
		head[10] = (uint8_t)c->status;
		if (c->status == SCSI_CHECK_CONDITION) {
			store_le32(head, SCSI_SENSE_LEN);
			scsi_sense_fill(c->sense, head + RESPONSE_HEAD);
		}
	} else {
		store_le32(head + 4, (uint32_t)len);
	}
	head[11] = (uint8_t)response;
	if (virtq_write(&d->queues[r->v.queue].ring, &r->v.chain, 0, head,
			RESPONSE_HEAD + r->sense_size) < 0) {
		virtio_broken(d, "a response that is not mapped");
		return;
	}
	virtio_push(d, r->v.queue, r->v.chain.handle,
		    RESPONSE_HEAD + r->sense_size + (uint32_t)(c->in_len ? c->transferred : 0));
	virtio_request_tell(&r->v);
}

static unsigned all_in_flight(const struct virtio_scsi *s)
{
	unsigned n = 0;

	for (unsigned i = REQUESTS; i < s->virtio.queue_count; i++)
		n += s->requests[i].in_flight;
	return n;
}

/* The answer of each was written when it came; that it is given back says that it is true. */
static void tasks_managed(struct virtio_scsi *s)
{
	if (!s->waiting_count || all_in_flight(s))
		return;
	for (unsigned i = 0; i < s->waiting_count; i++)
		virtio_push(&s->virtio, CONTROL, s->waiting[i], 1);
	s->waiting_count = 0;
	virtio_flush(&s->virtio, CONTROL);
	virtio_drained(&s->virtio, CONTROL);
}

static void command_done(struct scsi_command *c)
{
	struct request *r = (struct request *)((uint8_t *)c - offsetof(struct request, scsi));
	struct virtio_device *d = r->v.device;

	if (c->in_count)
		dma_written(&d->pci.dma, c->in, c->in_count);
	if (!virtio_resetting(d, r->v.queue))
		request_answer(r, RESPONSE_OK);
	virtio_request_end(store_of(r), &r->v);
	tasks_managed(scsi_of(d));
}

/* 5.6.6.1: 1, the target, then the logical unit in the flat form or the simple one. */
static bool lun_parse(const struct virtio_scsi *s, const uint8_t lun[8], unsigned *ret_target, bool *ret_other)
{
	static const uint8_t zero[6];

	if (lun[0] != 1 || lun[1] >= s->target_count)
		return false;
	*ret_target = lun[1];
	*ret_other = (lun[2] & 0x3f) || (lun[2] >> 6) > 1 || memcmp(lun + 3, zero, 5);
	return true;
}

/* What of the chain is data, mapped. False: it is not mapped, or in too many pieces. */
static bool data_map(struct request *r, uint32_t cdb_size)
{
	struct virtq *ring = &r->v.device->queues[r->v.queue].ring;
	struct scsi_command *c = &r->scsi;
	uint64_t out_skip = REQUEST_HEAD + cdb_size, in_skip = RESPONSE_HEAD + r->sense_size;
	unsigned count = 0;

	c->out_len = r->v.chain.readable_len - out_skip;
	c->in_len = r->v.chain.writable_len - in_skip;
	if (c->out_len && virtq_map(ring, &r->v.chain, false, out_skip, c->out_len, r->v.iov, &count, VIRTIO_PIECES_MAX) < 0)
		return false;
	c->out = r->v.iov;
	c->out_count = count;
	c->in = r->v.iov + count;
	if (c->in_len && virtq_map(ring, &r->v.chain, true, in_skip, c->in_len, r->v.iov, &count, VIRTIO_PIECES_MAX) < 0)
		return false;
	c->in_count = count - c->out_count;
	return true;
}

/* False: so broken that there is no answer. */
static bool request_begin(struct request *r)
{
	struct virtio_device *d = r->v.device;
	struct virtio_scsi *s = scsi_of(d);
	uint8_t head[REQUEST_HEAD + SCSI_CDB_MAX] = {0};
	uint32_t cdb_size = load_le32(d->config + AT_CDB_SIZE);
	unsigned target;

	r->sense_size = load_le32(d->config + AT_SENSE_SIZE);
	if (cdb_size > SCSI_CDB_MAX || r->sense_size > SENSE_SIZE || r->v.chain.readable_len < REQUEST_HEAD + cdb_size ||
	    r->v.chain.writable_len < RESPONSE_HEAD + r->sense_size ||
	    virtq_read(&d->queues[r->v.queue].ring, &r->v.chain, 0, head, REQUEST_HEAD + cdb_size) < 0)
		return false;
	r->scsi.done = command_done;
	memcpy(r->scsi.cdb, head + REQUEST_HEAD, SCSI_CDB_MAX);
	if (!data_map(r, cdb_size))
		return false;
	virtio_request_begin(store_of(r));
	if (lun_parse(s, head, &target, &r->scsi.other_lun)) {
		scsi_submit(s->targets[target].disk, &r->scsi);
		return true;
	}
	request_answer(r, BAD_TARGET);
	virtio_request_end(store_of(r), &r->v);
	return true;
}

static void requests_take(struct virtio_scsi *s, unsigned n)
{
	struct virtio_device *d = &s->virtio;
	struct virtio_request *v;

	while ((v = virtio_request_take(&s->requests[n], d, n)))
		if (!request_begin((struct request *)v)) {
			virtio_broken(d, "a request without a header, a response or its data");
			virtio_request_drop(&s->requests[n], v);
		}
	for (unsigned i = 0; i < s->target_count; i++)
		blk_kick(s->targets[i].blk);
}

/* 5.6.6.2: the length of the answer; 0: not a request. */
static size_t control_answer(struct virtio_scsi *s, const uint8_t *task, uint8_t answer[5], bool *ret_wait)
{
	unsigned target;
	bool other;
	bool there = lun_parse(s, task + 8, &target, &other);

	*ret_wait = false;
	memset(answer, 0, 5);
	switch (load_le32(task)) {
	case TASK_MANAGEMENT:
		*ret_wait = there && load_le32(task + 4) <= 5; /* aborts, clearing, resets */
		answer[0] = !there ? BAD_TARGET : *ret_wait ? FUNCTION_COMPLETE : FUNCTION_REJECTED;
		return 1;
	case AN_QUERY:
	case AN_SUBSCRIBE:
		answer[4] = there ? RESPONSE_OK : BAD_TARGET; /* no event is ever due */
		return 5;
	default:
		return 0;
	}
}

static void control_take(struct virtio_scsi *s)
{
	struct virtio_device *d = &s->virtio;
	struct virtq *ring = &d->queues[CONTROL].ring;

	while (virtio_pop(d, CONTROL, &s->control)) {
		struct virtq_chain *c = &s->control;
		uint8_t task[TASK_SIZE] = {0}, answer[5];
		size_t have = c->readable_len < sizeof(task) ? c->readable_len : sizeof(task), len;
		bool wait;

		if (have < 16 || virtq_read(ring, c, 0, task, have) < 0)
			len = 0;
		else
			len = control_answer(s, task, answer, &wait);
		if (!len || s->waiting_count == CONTROL_SIZE || virtq_write(ring, c, 0, answer, len) < 0) {
			virtio_broken(d, "a control request without a header, or without a place for its answer");
			return;
		}
		if (wait)
			s->waiting[s->waiting_count++] = c->handle;
		else
			virtio_push(d, CONTROL, c->handle, (uint32_t)len);
	}
	virtio_flush(d, CONTROL);
	tasks_managed(s);
}

static void queue_ready(struct virtio_device *d, unsigned n)
{
	if (n == CONTROL)
		control_take(scsi_of(d));
	else if (n >= REQUESTS)
		requests_take(scsi_of(d), n);
	/* buffers for events stay in the ring: there are none */
}

static unsigned in_flight(struct virtio_device *d, unsigned n)
{
	struct virtio_scsi *s = scsi_of(d);

	return n == CONTROL ? s->waiting_count : s->requests[n].in_flight;
}

/* The sizes that the driver chooses, once, before it begins; of others nothing comes. */
static void config_write(struct virtio_device *d, unsigned offset, unsigned len, uint32_t value)
{
	if (len != 4)
		return;
	if (offset == AT_SENSE_SIZE && value >= SCSI_SENSE_LEN && value <= SENSE_SIZE)
		store_le32(d->config + AT_SENSE_SIZE, value);
	if (offset == AT_CDB_SIZE && value >= 16 && value <= SCSI_CDB_MAX)
		store_le32(d->config + AT_CDB_SIZE, value);
}

static void config_default(struct virtio_device *d)
{
	store_le32(d->config + AT_SENSE_SIZE, SENSE_SIZE);
	store_le32(d->config + AT_CDB_SIZE, SCSI_CDB_MAX);
}

static const struct virtio_class scsi_class = {
	.id = 8,
	.class_code = 0x010000,
	.node_name = "scsi",
	.queue_ready = queue_ready,
	.in_flight = in_flight,
	.config_write = config_write,
	.config_reset = config_default,
};

/* struct virtio_scsi_config */
static void config_fill(struct virtio_scsi *s, unsigned queues)
{
	uint8_t *c = s->virtio.config;

	store_le32(c + 0, queues);
	store_le32(c + 4, SEGMENTS_MAX);
	store_le32(c + 8, MAX_SECTORS);
	store_le32(c + 12, QUEUE_SIZE / 2);
	store_le32(c + 16, 16); /* struct virtio_scsi_event */
	config_default(&s->virtio);
	store_le16(c + 28, 0);
	store_le16(c + 30, VIRTIO_SCSI_TARGETS - 1);
	store_le32(c + 32, 0);
	s->virtio.config_len = CONFIG_SIZE;
}

static int requests_new(struct virtio_scsi *s, unsigned queues)
{
	int r = 0;

	for (unsigned n = REQUESTS; n < REQUESTS + queues && r == 0; n++)
		r = virtio_requests_new(&s->requests[n], &s->virtio, n, QUEUE_SIZE, sizeof(struct request));
	return r;
}

static void requests_free(struct virtio_scsi *s)
{
	for (unsigned n = 0; n < VIRTIO_QUEUES_MAX; n++)
		virtio_requests_free(&s->requests[n]);
}

int virtio_scsi_new(struct iothread *thread, unsigned queues, struct virtio_scsi **ret_device)
{
	struct virtio_scsi *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return -ENOMEM;
	r = requests_new(s, queues);
	if (r == 0)
		r = virtio_init(&s->virtio, &scsi_class, thread, REQUESTS + queues, QUEUE_SIZE, 0);
	if (r < 0) {
		requests_free(s);
		free(s);
		return r;
	}
	s->virtio.queues[CONTROL].max_size = s->virtio.queues[CONTROL].size = CONTROL_SIZE;
	config_fill(s, queues);
	*ret_device = s;
	return 0;
}

int virtio_scsi_add(struct virtio_scsi *s, struct scsi_disk *disk, struct blk *blk)
{
	if (s->target_count == VIRTIO_SCSI_TARGETS)
		return -ENOSPC;
	s->targets[s->target_count].disk = disk;
	s->targets[s->target_count++].blk = blk;
	return 0;
}

void virtio_scsi_free(struct virtio_scsi *s)
{
	if (!s)
		return;
	virtio_done(&s->virtio);
	requests_free(s);
	free(s);
}

struct virtio_device *virtio_scsi_device(struct virtio_scsi *s)
{
	return &s->virtio;
}
