/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps of steps.h. */
#include "tests/fuzz/steps.h"

#include <string.h>

#define LIOBN 0x80000000u

static void begin(struct fake_driver *drv, unsigned flags)
{
	drv_begin(drv, VIRTIO_F_VERSION_1 | (drv->d->offered & VIRTIO_F_ACCESS_PLATFORM) | VIRTIO_F_RING_RESET |
			       (uint64_t)(flags & 3) << 28 | (flags & 4 ? VIRTIO_F_RING_PACKED : 0) |
			       (flags & 8 ? drv->d->offered & 0xffffff : 0));
}

static void poke(struct fake_driver *drv, struct input *in)
{
	uint8_t bytes[64];
	uint32_t at = (uint32_t)input_u8(in) << 12 | (uint32_t)input_u8(in) << 4, len = input_u8(in) % sizeof(bytes);

	input_bytes(in, bytes, len);
	if (at + len <= FAKE_RAM_SIZE)
		memcpy(drv->vm->ram + at, bytes, len);
}

static void config(struct fake_driver *drv, struct input *in)
{
	struct phb *phb = drv->vm->phbs.phbs[0];
	uint32_t address = drv->d->pci.devfn << 8 | input_u8(in), value;
	unsigned len = 1u << (input_u8(in) & 3);

	phb_config_write(phb, address, len, input_u32(in));
	phb_config_read(phb, address, len, &value);
}

static void tce(struct fake_driver *drv, struct input *in, uint32_t *strings)
{
	uint64_t at = (uint64_t)input_u8(in) << 12;
	uint32_t value = (uint32_t)input_number(in, drv->vm->ram, strings);

	if (dma_tce_put(drv->vm->dma, LIOBN, IOBA(at), NULL, value, 1) < 0)
		drv_read(drv, DEV_STATUS, 1);
}

static void another_queue(struct fake_driver *drv, struct input *in)
{
	drv->queue = input_u8(in) % drv->d->queue_count;
	drv_queue(drv);
}

static void registers(struct fake_driver *drv, struct input *in, uint32_t *strings, bool write)
{
	uint64_t at = input_u8(in) | (uint64_t)input_u8(in) << 8;
	unsigned len = 1u << (input_u8(in) & 3);

	if (write)
		drv_write(drv, at, len, input_number(in, drv->vm->ram, strings));
	else
		drv_read(drv, at, len);
}

static void desc(struct fake_driver *drv, struct input *in, uint32_t *strings)
{
	unsigned i = input_u8(in) % RING_SIZE;
	uint64_t at = input_number(in, drv->vm->ram, strings);
	uint32_t len = (uint32_t)input_number(in, drv->vm->ram, strings);
	unsigned flags = input_u8(in);

	drv_desc(drv, i, at, len, flags, input_u8(in));
}

bool steps_take(struct fake_driver *drv, struct input *in, uint32_t *strings)
{
	enum step step = (enum step)(input_u8(in) % STEPS);

	switch (step) {
	case STEP_BEGIN:
		begin(drv, input_u8(in));
		break;
	case STEP_DESC:
		desc(drv, in, strings);
		break;
	case STEP_GIVE:
		drv_give(drv, input_u8(in));
		break;
	case STEP_WRITE:
	case STEP_READ:
		registers(drv, in, strings, step == STEP_WRITE);
		break;
	case STEP_CONFIG:
		config(drv, in);
		break;
	case STEP_POKE:
		poke(drv, in);
		break;
	case STEP_TCE:
		tce(drv, in, strings);
		break;
	case STEP_INDEX:
		drv->avail = (uint16_t)(drv->avail + input_u8(in));
		break;
	case STEP_QUEUE:
		another_queue(drv, in);
		break;
	default:
		return false;
	}
	return true;
}
