/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The virtio memory balloon: VIRTIO 1.2, 5.5, with free page reporting, without statistics. What the guest gives back
 * goes to the host and reads as zeros when it is next used; nothing of it is ever unmapped, so that a guest that uses
 * what it gave back harms itself alone. Threads: as virtio.h.
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

/*
 * How much memory the guest is to give up, in bytes, of which there are whole pages of 4 KiB and less than 16 TiB. Its
 * driver is told, and does what it can; resets leave it as it is. Any thread.
 */
void virtio_balloon_set_target(struct virtio_balloon *b, uint64_t len);
/* That, and how much it has given up as its driver says; in bytes. Any thread. */
void virtio_balloon_sizes(struct virtio_balloon *b, uint64_t *ret_target, uint64_t *ret_actual);

#endif
