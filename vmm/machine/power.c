/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Power-off, reset and crashes: asked for on vCPU threads, done on the loop thread. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "vmm/base/log.h"
#include "vmm/machine/machine.h"

/* The first request stands until the loop thread has seen to it. */
static void power_ask(struct machine *m, enum power_request what, const char *reason)
{
	pthread_mutex_lock(&m->power_lock);
	if (m->power_request == POWER_NONE) {
		m->power_request = what;
		snprintf(m->crash_reason, sizeof(m->crash_reason), "%s", reason ? reason : "");
	}
	pthread_mutex_unlock(&m->power_lock);
	loop_wake(m->power_watch);
}

static void power_off(void *ctx)
{
	power_ask(ctx, POWER_OFF, NULL);
}

static void power_reset(void *ctx)
{
	power_ask(ctx, POWER_RESET, NULL);
}

static void power_crashed(void *ctx, const char *reason)
{
	power_ask(ctx, POWER_CRASHED, reason);
}

const struct power_ops machine_power_ops = {
	.off = power_off,
	.reset = power_reset,
	.crashed = power_crashed,
};

/* Everything as at power-on, and off it goes again. */
static int machine_reset(struct machine *m)
{
	int r = m->ops->vm_reset ? m->ops->vm_reset(m->accel) : 0;

	if (r < 0)
		return r;
	vcpus_reset(m->vcpus);
	m->env.radix = hcall_radix_at_start(m->caps);
	r = irqs_reset(m);
	vio_reset(&m->vio);
	rtas_events_reset(&m->rtas.events);
	rtas_nmi_reset(&m->env);
	if (r == 0)
		r = pci_reset(m);
	if (r < 0)
		return r;
	r = ram_clear(&m->ram);
	return r < 0 ? r : boot_place(m);
}

static void reset_and_go(struct machine *m)
{
	int r = machine_reset(m);

	if (r < 0) {
		log_error("the VM cannot be reset: %s", strerror(-r));
		loop_quit(m->loop, MACHINE_FAILED);
		return;
	}
	if (m->power_state == POWER_PAUSED)
		return; /* as its user wants it */
	m->power_state = POWER_RUNNING;
	vcpus_resume(m->vcpus);
}

static void report_crash(struct machine *m, const char *reason)
{
	char text[2048];

	log_error("the guest crashed: %s", reason);
	for (unsigned i = 0; i < vcpus_count(m->vcpus); i++) {
		struct vcpu *v = vcpus_get(m->vcpus, i);

		if (vcpu_is_stopped(v) && i)
			continue;
		vcpu_describe(v, text, sizeof(text));
		fputs(text, stderr);
	}
}

static void crashed(struct machine *m, const char *reason)
{
	report_crash(m, reason);
	m->power_state = POWER_HALTED;
	switch (m->config->on_panic) {
	case CONFIG_PANIC_RESET:
		reset_and_go(m);
		break;
	case CONFIG_PANIC_PAUSE:
		log_error("the VM is paused; end it with Ctrl-a x or SIGTERM");
		break;
	default:
		loop_quit(m->loop, MACHINE_CRASHED);
	}
}

static void power_do(void *ctx)
{
	struct machine *m = ctx;
	enum power_request what;
	char reason[sizeof(m->crash_reason)];

	pthread_mutex_lock(&m->power_lock);
	what = m->power_request;
	memcpy(reason, m->crash_reason, sizeof(reason));
	m->power_request = POWER_NONE;
	pthread_mutex_unlock(&m->power_lock);
	if (what == POWER_NONE)
		return;
	vcpus_pause(m->vcpus);
	if (what == POWER_CRASHED)
		crashed(m, reason);
	else if (what == POWER_RESET && m->config->on_reboot == CONFIG_REBOOT_RESET)
		reset_and_go(m);
	else
		loop_quit(m->loop, MACHINE_OFF);
}

void power_pause(struct machine *m)
{
	if (m->power_state != POWER_RUNNING)
		return;
	vcpus_pause(m->vcpus);
	m->power_state = POWER_PAUSED;
}

int power_resume(struct machine *m)
{
	if (m->power_state == POWER_HALTED)
		return -EINVAL;
	if (m->power_state == POWER_PAUSED) {
		m->power_state = POWER_RUNNING;
		vcpus_resume(m->vcpus);
	}
	return 0;
}

void power_reset_asked(void *ctx)
{
	struct machine *m = ctx;

	vcpus_pause(m->vcpus);
	pthread_mutex_lock(&m->power_lock);
	m->power_request = POWER_NONE; /* of a guest that is no more */
	pthread_mutex_unlock(&m->power_lock);
	reset_and_go(m);
}

void power_stop_asked(void *ctx)
{
	struct machine *m = ctx;

	vcpus_pause(m->vcpus);
	loop_quit(m->loop, MACHINE_OFF);
}

int power_init(struct machine *m)
{
	pthread_mutex_init(&m->power_lock, NULL);
	return loop_add_wake(m->loop, power_do, m, &m->power_watch);
}

void power_done(struct machine *m)
{
	loop_watch_free(m->power_watch);
	pthread_mutex_destroy(&m->power_lock);
}
