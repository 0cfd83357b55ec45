/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hashed page table of a guest that the VMM keeps: host memory, entries as in hpte.h, big-endian, so that
 * hardware, or a kernel that reads it through SDR1, could walk it. LoPAR "Page Frame Table Access" and
 * "Hash Page Table Resize Option".
 *
 * Threads: everything but hpt_new, hpt_free and hpt_reset may be called on any vCPU's thread at any time.
 * Entries are changed atomically one by one. Memory that may hold a table is never given back while the VM
 * lives: a walk that a resize overtakes finds nothing, or entries of the other table.
 */
#ifndef PAPRIKA_CPU_HPT_H
#define PAPRIKA_CPU_HPT_H

#include <stdbool.h>
#include <stdint.h>

#include "vmm/base/check.h"
#include "vmm/cpu/hpte.h"

#define HPT_SHIFT_MIN 18 /* log2 of bytes */
#define HPT_SHIFT_MAX 46

struct hpt;

/*
 * What the back end does; called on the thread that changes the table, with no lock held, and returned from
 * when it is done on all vCPUs.
 */
struct hpt_ops {
	/* Forget what was translated by entries for @page, of 1 << page->base_shift bytes. */
	void (*flush)(void *ctx, const struct hpte_page *page);
	/* The table is another, see hpt_table(): forget everything. */
	void (*moved)(void *ctx);
};

/* For that much RAM: a 128th of it, rounded up to a power of 2. */
unsigned hpt_shift_for_memory(uint64_t ram_size);

/* An empty table of 1 << @shift bytes, which can grow to twice that. -ENOMEM. */
__must_check int hpt_new(unsigned shift, const struct hpt_ops *ops, void *ctx, struct hpt **ret_hpt);
void hpt_free(struct hpt *hpt);
/* As hpt_new() made it. No vCPU may run. */
void hpt_reset(struct hpt *hpt);

/* Where the table is, aligned to its size, and log2 of its bytes. */
void *hpt_table(const struct hpt *hpt, unsigned *ret_shift);

/* What an operation asks of the entry that it finds; both may be asked at once. */
#define HPT_ANY     0u
#define HPT_AVPN    1u /* its first doubleword, but for the flags, is @v */
#define HPT_ANDCOND 2u /* its first doubleword has none of the bits in @v */

struct hpt_match {
	unsigned conditions;
	uint64_t v;
};

/*
 * Operations by index. -EINVAL: there is no such index; -ENOENT: no valid entry there that fits; -ENOSPC:
 * no free place.
 */

/* Into the first free place of @index's group, or with @exact into that place. */
__must_check int hpt_enter(struct hpt *hpt, uint64_t index, bool exact, struct hpte e,
			   uint64_t *ret_index);
/* Invalidates it; its reference and change bits are final in @ret_old. */
__must_check int hpt_remove(struct hpt *hpt, uint64_t index, struct hpt_match match,
			    struct hpte *ret_old);
/* The bits of HPTE_R_PROTECTION become those of @bits. */
__must_check int hpt_protect(struct hpt *hpt, uint64_t index, struct hpt_match match, uint64_t bits);
/* Clears @bits, R or C, in the second doubleword, whose former value is returned. */
__must_check int hpt_clear_bits(struct hpt *hpt, uint64_t index, uint64_t bits, uint64_t *ret_r);
/* Whatever is there; an invalid entry reads as software left it. */
__must_check int hpt_read(const struct hpt *hpt, uint64_t index, struct hpte *ret_entry);

/* An entry that translates, as it was when it was found. */
struct hpt_hit {
	uint64_t index;
	struct hpte entry;
	unsigned shift; /* log2 of the bytes that it maps */
};

/* Searches both groups for the entry of @page. */
bool hpt_search(const struct hpt *hpt, const struct hpte_page *page, struct hpt_hit *ret_hit);
/* Sets @bits, R or R and C, in the entry found; false, and nothing done, if it has changed meanwhile. */
bool hpt_touch(struct hpt *hpt, struct hpt_hit *hit, uint64_t bits);

/*
 * Resizing. -EINVAL: no size; -EPERM: larger than this guest may have; -ENOENT: no table of that size is
 * pending; -ENOSPC: two bolted entries would need the same place, and nothing has changed.
 */

/* An empty table of 1 << @shift bytes is pending; 0: none is, any more. */
__must_check int hpt_resize_prepare(struct hpt *hpt, unsigned shift);
/* The pending table, with all bolted entries, takes the place of the present one. */
__must_check int hpt_resize_commit(struct hpt *hpt, unsigned shift);

#endif
