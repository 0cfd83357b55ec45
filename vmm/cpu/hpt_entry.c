/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Changes of single entries.
 *
 * The lock bit is held over a few instructions on a valid entry; on an invalid one it marks a place that
 * an entry is going into, or that one has been taken from whose translations are still being flushed. Nobody
 * waits for the latter: a vCPU that waited could not answer the flush.
 */
#include <errno.h>

#include "vmm/cpu/hpt_impl.h"

static bool match_fits(struct hpt_match m, uint64_t v)
{
	if ((m.conditions & HPT_AVPN) && (v & PPC_BITMASK(0, 56)) != m.v)
		return false;
	return !(m.conditions & HPT_ANDCOND) || !(v & m.v);
}

static struct hpt_slot *slot_get(struct hpt *hpt, uint64_t index)
{
	struct hpt_table *t = atomic_load_explicit(&hpt->current, memory_order_acquire);

	return index < table_entries(t) ? &t->slots[index] : NULL;
}

/* Locks a valid entry that fits, leaving it @to: -ENOENT. */
static int slot_lock(struct hpt_slot *s, struct hpt_match match, bool keep_valid, uint64_t *ret_v)
{
	for (;;) {
		uint64_t v = slot_v(s);

		if (!(v & HPTE_V_VALID) || !match_fits(match, v & ~HPTE_V_LOCK))
			return -ENOENT;
		if ((v & HPTE_V_LOCK) ||
		    !slot_v_replace(s, v, keep_valid ? v | HPTE_V_LOCK : HPTE_V_LOCK))
			continue;
		*ret_v = v;
		return 0;
	}
}

static void slot_unlock(struct hpt_slot *s, uint64_t v)
{
	atomic_store_explicit(&s->v, htobe64(v), memory_order_release);
}

static void page_flush(struct hpt *hpt, uint64_t v, uint64_t r, uint64_t index)
{
	struct hpte_page page;

	hpte_locate((struct hpte){v, r}, index, &page);
	hpt->ops->flush(hpt->ctx, &page);
}

static bool slot_fill(struct hpt_slot *s, struct hpte e)
{
	uint64_t v = slot_v(s);

	if ((v & (HPTE_V_VALID | HPTE_V_LOCK)) || !slot_v_replace(s, v, HPTE_V_LOCK))
		return false;
	atomic_store_explicit(&s->r, htobe64(e.r), memory_order_relaxed);
	slot_unlock(s, e.v);
	return true;
}

int hpt_enter(struct hpt *hpt, uint64_t index, bool exact, struct hpte e, uint64_t *ret_index)
{
	struct hpt_slot *s = slot_get(hpt, index);
	unsigned in_group = exact ? 0 : index % HPTES_PER_GROUP;

	if (!s)
		return -EINVAL;
	e.v = (e.v & ~HPTE_V_HYPERVISOR) | HPTE_V_VALID;
	e.r &= ~HPTE_R_RESERVED;
	for (unsigned i = 0; i < (exact ? 1 : HPTES_PER_GROUP); i++)
		if (slot_fill(s - in_group + i, e)) {
			*ret_index = index - in_group + i;
			return 0;
		}
	return -ENOSPC;
}

int hpt_remove(struct hpt *hpt, uint64_t index, struct hpt_match match, struct hpte *ret_old)
{
	struct hpt_slot *s = slot_get(hpt, index);
	uint64_t v;
	int r;

	if (!s)
		return -EINVAL;
	r = slot_lock(s, match, false, &v);
	if (r < 0)
		return r;
	page_flush(hpt, v, slot_r(s), index);
	*ret_old = (struct hpte){v, slot_r(s)};
	/* unless a resize has made other use of the memory meanwhile */
	slot_v_replace(s, HPTE_V_LOCK, 0);
	return 0;
}

/* Replaces the second doubleword's bits @mask by @bits, against walks that set others; the former value. */
static uint64_t slot_r_change(struct hpt_slot *s, uint64_t mask, uint64_t bits)
{
	uint64_t r;

	do
		r = slot_r(s);
	while (!slot_r_replace(s, r, (r & ~mask) | bits));
	return r;
}

int hpt_protect(struct hpt *hpt, uint64_t index, struct hpt_match match, uint64_t bits)
{
	struct hpt_slot *s = slot_get(hpt, index);
	uint64_t v, old;
	int r;

	if (!s)
		return -EINVAL;
	r = slot_lock(s, match, true, &v);
	if (r < 0)
		return r;
	old = slot_r_change(s, HPTE_R_PROTECTION | HPTE_R_R, bits & HPTE_R_PROTECTION);
	slot_v_replace(s, v | HPTE_V_LOCK, v);
	page_flush(hpt, v, old, index);
	return 0;
}

int hpt_clear_bits(struct hpt *hpt, uint64_t index, uint64_t bits, uint64_t *ret_r)
{
	static const struct hpt_match any = {HPT_ANY, 0};
	struct hpt_slot *s = slot_get(hpt, index);
	uint64_t v, old;
	int r;

	if (!s)
		return -EINVAL;
	r = slot_lock(s, any, true, &v);
	if (r < 0)
		return r;
	old = slot_r_change(s, bits, 0);
	slot_v_replace(s, v | HPTE_V_LOCK, v);
	if (old & bits)
		page_flush(hpt, v, old, index);
	*ret_r = old;
	return 0;
}

int hpt_read(const struct hpt *hpt, uint64_t index, struct hpte *ret_entry)
{
	const struct hpt_table *t = atomic_load_explicit(&hpt->current, memory_order_acquire);

	if (index >= table_entries(t))
		return -EINVAL;
	ret_entry->v = slot_v(&t->slots[index]) & ~HPTE_V_LOCK;
	ret_entry->r = slot_r(&t->slots[index]);
	return 0;
}
