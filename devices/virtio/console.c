/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The console's ports: bytes between their queues and the character back ends. */
#include "devices/virtio/console.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#include "devices/virtio/console_impl.h"
#include "vmm/base/byteorder.h"
#include "vmm/base/log.h"

#define F_EMERG_WRITE (1ull << 2)

#define QUEUE_SIZE    128u
#define INPUT_SIZE    4096u
#define CHUNK         4096u /* bytes that are copied at once */
#define CHUNKS_A_TURN 64u   /* then others on this thread have theirs */
#define CONFIG_PORTS  4u
#define CONFIG_EMERG  8u
#define CONFIG_SIZE   12u

static struct virtio_console *console_of(struct virtio_device *d)
{
	return (struct virtio_console *)((uint8_t *)d - offsetof(struct virtio_console, virtio));
}

unsigned console_input_queue(const struct port *p)
{
	unsigned i = (unsigned)(p - p->owner->ports);

	return i ? 2 * (i + 1) : 0;
}

/* Not of the control queues; NULL: there is no port there. */
static struct port *port_of(struct virtio_console *c, unsigned q)
{
	struct port *p = &c->ports[q < CONSOLE_CONTROL_IN ? 0 : q / 2 - 1];

	return p->chr ? p : NULL;
}

/* How much of the chain, from @done on, is in one segment; at most CHUNK. 0: it ends there. */
static size_t chain_part(const struct virtq_chain *chain, bool writable, uint64_t done)
{
	const struct virtq_segment *s = chain->segments + (writable ? chain->readable : 0);
	unsigned n = writable ? chain->writable : chain->readable;

	for (unsigned i = 0; i < n; i++) {
		if (done < s[i].len)
			return s[i].len - done < CHUNK ? (size_t)(s[i].len - done) : CHUNK;
		done -= s[i].len;
	}
	return 0;
}

/*
 * The rest of the chain to the back end: 0. -EAGAIN: not all of it yet, for want of room or because its turn is
 * over, *@turn being 0 then; -EFAULT: it is not mapped.
 */
static int chain_send(struct port *p, struct virtq *ring, unsigned *turn)
{
	const struct virtq_chain *chain = &p->owner->chain;
	uint8_t bytes[CHUNK];
	size_t len;

	while ((len = chain_part(chain, false, p->sent))) {
		if (!*turn)
			return -EAGAIN;
		--*turn;
		if (virtq_read(ring, chain, p->sent, bytes, len) < 0)
			return -EFAULT;
		if (chr_write(p->chr, bytes, len) < 0)
			return -EAGAIN;
		p->sent += len;
	}
	p->sent = 0;
	return 0;
}

static void transmit(struct port *p, unsigned q)
{
	struct virtio_device *d = &p->owner->virtio;
	struct virtq_chain *chain = &p->owner->chain;
	unsigned turn = CHUNKS_A_TURN;
	bool any = false;

	while (turn && virtio_pop(d, q, chain)) {
		int r;

		turn--;
		r = chain_send(p, &d->queues[q].ring, &turn);
		if (r == -EFAULT) {
			virtio_broken(d, "output that is not mapped");
			return;
		}
		if (r < 0) {
			/* it waits in the ring, until room_came() if not for the next turn */
			virtio_unpop(d, q, 1, chain->handle.descs);
			break;
		}
		virtio_push(d, q, chain->handle, 0);
		any = true;
	}
	if (any)
		virtio_flush(d, q);
	if (!turn)
		doorbell_ring(&d->queues[q].bell);
}

/* What has come in goes to the driver: at most @len bytes, and only if it has opened the port. */
static size_t input_get(struct port *p, uint8_t *bytes, size_t len)
{
	size_t n;

	pthread_mutex_lock(&p->owner->lock);
	n = p->open ? bytering_get(&p->input, bytes, len) : 0;
	pthread_mutex_unlock(&p->owner->lock);
	return n;
}

static bool input_waits(struct port *p)
{
	bool waits;

	pthread_mutex_lock(&p->owner->lock);
	waits = p->open && bytering_used(&p->input);
	pthread_mutex_unlock(&p->owner->lock);
	return waits;
}

