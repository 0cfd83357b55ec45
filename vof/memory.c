/* SPDX-License-Identifier: GPL-2.0-or-later */
/* claim and release: which memory the client program and the firmware use. */
#include <errno.h>
#include <string.h>

#include "vof/internal.h"

#define CELL_LIMIT (1ULL << 32) /* addresses of the client interface are 32 bits */

static bool claim_overlaps(const struct vof *vof, uint64_t base, uint64_t size)
{
	for (unsigned i = 0; i < vof->claim_count; i++) {
		const struct vof_range *c = &vof->claims[i];

		if (base < c->base + c->size && c->base < base + size)
			return true;
	}
	return false;
}

int vof_claim_at(struct vof *vof, uint64_t base, uint64_t size)
{
	if (!size || !check_range_u64(base, size, gmem_end(vof->params.mem)))
		return -EINVAL;
	if (claim_overlaps(vof, base, size))
		return -EBUSY;
	if (vof->claim_count == VOF_CLAIMS)
		return -ENOSPC;
	vof->claims[vof->claim_count++] = (struct vof_range){.base = base, .size = size};
	return 0;
}

/* The lowest free place behind a claim that a cell can name. 0: none, which the firmware itself holds. */
uint64_t vof_claim_any(struct vof *vof, uint64_t size, uint64_t align)
{
	uint64_t end_of_ram = gmem_end(vof->params.mem);
	uint64_t limit = end_of_ram < CELL_LIMIT ? end_of_ram : CELL_LIMIT;
	uint64_t best = UINT64_MAX;

	if (align & (align - 1))
		return 0;
	for (unsigned i = 0; i < vof->claim_count; i++) {
		uint64_t end = vof->claims[i].base + vof->claims[i].size;
		uint64_t base = (end + align - 1) & ~(align - 1);

		if (base >= end && base < best && check_range_u64(base, size, limit) &&
		    !claim_overlaps(vof, base, size))
			best = base;
	}
	if (best == UINT64_MAX || vof_claim_at(vof, best, size) < 0)
		return 0;
	return best;
}

bool vof_release(struct vof *vof, uint64_t base, uint64_t size)
{
	for (unsigned i = 0; i < vof->claim_count; i++) {
		struct vof_range *c = &vof->claims[i];

		if (c->base != base || c->size != size)
			continue;
		*c = vof->claims[--vof->claim_count];
		return true;
	}
	return false;
}
