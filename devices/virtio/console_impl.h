/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the console's data and its control messages share. */
#ifndef PAPRIKA_VIRTIO_CONSOLE_IMPL_H
#define PAPRIKA_VIRTIO_CONSOLE_IMPL_H

#include "devices/virtio/console.h"
#include "vmm/base/bytering.h"

#define CONSOLE_MULTIPORT (1ull << 1)

/* Queues: a pair of port 0, of control messages, then of the other ports; each with the driver's buffers first. */
#define CONSOLE_CONTROL_IN  2u
#define CONSOLE_CONTROL_OUT 3u

struct port {
	struct virtio_console *owner;
	struct chr *chr; /* NULL: there is no such port */
	const char *name;
	bool terminal;
	uint64_t sent; /* bytes of the chain that is next to go out, which went already; I/O thread */
	/* under the owner's lock */
	bool ready, open; /* as the driver says */
	bool attached;    /* a reader to the back end */
	bool told;        /* of what the driver knows about that */
	unsigned due;     /* bits of messages to the driver */
	struct bytering input;
};

struct virtio_console {
	struct virtio_device virtio;
	pthread_mutex_t lock;
	unsigned port_count;
	struct port ports[VIRTIO_CONSOLE_PORTS_MAX];
	struct virtq_chain chain;
};

/* The queue in which the driver gives buffers for @p's input; the one for its output is the next. */
unsigned console_input_queue(const struct port *p);
/* @p takes input from now on, or no longer. I/O thread. */
void console_port_open(struct port *p, bool open);

/* console_control.c, on the I/O thread: what the driver says, and what it is to be told. */
void console_control_take(struct virtio_console *c);
void console_control_tell(struct virtio_console *c);

#endif
