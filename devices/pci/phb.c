/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bridge: its functions, their configuration space and interrupts, the endpoint's state. */
#include "devices/pci/phb.h"

#include <errno.h>
#include <stdlib.h>

#include "devices/pci/phb_impl.h"
#include "vmm/base/bits.h"
#include "vmm/base/log.h"

#define BAR_ALIGN 0x10000u /* no two BARs in a page of any guest */

static int windows_add(struct phb *p)
{
	uint64_t mem32 = PHB_MEM32_GPA + p->params.index * PHB_SPACE;
	uint64_t mem64 = PHB_MEM64_GPA + p->params.index * PHB_SPACE;
	int r;

	p->mem32 = (struct phb_range){p, PHB_MEM32_BUS};
	p->mem64 = (struct phb_range){p, mem64};
	p->next_mem64 = mem64;
	r = bus_add(p->params.bus, GPA(mem32), PHB_MEM32_SIZE, &phb_bus_ops, &p->mem32);
	if (r == 0)
		r = bus_add(p->params.bus, GPA(mem64), PHB_MEM64_SIZE, &phb_bus_ops, &p->mem64);
	return r;
}

int phb_new(const struct phb_params *params, struct phb **ret_phb)
{
	struct phb *p = calloc(1, sizeof(*p));
	int r;

	if (!p)
		return -ENOMEM;
	p->params = *params;
	pthread_mutex_init(&p->lock, NULL);
	r = windows_add(p);
	for (unsigned i = 0; i < PHB_MSIS && r == 0; i++)
		r = params->irq_alloc(params->ctx, false, &p->msis[i]);
	if (r == 0)
		r = phb_dma_reset(p);
	if (r < 0) {
		phb_free(p);
		return r;
	}
	*ret_phb = p;
	return 0;
}

void phb_free(struct phb *p)
{
	if (!p)
		return;
	pthread_mutex_destroy(&p->lock);
	free(p);
}

int phb_add(struct phb *p, struct pci_function *f)
{
	int r;

	if (p->count == PHB_SLOTS)
		return -ENOSPC;
	r = p->params.irq_alloc(p->params.ctx, true, &f->lsi);
	if (r < 0)
		return r;
	f->phb = p;
	f->devfn = p->count << 3;
	f->dma.tables = p->params.tables;
	f->dma.pe = p->params.index;
	for (unsigned i = 0; i < PCI_BARS; i++) {
		uint64_t size = f->bars[i].size;

		if (!size)
			continue;
		f->bars[i].assigned = align_up(p->next_mem64, size > BAR_ALIGN ? size : BAR_ALIGN);
		p->next_mem64 = f->bars[i].assigned + size;
	}
	pci_config_reset(f);
	p->slots[p->count++] = f;
	return 0;
}

int phb_reset(struct phb *p)
{
	atomic_store(&p->in_reset, false);
	for (unsigned i = 0; i < p->count; i++) {
		phb_msi_change(p, p->slots[i]->devfn << 8, 0);
		pthread_mutex_lock(&p->lock);
		pci_config_reset(p->slots[i]);
		pthread_mutex_unlock(&p->lock);
	}
	return phb_dma_reset(p);
}

uint64_t phb_buid(const struct phb *p)
{
	return PHB_BUID_BASE + p->params.index;
}

struct phb *phb_by_buid(const struct phb_set *set, uint64_t buid)
{
	for (unsigned i = 0; i < set->count; i++)
		if (phb_buid(set->phbs[i]) == buid)
			return set->phbs[i];
	return NULL;
}

/* LoPAR "PCI Configuration Space", config_addr: register 0-3 and 24-31, bus 8-15, device and function. */
#define ADDRESS_BUS(a)      (((a) >> 16) & 0xff)
#define ADDRESS_DEVFN(a)    (((a) >> 8) & 0xff)
#define ADDRESS_REGISTER(a) (((a) >> 20 & 0xf00) | ((a) & 0xff))

struct pci_function *phb_function(struct phb *p, uint32_t address)
{
	unsigned devfn = ADDRESS_DEVFN(address);

	if (ADDRESS_BUS(address) || (devfn & 7))
		return NULL;
	return p->slots[devfn >> 3];
}

static bool config_access_sound(uint32_t address, unsigned len)
{
	return (len == 1 || len == 2 || len == 4) && !(ADDRESS_REGISTER(address) & (len - 1));
}

