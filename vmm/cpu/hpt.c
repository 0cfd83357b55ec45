/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A hashed page table in host memory: its life, and the search. */
#include "vmm/cpu/hpt.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "vmm/cpu/hpt_impl.h"

unsigned hpt_shift_for_memory(uint64_t ram_size)
{
	unsigned shift = HPT_SHIFT_MIN;

	while (shift < HPT_SHIFT_MAX && 1ULL << shift < ram_size / 128)
		shift++;
	return shift;
}

/* Room for both tables at their largest, each aligned to its size. */
static int memory_reserve(struct hpt *hpt)
{
	uint64_t size = 1ULL << hpt->shift_max;

	hpt->memory_len = 3 * size;
	hpt->memory = mmap(NULL, hpt->memory_len, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (hpt->memory == MAP_FAILED) {
		hpt->memory = NULL;
		return -ENOMEM;
	}
	hpt->tables[0].slots = (struct hpt_slot *)align_up((uint64_t)hpt->memory, size);
	hpt->tables[1].slots = hpt->tables[0].slots + size / sizeof(struct hpt_slot);
	return 0;
}

int hpt_new(unsigned shift, const struct hpt_ops *ops, void *ctx, struct hpt **ret_hpt)
{
	struct hpt *hpt = calloc(1, sizeof(*hpt));
	int r;

	if (!hpt)
		return -ENOMEM;
	hpt->shift_initial = shift;
	hpt->shift_max = shift < HPT_SHIFT_MAX ? shift + 1 : shift;
	hpt->ops = ops;
	hpt->ctx = ctx;
	pthread_mutex_init(&hpt->resize_lock, NULL);
	r = memory_reserve(hpt);
	if (r < 0) {
		hpt_free(hpt);
		return r;
	}
	atomic_init(&hpt->tables[0].shift, shift);
	atomic_init(&hpt->current, &hpt->tables[0]);
	*ret_hpt = hpt;
	return 0;
}

void hpt_free(struct hpt *hpt)
{
	if (!hpt)
		return;
	if (hpt->memory)
		munmap(hpt->memory, hpt->memory_len);
	pthread_mutex_destroy(&hpt->resize_lock);
	free(hpt);
}

void hpt_table_clear(struct hpt *hpt, struct hpt_table *t)
{
	madvise(t->slots, 1ULL << hpt->shift_max, MADV_DONTNEED);
}

void hpt_reset(struct hpt *hpt)
{
	hpt_table_clear(hpt, &hpt->tables[0]);
	hpt_table_clear(hpt, &hpt->tables[1]);
	hpt->pending_shift = 0;
	atomic_store(&hpt->tables[0].shift, hpt->shift_initial);
	atomic_store(&hpt->current, &hpt->tables[0]);
}

void *hpt_table(const struct hpt *hpt, unsigned *ret_shift)
{
	const struct hpt_table *t = atomic_load(&hpt->current);

	*ret_shift = atomic_load(&t->shift);
	return t->slots;
}

/* Entries of one base page size match whatever their actual one is; AVPN leaves out what is below a page. */
static bool entry_fits(struct hpte e, uint64_t v, uint64_t mask, unsigned base_shift,
		       unsigned *ret_shift)
{
	unsigned base;

	return !((e.v ^ v) & mask) && hpte_page_shifts(e, &base, ret_shift) && base == base_shift;
}

/* The two doublewords of one entry and not of two that were there one after the other. */
static struct hpte slot_snapshot(const struct hpt_slot *s)
{
	struct hpte e;

	do {
		e.v = slot_v(s);
		e.r = slot_r(s);
	} while (slot_v(s) != e.v);
	return e;
}

static bool group_search(const struct hpt_slot *group, uint64_t v, uint64_t mask, unsigned base_shift,
			 struct hpt_hit *hit)
{
	for (unsigned i = 0; i < HPTES_PER_GROUP; i++) {
		/* most entries are others: one look is enough for those */
		if ((slot_v(&group[i]) ^ v) & mask)
			continue;
		hit->entry = slot_snapshot(&group[i]);
		if (entry_fits(hit->entry, v, mask, base_shift, &hit->shift)) {
			hit->index = i;
			hit->entry.v &= ~HPTE_V_LOCK;
			return true;
		}
	}
	return false;
}

bool hpt_search(const struct hpt *hpt, const struct hpte_page *page, struct hpt_hit *ret_hit)
{
	const struct hpt_table *t = atomic_load_explicit(&hpt->current, memory_order_acquire);
	uint64_t groups = (1ULL << (atomic_load_explicit(&t->shift, memory_order_relaxed) - 7)) - 1;
	uint64_t hash = hpte_hash(page);
	uint64_t avpn = (page->vsid << ((page->is_1t ? 40 : 28) - 23)) | page->offset >> 23;
	uint64_t low = page->base_shift > 23 ? (1ULL << (page->base_shift - 23)) - 1 : 0;
	uint64_t v = ((avpn & ~low) << HPTE_V_AVPN_SHIFT & HPTE_V_AVPN) | HPTE_V_VALID |
		     (page->is_1t ? HPTE_V_B_1T : 0);
	uint64_t mask = HPTE_V_B | (HPTE_V_AVPN & ~(low << HPTE_V_AVPN_SHIFT)) | HPTE_V_SECONDARY |
			HPTE_V_VALID;

	for (unsigned second = 0; second < 2; second++) {
		uint64_t first = ((second ? ~hash : hash) & groups) * HPTES_PER_GROUP;

		if (group_search(&t->slots[first], v | (second ? HPTE_V_SECONDARY : 0), mask,
				 page->base_shift, ret_hit)) {
			ret_hit->index += first;
			return true;
		}
	}
	return false;
}

bool hpt_touch(struct hpt *hpt, struct hpt_hit *hit, uint64_t bits)
{
	struct hpt_table *t = atomic_load_explicit(&hpt->current, memory_order_acquire);
	uint64_t want = hit->entry.r | bits;
	struct hpt_slot *s = &t->slots[hit->index];

	if (hit->index >= table_entries(t) || (slot_v(s) & ~HPTE_V_LOCK) != hit->entry.v)
		return false;
	if (want == hit->entry.r ? slot_r(s) != want : !slot_r_replace(s, hit->entry.r, want))
		return false;
	hit->entry.r = want;
	return true;
}
