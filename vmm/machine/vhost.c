/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices that other processes or the host's kernel serve. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "vmm/base/log.h"
#include "vmm/io/vhost_kernel.h"
#include "vmm/machine/machine.h"

int vhost_error(const char *option, const char *socket, int r, const char *why)
{
	if (r == -ECONNREFUSED || r == -ENOENT)
		why = "nobody listens there (its back end comes first, see paprika(1))";
	else if (r == -EPIPE)
		why = "what listens there ends the connection: a socket serves one VM at a time";
	else if (r == -ETIMEDOUT || r == -EAGAIN)
		why = "what listens there does not answer: is another VM connected?";
	else if (r == -EPROTO || r == -EREMOTEIO)
		why = "what listens there does not speak vhost-user";
	else if (r != -EINVAL || !why)
		why = strerror(-r);
	log_error("%s%s: %s", option, socket, why);
	return r;
}

void vhost_kernel_why(const char *name, int r, char *buf, size_t size)
{
	if (r == -ENOENT || r == -ENODEV || r == -ENXIO)
		snprintf(buf, size, "this host's kernel has no %s (try: modprobe %s)", name,
			 !strcmp(name, "vhost-net") ? "vhost_net" : "vhost_vsock");
	else if (r == -EACCES || r == -EPERM)
		snprintf(buf, size, "this user may not use /dev/%s (the group that it belongs to may)", name);
	else if (r == -ENOTSUP)
		snprintf(buf, size, "this host's %s does not know VIRTIO 1", name);
	else
		snprintf(buf, size, "/dev/%s: %s", name, strerror(-r));
}

int vsock_attach(struct machine *m)
{
	struct vhost_params p = {.kind = VHOST_VSOCK, .cid = m->config->vsock_cid, .describe = !m->mem, .thread = m->io,
				 .ram = &m->ram, .mem = m->mem};
	char why[128];
	int r = m->mem ? vhost_vsock_open(p.cid, &p.back, &p.back_features) : 0;

	if (r == -EADDRINUSE)
		snprintf(why, sizeof(why), "another VM has it");
	else if (r < 0)
		vhost_kernel_why("vhost-vsock", r, why, sizeof(why));
	if (r == 0) {
		const char *ignored;

		r = vhost_device_new(&p, &m->vsock, &ignored);
		if (r == 0)
			r = pci_plug(m, vhost_device_virtio(m->vsock));
		if (r < 0)
			snprintf(why, sizeof(why), "%s", strerror(-r));
	}
	if (r < 0)
		log_error("--vsock=cid=%u: %s", m->config->vsock_cid, why);
	return r;
}
