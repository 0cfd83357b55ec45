/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The driver of tests/fake/virtio.h. */
#include "tests/fake/virtio.h"

#include <string.h>
#include <time.h>

#include "vmm/base/byteorder.h"

#define LIOBN   0x80000000u
#define PATIENCE 5000

static void wait_a_bit(void)
{
	nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL);
}

static uint64_t swap(uint64_t v, unsigned len)
{
	return __builtin_bswap64(v) >> (64 - 8 * len);
}

uint64_t drv_read(struct fake_driver *v, uint64_t offset, unsigned len)
{
	uint64_t value = 0;

	if (!bus_read(&v->vm->bus, GPA(v->d->pci.bars[0].assigned + offset), len, &value))
		return ~0ull;
	return swap(value, len);
}

void drv_write(struct fake_driver *v, uint64_t offset, unsigned len, uint64_t value)
{
	bus_write(&v->vm->bus, GPA(v->d->pci.bars[0].assigned + offset), len, swap(value, len));
}

void drv_attach(struct fake_driver *v)
{
	struct phb *phb = v->vm->phbs.phbs[0];

	for (uint64_t at = 0; at < FAKE_RAM_SIZE; at += 4096)
		if (dma_tce_put(v->vm->dma, LIOBN, IOBA(at), NULL, at | TCE_READ | TCE_WRITE, 1) < 0)
			return;
	phb_config_write(phb, v->d->pci.devfn << 8 | PCI_CFG_BAR0, 4, (uint32_t)v->d->pci.bars[0].assigned);
	phb_config_write(phb, v->d->pci.devfn << 8 | (PCI_CFG_BAR0 + 4), 4,
			 (uint32_t)(v->d->pci.bars[0].assigned >> 32));
	phb_config_write(phb, v->d->pci.devfn << 8 | PCI_CFG_COMMAND, 2, PCI_CMD_MEMORY | PCI_CMD_MASTER);
}

bool drv_wait_status(struct fake_driver *v, unsigned mask, unsigned want)
{
	for (unsigned i = 0; i < (v->patience ? v->patience : PATIENCE); i++) {
		if ((drv_read(v, DEV_STATUS, 1) & mask) == want)
			return true;
		wait_a_bit();
	}
	return false;
}

bool drv_begin(struct fake_driver *v, uint64_t features)
{
	drv_write(v, DEV_STATUS, 1, 0);
	if (!drv_wait_status(v, 0xff, 0))
		return false;
	drv_write(v, DEV_STATUS, 1, 3);
	for (unsigned half = 0; half < 2; half++) {
		drv_write(v, DRV_FEATURE_SELECT, 4, half);
		drv_write(v, DRV_FEATURE, 4, (uint32_t)(features >> (32 * half)));
	}
	drv_write(v, DEV_STATUS, 1, 3 | VIRTIO_STATUS_FEATURES_OK);
	if (!(drv_read(v, DEV_STATUS, 1) & VIRTIO_STATUS_FEATURES_OK))
		return false;
	drv_queue(v);
	drv_write(v, DEV_STATUS, 1, 3 | VIRTIO_STATUS_FEATURES_OK | VIRTIO_STATUS_DRIVER_OK);
	return true;
}

void drv_queue(struct fake_driver *v)
{
	memset(v->vm->ram + RING_DESC + v->ring, 0, 0x4000);
	v->avail = v->used = 0;
	drv_write(v, Q_SELECT, 2, v->queue);
	drv_write(v, Q_SIZE, 2, RING_SIZE);
	drv_write(v, Q_DESC, 4, RING_DESC + v->ring);
	drv_write(v, Q_DESC + 4, 4, 0);
	drv_write(v, Q_DRIVER, 8, RING_DRIVER + v->ring);
	drv_write(v, Q_DEVICE, 8, RING_DEVICE + v->ring);
	drv_write(v, Q_ENABLE, 2, 1);
}

void drv_desc(struct fake_driver *v, unsigned i, uint64_t at, uint32_t len, unsigned flags, unsigned next)
{
	uint8_t *d = v->vm->ram + RING_DESC + v->ring + 16 * i;

	store_le64(d, at);
	store_le32(d + 8, len);
	store_le16(d + 12, (uint16_t)flags);
	store_le16(d + 14, (uint16_t)next);
}

void drv_give(struct fake_driver *v, uint16_t head)
{
	uint8_t *ring = v->vm->ram + RING_DRIVER + v->ring;

	store_le16(ring + 4 + 2 * (v->avail % RING_SIZE), head);
	v->avail++;
	__atomic_store_n((uint16_t *)(ring + 2), htole16(v->avail), __ATOMIC_RELEASE);
	drv_write(v, DEV_NOTIFY + 4 * v->queue, 2, 0);
}

bool drv_take(struct fake_driver *v, uint32_t *ret_head, uint32_t *ret_len)
{
	uint8_t *ring = v->vm->ram + RING_DEVICE + v->ring;

	for (unsigned i = 0; i < (v->patience ? v->patience : PATIENCE); i++) {
		if (le16toh(__atomic_load_n((uint16_t *)(ring + 2), __ATOMIC_ACQUIRE)) != v->used) {
			uint8_t *e = ring + 4 + 8 * (v->used++ % RING_SIZE);

			*ret_head = load_le32(e);
			*ret_len = load_le32(e + 4);
			return true;
		}
		wait_a_bit();
	}
	return false;
}
