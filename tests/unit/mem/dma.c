/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of TCE tables and of accesses through them. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "vmm/mem/dma.h"

#define RAM_SIZE 0x100000u
#define LIOBN    0x80000000u

static uint8_t ram[RAM_SIZE] __attribute__((aligned(4096)));
static struct gmem *mem;
static struct dma_tables *tables;
static struct dma dma;
static uint64_t written_at, written_len;

static void written(void *ctx, gpa_t gpa, uint64_t len)
{
	written_at = gpa.v;
	written_len = len;
}

static int setup(void **state)
{
	const struct dma_window w = {.liobn = LIOBN, .page_shift = 12, .entries = 16};

	memset(ram, 0, sizeof(ram));
	assert_int_equal(gmem_new(&mem), 0);
	assert_int_equal(gmem_add(mem, GPA(0), RAM_SIZE, ram), 0);
	gmem_set_write_hook(mem, written, NULL);
	assert_int_equal(dma_tables_new(mem, &tables), 0);
	assert_int_equal(dma_table_add(tables, 0, &w), 0);
	dma.tables = tables;
	dma.pe = 0;
	atomic_store(&dma.enabled, true);
	return 0;
}

static int teardown(void **state)
{
	dma_tables_free(tables);
	gmem_free(mem);
	return 0;
}

static int put(uint64_t ioba, uint64_t tce)
{
	return dma_tce_put(tables, LIOBN, IOBA(ioba), NULL, tce, 1);
}

static void tables_are_checked(void **state)
{
	struct dma_window w = {.liobn = LIOBN, .page_shift = 12, .base = 0x10000, .entries = 1};
	unsigned pe;

	assert_int_equal(dma_table_add(tables, 0, &w), -EEXIST);
	w.liobn++;
	w.base = 0xf000;
	assert_int_equal(dma_table_add(tables, 0, &w), -EINVAL); /* overlaps */
	w.base = 0x10800;
	assert_int_equal(dma_table_add(tables, 0, &w), -EINVAL); /* misaligned */
	w.base = 0xfffffffffffff000;
	assert_int_equal(dma_table_add(tables, 0, &w), -EINVAL); /* wraps */
	w.base = 0x10000;
	w.entries = 0;
	assert_int_equal(dma_table_add(tables, 0, &w), -EINVAL);
	w.entries = DMA_ENTRIES_MAX + 1;
	assert_int_equal(dma_table_add(tables, 0, &w), -ENOSPC);
	w.entries = 1;
	assert_int_equal(dma_table_add(tables, 0, &w), 0);
	assert_true(dma_table_get(tables, w.liobn, &pe, &w));
	assert_int_equal(dma_table_remove(tables, w.liobn), 0);
	assert_int_equal(dma_table_remove(tables, w.liobn), -ENOENT);
	assert_false(dma_table_get(tables, w.liobn, &pe, &w));
}

static void entries_are_checked(void **state)
{
	uint64_t two[] = {0x3000 | TCE_READ, RAM_SIZE | TCE_READ}, tce;

	assert_int_equal(dma_tce_put(tables, 1, IOBA(0), NULL, 0, 1), -ENOENT);
	assert_int_equal(put(0x10000, 0), -ERANGE);
	assert_int_equal(dma_tce_put(tables, LIOBN, IOBA(0xf000), NULL, 0, 2), -ERANGE);
	assert_int_equal(put(0, RAM_SIZE | TCE_WRITE), -EINVAL);
	assert_int_equal(put(0, RAM_SIZE), 0); /* not valid: its page does not matter */
	/* all or none */
	assert_int_equal(dma_tce_put(tables, LIOBN, IOBA(0x1000), two, 0, 2), -EINVAL);
	assert_int_equal(dma_tce_get(tables, LIOBN, IOBA(0x1fff), &tce), 0);
	assert_int_equal(tce, 0);
	assert_int_equal(dma_tce_get(tables, LIOBN, IOBA(0x10000), &tce), -ERANGE);
	two[1] = 0x8000 | TCE_WRITE;
	assert_int_equal(dma_tce_put(tables, LIOBN, IOBA(0x1000), two, 0, 2), 0);
	assert_int_equal(dma_tce_get(tables, LIOBN, IOBA(0x2000), &tce), 0);
	assert_int_equal(tce, two[1]);
}

