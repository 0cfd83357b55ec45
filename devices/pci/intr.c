/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A function's interrupts: its pin, and MSI-X. Every static function is called with the lock held. */
#include <string.h>

#include "devices/pci/pci.h"
#include "vmm/base/byteorder.h"

#define MSIX_ENABLE 0x8000
#define MSIX_MASK   0x4000

static void lsi_update(struct pci_function *f)
{
	irq_line_set(&f->lsi, f->lsi_level && !f->msix.pin_off && !f->msix.enabled);
}

static bool vector_masked(const struct pci_msix *m, unsigned v)
{
	return m->masked || (m->table[v * PCI_MSIX_ENTRY + 12] & 1);
}

bool pci_msix_raises(const struct pci_function *f, unsigned v)
{
	const struct pci_msix *m = &f->msix;

	return m->enabled && v < m->vectors && v < m->assigned && !vector_masked(m, v);
}

static void vector_fire(struct pci_msix *m, unsigned v)
{
	if (vector_masked(m, v)) {
		m->pending |= 1ull << v;
		return;
	}
	m->pending &= ~(1ull << v);
	if (v < m->assigned)
		irq_line_set(&m->lines[v], true);
}

static void pending_fire(struct pci_msix *m)
{
	for (unsigned v = 0; m->enabled && v < m->vectors; v++)
		if ((m->pending >> v) & 1)
			vector_fire(m, v);
}

static void config_written(struct pci_function *f)
{
	struct pci_msix *m = &f->msix;
	uint16_t control;

	m->pin_off = load_le16(f->config + PCI_CFG_COMMAND) & PCI_CMD_INTX_OFF;
	if (!m->cap)
		return;
	control = load_le16(f->config + m->cap + 2);
	m->enabled = control & MSIX_ENABLE;
	m->masked = control & MSIX_MASK;
	pending_fire(m);
	pci_calls_update(f);
}

void pci_intr_config_written(struct pci_function *f)
{
	pthread_mutex_lock(&f->msix.lock);
	config_written(f);
	lsi_update(f);
	pthread_mutex_unlock(&f->msix.lock);
}

void pci_intr_reset(struct pci_function *f)
{
	pthread_mutex_lock(&f->msix.lock);
	for (unsigned v = 0; v < f->msix.vectors; v++)
		store_le32(f->msix.table + v * PCI_MSIX_ENTRY + 12, 1);
	f->msix.pending = 0;
	f->lsi_level = false;
	config_written(f);
	lsi_update(f);
	pthread_mutex_unlock(&f->msix.lock);
}

void pci_msix_init(struct pci_function *f, unsigned vectors, unsigned bar, uint32_t table_offset,
		   uint32_t pba_offset)
{
	unsigned cap = pci_cap_add(f, PCI_CAP_MSIX, 12);

	f->msix.cap = cap;
	f->msix.vectors = vectors;
	store_le16(f->config + cap + 2, (uint16_t)(vectors - 1));
	store_le16(f->writable + cap + 2, MSIX_ENABLE | MSIX_MASK);
	store_le32(f->config + cap + 4, table_offset | bar);
	store_le32(f->config + cap + 8, pba_offset | bar);
}

uint64_t pci_msix_table_read(struct pci_function *f, uint64_t offset, unsigned len)
{
	uint8_t bytes[8] = {0};

	if (!check_range_u64(offset, len, f->msix.vectors * PCI_MSIX_ENTRY))
		return ~0ull;
	pthread_mutex_lock(&f->msix.lock);
	memcpy(bytes, f->msix.table + offset, len);
	pthread_mutex_unlock(&f->msix.lock);
	return load_le64(bytes);
}

void pci_msix_table_write(struct pci_function *f, uint64_t offset, unsigned len, uint64_t value)
{
	uint8_t bytes[8];

	if (!check_range_u64(offset, len, f->msix.vectors * PCI_MSIX_ENTRY))
		return;
	store_le64(bytes, value);
	pthread_mutex_lock(&f->msix.lock);
	memcpy(f->msix.table + offset, bytes, len);
	pending_fire(&f->msix);
	pci_calls_update(f);
	pthread_mutex_unlock(&f->msix.lock);
}

uint64_t pci_msix_pba_read(struct pci_function *f, uint64_t offset, unsigned len)
{
	uint64_t pending;

	if (!check_range_u64(offset, len, sizeof(pending)))
		return ~0ull;
	pthread_mutex_lock(&f->msix.lock);
	pending = f->msix.pending;
	pthread_mutex_unlock(&f->msix.lock);
	return pending >> (8 * offset);
}

/* The address is the bridge's own; what counts is the source number, which the guest learns from RTAS. */
#define MSI_ADDRESS 0x40000000000ull

void pci_msix_assign(struct pci_function *f, const struct irq_line *lines, unsigned count)
{
	struct pci_msix *m = &f->msix;

	pthread_mutex_lock(&m->lock);
	m->assigned = count;
	m->pending = 0;
	for (unsigned v = 0; v < m->vectors; v++) {
		uint8_t *entry = m->table + v * PCI_MSIX_ENTRY;

		if (v < count)
			m->lines[v] = lines[v];
		store_le64(entry, v < count ? MSI_ADDRESS : 0);
		store_le32(entry + 8, v < count ? lines[v].source : 0);
		store_le32(entry + 12, 1);
	}
	pci_calls_update(f);
	pthread_mutex_unlock(&m->lock);
}

void pci_msix_raise(struct pci_function *f, unsigned vector)
{
	struct pci_msix *m = &f->msix;

	pthread_mutex_lock(&m->lock);
	if (m->enabled && vector < m->vectors)
		vector_fire(m, vector);
	pthread_mutex_unlock(&m->lock);
}

bool pci_msix_enabled(struct pci_function *f)
{
	bool enabled;

	pthread_mutex_lock(&f->msix.lock);
	enabled = f->msix.enabled;
	pthread_mutex_unlock(&f->msix.lock);
	return enabled;
}

void pci_lsi_set(struct pci_function *f, bool level)
{
	pthread_mutex_lock(&f->msix.lock);
	f->lsi_level = level;
	lsi_update(f);
	pthread_mutex_unlock(&f->msix.lock);
}

bool pci_lsi_get(struct pci_function *f)
{
	bool level;

	pthread_mutex_lock(&f->msix.lock);
	level = f->lsi_level;
	pthread_mutex_unlock(&f->msix.lock);
	return level;
}
