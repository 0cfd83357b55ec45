/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The map of guest-physical addresses that devices answer.
 *
 * Ranges are added before the first vCPU runs and do not change from then on: so any thread looks them up
 * without a lock. What moves at run time (a PCI device's BARs) moves within its bridge's range.
 */
#ifndef PAPRIKA_BUS_BUS_H
#define PAPRIKA_BUS_BUS_H

#include <stdbool.h>
#include <stdint.h>

#include "vmm/mem/gmem.h"

#define BUS_RANGES_MAX 64

/*
 * @offset is from the range's begin; @len is 1, 2, 4 or 8, and the access lies within the range. Values are
 * those of a big-endian register: the byte at @offset is the most significant. vCPU threads; must not block.
 */
struct bus_ops {
	uint64_t (*read)(void *ctx, uint64_t offset, unsigned len);
	void (*write)(void *ctx, uint64_t offset, unsigned len, uint64_t value);
};

struct bus_range {
	uint64_t base, size; /* bytes */
	const struct bus_ops *ops;
	void *ctx;
};

/* Ascending, apart from one another. All zero is an empty bus. */
struct bus {
	struct bus_range ranges[BUS_RANGES_MAX];
	unsigned count;
};

/* -EINVAL: empty or past the end of addresses; -EBUSY: overlaps another; -ENOSPC: too many. */
__must_check int bus_add(struct bus *bus, gpa_t base, uint64_t size, const struct bus_ops *ops,
			 void *ctx);

/* The access, into *@data or from it; false if no range holds all of it. */
bool bus_read(const struct bus *bus, gpa_t gpa, unsigned len, uint64_t *ret_data);
bool bus_write(const struct bus *bus, gpa_t gpa, unsigned len, uint64_t data);

#endif
