/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Device tree nodes: LoPAR "I/O Bridges", and the PCI Bus Binding to IEEE 1275 for the functions. */
#include <endian.h>
#include <stdio.h>

#include "devices/pci/phb_impl.h"

/* phys.hi: n (not relocatable), the address space, and the register of configuration space. */
#define PHYS_FIXED   0x80000000u
#define PHYS_MEM32   0x02000000u
#define PHYS_MEM64   0x03000000u
#define PHYS_DEVFN(f) ((f)->devfn << 8)

#define HI(x) ((uint32_t)((x) >> 32))
#define LO(x) ((uint32_t)(x))

static void describe_windows(const struct phb *p, struct fdt_writer *w)
{
	uint64_t mem32 = PHB_MEM32_GPA + p->params.index * PHB_SPACE;
	uint64_t mem64 = PHB_MEM64_GPA + p->params.index * PHB_SPACE;
	const uint32_t ranges[] = {
		PHYS_MEM32, HI(PHB_MEM32_BUS), LO(PHB_MEM32_BUS), HI(mem32), LO(mem32),
		HI(PHB_MEM32_SIZE), LO(PHB_MEM32_SIZE),
		PHYS_MEM64, HI(mem64), LO(mem64), HI(mem64), LO(mem64),
		HI(PHB_MEM64_SIZE), LO(PHB_MEM64_SIZE),
	};
	const uint64_t dma_size = PHB_DMA_PAGES << 12;
	const uint32_t dma[] = {PHB_LIOBN(p, 0), 0, 0, HI(dma_size), LO(dma_size)};

	fdt_prop_cells(w, "ranges", ranges, sizeof(ranges) / 4);
	fdt_prop_u32(w, "ibm,#dma-address-cells", 2);
	fdt_prop_u32(w, "ibm,#dma-size-cells", 2);
	fdt_prop_cells(w, "ibm,dma-window", dma, sizeof(dma) / 4);
}

/* Each function's pin has a source of its own. */
static void describe_interrupts(const struct phb *p, struct fdt_writer *w, uint32_t intc)
{
	const uint32_t mask[] = {0xff00, 0, 0, 7};
	uint32_t map[PHB_SLOTS * 7], *at = map;

	for (unsigned i = 0; i < p->count; i++) {
		const struct pci_function *f = p->slots[i];
		const uint32_t entry[] = {PHYS_DEVFN(f), 0, 0, 1, intc, f->lsi.source, 1};

		for (unsigned k = 0; k < 7; k++)
			*at++ = entry[k];
	}
	fdt_prop_u32(w, "#interrupt-cells", 1);
	if (at == map)
		return;
	fdt_prop_cells(w, "interrupt-map-mask", mask, 4);
	fdt_prop_cells(w, "interrupt-map", map, (size_t)(at - map));
}

static void describe_addresses(const struct pci_function *f, struct fdt_writer *w)
{
	uint32_t reg[5 + 5 * PCI_BARS] = {PHYS_DEVFN(f)}, assigned[5 * PCI_BARS];
	size_t n = 5, a = 0;

	for (unsigned i = 0; i < PCI_BARS; i++) {
		const struct pci_bar *bar = &f->bars[i];
		uint32_t hi = PHYS_MEM64 | PHYS_DEVFN(f) | (PCI_CFG_BAR0 + 4 * i);
		const uint32_t entry[] = {hi | PHYS_FIXED, HI(bar->assigned), LO(bar->assigned),
					  HI(bar->size), LO(bar->size)};

		if (!bar->size)
			continue;
		for (unsigned k = 0; k < 5; k++)
			assigned[a++] = entry[k];
		reg[n] = hi;
		reg[n + 3] = HI(bar->size);
		reg[n + 4] = LO(bar->size);
		n += 5;
	}
	fdt_prop_cells(w, "reg", reg, n);
	if (a)
		fdt_prop_cells(w, "assigned-addresses", assigned, a);
}

static void describe_function(const struct pci_function *f, struct fdt_writer *w)
{
	const struct pci_ids *ids = &f->ids;
	char text[64];
	int len;

	fdt_begin_unit(w, f->node_name, f->devfn >> 3);
	fdt_prop_u32(w, "vendor-id", ids->vendor);
	fdt_prop_u32(w, "device-id", ids->device);
	fdt_prop_u32(w, "revision-id", ids->revision);
	fdt_prop_u32(w, "class-code", ids->class_code);
	fdt_prop_u32(w, "subsystem-id", ids->sub_device);
	fdt_prop_u32(w, "subsystem-vendor-id", ids->sub_vendor);
	len = snprintf(text, sizeof(text), "pci%x,%x%cpciclass,%06x", ids->vendor, ids->device, 0,
		       ids->class_code);
	fdt_prop_bytes(w, "compatible", text, (size_t)len + 1);
	fdt_prop_u32(w, "interrupts", 1);
	if (f->msix.cap)
		fdt_prop_u32(w, "ibm,req#msi-x", f->msix.vectors);
	describe_addresses(f, w);
	fdt_end(w);
}

void phb_describe(struct phb *p, struct fdt_writer *w, uint32_t intc, const uint32_t ddw[4])
{
	const uint64_t reg[] = {htobe64(phb_buid(p)), 0};
	const uint32_t bus_range[] = {0, 0}, extensions[] = {2, ddw[3], 1};

	fdt_begin_unit(w, "pci", phb_buid(p));
	fdt_prop_str(w, "device_type", "pci");
	fdt_prop_str(w, "compatible", "IBM,Logical_PHB");
	fdt_prop_bytes(w, "reg", reg, sizeof(reg));
	fdt_prop_u32(w, "#address-cells", 3);
	fdt_prop_u32(w, "#size-cells", 2);
	fdt_prop_cells(w, "bus-range", bus_range, 2);
	fdt_prop_u32(w, "ibm,pci-config-space-type", 1);
	fdt_prop_u32(w, "ibm,pe-total-#msi", PHB_MSIS);
	describe_windows(p, w);
	describe_interrupts(p, w, intc);
	fdt_prop_cells(w, "ibm,ddw-applicable", ddw, 3);
	fdt_prop_cells(w, "ibm,ddw-extensions", extensions, 3);
	for (unsigned i = 0; i < p->count; i++)
		describe_function(p->slots[i], w);
	fdt_end(w);
}
