/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames between the queues and the back end, and the driver's commands. */
#include "devices/virtio/net.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "devices/virtio/net_filter.h"
#include "devices/virtio/net_impl.h"
#include "vmm/base/byteorder.h"

#define CLASS_MQ     4u /* those below are net_filter.h's */
#define MQ_PAIRS_SET 0u
#define COMMAND_HEAD 2u
#define COMMAND_MAX  (COMMAND_HEAD + 2 * (4 + 6 * NET_FILTER_MACS)) /* bytes of a command that are looked at */
#define ANSWER_OK    0u
#define ANSWER_ERROR 1u

#define QUEUE_SIZE    256u
#define PIECES_MAX    512u /* of host memory, for one frame */
#define BUFFERS_MAX   64u  /* that one frame is spread over */
#define BATCH         64u  /* frames, before others have their turn */
#define FRAME_MIN     (NET_HEADER + 14u)
#define NUM_BUFFERS   10u /* its offset in the header */

/* A queue to receive, @rx, one to send, @tx, and the back end's own behind them. */
struct pair {
	struct virtio_net *owner;
	struct net *net;
	unsigned rx, tx;
	bool in_use;      /* as the back end was told */
	size_t frame_len; /* of a frame that waits for buffers; 0: none */
	uint8_t frame[NET_FRAME_MAX];
};

struct virtio_net {
	struct virtio_device virtio;
	struct pair *pairs;
	unsigned pair_count, active; /* those from @active on are not in use */
	bool link;
	uint64_t applied; /* the features that the back end was told of */
	uint8_t mac[6];   /* at power-on */
	struct net_filter filter;
	struct virtq_chain chain;
	struct iovec count_iov[2]; /* of the frame's first buffer: where the number of buffers goes */
	unsigned count_pieces;
};

static struct virtio_net *net_of(struct virtio_device *d)
{
	return (struct virtio_net *)((uint8_t *)d - offsetof(struct virtio_net, virtio));
}

/* The features do not change while the driver runs. */
static void offloads_apply(struct virtio_net *n)
{
	uint64_t f = n->virtio.accepted;

	if (f == n->applied)
		return;
	n->applied = f;
	net_set_offloads(n->pairs[0].net, net_offloads_of(f));
}

/* A queue that nobody reads would swallow its share of what comes. */
static void pairs_apply(struct virtio_net *n)
{
	for (unsigned i = 0; i < n->pair_count; i++) {
		struct pair *p = &n->pairs[i];
		bool in_use = i < n->active;

		if (p->in_use == in_use)
			continue;
		p->in_use = in_use;
		p->frame_len = 0;
		net_set_in_use(p->net, in_use);
	}
}

/* -EAGAIN: not now. What is not a frame, or not mapped, is lost. */
static int frame_send(struct pair *p)
{
	struct virtio_net *n = p->owner;
	struct virtq *ring = &n->virtio.queues[p->tx].ring;
	const struct virtq_chain *c = &n->chain;
	struct iovec iov[PIECES_MAX];
	unsigned count = 0;

	if (c->readable_len < FRAME_MIN || c->readable_len > NET_FRAME_MAX)
		return 0;
	if (virtq_map(ring, c, false, 0, c->readable_len, iov, &count, PIECES_MAX) < 0)
		return 0;
	return net_send(p->net, iov, count);
}

static void transmit(struct pair *p)
{
	struct virtio_net *n = p->owner;
	struct virtio_device *d = &n->virtio;
	unsigned i;

	for (i = 0; i < BATCH && virtio_pop(d, p->tx, &n->chain); i++) {
		/* it waits in the ring until frames_came() */
		if (frame_send(p) == -EAGAIN) {
			virtio_unpop(d, p->tx, 1, n->chain.handle.descs);
			break;
		}
		virtio_push(d, p->tx, n->chain.handle, 0);
	}
	if (i)
		virtio_flush(d, p->tx);
	if (i == BATCH)
		doorbell_ring(&d->queues[p->tx].bell);
}

struct used {
	struct virtq_handle handle;
	uint32_t len;
};

/* Where in the first buffer the number of buffers is. */
static bool count_find(struct virtio_net *n, struct virtq *ring, size_t part)
{
	n->count_pieces = 0;
	return part >= NET_HEADER &&
	       virtq_map(ring, &n->chain, true, NUM_BUFFERS, 2, n->count_iov,
			 &n->count_pieces, 2) == 0;
}

/* The frame into as many buffers as it needs: their number, 0 if there are too few, or -1 if it does not
 * fit what the driver gives. */
