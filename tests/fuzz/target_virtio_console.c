/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A virtio console with a terminal and a channel as a hostile driver has it (steps.h), whose client reads or lets it
 * be, writes, goes and comes again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "devices/virtio/console.h"
#include "tests/fake/stream.h"
#include "tests/fuzz/steps.h"

#define STEPS_MAX 256

static struct fake_driver drv;
static struct fake_stream terminal, channel;
static int client = -1;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static struct fake_loop loop;
	struct iothread *thread;
	struct virtio_console *device;

	fake_loop_open(&loop);
	fake_stream_open(&loop, "terminal", &terminal);
	fake_stream_open(&loop, "channel", &channel);
	drv.vm = fake_vm_new();
	drv.patience = 5;
	must(iothread_new("io", &thread) == 0, "I/O thread");
	must(virtio_console_new(thread, (struct virtio_console_port[]){{.chr = terminal.chr, .terminal = true},
								       {.chr = channel.chr, .name = "channel"}},
				2, &device) == 0, "device");
	drv.d = virtio_console_device(device);
	must(phb_add(drv.vm->phbs.phbs[0], &drv.d->pci) == 0, "slot");
	must(iothread_start(thread, NULL, NULL) == 0, "thread");
	fake_loop_begin(&loop);
	return 0;
}

static void client_step(struct input *in)
{
	static uint8_t all[1 << 18];
	unsigned what = input_u8(in);

	if ((what & 1) && client >= 0) {
		close(client);
		client = -1;
	}
	/* one that went before what it sent was read may have others wait */
	if (client < 0)
		client = fake_stream_connect_now(&channel);
	if (client < 0)
		return;
	if ((what & 2) && read(client, all, (size_t)input_u8(in) << 10 | 1) == 0)
		must(false, "the console has closed its socket");
	if ((what & 4) && write(client, all, (size_t)input_u8(in) << 6 | 1) == 0)
		must(false, "nothing was written");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {.p = data, .left = size};
	uint32_t strings = STEPS_STRINGS;

	virtio_reset(drv.d);
	fake_vm_reset(drv.vm);
	drv_attach(&drv);
	drv.queue = size % drv.d->queue_count;
	for (unsigned i = 0; i < STEPS_MAX && in.left; i++)
		if (!steps_take(&drv, &in, &strings))
			client_step(&in);
	virtio_reset(drv.d);
	must(load_le32(drv.d->config + 4) == 2, "ports");
	return 0;
}
