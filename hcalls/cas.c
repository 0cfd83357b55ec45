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

/* The caller runs; nobody else may. */
static bool alone(const struct hcall_env *env)
{
	unsigned running = 0;

	for (unsigned i = 0; env->vcpus && i < vcpus_count(env->vcpus); i++)
		running += !vcpu_is_stopped(vcpus_get(env->vcpus, i));
	return running <= 1;
}

/*
 * The interrupt mode that both sides can do; the newer if there is a choice. -EINVAL, with a message that
 * says what would do: there is none.
 */
static int choose_irq_mode(const struct hcall_env *env, const struct vectors *v,
			   enum irq_mode *ret_mode)
{
	uint8_t asked = vectors_asked_5(v, OV5_INTC) & OV5_INTC_MASK, offer = env->intc_offer;

	if ((asked == OV5_INTC_XIVE || asked == OV5_INTC_EITHER) && offer != OV5_INTC_XICS) {
		*ret_mode = IRQ_MODE_XIVE;
	} else if (asked != OV5_INTC_XIVE && offer != OV5_INTC_XIVE) {
		*ret_mode = IRQ_MODE_XICS;
	} else {
		return refuse("the guest's kernel wants", asked == OV5_INTC_XIVE ?
			"the XIVE interrupt controller: --ic-mode=xive or dual has it" :
			"the XICS interrupt controller: --ic-mode=xics or dual has it");
	}
	return 0;
}

/* The guest's tree, which it reads next, shows the mode it will be in. */
static int take_irq_mode(struct hcall_env *env, enum irq_mode mode,
			 struct vof_cas_answer *ret_answer)
{
	int r = hcall_select_irq_mode(env, mode);

	if (r < 0)
		return refuse("the host has", "no interrupt controller for the guest: try --irqchip=user");
	ret_answer->vec5[OV5_INTC] = mode == IRQ_MODE_XIVE ? OV5_INTC_XIVE : OV5_INTC_XICS;
	ret_answer->tree = env->intc_trees[mode].blob;
	ret_answer->tree_len = env->intc_trees[mode].len;
	return 0;
}

int cas_negotiate(struct hcall_env *env, gpa_t gpa, struct vof_cas_answer *ret_answer)
{
	uint64_t end = gmem_end(env->mem);
	struct vectors v;
	const char *why;
	enum irq_mode mode;
	bool radix;
	uint8_t buf[VECTORS_MAX];
	size_t len;
	int r;

	/* nobody else runs while the controller changes */
	if (gpa.v >= end || !alone(env))
		return -EINVAL;
	len = end - gpa.v < sizeof(buf) ? (size_t)(end - gpa.v) : sizeof(buf);
	if (gmem_read(env->mem, gpa, buf, len) < 0)
		return -EINVAL;
	r = vectors_parse(buf, len, env->caps->model.pvr,
			  env->caps->model.logical_pvr, &v);
	if (r < 0)
		return r;
	if (!v.pvr_matches)
		return refuse("the guest's kernel does not support", env->caps->model.name);
	why = vectors_choose_mmu(&v, env->caps->hash, env->caps->radix, &radix);
	if (why)
		return refuse("the guest's kernel wants", why);
	r = choose_irq_mode(env, &v, &mode);
	if (r < 0)
		return r;
	env->radix = radix;
	ret_answer->vec5_len = vectors_answer_5(
		&v, &(struct vectors_offer){.radix = radix, .rng = env->rng,
					    .hpt_resize = env->caps->hpt && !radix}, ret_answer->vec5);
	return take_irq_mode(env, mode, ret_answer);
}
