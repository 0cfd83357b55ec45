/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random bytes into whatever buffers the driver gives. */
#include "devices/virtio/rng.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#define QUEUE_SIZE 64
#define BYTES_MAX  4096u /* for one chain: the driver asks again */

static void queue_ready(struct virtio_device *d, unsigned n)
{
	struct virtq_chain chain;
	uint8_t bytes[BYTES_MAX];

	while (virtio_pop(d, n, &chain)) {
		size_t want = chain.writable_len < BYTES_MAX ? chain.writable_len : BYTES_MAX;
		ssize_t got = getrandom(bytes, want, GRND_NONBLOCK);

		if (got > 0 && virtq_write(&d->queues[n].ring, &chain, 0, bytes, (size_t)got) < 0) {
			virtio_broken(d, "a buffer that is not mapped");
			return;
		}
		virtio_push(d, n, chain.handle, got > 0 ? (uint32_t)got : 0);
		virtio_flush(d, n);
	}
}

static const struct virtio_class rng_class = {
	.id = 4,
	.class_code = 0xff0000,
	.node_name = "unknown-legacy-device",
	.no_config = true,
	.queue_ready = queue_ready,
};

int virtio_rng_new(struct iothread *thread, struct virtio_device **ret_device)
{
	struct virtio_device *d = calloc(1, sizeof(*d));
	int r = d ? virtio_init(d, &rng_class, thread, 1, QUEUE_SIZE, 0) : -ENOMEM;

	if (r < 0) {
		free(d);
		return r;
	}
	*ret_device = d;
	return 0;
}

void virtio_rng_free(struct virtio_device *d)
{
	if (!d)
		return;
	virtio_done(d);
	free(d);
}
