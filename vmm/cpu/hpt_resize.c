/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LoPAR "Hash Page Table Resize Option". A pending table is memory that nobody has touched: at once ready. */
#include <errno.h>

#include "vmm/cpu/hpt_impl.h"

static struct hpt_table *other_table(struct hpt *hpt)
{
	return atomic_load(&hpt->current) == &hpt->tables[0] ? &hpt->tables[1] : &hpt->tables[0];
}

int hpt_resize_prepare(struct hpt *hpt, unsigned shift)
{
	int r = 0;

	pthread_mutex_lock(&hpt->resize_lock);
	hpt->pending_shift = 0;
	if (shift && (shift < HPT_SHIFT_MIN || shift > HPT_SHIFT_MAX))
		r = -EINVAL;
	else if (shift > hpt->shift_max)
		r = -EPERM;
	else
		hpt->pending_shift = shift;
	pthread_mutex_unlock(&hpt->resize_lock);
	return r;
}

/* To the same place of its new group. -ENOSPC: another entry is there. */
static int entry_move(struct hpt_table *to, struct hpte e, uint64_t index)
{
	uint64_t groups = table_entries(to) / HPTES_PER_GROUP - 1, hash;
	struct hpte_page page;
	struct hpt_slot *s;

	hpte_locate(e, index, &page);
	hash = hpte_hash(&page);
	if (e.v & HPTE_V_SECONDARY)
		hash = ~hash;
	s = &to->slots[(hash & groups) * HPTES_PER_GROUP + index % HPTES_PER_GROUP];
	if (slot_v(s) & HPTE_V_VALID)
		return -ENOSPC;
	atomic_store_explicit(&s->r, htobe64(e.r), memory_order_relaxed);
	atomic_store_explicit(&s->v, htobe64(e.v & ~HPTE_V_LOCK), memory_order_release);
	return 0;
}

static int entries_move(const struct hpt_table *from, struct hpt_table *to)
{
	uint64_t count = table_entries(from);

	for (uint64_t i = 0; i < count; i++) {
		struct hpte e = {.v = slot_v(&from->slots[i])};
		int r;

		if ((e.v & (HPTE_V_VALID | HPTE_V_BOLTED)) != (HPTE_V_VALID | HPTE_V_BOLTED))
			continue;
		e.r = slot_r(&from->slots[i]);
		r = entry_move(to, e, i);
		if (r < 0)
			return r;
	}
	return 0;
}

int hpt_resize_commit(struct hpt *hpt, unsigned shift)
{
	struct hpt_table *from, *to;
	int r = -ENOENT;

	pthread_mutex_lock(&hpt->resize_lock);
	if (shift && hpt->pending_shift == shift) {
		from = atomic_load(&hpt->current);
		to = other_table(hpt);
		atomic_store(&to->shift, shift);
		r = entries_move(from, to);
		if (r == 0) {
			atomic_store(&hpt->current, to);
			hpt->pending_shift = 0;
		}
		hpt_table_clear(hpt, r == 0 ? from : to);
	}
	pthread_mutex_unlock(&hpt->resize_lock);
	if (r == 0)
		hpt->ops->moved(hpt->ctx);
	return r;
}