/* How much of the chain has been filled; -EFAULT: it is not mapped. */
static int chain_fill(struct port *p, struct virtq *ring)
{
	const struct virtq_chain *chain = &p->owner->chain;
	uint8_t bytes[CHUNK];
	uint64_t done = 0;
	size_t len;

	while (done < INPUT_SIZE && (len = input_get(p, bytes, chain_part(chain, true, done)))) {
		if (virtq_write(ring, chain, done, bytes, len) < 0)
			return -EFAULT;
		done += len;
	}
	return (int)done;
}

static void receive(struct port *p, unsigned q)
{
	struct virtio_device *d = &p->owner->virtio;
	unsigned i;

	for (i = 0; i < CHUNKS_A_TURN && input_waits(p) && virtio_pop(d, q, &p->owner->chain); i++) {
		int n = chain_fill(p, &d->queues[q].ring);

		if (n < 0) {
			virtio_broken(d, "a buffer for input that is not mapped");
			return;
		}
		virtio_push(d, q, p->owner->chain.handle, (uint32_t)n);
	}
	if (!i)
		return;
	virtio_flush(d, q);
	chr_input_ready(p->chr);
	if (i == CHUNKS_A_TURN)
		doorbell_ring(&d->queues[q].bell);
}

void console_port_open(struct port *p, bool open)
{
	pthread_mutex_lock(&p->owner->lock);
	p->open = open;
	pthread_mutex_unlock(&p->owner->lock);
	if (!open)
		return;
	chr_input_ready(p->chr);
	doorbell_ring(&p->owner->virtio.queues[console_input_queue(p)].bell);
}

static void port_open_once(struct port *p)
{
	bool open;

	pthread_mutex_lock(&p->owner->lock);
	open = p->open;
	pthread_mutex_unlock(&p->owner->lock);
	if (!open)
		console_port_open(p, true);
}

/* Output to a port that is not there is taken, and is nowhere. */
static void swallow(struct virtio_console *c, unsigned q)
{
	unsigned i;

	for (i = 0; i < QUEUE_SIZE && virtio_pop(&c->virtio, q, &c->chain); i++)
		virtio_push(&c->virtio, q, c->chain.handle, 0);
	if (i)
		virtio_flush(&c->virtio, q);
	if (i == QUEUE_SIZE)
		doorbell_ring(&c->virtio.queues[q].bell);
}

static void queue_ready(struct virtio_device *d, unsigned q)
{
	struct virtio_console *c = console_of(d);
	bool multiport = d->accepted & CONSOLE_MULTIPORT;
	struct port *p;

	if (q >= CONSOLE_CONTROL_IN && !multiport)
		return;
	if (q == CONSOLE_CONTROL_IN) {
		console_control_tell(c);
		return;
	}
	if (q == CONSOLE_CONTROL_OUT) {
		console_control_take(c);
		return;
	}
	p = port_of(c, q);
	if (p && q % 2) {
		transmit(p, q);
	} else if (p) {
		/* without control messages its only port is open while it runs */
		if (!multiport)
			port_open_once(p);
		receive(p, q);
	} else if (q % 2) {
		swallow(c, q);
	}
}

static void queue_cleared(struct virtio_device *d, unsigned q)
{
	struct virtio_console *c = console_of(d);

	if (q % 2 && q != CONSOLE_CONTROL_OUT)
		c->ports[q < CONSOLE_CONTROL_IN ? 0 : q / 2 - 1].sent = 0;
}

static void config_reset(struct virtio_device *d)
{
	struct virtio_console *c = console_of(d);

	pthread_mutex_lock(&c->lock);
	for (unsigned i = 0; i < c->port_count; i++) {
		struct port *p = &c->ports[i];

		p->ready = p->open = p->told = false;
		p->due = 0;
		bytering_clear(&p->input);
	}
	pthread_mutex_unlock(&c->lock);
}

/* 5.3.4: a byte that needs no queue, from a driver that has none or cannot use it. */
static void config_write(struct virtio_device *d, unsigned offset, unsigned len, uint32_t value)
{
	uint8_t byte = (uint8_t)value;

	/* where there is no room nobody can wait for any */
	if (offset == CONFIG_EMERG && (d->offered & F_EMERG_WRITE) &&
	    chr_write(console_of(d)->ports[0].chr, &byte, 1) < 0)
		log_guest("virtio console: no room for an emergency write");
}

