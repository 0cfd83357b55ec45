/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TCE tables as arrays of atomic words, and the accesses through them. */
#include "vmm/mem/dma.h"

#include <endian.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define TCE_PERMS (TCE_READ | TCE_WRITE)
#define TCE_RPN   (~0xfffull)

struct table {
	struct dma_window w;
	unsigned pe;
	bool backed; /* by tables->backing */
	_Atomic uint64_t *entries;
};

struct dma_tables {
	struct gmem *mem;
	const struct dma_backing *backing; /* NULL: our own memory */
	pthread_rwlock_t lock;
	unsigned count;
	struct table tables[DMA_TABLES_MAX];
};

int dma_tables_new(struct gmem *mem, struct dma_tables **ret_tables)
{
	struct dma_tables *t = calloc(1, sizeof(*t));

	if (!t)
		return -ENOMEM;
	t->mem = mem;
	pthread_rwlock_init(&t->lock, NULL);
	*ret_tables = t;
	return 0;
}

void dma_tables_back(struct dma_tables *t, const struct dma_backing *backing)
{
	t->backing = backing;
}

static int entries_open(const struct dma_tables *t, struct table *at)
{
	const struct dma_backing *b = t->backing;
	int r = b ? b->open(b->ctx, &at->w, &at->entries) : -ENOTSUP;

	at->backed = r == 0;
	if (r == 0 || r == -EEXIST)
		return r;
	at->entries = calloc(at->w.entries, sizeof(*at->entries));
	return at->entries ? 0 : -ENOMEM;
}

static void entries_close(const struct dma_tables *t, struct table *at)
{
	if (at->backed)
		t->backing->close(t->backing->ctx, &at->w, at->entries);
	else
		free((void *)at->entries);
}

void dma_tables_free(struct dma_tables *t)
{
	if (!t)
		return;
	for (unsigned i = 0; i < t->count; i++)
		entries_close(t, &t->tables[i]);
	pthread_rwlock_destroy(&t->lock);
	free(t);
}

static uint64_t window_size(const struct dma_window *w)
{
	return w->entries << w->page_shift;
}

static struct table *table_find(struct dma_tables *t, uint32_t liobn)
{
	for (unsigned i = 0; i < t->count; i++)
		if (t->tables[i].w.liobn == liobn)
			return &t->tables[i];
	return NULL;
}

static int window_check(const struct dma_window *w)
{
	uint64_t end;

	if (!w->entries || w->page_shift < 12 || w->page_shift > 34)
		return -EINVAL;
	if (w->entries > DMA_ENTRIES_MAX)
		return -ENOSPC;
	if ((w->base & ((1ull << w->page_shift) - 1)) ||
	    !check_add_u64(w->base, window_size(w), &end))
		return -EINVAL;
	return 0;
}

static int table_add_locked(struct dma_tables *t, unsigned pe, const struct dma_window *w)
{
	struct table *at = &t->tables[t->count];
	int r;

	if (table_find(t, w->liobn))
		return -EEXIST;
	for (unsigned i = 0; i < t->count; i++) {
		const struct dma_window *o = &t->tables[i].w;

		if (t->tables[i].pe == pe && w->base < o->base + window_size(o) &&
		    o->base < w->base + window_size(w))
			return -EINVAL;
	}
	if (t->count == DMA_TABLES_MAX)
		return -ENOSPC;
	*at = (struct table){.w = *w, .pe = pe};
	r = entries_open(t, at);
	if (r == 0)
		t->count++;
	return r;
}

int dma_table_add(struct dma_tables *t, unsigned pe, const struct dma_window *window)
{
	int r = window_check(window);

	if (r < 0)
		return r;
	pthread_rwlock_wrlock(&t->lock);
	r = table_add_locked(t, pe, window);
	pthread_rwlock_unlock(&t->lock);
	return r;
}

int dma_table_remove(struct dma_tables *t, uint32_t liobn)
{
	struct table *at;

	pthread_rwlock_wrlock(&t->lock);
	at = table_find(t, liobn);
	if (at) {
		entries_close(t, at);
		*at = t->tables[--t->count];
	}
	pthread_rwlock_unlock(&t->lock);
	return at ? 0 : -ENOENT;
}

