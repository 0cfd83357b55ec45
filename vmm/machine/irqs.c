/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The interrupt controllers of a VM: which there are, which the guest has, and how its tree tells. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "fdt/vectors.h"
#include "vmm/base/log.h"
#include "vmm/machine/machine.h"

#define ISA_WITH_XIVE 300

static void deliver(void *ctx, unsigned server, bool level)
{
	struct machine *m = ctx;
	struct vcpu *v = m->vcpus ? vcpus_by_server(m->vcpus, server) : NULL;

	if (v)
		v->ops->external_irq(v, level);
}

static unsigned current_server(void *ctx)
{
	struct vcpu *v = vcpu_self();

	return v ? v->server : UINT_MAX;
}

/* Before the guest has chosen: XICS, unless there is none. */
static enum irq_mode mode_at_start(const struct machine *m)
{
	return m->xics ? IRQ_MODE_XICS : IRQ_MODE_NONE;
}

static bool kernel_irqchip(const struct machine *m)
{
	return m->caps->xics.ops || m->caps->xive.ops;
}

static int open_xics(struct machine *m)
{
	const struct accel_xics *kernel = &m->caps->xics;
	/* with one in the kernel, that in user space has no servers and is not routed to */
	int r = xics_new(kernel->ops ? 0 : m->config->cpus, deliver, m, &m->xics);

	if (r == 0 && kernel->ops)
		irq_router_attach(m->irqs, IRQ_MODE_XICS, kernel->ops, kernel->chip);
	else if (r == 0)
		irq_router_attach(m->irqs, IRQ_MODE_XICS, &xics_irq_ops, m->xics);
	return r;
}

static int open_xive(struct machine *m)
{
	int r = xive_new(&(struct xive_params){.servers = m->config->cpus, .mem = m->mem,
					       .host = m->caps->xive.ops,
					       .host_chip = m->caps->xive.chip,
					       .deliver = deliver, .current = current_server,
					       .ctx = m}, &m->xive);

	if (r < 0)
		return r;
	irq_router_attach(m->irqs, IRQ_MODE_XIVE, &xive_irq_ops, m->xive);
	return xive_map(m->xive, &m->bus);
}

int irqs_open(struct machine *m)
{
	const struct vm_config *c = m->config;
	const struct cpu_level *level = cpu_level_of_pvr(m->caps->compat_pvr);
	unsigned isa = level ? level->isa : m->caps->model.isa;
	bool xive = isa >= ISA_WITH_XIVE && c->ic_mode != CONFIG_IC_XICS &&
		    (!kernel_irqchip(m) || m->caps->xive.ops);
	int r;

	if (c->ic_mode == CONFIG_IC_XIVE && !xive) {
		log_error("--ic-mode=xive: %s has no XIVE; xics works",
			  isa < ISA_WITH_XIVE ? (level ? level->name : m->caps->model.name)
					      : "the kernel's controller");
		return -EINVAL;
	}
	r = irq_router_new(&m->irqs);
	if (r == 0 && c->ic_mode != CONFIG_IC_XIVE)
		r = open_xics(m);
	if (r == 0 && xive)
		r = open_xive(m);
	if (r == 0)
		r = irq_router_select(m->irqs, mode_at_start(m));
	if (r < 0)
		log_error("cannot set up the interrupt controllers: %s%s", strerror(-r),
			  kernel_irqchip(m) ? "; --irqchip=user may work" : "");
	return r;
}

void irqs_close(struct machine *m)
{
	irq_router_free(m->irqs);
	xics_free(m->xics);
	xive_free(m->xive);
	for (unsigned i = 0; i < IRQ_MODE_NONE; i++)
		free(m->intc_trees[i]);
}

/* The tree's part for @mode, as the guest would find it after choosing that. */
static int describe_mode(struct machine *m, enum irq_mode mode)
{
	struct hcall_env env = m->env;
	struct tree_store store;
	struct fdt_desc desc;
	int r;

	env.irq_mode = mode;
	r = tree_describe(m->config, m->caps, &m->vio, &env, &store, &desc);
	if (r == 0)
		r = fdt_build_intc(&desc, &m->intc_trees[mode], &m->env.intc_trees[mode].len);
	m->env.intc_trees[mode].blob = m->intc_trees[mode];
	return r;
}

int irqs_describe(struct machine *m)
{
	int r = 0;

	m->env.intc_offer = !m->xive ? OV5_INTC_XICS : m->xics ? OV5_INTC_EITHER : OV5_INTC_XIVE;
	m->env.irq_mode = mode_at_start(m);
	for (enum irq_mode i = 0; i < IRQ_MODE_NONE && r == 0; i++)
		if (irq_router_has(m->irqs, i))
			r = describe_mode(m, i);
	return r;
}

int irqs_reset(struct machine *m)
{
	return hcall_select_irq_mode(&m->env, mode_at_start(m));
}
