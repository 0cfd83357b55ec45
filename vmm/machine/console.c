/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Consoles, each a virtual terminal of /vdevice or a port of the virtio console, and channels, which are such ports. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "vmm/base/log.h"
#include "vmm/machine/machine.h"

/* The next back end; on failure a message that begins with @option and @value. */
static int open_chr(struct machine *m, const char *spec, const char *name, const char *option, const char *value)
{
	const char *why = NULL;
	int r = chr_open(&(struct chr_params){.spec = spec, .name = name, .loop = m->loop,
					      .quit = power_stop_asked, .ctx = m},
			 &m->chrs[m->chr_count], &why);

	if (r < 0)
		log_error("%s=%s: %s", option, value, r == -EINVAL ? why : strerror(-r));
	else
		m->chr_count++;
	return r;
}

static void add_port(struct machine *m, const char *name, bool terminal)
{
	m->ports[m->port_count++] = (struct virtio_console_port){
		.chr = m->chrs[m->chr_count - 1], .name = name, .terminal = terminal};
}

static int add_vty(struct machine *m)
{
	struct irq_line line;
	struct vty *vty;
	int r = irq_router_alloc(m->irqs, false, &line);

	if (r == 0)
		r = vty_new(VTY_UNIT_BASE + m->vio.vty_count, m->chrs[m->chr_count - 1], &line, &vty);
	if (r == 0) {
		r = vio_add_vty(&m->vio, vty);
		if (r < 0)
			vty_free(vty);
	}
	return r;
}

static int open_console(struct machine *m, unsigned index, const char *spec, bool virtio)
{
	char name[32];
	int r;

	snprintf(name, sizeof(name), "console %u", index);
	r = open_chr(m, spec, name, "--console", spec);
	if (r < 0)
		return r;
	if (!virtio)
		return add_vty(m);
	add_port(m, NULL, true);
	return 0;
}

static int open_channel(struct machine *m, const struct config_channel *c)
{
	char name[80], spec[128], value[200];
	int r;

	snprintf(name, sizeof(name), "channel %s", c->name);
	snprintf(spec, sizeof(spec), "unix:%s", c->path);
	snprintf(value, sizeof(value), "name=%s,path=%s", c->name, c->path);
	/* without memory (a description alone) nobody is to connect */
	r = open_chr(m, m->mem ? spec : "null", name, "--channel", value);
	if (r == 0)
		add_port(m, c->name, false);
	return r;
}

int consoles_open(struct machine *m)
{
	const struct vm_config *c = m->config;
	int r = 0;

	for (unsigned i = 0; i < c->console_count && r == 0; i++)
		r = open_console(m, i, c->consoles[i].spec, c->consoles[i].virtio);
	if (r == 0 && !c->console_count && !c->no_defaults)
		r = open_console(m, 0, "stdio", false);
	for (unsigned i = 0; i < c->channel_count && r == 0; i++)
		r = open_channel(m, &c->channels[i]);
	return r;
}

void consoles_close(struct machine *m)
{
	for (unsigned i = 0; i < m->vio.vty_count; i++)
		vty_free(m->vio.vtys[i]);
	for (unsigned i = 0; i < m->chr_count; i++)
		chr_close(m->chrs[i]);
}
