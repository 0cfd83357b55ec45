/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A PCI host bridge as LoPAR virtualizes it: one bus, one partitionable endpoint, a 32-bit and a 64-bit
 * memory window, interrupt sources, DMA windows. Source: LoPAR "I/O Topology", "I/O Bridges" of the device
 * tree binding, and the PCI, MSI, EEH and DMA window calls of RTAS.
 *
 * Threads: functions are added before the first vCPU runs. Configuration, interrupt assignment, endpoint
 * state and windows change on vCPU threads under the bridge's lock; memory accesses take no lock.
 */
#ifndef PAPRIKA_PCI_PHB_H
#define PAPRIKA_PCI_PHB_H

#include "devices/pci/pci.h"
#include "fdt/writer.h"
#include "vmm/bus/bus.h"

#define PHB_SLOTS  32
#define PHB_MSIS   128
#define PHBS_MAX   4

#define PHB_BUID_BASE   0x800000020000000ull
#define PHB_PE_ADDRESS  0x00010000u /* the configuration address that stands for the endpoint */

/* 32-bit window: bus and guest address differ; 64-bit window: they are the same. */
#define PHB_MEM32_BUS   0x80000000ull
#define PHB_MEM32_SIZE  0x80000000ull
#define PHB_MEM32_GPA   0x200080000000ull
#define PHB_MEM64_GPA   0x210000000000ull
#define PHB_MEM64_SIZE  0x010000000000ull
#define PHB_SPACE       0x020000000000ull /* from one bridge's windows to the next one's */

/* The default DMA window, below 4 GiB in 4 KiB pages; where the dynamic one begins. */
#define PHB_DMA_PAGES   (1ull << 16)
#define PHB_DMA64_BASE  0x800000000000000ull

struct phb_params {
	unsigned index;
	struct bus *bus;
	struct dma_tables *tables; /* NULL: no device of it will run (a description alone) */
	uint64_t memory_size;      /* bytes of guest RAM: what a dynamic window may cover */
	/* A source of the VM's interrupt controller. */
	int (*irq_alloc)(void *ctx, bool level_sensitive, struct irq_line *ret_line);
	/* Stores to @gpa ring @fd, or no longer, without coming here; refused (negative), they come. NULL: so
	 * do they all. */
	int (*doorbell_set)(void *ctx, gpa_t gpa, int fd, bool on);
	void *ctx;
};

struct phb;

struct phb_set {
	struct phb *phbs[PHBS_MAX];
	unsigned count;
};

/* -ENOMEM, -ENOSPC: no more interrupt sources, or places on the bus. */
__must_check int phb_new(const struct phb_params *params, struct phb **ret_phb);
void phb_free(struct phb *phb);
/* Gives @f the next slot, addresses for its BARs and a source for its pin. -ENOSPC: full. */
__must_check int phb_add(struct phb *phb, struct pci_function *f);
/* As at power-on. No vCPU runs; the functions' devices have been reset. -ENOMEM: no default window. */
__must_check int phb_reset(struct phb *phb);

uint64_t phb_buid(const struct phb *phb);
/* NULL: no such bridge. */
struct phb *phb_by_buid(const struct phb_set *set, uint64_t buid);

/*
 * @address as RTAS gives it: bus, device, function and register. False: not aligned to @len, or @len is
 * not 1, 2 or 4. What is not there reads as all ones.
 */
bool phb_config_read(struct phb *phb, uint32_t address, unsigned len, uint32_t *ret_value);
bool phb_config_write(struct phb *phb, uint32_t address, unsigned len, uint32_t value);
/* Whether a function, or the endpoint, has this configuration address. */
bool phb_has_function(struct phb *phb, uint32_t address);
bool phb_is_endpoint(struct phb *phb, uint32_t address);
unsigned phb_function_count(const struct phb *phb);

/*
 * Sets the number of MSI-X vectors to at most @count: how many there are now. -ENOENT: no such function;
 * -EINVAL: it has no MSI-X.
 */
int phb_msi_change(struct phb *phb, uint32_t address, unsigned count);
int phb_msi_count(struct phb *phb, uint32_t address);
/* -ENOENT: no such function; -ERANGE: no interrupt of that number. */
int phb_msi_query(struct phb *phb, uint32_t address, unsigned n, uint32_t *ret_source,
		  bool *ret_edge);

/* The function's BAR @bar answers at bus address @to now, or at none: PCI_BAR_DISABLED. Under the lock. */
void phb_bar_moved(struct phb *phb, struct pci_function *f, unsigned bar, uint64_t to);

/* Holds the endpoint in reset, or lets it go. */
void phb_endpoint_reset(struct phb *phb, bool active);
bool phb_endpoint_in_reset(struct phb *phb);

/* DMA windows. How many may be created, and the largest number of entries for each. */
unsigned phb_dma_available(struct phb *phb, uint64_t *ret_entries);
/* -EINVAL: not that size; -EBUSY: it is there; -ENOMEM. */
int phb_dma_create(struct phb *phb, unsigned page_shift, unsigned window_shift,
		   struct dma_window *ret_window);
/* -ENOENT: not a window of this bridge. */
int phb_dma_remove(struct phb *phb, uint32_t liobn);
/* The default window alone, and empty. -ENOMEM. */
int phb_dma_reset(struct phb *phb);

/* Its node and those of its functions. @ddw: tokens of ibm,query-, create-, remove-, reset-pe-dma-window. */
void phb_describe(struct phb *phb, struct fdt_writer *w, uint32_t intc_phandle,
		  const uint32_t ddw[4]);

/* Page sizes of dynamic windows, as ibm,query-pe-dma-window tells them: 4 KiB, 64 KiB, 16 MiB. */
#define PHB_DMA_PAGE_SIZES 0x7u

#endif
