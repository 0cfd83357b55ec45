/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory as a device sees it: I/O bus addresses through the TCE tables of its partitionable endpoint.
 * Source: LoPAR "Logical Partition Support", TCE h-calls, and the DMA windows of RTAS.
 *
 * Threads: any. Tables come and go under one lock, which every look-up shares; entries are single atomic
 * words. A translation holds for the moment it was made: a guest that takes a mapping away while a device
 * uses it gets what hardware gives it, an access to its own RAM.
 */
#ifndef PAPRIKA_MEM_DMA_H
#define PAPRIKA_MEM_DMA_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "vmm/mem/gmem.h"

/* An I/O bus address, in a struct, so that it never mixes with a guest-physical one. */
typedef struct {
	uint64_t v;
} ioba_t;

#define IOBA(x) ((ioba_t){(x)})

/* The access bits of a TCE: what the device may do. */
#define TCE_READ  1u
#define TCE_WRITE 2u

#define DMA_TABLES_MAX  32
#define DMA_ENTRIES_MAX (1ull << 25) /* of one table */
#define DMA_COPY_MAX    4096         /* bytes that one dma_read or dma_write moves */

struct dma_tables;

/* The description of a window. */
struct dma_window {
	uint32_t liobn;
	unsigned page_shift;
	uint64_t base;    /* ioba of the first page */
	uint64_t entries; /* pages */
};

/*
 * Where the entries of tables are, if not in memory of our own: where something else sets them as well, such as
 * the kernel that answers a guest's h-calls. Called with the tables' lock held, never for the same LIOBN twice.
 */
struct dma_backing {
	/* All zero, each a word in the host's byte order. -EEXIST: that LIOBN is taken, and there is no table;
	 * any other errno: the entries are in memory of our own. */
	int (*open)(void *ctx, const struct dma_window *window, _Atomic uint64_t **ret_entries);
	void (*close)(void *ctx, const struct dma_window *window, _Atomic uint64_t *entries);
	void *ctx;
};

/* @mem is kept by the caller. -ENOMEM. */
__must_check int dma_tables_new(struct gmem *mem, struct dma_tables **ret_tables);
/* Before the first table. @backing is kept by the caller. */
void dma_tables_back(struct dma_tables *tables, const struct dma_backing *backing);
void dma_tables_free(struct dma_tables *tables);

/*
 * A table without a mapping, for endpoint @pe.
 * -EEXIST: that LIOBN is taken; -EINVAL: empty, misaligned, wraps or overlaps another of this endpoint;
 * -ENOMEM; -ENOSPC: too many tables, or more than DMA_ENTRIES_MAX entries.
 */
__must_check int dma_table_add(struct dma_tables *tables, unsigned pe,
			       const struct dma_window *window);
/* -ENOENT: no such table. */
int dma_table_remove(struct dma_tables *tables, uint32_t liobn);
/* False: no such table. */
bool dma_table_get(struct dma_tables *tables, uint32_t liobn, unsigned *ret_pe,
		   struct dma_window *ret_window);

/*
 * Sets @count entries from @ioba on, all or none, from @tces or, if that is NULL, all to @tce.
 * -ENOENT: no such table; -ERANGE: not all within it; -EINVAL: a valid entry whose page does not begin
 * in RAM.
 */
__must_check int dma_tce_put(struct dma_tables *tables, uint32_t liobn, ioba_t ioba,
			     const uint64_t *tces, uint64_t tce, uint64_t count);
/* -ENOENT, -ERANGE as above. */
__must_check int dma_tce_get(struct dma_tables *tables, uint32_t liobn, ioba_t ioba,
			     uint64_t *ret_tce);

/* A device's view. While @enabled is off (a PCI function that is not bus master), it reaches nothing. */
struct dma {
	struct dma_tables *tables;
	unsigned pe;
	bool direct; /* addresses are guest-physical, without a table: a device that its drivers use so */
	atomic_bool enabled;
};

/*
 * Copies @len bytes, at most DMA_COPY_MAX. -EFAULT: some byte is not mapped for this, or not RAM: then
 * nothing was written; -E2BIG: more than DMA_COPY_MAX.
 */
__must_check int dma_read(struct dma *dma, ioba_t ioba, void *buf, size_t len);
__must_check int dma_write(struct dma *dma, ioba_t ioba, const void *buf, size_t len);

/* One aligned halfword, whole, as rings' indices are; the load acquires, the store releases. -EFAULT. */
__must_check int dma_load_le16(struct dma *dma, ioba_t ioba, uint16_t *ret_value);
__must_check int dma_store_le16(struct dma *dma, ioba_t ioba, uint16_t value);

/*
 * The host memory of [ioba, ioba + len) appended to @iov, which holds *count of @max entries; neighbours
 * are merged. @perm: TCE_READ or TCE_WRITE, what the device will do.
 * -EFAULT as above; -E2BIG: more than @max entries. On failure *count is as before.
 */
__must_check int dma_map(struct dma *dma, ioba_t ioba, uint64_t len, unsigned perm,
			 struct iovec *iov, unsigned *count, unsigned max);
/* After the device has written through @iov, before the guest is told. */
void dma_written(struct dma *dma, const struct iovec *iov, unsigned count);

#endif
