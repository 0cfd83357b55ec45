/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hostile CASES SEED: a guest of two vCPUs, of which one drives a device with steps drawn at random, mostly sound ones,
 * while the other one moves BARs, writes configuration space and registers, takes mappings away, holds
 * endpoints in reset. Each case is one life of a device. Every ROUND cases the machine is reset, and then a driver
 * that does no wrong must find every device as good as new.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/fuzz/steps.h"
#include "tests/hostile/devices.h"

#define ROUND     64
#define STEPS_MAX 12
#define LIOBN     0x80000000u

static pthread_mutex_t power = PTHREAD_MUTEX_INITIALIZER; /* held by the other vCPU while it does something */
static atomic_bool ending;
static atomic_ulong meddled;

struct random {
	uint64_t state;
};

static uint32_t draw(struct random *r, uint32_t below)
{
	r->state = r->state * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)((r->state >> 32) * below >> 32);
}

static void append(uint8_t *buf, size_t *len, unsigned byte)
{
	buf[(*len)++] = (uint8_t)byte;
}

/* A descriptor that is sound as often as not: in mapped memory, of a plausible length. */
static void desc_draw(struct random *r, uint8_t *buf, size_t *len)
{
	static const uint8_t flags[] = {0, 1, 1, 2, 3, 3, 4, 5, 0x80, 0x83};

	append(buf, len, STEP_DESC);
	append(buf, len, draw(r, 4));
	append(buf, len, INPUT_PAGE);
	append(buf, len, draw(r, 16) ? 0x30 + draw(r, 16) : draw(r, 256));
	append(buf, len, draw(r, 8) ? INPUT_U8 : INPUT_U32);
	if (buf[*len - 1] == INPUT_U8) {
		append(buf, len, (const uint8_t[]){8, 16, 51, 108, (uint8_t)draw(r, 256)}[draw(r, 5)]);
	} else {
		for (unsigned i = 0; i < 4; i++)
			append(buf, len, i < 2 && draw(r, 4) ? 0 : draw(r, 256));
	}
	append(buf, len, flags[draw(r, sizeof(flags))]);
	append(buf, len, draw(r, 8) ? draw(r, 4) : draw(r, 256));
}

/* A SCSI command that is sound but for its CDB, and that may be sound, too. */
static void command_draw(struct random *r, uint8_t *buf, size_t *len)
{
	static const uint8_t ops[] = {0x00, 0x08, 0x0a, 0x12, 0x1a, 0x25, 0x28, 0x2a, 0x35, 0x41, 0x42, 0x5a,
				      0x88, 0x8a, 0x91, 0x93, 0x9e, 0xa0, 0xa8, 0xaa};

	append(buf, len, STEP_POKE);
	append(buf, len, 0x30 + draw(r, 16));
	append(buf, len, 0);
	append(buf, len, 51);
	for (unsigned i = 0; i < 51; i++)
		append(buf, len, i == 0 ? 1 : i == 2 ? 0x40 : i == 19 ? ops[draw(r, sizeof(ops))] :
				 i > 19 && !draw(r, 4) ? draw(r, 256) : 0);
}

/* A control message for the console that is as good as sound. */
static void message_draw(struct random *r, uint8_t *buf, size_t *len)
{
	append(buf, len, STEP_POKE);
	append(buf, len, 0x30 + draw(r, 16));
	append(buf, len, 0);
	append(buf, len, 8);
	for (unsigned i = 0; i < 8; i++)
		append(buf, len, draw(r, 64) == 0 ? draw(r, 256) : i == 0 ? draw(r, 3) : i == 4 ? draw(r, 8) :
				 i == 6 ? draw(r, 4) != 0 : 0);
}

/* Headers of requests for the disk, or bytes. */
static void poke_draw(struct random *r, uint8_t *buf, size_t *len)
{
	static const uint8_t types[] = {0, 1, 4, 8, 11, 13, 0, 1};

	append(buf, len, STEP_POKE);
	append(buf, len, 0x30 + draw(r, 0x40));
	append(buf, len, draw(r, 4) ? 0 : draw(r, 256));
	append(buf, len, 16);
	for (unsigned i = 0; i < 16; i++)
		append(buf, len, i == 0 ? types[draw(r, sizeof(types))] : i == 8 || !draw(r, 8) ? draw(r, 256) : 0);
}

static size_t case_draw(struct random *r, uint8_t *buf)
{
	static void (*const requests[])(struct random *, uint8_t *, size_t *) = {poke_draw, command_draw, message_draw};
	unsigned steps = 2 + draw(r, STEPS_MAX - 2);
	size_t len = 0;

	append(buf, &len, STEP_BEGIN);
	append(buf, &len, draw(r, 16));
	for (unsigned i = 0; i < steps; i++) {
		switch (draw(r, 8)) {
		case 0:
		case 1:
			desc_draw(r, buf, &len);
			break;
		case 2:
			requests[draw(r, 3)](r, buf, &len);
			break;
		case 3:
		case 4:
			append(buf, &len, STEP_GIVE);
			append(buf, &len, draw(r, 16) ? draw(r, 4) : draw(r, 256));
			break;
		default: /* anything */
			append(buf, &len, draw(r, STEP_OTHER));
			for (unsigned j = 0; j < 8; j++)
				append(buf, &len, draw(r, 4) ? draw(r, 256) : 0);
		}
	}
	return len;
}

