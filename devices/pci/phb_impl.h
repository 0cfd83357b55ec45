/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the host bridge share. */
#ifndef PAPRIKA_PCI_PHB_IMPL_H
#define PAPRIKA_PCI_PHB_IMPL_H

#include "devices/pci/phb.h"

struct phb {
	struct phb_params params;
	pthread_mutex_t lock; /* configuration, assignments, windows */
	struct pci_function *slots[PHB_SLOTS];
	unsigned count;
	uint64_t next_mem64;
	atomic_bool in_reset;
	struct irq_line msis[PHB_MSIS];
	struct pci_function *msi_owner[PHB_MSIS];
	struct phb_range {
		struct phb *phb;
		uint64_t bus_base;
	} mem32, mem64;
};

#define PHB_LIOBN(phb, n) (0x80000000u | (phb)->params.index << 8 | (n))

/* The function of a configuration address, its register part ignored. Under the lock. */
struct pci_function *phb_function(struct phb *phb, uint32_t address);

extern const struct bus_ops phb_bus_ops; /* of a struct phb_range */

#endif
