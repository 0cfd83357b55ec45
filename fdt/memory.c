/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /memory@0. */
#include <endian.h>

#include "fdt/desc.h"

void fdt_write_memory(struct fdt_writer *w, const struct fdt_desc *desc)
{
	const uint64_t reg[2] = {0, htobe64(desc->memory_size)};

	fdt_begin_unit(w, "memory", 0);
	fdt_prop_str(w, "device_type", "memory");
	fdt_prop_bytes(w, "reg", reg, sizeof(reg));
	fdt_end(w);
}
