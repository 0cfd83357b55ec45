/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The negotiation of ibm,client-architecture-support. */
#include "hcalls/cas.h"

#include <errno.h>
#include <stdlib.h>

#include "fdt/vectors.h"
#include "vmm/base/log.h"
#include "vmm/cpu/model.h"

/* The user should know, once: a kernel that goes on will not get far. */
static int refuse(const char *what, const char *why)
{
	static struct log_ratelimit limit;

	if (log_ratelimit_pass(&limit))
		log_warning("%s %s", what, why);
	return -EINVAL;
}

int cas_negotiate(struct hcall_env *env, gpa_t gpa, struct vof_cas_answer *ret_answer)
{
	uint64_t end = gmem_end(env->mem);
	struct vectors v;
	const char *why;
	uint8_t buf[VECTORS_MAX];
	size_t len;
	int r;

	if (gpa.v >= end)
		return -EINVAL;
	len = end - gpa.v < sizeof(buf) ? (size_t)(end - gpa.v) : sizeof(buf);
	if (gmem_read(env->mem, gpa, buf, len) < 0)
		return -EINVAL;
	r = vectors_parse(buf, len, env->model->pvr, env->model->logical_pvr, &v);
	if (r < 0)
		return r;
	if (!v.pvr_matches)
		return refuse("the guest's kernel does not support", env->model->name);
	why = vectors_refuse_5(&v);
	if (why)
		return refuse("the guest's kernel wants", why);
	ret_answer->vec5_len = vectors_answer_5(&v, env->rng, ret_answer->vec5);
	return 0;
}
