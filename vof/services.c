/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The services of the client interface. Results of -1 are failures that the service itself defines. */
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "vmm/base/bits.h"
#include "vof/services.h"

#define CONSOLE_CHUNK 256

bool vof_read_str(struct vof *vof, uint32_t gpa, char *buf, size_t size)
{
	return gmem_read_str(vof->params.mem, GPA(gpa), buf, size) == 0;
}

bool service_test(struct vof *vof, struct vof_call *call)
{
	char name[VOF_PROP_NAME_MAX];

	call->rets[0] = vof_read_str(vof, call->args[0], name, sizeof(name)) && vof_service_exists(name) ?
				0 : VOF_FAIL;
	return true;
}

bool service_finddevice(struct vof *vof, struct vof_call *call)
{
	char path[VOF_PATH_MAX];
	int node;

	if (!vof_read_str(vof, call->args[0], path, sizeof(path)))
		return false;
	node = vof_tree_find(vof, path);
	call->rets[0] = node < 0 ? VOF_FAIL : vof_tree_phandle(vof, node);
	return true;
}

bool service_peer(struct vof *vof, struct vof_call *call)
{
	int node;

	if (!call->args[0]) {
		call->rets[0] = vof_tree_phandle(vof, 0);
		return true;
	}
	node = vof_tree_node(vof, call->args[0]);
	if (node >= 0)
		node = fdt_next_subnode(vof->tree, node);
	call->rets[0] = vof_tree_phandle(vof, node);
	return true;
}

bool service_child(struct vof *vof, struct vof_call *call)
{
	int node = vof_tree_node(vof, call->args[0]);

	if (node >= 0)
		node = fdt_first_subnode(vof->tree, node);
	call->rets[0] = vof_tree_phandle(vof, node);
	return true;
}

bool service_parent(struct vof *vof, struct vof_call *call)
{
	int node = vof_tree_node(vof, call->args[0]);

	if (node >= 0)
		node = fdt_parent_offset(vof->tree, node);
	call->rets[0] = vof_tree_phandle(vof, node);
	return true;
}

/* The value of a property; "name" is the node's name without its unit address. NULL: none. */
static const void *prop_value(struct vof *vof, int node, const char *name, int *ret_len, char *buf,
			      size_t size)
{
	const char *full;

	if (strcmp(name, "name"))
		return fdt_getprop(vof->tree, node, name, ret_len);
	full = fdt_get_name(vof->tree, node, NULL);
	if (!full)
		return NULL;
	snprintf(buf, size, "%.*s", (int)strcspn(full, "@"), full);
	*ret_len = (int)strlen(buf) + 1;
	return buf;
}

bool service_getproplen(struct vof *vof, struct vof_call *call)
{
	char name[VOF_PROP_NAME_MAX], buf[VOF_PATH_MAX];
	int node = vof_tree_node(vof, call->args[0]), len;

	call->rets[0] = VOF_FAIL;
	if (node >= 0 && vof_read_str(vof, call->args[1], name, sizeof(name)) &&
	    prop_value(vof, node, name, &len, buf, sizeof(buf)))
		call->rets[0] = (uint32_t)len;
	return true;
}

bool service_getprop(struct vof *vof, struct vof_call *call)
{
	char name[VOF_PROP_NAME_MAX], buf[VOF_PATH_MAX];
	int node = vof_tree_node(vof, call->args[0]), len = 0;
	const void *value;
	uint32_t copy;

	call->rets[0] = VOF_FAIL;
	if (node < 0 || !vof_read_str(vof, call->args[1], name, sizeof(name)))
		return true;
	value = prop_value(vof, node, name, &len, buf, sizeof(buf));
	if (!value)
		return true;
	copy = (uint32_t)len < call->args[3] ? (uint32_t)len : call->args[3];
	if (gmem_write(vof->params.mem, GPA(call->args[2]), value, copy) < 0)
		return true;
	call->rets[0] = (uint32_t)len;
	return true;
}

