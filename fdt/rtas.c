/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /rtas, and what else the hypervisor does for the guest: LoPAR "Run-Time Abstraction Services", RTAS device tree properties. */
#include "fdt/desc.h"

#define ERROR_LOG_MAX   2048
#define MEMORY_STEP     (256u << 20) /* bytes */
#define EVENT_SCAN_RATE 0 /* a minute; nothing here waits to be polled for */

/* /ibm,platform-facilities: the random numbers of H_RANDOM. LoPAR appendix "PAPR binding". */
static void write_facilities(struct fdt_writer *w)
{
	fdt_begin(w, "ibm,platform-facilities");
	fdt_prop_str(w, "device_type", "ibm,platform-facilities");
	fdt_prop_u32(w, "#address-cells", 1);
	fdt_prop_u32(w, "#size-cells", 0);
	fdt_begin(w, "ibm,random-v1");
	fdt_prop_str(w, "compatible", "ibm,random");
	fdt_prop_str(w, "status", "okay");
	fdt_end(w);
	fdt_end(w);
}

void fdt_write_hypertas(struct fdt_writer *w, const struct fdt_desc *desc)
{
	fdt_prop_bytes(w, "ibm,hypertas-functions", desc->hypertas, desc->hypertas_len);
}

/*
 * The most memory, the step by which it could grow, the most vCPUs. No part of them changes while the guest runs; yet
 * Linux 6.12, for one, takes the first for the end of memory when it makes a DMA window, and 0 without it.
 */
static void write_capacity(struct fdt_writer *w, const struct fdt_desc *desc)
{
	const uint32_t cells[] = {(uint32_t)(desc->memory_size >> 32), (uint32_t)desc->memory_size,
				  0, MEMORY_STEP, desc->max_cpus};

	fdt_prop_cells(w, "ibm,lrdr-capacity", cells, 5);
}

void fdt_write_rtas(struct fdt_writer *w, const struct fdt_desc *desc)
{
	fdt_begin(w, "rtas");
	for (size_t i = 0; i < desc->rtas_call_count; i++)
		fdt_prop_u32(w, desc->rtas_calls[i].name, desc->rtas_calls[i].token);
	fdt_prop_u32(w, "rtas-size", desc->rtas_size);
	fdt_prop_u32(w, "rtas-version", 1);
	fdt_prop_u32(w, "rtas-error-log-max", ERROR_LOG_MAX);
	fdt_prop_u32(w, "rtas-event-scan-rate", EVENT_SCAN_RATE);
	write_capacity(w, desc);
	fdt_prop_empty(w, "ibm,extended-os-term");
	if (desc->msix)
		fdt_prop_empty(w, "ibm,change-msix-capable");
	fdt_write_hypertas(w, desc);
	fdt_end(w);

	if (desc->rng)
		write_facilities(w);
	if (desc->nvram_size) {
		fdt_begin(w, "nvram");
		fdt_prop_str(w, "device_type", "nvram");
		fdt_prop_u32(w, "#bytes", desc->nvram_size);
		fdt_end(w);
	}
}

/* /event-sources: LoPAR appendix "PAPR binding", "/event-sources Node". */
void fdt_write_events(struct fdt_writer *w, const struct fdt_desc *desc)
{
	const uint32_t sources[] = {desc->epow_source, 1};

	if (!desc->epow_source)
		return;
	fdt_begin(w, "event-sources");
	fdt_prop_u32(w, "#address-cells", 0);
	fdt_prop_u32(w, "#interrupt-cells", 2);
	fdt_prop_empty(w, "interrupt-controller");
	fdt_prop_cells(w, "interrupt-ranges", sources, 2);
	fdt_begin(w, "epow-events");
	fdt_prop_cells(w, "interrupts", sources, 2); /* the second cell: level-sensitive */
	fdt_end(w);
	fdt_end(w);
}
