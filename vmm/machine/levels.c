/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The architecture levels that a guest may choose in its negotiation, and what its tree then says. */
#include <stdlib.h>

#include "vmm/machine/machine.h"

/* The tree's part for a guest at the level of @logical_pvr; 0 for the processor itself. */
static int describe_level(struct machine *m, unsigned i, uint32_t logical_pvr)
{
	struct accel_caps caps = *m->caps;
	struct tree_store store;
	struct fdt_desc desc;
	int r;

	caps.compat_pvr = logical_pvr;
	r = tree_describe(m->config, &caps, &m->vio, &m->env, &store, &desc);
	if (r == 0)
		r = fdt_build_level(&desc, &m->level_trees[i], &m->env.level_trees[i].len);
	m->env.level_trees[i].blob = m->level_trees[i];
	return r;
}

int levels_describe(struct machine *m)
{
	const struct cpu_level *level;
	unsigned i;
	int r = 0;

	for (i = 0; (level = cpu_level_get(i)) && i < HCALL_LEVELS - 1 && r == 0; i++)
		if (level->isa <= m->caps->model.isa)
			r = describe_level(m, i, level->logical_pvr);
	return r < 0 ? r : describe_level(m, i, 0);
}

void levels_close(struct machine *m)
{
	for (unsigned i = 0; i < HCALL_LEVELS; i++)
		free(m->level_trees[i]);
}
