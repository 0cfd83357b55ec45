/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The client interface's entry: argument arrays in and out, dispatch by name; and the object's life. */
#include "vof/vof.h"

#include <endian.h>
#include <errno.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/base/bits.h"
#include "vmm/base/log.h"
#include "vof/services.h"

#define VOF_SPACE 0x10000u /* what the blob's claim covers */

static const uint8_t vof_blob[] = {
#include "vof/blob.h"
};

static const struct {
	const char *name;
	vof_service_fn *fn;
	unsigned nargs, nrets;
} services[] = {
#define SERVICE(n, f, a, r) {.name = (n), .fn = (f), .nargs = (a), .nrets = (r)},
#include "vof/services.def"
#undef SERVICE
};

static int service_find(const char *name)
{
	for (unsigned i = 0; i < ARRAY_SIZE(services); i++)
		if (!strcmp(services[i].name, name))
			return (int)i;
	return -1;
}

bool vof_service_exists(const char *name)
{
	return service_find(name) >= 0;
}

/* Reads the array once: service, nargs, nrets, arguments. */
static bool call_read(struct vof *vof, gpa_t gpa, struct vof_call *call, char *name, size_t size)
{
	uint32_t head[3], cells[VOF_ARGS_MAX];

	memset(call, 0, sizeof(*call));
	if (gmem_read(vof->params.mem, gpa, head, sizeof(head)) < 0)
		return false;
	call->nargs = be32toh(head[1]);
	call->nrets = be32toh(head[2]);
	if (call->nargs > VOF_ARGS_MAX || call->nrets > VOF_ARGS_MAX)
		return false;
	if (gmem_read(vof->params.mem, GPA(gpa.v + sizeof(head)), cells, call->nargs * 4) < 0)
		return false;
	for (unsigned i = 0; i < call->nargs; i++)
		call->args[i] = be32toh(cells[i]);
	return vof_read_str(vof, be32toh(head[0]), name, size);
}

static bool call_write_results(struct vof *vof, gpa_t gpa, const struct vof_call *call)
{
	uint32_t cells[VOF_ARGS_MAX];

	for (unsigned i = 0; i < call->nrets; i++)
		cells[i] = htobe32(call->rets[i]);
	return gmem_write(vof->params.mem, GPA(gpa.v + 12 + call->nargs * 4), cells,
			  call->nrets * 4) == 0;
}

static int64_t client_locked(struct vof *vof, gpa_t gpa)
{
	char name[VOF_PROP_NAME_MAX];
	struct vof_call call;
	int i;

	if (!call_read(vof, gpa, &call, name, sizeof(name)))
		return -1;
	i = service_find(name);
	if (i < 0 || call.nargs < services[i].nargs) {
		log_guest("client interface: %s with %u arguments: not known", name, call.nargs);
		return -1;
	}
	if (!services[i].fn(vof, &call))
		return -1;
	log_trace(TRACE_VOF, "%s(%#x, %#x, %#x, %#x) = %#x", name, call.args[0], call.args[1],
		  call.args[2], call.args[3], call.rets[0]);
	return call_write_results(vof, gpa, &call) ? 0 : -1;
}

int64_t vof_client(struct vof *vof, gpa_t args)
{
	int64_t r;

	pthread_mutex_lock(&vof->lock);
	r = client_locked(vof, args);
	pthread_mutex_unlock(&vof->lock);
	return r;
}

/* /chosen/stdout and /chosen/stdin are open instances. */
static int chosen_console(struct vof *vof)
{
	uint32_t ihandle, phandle, cell;

	if (!vof->params.stdout_path)
		return 0;
	ihandle = vof_instance_open(vof, vof->params.stdout_path);
	phandle = vof_tree_phandle(vof, vof_tree_find(vof, "/chosen"));
	cell = htobe32(ihandle);
	if (!ihandle || vof_tree_set(vof, phandle, "stdout", &cell, sizeof(cell)) < 0 ||
	    vof_tree_set(vof, phandle, "stdin", &cell, sizeof(cell)) < 0)
		return -EINVAL;
	return 0;
}

uint64_t vof_rtas_base(const struct vof *vof)
{
	return vof->rtas_base;
}

int vof_reset(struct vof *vof)
{
	int r;

	memset(vof->instances, 0, sizeof(vof->instances));
	vof->claim_count = 0;
	vof->rtas_base = 0;
	r = vof_tree_load(vof);
	return r < 0 ? r : chosen_console(vof);
}

/* What each reset begins with. */
static int dtb_keep(struct vof *vof)
{
	size_t size = vof->params.dtb_len + VOF_TREE_SLACK;

	vof->dtb = malloc(size);
	if (!vof->dtb)
		return -ENOMEM;
	if (fdt_open_into(vof->params.dtb, vof->dtb, (int)size) || vof_tree_number(vof->dtb) || fdt_pack(vof->dtb))
		return -EINVAL;
	return 0;
}

int vof_new(const struct vof_params *params, struct vof **ret_vof)
{
	struct vof *vof;
	int r;

	if (params->dtb_len > VOF_TREE_MAX || fdt_check_full(params->dtb, params->dtb_len))
		return -EINVAL;
	vof = calloc(1, sizeof(*vof));
	if (!vof)
		return -ENOMEM;
	vof->params = *params;
	pthread_mutex_init(&vof->lock, NULL);
	r = dtb_keep(vof);
	if (r == 0)
		r = vof_reset(vof);
	if (r < 0) {
		vof_free(vof);
		return r;
	}
	*ret_vof = vof;
	return 0;
}

void vof_free(struct vof *vof)
{
	if (!vof)
		return;
	pthread_mutex_destroy(&vof->lock);
	free(vof->tree);
	free(vof->dtb);
	free(vof);
}

int vof_place(struct vof *vof)
{
	int r = vof_claim_at(vof, 0, VOF_SPACE);

	return r < 0 ? r : gmem_write(vof->params.mem, GPA(0), vof_blob, sizeof(vof_blob));
}

int vof_claim_range(struct vof *vof, uint64_t base, uint64_t size)
{
	return vof_claim_at(vof, base, size);
}

uint64_t vof_entry(void)
{
	return 0x1000;
}
