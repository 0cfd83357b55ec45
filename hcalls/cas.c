/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The negotiation of ibm,client-architecture-support. */
#include "hcalls/cas.h"

#include <errno.h>
#include <stdlib.h>

#include "fdt/vectors.h"
#include "vmm/base/log.h"
#include "vmm/cpu/model.h"

#define ISA_WITH_RADIX 300
#define ISA_WITH_XIVE  300

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
static int choose_irq_mode(uint8_t offer, const struct vectors *v, enum irq_mode *ret_mode)
{
	uint8_t asked = vectors_asked_5(v, OV5_INTC) & OV5_INTC_MASK;

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
	ret_answer->trees[0] = env->intc_trees[mode];
	return 0;
}

/*
 * The newest architecture level that both sides accept; the processor itself, NULL, for a guest that knows
 * its version and no level. -EINVAL: neither.
 */
static int choose_level(const struct hcall_env *env, const struct vectors *v,
			const struct cpu_level **ret_level)
{
	const struct accel_caps *caps = env->caps;
	uint32_t limit = caps->compat_pvr ? caps->compat_pvr : caps->model.logical_pvr;
	const struct cpu_level *found = NULL, *level;

	for (unsigned i = 0; (level = cpu_level_get(i)) && level->isa <= cpu_level_of_pvr(limit)->isa; i++)
		if (vectors_accept(v, level->logical_pvr) && (level->isa >= ISA_WITH_RADIX || caps->hash))
			found = level;
	if (!found && (caps->compat_pvr || !vectors_accept(v, caps->model.pvr)))
		return refuse("the guest's kernel does not support",
			      caps->compat_pvr ? cpu_level_of_pvr(limit)->name : caps->model.name);
	*ret_level = found;
	return 0;
}

/* From here on the guest finds the instructions of that level, and its tree says so. */
static void take_level(struct hcall_env *env, const struct cpu_level *level,
		       struct vof_cas_answer *ret_answer)
{
	for (unsigned i = 0; i < vcpus_count(env->vcpus); i++) {
		struct vcpu *v = vcpus_get(env->vcpus, i);

		v->ops->mode_set(v, ACCEL_MODE_LEVEL, level ? level->logical_pvr : 0);
	}
	for (unsigned i = 0; i < HCALL_LEVELS; i++)
		if (cpu_level_get(i) == level) {
			ret_answer->trees[1] = env->level_trees[i];
			return;
		}
}

int cas_negotiate(struct hcall_env *env, gpa_t gpa, struct vof_cas_answer *ret_answer)
{
	uint64_t end = gmem_end(env->mem);
	struct vectors v;
	const char *why;
	enum irq_mode mode;
	bool radix;
	const struct cpu_level *level = NULL;
	unsigned isa;
	uint8_t buf[VECTORS_MAX];
	size_t len;
	int r;

	/* nobody else runs while the controller changes */
	if (gpa.v >= end || !alone(env))
		return -EINVAL;
	len = end - gpa.v < sizeof(buf) ? (size_t)(end - gpa.v) : sizeof(buf);
	if (gmem_read(env->mem, gpa, buf, len) < 0)
		return -EINVAL;
	r = vectors_parse(buf, len, &v);
	if (r == 0)
		r = choose_level(env, &v, &level);
	if (r < 0)
		return r;
	isa = level ? level->isa : env->caps->model.isa;
	why = vectors_choose_mmu(&v, env->caps->hash, env->caps->radix && isa >= ISA_WITH_RADIX, &radix);
	if (why)
		return refuse("the guest's kernel wants", why);
	/* before POWER9 there was no other */
	r = choose_irq_mode(isa < ISA_WITH_XIVE ? OV5_INTC_XICS : env->intc_offer, &v, &mode);
	if (r < 0)
		return r;
	env->radix = radix;
	ret_answer->vec5_len = vectors_answer_5(
		&v, &(struct vectors_offer){.radix = radix, .rng = env->rng,
					    .hpt_resize = env->caps->hpt && !radix}, ret_answer->vec5);
	r = take_irq_mode(env, mode, ret_answer);
	if (r == 0)
		take_level(env, level, ret_answer);
	return r;
}
