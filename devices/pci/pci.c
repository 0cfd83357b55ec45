/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Configuration space of a function. */
#include "devices/pci/phb.h"

#include <assert.h>
#include <string.h>

#include "vmm/base/byteorder.h"

#define BAR_TYPE_64 0x4

void pci_function_init(struct pci_function *f, const char *node_name, const struct pci_ids *ids,
		       const struct pci_function_ops *ops, void *ctx)
{
	memset(f, 0, sizeof(*f));
	f->node_name = node_name;
	f->ids = *ids;
	f->ops = ops;
	f->ctx = ctx;
	f->next_cap = PCI_CFG_FIRST_CAP;
	pthread_mutex_init(&f->msix.lock, NULL);
	store_le16(f->config + PCI_CFG_VENDOR, ids->vendor);
	store_le16(f->config + PCI_CFG_DEVICE, ids->device);
	store_le32(f->config + PCI_CFG_REVISION, ids->class_code << 8 | ids->revision);
	store_le16(f->config + PCI_CFG_SUB_VENDOR, ids->sub_vendor);
	store_le16(f->config + PCI_CFG_SUB_DEVICE, ids->sub_device);
	f->config[PCI_CFG_INT_PIN] = 1;
	f->writable[PCI_CFG_INT_LINE] = 0xff;
	store_le16(f->writable + PCI_CFG_COMMAND,
		   PCI_CMD_MEMORY | PCI_CMD_MASTER | PCI_CMD_INTX_OFF);
	for (unsigned i = 0; i < PCI_BARS; i++)
		atomic_init(&f->bars[i].at, PCI_BAR_DISABLED);
}

void pci_function_done(struct pci_function *f)
{
	pthread_mutex_destroy(&f->msix.lock);
}

void pci_bar_set(struct pci_function *f, unsigned index, uint64_t size,
		 const struct pci_bar_ops *ops, void *ctx)
{
	unsigned reg = PCI_CFG_BAR0 + index * 4;

	f->bars[index].size = size;
	f->bars[index].ops = ops;
	f->bars[index].ctx = ctx;
	store_le64(f->writable + reg, ~(size - 1));
	store_le32(f->config + reg, BAR_TYPE_64);
}

void pci_doorbell_add(struct pci_function *f, unsigned index, uint64_t offset, int fd)
{
	assert(f->doorbell_count < PCI_DOORBELLS_MAX);
	f->doorbells[f->doorbell_count++] =
		(struct pci_doorbell){.bar = index, .offset = offset, .fd = fd};
}

unsigned pci_cap_add(struct pci_function *f, uint8_t id, unsigned len)
{
	unsigned at = f->next_cap;

	f->config[at] = id;
	f->config[f->last_cap ? f->last_cap + 1 : PCI_CFG_CAPABILITIES] = (uint8_t)at;
	f->config[PCI_CFG_STATUS] |= PCI_STATUS_CAPS;
	f->last_cap = at;
	f->next_cap = (at + len + 3) & ~3u;
	return at;
}

static uint64_t bar_address(const struct pci_function *f, unsigned index)
{
	uint64_t v = load_le64(f->config + PCI_CFG_BAR0 + index * 4);

	return v & ~(f->bars[index].size - 1);
}

/* What the registers say, taken over by the paths that do not look at them. */
static void config_apply(struct pci_function *f)
{
	uint16_t command = load_le16(f->config + PCI_CFG_COMMAND);

	for (unsigned i = 0; i < PCI_BARS; i++) {
		uint64_t at = command & PCI_CMD_MEMORY ? bar_address(f, i) : PCI_BAR_DISABLED;

		if (f->bars[i].size && atomic_exchange(&f->bars[i].at, at) != at)
			phb_bar_moved(f->phb, f, i, at);
	}
	atomic_store(&f->dma.enabled, (command & PCI_CMD_MASTER) != 0);
}

uint32_t pci_config_get(struct pci_function *f, unsigned offset, unsigned len)
{
	uint8_t bytes[4] = {0};
	uint32_t v;

	if (f->ops->config_read && f->ops->config_read(f->ctx, offset, len, &v))
		return v;
	memcpy(bytes, f->config + offset, len);
	v = load_le32(bytes);
	if (offset <= PCI_CFG_STATUS && offset + len > PCI_CFG_STATUS && pci_lsi_get(f))
		v |= PCI_STATUS_INTX << (8 * (PCI_CFG_STATUS - offset));
	return v;
}

void pci_config_set(struct pci_function *f, unsigned offset, unsigned len, uint32_t value)
{
	for (unsigned i = 0; i < len; i++) {
		uint8_t mask = f->writable[offset + i], byte = (uint8_t)(value >> (8 * i));

		f->config[offset + i] = (uint8_t)((f->config[offset + i] & ~mask) | (byte & mask));
	}
	if (f->ops->config_write && f->ops->config_write(f->ctx, offset, len, value))
		return;
	config_apply(f);
	pci_intr_config_written(f);
}

void pci_config_reset(struct pci_function *f)
{
	for (unsigned i = 0; i < PCI_CONFIG_SIZE; i++)
		f->config[i] &= (uint8_t)~f->writable[i];
	for (unsigned i = 0; i < PCI_BARS; i++)
		if (f->bars[i].size)
			store_le64(f->config + PCI_CFG_BAR0 + i * 4, f->bars[i].assigned | BAR_TYPE_64);
	config_apply(f);
	pci_intr_reset(f);
}
