/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The devices of /vdevice, by unit address.
 * Threads: devices are added before a vCPU runs; look-ups from any thread.
 */
#ifndef PAPRIKA_VIO_VIO_H
#define PAPRIKA_VIO_VIO_H

#include <stdint.h>

#include "devices/vio/vty.h"

#define VIO_VTYS_MAX 8

struct vio_bus {
	struct vty *vtys[VIO_VTYS_MAX];
	unsigned vty_count;
};

/* -ENOSPC: no more than VIO_VTYS_MAX. */
__must_check int vio_add_vty(struct vio_bus *bus, struct vty *vty);
/* NULL: no such unit. A unit of 0 is the first terminal, as guests without a device tree call it. */
struct vty *vio_find_vty(struct vio_bus *bus, uint64_t unit);
void vio_describe(const struct vio_bus *bus, struct fdt_writer *w);
void vio_reset(struct vio_bus *bus);

#endif
