/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices that other processes or the host's kernel serve. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "vmm/base/log.h"
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
