/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The virtio entropy device: VIRTIO 1.2, 5.4, from getrandom(2). Threads: as virtio.h. */
#ifndef PAPRIKA_VIRTIO_RNG_H
#define PAPRIKA_VIRTIO_RNG_H

#include "devices/virtio/virtio.h"

/* -ENOMEM and those of virtio_init(). */
__must_check int virtio_rng_new(struct iothread *thread, struct virtio_device **ret_device);
void virtio_rng_free(struct virtio_device *d);

#endif
