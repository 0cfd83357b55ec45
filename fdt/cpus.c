/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /cpus: LoPAR appendix "PA processor binding". */
#include "fdt/desc.h"

/* Segments of 256 MiB, and of 1 TiB where there are such. */
static void write_hash(struct fdt_writer *w, const struct fdt_cpu_desc *c)
{
	const uint32_t pft[] = {0, c->htab_shift};
	const uint32_t keys[] = {c->storage_keys, c->storage_keys};
	const uint32_t segments[] = {28, c->segments_1t ? 40 : 0xffffffff, 0xffffffff, 0xffffffff};

	fdt_prop_cells(w, "ibm,pft-size", pft, 2);
	fdt_prop_u32(w, "slb-size", c->slb_size);
	fdt_prop_u32(w, "ibm,slb-size", c->slb_size);
	fdt_prop_cells(w, "ibm,processor-segment-sizes", segments, 4);
	fdt_prop_cells(w, "ibm,segment-page-sizes", c->segment_pages, c->segment_pages_count);
	if (c->storage_keys)
		fdt_prop_cells(w, "ibm,processor-storage-keys", keys, 2);
}

/* What depends on the architecture level that the guest runs at. */
static void write_level(struct fdt_writer *w, const struct fdt_cpu_desc *c)
{
	fdt_prop_u32(w, "cpu-version", c->pvr);
	fdt_prop_bytes(w, "ibm,pa-features", c->pa_features, c->pa_features_len);
}

/* A core: its threads are interrupt servers, from that of its number on. */
static void write_threads(struct fdt_writer *w, unsigned first, unsigned count)
{
	uint32_t servers[FDT_THREADS_MAX], gservers[2 * FDT_THREADS_MAX];

	for (unsigned i = 0; i < count; i++) {
		servers[i] = gservers[2 * i] = first + i;
		gservers[2 * i + 1] = 0;
	}
	fdt_prop_cells(w, "ibm,ppc-interrupt-server#s", servers, count);
	fdt_prop_cells(w, "ibm,ppc-interrupt-gserver#s", gservers, 2 * count);
}

static void write_cpu(struct fdt_writer *w, const struct fdt_desc *desc, unsigned index)
{
	const struct fdt_cpu_desc *c = desc->cpu;

	fdt_begin_unit(w, c->node_name, index);
	fdt_prop_str(w, "device_type", "cpu");
	fdt_prop_u32(w, "reg", index);
	fdt_prop_str(w, "status", "okay");
	write_level(w, c);
	fdt_prop_u32(w, "d-cache-size", c->dcache_size);
	fdt_prop_u32(w, "d-cache-line-size", c->line_size);
	fdt_prop_u32(w, "d-cache-block-size", c->line_size);
	fdt_prop_u32(w, "i-cache-size", c->icache_size);
	fdt_prop_u32(w, "i-cache-line-size", c->line_size);
	fdt_prop_u32(w, "i-cache-block-size", c->line_size);
	fdt_prop_u32(w, "timebase-frequency", c->timebase_hz);
	fdt_prop_u32(w, "clock-frequency", (uint32_t)c->clock_hz);
	fdt_prop_empty(w, "64-bit");
	fdt_prop_u32(w, "ibm,vmx", 2);
	fdt_prop_u32(w, "ibm,dfp", 1);
	write_threads(w, index, desc->threads);
	if (c->hash)
		write_hash(w, c);
	if (c->radix && c->radix_ap_count)
		fdt_prop_cells(w, "ibm,processor-radix-AP-encodings", c->radix_ap,
			       c->radix_ap_count);
	if (c->dec_bits)
		fdt_prop_u32(w, "ibm,dec-bits", c->dec_bits);
	fdt_prop_u32(w, "ibm,chip-id", 0);
	if (c->radix)
		fdt_prop_u32(w, "ibm,mmu-pid-bits", 20);
	fdt_end(w);
}

int fdt_build_level(const struct fdt_desc *desc, void **ret_blob, size_t *ret_len)
{
	const struct fdt_cpu_desc *c = desc->cpu;
	struct fdt_writer *w;
	int r = fdt_writer_new(&w);

	if (r < 0)
		return r;
	fdt_begin(w, "");
	fdt_begin(w, "cpus");
	for (unsigned i = 0; i < desc->cpus; i += desc->threads) {
		fdt_begin_unit(w, c->node_name, i);
		write_level(w, c);
		fdt_end(w);
	}
	fdt_end(w);
	fdt_end(w);
	r = fdt_writer_finish(w, ret_blob, ret_len);
	fdt_writer_free(w);
	return r;
}

void fdt_write_cpus(struct fdt_writer *w, const struct fdt_desc *desc)
{
	fdt_begin(w, "cpus");
	fdt_prop_u32(w, "#address-cells", 1);
	fdt_prop_u32(w, "#size-cells", 0);
	for (unsigned i = 0; i < desc->cpus; i += desc->threads)
		write_cpu(w, desc, i);
	fdt_end(w);
}
