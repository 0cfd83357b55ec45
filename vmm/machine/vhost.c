/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What devices that other processes serve have in common. */
#include <errno.h>
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