bool dma_table_get(struct dma_tables *t, uint32_t liobn, unsigned *ret_pe,
		   struct dma_window *ret_window)
{
	const struct table *at;

	pthread_rwlock_rdlock(&t->lock);
	at = table_find(t, liobn);
	if (at) {
		*ret_pe = at->pe;
		*ret_window = at->w;
	}
	pthread_rwlock_unlock(&t->lock);
	return at != NULL;
}

/* The entries from @ioba on, if @count of them are there. */
static int entries_find(struct dma_tables *t, uint32_t liobn, ioba_t ioba, uint64_t count,
			const struct table **ret_table, _Atomic uint64_t **ret_entries)
{
	const struct table *at = table_find(t, liobn);
	uint64_t index;

	if (!at)
		return -ENOENT;
	if (ioba.v < at->w.base)
		return -ERANGE;
	index = (ioba.v - at->w.base) >> at->w.page_shift;
	if (!count || !check_range_u64(index, count, at->w.entries))
		return -ERANGE;
	*ret_table = at;
	*ret_entries = at->entries + index;
	return 0;
}

static uint64_t tce_page(const struct table *at, uint64_t tce)
{
	return tce & TCE_RPN & ~((1ull << at->w.page_shift) - 1);
}

static bool tce_is_sound(const struct dma_tables *t, const struct table *at, uint64_t tce)
{
	return !(tce & TCE_PERMS) || gmem_span(t->mem, GPA(tce_page(at, tce)), 1);
}

static int tce_put_locked(struct dma_tables *t, uint32_t liobn, ioba_t ioba, const uint64_t *tces,
			  uint64_t tce, uint64_t count)
{
	const struct table *at;
	_Atomic uint64_t *entries;
	int r = entries_find(t, liobn, ioba, count, &at, &entries);

	if (r < 0)
		return r;
	for (uint64_t i = 0; i < (tces ? count : 1); i++)
		if (!tce_is_sound(t, at, tces ? tces[i] : tce))
			return -EINVAL;
	for (uint64_t i = 0; i < count; i++)
		atomic_store_explicit(&entries[i], tces ? tces[i] : tce, memory_order_release);
	return 0;
}

int dma_tce_put(struct dma_tables *t, uint32_t liobn, ioba_t ioba, const uint64_t *tces,
		uint64_t tce, uint64_t count)
{
	int r;

	pthread_rwlock_rdlock(&t->lock);
	r = tce_put_locked(t, liobn, ioba, tces, tce, count);
	pthread_rwlock_unlock(&t->lock);
	return r;
}

int dma_tce_get(struct dma_tables *t, uint32_t liobn, ioba_t ioba, uint64_t *ret_tce)
{
	const struct table *at;
	_Atomic uint64_t *entries;
	int r;

	pthread_rwlock_rdlock(&t->lock);
	r = entries_find(t, liobn, ioba, 1, &at, &entries);
	if (r == 0)
		*ret_tce = atomic_load_explicit(entries, memory_order_acquire);
	pthread_rwlock_unlock(&t->lock);
	return r;
}

/* The host address behind @ioba and how many of the @len bytes follow in its page; NULL: no access. */
static uint8_t *translate(const struct dma *d, uint64_t ioba, uint64_t len, unsigned perm,
			  uint64_t *ret_len)
{
	const struct dma_tables *t = d->tables;

	if (d->direct) {
		*ret_len = len;
		return gmem_span(t->mem, GPA(ioba), len);
	}
	for (unsigned i = 0; i < t->count; i++) {
		const struct table *at = &t->tables[i];
		uint64_t offset = ioba - at->w.base, in_page, tce;

		if (at->pe != d->pe || offset >= window_size(&at->w))
			continue;
		tce = atomic_load_explicit(&at->entries[offset >> at->w.page_shift],
					   memory_order_acquire);
		in_page = offset & ((1ull << at->w.page_shift) - 1);
		if (!(tce & perm))
			return NULL;
		if (len > (1ull << at->w.page_shift) - in_page)
			len = (1ull << at->w.page_shift) - in_page;
		*ret_len = len;
		return gmem_span(t->mem, GPA(tce_page(at, tce) + in_page), len);
	}
	return NULL;
}

