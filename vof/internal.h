/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of vof/ share. */
#ifndef PAPRIKA_VOF_INTERNAL_H
#define PAPRIKA_VOF_INTERNAL_H

#include <pthread.h>
#include <stdbool.h>

#include "vof/vof.h"

#define VOF_ARGS_MAX      10
#define VOF_PATH_MAX      256
#define VOF_PROP_NAME_MAX 64
#define VOF_PROP_MAX      65536u
#define VOF_TREE_SLACK    65536u
#define VOF_TREE_MAX      (1u << 20)
#define VOF_INSTANCES     32
#define VOF_CLAIMS        128
#define VOF_FAIL          0xffffffffu /* -1 as a cell */

struct vof_range {
	uint64_t base, size;
};

/* A node that is open; ihandles are 1 + the place in the table. */
struct vof_instance {
	bool used;
	uint32_t phandle;
	bool console; /* of stdout_path */
};

struct vof {
	struct vof_params params;
	void *dtb;    /* as given, but with a phandle in each node */
	void *tree;   /* live */
	size_t size;  /* of tree's buffer */
	pthread_mutex_t lock;
	struct vof_instance instances[VOF_INSTANCES];
	struct vof_range claims[VOF_CLAIMS];
	unsigned claim_count;
	_Atomic uint64_t rtas_base; /* 0: not instantiated */
};

/* One call: arguments and results as 32-bit cells. */
struct vof_call {
	uint32_t args[VOF_ARGS_MAX];
	uint32_t rets[VOF_ARGS_MAX];
	unsigned nargs, nrets;
};

/* tree.c: phandles are the tree's own "phandle" properties; every node has one. */
int vof_tree_number(void *tree); /* gives one to each node of @tree; libfdt's errors */
int vof_tree_load(struct vof *vof);
int vof_tree_node(struct vof *vof, uint32_t phandle); /* offset, negative if none */
uint32_t vof_tree_phandle(struct vof *vof, int node);
int vof_tree_find(struct vof *vof, const char *path); /* offset; drops arguments after ':' */
/* @changes as in struct vof_changes. -EINVAL: not one; -ENOENT: a child that is not there;
 * -ENOSPC, -ENOMEM. */
int vof_tree_merge(struct vof *vof, const void *changes, size_t len);
int vof_tree_set(struct vof *vof, uint32_t phandle, const char *name, const void *data, size_t len);

/* memory.c */
int vof_claim_at(struct vof *vof, uint64_t base, uint64_t size);
uint64_t vof_claim_any(struct vof *vof, uint64_t size, uint64_t align);
bool vof_release(struct vof *vof, uint64_t base, uint64_t size);

/* instance.c */
uint32_t vof_instance_open(struct vof *vof, const char *path);
struct vof_instance *vof_instance_get(struct vof *vof, uint32_t ihandle);

/* services.c, methods.c: each fills rets; false is a failure of the call itself. */
typedef bool vof_service_fn(struct vof *vof, struct vof_call *call);
vof_service_fn vof_call_method;

bool vof_read_str(struct vof *vof, uint32_t gpa, char *buf, size_t size);

#endif
