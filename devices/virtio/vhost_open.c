/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The making of a device that somebody else serves. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devices/virtio/vhost_impl.h"

#define RINGS_GPA (1ull << 48) /* where no RAM is */

static const struct vhost_kind *const kinds[VHOST_KINDS] = {
	[VHOST_BLK] = &vhost_blk_kind, [VHOST_NET] = &vhost_net_kind,
	[VHOST_TAP] = &vhost_tap_kind, [VHOST_VSOCK] = &vhost_vsock_kind,
};

static int memory_give(struct vhost_device *v)
{
	const struct vhost_region regions[] = {
		{.gpa = 0, .size = v->ram->size, .hva = v->ram->hva, .fd = v->ram->fd},
		{.gpa = RINGS_GPA, .size = v->rings.size, .hva = v->rings.hva, .fd = v->rings.fd},
	};

	return vhost_back_memory_set(v->back, regions, v->relayed ? 2 : 1);
}

static int queue_open(struct vhost_device *v, unsigned n)
{
	struct vhost_queue *q = &v->queues[n];
	int r;

	*q = (struct vhost_queue){.owner = v, .index = n, .call.fd = -1, .kick.fd = -1};
	r = doorbell_open(&q->call);
	if (r == 0)
		r = iothread_watch(v->virtio.thread, q->call.fd, vhost_call_rung, q);
	if (r == 0 && v->user)
		r = vhost_user_wait_for(v->user, q->call.fd);
	if (r == 0 && !v->relayed)
		virtio_call_add(&v->virtio, n, q->call.fd);
	if (r == 0 && v->relayed)
		r = doorbell_open(&q->kick);
	if (r == 0 && v->relayed)
		r = vhost_relay_new(v->rings.hva + n * RELAY_STRIDE, &q->relay);
	return r;
}

static int watch(struct vhost_device *v)
{
	struct iothread *t = v->virtio.thread;
	int fd = vhost_user_request_fd(v->user);
	int r = iothread_watch_edges(t, vhost_user_fd(v->user), vhost_back_stirred, v);

	if (r == 0 && fd >= 0)
		r = iothread_watch_edges(t, fd, vhost_request_came, v);
	return r;
}

/* Everything that the back end needs before a driver begins. */
static int back_open(struct vhost_device *v, const char **ret_why)
{
	struct virtio_device *d = &v->virtio;
	int r = 0;

	*ret_why = NULL;
	if (v->relayed)
		r = ram_open(&v->rings, (uint64_t)VIRTIO_QUEUES_MAX * RELAY_STRIDE);
	for (unsigned i = 0; i < v->served && r == 0; i++)
		r = queue_open(v, i);
	if (r == 0)
		r = memory_give(v);
	if (r < 0 || !v->user)
		return r;
	if (!v->kind->config_init)
		r = vhost_config_get(v, d->config);
	if (r == 0 && v->kind->prepare) {
		r = v->kind->prepare(v, d->config);
		if (r == 0)
			r = vhost_config_get(v, d->config);
	}
	*ret_why = "its back end has no configuration to offer";
	if (r == -ENOTSUP)
		r = -EINVAL;
	return r == 0 ? watch(v) : r;
}

/* Not what a ring of another form would need; the rest where the back end can, or a relay does it. */
static void features_limit(struct vhost_device *v)
{
	struct virtio_device *d = &v->virtio;

	d->offered &= ~VIRTIO_F_RING_PACKED;
	if (!(v->features & VIRTIO_F_INDIRECT_DESC))
		d->offered &= ~VIRTIO_F_INDIRECT_DESC;
	if (!v->relayed && !(v->features & VIRTIO_F_EVENT_IDX))
		d->offered &= ~VIRTIO_F_EVENT_IDX;
}

/* Those that are always there are, whatever the back end says of queues: of a network it may mean pairs. */
static unsigned queue_count(const struct vhost_device *v, const struct vhost_params *p)
{
	unsigned served = v->user ? vhost_user_queues(v->user) : 0, requests = p->queues;

	if (!v->kind->requests)
		return v->kind->queues;
	if (v->user && served <= v->kind->queues + 1)
		requests = 1;
	else if (v->user && requests > served - v->kind->queues)
		requests = served - v->kind->queues;
	return v->kind->queues + requests;
}

/* The process that serves it, and how many queues there are of it. */
static int user_open(struct vhost_device *v, const struct vhost_params *p, const char **ret_why)
{
	int r = asprintf(&v->name, "vhost-user %s", p->socket) < 0 ? -ENOMEM : 0;

	if (r == 0 && !p->describe)
		r = vhost_user_open(p->socket, &v->user, &v->features, ret_why);
	if (r == 0 && v->user)
		v->back = vhost_user_back(v->user);
	if (r == 0)
		v->served = queue_count(v, p);
	return r;
}

static uint32_t bells_elsewhere(const struct vhost_device *v)
{
	return v->relayed ? 0 : ((1u << v->served) - 1) & ~v->bells_seen;
}

static int device_init(struct vhost_device *v, const struct vhost_params *p)
{
	int r;

	v->class = (struct virtio_class){
		.id = v->kind->id,
		.class_code = v->kind->class_code,
		.node_name = v->kind->node_name,
		.direct = true,
		.bells_elsewhere = bells_elsewhere(v),
		.queue_ready = vhost_queue_ready,
		.in_flight = vhost_in_flight,
		.changed = vhost_changed,
		.config_write = vhost_config_write,
		.config_reset = vhost_config_reset,
		.queue_cleared = vhost_queue_cleared,
	};
	r = virtio_init(&v->virtio, &v->class, p->thread, v->served + v->own_queues, VHOST_QUEUE_SIZE,
			(v->features & v->kind->features) | v->kind->ours | v->ours);
	if (r < 0) {
		v->virtio.class = NULL; /* nothing is left of it */
		return r;
	}
	v->virtio.config_len = v->kind->config_len;
	if (v->kind->config_init)
		v->kind->config_init(&v->virtio, p);
	features_limit(v);
	return 0;
}

int vhost_device_new(const struct vhost_params *p, struct vhost_device **ret_device, const char **ret_why)
{
	struct vhost_device *v = calloc(1, sizeof(*v));
	int r;

	if (!v) {
		vhost_back_close(p->back);
		return -ENOMEM;
	}
	v->kind = kinds[p->kind];
	v->back = p->back;
	v->ram = p->ram;
	v->mem = p->mem;
	v->features = p->back ? p->back_features : ~0ull;
	v->relayed = !p->describe && gmem_has_write_hook(p->mem);
	r = v->kind->open ? v->kind->open(v, p, ret_why) : user_open(v, p, ret_why);
	if (r == 0)
		r = device_init(v, p);
	if (r == 0 && !p->describe)
		r = back_open(v, ret_why);
	if (r < 0) {
		vhost_device_free(v);
		return r;
	}
	*ret_device = v;
	return 0;
}

void vhost_device_free(struct vhost_device *v)
{
	if (!v)
		return;
	if (v->virtio.class)
		virtio_done(&v->virtio);
	for (unsigned i = 0; i < VIRTIO_QUEUES_MAX; i++) {
		struct vhost_queue *q = &v->queues[i];

		if (!q->owner)
			continue;
		doorbell_close(&q->call);
		doorbell_close(&q->kick);
		vhost_relay_free(q->relay);
	}
	vhost_back_close(v->back);
	if (v->kind->close)
		v->kind->close(v);
	if (v->rings.hva)
		ram_close(&v->rings);
	free(v->name);
	free(v);
}

struct virtio_device *vhost_device_virtio(struct vhost_device *v)
{
	return &v->virtio;
}
