/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A virtio SCSI host with one disk as a hostile driver has it (steps.h); a step of its own is a command as it should be,
 * but for its CDB. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "devices/virtio/scsi.h"
#include "tests/fuzz/steps.h"

#define STEPS_MAX 256
#define DISK_SIZE (256u << 10)
#define REQUEST   0x30000u
#define RESPONSE  0x31000u
#define DATA      0x32000u

static struct fake_driver drv;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	char path[] = "/tmp/paprika-fuzz-XXXXXX";
	int fd = mkstemp(path);
	struct iothread *thread;
	struct virtio_scsi *host;
	struct scsi_disk *disk;
	struct blk *blk;
	const char *why;

	must(fd >= 0 && ftruncate(fd, DISK_SIZE) == 0, "disk");
	drv.vm = fake_vm_new();
	drv.patience = 5;
	must(iothread_new("scsi", &thread) == 0, "I/O thread");
	must(blk_open(&(struct blk_params){.path = path, .engine = AIO_THREADS, .thread = thread}, &blk, &why) == 0,
	     "disk");
	unlink(path);
	close(fd);
	must(scsi_disk_new(blk, "serial", &disk) == 0 && virtio_scsi_new(thread, 1, &host) == 0 &&
		     virtio_scsi_add(host, disk, blk) == 0, "device");
	drv.d = virtio_scsi_device(host);
	must(phb_add(drv.vm->phbs.phbs[0], &drv.d->pci) == 0, "slot");
	must(blk_start(blk, NULL, NULL) == 0 && iothread_start(thread, NULL, NULL) == 0, "threads");
	return 0;
}

static void command(struct input *in)
{
	uint8_t *r = drv.vm->ram + REQUEST, what = input_u8(in);
	uint32_t len = (uint32_t)input_u8(in) << (what >> 4);

	memset(r, 0, 51);
	r[0] = 1;
	r[2] = 0x40;
	input_bytes(in, r + 19, 16);
	drv_desc(&drv, 0, REQUEST, 51, 1, what & 1 ? 1 : 2);
	drv_desc(&drv, 1, DATA, len, 1, 2);
	drv_desc(&drv, 2, RESPONSE, 108, what & 1 ? 2 : 3, 3);
	drv_desc(&drv, 3, DATA, len, 2, 0);
	drv_give(&drv, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {.p = data, .left = size};
	uint32_t strings = STEPS_STRINGS;

	virtio_reset(drv.d);
	fake_vm_reset(drv.vm);
	drv_attach(&drv);
	drv.queue = size & 1 ? 0 : 2;
	for (unsigned i = 0; i < STEPS_MAX && in.left; i++)
		if (!steps_take(&drv, &in, &strings))
			command(&in);
	virtio_reset(drv.d);
	return 0;
}
