/* SPDX-License-Identifier: GPL-2.0-or-later */
/* call-method: instantiate-rtas on /rtas, ibm,client-architecture-support on /. */
#include <endian.h>
#include <string.h>

#include "vmm/base/bits.h"
#include "vmm/base/log.h"
#include "vof/internal.h"

/* base -- entry */
static bool instantiate_rtas(struct vof *vof, struct vof_call *call)
{
	uint32_t base = call->args[2], cell;
	int rtas = vof_tree_find(vof, "/rtas");

	if (gmem_write(vof->params.mem, GPA(base), vof->params.rtas_blob,
		       vof->params.rtas_blob_len) < 0)
		return false;
	cell = htobe32(base);
	if (vof_tree_set(vof, vof_tree_phandle(vof, rtas), "linux,rtas-base", &cell, 4) < 0 ||
	    vof_tree_set(vof, vof_tree_phandle(vof, rtas), "linux,rtas-entry", &cell, 4) < 0)
		return false;
	vof->rtas_base = base;
	call->rets[1] = base;
	return true;
}

/* vectors -- status */
static bool client_architecture_support(struct vof *vof, struct vof_call *call)
{
	const struct vof_callbacks *cb = &vof->params.callbacks;
	struct vof_cas_answer answer = {0};
	int chosen = vof_tree_find(vof, "/chosen");

	call->rets[1] = VOF_FAIL;
	if (!cb->cas || cb->cas(cb->ctx, GPA(call->args[2]), &answer) < 0)
		return true;
	if (vof_tree_set(vof, vof_tree_phandle(vof, chosen), "ibm,architecture-vec-5", answer.vec5,
			 answer.vec5_len) < 0)
		return true;
	for (unsigned i = 0; i < ARRAY_SIZE(answer.trees); i++)
		if (answer.trees[i].blob &&
		    vof_tree_merge(vof, answer.trees[i].blob, answer.trees[i].len) < 0)
			return true;
	call->rets[1] = 0;
	return true;
}

static const struct {
	const char *path, *name;
	unsigned nargs; /* with the name and the instance */
	unsigned nrets; /* with the status */
	vof_service_fn *fn;
} methods[] = {
	{"/rtas", "instantiate-rtas", 3, 2, instantiate_rtas},
	{"/", "ibm,client-architecture-support", 3, 2, client_architecture_support},
};

bool vof_call_method(struct vof *vof, struct vof_call *call)
{
	struct vof_instance *in = vof_instance_get(vof, call->args[1]);
	char name[VOF_PROP_NAME_MAX];
	int node;

	call->rets[0] = VOF_FAIL;
	if (!in || !vof_read_str(vof, call->args[0], name, sizeof(name)))
		return true;
	node = vof_tree_node(vof, in->phandle);
	for (unsigned i = 0; i < ARRAY_SIZE(methods); i++) {
		if (node < 0 || strcmp(methods[i].name, name) ||
		    node != vof_tree_find(vof, methods[i].path))
			continue;
		if (call->nargs >= methods[i].nargs && call->nrets >= methods[i].nrets &&
		    methods[i].fn(vof, call))
			call->rets[0] = 0;
		return true;
	}
	log_guest("client interface: no method %s of instance %u", name, call->args[1]);
	return true;
}
