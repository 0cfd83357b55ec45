/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Translation caches with hashed page tables.
 *
 * PIDR means nothing here: a process is what its segments are. AMR and IAMR are a part of each context's key.
 * What supervisor contexts hold of segments that leave the SLB is dropped; a context of problem state keeps
 * the list of the segments that its entries were made by, and is chosen while all of them are in the SLB. So
 * a process that comes back, and has its segments put back, finds its translations.
 */
#include <assert.h>

#include "vmm/cpu/hpte.h"
#include "vmm/interp/slb.h"
#include "vmm/interp/tlb_impl.h"

/* True if all that @t holds is by segments that are in the SLB. */
static bool segments_present(const struct icpu *cpu, const struct tlb *t)
{
	for (unsigned i = 0; i < t->segment_count; i++) {
		const struct slbe *s = slb_find(cpu, t->segments[i].ea);

		if (!s || s->segment.vsid != t->segments[i].vsid)
			return false;
	}
	return true;
}

static bool hash_key_fits(const struct icpu *cpu, const struct tlb *t, bool pr)
{
	return t->key == KEY_HASH(pr) && t->amr == cpu->amr && t->iamr == cpu->iamr;
}

/* Of problem state's contexts that fit the one with the most segments: the others may be near empty. */
static struct tlb *hash_context_find(struct icpu *cpu, bool pr)
{
	struct tlb *best = NULL;

	for (unsigned i = 0; i < TLB_CONTEXTS; i++) {
		struct tlb *t = &cpu->contexts[i];

		if (hash_key_fits(cpu, t, pr) && (!best || t->segment_count > best->segment_count) &&
		    segments_present(cpu, t))
			best = t;
	}
	return best;
}

struct tlb *hash_context(struct icpu *cpu)
{
	bool pr = cpu->msr & MSR_PR;
	struct tlb *t = cpu->hash_last[pr];

	if (t && hash_key_fits(cpu, t, pr) && (!pr || cpu->hash_removals == cpu->slb_removals)) {
		t->used = ++cpu->switches;
		return t;
	}
	t = hash_context_find(cpu, pr);
	if (!t) {
		t = context_take(cpu, KEY_HASH(pr));
		t->amr = cpu->amr;
		t->iamr = cpu->iamr;
	}
	t->used = ++cpu->switches;
	if (pr)
		cpu->hash_removals = cpu->slb_removals;
	cpu->hash_last[pr] = t;
	return t;
}

void tlb_segments_removed(struct icpu *cpu, bool user_only)
{
	cpu->slb_removals++;
	for (unsigned i = 0; i < TLB_CONTEXTS; i++) {
		struct tlb *t = &cpu->contexts[i];

		if (t->key != KEY_HASH(0))
			continue;
		if (user_only)
			context_drop_user(t);
		else
			context_clear(t);
	}
}

void hash_note_segment(const struct icpu *cpu, struct tlb *t, uint64_t ea)
{
	const struct slbe *s;

	for (unsigned i = 0; i < t->segment_count; i++)
		if ((ea & t->segments[i].mask) == t->segments[i].ea)
			return;
	s = slb_find(cpu, ea);
	assert(s); /* it has just translated */
	if (t->segment_count == TLB_SEGMENTS)
		context_clear(t);
	t->segments[t->segment_count++] = s->segment;
}

/* The entry at @at, if it is of a page with this place in its segment. */
static void entry_drop_offset(struct tlb *t, unsigned at, uint64_t offset, uint64_t mask)
{
	if (t->rd[at].tag != TLB_INVALID && (t->rd[at].tag & mask) == offset)
		t->rd[at].tag = TLB_INVALID;
	if (t->wr[at].tag != TLB_INVALID && (t->wr[at].tag & mask) == offset)
		t->wr[at].tag = TLB_INVALID;
	if ((t->fetch[at % FETCH_ENTRIES].tag & mask) == offset)
		t->fetch[at % FETCH_ENTRIES].tag = TLB_INVALID;
}

/* Which effective address a segment had is not known any more, but its offset is the virtual one's. */
void tlb_invalidate_virtual(struct icpu *cpu, const struct hpte_page *page)
{
	uint64_t mask = ((page->is_1t ? 1ULL << 40 : 1ULL << 28) - 1) & ~0xfffULL;
	uint64_t pages = 1ULL << (page->base_shift - 12);

	for (unsigned i = 0; i < TLB_CONTEXTS; i++) {
		struct tlb *t = &cpu->contexts[i];

		if (!KEY_IS_HASH(t->key))
			continue;
		if (pages >= TLB_ENTRIES) {
			context_clear(t);
			continue;
		}
		for (uint64_t p = 0; p < pages; p++) {
			uint64_t offset = page->offset + (p << 12);

			entry_drop_offset(t, (offset >> 12) & (TLB_ENTRIES - 1), offset & mask, mask);
		}
	}
}
