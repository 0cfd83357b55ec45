/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of a device that somebody else serves. All on its I/O thread. */
#ifndef PAPRIKA_VIRTIO_VHOST_IMPL_H
#define PAPRIKA_VIRTIO_VHOST_IMPL_H

#include <stddef.h>

#include <stdatomic.h>

#include "devices/virtio/vhost.h"
#include "vmm/io/vhost_user.h"

#define VHOST_QUEUE_SIZE 256u

/* Of the memory that rings of ours are in, each queue's part: the available ring, then the used one. */
#define RELAY_STRIDE  8192u
#define RELAY_USED_AT 4096u

struct vhost_relay;

/* A kind of device, where it matters who serves it. Any function may be NULL. */
struct vhost_kind {
	/* Not the process at a socket serves it, but v->back: v->name, v->served and what else is its own; and the end
	 * of that. */
	int (*open)(struct vhost_device *v, const struct vhost_params *params, const char **ret_why);
	void (*close)(struct vhost_device *v);
	uint16_t id;
	uint32_t class_code;
	const char *node_name;
	uint64_t features; /* of its own, that may be offered if the back end has them */
	uint64_t ours;     /* that need no back end */
	/* Of those at a socket: */
	unsigned queues;   /* that are always there; queues of requests come behind them */
	bool requests;     /* there are such */
	unsigned config_len;
	/* What is asked of the back end ends by itself, and is waited for before a queue is stopped. */
	bool drains;
	/* The configuration is ours, not the back end's. */
	void (*config_init)(struct virtio_device *d, const struct vhost_params *params);
	/* Once, with the configuration as it came: whatever the back end needs to be told first. Negative errno of exchanges. */
	int (*prepare)(struct vhost_device *v, const uint8_t *config);
	/* A configuration that came, made to say what is true here. */
	void (*config_fix)(struct virtio_device *d, uint8_t *config);
	/* Whether the driver may write this. */
	bool (*config_writable)(const struct virtio_device *d, unsigned offset, unsigned len);
	/* Without a back end: answers the chain, which it has pushed when it returns, or keeps it for good. NULL: that cannot be
	 * said. */
	void (*fail)(struct virtio_device *d, unsigned q, const struct virtq_chain *c);
	/* The back end has gone: what the driver can be told of that. */
	void (*gone)(struct virtio_device *d);
	/* Whether queue @q, below v->served, is the back end's now. NULL: always. */
	bool (*serves)(const struct vhost_device *v, unsigned q);
	/* Before queues begin, of a driver that runs; and after queues have ended. */
	void (*prelude)(struct vhost_device *v);
	void (*epilogue)(struct vhost_device *v);
	/* There may be chains in queue @q, which is not the back end's. */
	void (*own_ready)(struct vhost_device *v, unsigned q);
	/* As at power-on; under the lock. */
	void (*reset)(struct vhost_device *v);
};

extern const struct vhost_kind vhost_blk_kind, vhost_net_kind, vhost_tap_kind, vhost_vsock_kind;

/* vhost_net.c: a frame that is sent is lost; buffers for frames that will not come are kept. The link is down. */
void vhost_net_fail(struct virtio_device *d, unsigned q, const struct virtq_chain *c);
void vhost_net_gone(struct virtio_device *d);

struct vhost_queue {
	struct vhost_device *owner;
	unsigned index;
	bool started;         /* the back end has it */
	bool goes_on;         /* it had it, and would go on at @base */
	uint16_t base;
	struct doorbell call; /* the back end rings it */
	struct doorbell kick; /* with a relay: of the back end */
	struct vhost_relay *relay;
};

struct vhost_device {
	struct virtio_device virtio;
	struct virtio_class class;
	const struct vhost_kind *kind;
	char *name; /* of who serves it, for messages */
	struct vhost_back *back; /* NULL: a description alone */
	struct vhost_user *user; /* the same, if it is another process */
	void *own; /* its kind's */
	unsigned served; /* so many queues, the first ones; the kind's own come behind */
	unsigned own_queues;
	uint32_t bells_seen; /* of those served, bells that we wait for as well */
	bool relayed, lost;
	uint64_t features; /* that the back end offers */
	uint64_t ours; /* that need none, and of which it is not told */
	uint64_t told;     /* those that it was told of, if it was */
	bool told_once;
	bool config_written; /* under the lock: from here on, and so much */
	unsigned config_at, config_bytes;
	const struct ram *ram;
	struct gmem *mem;
	struct ram rings; /* of the relays */
	struct vhost_queue queues[VIRTIO_QUEUES_MAX];
};

static inline struct vhost_device *vhost_of(struct virtio_device *d)
{
	return (struct vhost_device *)((uint8_t *)d - offsetof(struct vhost_device, virtio));
}

/* vhost.c: the functions of its class, and those for what is watched. */
void vhost_changed(struct virtio_device *d);
void vhost_queue_ready(struct virtio_device *d, unsigned n);
void vhost_queue_cleared(struct virtio_device *d, unsigned n);
void vhost_config_reset(struct virtio_device *d);
unsigned vhost_in_flight(struct virtio_device *d, unsigned n);
void vhost_call_rung(void *queue);
void vhost_back_stirred(void *device);
/* The back end is given up, for the error @r of an exchange. */
void vhost_lost_by(struct vhost_device *v, int r);

/* vhost_config.c: what the back end has; what it says of it; what the driver wrote, which it does on a vCPU's thread, and
 * of which the back end hears later. */
__must_check int vhost_config_get(struct vhost_device *v, uint8_t *config);
void vhost_request_came(void *device);
void vhost_config_write(struct virtio_device *d, unsigned offset, unsigned len, uint32_t value);
void vhost_config_tell(struct vhost_device *v);

/* vhost_relay.c */

/* @rings: RELAY_STRIDE bytes that the back end has, too. -ENOMEM. */
__must_check int vhost_relay_new(uint8_t *rings, struct vhost_relay **ret_relay);
void vhost_relay_free(struct vhost_relay *r);
/* Empty rings. */
void vhost_relay_begin(struct vhost_relay *r);
const void *vhost_relay_avail(const struct vhost_relay *r);
const void *vhost_relay_used(const struct vhost_relay *r);
unsigned vhost_relay_in_flight(const struct vhost_relay *r);
/* What the driver made available, to the back end. */
void vhost_relay_forward(struct vhost_queue *q);
/* What the back end used, to the driver. -EPROTO: its ring is broken. */
__must_check int vhost_relay_collect(struct vhost_queue *q);
/* With a kind that can fail: what is in flight, and what comes. */
void vhost_relay_fail(struct vhost_queue *q);

#endif
