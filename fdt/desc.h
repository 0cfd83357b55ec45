/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a VM's device tree is made from: plain values, no VM needed. */
#ifndef PAPRIKA_FDT_DESC_H
#define PAPRIKA_FDT_DESC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fdt/writer.h"

/* phandles that other nodes refer to. */
#define FDT_PHANDLE_INTC 0x1111

struct fdt_cpu_desc {
	const char *node_name; /* "PowerPC,POWER9" */
	uint32_t pvr; /* of the processor, or of the architecture level that the guest runs at */
	uint32_t dcache_size, icache_size, line_size;
	uint64_t clock_hz;
	uint32_t timebase_hz;
	unsigned dec_bits; /* of the decrementer; 0: 32, as ever */
	uint32_t radix_ap[8]; /* page sizes of radix trees: tlbie's AP encoding in the top three bits */
	size_t radix_ap_count;
	bool radix;
	bool hash; /* hashed page tables, with the values that follow */
	unsigned htab_shift; /* log2 of the table's bytes */
	unsigned slb_size;
	bool segments_1t;
	unsigned storage_keys; /* for data and for instructions; 0: none */
	uint32_t segment_pages[64]; /* ibm,segment-page-sizes */
	size_t segment_pages_count;
	uint8_t pa_features[72];
	size_t pa_features_len;
};

/* XIVE in exploitation mode. */
struct fdt_xive_desc {
	uint64_t user_page, os_page, page_size; /* of the thread management area; bytes */
	const uint32_t *eq_shifts;              /* event queue sizes, as powers of 2, ascending */
	size_t eq_shift_count;
	uint32_t ipis;                          /* LISNs from 0 for the guest's own use */
	uint32_t reserved_from;                 /* priorities from this to 0xfe are not for the guest */
};

/* An RTAS function by name. */
struct fdt_rtas_call {
	const char *name;
	uint32_t token;
};

#define FDT_THREADS_MAX 8

struct fdt_desc {
	const struct fdt_cpu_desc *cpu;
	unsigned cpus, max_cpus; /* threads */
	unsigned threads;        /* of a core; cpus is a multiple */
	const char *vm_name; /* or NULL */
	uint64_t memory_size;
	const char *bootargs;
	uint64_t kernel_base, kernel_size;
	uint64_t initrd_base, initrd_size; /* size 0: none */
	const char *stdout_path;           /* or NULL */
	uint8_t intc_offer; /* OV5_INTC_*, before the negotiation */
	bool use_xive;      /* the controller is this one, else XICS */
	struct fdt_xive_desc xive;
	const struct fdt_rtas_call *rtas_calls;
	size_t rtas_call_count;
	bool msix;          /* ibm,change-msi gives MSI-X too */
	uint32_t rtas_size; /* bytes that instantiate-rtas needs */
	const char *hypertas; /* strings, each with its NUL */
	size_t hypertas_len;
	uint32_t nvram_size; /* 0: none */
	bool rng;            /* H_RANDOM is offered */
	bool kvm;            /* Linux's KVM runs the guest */
	uint32_t source_base, source_count; /* interrupt sources of /vdevice */
	uint32_t epow_source; /* of the power's events; 0: none */
	/* Writes the nodes of /vdevice, and those of the PCI host bridges. */
	void (*describe_vdevice)(struct fdt_writer *w, void *ctx);
	void (*describe_pci)(struct fdt_writer *w, void *ctx);
	void *ctx;
};

/*
 * The tree of the VM described, as a malloc'd blob.
 * -ENOMEM; -EINVAL: a value that does not fit.
 */
__must_check int fdt_build(const struct fdt_desc *desc, void **ret_blob, size_t *ret_len);

/*
 * What depends on the interrupt mode, in a tree of its own: properties of the root and of its children, and
 * the controller, whose phandle is the same in both modes. Errors as fdt_build().
 */
__must_check int fdt_build_intc(const struct fdt_desc *desc, void **ret_blob, size_t *ret_len);

/*
 * What depends on the architecture level, in a tree of its own: properties of each CPU's node. Errors as
 * fdt_build().
 */
__must_check int fdt_build_level(const struct fdt_desc *desc, void **ret_blob, size_t *ret_len);

/* One function a part of the tree; fdt_build calls them in this order. */
void fdt_write_root(struct fdt_writer *w, const struct fdt_desc *desc);
void fdt_write_cpus(struct fdt_writer *w, const struct fdt_desc *desc);
void fdt_write_memory(struct fdt_writer *w, const struct fdt_desc *desc);
void fdt_write_chosen(struct fdt_writer *w, const struct fdt_desc *desc);
void fdt_write_rtas(struct fdt_writer *w, const struct fdt_desc *desc);
void fdt_write_intc(struct fdt_writer *w, const struct fdt_desc *desc);
void fdt_write_intc_priorities(struct fdt_writer *w, const struct fdt_desc *desc);
void fdt_write_hypertas(struct fdt_writer *w, const struct fdt_desc *desc);
void fdt_write_events(struct fdt_writer *w, const struct fdt_desc *desc);
void fdt_write_vdevice(struct fdt_writer *w, const struct fdt_desc *desc);

#endif
