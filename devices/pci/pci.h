/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A PCI function: configuration space, base address registers, MSI-X. Source: PCI Local Bus Specification
 * 3.0, chapters 6.1 to 6.3 (configuration space), 6.8 (MSI-X); interrupts are assigned as in LoPAR "MSI
 * Support".
 *
 * Threads: configuration accesses under the bridge's lock, from vCPU threads; BAR accesses from any vCPU at
 * any time, even while a BAR moves; interrupts from any thread.
 */
#ifndef PAPRIKA_PCI_PCI_H
#define PAPRIKA_PCI_PCI_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "vmm/base/check.h"
#include "vmm/bus/irq.h"
#include "vmm/mem/dma.h"

#define PCI_CONFIG_SIZE  256
#define PCI_BARS         6
#define PCI_MSIX_MAX     64
#define PCI_DOORBELLS_MAX 32
#define PCI_MSIX_ENTRY   16 /* bytes of the table for one vector */
#define PCI_BAR_DISABLED (~0ull)

/* Offsets in configuration space. */
#define PCI_CFG_VENDOR       0x00
#define PCI_CFG_DEVICE       0x02
#define PCI_CFG_COMMAND      0x04
#define PCI_CFG_STATUS       0x06
#define PCI_CFG_REVISION     0x08
#define PCI_CFG_CLASS        0x09
#define PCI_CFG_BAR0         0x10
#define PCI_CFG_SUB_VENDOR   0x2c
#define PCI_CFG_SUB_DEVICE   0x2e
#define PCI_CFG_CAPABILITIES 0x34
#define PCI_CFG_INT_LINE     0x3c
#define PCI_CFG_INT_PIN      0x3d
#define PCI_CFG_FIRST_CAP    0x40

#define PCI_CMD_MEMORY     0x0002
#define PCI_CMD_MASTER     0x0004
#define PCI_CMD_INTX_OFF   0x0400
#define PCI_STATUS_INTX    0x0008
#define PCI_STATUS_CAPS    0x0010

#define PCI_CAP_MSIX   0x11
#define PCI_CAP_VENDOR 0x09

struct pci_ids {
	uint16_t vendor, device, sub_vendor, sub_device;
	uint32_t class_code; /* 24 bits: class, subclass, interface */
	uint8_t revision;
};

/* @offset is from the BAR's begin, @len 1, 2, 4 or 8 within it; values are little-endian registers'. */
struct pci_bar_ops {
	uint64_t (*read)(void *ctx, uint64_t offset, unsigned len);
	void (*write)(void *ctx, uint64_t offset, unsigned len, uint64_t value);
};

/* What the device behind the function does; any may be NULL. */
struct pci_function_ops {
	/* Under the bridge's lock: true if the device answers this access itself. */
	bool (*config_read)(void *ctx, unsigned offset, unsigned len, uint32_t *ret_value);
	bool (*config_write)(void *ctx, unsigned offset, unsigned len, uint32_t value);
	/* A reset of the endpoint, on a vCPU thread: begun when this returns, and must not block. */
	void (*reset)(void *ctx);
};

struct pci_bar {
	uint64_t size; /* 0: none; a power of two */
	uint64_t assigned; /* where the firmware put it, a bus address */
	_Atomic uint64_t at; /* where it answers, or PCI_BAR_DISABLED */
	const struct pci_bar_ops *ops;
	void *ctx;
};

/* A register whose every write rings an eventfd and does no more. */
struct pci_doorbell {
	unsigned bar;
	uint64_t offset; /* in it */
	int fd;
	bool set;  /* the back end rings it, */
	gpa_t gpa; /* at this address */
};

struct pci_msix {
	pthread_mutex_t lock;
	unsigned cap; /* its offset; 0: no MSI-X */
	unsigned vectors;
	unsigned assigned; /* by ibm,change-msi: lines[0..assigned) */
	bool enabled, masked;
	bool pin_off; /* by the command register */
	uint64_t pending; /* a bit a vector */
	uint8_t table[PCI_MSIX_MAX * PCI_MSIX_ENTRY];
	struct irq_line lines[PCI_MSIX_MAX];
};

/*
 * A call: an eventfd that somebody else signals, such as a process that serves a queue, for one interrupt of a vector
 * each time. While the vector would raise its source, the kernel raises it by itself, where it can. At all other times
 * whoever watches the eventfd learns by pci_call_take() that there is an interrupt to be raised, as any other.
 */