/* The function, if it and the register are there and it is not held in reset. Under the lock. */
static struct pci_function *config_target(struct phb *p, uint32_t address)
{
	if (ADDRESS_REGISTER(address) >= PCI_CONFIG_SIZE || atomic_load(&p->in_reset))
		return NULL;
	return phb_function(p, address);
}

bool phb_config_read(struct phb *p, uint32_t address, unsigned len, uint32_t *ret_value)
{
	struct pci_function *f;

	if (!config_access_sound(address, len))
		return false;
	pthread_mutex_lock(&p->lock);
	f = config_target(p, address);
	*ret_value = f ? pci_config_get(f, ADDRESS_REGISTER(address), len) :
			 (uint32_t)(~0ull >> (64 - 8 * len));
	pthread_mutex_unlock(&p->lock);
	return true;
}

bool phb_config_write(struct phb *p, uint32_t address, unsigned len, uint32_t value)
{
	struct pci_function *f;

	if (!config_access_sound(address, len))
		return false;
	pthread_mutex_lock(&p->lock);
	f = config_target(p, address);
	if (f)
		pci_config_set(f, ADDRESS_REGISTER(address), len, value);
	pthread_mutex_unlock(&p->lock);
	return true;
}

bool phb_has_function(struct phb *p, uint32_t address)
{
	return phb_function(p, address) != NULL;
}

/* Its own address, or that of any of its functions. */
bool phb_is_endpoint(struct phb *p, uint32_t address)
{
	return address == PHB_PE_ADDRESS || phb_has_function(p, address);
}

unsigned phb_function_count(const struct phb *p)
{
	return p->count;
}

/* Under the lock. */
static void msis_release(struct phb *p, const struct pci_function *f)
{
	for (unsigned i = 0; i < PHB_MSIS; i++)
		if (p->msi_owner[i] == f)
			p->msi_owner[i] = NULL;
}

static unsigned msis_take(struct phb *p, struct pci_function *f, struct irq_line *lines,
			  unsigned count)
{
	unsigned n = 0;

	for (unsigned i = 0; i < PHB_MSIS && n < count; i++)
		if (!p->msi_owner[i]) {
			p->msi_owner[i] = f;
			lines[n++] = p->msis[i];
		}
	return n;
}

int phb_msi_change(struct phb *p, uint32_t address, unsigned count)
{
	struct irq_line lines[PCI_MSIX_MAX];
	struct pci_function *f;
	int r = -ENOENT;

	pthread_mutex_lock(&p->lock);
	f = phb_function(p, address);
	if (f && !f->msix.cap) {
		r = -EINVAL;
	} else if (f) {
		/* first the old ones lose their vectors, then others may have them */
		pci_msix_assign(f, NULL, 0);
		msis_release(p, f);
		r = (int)msis_take(p, f, lines, count < f->msix.vectors ? count : f->msix.vectors);
		pci_msix_assign(f, lines, (unsigned)r);
	}
	pthread_mutex_unlock(&p->lock);
	return r;
}

int phb_msi_count(struct phb *p, uint32_t address)
{
	struct pci_function *f;
	int r = -ENOENT;

	pthread_mutex_lock(&p->lock);
	f = phb_function(p, address);
	if (f)
		r = (int)f->msix.assigned;
	pthread_mutex_unlock(&p->lock);
	return r;
}

int phb_msi_query(struct phb *p, uint32_t address, unsigned n, uint32_t *ret_source, bool *ret_edge)
{
	struct pci_function *f;
	int r = -ENOENT;

	pthread_mutex_lock(&p->lock);
	f = phb_function(p, address);
	if (f && f->msix.assigned) {
		r = n < f->msix.assigned ? 0 : -ERANGE;
		if (r == 0)
			*ret_source = f->msix.lines[n].source;
		*ret_edge = true;
	} else if (f) {
		r = n == 0 ? 0 : -ERANGE;
		*ret_source = f->lsi.source;
		*ret_edge = false;
	}
	pthread_mutex_unlock(&p->lock);
	return r;
}

void phb_endpoint_reset(struct phb *p, bool active)
{
	pthread_mutex_lock(&p->lock);
	if (active && !atomic_exchange(&p->in_reset, true)) {
		for (unsigned i = 0; i < p->count; i++) {
			struct pci_function *f = p->slots[i];

			pci_config_reset(f);
			if (f->ops->reset)
				f->ops->reset(f->ctx);
		}
	}
	if (!active)
		atomic_store(&p->in_reset, false);
	pthread_mutex_unlock(&p->lock);
}

bool phb_endpoint_in_reset(struct phb *p)
{
	return atomic_load(&p->in_reset);
}