static int frame_spread(struct pair *p, struct used *used)
{
	struct virtio_net *n = p->owner;
	struct virtio_device *d = &n->virtio;
	struct virtq *ring = &d->queues[p->rx].ring;
	unsigned most = d->accepted & F_MRG_RXBUF ? BUFFERS_MAX : 1, count = 0, descs = 0;
	size_t done = 0;

	store_le16(p->frame + NUM_BUFFERS, 1);
	while (done < p->frame_len) {
		size_t part = p->frame_len - done;

		if (count == most || !virtio_pop(d, p->rx, &n->chain))
			break;
		descs += n->chain.handle.descs;
		if (part > n->chain.writable_len)
			part = n->chain.writable_len;
		used[count++] = (struct used){.handle = n->chain.handle, .len = (uint32_t)part};
		if (done == 0 && !count_find(n, ring, part))
			return -(int)count;
		if (virtq_write(ring, &n->chain, 0, p->frame + done, part) < 0)
			return -(int)count;
		done += part;
	}
	if (done == p->frame_len)
		return (int)count;
	if (count == most)
		return -(int)count;
	virtio_unpop(d, p->rx, count, descs);
	return 0;
}

/* The header of a frame in several buffers tells how many. */
static void count_store(struct virtio_net *n, unsigned count)
{
	uint8_t bytes[2], *from = bytes;

	store_le16(bytes, (uint16_t)count);
	for (unsigned i = 0; i < n->count_pieces; i++) {
		memcpy(n->count_iov[i].iov_base, from, n->count_iov[i].iov_len);
		from += n->count_iov[i].iov_len;
	}
	dma_written(&n->virtio.pci.dma, n->count_iov, n->count_pieces);
}

/* True if the frame is gone, to the guest or for want of fitting. */
static bool frame_deliver(struct pair *p)
{
	struct virtio_net *n = p->owner;
	struct used used[BUFFERS_MAX];
	int r = frame_spread(p, used);

	if (r == 0)
		return false;
	if (r > 1)
		count_store(n, (unsigned)r);
	/* buffers that will not do go back empty */
	for (int i = 0; i < abs(r); i++)
		virtio_push(&n->virtio, p->rx, used[i].handle, r > 0 ? used[i].len : 0);
	return true;
}

/* The next one that the driver wants, or has not taken yet: false if there is none, or @budget is used up. */
static bool frame_next(struct pair *p, unsigned *budget)
{
	struct virtio_net *n = p->owner;

	while (!p->frame_len && *budget) {
		p->frame_len = net_receive(p->net, p->frame);
		if (!p->frame_len)
			return false;
		--*budget;
		if (!net_filter_passes(&n->filter, n->virtio.accepted & F_CTRL_VLAN, p->frame + NET_HEADER,
				       p->frame_len - NET_HEADER))
			p->frame_len = 0;
	}
	return p->frame_len;
}

static void receive(struct pair *p)
{
	struct virtio_device *d = &p->owner->virtio;
	unsigned budget = BATCH;
	bool any = false;

	while (virtio_queue_active(d, p->rx) && frame_next(p, &budget) && frame_deliver(p)) {
		p->frame_len = 0;
		any = true;
	}
	if (any)
		virtio_flush(d, p->rx);
	if (!budget)
		doorbell_ring(&d->queues[p->rx].bell);
}

/* Who has gone does not come back. */
static void link_check(struct virtio_net *n)
{
	static const uint8_t down[2];

	if (n->link && !net_link(n->pairs[0].net)) {
		n->link = false;
		virtio_config_set(&n->virtio, CONFIG_STATUS, down, sizeof(down));
	}
}

/* VIRTIO 1.2, 5.1.2: a driver that knows of one pair alone finds it right behind that. */
static unsigned control_queue(const struct virtio_net *n)
{
	return n->virtio.accepted & F_MQ ? 2 * n->pair_count : 2;
}

static bool pairs_set(struct virtio_net *n, const uint8_t *data, uint64_t len)
{
	unsigned count = len == 2 ? load_le16(data) : 0;

	if (!count || count > n->pair_count)
		return false;
	n->active = count;
	pairs_apply(n);
	/* what was given to those that were not in use */
	for (unsigned q = 0; q < 2 * count; q++)
		doorbell_ring(&n->virtio.queues[q].bell);
	return true;
}

/* The feature that a driver must have accepted for a command; 0: there is no such command. */
static uint64_t command_feature(unsigned class, unsigned command)
{
	switch (class) {
	case NET_FILTER_MODE:
		return command <= NET_FILTER_ALLMULTI ? F_CTRL_RX : F_CTRL_EXTRA;
	case NET_FILTER_MAC:
		return command == NET_FILTER_MAC_TABLE ? F_CTRL_RX : F_CTRL_MAC;
	case NET_FILTER_VLAN:
		return F_CTRL_VLAN;
	case CLASS_MQ:
		return command == MQ_PAIRS_SET ? F_MQ : 0;
	default:
		return 0;
	}
}

/* Its first @have bytes are in @command, of @len in all. */
static bool command_do(struct virtio_net *n, const uint8_t *command, size_t have, uint64_t len)
{
	const uint8_t *data = command + COMMAND_HEAD;

	have -= COMMAND_HEAD;
	len -= COMMAND_HEAD;
	if (!(n->virtio.accepted & command_feature(command[0], command[1])))
		return false;
	if (command[0] == CLASS_MQ)
		return pairs_set(n, data, len);
	if (!net_filter_command(&n->filter, command[0], command[1], data, have, len))
		return false;
	if (memcmp(n->virtio.config, n->filter.mac, 6) != 0)
		virtio_config_set(&n->virtio, 0, n->filter.mac, 6);
	return true;
}