struct pci_call {
	struct pci_function *f;
	struct pci_call *next;
	int fd;
	unsigned vector;
	bool bound;           /* in the kernel, */
	struct irq_line line; /* to this */
};

struct phb;

struct pci_function {
	const char *node_name; /* in the device tree */
	struct pci_ids ids;
	const struct pci_function_ops *ops;
	void *ctx;
	struct phb *phb;
	unsigned devfn;
	uint8_t config[PCI_CONFIG_SIZE], writable[PCI_CONFIG_SIZE];
	unsigned next_cap, last_cap;
	struct pci_bar bars[PCI_BARS];
	struct pci_doorbell doorbells[PCI_DOORBELLS_MAX];
	unsigned doorbell_count;
	struct pci_msix msix;
	struct pci_call *calls; /* under msix.lock */
	struct irq_line lsi;
	bool lsi_level;
	struct dma dma;
};

void pci_function_init(struct pci_function *f, const char *node_name, const struct pci_ids *ids,
		       const struct pci_function_ops *ops, void *ctx);
void pci_function_done(struct pci_function *f);

/* A 64-bit memory BAR at registers @index and @index + 1, before the function is put on a bridge. */
void pci_bar_set(struct pci_function *f, unsigned index, uint64_t size,
		 const struct pci_bar_ops *ops, void *ctx);
/*
 * Writes to @offset of BAR @index ring @fd; before the function is put on a bridge, at most PCI_DOORBELLS_MAX.
 * The BAR's write function does so too: where the back end cannot, writes come to it.
 */
void pci_doorbell_add(struct pci_function *f, unsigned index, uint64_t offset, int fd);
/* A capability of @len bytes, its id and next pointer included; its offset. It is read-only at first. */
unsigned pci_cap_add(struct pci_function *f, uint8_t id, unsigned len);
/* MSI-X, its table at @table_offset and its pending bits at @pba_offset of BAR @bar. */
void pci_msix_init(struct pci_function *f, unsigned vectors, unsigned bar, uint32_t table_offset,
		   uint32_t pba_offset);

/* Accesses to configuration space; @offset + @len lies within it, aligned. Under the bridge's lock. */
uint32_t pci_config_get(struct pci_function *f, unsigned offset, unsigned len);
void pci_config_set(struct pci_function *f, unsigned offset, unsigned len, uint32_t value);
/* Registers as at power-on: BARs where the firmware put them, everything off. Under the bridge's lock. */
void pci_config_reset(struct pci_function *f);

/* The table and the pending bits, for the device's BAR handlers; out of range: all ones, ignored. */
uint64_t pci_msix_table_read(struct pci_function *f, uint64_t offset, unsigned len);
void pci_msix_table_write(struct pci_function *f, uint64_t offset, unsigned len, uint64_t value);
uint64_t pci_msix_pba_read(struct pci_function *f, uint64_t offset, unsigned len);

/* The sources that ibm,change-msi assigned: @count of them; those it had are no longer used. */
void pci_msix_assign(struct pci_function *f, const struct irq_line *lines, unsigned count);

/* One event of a vector; dropped if MSI-X is off or the vector has no source. */
void pci_msix_raise(struct pci_function *f, unsigned vector);
bool pci_msix_enabled(struct pci_function *f);
/* The state of the function's interrupt pin. */
void pci_lsi_set(struct pci_function *f, bool level);
bool pci_lsi_get(struct pci_function *f);

/* Before the function is put on a bridge. @fd, which does not block, is closed by the caller, after pci_call_remove(). */
void pci_call_add(struct pci_function *f, struct pci_call *call, int fd);
void pci_call_remove(struct pci_call *call);
/* The vector that it is for; any number that no vector has: none. */
void pci_call_set_vector(struct pci_call *call, unsigned vector);
/* The eventfd may have been signalled: true if so, and the kernel has not raised the interrupt. */
bool pci_call_take(struct pci_call *call);

/* Between intr.c and call.c, with msix.lock held: whether events of @vector are its source's now; what that depends on
 * has changed. */
bool pci_msix_raises(const struct pci_function *f, unsigned vector);
void pci_calls_update(struct pci_function *f);

/* Between pci.c and intr.c: the command register or the MSI-X control changed; everything off. */
void pci_intr_config_written(struct pci_function *f);
void pci_intr_reset(struct pci_function *f);

#endif
