/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The virtio block device: VIRTIO 1.2, 5.2. Threads: as virtio.h; requests live on the I/O thread.
 */
#ifndef PAPRIKA_VIRTIO_BLK_H
#define PAPRIKA_VIRTIO_BLK_H

#include "devices/virtio/virtio.h"
#include "vmm/io/blk.h"

struct virtio_blk;

/* @blk (kept by the caller), with @queues queues; @serial of at most 20 characters, or NULL. -ENOMEM and
 * those of virtio_init(). */
__must_check int virtio_blk_new(struct blk *blk, struct iothread *thread, unsigned queues,
				const char *serial, struct virtio_blk **ret_device);
void virtio_blk_free(struct virtio_blk *b);
struct virtio_device *virtio_blk_device(struct virtio_blk *b);

#endif
