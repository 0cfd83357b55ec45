/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A sorted array of ranges. */
#include "vmm/bus/bus.h"

#include <errno.h>
#include <string.h>

#include "vmm/base/check.h"

int bus_add(struct bus *bus, gpa_t base, uint64_t size, const struct bus_ops *ops, void *ctx)
{
	unsigned at = bus->count;
	uint64_t end;

	if (!size || !check_add_u64(base.v, size, &end))
		return -EINVAL;
	if (bus->count == BUS_RANGES_MAX)
		return -ENOSPC;
	while (at > 0 && bus->ranges[at - 1].base >= base.v)
		at--;
	if (at < bus->count && bus->ranges[at].base < end)
		return -EBUSY;
	if (at > 0 && base.v - bus->ranges[at - 1].base < bus->ranges[at - 1].size)
		return -EBUSY;
	memmove(&bus->ranges[at + 1], &bus->ranges[at], (bus->count - at) * sizeof(bus->ranges[0]));
	bus->ranges[at] = (struct bus_range){.base = base.v, .size = size, .ops = ops, .ctx = ctx};
	bus->count++;
	return 0;
}

static const struct bus_range *range_find(const struct bus *bus, gpa_t gpa, unsigned len)
{
	unsigned low = 0, high = bus->count;

	while (low < high) {
		unsigned mid = (low + high) / 2;
		const struct bus_range *r = &bus->ranges[mid];

		if (gpa.v < r->base)
			high = mid;
		else if (gpa.v - r->base >= r->size)
			low = mid + 1;
		else
			return len <= r->size - (gpa.v - r->base) ? r : NULL;
	}
	return NULL;
}

bool bus_read(const struct bus *bus, gpa_t gpa, unsigned len, uint64_t *ret_data)
{
	const struct bus_range *r = range_find(bus, gpa, len);

	if (!r)
		return false;
	*ret_data = r->ops->read(r->ctx, gpa.v - r->base, len);
	return true;
}

bool bus_write(const struct bus *bus, gpa_t gpa, unsigned len, uint64_t data)
{
	const struct bus_range *r = range_find(bus, gpa, len);

	if (!r)
		return false;
	r->ops->write(r->ctx, gpa.v - r->base, len, data);
	return true;
}
