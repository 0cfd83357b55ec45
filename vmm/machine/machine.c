/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Assembly of a VM, and its end in the reverse order. */
#include "vmm/machine/machine.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fdt/desc.h"
#include "hcalls/cas.h"
#include "seccomp/sandbox.h"
#include "vmm/base/bits.h"
#include "vmm/base/log.h"
#include "vmm/machine/host.h"
#include "vof/hypercalls.h"

static int open_loop(struct machine *m)
{
	int r = loop_new(&m->loop);

	if (r < 0)
		log_error("cannot set up the event loop: %s", strerror(-r));
	return r;
}

static void violation_seen(void *ctx)
{
	sandbox_end_process();
}

static int open_power(struct machine *m)
{
	static const int ends[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT};
	int r = power_init(m);

	if (r == 0)
		r = loop_add_wake(m->loop, violation_seen, m, &m->violation_watch);
	for (unsigned i = 0; i < ARRAY_SIZE(ends) && r == 0; i++)
		r = loop_add_signal(m->loop, ends[i], power_stop_asked, m);
	if (r < 0)
		log_error("cannot watch for signals: %s", strerror(-r));
	return r;
}

static int open_control(struct machine *m)
{
	return control_open(m, &m->control);
}

static int open_memory(struct machine *m)
{
	unsigned long long mib = m->config->memory >> 20;
	uint64_t limit = host_memory();
	int r;

	if (m->config->memory > limit) {
		log_error("--memory=%lluM: this host has %lluM in all", mib,
			  (unsigned long long)(limit >> 20));
		return -ENOMEM;
	}
	r = ram_open(&m->ram, m->config->memory);
	if (r == 0)
		r = gmem_new(&m->mem);
	if (r == 0)
		r = gmem_add(m->mem, GPA(0), m->ram.size, m->ram.hva);
	if (r == 0)
		gmem_back(m->mem, GPA(0), m->ram.fd);
	else
		log_error("--memory=%lluM: %s", mib, strerror(-r));
	return r;
}

static int open_devices(struct machine *m)
{
	const struct vm_config *c = m->config;
	int r = irqs_open(m);

	if (r < 0)
		return r;
	r = consoles_open(m);
	if (r == 0 && (!c->no_defaults || c->nvram)) {
		r = nvram_new(c->nvram, &m->nvram);
		if (r == -EINVAL)
			log_error("--nvram=%s: not an NVRAM file: it must have %u bytes", c->nvram,
				  NVRAM_SIZE);
		else if (r < 0)
			log_error("--nvram=%s: %s", c->nvram ? c->nvram : "", strerror(-r));
	}
	if (r == 0)
		r = pci_open(m);
	m->rtas = (struct rtas){.nvram = m->nvram, .rtc = &m->rtc,
				.panel = {.lock = PTHREAD_MUTEX_INITIALIZER}};
	if (r < 0)
		return r;
	r = irq_router_alloc(m->irqs, true, &m->rtas.events.line);
	if (r < 0)
		log_error("no interrupt source is left for the power's events: %s", strerror(-r));
	return r;
}

static int vcpu_thread_begins(void *ctx)
{
	struct machine *m = ctx;

	return sandbox_enter_thread(SANDBOX_VCPU, (enum sandbox_mode)m->config->seccomp);
}

/* From here on nothing is opened: threads made now inherit what the process has given up. */
static int enter_cage(struct machine *m)
{
	int r = sandbox_enter_process((enum sandbox_mode)m->config->seccomp);

	if (r < 0)
		log_error("cannot enter the sandbox: %s", strerror(-r));
	return r;
}

static int open_vcpus(struct machine *m)
{
	int r = vcpus_new(&(struct vcpus_params){.ops = m->ops, .accel = m->accel,
						 .count = m->config->cpus,
						 .handlers = machine_exit_handlers, .ctx = m,
						 .thread_init = vcpu_thread_begins}, &m->vcpus);

	if (r < 0)
		log_error("cannot start the vCPUs: %s", strerror(-r));
	return r;
}

static size_t console_write(void *ctx, const uint8_t *buf, size_t len)
{
	struct machine *m = ctx;

	if (!m->vio.vty_count || vty_put(m->vio.vtys[0], buf, len) == 0)
		return len;
	return 0;
}

static size_t console_read(void *ctx, uint8_t *buf, size_t len)
{
	struct machine *m = ctx;

	return m->vio.vty_count ? vty_get(m->vio.vtys[0], buf, len) : 0;
}

