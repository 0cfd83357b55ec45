/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Defaults of a configuration, and its end. */
#include "vmm/machine/config.h"

#include <stdlib.h>

void config_init(struct vm_config *c)
{
	*c = (struct vm_config){
		.cpus = 1,
		.threads = 1,
		.memory = 1ULL << 30,
		.rng = true,
	};
}

void config_done(struct vm_config *c)
{
	for (unsigned i = 0; i < c->console_count; i++)
		free(c->consoles[i].spec);
	for (unsigned i = 0; i < c->channel_count; i++) {
		free(c->channels[i].name);
		free(c->channels[i].path);
	}
	for (unsigned i = 0; i < c->disk_count; i++) {
		free(c->disks[i].path);
		free(c->disks[i].vhost_user);
		free(c->disks[i].serial);
		free(c->disks[i].id);
	}
	for (unsigned i = 0; i < c->net_count; i++) {
		free(c->nets[i].ifname);
		free(c->nets[i].socket);
		free(c->nets[i].id);
	}
	free(c->name);
	free(c->kernel);
	free(c->initrd);
	free(c->cmdline);
	free(c->nvram);
	free(c->trace);
	free(c->output);
	free(c->setting);
}
