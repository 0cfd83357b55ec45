/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames between the queues and the back end. */
#include "devices/virtio/net.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/base/byteorder.h"

#define F_CSUM       (1ull << 0)
#define F_GUEST_CSUM (1ull << 1)
#define F_MAC        (1ull << 5)
#define F_GUEST_TSO4 (1ull << 7)
#define F_GUEST_TSO6 (1ull << 8)
#define F_HOST_TSO4  (1ull << 11)
#define F_HOST_TSO6  (1ull << 12)
#define F_MRG_RXBUF  (1ull << 15)
#define F_STATUS     (1ull << 16)

#define RX 0
#define TX 1

#define QUEUE_SIZE    256u
#define PIECES_MAX    512u /* of host memory, for one frame */
#define BUFFERS_MAX   64u  /* that one frame is spread over */
#define BATCH         64u  /* frames, before others have their turn */
#define FRAME_MIN     (NET_HEADER + 14u)
#define NUM_BUFFERS   10u /* its offset in the header */
#define CONFIG_STATUS 6u
#define LINK_UP       1u

struct virtio_net {
	struct virtio_device virtio;
	struct net *net;
	bool link;
	uint64_t applied; /* the features that the back end was told of */
	size_t frame_len; /* of a frame that waits for buffers; 0: none */
	uint8_t frame[NET_FRAME_MAX];
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
	net_set_offloads(n->net, (f & F_GUEST_CSUM ? NET_CHECKSUM : 0) |
					 (f & F_GUEST_TSO4 ? NET_TSO4 : 0) |
					 (f & F_GUEST_TSO6 ? NET_TSO6 : 0));
}

/* -EAGAIN: not now. What is not a frame, or not mapped, is lost. */
static int frame_send(struct virtio_net *n)
{
	struct virtq *ring = &n->virtio.queues[TX].ring;
	const struct virtq_chain *c = &n->chain;
	struct iovec iov[PIECES_MAX];
	unsigned count = 0;

	if (c->readable_len < FRAME_MIN || c->readable_len > NET_FRAME_MAX)
		return 0;
	if (virtq_map(ring, c, false, 0, c->readable_len, iov, &count, PIECES_MAX) < 0)
		return 0;
	return net_send(n->net, iov, count);
}

static void transmit(struct virtio_net *n)
{
	struct virtio_device *d = &n->virtio;
	unsigned i;

	for (i = 0; i < BATCH && virtio_pop(d, TX, &n->chain); i++) {
		/* it waits in the ring until frames_came() */
		if (frame_send(n) == -EAGAIN) {
			virtio_unpop(d, TX, 1, n->chain.handle.descs);
			break;
		}
		virtio_push(d, TX, n->chain.handle, 0);
	}
	if (i)
		virtio_flush(d, TX);
	if (i == BATCH)
		doorbell_ring(&d->queues[TX].bell);
}

struct used {
	struct virtq_handle handle;
	uint32_t len;
};

/* Where in the first buffer the number of buffers is. */
static bool count_find(struct virtio_net *n, size_t part)
{
	n->count_pieces = 0;
	return part >= NET_HEADER &&
	       virtq_map(&n->virtio.queues[RX].ring, &n->chain, true, NUM_BUFFERS, 2, n->count_iov,
			 &n->count_pieces, 2) == 0;
}

/* The frame into as many buffers as it needs: their number, 0 if there are too few, or -1 if it does not
 * fit what the driver gives. */
