/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entries of hashed page tables. Power ISA 2.07B Book III-S 5.7.6 and 5.7.7. */
#include "vmm/cpu/hpte.h"

/* Entries' page sizes with L = 1: of the segment, of the page, and LP as far as it is not address. */
static const struct {
	uint8_t base, actual, lp;
} large[] = {
	{12, 16, 0x07}, {12, 24, 0x38}, {16, 16, 0x01}, {16, 24, 0x08}, {24, 24, 0x00},
};

static const struct {
	uint8_t base;
	uint16_t llp;
} segments[] = {{12, 0x000}, {16, 0x110}, {24, 0x100}};

/* LP has as many of its eight bits as the page is larger than 4 KiB. */
static unsigned lp_mask(unsigned shift)
{
	return shift >= 20 ? 0xff : (1u << (shift - 12)) - 1;
}

bool hpte_page_shifts(struct hpte e, unsigned *ret_base, unsigned *ret_actual)
{
	unsigned lp = (e.r >> 12) & 0xff;

	if (!(e.v & HPTE_V_LARGE)) {
		*ret_base = *ret_actual = 12;
		return true;
	}
	for (unsigned i = 0; i < ARRAY_SIZE(large); i++)
		if ((lp & lp_mask(large[i].actual)) == large[i].lp) {
			*ret_base = large[i].base;
			*ret_actual = large[i].actual;
			return true;
		}
	return false;
}

unsigned hpte_segment_page_shift(unsigned llp)
{
	for (unsigned i = 0; i < ARRAY_SIZE(segments); i++)
		if (segments[i].llp == (llp & SLB_VSID_LLP))
			return segments[i].base;
	return 0;
}

/* The cells of one base page size; none if there is no page of that size. */
static size_t segment_cells(unsigned i, unsigned shift_max, uint32_t cells[16])
{
	size_t n = 3;

	cells[0] = segments[i].base;
	cells[1] = segments[i].llp;
	if (segments[i].base == 12) {
		cells[n++] = 12;
		cells[n++] = 0;
	}
	for (unsigned j = 0; j < ARRAY_SIZE(large); j++)
		if (large[j].base == segments[i].base && large[j].actual <= shift_max) {
			cells[n++] = large[j].actual;
			cells[n++] = large[j].lp;
		}
	cells[2] = (uint32_t)(n - 3) / 2;
	return segments[i].base <= shift_max ? n : 0;
}

size_t hpte_segment_pages(unsigned shift_max, uint32_t *cells, size_t max)
{
	size_t count = 0;

	for (unsigned i = 0; i < ARRAY_SIZE(segments); i++) {
		uint32_t one[16];
		size_t n = segment_cells(i, shift_max, one);

		if (n > max - count)
			break;
		for (size_t j = 0; j < n; j++)
			cells[count++] = one[j];
	}
	return count;
}

#define AVPN_ADDRESS_SHIFT 23 /* the address bits below are not in an entry: the hash has them */

static uint64_t segment_hash(uint64_t vsid, bool is_1t)
{
	return is_1t ? vsid ^ vsid << 25 : vsid;
}

uint64_t hpte_hash(const struct hpte_page *page)
{
	return (segment_hash(page->vsid, page->is_1t) ^ page->offset >> page->base_shift) &
	       PPC_BITMASK(25, 63);
}

void hpte_locate(struct hpte e, uint64_t index, struct hpte_page *ret_page)
{
	uint64_t avpn = (e.v & HPTE_V_AVPN) >> HPTE_V_AVPN_SHIFT, group = index / HPTES_PER_GROUP;
	struct hpte_page p = {.is_1t = (e.v & HPTE_V_B) == HPTE_V_B_1T, .base_shift = 12};
	unsigned segment_bits = (p.is_1t ? 40 : 28) - AVPN_ADDRESS_SHIFT, actual;

	hpte_page_shifts(e, &p.base_shift, &actual);
	if (e.v & HPTE_V_SECONDARY)
		group = ~group;
	p.vsid = avpn >> segment_bits;
	p.offset = (avpn & ((1ULL << segment_bits) - 1)) << AVPN_ADDRESS_SHIFT;
	/* a table has 2^11 groups at least: enough for the bits that are missing */
	if (p.base_shift < AVPN_ADDRESS_SHIFT)
		p.offset |= ((segment_hash(p.vsid, p.is_1t) ^ group) << p.base_shift) &
			    ((1ULL << AVPN_ADDRESS_SHIFT) - 1);
	p.offset &= ~((1ULL << p.base_shift) - 1);
	*ret_page = p;
}