static void accesses_follow_the_entries(void **state)
{
	uint8_t buf[0x1000];

	memset(buf, 0xaa, sizeof(buf));
	assert_int_equal(put(0x1000, 0x5000 | TCE_READ | TCE_WRITE), 0);
	assert_int_equal(put(0x2000, 0x3000 | TCE_READ), 0);
	assert_int_equal(dma_write(&dma, IOBA(0x1ff0), buf, 16), 0);
	assert_int_equal(ram[0x5ff0], 0xaa);
	assert_int_equal(ram[0x5fff], 0xaa);
	assert_int_equal(written_at, 0x5ff0);
	assert_int_equal(written_len, 16);
	/* the next page may only be read: nothing is written at all */
	memset(buf, 0xbb, sizeof(buf));
	assert_int_equal(dma_write(&dma, IOBA(0x1ff0), buf, 32), -EFAULT);
	assert_int_equal(ram[0x5ff0], 0xaa);
	ram[0x3000] = 7;
	assert_int_equal(dma_read(&dma, IOBA(0x1ff0), buf, 32), 0);
	assert_int_equal(buf[0], 0xaa);
	assert_int_equal(buf[16], 7);
	assert_int_equal(dma_read(&dma, IOBA(0x2ff0), buf, 32), -EFAULT);
	assert_int_equal(dma_read(&dma, IOBA(UINT64_MAX), buf, 2), -EFAULT);
	assert_int_equal(dma_read(&dma, IOBA(0x1000), buf, DMA_COPY_MAX + 1), -E2BIG);
	atomic_store(&dma.enabled, false);
	assert_int_equal(dma_read(&dma, IOBA(0x1000), buf, 1), -EFAULT);
}

static void maps_merge_and_stop_at_their_limit(void **state)
{
	struct iovec iov[2];
	unsigned n = 0;

	for (uint64_t i = 0; i < 4; i++)
		assert_int_equal(put(i << 12, (0x8000 + (i << 12)) | TCE_WRITE), 0);
	assert_int_equal(put(0x4000, 0x1000 | TCE_WRITE), 0);
	assert_int_equal(put(0x5000, 0x4000 | TCE_WRITE), 0);
	assert_int_equal(dma_map(&dma, IOBA(0x800), 0x3800, TCE_WRITE, iov, &n, 2), 0);
	assert_int_equal(n, 1);
	assert_ptr_equal(iov[0].iov_base, ram + 0x8800);
	assert_int_equal(iov[0].iov_len, 0x3800);
	/* a third piece does not fit: as it was before */
	assert_int_equal(dma_map(&dma, IOBA(0x4000), 0x2000, TCE_WRITE, iov, &n, 2), -E2BIG);
	assert_int_equal(n, 1);
	assert_int_equal(dma_map(&dma, IOBA(0x4000), 0x1000, TCE_WRITE, iov, &n, 2), 0);
	assert_int_equal(n, 2);
	assert_int_equal(dma_map(&dma, IOBA(0x4000), 1, TCE_READ, iov, &n, 2), -EFAULT);
	/* what merged before the failure does not stay */
	n = 0;
	assert_int_equal(dma_map(&dma, IOBA(0), 0x1000, TCE_WRITE, iov, &n, 2), 0);
	assert_int_equal(put(0x3000, 0), 0);
	assert_int_equal(dma_map(&dma, IOBA(0x1000), 0x3000, TCE_WRITE, iov, &n, 2), -EFAULT);
	assert_int_equal(n, 1);
	assert_int_equal(iov[0].iov_len, 0x1000);
	dma_written(&dma, iov, 1);
	assert_int_equal(written_at, 0x8000);
	assert_int_equal(written_len, 0x1000);
}