static int frame_spread(struct virtio_net *n, struct used *used)
{
	struct virtio_device *d = &n->virtio;
	unsigned most = d->accepted & F_MRG_RXBUF ? BUFFERS_MAX : 1, count = 0, descs = 0;
	size_t done = 0;

	store_le16(n->frame + NUM_BUFFERS, 1);
	while (done < n->frame_len) {
		size_t part = n->frame_len - done;

		if (count == most || !virtio_pop(d, RX, &n->chain))
			break;
		descs += n->chain.handle.descs;
		if (part > n->chain.writable_len)
			part = n->chain.writable_len;
		used[count++] = (struct used){.handle = n->chain.handle, .len = (uint32_t)part};
		if (done == 0 && !count_find(n, part))
			return -(int)count;
		if (virtq_write(&d->queues[RX].ring, &n->chain, 0, n->frame + done, part) < 0)
			return -(int)count;
		done += part;
	}
	if (done == n->frame_len)
		return (int)count;
	if (count == most)
		return -(int)count;
	virtio_unpop(d, RX, count, descs);
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
static bool frame_deliver(struct virtio_net *n)
{
	struct virtio_device *d = &n->virtio;
	struct used used[BUFFERS_MAX];
	int r = frame_spread(n, used);

	if (r == 0)
		return false;
	if (r > 1)
		count_store(n, (unsigned)r);
	/* buffers that will not do go back empty */
	for (int i = 0; i < abs(r); i++)
		virtio_push(d, RX, used[i].handle, r > 0 ? used[i].len : 0);
	return true;
}

static void receive(struct virtio_net *n)
{
	struct virtio_device *d = &n->virtio;
	unsigned i;

	for (i = 0; i < BATCH && virtio_queue_active(d, RX); i++) {
		if (!n->frame_len)
			n->frame_len = net_receive(n->net, n->frame);
		if (!n->frame_len || !frame_deliver(n))
			break;
		n->frame_len = 0;
	}
	if (i)
		virtio_flush(d, RX);
	if (i == BATCH)
		doorbell_ring(&d->queues[RX].bell);
}

/* Who has gone does not come back. */
static void link_check(struct virtio_net *n)
{
	static const uint8_t down[2];

	if (n->link && !net_link(n->net)) {
		n->link = false;
		virtio_config_set(&n->virtio, CONFIG_STATUS, down, sizeof(down));
	}
}

static void queue_ready(struct virtio_device *d, unsigned q)
{
	struct virtio_net *n = net_of(d);

	offloads_apply(n);
	if (q == RX)
		receive(n);
	else
		transmit(n);
	link_check(n);
}

static void frames_came(void *ctx)
{
	struct virtio_net *n = ctx;

	net_flush(n->net);
	if (virtio_queue_active(&n->virtio, RX))
		receive(n);
	if (virtio_queue_active(&n->virtio, TX))
		transmit(n);
	link_check(n);
}

/* A frame bare of a header cannot leave anything to its receiver. */
static uint64_t features_of(const struct net *net)
{
	unsigned offloads = net_offloads(net);

	return F_MAC | F_MRG_RXBUF | F_STATUS | (offloads & NET_CHECKSUM ? F_CSUM | F_GUEST_CSUM : 0) |
	       (offloads & NET_TSO4 ? F_GUEST_TSO4 | F_HOST_TSO4 : 0) |
	       (offloads & NET_TSO6 ? F_GUEST_TSO6 | F_HOST_TSO6 : 0);
}

static const struct virtio_class net_class = {
	.id = 1,
	.class_code = 0x020000,
	.node_name = "ethernet",
	.queue_ready = queue_ready,
};

int virtio_net_new(const struct net_params *params, const uint8_t mac[6],
		   struct virtio_net **ret_device, const char **ret_why)
{
	struct net_params p = *params;
	struct virtio_net *n = calloc(1, sizeof(*n));
	int r;

	if (!n)
		return -ENOMEM;
	p.ready = frames_came;
	p.ctx = n;
	r = net_open(&p, &n->net, ret_why);
	if (r == 0)
		r = virtio_init(&n->virtio, &net_class, p.thread, 2, QUEUE_SIZE, features_of(n->net));
	if (r < 0) {
		net_close(n->net);
		free(n);
		return r;
	}
	n->link = true;
	memcpy(n->virtio.config, mac, 6);
	store_le16(n->virtio.config + CONFIG_STATUS, LINK_UP);
	n->virtio.config_len = 8;
	*ret_device = n;
	return 0;
}

void virtio_net_free(struct virtio_net *n)
{
	if (!n)
		return;
	net_close(n->net);
	virtio_done(&n->virtio);
	free(n);
}

struct virtio_device *virtio_net_device(struct virtio_net *n)
{
	return &n->virtio;
}