static int negotiate(void *ctx, gpa_t vectors, struct vof_cas_answer *ret_answer)
{
	struct machine *m = ctx;

	return cas_negotiate(&m->env, vectors, ret_answer);
}

static int rtas_code_make(struct machine *m)
{
	m->rtas_code = malloc(rtas_blob_len);
	if (!m->rtas_code)
		return -ENOMEM;
	memcpy(m->rtas_code, rtas_blob, rtas_blob_len);
	if (m->caps->fake_sc1)
		hypercalls_replace(m->rtas_code, rtas_blob_len);
	return 0;
}

static int open_firmware(struct machine *m)
{
	struct tree_store store;
	struct fdt_desc desc;
	void *blob = NULL;
	size_t len = 0;
	int r;

	m->env = (struct hcall_env){
		.mem = m->mem, .vcpus = m->vcpus, .caps = m->caps, .xics = m->xics,
		.xive = m->xive, .irqs = m->irqs, .vio = &m->vio, .phbs = &m->phbs, .dma = m->dma,
		.rtas = &m->rtas, .power = &machine_power_ops, .power_ctx = m,
		.rng = m->config->rng, .radix = hcall_radix_at_start(m->caps),
	};
	r = rtas_code_make(m);
	if (r == 0)
		r = irqs_describe(m);
	if (r == 0)
		r = levels_describe(m);
	if (r == 0)
		r = tree_describe(m->config, m->caps, &m->vio, &m->env, &store, &desc);
	if (r == 0)
		r = fdt_build(&desc, &blob, &len);
	if (r == 0)
		r = vof_new(&(struct vof_params){
				    .mem = m->mem, .dtb = blob, .dtb_len = len,
				    .rtas_blob = m->rtas_code, .rtas_blob_len = rtas_blob_len,
				    .stdout_path = m->vio.vty_count ? "/vdevice/vty@71000000" : NULL,
				    .callbacks = {.console_write = console_write,
						  .console_read = console_read, .cas = negotiate,
						  .exit = machine_power_ops.crashed, .ctx = m}},
			    &m->vof);
	free(blob);
	m->env.vof = m->vof;
	if (r < 0)
		log_error("cannot set up the firmware: %s", strerror(-r));
	return r;
}

typedef int machine_step(struct machine *m);

static int take_steps(struct machine *m, const struct vm_config *config, machine_step *const steps[],
		      size_t count)
{
	int r = 0;

	memset(m, 0, sizeof(*m));
	m->config = config;
	hcall_init();
	for (size_t i = 0; i < count && r == 0; i++)
		r = steps[i](m);
	if (r < 0)
		machine_close(m);
	return r;
}

int machine_open(struct machine *m, const struct vm_config *config)
{
	static machine_step *const steps[] = {
		nets_start_helpers, boot_load_files, open_loop,    open_power, open_memory,
		machine_open_accel, open_devices,    open_control, enter_cage, pci_start,
		open_vcpus,         open_firmware,   boot_place,
	};

	return take_steps(m, config, steps, ARRAY_SIZE(steps));
}

int machine_open_devices(struct machine *m, const struct vm_config *config)
{
	static machine_step *const steps[] = {open_loop, machine_open_accel, open_devices};

	return take_steps(m, config, steps, ARRAY_SIZE(steps));
}

int machine_run(struct machine *m)
{
	int r = sandbox_enter_thread(SANDBOX_LOOP, (enum sandbox_mode)m->config->seccomp);

	if (r < 0) {
		log_error("cannot enter the sandbox: %s", strerror(-r));
		return MACHINE_FAILED;
	}
	vcpus_resume(m->vcpus);
	r = loop_run(m->loop);
	return r < 0 ? MACHINE_FAILED : r;
}

void machine_close(struct machine *m)
{
	control_close(m->control);
	vcpus_free(m->vcpus);
	m->vcpus = NULL;
	vof_free(m->vof);
	free(m->rtas_code);
	pci_close(m);
	nvram_free(m->nvram);
	consoles_close(m);
	irqs_close(m);
	levels_close(m);
	if (m->accel)
		m->ops->close(m->accel);
	gmem_free(m->mem);
	if (m->ram.hva)
		ram_close(&m->ram);
	boot_close_files(m);
	loop_watch_free(m->violation_watch);
	if (m->power_watch)
		power_done(m);
	loop_free(m->loop);
	chr_stdio_restore();
}
