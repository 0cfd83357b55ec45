/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DMA windows of the endpoint: the default one, and one that the guest creates. */
#include <errno.h>

#include "devices/pci/phb_impl.h"

#define WINDOW_DEFAULT 0
#define WINDOW_DYNAMIC 1

/* A table that maps all of RAM in pages of 4 KiB: no window needs more entries. */
static uint64_t entries_max(const struct phb *p)
{
	uint64_t n = 1;

	while (n < p->params.memory_size >> 12 && n < DMA_ENTRIES_MAX)
		n <<= 1;
	return n;
}

static bool window_exists(struct phb *p, unsigned n)
{
	struct dma_window w;
	unsigned pe;

	return dma_table_get(p->params.tables, PHB_LIOBN(p, n), &pe, &w);
}

static int default_add(struct phb *p)
{
	const struct dma_window w = {.liobn = PHB_LIOBN(p, WINDOW_DEFAULT), .page_shift = 12,
				     .entries = PHB_DMA_PAGES};

	return dma_table_add(p->params.tables, p->params.index, &w);
}

unsigned phb_dma_available(struct phb *p, uint64_t *ret_entries)
{
	unsigned n;

	pthread_mutex_lock(&p->lock);
	n = window_exists(p, WINDOW_DYNAMIC) ? 0 : 1;
	*ret_entries = n ? entries_max(p) : 0;
	pthread_mutex_unlock(&p->lock);
	return n;
}

int phb_dma_create(struct phb *p, unsigned page_shift, unsigned window_shift,
		   struct dma_window *ret_window)
{
	struct dma_window w = {.liobn = PHB_LIOBN(p, WINDOW_DYNAMIC), .page_shift = page_shift,
			       .base = PHB_DMA64_BASE};
	int r;

	if (page_shift != 12 && page_shift != 16 && page_shift != 24)
		return -EINVAL;
	if (window_shift < page_shift || window_shift > 58)
		return -EINVAL;
	w.entries = 1ull << (window_shift - page_shift);
	if (w.entries > entries_max(p))
		return -EINVAL;
	pthread_mutex_lock(&p->lock);
	r = dma_table_add(p->params.tables, p->params.index, &w);
	pthread_mutex_unlock(&p->lock);
	if (r == 0)
		*ret_window = w;
	return r == -EEXIST ? -EBUSY : r;
}

/* The last window to go, if it is not the default one, brings that back. */
int phb_dma_remove(struct phb *p, uint32_t liobn)
{
	int r = -ENOENT;

	pthread_mutex_lock(&p->lock);
	if (liobn == PHB_LIOBN(p, WINDOW_DEFAULT) || liobn == PHB_LIOBN(p, WINDOW_DYNAMIC))
		r = dma_table_remove(p->params.tables, liobn);
	if (r == 0 && liobn == PHB_LIOBN(p, WINDOW_DYNAMIC) && !window_exists(p, WINDOW_DEFAULT))
		r = default_add(p);
	pthread_mutex_unlock(&p->lock);
	return r;
}

int phb_dma_reset(struct phb *p)
{
	int r;

	if (!p->params.tables)
		return 0;
	pthread_mutex_lock(&p->lock);
	dma_table_remove(p->params.tables, PHB_LIOBN(p, WINDOW_DYNAMIC));
	dma_table_remove(p->params.tables, PHB_LIOBN(p, WINDOW_DEFAULT));
	r = default_add(p);
	pthread_mutex_unlock(&p->lock);
	return r;
}
