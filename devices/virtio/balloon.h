/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The virtio memory balloon: VIRTIO 1.2, 5.5, with free page reporting, without statistics. What the guest gives back
 * goes to the host and reads as zeros when it is next used; nothing of it is ever unmapped, so that a guest that uses
 * what it gave back harms itself alone. Threads: as virtio.h; its target on the loop thread.
 */
#ifndef PAPRIKA_VIRTIO_BALLOON_H
#define PAPRIKA_VIRTIO_BALLOON_H

#include "devices/virtio/virtio.h"
#include "vmm/mem/ram.h"

struct virtio_balloon;

/* @ram, whose first byte is at guest-physical 0 of @mem, is kept by the caller. -ENOMEM and those of virtio_init(). */
__must_check int virtio_balloon_new(struct iothread *thread, struct ram *ram, struct gmem *mem,
				    struct virtio_balloon **ret_device);
void virtio_balloon_free(struct virtio_balloon *b);
struct virtio_device *virtio_balloon_device(struct virtio_balloon *b);

#endif
