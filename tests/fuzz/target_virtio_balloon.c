/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A virtio balloon as a hostile driver has it (steps.h). */
#include <stdio.h>
#include <stdlib.h>

#include "devices/virtio/balloon.h"
#include "tests/fuzz/steps.h"

#define STEPS_MAX 256

static struct fake_driver drv;
static struct ram ram;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct iothread *thread;
	struct virtio_balloon *device;

	drv.vm = fake_vm_new();
	drv.patience = 5;
	must(ram_open(&ram, FAKE_RAM_SIZE) == 0, "memory");
	must(iothread_new("io", &thread) == 0, "I/O thread");
	must(virtio_balloon_new(thread, &ram, drv.vm->mem, &device) == 0, "device");
	drv.d = virtio_balloon_device(device);
	must(phb_add(drv.vm->phbs.phbs[0], &drv.d->pci) == 0, "slot");
	must(iothread_start(thread, NULL, NULL) == 0, "thread");
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {.p = data, .left = size};
	uint32_t strings = STEPS_STRINGS;

	virtio_reset(drv.d);
	fake_vm_reset(drv.vm);
	drv_attach(&drv);
	drv.queue = size % 3;
	for (unsigned i = 0; i < STEPS_MAX && in.left; i++)
		if (!steps_take(&drv, &in, &strings))
			input_u8(&in);
	virtio_reset(drv.d);
	must(ram.size == FAKE_RAM_SIZE, "memory");
	return 0;
}
