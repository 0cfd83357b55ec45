/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A driver for one queue at a time of a virtio device on the fake VM's bridge: registers through the bus, a split ring
 * in guest memory that its TCEs map as it is. For unit tests and fuzzing. */
#ifndef PAPRIKA_TESTS_FAKE_VIRTIO_H
#define PAPRIKA_TESTS_FAKE_VIRTIO_H

#include "devices/virtio/virtio.h"
#include "tests/fake/vm.h"

/* Registers, from the begin of the BAR. */
#define DRV_FEATURE_SELECT 0x08
#define DRV_FEATURE        0x0c
#define DEV_FEATURE_SELECT 0x00
#define DEV_FEATURE        0x04
#define DEV_STATUS         0x14
#define Q_SELECT           0x16
#define Q_SIZE             0x18
#define Q_ENABLE           0x1c
#define Q_DESC             0x20
#define Q_DRIVER           0x28
#define Q_DEVICE           0x30
#define Q_RESET            0x3a
#define DEV_CONFIG         0x2000
#define DEV_NOTIFY         0x3000

/* Where the ring is, 16 KiB of it. */
#define RING_DESC   0x60000u
#define RING_DRIVER 0x62000u
#define RING_DEVICE 0x63000u
#define RING_SIZE   16u

struct fake_driver {
	struct fake_vm *vm;
	struct virtio_device *d;
	unsigned queue;       /* the one that it drives */
	uint32_t ring;        /* how far behind the place above its ring is */
	uint16_t avail, used; /* indices */
	unsigned patience;    /* fifths of a millisecond to wait for what may not come; 0: a second */
};

uint64_t drv_read(struct fake_driver *v, uint64_t offset, unsigned len);
void drv_write(struct fake_driver *v, uint64_t offset, unsigned len, uint64_t value);
/* Maps all of memory, lets the function answer and be master. */
void drv_attach(struct fake_driver *v);
/* From a reset to a running device: false if it refused @features. */
bool drv_begin(struct fake_driver *v, uint64_t features);
/* Enables the queue with the ring above. */
void drv_queue(struct fake_driver *v);
/* Waits for the device's status to be @want; false: it does not come. */
bool drv_wait_status(struct fake_driver *v, unsigned mask, unsigned want);
void drv_desc(struct fake_driver *v, unsigned i, uint64_t at, uint32_t len, unsigned flags, unsigned next);
/* Makes the chain at @head available and notifies. */
void drv_give(struct fake_driver *v, uint16_t head);
/* The next used element; false: none comes. */
bool drv_take(struct fake_driver *v, uint32_t *ret_head, uint32_t *ret_len);

#endif
