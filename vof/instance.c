/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Open nodes. */
#include "vof/internal.h"

uint32_t vof_instance_open(struct vof *vof, const char *path)
{
	const char *console = vof->params.stdout_path;
	int node = vof_tree_find(vof, path);

	if (node < 0)
		return 0;
	for (unsigned i = 0; i < VOF_INSTANCES; i++) {
		struct vof_instance *in = &vof->instances[i];

		if (in->used)
			continue;
		in->used = true;
		in->phandle = vof_tree_phandle(vof, node);
		in->console = console && node == vof_tree_find(vof, console);
		return i + 1;
	}
	return 0;
}

struct vof_instance *vof_instance_get(struct vof *vof, uint32_t ihandle)
{
	if (ihandle < 1 || ihandle > VOF_INSTANCES || !vof->instances[ihandle - 1].used)
		return NULL;
	return &vof->instances[ihandle - 1];
}
