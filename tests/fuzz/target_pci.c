/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Configuration space of a bridge with three functions, and what is moved about in it: BARs (to anywhere, over one
 * another), MSI-X tables, the window into a BAR, resets of the endpoint. A byte for the step, then what it needs.
 */
#include <stdio.h>
#include <stdlib.h>

#include "devices/virtio/net.h"
#include "devices/virtio/rng.h"
#include "tests/fake/virtio.h"
#include "tests/fuzz/input.h"

#define STEPS_MAX  512
#define STRINGS_AT 0x20000u
#define FUNCTIONS  3

enum step { WRITE, READ, STORE, LOAD, BAR_STORE, BAR_LOAD, MSI, HOLD, BAR_MOVE, DMA, STEPS };

static struct fake_vm *vm;
static struct virtio_device *functions[FUNCTIONS];

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static const uint8_t mac[6] = {0x52, 1, 2, 3, 4, 5};
	struct iothread *thread;
	struct virtio_net *net;
	const char *why;

	vm = fake_vm_new();
	must(iothread_new("io", &thread) == 0, "I/O thread");
	must(virtio_net_new(&(struct net_params){.kind = NET_USER, .describe = true, .thread = thread}, mac, &net,
			    &why) == 0, "network");
	functions[0] = virtio_net_device(net);
	for (unsigned i = 1; i < FUNCTIONS; i++)
		must(virtio_rng_new(thread, &functions[i]) == 0, "function");
	for (unsigned i = 0; i < FUNCTIONS; i++)
		must(phb_add(vm->phbs.phbs[0], &functions[i]->pci) == 0, "slot");
	must(iothread_start(thread, NULL, NULL) == 0, "thread");
	return 0;
}

/* Where registers are as often as not. */
static gpa_t bus_address(struct input *in, struct virtio_device *d)
{
	uint64_t offset = input_u8(in) | (uint64_t)input_u8(in) << 8;

	return GPA((input_u8(in) & 1 ? d->pci.bars[0].assigned : phb_buid(vm->phbs.phbs[0])) + offset);
}

static void windows(struct phb *phb, struct input *in)
{
	struct dma_window w;
	int r;

	switch (input_u8(in) % 3) {
	case 0:
		r = phb_dma_create(phb, input_u8(in) & 31, input_u8(in) & 63, &w);
		break;
	case 1:
		r = phb_dma_remove(phb, 0x80000000u + (input_u8(in) & 3));
		break;
	default:
		r = phb_dma_reset(phb);
	}
	must(r != -ENOMEM, "memory");
}

static void step(struct input *in, uint32_t *strings)
{
	struct phb *phb = vm->phbs.phbs[0];
	struct virtio_device *d = functions[input_u8(in) % FUNCTIONS];
	uint32_t address = d->pci.devfn << 8 | input_u8(in), value;
	unsigned len = 1u << (input_u8(in) & 3);
	uint64_t v = 0;

	switch (input_u8(in) % STEPS) {
	case WRITE:
		phb_config_write(phb, address, len, (uint32_t)input_number(in, vm->ram, strings));
		break;
	case READ:
		phb_config_read(phb, input_u32(in), len, &value);
		break;
	case STORE:
		bus_write(&vm->bus, GPA(input_u64(in)), len, input_u64(in));
		break;
	case LOAD:
		bus_read(&vm->bus, GPA(input_u64(in)), len, &v);
		break;
	case BAR_STORE:
		bus_write(&vm->bus, bus_address(in, d), len, input_number(in, vm->ram, strings));
		break;
	case BAR_LOAD:
		bus_read(&vm->bus, bus_address(in, d), len, &v);
		break;
	case MSI:
		phb_msi_change(phb, address, input_u8(in));
		phb_msi_count(phb, address);
		break;
	case HOLD:
		phb_endpoint_reset(phb, input_u8(in) & 1);
		break;
	case BAR_MOVE: /* onto that of another one */
		phb_config_write(phb, d->pci.devfn << 8 | PCI_CFG_BAR0, 4,
				 (uint32_t)functions[input_u8(in) % FUNCTIONS]->pci.bars[0].assigned);
		phb_config_write(phb, d->pci.devfn << 8 | PCI_CFG_COMMAND, 2, PCI_CMD_MEMORY | PCI_CMD_MASTER);
		break;
	case DMA:
		windows(phb, in);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {.p = data, .left = size};
	uint32_t strings = STRINGS_AT;

	for (unsigned i = 0; i < FUNCTIONS; i++)
		virtio_reset(functions[i]);
	fake_vm_reset(vm);
	for (unsigned i = 0; i < STEPS_MAX && in.left; i++)
		step(&in, &strings);
	return 0;
}
