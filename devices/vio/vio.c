/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The devices of /vdevice. */
#include "devices/vio/vio.h"

#include <errno.h>

int vio_add_vty(struct vio_bus *bus, struct vty *vty)
{
	if (bus->vty_count == VIO_VTYS_MAX)
		return -ENOSPC;
	bus->vtys[bus->vty_count++] = vty;
	return 0;
}

struct vty *vio_find_vty(struct vio_bus *bus, uint64_t unit)
{
	if (!unit)
		return bus->vty_count ? bus->vtys[0] : NULL;
	for (unsigned i = 0; i < bus->vty_count; i++)
		if (vty_unit(bus->vtys[i]) == unit)
			return bus->vtys[i];
	return NULL;
}

void vio_describe(const struct vio_bus *bus, struct fdt_writer *w)
{
	for (unsigned i = 0; i < bus->vty_count; i++)
		vty_describe(bus->vtys[i], w);
}

void vio_reset(struct vio_bus *bus)
{
	for (unsigned i = 0; i < bus->vty_count; i++)
		vty_reset(bus->vtys[i]);
}
