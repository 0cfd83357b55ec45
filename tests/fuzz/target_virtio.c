/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A virtio disk as a hostile driver has it (steps.h). Rings are walked on the device's own I/O thread; the reset
 * at the end waits for all that is in flight.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "devices/virtio/blk.h"
#include "tests/fuzz/steps.h"

#define STEPS_MAX  256
#define DISK_SIZE  (256u << 10)

static struct fake_driver drv;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	char path[] = "/tmp/paprika-fuzz-XXXXXX";
	int fd = mkstemp(path);
	struct iothread *thread;
	struct virtio_blk *device;
	struct blk *blk;
	const char *why;

	must(fd >= 0 && ftruncate(fd, DISK_SIZE) == 0, "disk");
	drv.vm = fake_vm_new();
	drv.patience = 5;
	must(iothread_new("disk", &thread) == 0, "I/O thread");
	must(blk_open(&(struct blk_params){.path = path, .engine = AIO_THREADS, .thread = thread}, &blk, &why) == 0,
	     "disk");
	unlink(path);
	close(fd);
	must(virtio_blk_new(blk, thread, 1, "serial", &device) == 0, "device");
	drv.d = virtio_blk_device(device);
	must(phb_add(drv.vm->phbs.phbs[0], &drv.d->pci) == 0, "slot");
	must(blk_start(blk, NULL, NULL) == 0 && iothread_start(thread, NULL, NULL) == 0, "threads");
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {.p = data, .left = size};
	uint32_t strings = STEPS_STRINGS;

	virtio_reset(drv.d);
	fake_vm_reset(drv.vm);
	drv_attach(&drv);
	for (unsigned i = 0; i < STEPS_MAX && in.left; i++)
		steps_take(&drv, &in, &strings);
	virtio_reset(drv.d);
	return 0;
}
