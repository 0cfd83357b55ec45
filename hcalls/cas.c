/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The negotiation of ibm,client-architecture-support. */
#include "hcalls/cas.h"

#include <errno.h>
#include <stdlib.h>

#include "fdt/vectors.h"
#include "vmm/base/log.h"
#include "vmm/cpu/model.h"

int cas_negotiate(struct hcall_env *env, gpa_t gpa, struct vof_cas_answer *ret_answer)
{
	uint64_t end = gmem_end(env->mem);
	struct vectors v;
	uint8_t buf[VECTORS_MAX];
	size_t len;
	int r;

	if (gpa.v >= end)
		return -EINVAL;
	len = end - gpa.v < sizeof(buf) ? (size_t)(end - gpa.v) : sizeof(buf);
	if (gmem_read(env->mem, gpa, buf, len) < 0)
		return -EINVAL;
	r = vectors_parse(buf, len, env->caps->model.pvr,
			  env->caps->model.logical_pvr, &v);
	if (r < 0)
		return r;
	if (!v.pvr_matches) {
		log_warning("the guest's kernel does not support %s", env->caps->model.name);
		return -EINVAL;
	}
	ret_answer->vec5_len = vectors_answer_5(&v, env->caps->radix, ret_answer->vec5);
	return 0;
}
