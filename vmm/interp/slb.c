/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The segment look-aside buffer, and what its changes mean for translations made by it. */
#include "vmm/interp/slb.h"

#include "vmm/cpu/hpte.h"
#include "vmm/interp/tlb.h"

#define RB_ESID  PPC_BITMASK(0, 35)
#define RB_V     PPC_BIT(36)
#define RB_INDEX 0xfffULL
#define RS_B     PPC_BITMASK(0, 1)
#define RS_B_1T  PPC_BIT(1)
#define RS_CLASS PPC_BIT(56)

#define QUADRANT(ea) ((ea) >> 62)

/* No address has a bit under a mask of zero. */
static const struct slbe none = {.segment = {.ea = 1}};

static bool is_valid(const struct slbe *s)
{
	return s->esid & RB_V;
}

void slb_clear(struct icpu *cpu)
{
	for (unsigned i = 0; i < SLB_ENTRIES; i++)
		cpu->slb[i] = none;
	cpu->slb_removals++;
}

const struct slbe *slb_find(const struct icpu *cpu, uint64_t ea)
{
	for (unsigned i = 0; i < SLB_ENTRIES; i++)
		if ((ea & cpu->slb[i].segment.mask) == cpu->slb[i].segment.ea)
			return &cpu->slb[i];
	return NULL;
}

/* Reserved encodings of segment and page sizes make an entry that reads back, and translates nothing. */
static struct slbe entry_make(uint64_t rb, uint64_t rs)
{
	struct slbe s = none;

	if (!(rb & RB_V))
		return s;
	s.esid = rb & (RB_ESID | RB_V);
	s.segment.vsid = rs;
	s.is_1t = rs & RS_B_1T;
	s.base_shift = hpte_segment_page_shift((unsigned)rs);
	if (!s.base_shift || (rs & RS_B & ~RS_B_1T))
		return s;
	s.segment.mask = ~((s.is_1t ? 1ULL << 40 : 1ULL << 28) - 1);
	s.segment.ea = rb & RB_ESID & s.segment.mask;
	return s;
}

void slb_insert(struct icpu *cpu, uint64_t rb, uint64_t rs)
{
	unsigned index = rb & RB_INDEX;
	struct slbe *s, made = entry_make(rb, rs), old;

	if (index >= SLB_ENTRIES)
		return;
	s = &cpu->slb[index];
	old = *s;
	*s = made;
	if (is_valid(&old) && (old.esid != made.esid || old.segment.vsid != made.segment.vsid))
		tlb_segments_removed(cpu, QUADRANT(old.esid) == 0);
}

void slb_remove(struct icpu *cpu, uint64_t rb)
{
	for (unsigned i = 0; i < SLB_ENTRIES; i++) {
		struct slbe *s = &cpu->slb[i];

		if ((rb & s->segment.mask) != s->segment.ea)
			continue;
		*s = none;
		tlb_segments_removed(cpu, QUADRANT(rb) == 0);
	}
}

/* Power ISA 3.0B: 3 spares Class 0, 3 and 4 do not spare entry 0, 7 spares all. Before, all are as 0. */
void slb_remove_all(struct icpu *cpu, unsigned ih)
{
	bool some = false, user_only = true;

	if (cpu->isa < 300)
		ih = 0;
	for (unsigned i = ih == 3 || ih == 4 ? 0 : 1; i < SLB_ENTRIES && ih != 7; i++) {
		struct slbe *s = &cpu->slb[i];

		if (!is_valid(s) || (ih == 3 && !(s->segment.vsid & RS_CLASS)))
			continue;
		some = true;
		user_only = user_only && QUADRANT(s->esid) == 0;
		*s = none;
	}
	if (some)
		tlb_segments_removed(cpu, user_only);
}
