/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A virtio network device as a hostile driver has it (steps.h), before a peer that sends frames of every length, takes
 * what comes or lets it be: a socket's buffers fill up, and the device must wait without anybody waiting for it.
 * An input's length may choose a device with several pairs of queues instead, which has no peer.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "devices/virtio/net.h"
#include "tests/fuzz/steps.h"

#define STEPS_MAX 256

static struct fake_driver drv, drv_several;
static int peer;

static int listen_at(char path[64])
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(path, 64, "/tmp/paprika-fuzz-%d", getpid());
	snprintf(sa.sun_path, sizeof(sa.sun_path), "%s", path);
	unlink(path);
	must(fd >= 0 && bind(fd, (struct sockaddr *)&sa, sizeof(sa)) == 0 && listen(fd, 1) == 0, path);
	return fd;
}

static struct fake_driver begin(struct fake_vm *vm, const struct net_params *params, const char *name)
{
	static const uint8_t mac[6] = {0x52, 1, 2, 3, 4, 5};
	struct net_params p = *params;
	struct virtio_net *device;
	struct fake_driver d = {.vm = vm, .patience = 5};
	const char *why;

	must(iothread_new(name, &p.thread) == 0, "I/O thread");
	must(virtio_net_new(&p, mac, &device, &why) == 0, "device");
	d.d = virtio_net_device(device);
	must(phb_add(vm->phbs.phbs[0], &d.d->pci) == 0, "slot");
	must(iothread_start(p.thread, NULL, NULL) == 0, "thread");
	return d;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	char path[64];
	int listener = listen_at(path);
	struct fake_vm *vm = fake_vm_new();

	drv = begin(vm, &(struct net_params){.kind = NET_PASST, .socket = path}, "net");
	peer = accept(listener, NULL, NULL);
	must(peer >= 0 && fcntl(peer, F_SETFL, O_NONBLOCK) == 0, "peer");
	close(listener);
	unlink(path);
	drv_several = begin(vm, &(struct net_params){.kind = NET_TAP, .ifname = "none", .queues = 3, .describe = true},
			    "several");
	return 0;
}

/* A frame is sent whole, or else the link would be down for all that follow: its rest before the next one. */
static void frame_send(size_t len)
{
	static uint8_t frame[4 + NET_BARE_MAX];
	static size_t at, left;
	ssize_t n;

	if (!left) {
		store_be32(frame, (uint32_t)len);
		at = 0;
		left = 4 + len;
	}
	n = write(peer, frame + at, left);
	if (n > 0) {
		at += (size_t)n;
		left -= (size_t)n;
	}
}

static void peer_step(struct input *in)
{
	static uint8_t all[1 << 18];
	unsigned what = input_u8(in);

	if (what & 1)
		frame_send(1 + (input_u8(in) << 8 | input_u8(in)) % NET_BARE_MAX);
	else if (read(peer, all, sizeof(all)) < 0)
		usleep(100);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t all[1 << 18];
	struct fake_driver *d = size & 2 ? &drv_several : &drv;
	struct input in = {.p = data, .left = size};
	uint32_t strings = STEPS_STRINGS;

	virtio_reset(d->d);
	fake_vm_reset(d->vm);
	drv_attach(d);
	d->queue = size & 1;
	for (unsigned i = 0; i < STEPS_MAX && in.left; i++)
		if (!steps_take(d, &in, &strings))
			peer_step(&in);
	virtio_reset(d->d);
	while (read(peer, all, sizeof(all)) > 0)
		;
	must(load_le16(d->d->config + 6) == 1, "the link is down");
	return 0;
}