/* The name of the property at @prop or behind it, leaving out one called "name": "" at the end. */
static const char *prop_from(struct vof *vof, int prop)
{
	const char *name;

	for (; prop >= 0; prop = fdt_next_property_offset(vof->tree, prop))
		if (fdt_getprop_by_offset(vof->tree, prop, &name, NULL) && strcmp(name, "name"))
			return name;
	return "";
}

/* The property after @name in @node (after "", the first): "" at the end, NULL if there is no @name.
 * "name" comes before all others. */
static const char *prop_after(struct vof *vof, int node, const char *name)
{
	int prop = fdt_first_property_offset(vof->tree, node);
	const char *found;

	if (!name[0])
		return "name";
	if (!strcmp(name, "name"))
		return prop_from(vof, prop);
	for (; prop >= 0; prop = fdt_next_property_offset(vof->tree, prop))
		if (fdt_getprop_by_offset(vof->tree, prop, &found, NULL) && !strcmp(found, name))
			return prop_from(vof, fdt_next_property_offset(vof->tree, prop));
	return NULL;
}

/* The client's buffer has 32 bytes in IEEE 1275, and what the longest name needs in LoPAR, whose names may
 * have 47 characters and more ("PAPR binding", property name definitions). */
bool service_nextprop(struct vof *vof, struct vof_call *call)
{
	char name[VOF_PROP_NAME_MAX] = "";
	int node = vof_tree_node(vof, call->args[0]);
	const char *next;

	call->rets[0] = VOF_FAIL;
	if (node < 0 ||
	    (call->args[1] && !vof_read_str(vof, call->args[1], name, sizeof(name))))
		return true;
	next = prop_after(vof, node, name);
	if (next && strlen(next) < VOF_PROP_NAME_MAX &&
	    gmem_write(vof->params.mem, GPA(call->args[2]), next, strlen(next) + 1) == 0)
		call->rets[0] = *next ? 1 : 0;
	return true;
}

bool service_setprop(struct vof *vof, struct vof_call *call)
{
	char name[VOF_PROP_NAME_MAX];
	uint32_t len = call->args[3];
	void *data;

	call->rets[0] = VOF_FAIL;
	if (len > VOF_PROP_MAX || !vof_read_str(vof, call->args[1], name, sizeof(name)))
		return true;
	data = malloc(len ? len : 1);
	if (data && gmem_read(vof->params.mem, GPA(call->args[2]), data, len) == 0 &&
	    vof_tree_set(vof, call->args[0], name, data, len) == 0)
		call->rets[0] = len;
	free(data);
	return true;
}

/* A path into the client's buffer: its length without the NUL, which is left out if it does not fit. */
static uint32_t path_out(struct vof *vof, const char *path, uint32_t gpa, uint32_t size)
{
	size_t len = strlen(path), copy = len + 1 < size ? len + 1 : size;

	return gmem_write(vof->params.mem, GPA(gpa), path, copy) < 0 ? VOF_FAIL : (uint32_t)len;
}

bool service_canon(struct vof *vof, struct vof_call *call)
{
	char path[VOF_PATH_MAX], full[VOF_PATH_MAX];
	int node;

	call->rets[0] = VOF_FAIL;
	if (!vof_read_str(vof, call->args[0], path, sizeof(path)))
		return true;
	node = vof_tree_find(vof, path);
	if (node >= 0 && fdt_get_path(vof->tree, node, full, sizeof(full)) == 0)
		call->rets[0] = path_out(vof, full, call->args[1], call->args[2]);
	return true;
}

static bool node_path(struct vof *vof, int node, struct vof_call *call)
{
	char full[VOF_PATH_MAX];

	call->rets[0] = VOF_FAIL;
	if (node >= 0 && fdt_get_path(vof->tree, node, full, sizeof(full)) == 0)
		call->rets[0] = path_out(vof, full, call->args[1], call->args[2]);
	return true;
}

bool service_instance_to_path(struct vof *vof, struct vof_call *call)
{
	struct vof_instance *in = vof_instance_get(vof, call->args[0]);

	return node_path(vof, in ? vof_tree_node(vof, in->phandle) : -1, call);
}