static void commands_take(struct virtio_net *n, unsigned q)
{
	struct virtio_device *d = &n->virtio;
	struct virtq *ring = &d->queues[q].ring;
	struct virtq_chain *c = &n->chain;

	while (virtio_pop(d, q, c)) {
		uint8_t command[COMMAND_MAX], answer;
		size_t have = c->readable_len < sizeof(command) ? (size_t)c->readable_len : sizeof(command);

		if (have < COMMAND_HEAD || virtq_read(ring, c, 0, command, have) < 0) {
			virtio_broken(d, "a command without a header, or that is not mapped");
			return;
		}
		answer = command_do(n, command, have, c->readable_len) ? ANSWER_OK : ANSWER_ERROR;
		if (virtq_write(ring, c, 0, &answer, sizeof(answer)) < 0) {
			virtio_broken(d, "a command without a place for its answer");
			return;
		}
		virtio_push(d, q, c->handle, sizeof(answer));
		virtio_flush(d, q);
	}
}

static void queue_ready(struct virtio_device *d, unsigned q)
{
	struct virtio_net *n = net_of(d);

	offloads_apply(n);
	pairs_apply(n);
	if ((d->accepted & F_CTRL_VQ) && q == control_queue(n))
		commands_take(n, q);
	else if (q / 2 < n->active && q % 2 == 0)
		receive(&n->pairs[q / 2]);
	else if (q / 2 < n->active)
		transmit(&n->pairs[q / 2]);
	link_check(n);
}

static void frames_came(void *ctx)
{
	struct pair *p = ctx;
	struct virtio_net *n = p->owner;

	pairs_apply(n);
	net_flush(p->net);
	if (p->in_use && virtio_queue_active(&n->virtio, p->rx))
		receive(p);
	if (p->in_use && virtio_queue_active(&n->virtio, p->tx))
		transmit(p);
	link_check(n);
}

static void config_reset(struct virtio_device *d)
{
	struct virtio_net *n = net_of(d);

	n->active = 1;
	net_filter_reset(&n->filter, n->mac);
	memcpy(d->config, n->mac, 6);
}

/* A frame bare of a header cannot leave anything to its receiver. */
static uint64_t features_of(const struct virtio_net *n)
{
	return F_MAC | F_MRG_RXBUF | F_STATUS | F_CTRL_VQ | F_CTRL_RX | F_CTRL_EXTRA | F_CTRL_VLAN | F_CTRL_MAC |
	       (n->pair_count > 1 ? F_MQ : 0) | net_features_of(net_offloads(n->pairs[0].net));
}

static const struct virtio_class net_class = {
	.id = 1,
	.class_code = 0x020000,
	.node_name = "ethernet",
	.queue_ready = queue_ready,
	.config_reset = config_reset,
};

static int pairs_open(struct virtio_net *n, const struct net_params *params, const char **ret_why)
{
	struct net_params p = *params;
	int r = 0;

	p.ready = frames_came;
	for (unsigned i = 0; i < n->pair_count && r == 0; i++) {
		n->pairs[i] = (struct pair){.owner = n, .rx = 2 * i, .tx = 2 * i + 1, .in_use = true};
		p.ctx = &n->pairs[i];
		r = net_open(&p, &n->pairs[i].net, ret_why);
	}
	return r;
}

static void net_free(struct virtio_net *n)
{
	for (unsigned i = 0; n->pairs && i < n->pair_count; i++)
		net_close(n->pairs[i].net);
	free(n->pairs);
	free(n);
}

int virtio_net_new(const struct net_params *params, const uint8_t mac[6],
		   struct virtio_net **ret_device, const char **ret_why)
{
	struct virtio_net *n = calloc(1, sizeof(*n));
	int r;

	if (!n)
		return -ENOMEM;
	n->pair_count = params->queues ? params->queues : 1;
	n->pairs = calloc(n->pair_count, sizeof(*n->pairs));
	r = n->pairs ? pairs_open(n, params, ret_why) : -ENOMEM;
	if (r == 0)
		r = virtio_init(&n->virtio, &net_class, params->thread, 2 * n->pair_count + 1, QUEUE_SIZE,
				features_of(n));
	if (r < 0) {
		net_free(n);
		return r;
	}
	n->link = true;
	memcpy(n->mac, mac, 6);
	config_reset(&n->virtio);
	pairs_apply(n);
	store_le16(n->virtio.config + CONFIG_STATUS, LINK_UP);
	store_le16(n->virtio.config + CONFIG_PAIRS, (uint16_t)n->pair_count);
	n->virtio.config_len = NET_CONFIG_SIZE;
	*ret_device = n;
	return 0;
}

void virtio_net_free(struct virtio_net *n)
{
	if (!n)
		return;
	virtio_done(&n->virtio);
	net_free(n);
}

struct virtio_device *virtio_net_device(struct virtio_net *n)
{
	return &n->virtio;
}
