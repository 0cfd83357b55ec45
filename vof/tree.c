/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The live device tree: a libfdt blob with room to grow. */
#include <errno.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "vof/internal.h"

int vof_tree_number(void *tree)
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
	size_t size = fdt_totalsize(vof->dtb) + VOF_TREE_SLACK;
	void *tree = malloc(size);

	if (!tree)
		return -ENOMEM;
	if (fdt_open_into(vof->dtb, tree, (int)size)) {
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

/* An empty child of the root in place of the node @phandle. */
static int child_replace(struct vof *vof, uint32_t phandle, const char *name)
{
	int node = vof_tree_node(vof, phandle), r;

	if (node > 0 && fdt_del_node(vof->tree, node))
		return -EINVAL;
	while ((node = fdt_add_subnode(vof->tree, 0, name)) == -FDT_ERR_NOSPACE) {
		r = tree_grow(vof);
		if (r < 0)
			return r;
	}
	if (node < 0)
		return -EINVAL;
	while ((r = fdt_setprop_u32(vof->tree, node, "phandle", phandle)) == -FDT_ERR_NOSPACE) {
		r = tree_grow(vof);
		if (r < 0)
			return r;
	}
	return r ? -EINVAL : 0;
}

/* The live child of the node @parent that @child of @changes stands for. */
static int merge_child(struct vof *vof, uint32_t parent, const void *changes, int child,
		       uint32_t *ret_phandle)
{
	const char *name = fdt_get_name(changes, child, NULL);
	uint32_t phandle = fdt_get_phandle(changes, child);
	int node = vof_tree_node(vof, parent), r = 0;

	if (phandle)
		r = node ? -EINVAL : child_replace(vof, phandle, name);
	else
		phandle = vof_tree_phandle(vof, fdt_subnode_offset(vof->tree, node, name));
	*ret_phandle = phandle;
	return r < 0 ? r : phandle ? 0 : -ENOENT;
}

static int merge_props(struct vof *vof, uint32_t phandle, const void *changes, int node)
{
	int prop;

	fdt_for_each_property_offset(prop, changes, node) {
		const char *name;
		int len, r;
		const void *value = fdt_getprop_by_offset(changes, prop, &name, &len);

		if (!value)
			return -EINVAL;
		r = vof_tree_set(vof, phandle, name, value, (size_t)len);
		if (r < 0)
			return r;
	}
	return 0;
}

#define MERGE_DEPTH 4 /* nodes below one another in @changes */

int vof_tree_merge(struct vof *vof, const void *changes, size_t len)
{
	uint32_t path[MERGE_DEPTH] = {vof_tree_phandle(vof, 0)};
	int node, depth = 0, r;

	if (fdt_check_full(changes, len))
		return -EINVAL;
	r = merge_props(vof, path[0], changes, 0);
	for (node = fdt_next_node(changes, 0, &depth); r == 0 && node >= 0 && depth > 0;
	     node = fdt_next_node(changes, node, &depth)) {
		if (depth >= MERGE_DEPTH)
			return -EINVAL;
		r = merge_child(vof, path[depth - 1], changes, node, &path[depth]);
		if (r == 0)
			r = merge_props(vof, path[depth], changes, node);
	}
	return r;
}
