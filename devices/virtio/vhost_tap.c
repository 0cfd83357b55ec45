/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A network between taps and queues that the host's kernel serves (vmm/io/vhost_kernel.h): VIRTIO 1.2, 5.1. Checksums
 * and segments are the taps' to know of; of commands there is the one that nobody else can do, which pairs are in use.
 * Frames are not filtered, so that nothing is offered that would ask for it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devices/virtio/net_impl.h"
#include "devices/virtio/vhost_impl.h"
#include "vmm/base/byteorder.h"
#include "vmm/io/net.h"
#include "vmm/io/vhost_kernel.h"

#define CLASS_MQ     4u
#define MQ_PAIRS_SET 0u
#define COMMAND_LEN  4u /* class, command, number of pairs */
#define ANSWER_OK    0u
#define ANSWER_ERROR 1u

struct taps {
	unsigned pairs;
	struct net *nets[NET_QUEUES_MAX];
	bool in_use[NET_QUEUES_MAX]; /* as the tap was told */
	atomic_uint active;          /* the first ones, which the driver uses */
	uint64_t applied;            /* the features that the tap was told of */
	struct virtq_chain chain;
};

/* A queue that nobody reads would swallow its share of what comes. */
static void pair_use(struct taps *t, unsigned i, bool in_use)
{
	if (t->in_use[i] == in_use)
		return;
	t->in_use[i] = in_use;
	net_set_in_use(t->nets[i], in_use);
}

/* Queues of a tap that is not in use cannot begin. */
static void prelude(struct vhost_device *v)
{
	struct taps *t = v->own;
	uint64_t f = v->virtio.accepted;

	for (unsigned i = 0; i < t->active; i++)
		pair_use(t, i, true);
	if (f == t->applied)
		return;
	t->applied = f;
	net_set_offloads(t->nets[0], net_offloads_of(f));
}

static void epilogue(struct vhost_device *v)
{
	struct taps *t = v->own;

	for (unsigned i = t->active; i < t->pairs; i++)
		pair_use(t, i, false);
}

static bool serves(const struct vhost_device *v, unsigned q)
{
	const struct taps *t = v->own;

	return q / 2 < t->active;
}

static void reset(struct vhost_device *v)
{
	struct taps *t = v->own;

	t->active = 1;
}

static bool command_do(struct vhost_device *v, const uint8_t *command)
{
	struct taps *t = v->own;
	unsigned count = load_le16(command + 2);

	if (command[0] != CLASS_MQ || command[1] != MQ_PAIRS_SET || !(v->virtio.accepted & F_MQ) || !count ||
	    count > t->pairs)
		return false;
	t->active = count;
	vhost_changed(&v->virtio);
	return true;
}

/* A driver that knows of one pair alone finds the commands' queue right behind that. */
static void own_ready(struct vhost_device *v, unsigned q)
{
	struct virtio_device *d = &v->virtio;
	struct taps *t = v->own;
	struct virtq_chain *c = &t->chain;
	struct virtq *ring = &d->queues[q].ring;

	if (!(d->accepted & F_CTRL_VQ) || q != (d->accepted & F_MQ ? 2 * t->pairs : 2))
		return;
	while (virtio_pop(d, q, c)) {
		uint8_t command[COMMAND_LEN], answer = ANSWER_ERROR;

		if (c->readable_len == COMMAND_LEN && virtq_read(ring, c, 0, command, COMMAND_LEN) == 0 &&
		    command_do(v, command))
			answer = ANSWER_OK;
		if (virtq_write(ring, c, 0, &answer, sizeof(answer)) < 0) {
			virtio_broken(d, "a command without a place for its answer");
			return;
		}
		virtio_push(d, q, c->handle, sizeof(answer));
		virtio_flush(d, q);
	}
}

static int taps_open(struct vhost_device *v, struct taps *t, const struct vhost_params *p, const char **ret_why)
{
	int r = 0;

	for (unsigned i = 0; i < t->pairs && r == 0; i++) {
		t->in_use[i] = true;
		r = net_open(&(struct net_params){.kind = NET_TAP, .ifname = p->ifname, .queues = t->pairs,
						  .describe = p->describe, .thread = p->thread}, &t->nets[i], ret_why);
		if (r == 0 && v->back)
			vhost_net_tap_set(v->back, i, net_fd(t->nets[i]));
	}
	return r;
}

static int tap_open(struct vhost_device *v, const struct vhost_params *p, const char **ret_why)
{
	struct taps *t = calloc(1, sizeof(*t));
	int r;

	v->own = t;
	if (!t || asprintf(&v->name, "vhost-net %s", p->ifname) < 0)
		return -ENOMEM;
	t->pairs = p->queues;
	t->active = 1;
	r = taps_open(v, t, p, ret_why);
	if (r < 0)
		return r;
	v->served = 2 * t->pairs;
	v->ours = F_MAC | F_STATUS | net_features_of(net_offloads(t->nets[0]));
	if (t->pairs > 1) {
		v->own_queues = 1;
		v->bells_seen = 1u << 2;
		v->ours |= F_CTRL_VQ | F_MQ;
	}
	if (v->back)
		epilogue(v);
	return 0;
}

static void tap_close(struct vhost_device *v)
{
	struct taps *t = v->own;

	for (unsigned i = 0; t && i < t->pairs; i++)
		net_close(t->nets[i]);
	free(t);
}

static void config_init(struct virtio_device *d, const struct vhost_params *p)
{
	vhost_net_kind.config_init(d, p);
	store_le16(d->config + CONFIG_PAIRS, (uint16_t)p->queues);
}

const struct vhost_kind vhost_tap_kind = {
	.id = 1,
	.class_code = 0x020000,
	.node_name = "ethernet",
	.open = tap_open,
	.close = tap_close,
	.features = F_MRG_RXBUF,
	.config_len = NET_CONFIG_SIZE,
	.config_init = config_init,
	.fail = vhost_net_fail,
	.gone = vhost_net_gone,
	.serves = serves,
	.prelude = prelude,
	.epilogue = epilogue,
	.own_ready = own_ready,
	.reset = reset,
};