/* The back end, on the loop thread. */

static size_t input_came(void *ctx, const uint8_t *buf, size_t len)
{
	struct port *p = ctx;
	size_t taken;

	pthread_mutex_lock(&p->owner->lock);
	taken = p->open ? bytering_put(&p->input, buf, len) : 0;
	pthread_mutex_unlock(&p->owner->lock);
	if (taken)
		doorbell_ring(&p->owner->virtio.queues[console_input_queue(p)].bell);
	return taken;
}

static void room_came(void *ctx)
{
	struct port *p = ctx;

	doorbell_ring(&p->owner->virtio.queues[console_input_queue(p) + 1].bell);
}

static void reader_came(void *ctx, bool attached)
{
	struct port *p = ctx;

	pthread_mutex_lock(&p->owner->lock);
	p->attached = attached;
	pthread_mutex_unlock(&p->owner->lock);
	doorbell_ring(&p->owner->virtio.queues[CONSOLE_CONTROL_IN].bell);
}

static const struct chr_listener listener = {.room = room_came, .attached = reader_came};

static const struct virtio_class console_class = {
	.id = 3,
	.class_code = 0x078000,
	.node_name = "communication-controller",
	.queue_ready = queue_ready,
	.queue_cleared = queue_cleared,
	.config_write = config_write,
	.config_reset = config_reset,
};

static void ports_free(struct virtio_console *c)
{
	for (unsigned i = 0; i < c->port_count; i++)
		bytering_done(&c->ports[i].input);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

/* Terminals come first, and where there is none the first place stays free. */
static int ports_place(struct virtio_console *c, const struct virtio_console_port *ports, unsigned count)
{
	for (unsigned terminal = 2; terminal-- > 0;) {
		if (!terminal && !c->port_count)
			c->ports[c->port_count++].owner = c;
		for (unsigned i = 0; i < count; i++) {
			struct port *p = &c->ports[c->port_count];

			if (ports[i].terminal != terminal)
				continue;
			if (c->port_count == VIRTIO_CONSOLE_PORTS_MAX)
				return -ENOSPC;
			*p = (struct port){.owner = c, .chr = ports[i].chr, .name = ports[i].name,
					   .terminal = terminal};
			if (bytering_init(&p->input, INPUT_SIZE) < 0)
				return -ENOMEM;
			c->port_count++;
		}
	}
	return 0;
}

int virtio_console_new(struct iothread *thread, const struct virtio_console_port *ports, unsigned count,
		       struct virtio_console **ret_device)
{
	struct virtio_console *c = calloc(1, sizeof(*c));
	int r;

	if (!c)
		return -ENOMEM;
	pthread_mutex_init(&c->lock, NULL);
	r = ports_place(c, ports, count);
	if (r == 0)
		r = virtio_init(&c->virtio, &console_class, thread, 2 * (c->port_count + 1), QUEUE_SIZE,
				CONSOLE_MULTIPORT | (c->ports[0].chr ? F_EMERG_WRITE : 0));
	if (r < 0) {
		ports_free(c);
		return r;
	}
	store_le32(c->virtio.config + CONFIG_PORTS, c->port_count);
	c->virtio.config_len = CONFIG_SIZE;
	for (unsigned i = 0; i < c->port_count; i++)
		if (c->ports[i].chr) {
			chr_set_input(c->ports[i].chr, input_came, &c->ports[i]);
			chr_listen(c->ports[i].chr, &listener, &c->ports[i]);
		}
	*ret_device = c;
	return 0;
}

void virtio_console_free(struct virtio_console *c)
{
	if (!c)
		return;
	for (unsigned i = 0; i < c->port_count; i++)
		if (c->ports[i].chr) {
			chr_listen(c->ports[i].chr, NULL, NULL);
			chr_set_input(c->ports[i].chr, NULL, NULL);
		}
	virtio_done(&c->virtio);
	ports_free(c);
}

struct virtio_device *virtio_console_device(struct virtio_console *c)
{
	return &c->virtio;
}
