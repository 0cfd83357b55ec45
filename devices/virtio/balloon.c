/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pages that a guest gives back, by number or as buffers. */
#include "devices/virtio/balloon.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#include "vmm/base/byteorder.h"

#define F_DEFLATE_ON_OOM (1ull << 2)
#define F_REPORTING      (1ull << 5)

#define INFLATE 0u
#define DEFLATE 1u
/* The queue of reports is the fifth (5.5.2), but the third to a driver that leaves out those which are not offered, as
 * Linux does: any of them will do. */
#define QUEUES 5u

#define QUEUE_SIZE  256u
#define PAGE_SHIFT  12u          /* of page numbers, whatever pages the guest and the host have */
#define NUMBERS_MAX (16u << 10)  /* bytes of page numbers in one chain that are looked at */
#define NUMBERS_AT_ONCE 1024u
#define BATCH       16u          /* chains, before others have their turn */
#define CONFIG_TARGET 0u
#define CONFIG_ACTUAL 4u
#define CONFIG_SIZE   8u

struct virtio_balloon {
	struct virtio_device virtio;
	struct ram *ram;
	struct gmem *mem;
	struct virtq_chain chain;
};

struct run {
	uint64_t at, len;
};

static struct virtio_balloon *balloon_of(struct virtio_device *d)
{
	return (struct virtio_balloon *)((uint8_t *)d - offsetof(struct virtio_balloon, virtio));
}

/* What is not memory is not given back; a host that cannot take it leaves it to the guest. */
static void give_back(struct virtio_balloon *b, struct run run)
{
	if (run.len && ram_discard(b->ram, run.at, run.len) == 0)
		gmem_written(b->mem, GPA(run.at), run.len); /* as zeros: code may have been there */
}

/* Pages of the guest or of the host may be several of the ones that are numbered: neighbours go as one. */
static void numbers_take(struct virtio_balloon *b, const uint8_t *numbers, size_t len, struct run *run)
{
	for (size_t i = 0; i + 4 <= len; i += 4) {
		uint64_t at = (uint64_t)load_le32(numbers + i) << PAGE_SHIFT;

		if (run->len && at == run->at + run->len) {
			run->len += 1u << PAGE_SHIFT;
			continue;
		}
		give_back(b, *run);
		*run = (struct run){.at = at, .len = 1u << PAGE_SHIFT};
	}
}

static bool inflate(struct virtio_balloon *b)
{
	const struct virtq_chain *c = &b->chain;
	uint64_t len = c->readable_len < NUMBERS_MAX ? c->readable_len : NUMBERS_MAX;
	uint8_t numbers[NUMBERS_AT_ONCE];
	struct run run = {0};

	for (uint64_t at = 0; at < len; at += sizeof(numbers)) {
		size_t part = len - at < sizeof(numbers) ? (size_t)(len - at) : sizeof(numbers);

		if (virtq_read(&b->virtio.queues[INFLATE].ring, c, at, numbers, part) < 0)
			return false;
		numbers_take(b, numbers, part, &run);
	}
	give_back(b, run);
	return true;
}

/* Buffers that the guest does not use until it has them back. */
static void report(struct virtio_balloon *b)
{
	const struct virtq_chain *c = &b->chain;

	for (unsigned i = c->readable; i < c->readable + c->writable; i++)
		give_back(b, (struct run){.at = c->segments[i].at.v, .len = c->segments[i].len});
}

static void queue_ready(struct virtio_device *d, unsigned q)
{
	struct virtio_balloon *b = balloon_of(d);
	unsigned i;

	if (q > DEFLATE && !(d->accepted & F_REPORTING))
		return;
	for (i = 0; i < BATCH && virtio_pop(d, q, &b->chain); i++) {
		if (q == INFLATE && !inflate(b)) {
			virtio_broken(d, "page numbers that are not in memory");
			return;
		}
		if (q > DEFLATE)
			report(b);
		/* and what is taken out of the balloon comes as it is used */
		virtio_push(d, q, b->chain.handle, 0);
	}
	if (i)
		virtio_flush(d, q);
	if (i == BATCH)
		doorbell_ring(&d->queues[q].bell);
}

/* How much is in it, as the driver says: for its own use. */
static void config_write(struct virtio_device *d, unsigned offset, unsigned len, uint32_t value)
{
	if (offset == CONFIG_ACTUAL && len == 4)
		store_le32(d->config + CONFIG_ACTUAL, value);
}

static void config_reset(struct virtio_device *d)
{
	store_le32(d->config + CONFIG_ACTUAL, 0);
}

static const struct virtio_class balloon_class = {
	.id = 5,
	.class_code = 0xff0000,
	.node_name = "unknown-legacy-device",
	.direct = true,
	.queue_ready = queue_ready,
	.config_write = config_write,
	.config_reset = config_reset,
};

int virtio_balloon_new(struct iothread *thread, struct ram *ram, struct gmem *mem,
		       struct virtio_balloon **ret_device)
{
	struct virtio_balloon *b = calloc(1, sizeof(*b));
	int r = b ? virtio_init(&b->virtio, &balloon_class, thread, QUEUES, QUEUE_SIZE,
				F_DEFLATE_ON_OOM | F_REPORTING) : -ENOMEM;

	if (r < 0) {
		free(b);
		return r;
	}
	b->ram = ram;
	b->mem = mem;
	b->virtio.config_len = CONFIG_SIZE;
	*ret_device = b;
	return 0;
}

void virtio_balloon_free(struct virtio_balloon *b)
{
	if (!b)
		return;
	virtio_done(&b->virtio);
	free(b);
}

struct virtio_device *virtio_balloon_device(struct virtio_balloon *b)
{
	return &b->virtio;
}

void virtio_balloon_set_target(struct virtio_balloon *b, uint64_t len)
{
	uint8_t pages[4];

	store_le32(pages, (uint32_t)(len >> PAGE_SHIFT));
	virtio_config_set(&b->virtio, CONFIG_TARGET, pages, sizeof(pages));
}

void virtio_balloon_sizes(struct virtio_balloon *b, uint64_t *ret_target, uint64_t *ret_actual)
{
	pthread_mutex_lock(&b->virtio.lock);
	*ret_target = (uint64_t)load_le32(b->virtio.config + CONFIG_TARGET) << PAGE_SHIFT;
	*ret_actual = (uint64_t)load_le32(b->virtio.config + CONFIG_ACTUAL) << PAGE_SHIFT;
	pthread_mutex_unlock(&b->virtio.lock);
}
