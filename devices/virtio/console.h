/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The virtio console: VIRTIO 1.2, 5.3, with several ports and the emergency write. A port is a terminal of the
 * guest's (hvcN in Linux) or a named stream for a program in it (/dev/virtio-ports/NAME); behind it is a character
 * back end, and what that says of its readers the driver is told as the port's being open.
 *
 * Output that the back end has no room for stays in the queue, which stops until there is some. Input goes to ports
 * that the driver has opened; for others it stays where it comes from.
 *
 * Threads: as virtio.h; input, and news of readers, on the loop thread. A lock of the device's, inside virtio.h's,
 * guards what the threads share of its ports.
 */
#ifndef PAPRIKA_VIRTIO_CONSOLE_H
#define PAPRIKA_VIRTIO_CONSOLE_H

#include "devices/virtio/virtio.h"
#include "vmm/io/chr.h"

/* The first of them is for a terminal alone, as a driver that knows of no others takes it for one. */
#define VIRTIO_CONSOLE_PORTS_MAX 15
#define VIRTIO_CONSOLE_NAME_MAX  63

struct virtio_console;

struct virtio_console_port {
	struct chr *chr;
	const char *name; /* NULL: none */
	bool terminal;
};

/*
 * @ports, of which at most VIRTIO_CONSOLE_PORTS_MAX - 1 are no terminals, and their strings are kept by the caller.
 * -ENOSPC: too many of them; -ENOMEM and those of virtio_init().
 */
__must_check int virtio_console_new(struct iothread *thread, const struct virtio_console_port *ports,
				    unsigned count, struct virtio_console **ret_device);
/* The I/O thread has ended; on the loop thread. */
void virtio_console_free(struct virtio_console *c);
struct virtio_device *virtio_console_device(struct virtio_console *c);

#endif
