/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The root of the tree, and the order of its parts. LoPAR appendix "PAPR binding", root node. */
#include "fdt/desc.h"

static const char root_compatible[] = "paprika,pseries\0IBM,pSeries";

void fdt_write_root(struct fdt_writer *w, const struct fdt_desc *desc)
{
	fdt_prop_str(w, "device_type", "chrp");
	fdt_prop_str(w, "model", "IBM pSeries (paprika)");
	fdt_prop_bytes(w, "compatible", root_compatible, sizeof(root_compatible));
	fdt_prop_u32(w, "#address-cells", 2);
	fdt_prop_u32(w, "#size-cells", 2);
	fdt_prop_empty(w, "ibm,lpar-capable");
	if (desc->vm_name)
		fdt_prop_str(w, "ibm,partition-name", desc->vm_name);
	fdt_prop_u32(w, "ibm,partition-no", 1);
	fdt_write_intc_priorities(w, desc);

	fdt_begin(w, "options");
	fdt_end(w);
	fdt_begin(w, "openprom");
	fdt_prop_str(w, "model", "paprika VOF");
	fdt_prop_empty(w, "relative-addressing");
	fdt_end(w);
	fdt_begin(w, "aliases");
	fdt_end(w);
}

/*
 * Documentation/virt/kvm/ppc-pv.rst. By it Linux knows that its vCPUs share processors with others: it does without
 * the detector of hard lockups, and without doorbells, which KVM would have to emulate. KVM's own calls are not for
 * its guests in an LPAR environment, so that there are no hcall-instructions.
 */
static void write_hypervisor(struct fdt_writer *w, const struct fdt_desc *desc)
{
	if (!desc->kvm)
		return;
	fdt_begin(w, "hypervisor");
	fdt_prop_str(w, "compatible", "linux,kvm");
	fdt_end(w);
}

static void write_tree(struct fdt_writer *w, const struct fdt_desc *desc)
{
	fdt_begin(w, "");
	fdt_write_root(w, desc);
	write_hypervisor(w, desc);
	fdt_write_cpus(w, desc);
	fdt_write_memory(w, desc);
	fdt_write_intc(w, desc);
	fdt_write_rtas(w, desc);
	fdt_write_events(w, desc);
	fdt_write_vdevice(w, desc);
	if (desc->describe_pci)
		desc->describe_pci(w, desc->ctx);
	fdt_write_chosen(w, desc);
	fdt_end(w);
}

int fdt_build(const struct fdt_desc *desc, void **ret_blob, size_t *ret_len)
{
	struct fdt_writer *w;
	int r = fdt_writer_new(&w);

	if (r < 0)
		return r;
	write_tree(w, desc);
	r = fdt_writer_finish(w, ret_blob, ret_len);
	fdt_writer_free(w);
	return r;
}