/* What the other vCPU does once. */
static void meddle(struct random *r)
{
	struct virtio_device *d = devices[draw(r, DEVICES)], *other = devices[draw(r, DEVICES)];
	struct fake_driver drv = {.vm = vm, .d = d, .patience = 1};
	struct phb *phb = vm->phbs.phbs[0];
	uint32_t address = d->pci.devfn << 8, value;

	switch (draw(r, 10)) {
	case 0: /* a BAR away, onto another one, or back */
		value = (uint32_t)(draw(r, 2) ? other : d)->pci.bars[0].assigned;
		phb_config_write(phb, address | PCI_CFG_BAR0, 4, draw(r, 4) ? value : draw(r, UINT32_MAX));
		break;
	case 1:
		phb_config_write(phb, address | PCI_CFG_COMMAND, 2, draw(r, 2) ? PCI_CMD_MEMORY | PCI_CMD_MASTER :
									      draw(r, 0x10000));
		break;
	case 2:
		phb_config_write(phb, address | draw(r, 256), 1u << draw(r, 3), draw(r, UINT32_MAX));
		break;
	case 3:
		phb_config_read(phb, address | draw(r, 256), 1u << draw(r, 3), &value);
		break;
	case 4:
		drv_write(&drv, draw(r, 0x3c), 1u << draw(r, 4), draw(r, 4) ? draw(r, 256) : draw(r, UINT32_MAX));
		break;
	case 5:
		drv_write(&drv, draw(r, 0x10000), 1u << draw(r, 4), draw(r, UINT32_MAX));
		break;
	case 6:
		drv_read(&drv, draw(r, 0x10000), 1u << draw(r, 4));
		break;
	case 7: /* a page of the rings or the buffers unmapped, moved, or read-only */
		value = (0x30 + draw(r, 0x40)) << 12;
		if (dma_tce_put(vm->dma, LIOBN, IOBA(value), NULL,
				draw(r, 2) ? value | draw(r, 4) : draw(r, UINT32_MAX), 1) < 0)
			drv_read(&drv, DEV_STATUS, 1);
		break;
	case 8: /* the rings' own memory */
		vm->ram[RING_DESC + draw(r, 0x4000)] = (uint8_t)draw(r, 256);
		break;
	case 9:
		if (draw(r, 16) == 0)
			phb_endpoint_reset(phb, draw(r, 2));
		else
			drv_write(&drv, DEV_NOTIFY + 4 * draw(r, 4), 2, 0);
		break;
	}
}

static void *other_vcpu(void *arg)
{
	struct random *r = arg;

	while (!atomic_load(&ending)) {
		pthread_mutex_lock(&power);
		for (unsigned i = 0; i < 8; i++)
			meddle(r);
		pthread_mutex_unlock(&power);
		atomic_fetch_add(&meddled, 8);
		usleep(20);
	}
	return NULL;
}

static void case_run(struct random *r)
{
	struct fake_driver drv = {.vm = vm, .d = devices[draw(r, 8) ? draw(r, RNG) : RNG], .patience = 2};
	uint8_t buf[1024];
	struct input in = {.p = buf, .left = case_draw(r, buf)};
	uint32_t strings = STEPS_STRINGS;

	if (draw(r, 4) == 0)
		drv_attach(&drv);
	if (draw(r, 16) == 0)
		balloon_target(draw(r, 4096));
	drv.queue = draw(r, drv.d->queue_count);
	while (in.left)
		steps_take(&drv, &in, &strings);
}

static void machine_reset(void)
{
	for (unsigned i = 0; i < DEVICES; i++)
		virtio_reset(devices[i]);
	fake_vm_reset(vm);
	if (phb_reset(vm->phbs.phbs[0]) < 0)
		die("the bridge cannot be reset");
}

int main(int argc, char **argv)
{
	unsigned long cases = argc == 3 ? strtoul(argv[1], NULL, 10) : 0, i;
	struct random own = {argc == 3 ? strtoul(argv[2], NULL, 10) : 0}, others = {own.state + 1};
	pthread_t thread;

	if (!cases)
		die("usage: hostile CASES SEED");
	devices_open();
	machine_reset();
	pthread_create(&thread, NULL, other_vcpu, &others);
	for (i = 1; i <= cases; i++) {
		const char *wrong;

		case_run(&own);
		if (i % ROUND && i < cases)
			continue;
		pthread_mutex_lock(&power);
		machine_reset();
		wrong = devices_work((unsigned)(i / ROUND));
		if (wrong) {
			fprintf(stderr, "hostile: seed %s, after case %lu: %s\n", argv[2], i, wrong);
			return 1;
		}
		machine_reset();
		pthread_mutex_unlock(&power);
	}
	atomic_store(&ending, true);
	pthread_join(thread, NULL);
	printf("%lu lives of devices in a hostile guest, %lu acts of its other vCPU beside them, seed %s: all work after it\n",
	       cases, atomic_load(&meddled), argv[2]);
	fflush(stdout);
	_exit(0);
}
