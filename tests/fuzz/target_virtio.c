/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A virtio disk as a hostile driver has it: a byte for the step, then what the step needs. Rings are walked on
 * the device's own I/O thread; the reset at the end waits for all that is in flight.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "devices/virtio/blk.h"
#include "tests/fake/virtio.h"
#include "tests/fuzz/input.h"

#define STEPS_MAX  256
#define DISK_SIZE  (256u << 10)
#define STRINGS_AT 0x20000u
#define LIOBN      0x80000000u

enum step { BEGIN, DESC, GIVE, WRITE, READ, CONFIG, POKE, TCE, INDEX, STEPS };

static struct fake_driver drv;

static void must(bool ok, const char *what)
{
	if (!ok) {
		perror(what);
		abort();
	}
}

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

static void poke(struct input *in)
{
	uint8_t bytes[64];
	uint32_t at = (uint32_t)input_u8(in) << 12 | (uint32_t)input_u8(in) << 4, len = input_u8(in) % sizeof(bytes);

	input_bytes(in, bytes, len);
	if (at + len <= FAKE_RAM_SIZE)
		memcpy(drv.vm->ram + at, bytes, len);
}

static void step(struct input *in, uint32_t *strings)
{
	struct phb *phb = drv.vm->phbs.phbs[0];
	uint8_t *ram = drv.vm->ram;
	uint32_t value, address = drv.d->pci.devfn << 8;
	uint64_t at;
	unsigned i;

	switch (input_u8(in) % STEPS) {
	case BEGIN:
		value = input_u8(in);
		drv_begin(&drv, VIRTIO_F_VERSION_1 | VIRTIO_F_ACCESS_PLATFORM | VIRTIO_F_RING_RESET |
					(uint64_t)(value & 3) << 28 |
					(value & 4 ? VIRTIO_F_RING_PACKED : 0));
		break;
	case DESC:
		i = input_u8(in) % RING_SIZE;
		at = input_number(in, ram, strings);
		value = (uint32_t)input_number(in, ram, strings);
		drv_desc(&drv, i, at, value, input_u8(in), input_u8(in));
		break;
	case GIVE:
		drv_give(&drv, input_u8(in));
		break;
	case WRITE:
		at = input_u8(in) | (uint64_t)input_u8(in) << 8;
		i = 1u << (input_u8(in) & 3);
		drv_write(&drv, at, i, input_number(in, ram, strings));
		break;
	case READ:
		at = input_u8(in) | (uint64_t)input_u8(in) << 8;
		drv_read(&drv, at, 1u << (input_u8(in) & 3));
		break;
	case CONFIG:
		address |= input_u8(in);
		i = 1u << (input_u8(in) & 3);
		phb_config_write(phb, address, i, input_u32(in));
		phb_config_read(phb, address, i, &value);
		break;
	case POKE:
		poke(in);
		break;
	case TCE:
		at = (uint64_t)input_u8(in) << 12;
		value = (uint32_t)input_number(in, ram, strings);
		if (dma_tce_put(drv.vm->dma, LIOBN, IOBA(at), NULL, value, 1) < 0)
			drv_read(&drv, DEV_STATUS, 1);
		break;
	case INDEX:
		drv.avail += input_u8(in);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {.p = data, .left = size};
	uint32_t strings = STRINGS_AT;

	virtio_reset(drv.d);
	fake_vm_reset(drv.vm);
	drv_attach(&drv);
	for (unsigned i = 0; i < STEPS_MAX && in.left; i++)
		step(&in, &strings);
	virtio_reset(drv.d);
	return 0;
}
