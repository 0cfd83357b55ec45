/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The choice of what runs the guest. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "hcalls/hcall.h"
#include "hcalls/rtas/rtas.h"
#include "vmm/base/log.h"
#include "vmm/machine/host.h"
#include "vmm/machine/machine.h"

static int accel_try(struct machine *m, const struct accel_ops *ops, char *why, size_t size)
{
	const struct vm_config *c = m->config;
	int r;

	why[0] = 0;
	r = ops->open(&(struct accel_params){.mem = m->mem, .ram = m->ram.hva,
					     .ram_size = c->memory, .model = c->cpu,
					     .compat = c->compat,
					     .max_vcpus = c->cpus, .threads = c->threads,
					     .kvm_type = (enum accel_kvm_type)c->kvm_type,
					     .user_irqchip = c->irqchip == CONFIG_IRQCHIP_USER,
					     .xics = c->ic_mode != CONFIG_IC_XIVE,
					     .xive = c->ic_mode != CONFIG_IC_XICS,
					     .rng = c->rng},
		      &m->accel, why, size);
	if (r == 0) {
		m->ops = ops;
		m->caps = ops->caps(m->accel);
	}
	return r;
}

static int kvm_try(struct machine *m, char *why, size_t size)
{
#ifdef HAVE_KVM
	return accel_try(m, &kvm_accel_ops, why, size);
#else
	host_kvm_state(why, size);
	return -ENODEV;
#endif
}

/* True if an option asks for what only KVM has. */
static bool kvm_asked(const struct vm_config *c)
{
	return c->accel == CONFIG_ACCEL_KVM || c->kvm_type != ACCEL_KVM_AUTO ||
	       c->irqchip == CONFIG_IRQCHIP_KERNEL;
}

static int accel_find(struct machine *m)
{
	const struct vm_config *c = m->config;
	char why[160];
	int r;

	if (c->accel != CONFIG_ACCEL_INTERP) {
		r = kvm_try(m, why, sizeof(why));
		if (r == 0)
			return 0;
		if (kvm_asked(c)) {
			log_error("%s: %s", c->accel == CONFIG_ACCEL_KVM ? "--accel=kvm" : "kvm", why);
			return r;
		}
		if (!c->quiet)
			log_warning("%s: the interpreter runs the guest", why);
	}
	r = accel_try(m, &interp_accel_ops, why, sizeof(why));
	if (r < 0)
		log_error("%s", why);
	return r;
}

/* Every call that the guest will find is offered to the kernel. */
static void calls_offload(struct machine *m)
{
	const char *name;
	uint64_t nr;
	uint32_t token;

	if (!m->ops->hcall_offload)
		return;
	for (unsigned i = 0; hcall_number(i, &nr); i++)
		m->ops->hcall_offload(m->accel, nr);
	for (unsigned i = 0; (name = rtas_function(i, &token)); i++)
		m->ops->rtas_offload(m->accel, name, token);
}

int machine_open_accel(struct machine *m)
{
	int r = accel_find(m);

	if (r < 0)
		return r;
	if (m->config->irqchip == CONFIG_IRQCHIP_KERNEL && !m->caps->xics.ops && !m->caps->xive.ops) {
		log_error("--irqchip=kernel: this host's kernel has no interrupt controller for it; "
			  "--irqchip=user works");
		return -ENOTSUP;
	}
	calls_offload(m);
	return 0;
}
