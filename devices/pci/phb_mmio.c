/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory accesses through the bridge. A BAR's place is one atomic word: an access sees it either before or
 * after a move, never half of each. The bus is little-endian.
 */
#include "devices/pci/phb_impl.h"

static uint64_t swap(uint64_t value, unsigned len)
{
	return __builtin_bswap64(value) >> (64 - 8 * len);
}

/* The BAR that holds all of the access, and the offset in it. */
static const struct pci_bar *bar_find(struct phb *p, uint64_t at, unsigned len, uint64_t *ret_offset)
{
	if (atomic_load_explicit(&p->in_reset, memory_order_relaxed))
		return NULL;
	for (unsigned slot = 0; slot < p->count; slot++)
		for (unsigned i = 0; i < PCI_BARS; i++) {
			struct pci_bar *bar = &p->slots[slot]->bars[i];
			uint64_t base = atomic_load_explicit(&bar->at, memory_order_acquire);

			if (!bar->size || base == PCI_BAR_DISABLED || at - base >= bar->size)
				continue;
			*ret_offset = at - base;
			return len <= bar->size - (at - base) ? bar : NULL;
		}
	return NULL;
}

/* Where the guest finds a bus address of one of the windows. */
static bool bus_to_gpa(const struct phb *p, uint64_t at, gpa_t *ret_gpa)
{
	if (at - p->mem32.bus_base < PHB_MEM32_SIZE)
		*ret_gpa = GPA(at - p->mem32.bus_base + PHB_MEM32_GPA + p->params.index * PHB_SPACE);
	else if (at - p->mem64.bus_base < PHB_MEM64_SIZE)
		*ret_gpa = GPA(at);
	else
		return false;
	return true;
}

void phb_bar_moved(struct phb *p, struct pci_function *f, unsigned bar, uint64_t to)
{
	const struct phb_params *params = &p->params;

	if (!params->doorbell_set)
		return;
	for (unsigned i = 0; i < f->doorbell_count; i++) {
		struct pci_doorbell *d = &f->doorbells[i];

		if (d->bar != bar)
			continue;
		if (d->set)
			params->doorbell_set(params->ctx, d->gpa, d->fd, false);
		d->set = to != PCI_BAR_DISABLED && bus_to_gpa(p, to + d->offset, &d->gpa) &&
			 params->doorbell_set(params->ctx, d->gpa, d->fd, true) == 0;
	}
}

static uint64_t phb_read(void *ctx, uint64_t offset, unsigned len)
{
	const struct phb_range *r = ctx;
	const struct pci_bar *bar = bar_find(r->phb, r->bus_base + offset, len, &offset);

	return bar ? swap(bar->ops->read(bar->ctx, offset, len), len) : ~0ull;
}

static void phb_write(void *ctx, uint64_t offset, unsigned len, uint64_t value)
{
	const struct phb_range *r = ctx;
	const struct pci_bar *bar = bar_find(r->phb, r->bus_base + offset, len, &offset);

	if (bar)
		bar->ops->write(bar->ctx, offset, len, swap(value, len));
}

const struct bus_ops phb_bus_ops = {.read = phb_read, .write = phb_write};
