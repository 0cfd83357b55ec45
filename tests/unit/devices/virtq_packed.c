/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of the packed ring: rounds of every length, chains, tables, notifications, and what is broken. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "devices/virtio/queue.h"
#include "vmm/base/byteorder.h"

#define RAM_SIZE 0x10000u
#define RING     0x1000u
#define DRIVER   0x2000u
#define DEVICE   0x2010u
#define TABLE    0x3000u

#define NEXT     1u
#define WRITE    2u
#define INDIRECT 4u
#define AVAIL    0x80u
#define USED     0x8000u

static uint8_t ram[RAM_SIZE] __attribute__((aligned(4096)));
static struct gmem *mem;
static struct dma_tables *tables;
static struct dma dma;
static struct virtq q;

/* The driver's side. */
static unsigned at, used_at;
static bool wrap, used_wrap;

static void begin(unsigned size, bool event_idx)
{
	memset(ram, 0, sizeof(ram));
	q = (struct virtq){.dma = &dma, .packed = true, .event_idx = event_idx, .size = size,
			   .desc = IOBA(RING), .driver = IOBA(DRIVER), .device = IOBA(DEVICE)};
	assert_true(virtq_begin(&q));
	at = used_at = 0;
	wrap = used_wrap = true;
}

static int setup(void **state)
{
	const struct dma_window w = {.liobn = 1, .page_shift = 16, .entries = 1};

	assert_int_equal(gmem_new(&mem), 0);
	assert_int_equal(gmem_add(mem, GPA(0), RAM_SIZE, ram), 0);
	assert_int_equal(dma_tables_new(mem, &tables), 0);
	assert_int_equal(dma_table_add(tables, 0, &w), 0);
	assert_int_equal(dma_tce_put(tables, 1, IOBA(0), NULL, TCE_READ | TCE_WRITE, 1), 0);
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

static void put(uint64_t address, uint32_t len, unsigned flags, unsigned id)
{
	uint8_t *d = ram + RING + 16 * at;

	store_le64(d, address);
	store_le32(d + 8, len);
	store_le16(d + 12, (uint16_t)id);
	store_le16(d + 14, (uint16_t)(flags | (wrap ? AVAIL : USED)));
	if (++at == q.size) {
		at = 0;
		wrap = !wrap;
	}
}

/* The next used descriptor is this one, and stood for @descs. */
static void took(unsigned id, uint32_t len, unsigned descs)
{
	const uint8_t *d = ram + RING + 16 * used_at;
	unsigned flags = load_le16(d + 14);

	assert_int_equal(!!(flags & AVAIL), used_wrap);
	assert_int_equal(!!(flags & USED), used_wrap);
	assert_int_equal(!!(flags & WRITE), len > 0);
	assert_int_equal(load_le16(d + 12), id);
	assert_int_equal(load_le32(d + 8), len);
	used_at += descs;
	if (used_at >= q.size) {
		used_at -= q.size;
		used_wrap = !used_wrap;
	}
}

static void rounds_of_every_length(void **state)
{
	for (unsigned size = 1; size <= 7; size++) {
		begin(size, true);
		for (unsigned i = 0; i < 100; i++) {
			unsigned descs = i % size + 1;
			struct virtq_chain c;

			assert_int_equal(virtq_pop(&q, &c), 0);
			for (unsigned k = 0; k < descs; k++)
				put(0x4000 + 16 * k, 16, (k + 1 < descs ? NEXT : 0) | (k ? WRITE : 0), i);
			assert_int_equal(virtq_pop(&q, &c), 1);
			assert_int_equal(c.handle.id, i);
			assert_int_equal(c.readable, 1);
			assert_int_equal(c.writable, descs - 1);
			assert_int_equal(c.writable_len, 16 * (descs - 1));
			/* back, and once more */
			virtq_unpop(&q, 1, c.handle.descs);
			assert_int_equal(virtq_pop(&q, &c), 1);
			assert_int_equal(virtq_pop(&q, &(struct virtq_chain){0}), 0);
			assert_int_equal(virtq_push(&q, c.handle, i % 3), 0);
			took(i, i % 3, descs);
		}
	}
}

static void tables_are_chains(void **state)
{
	struct virtq_chain c;

	begin(4, false);
	store_le64(ram + TABLE, 0x4000);
	store_le32(ram + TABLE + 8, 16);
	store_le64(ram + TABLE + 16, 0x5000);
	store_le32(ram + TABLE + 24, 1);
	store_le16(ram + TABLE + 30, WRITE);
	put(TABLE, 32, INDIRECT, 9);
	assert_int_equal(virtq_pop(&q, &c), 1);
	assert_int_equal(c.readable, 1);
	assert_int_equal(c.writable, 1);
	assert_int_equal(c.handle.descs, 1);
	assert_int_equal(virtq_push(&q, c.handle, 1), 0);
	took(9, 1, 1);
}

static void broken_rings(void **state)
{
	struct virtq_chain c;

	/* no end */
	begin(3, false);
	for (unsigned i = 0; i < 3; i++)
		put(0x4000, 16, NEXT, 0);
	assert_int_equal(virtq_pop(&q, &c), -EINVAL);
	/* a table in a chain, one too long, one of odd length, one that is not mapped */
	begin(3, false);
	put(0x4000, 16, NEXT, 0);
	put(TABLE, 16, INDIRECT, 0);
	assert_int_equal(virtq_pop(&q, &c), -EINVAL);
	begin(3, false);
	put(TABLE, 64, INDIRECT, 0);
	assert_int_equal(virtq_pop(&q, &c), -EINVAL);
	begin(3, false);
	put(TABLE, 17, INDIRECT, 0);
	assert_int_equal(virtq_pop(&q, &c), -EINVAL);
	begin(3, false);
	put(0x20000, 16, INDIRECT, 0);
	assert_int_equal(virtq_pop(&q, &c), -EFAULT);
	/* what the device reads after what it writes; too long */
	begin(3, false);
	put(0x4000, 16, NEXT | WRITE, 0);
	put(0x4000, 16, 0, 0);
	assert_int_equal(virtq_pop(&q, &c), -EINVAL);
	begin(3, false);
	put(0x4000, UINT32_MAX, NEXT, 0);
	put(0x4000, UINT32_MAX, 0, 0);
	assert_int_equal(virtq_pop(&q, &c), -EINVAL);
	/* areas */
	q.driver = IOBA(DRIVER + 2);
	assert_false(virtq_begin(&q));
	q.driver = IOBA(DRIVER);
	q.desc = IOBA(UINT64_MAX & ~15ull);
	assert_false(virtq_begin(&q));
}

static void pass_one(unsigned id)
{
	struct virtq_chain c;

	put(0x4000, 16, 0, id);
	assert_int_equal(virtq_pop(&q, &c), 1);
	assert_int_equal(virtq_push(&q, c.handle, 0), 0);
}

static void notifications(void **state)
{
	begin(4, true);
	pass_one(0);
	assert_int_equal(virtq_wants_interrupt(&q), 1);
	store_le16(ram + DRIVER + 2, 1);
	pass_one(1);
	assert_int_equal(virtq_wants_interrupt(&q), 0);
	/* at a place of this round, and of the next: once, when it is passed */
	store_le16(ram + DRIVER + 2, 2);
	store_le16(ram + DRIVER, 3 | 0x8000);
	pass_one(2);
	assert_int_equal(virtq_wants_interrupt(&q), 0);
	pass_one(3);
	assert_int_equal(virtq_wants_interrupt(&q), 1);
	store_le16(ram + DRIVER, 1);
	pass_one(4);
	assert_int_equal(virtq_wants_interrupt(&q), 0);
	pass_one(5);
	assert_int_equal(virtq_wants_interrupt(&q), 1);
	pass_one(6);
	assert_int_equal(virtq_wants_interrupt(&q), 0);
	/* ours: where the next one comes */
	assert_int_equal(virtq_wait(&q), 0);
	assert_int_equal(load_le16(ram + DEVICE), 3);
	assert_int_equal(load_le16(ram + DEVICE + 2), 2);
	put(0x4000, 16, 0, 7);
	assert_int_equal(virtq_wait(&q), 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rounds_of_every_length),
		TEST(tables_are_chains),
		TEST(broken_rings),
		TEST(notifications),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
