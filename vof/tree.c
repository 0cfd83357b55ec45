/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The live device tree: a libfdt blob with room to grow. */
#include <errno.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "vof/internal.h"

/* Gives every node a phandle: the client interface knows nodes by nothing else. */
static int tree_number_nodes(void *tree)
{
	uint32_t next = 1;
	int node, depth = 0, r;

	fdt_find_max_phandle(tree, &next);
	next++;
	for (node = 0; node >= 0 && depth >= 0; node = fdt_next_node(tree, node, &depth)) {
		if (fdt_get_phandle(tree, node))
			continue;
		r = fdt_setprop_u32(tree, node, "phandle", next++);
		if (r)
			return r;
	}
	return 0;
}

int vof_tree_load(struct vof *vof)
{
	size_t size = vof->params.dtb_len + VOF_TREE_SLACK;
	void *tree = malloc(size);

	if (!tree)
		return -ENOMEM;
	if (fdt_open_into(vof->dtb, tree, (int)size) || tree_number_nodes(tree)) {
		free(tree);
		return -EINVAL;
	}
	free(vof->tree);
	vof->tree = tree;
	vof->size = size;
	return 0;
}

int vof_tree_node(struct vof *vof, uint32_t phandle)
{
	return fdt_node_offset_by_phandle(vof->tree, phandle);
}

uint32_t vof_tree_phandle(struct vof *vof, int node)
{
	return node < 0 ? 0 : fdt_get_phandle(vof->tree, node);
}

int vof_tree_find(struct vof *vof, const char *path)
{
	const char *colon = strchr(path, ':');
	size_t len = colon ? (size_t)(colon - path) : strlen(path);

	if (!len || path[0] != '/')
		return -FDT_ERR_NOTFOUND;
	return fdt_path_offset_namelen(vof->tree, path, (int)len);
}

/* Twice the room; -ENOSPC at the limit. */
static int tree_grow(struct vof *vof)
{
	size_t size = vof->size + VOF_TREE_SLACK;
	void *tree;

	if (size > VOF_TREE_MAX)
		return -ENOSPC;
	tree = malloc(size);
	if (!tree)
		return -ENOMEM;
	if (fdt_open_into(vof->tree, tree, (int)size)) {
		free(tree);
		return -EINVAL;
	}
	free(vof->tree);
	vof->tree = tree;
	vof->size = size;
	return 0;
}

int vof_tree_set(struct vof *vof, uint32_t phandle, const char *name, const void *data, size_t len)
{
	for (;;) {
		int node = vof_tree_node(vof, phandle), r;

		if (node < 0)
			return -ENOENT;
		r = fdt_setprop(vof->tree, node, name, data, (int)len);
		if (r != -FDT_ERR_NOSPACE)
			return r ? -EINVAL : 0;
		r = tree_grow(vof);
		if (r < 0)
			return r;
	}
}