bool service_package_to_path(struct vof *vof, struct vof_call *call)
{
	return node_path(vof, vof_tree_node(vof, call->args[0]), call);
}

bool service_instance_to_package(struct vof *vof, struct vof_call *call)
{
	struct vof_instance *in = vof_instance_get(vof, call->args[0]);

	call->rets[0] = in ? in->phandle : VOF_FAIL;
	return true;
}

bool service_open(struct vof *vof, struct vof_call *call)
{
	char path[VOF_PATH_MAX];

	call->rets[0] = 0;
	if (vof_read_str(vof, call->args[0], path, sizeof(path)))
		call->rets[0] = vof_instance_open(vof, path);
	return true;
}

bool service_close(struct vof *vof, struct vof_call *call)
{
	struct vof_instance *in = vof_instance_get(vof, call->args[0]);

	if (in)
		in->used = false;
	return true;
}

bool service_write(struct vof *vof, struct vof_call *call)
{
	const struct vof_callbacks *cb = &vof->params.callbacks;
	struct vof_instance *in = vof_instance_get(vof, call->args[0]);
	uint8_t buf[CONSOLE_CHUNK];
	uint32_t len = call->args[2] < sizeof(buf) ? call->args[2] : (uint32_t)sizeof(buf);

	call->rets[0] = VOF_FAIL;
	if (!in || !in->console || gmem_read(vof->params.mem, GPA(call->args[1]), buf, len) < 0)
		return true;
	call->rets[0] = (uint32_t)cb->console_write(cb->ctx, buf, len);
	return true;
}

bool service_read(struct vof *vof, struct vof_call *call)
{
	const struct vof_callbacks *cb = &vof->params.callbacks;
	struct vof_instance *in = vof_instance_get(vof, call->args[0]);
	uint8_t buf[CONSOLE_CHUNK];
	uint32_t len = call->args[2] < sizeof(buf) ? call->args[2] : (uint32_t)sizeof(buf);

	call->rets[0] = VOF_FAIL;
	if (!in || !in->console || !gmem_span(vof->params.mem, GPA(call->args[1]), len))
		return true;
	len = (uint32_t)cb->console_read(cb->ctx, buf, len);
	if (gmem_write(vof->params.mem, GPA(call->args[1]), buf, len) == 0)
		call->rets[0] = len;
	return true;
}

/* Nothing that can be opened has a position. */
bool service_seek(struct vof *vof, struct vof_call *call)
{
	call->rets[0] = VOF_FAIL;
	return true;
}

bool service_claim(struct vof *vof, struct vof_call *call)
{
	uint32_t base = call->args[0], size = call->args[1], align = call->args[2];
	uint64_t at;

	call->rets[0] = VOF_FAIL;
	if (!size)
		return true;
	if (!align) {
		if (vof_claim_at(vof, base, size) == 0)
			call->rets[0] = base;
		return true;
	}
	at = vof_claim_any(vof, size, align);
	if (at)
		call->rets[0] = (uint32_t)at;
	return true;
}

bool service_release(struct vof *vof, struct vof_call *call)
{
	return vof_release(vof, call->args[0], call->args[1]);
}

bool service_milliseconds(struct vof *vof, struct vof_call *call)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	call->rets[0] = (uint32_t)((uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000);
	return true;
}

bool service_boot(struct vof *vof, struct vof_call *call)
{
	vof->params.callbacks.exit(vof->params.callbacks.ctx, "the client program asked for another boot");
	return true;
}

bool service_enter(struct vof *vof, struct vof_call *call)
{
	vof->params.callbacks.exit(vof->params.callbacks.ctx, "the client program entered the firmware");
	return true;
}

bool service_exit(struct vof *vof, struct vof_call *call)
{
	vof->params.callbacks.exit(vof->params.callbacks.ctx, "the client program exited to the firmware");
	return true;
}

/* Stops what the firmware does by itself: nothing does. */
bool service_quiesce(struct vof *vof, struct vof_call *call)
{
	return true;
}
