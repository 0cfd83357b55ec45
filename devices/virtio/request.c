/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stores of requests. */
#include "devices/virtio/request.h"

#include <errno.h>
#include <stdlib.h>

#define MANY_BYTES (256u << 10)

int virtio_requests_new(struct virtio_requests *store, struct virtio_device *d, unsigned queue, unsigned count,
			size_t size)
{
	uint8_t *at = calloc(count, size);

	*store = (struct virtio_requests){.memory = at};
	if (!at)
		return -ENOMEM;
	for (unsigned i = count; i-- > 0;) {
		struct virtio_request *r = (struct virtio_request *)(at + i * size);

		r->device = d;
		r->queue = queue;
		virtio_request_drop(store, r);
	}
	return 0;
}

void virtio_requests_free(struct virtio_requests *store)
{
	free(store->memory);
}

struct virtio_request *virtio_request_take(struct virtio_requests *store, struct virtio_device *d, unsigned queue)
{
	struct virtio_request *r = store->free;

	if (!r) {
		virtio_broken(d, "more requests than the queue has entries");
		return NULL;
	}
	if (!virtio_pop(d, queue, &r->chain))
		return NULL;
	store->free = r->next_free;
	return r;
}

void virtio_request_drop(struct virtio_requests *store, struct virtio_request *r)
{
	r->next_free = store->free;
	store->free = r;
}

void virtio_request_tell(struct virtio_request *r)
{
	if (r->chain.readable_len + r->chain.writable_len >= MANY_BYTES)
		virtio_flush_now(r->device, r->queue);
	else
		virtio_flush(r->device, r->queue);
}

void virtio_request_begin(struct virtio_requests *store)
{
	store->in_flight++;
}

void virtio_request_end(struct virtio_requests *store, struct virtio_request *r)
{
	unsigned queue = r->queue;

	virtio_request_drop(store, r);
	if (--store->in_flight == 0)
		virtio_drained(r->device, queue);
}
