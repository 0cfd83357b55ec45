/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Control messages of the console: VIRTIO 1.2, 5.3.6.2. What is to be told waits as bits, not as messages. */
#include <string.h>

#include "devices/virtio/console_impl.h"
#include "vmm/base/byteorder.h"

#define MESSAGE_SIZE 8u
#define BATCH        32u /* messages, before others have their turn */

enum event {
	DEVICE_READY = 0,
	PORT_ADD = 1,
	PORT_READY = 3,
	CONSOLE_PORT = 4,
	PORT_OPEN = 6,
	PORT_NAME = 7,
};

#define DUE(event) (1u << (event))

struct message {
	enum event event;
	size_t len;
	uint8_t bytes[MESSAGE_SIZE + VIRTIO_CONSOLE_NAME_MAX];
};

static void message_make(const struct port *p, enum event event, unsigned value, struct message *m)
{
	m->event = event;
	m->len = MESSAGE_SIZE;
	store_le32(m->bytes, (uint32_t)(p - p->owner->ports));
	store_le16(m->bytes + 4, (uint16_t)event);
	store_le16(m->bytes + 6, (uint16_t)value);
	if (event == PORT_NAME) {
		size_t len = strnlen(p->name, VIRTIO_CONSOLE_NAME_MAX);

		memcpy(m->bytes + MESSAGE_SIZE, p->name, len);
		m->len += len;
	}
}

/* The next one for @p, in the order in which a driver wants them: false if there is none. */
static bool port_message(struct port *p, struct message *m)
{
	static const enum event order[] = {PORT_ADD, CONSOLE_PORT, PORT_NAME};

	for (unsigned i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (p->due & DUE(order[i])) {
			message_make(p, order[i], 1, m);
			return true;
		}
	if (!p->ready || p->told == p->attached)
		return false;
	message_make(p, PORT_OPEN, p->attached, m);
	return true;
}

static struct port *next_message(struct virtio_console *c, struct message *m)
{
	struct port *found = NULL;

	pthread_mutex_lock(&c->lock);
	for (unsigned i = 0; i < c->port_count && !found; i++)
		if (c->ports[i].chr && port_message(&c->ports[i], m))
			found = &c->ports[i];
	pthread_mutex_unlock(&c->lock);
	return found;
}

/* The driver has it. */
static void message_done(struct port *p, const struct message *m)
{
	pthread_mutex_lock(&p->owner->lock);
	if (m->event == PORT_OPEN)
		p->told = load_le16(m->bytes + 6);
	else
		p->due &= ~DUE(m->event);
	pthread_mutex_unlock(&p->owner->lock);
}

void console_control_tell(struct virtio_console *c)
{
	struct virtio_device *d = &c->virtio;
	struct message m;
	struct port *p;
	bool any = false;

	while (virtio_queue_active(d, CONSOLE_CONTROL_IN) && (p = next_message(c, &m)) &&
	       virtio_pop(d, CONSOLE_CONTROL_IN, &c->chain)) {
		if (virtq_write(&d->queues[CONSOLE_CONTROL_IN].ring, &c->chain, 0, m.bytes, m.len) < 0) {
			virtio_broken(d, "a buffer that a control message does not fit, or that is not mapped");
			return;
		}
		virtio_push(d, CONSOLE_CONTROL_IN, c->chain.handle, (uint32_t)m.len);
		message_done(p, &m);
		any = true;
	}
	if (any)
		virtio_flush(d, CONSOLE_CONTROL_IN);
}

static void device_ready(struct virtio_console *c)
{
	pthread_mutex_lock(&c->lock);
	for (unsigned i = 0; i < c->port_count; i++)
		c->ports[i].due |= DUE(PORT_ADD);
	pthread_mutex_unlock(&c->lock);
}

static void port_ready(struct port *p, bool ready)
{
	pthread_mutex_lock(&p->owner->lock);
	p->ready = ready;
	p->told = false;
	if (ready)
		p->due |= (p->terminal ? DUE(CONSOLE_PORT) : 0) | (p->name ? DUE(PORT_NAME) : 0);
	pthread_mutex_unlock(&p->owner->lock);
}

/* One that means nothing is passed over. */
static void message_take(struct virtio_console *c, const uint8_t bytes[MESSAGE_SIZE])
{
	uint32_t id = load_le32(bytes);
	bool value = load_le16(bytes + 6);
	unsigned event = load_le16(bytes + 4);

	if (event == DEVICE_READY) {
		if (value)
			device_ready(c);
		return;
	}
	if (id >= c->port_count || !c->ports[id].chr)
		return;
	if (event == PORT_READY)
		port_ready(&c->ports[id], value);
	else if (event == PORT_OPEN)
		console_port_open(&c->ports[id], value);
}

void console_control_take(struct virtio_console *c)
{
	struct virtio_device *d = &c->virtio;
	struct virtq *ring = &d->queues[CONSOLE_CONTROL_OUT].ring;
	uint8_t bytes[MESSAGE_SIZE];
	unsigned i;

	for (i = 0; i < BATCH && virtio_pop(d, CONSOLE_CONTROL_OUT, &c->chain); i++) {
		if (c->chain.readable_len >= MESSAGE_SIZE) {
			if (virtq_read(ring, &c->chain, 0, bytes, MESSAGE_SIZE) < 0) {
				virtio_broken(d, "a control message that is not mapped");
				return;
			}
			message_take(c, bytes);
		}
		virtio_push(d, CONSOLE_CONTROL_OUT, c->chain.handle, 0);
	}
	if (i)
		virtio_flush(d, CONSOLE_CONTROL_OUT);
	if (i == BATCH)
		doorbell_ring(&d->queues[CONSOLE_CONTROL_OUT].bell);
	console_control_tell(c);
}
