/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /interrupt-controller: the presentation of external interrupts, and /vdevice below it. */
#include "fdt/desc.h"

void fdt_write_intc(struct fdt_writer *w, const struct fdt_desc *desc)
{
	const uint32_t servers[] = {0, desc->max_cpus};

	fdt_begin(w, "interrupt-controller");
	fdt_prop_str(w, "device_type", "PowerPC-External-Interrupt-Presentation");
	fdt_prop_str(w, "compatible", "IBM,ppc-xicp");
	fdt_prop_empty(w, "interrupt-controller");
	fdt_prop_cells(w, "ibm,interrupt-server-ranges", servers, 2);
	fdt_prop_u32(w, "#interrupt-cells", 2);
	fdt_prop_u32(w, "#address-cells", 0);
	fdt_prop_u32(w, "linux,phandle", FDT_PHANDLE_INTC);
	fdt_prop_u32(w, "phandle", FDT_PHANDLE_INTC);
	fdt_end(w);
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
