/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the configuration and the parts to the description that the device tree is built from. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/base/bits.h"
#include "vmm/base/log.h"
#include "vmm/machine/machine.h"

static void describe_vdevice(struct fdt_writer *w, void *ctx)
{
	const struct hcall_env *env = ctx;

	vio_describe(env->vio, w);
}

static void describe_pci(struct fdt_writer *w, void *ctx)
{
	static const char *const names[] = {"ibm,query-pe-dma-window", "ibm,create-pe-dma-window",
					    "ibm,remove-pe-dma-window", "ibm,reset-pe-dma-windows"};
	const struct hcall_env *env = ctx;
	uint32_t ddw[ARRAY_SIZE(names)];

	for (unsigned i = 0; i < ARRAY_SIZE(names); i++)
		ddw[i] = rtas_token_of(names[i]);
	for (unsigned i = 0; i < env->phbs->count; i++)
		phb_describe(env->phbs->phbs[i], w, FDT_PHANDLE_INTC, ddw);
}

static void describe_cpu(const struct accel_caps *caps, struct fdt_cpu_desc *d)
{
	const struct cpu_model *m = &caps->model;
	const struct cpu_level *level = cpu_level_of_pvr(caps->compat_pvr);

	*d = (struct fdt_cpu_desc){
		.node_name = m->node_name,
		.pvr = caps->compat_pvr ? caps->compat_pvr : m->pvr,
		.dcache_size = m->dcache_size,
		.icache_size = m->icache_size,
		.line_size = m->line_size,
		.clock_hz = m->clock_hz,
		.timebase_hz = caps->timebase_hz,
		.dec_bits = !level || level->isa >= 300 ? caps->dec_bits : 0,
		.radix_ap_count = caps->radix_ap_count,
		.radix = caps->radix,
		.hash = caps->hash,
		.htab_shift = caps->htab_shift,
		.slb_size = caps->slb_size,
		.segments_1t = caps->segments_1t,
		.storage_keys = caps->storage_keys,
		.segment_pages_count = caps->segment_pages_count,
	};
	memcpy(d->segment_pages, caps->segment_pages, sizeof(d->segment_pages));
	memcpy(d->radix_ap, caps->radix_ap, sizeof(d->radix_ap));
	d->pa_features_len = cpu_pa_features(level ? level->isa : m->isa, caps->hash, caps->radix,
					     d->pa_features, sizeof(d->pa_features));
}

int tree_describe(const struct vm_config *config, const struct accel_caps *caps,
		  const struct vio_bus *vio, const struct hcall_env *env, struct tree_store *store, struct fdt_desc *desc)
{
	unsigned n = 0, eq_count = 0;
	const uint32_t *eq_shifts = env->xive ? xive_eq_shifts(env->xive, &eq_count) : NULL;
	int len = hcall_hypertas_strings(env, store->hypertas, sizeof(store->hypertas));

	if (len < 0)
		return len;
	describe_cpu(caps, &store->cpu);
	for (unsigned i = 0; n < ARRAY_SIZE(store->calls) &&
			     (store->calls[n].name = rtas_function(i, &store->calls[n].token)); i++)
		n += rtas_offered(env, i);
	*desc = (struct fdt_desc){
		.cpu = &store->cpu,
		.cpus = config->cpus,
		.max_cpus = config->cpus,
		.threads = config->threads,
		.vm_name = config->name,
		.memory_size = config->memory,
		.bootargs = config->cmdline,
		.rtas_calls = store->calls,
		.rtas_call_count = n,
		.msix = hcall_has_pci(env),
		.rtas_size = (uint32_t)rtas_space(config->cpus),
		.hypertas = store->hypertas,
		.hypertas_len = (size_t)len,
		.intc_offer = env->intc_offer,
		.use_xive = env->irq_mode != IRQ_MODE_XICS,
		.xive = {.user_page = XIVE_TIMA_USER, .os_page = XIVE_TIMA_OS,
			 .page_size = XIVE_PAGE_SIZE, .eq_shifts = eq_shifts,
			 .eq_shift_count = eq_count, .ipis = config->cpus,
			 .reserved_from = XIVE_RESERVED_FROM},
		.nvram_size = config->no_defaults && !config->nvram ? 0 : NVRAM_SIZE,
		.rng = config->rng,
		.kvm = caps->kvm,
		.source_base = XICS_SOURCE_BASE,
		.source_count = XICS_SOURCES,
		.epow_source = env->rtas ? env->rtas->events.line.source : 0,
		.describe_vdevice = describe_vdevice,
		.describe_pci = describe_pci,
		.ctx = (void *)(uintptr_t)env,
	};
	if (vio->vty_count) {
		snprintf(store->stdout_path, sizeof(store->stdout_path), "/vdevice/vty@%x",
			 vty_unit(vio->vtys[0]));
		desc->stdout_path = store->stdout_path;
	}
	return 0;
}

int machine_fdt(const struct vm_config *config, void **ret_blob, size_t *ret_len)
{
	/* the terminals of a VM that never runs: their nodes are all that is wanted */
	struct vm_config silent = *config;
	char null[] = "null";
	struct machine m;
	struct tree_store store;
	struct fdt_desc desc;
	int r;

	for (unsigned i = 0; i < silent.console_count; i++)
		silent.consoles[i].spec = null;
	if (!silent.console_count && !silent.no_defaults)
		silent.consoles[silent.console_count++] = (struct config_console){.spec = null};
	silent.nvram = NULL;
	silent.quiet = true;
	r = machine_open_devices(&m, &silent);
	if (r < 0)
		return r;
	m.env = (struct hcall_env){.vio = &m.vio, .rtas = &m.rtas, .phbs = &m.phbs, .caps = m.caps,
				   .rng = config->rng};
	r = irqs_describe(&m);
	if (r == 0)
		r = tree_describe(config, m.caps, &m.vio, &m.env, &store, &desc);
	if (r == 0)
		r = fdt_build(&desc, ret_blob, ret_len);
	machine_close(&m);
	return r;
}
