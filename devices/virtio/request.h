/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests of a virtio device that are answered later: a store of them for each queue.
 *
 * Threads: all on the device's I/O thread, but for new and free, before it begins and after its end.
 */
#ifndef PAPRIKA_VIRTIO_REQUEST_H
#define PAPRIKA_VIRTIO_REQUEST_H

#include <sys/uio.h>

#include "devices/virtio/virtio.h"

#define VIRTIO_PIECES_MAX 1024u /* of host memory, for one request */

/* The first thing in a device's own kind of request. */
struct virtio_request {
	struct virtio_device *device;
	unsigned queue;
	struct virtio_request *next_free;
	struct virtq_chain chain;
	struct iovec iov[VIRTIO_PIECES_MAX];
};

struct virtio_requests {
	void *memory;
	struct virtio_request *free;
	unsigned in_flight; /* begun, and not ended */
};

/* @count requests, each of @size bytes, zeroed, for queue @queue of @d. -ENOMEM. */
__must_check int virtio_requests_new(struct virtio_requests *store, struct virtio_device *d, unsigned queue,
				     unsigned count, size_t size);
void virtio_requests_free(struct virtio_requests *store);

/* A request with the next chain of its queue, or NULL: there is none, or the device is broken. */
struct virtio_request *virtio_request_take(struct virtio_requests *store, struct virtio_device *d, unsigned queue);
/* Back into the store, at once: the chain was answered, or is lost. */
void virtio_request_drop(struct virtio_requests *store, struct virtio_request *r);

/* The driver is told that it was pushed: with all else that this turn of the thread brings, but of one with many bytes
 * now, so that it goes on while the thread has those of the next one to move. */
void virtio_request_tell(struct virtio_request *r);

/* It is in flight from here, until virtio_request_end() puts it back into the store, which also says when it was
 * the last of its queue. */
void virtio_request_begin(struct virtio_requests *store);
void virtio_request_end(struct virtio_requests *store, struct virtio_request *r);

#endif
