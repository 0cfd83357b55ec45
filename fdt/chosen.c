/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /chosen: what the firmware tells the client program. */
#include "fdt/desc.h"
#include "fdt/vectors.h"

/*
 * ibm,arch-vec-5-platform-support: pairs of a byte's number in option vector 5 and its value, before the
 * negotiation: byte 23, interrupt modes; byte 24, MMU; 25, no hash extensions; 26, the guest may do tlbie.
 */
static void write_platform_support(struct fdt_writer *w, const struct fdt_desc *desc)
{
	const uint8_t mmu = !desc->cpu->radix ? OV5_MMU_HASH :
			    desc->cpu->hash   ? OV5_MMU_EITHER :
						OV5_MMU_RADIX;
	const uint8_t support[] = {
		OV5_INTC, desc->intc_offer, OV5_MMU, mmu, 25, 0x00,
		OV5_RADIX_EXT, desc->cpu->radix ? 0x40 : 0x00,
	};

	fdt_prop_bytes(w, "ibm,arch-vec-5-platform-support", support, sizeof(support));
}

void fdt_write_chosen(struct fdt_writer *w, const struct fdt_desc *desc)
{
	fdt_begin(w, "chosen");
	fdt_prop_str(w, "bootargs", desc->bootargs ? desc->bootargs : "");
	if (desc->initrd_size) {
		fdt_prop_u64(w, "linux,initrd-start", desc->initrd_base);
		fdt_prop_u64(w, "linux,initrd-end", desc->initrd_base + desc->initrd_size);
	}
	if (desc->stdout_path) {
		fdt_prop_str(w, "linux,stdout-path", desc->stdout_path);
		fdt_prop_str(w, "stdout-path", desc->stdout_path);
	}
	write_platform_support(w, desc);
	fdt_end(w);
}
