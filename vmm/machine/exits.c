/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who answers vCPU exits, the same for every back end. */
#include "vmm/base/log.h"
#include "vmm/machine/machine.h"

static void exit_hcall(struct vcpu *v, struct vcpu_exit *e, void *ctx)
{
	struct machine *m = ctx;
	struct hcall_ctx h = {.env = &m->env, .vcpu = v};

	hcall_dispatch(&h, e);
}

/* Where nothing answers, loads are all ones, as on a bus without a target. */
static void exit_mmio(struct vcpu *v, struct vcpu_exit *e, void *ctx)
{
	struct machine *m = ctx;

	if (e->mmio.is_store ? bus_write(&m->bus, e->mmio.gpa, e->mmio.len, e->mmio.data) :
			       bus_read(&m->bus, e->mmio.gpa, e->mmio.len, &e->mmio.data))
		return;
	log_guest("no device at %#llx (%s of %u bytes)", (unsigned long long)e->mmio.gpa.v,
		  e->mmio.is_store ? "store" : "load", e->mmio.len);
	e->mmio.data = ~0ULL;
}

static void exit_nmi(struct vcpu *v, struct vcpu_exit *e, void *ctx)
{
	struct machine *m = ctx;

	rtas_nmi_taken(&m->env, v, e);
}

static void exit_fail(struct vcpu *v, struct vcpu_exit *e, void *ctx)
{
	struct machine *m = ctx;

	machine_power_ops.crashed(m, e->reason);
	vcpu_stop_self(v);
}

vcpu_exit_fn *const machine_exit_handlers[VCPU_EXIT_NR] = {
	[VCPU_EXIT_HCALL] = exit_hcall,
	[VCPU_EXIT_MMIO] = exit_mmio,
	[VCPU_EXIT_NMI] = exit_nmi,
	[VCPU_EXIT_FAIL] = exit_fail,
};
