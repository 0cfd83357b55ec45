/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The interrupt controller's node, /vdevice, and what else of the tree depends on the interrupt mode.
 * LoPAR appendix "PAPR binding": interrupt controllers; External Interrupt Virtualization Engine.
 */
#include "fdt/desc.h"

static void write_xics(struct fdt_writer *w, const struct fdt_desc *desc)
{
	const uint32_t servers[] = {0, desc->max_cpus};

	fdt_begin(w, "interrupt-controller");
	fdt_prop_str(w, "device_type", "PowerPC-External-Interrupt-Presentation");
	fdt_prop_str(w, "compatible", "IBM,ppc-xicp");
	fdt_prop_empty(w, "interrupt-controller");
	fdt_prop_cells(w, "ibm,interrupt-server-ranges", servers, 2);
}

static void put_u64(uint32_t cells[2], uint64_t v)
{
	cells[0] = (uint32_t)(v >> 32);
	cells[1] = (uint32_t)v;
}

/* The user's view of the thread management area comes first. */
static void write_xive(struct fdt_writer *w, const struct fdt_desc *desc)
{
	const struct fdt_xive_desc *x = &desc->xive;
	const uint32_t lisns[] = {0, x->ipis};
	uint32_t reg[8];

	put_u64(reg, x->user_page);
	put_u64(reg + 2, x->page_size);
	put_u64(reg + 4, x->os_page);
	put_u64(reg + 6, x->page_size);
	fdt_begin_unit(w, "interrupt-controller", x->user_page);
	fdt_prop_str(w, "device_type", "power-ivpe");
	fdt_prop_str(w, "compatible", "ibm,power-ivpe");
	fdt_prop_cells(w, "reg", reg, 8);
	fdt_prop_cells(w, "ibm,xive-eq-sizes", x->eq_shifts, x->eq_shift_count);
	fdt_prop_cells(w, "ibm,xive-lisn-ranges", lisns, 2);
	fdt_prop_empty(w, "interrupt-controller");
}

void fdt_write_intc(struct fdt_writer *w, const struct fdt_desc *desc)
{
	if (desc->use_xive)
		write_xive(w, desc);
	else
		write_xics(w, desc);
	fdt_prop_u32(w, "#interrupt-cells", 2);
	fdt_prop_u32(w, "#address-cells", 0);
	fdt_prop_u32(w, "linux,phandle", FDT_PHANDLE_INTC);
	fdt_prop_u32(w, "phandle", FDT_PHANDLE_INTC);
	fdt_end(w);
}

/* Priorities that are not for the guest, from the first on up to 0xfe. */
void fdt_write_intc_priorities(struct fdt_writer *w, const struct fdt_desc *desc)
{
	const uint32_t reserved[] = {desc->xive.reserved_from, 0xff - desc->xive.reserved_from};

	if (desc->use_xive)
		fdt_prop_cells(w, "ibm,plat-res-int-priorities", reserved, 2);
}

static void write_changes(struct fdt_writer *w, const struct fdt_desc *desc)
{
	fdt_begin(w, "");
	fdt_write_intc_priorities(w, desc);
	fdt_write_intc(w, desc);
	fdt_begin(w, "rtas");
	fdt_write_hypertas(w, desc);
	fdt_end(w);
	fdt_end(w);
}

int fdt_build_intc(const struct fdt_desc *desc, void **ret_blob, size_t *ret_len)
{
	struct fdt_writer *w;
	int r = fdt_writer_new(&w);

	if (r < 0)
		return r;
	write_changes(w, desc);
	r = fdt_writer_finish(w, ret_blob, ret_len);
	fdt_writer_free(w);
	return r;
}

/* LoPAR "Virtual I/O", properties of the /vdevice node. */
void fdt_write_vdevice(struct fdt_writer *w, const struct fdt_desc *desc)
{
	const uint32_t sources[] = {desc->source_base, desc->source_count};

	fdt_begin(w, "vdevice");
	fdt_prop_str(w, "device_type", "vdevice");
	fdt_prop_str(w, "compatible", "IBM,vdevice");
	fdt_prop_u32(w, "#address-cells", 1);
	fdt_prop_u32(w, "#size-cells", 0);
	fdt_prop_u32(w, "#interrupt-cells", 2);
	fdt_prop_empty(w, "interrupt-controller");
	fdt_prop_cells(w, "interrupt-ranges", sources, 2);
	if (desc->describe_vdevice)
		desc->describe_vdevice(w, desc->ctx);
	fdt_end(w);
}
