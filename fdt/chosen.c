/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /chosen: what the firmware tells the client program. */
#include "fdt/desc.h"

/*
 * ibm,arch-vec-5-platform-support: pairs of a byte's number in option vector 5 and its value, before the
 * negotiation: byte 23, XICS; byte 24, radix; 25, no hash extensions; 26, the guest may do tlbie.
 */
static const uint8_t support_radix[] = {23, 0x00, 24, 0x40, 25, 0x00, 26, 0x40};
static const uint8_t support_hash[] = {23, 0x00, 24, 0x00, 25, 0x00, 26, 0x00};

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
	fdt_prop_bytes(w, "ibm,arch-vec-5-platform-support",
		       desc->cpu->radix ? support_radix : support_hash, sizeof(support_radix));
	fdt_end(w);
}