static void large_pages_end_with_ram(void **state)
{
	const struct dma_window w = {.liobn = 5, .page_shift = 24, .base = 1ull << 59, .entries = 1};
	uint8_t byte;

	assert_int_equal(dma_table_add(tables, 0, &w), 0);
	assert_int_equal(dma_tce_put(tables, 5, IOBA(w.base), NULL, TCE_READ, 1), 0);
	assert_int_equal(dma_read(&dma, IOBA(w.base + RAM_SIZE - 1), &byte, 1), 0);
	assert_int_equal(dma_read(&dma, IOBA(w.base + RAM_SIZE), &byte, 1), -EFAULT);
	/* another endpoint does not have it */
	dma.pe = 1;
	assert_int_equal(dma_read(&dma, IOBA(w.base), &byte, 1), -EFAULT);
}

/* A backing of a table: the entries are elsewhere, until it has no more. */
static struct {
	_Atomic uint64_t entries[16];
	struct dma_window window;
	int result;
	unsigned opened, closed;
} elsewhere;

static int backing_open(void *ctx, const struct dma_window *w, _Atomic uint64_t **ret_entries)
{
	if (elsewhere.result < 0)
		return elsewhere.result;
	memset((void *)elsewhere.entries, 0, sizeof(elsewhere.entries));
	elsewhere.window = *w;
	elsewhere.opened++;
	*ret_entries = elsewhere.entries;
	return 0;
}

static void backing_close(void *ctx, const struct dma_window *w, _Atomic uint64_t *entries)
{
	assert_ptr_equal(entries, elsewhere.entries);
	assert_int_equal(w->liobn, elsewhere.window.liobn);
	elsewhere.closed++;
}

static const struct dma_backing backing = {.open = backing_open, .close = backing_close};

static void entries_may_be_elsewhere(void **state)
{
	const struct dma_window w = {.liobn = 7, .page_shift = 16, .base = 1ull << 40, .entries = 16};
	uint64_t tce;
	uint8_t byte = 0x5a;

	dma_tables_back(tables, &backing);
	assert_int_equal(dma_table_add(tables, 0, &w), 0);
	assert_int_equal(elsewhere.window.base, w.base);
	assert_int_equal(dma_write(&dma, IOBA(w.base + 0x20003), &byte, 1), -EFAULT);
	/* set by others: bits that are no address's mean nothing, and no more than RAM is reached */
	atomic_store(&elsewhere.entries[2], 0x31230 | TCE_WRITE);
	assert_int_equal(dma_write(&dma, IOBA(w.base + 0x20003), &byte, 1), 0);
	assert_int_equal(ram[0x30003], 0x5a);
	atomic_store(&elsewhere.entries[2], 0xffffffffffff0000ull | TCE_WRITE);
	assert_int_equal(dma_write(&dma, IOBA(w.base + 0x20003), &byte, 1), -EFAULT);
	/* set here: it is what they read */
	assert_int_equal(dma_tce_put(tables, 7, IOBA(w.base + 0x30000), NULL, 0x40000 | TCE_READ, 1), 0);
	assert_int_equal(elsewhere.entries[3], 0x40000 | TCE_READ);
	assert_int_equal(dma_tce_get(tables, 7, IOBA(w.base + 0x30000), &tce), 0);
	assert_int_equal(tce, 0x40000 | TCE_READ);
	assert_int_equal(dma_table_remove(tables, 7), 0);
	assert_int_equal(elsewhere.closed, elsewhere.opened);
}

static void what_has_no_backing_is_here(void **state)
{
	const struct dma_window w = {.liobn = 7, .page_shift = 16, .base = 1ull << 40, .entries = 16};
	unsigned closed = elsewhere.closed;

	dma_tables_back(tables, &backing);
	elsewhere.result = -EEXIST;
	assert_int_equal(dma_table_add(tables, 0, &w), -EEXIST);
	elsewhere.result = -ENOMEM;
	assert_int_equal(dma_table_add(tables, 0, &w), 0);
	assert_int_equal(dma_tce_put(tables, 7, IOBA(w.base), NULL, 0x40000 | TCE_READ, 1), 0);
	assert_int_equal(dma_table_remove(tables, 7), 0);
	assert_int_equal(elsewhere.closed, closed);
	elsewhere.result = 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(tables_are_checked),
		TEST(entries_are_checked),
		TEST(accesses_follow_the_entries),
		TEST(maps_merge_and_stop_at_their_limit),
		TEST(large_pages_end_with_ram),
		TEST(entries_may_be_elsewhere),
		TEST(what_has_no_backing_is_here),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
