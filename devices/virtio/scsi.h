/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The virtio SCSI host: VIRTIO 1.2, 5.6. Each disk is a target with one logical unit. Threads: as virtio.h; the disks'
 * back ends belong to the same I/O thread.
 */
#ifndef PAPRIKA_VIRTIO_SCSI_H
#define PAPRIKA_VIRTIO_SCSI_H

#include "devices/scsi/disk.h"
#include "devices/virtio/virtio.h"

#define VIRTIO_SCSI_TARGETS 24

struct virtio_scsi;

/* @queues of requests. -ENOMEM, and those of virtio_init(). */
__must_check int virtio_scsi_new(struct iothread *thread, unsigned queues, struct virtio_scsi **ret_device);
/* Before the I/O thread begins: the next target, @disk with @blk below it; both stay the caller's. -ENOSPC. */
__must_check int virtio_scsi_add(struct virtio_scsi *s, struct scsi_disk *disk, struct blk *blk);
/* The I/O thread has ended. */
void virtio_scsi_free(struct virtio_scsi *s);
struct virtio_device *virtio_scsi_device(struct virtio_scsi *s);

#endif