static int iov_append(struct iovec *iov, unsigned *n, unsigned max, uint8_t *hva, uint64_t len)
{
	struct iovec *last = *n ? &iov[*n - 1] : NULL;

	if (last && (uint8_t *)last->iov_base + last->iov_len == hva) {
		last->iov_len += len;
		return 0;
	}
	if (*n == max)
		return -E2BIG;
	iov[(*n)++] = (struct iovec){.iov_base = hva, .iov_len = len};
	return 0;
}

static int map_locked(const struct dma *d, uint64_t ioba, uint64_t len, unsigned perm,
		      struct iovec *iov, unsigned *n, unsigned max)
{
	while (len) {
		uint64_t part;
		uint8_t *hva = translate(d, ioba, len, perm, &part);
		int r;

		if (!hva)
			return -EFAULT;
		r = iov_append(iov, n, max, hva, part);
		if (r < 0)
			return r;
		ioba += part;
		len -= part;
	}
	return 0;
}

int dma_map(struct dma *d, ioba_t ioba, uint64_t len, unsigned perm, struct iovec *iov,
	    unsigned *count, unsigned max)
{
	unsigned n = *count;
	size_t last_len = n ? iov[n - 1].iov_len : 0;
	uint64_t end;
	int r;

	if (!atomic_load_explicit(&d->enabled, memory_order_relaxed) ||
	    !check_add_u64(ioba.v, len, &end))
		return -EFAULT;
	pthread_rwlock_rdlock(&d->tables->lock);
	r = map_locked(d, ioba.v, len, perm, iov, &n, max);
	pthread_rwlock_unlock(&d->tables->lock);
	if (r == 0)
		*count = n;
	else if (*count)
		iov[*count - 1].iov_len = last_len;
	return r;
}

void dma_written(struct dma *d, const struct iovec *iov, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		gmem_span_written(d->tables->mem, iov[i].iov_base, iov[i].iov_len);
}

#define COPY_PIECES (DMA_COPY_MAX / 4096 + 1)

int dma_read(struct dma *d, ioba_t ioba, void *buf, size_t len)
{
	struct iovec iov[COPY_PIECES];
	unsigned n = 0;
	int r = len > DMA_COPY_MAX ? -E2BIG :
				     dma_map(d, ioba, len, TCE_READ, iov, &n, COPY_PIECES);

	for (unsigned i = 0; r == 0 && i < n; i++) {
		memcpy(buf, iov[i].iov_base, iov[i].iov_len);
		buf = (uint8_t *)buf + iov[i].iov_len;
	}
	return r;
}

int dma_write(struct dma *d, ioba_t ioba, const void *buf, size_t len)
{
	struct iovec iov[COPY_PIECES];
	unsigned n = 0;
	int r = len > DMA_COPY_MAX ? -E2BIG :
				     dma_map(d, ioba, len, TCE_WRITE, iov, &n, COPY_PIECES);

	if (r < 0)
		return r;
	for (unsigned i = 0; i < n; i++) {
		memcpy(iov[i].iov_base, buf, iov[i].iov_len);
		buf = (const uint8_t *)buf + iov[i].iov_len;
	}
	dma_written(d, iov, n);
	return 0;
}

/* NULL: not mapped, or not aligned. */
static uint16_t *halfword(struct dma *d, ioba_t ioba, unsigned perm)
{
	struct iovec iov;
	unsigned n = 0;

	if ((ioba.v & 1) || dma_map(d, ioba, 2, perm, &iov, &n, 1) < 0)
		return NULL;
	return iov.iov_base;
}

int dma_load_le16(struct dma *d, ioba_t ioba, uint16_t *ret_value)
{
	const uint16_t *at = halfword(d, ioba, TCE_READ);

	if (!at)
		return -EFAULT;
	*ret_value = le16toh(__atomic_load_n(at, __ATOMIC_ACQUIRE));
	return 0;
}

int dma_store_le16(struct dma *d, ioba_t ioba, uint16_t value)
{
	uint16_t *at = halfword(d, ioba, TCE_WRITE);

	if (!at)
		return -EFAULT;
	__atomic_store_n(at, htole16(value), __ATOMIC_RELEASE);
	return 0;
}
