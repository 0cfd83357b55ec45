/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entries of hashed page tables, in the format that h-calls pass: Power ISA 2.07B Book III-S 5.7.7.1; and
 * the page sizes there are, with their encodings in entries, in segments and in the device tree.
 */
#ifndef PAPRIKA_CPU_HPTE_H
#define PAPRIKA_CPU_HPTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vmm/base/bits.h"

struct hpte {
	uint64_t v, r; /* first and second doubleword, in host order */
};

#define HPTE_V_B         PPC_BITMASK(0, 1) /* segment size */
#define HPTE_V_B_1T      PPC_BIT(1)
#define HPTE_V_AVPN      PPC_BITMASK(2, 56)
#define HPTE_V_AVPN_SHIFT 7
#define HPTE_V_LOCK      PPC_BIT(57) /* the hypervisor's; never shown to the guest */
#define HPTE_V_HYPERVISOR PPC_BITMASK(57, 58)
#define HPTE_V_BOLTED    PPC_BIT(59) /* software's: survives a resize */
#define HPTE_V_LARGE     PPC_BIT(61)
#define HPTE_V_SECONDARY PPC_BIT(62)
#define HPTE_V_VALID     PPC_BIT(63)

#define HPTE_R_PP0       PPC_BIT(0)
#define HPTE_R_RESERVED  PPC_BIT(1)
#define HPTE_R_KEY_HIGH  PPC_BITMASK(2, 3)
#define HPTE_R_RPN       PPC_BITMASK(4, 51)
#define HPTE_R_KEY_LOW   PPC_BITMASK(52, 54)
#define HPTE_R_R         PPC_BIT(55)
#define HPTE_R_C         PPC_BIT(56)
#define HPTE_R_W         PPC_BIT(57)
#define HPTE_R_I         PPC_BIT(58)
#define HPTE_R_M         PPC_BIT(59)
#define HPTE_R_G         PPC_BIT(60)
#define HPTE_R_WIMG      PPC_BITMASK(57, 60)
#define HPTE_R_N         PPC_BIT(61)
#define HPTE_R_PP        PPC_BITMASK(62, 63)
/* What H_PROTECT changes. */
#define HPTE_R_PROTECTION (HPTE_R_PP0 | HPTE_R_PP | HPTE_R_N | HPTE_R_KEY_HIGH | HPTE_R_KEY_LOW)

#define HPTES_PER_GROUP 8

/* L || LP of a segment: bits 55 and 58:59 of slbmte's RS, as the device tree has them, too. */
#define SLB_VSID_LLP 0x130u

static inline unsigned hpte_key(struct hpte e)
{
	return (unsigned)((e.r & HPTE_R_KEY_HIGH) >> 57 | (e.r & HPTE_R_KEY_LOW) >> 9);
}

/* The page sizes of @e, as powers of 2: of its segment, and of what it maps. False: no such encoding. */
bool hpte_page_shifts(struct hpte e, unsigned *ret_base, unsigned *ret_actual);

/* The base page size of a segment with this L || LP; 0: no such encoding. */
unsigned hpte_segment_page_shift(unsigned llp);

/* ibm,segment-page-sizes, with pages up to 1 << @shift_max bytes: at most @max cells; their number. */
size_t hpte_segment_pages(unsigned shift_max, uint32_t *cells, size_t max);

/* Where the page that an entry translates begins: the segment, and the place in it. */
struct hpte_page {
	uint64_t vsid;
	uint64_t offset;     /* bytes from the segment's start */
	unsigned base_shift; /* log2 of its size */
	bool is_1t;
};

/* Of @e, valid and of a known size, at @index of any table. */
void hpte_locate(struct hpte e, uint64_t index, struct hpte_page *ret_page);

/* The hash of a page: its primary group in a table is this, modulo the number of groups. */
uint64_t hpte_hash(const struct hpte_page *page);

#endif
