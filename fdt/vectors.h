/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The argument of ibm,client-architecture-support: a list of processors and option vectors, from the
 * guest. LoPAR "Root Node Methods", ibm,client-architecture-support.
 */
#ifndef PAPRIKA_FDT_VECTORS_H
#define PAPRIKA_FDT_VECTORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vmm/base/check.h"

#define VECTORS_MAX      8192 /* bytes looked at: 8 vectors and a long processor list */
#define OPTION_VECTOR_5  5
#define OV5_LEN          27 /* the length byte and bytes 1 to 26 */
#define OV5_INTC         23 /* interrupt modes: bits 0 and 1 */
#define OV5_INTC_MASK    0xc0
#define OV5_INTC_XICS    0x00 /* XIVE's legacy mode */
#define OV5_INTC_XIVE    0x40 /* its exploitation mode */
#define OV5_INTC_EITHER  0x80
#define OV5_MMU          24
#define OV5_MMU_HASH     0x00
#define OV5_MMU_RADIX    0x40
#define OV5_MMU_EITHER   0x80
#define OV5_RADIX_EXT    26

struct vectors {
	const uint8_t *pvrs; /* pairs of mask and value */
	size_t pvr_count;
	const uint8_t *option[8]; /* by number: [0] is a length less one, then bytes 1, 2, ... */
	size_t option_len[8];     /* with the length byte; 0 where the guest gave none */
};

/*
 * Takes apart the @len bytes at @buf, which must outlive the result. -EINVAL: the list or a vector runs over
 * the end.
 */
__must_check int vectors_parse(const uint8_t *buf, size_t len, struct vectors *ret_vectors);

/* True if the list of processors has @pvr, which may be an architecture level's. */
bool vectors_accept(const struct vectors *v, uint32_t pvr);

/* Byte @i of the guest's option vector 5; what it leaves out is zero. */
uint8_t vectors_asked_5(const struct vectors *v, size_t i);

/*
 * The translation that the guest gets, of the kinds that there are: radix trees if both sides can. A guest that
 * says nothing of its MMU is one that knows hashed page tables alone. NULL, or what it insists on and this VM
 * does not have, for a message.
 */
const char *vectors_choose_mmu(const struct vectors *v, bool has_hash, bool has_radix, bool *ret_radix);

/* What a VM has for ibm,architecture-vec-5 that not all have. */
struct vectors_offer {
	bool radix;      /* its translation */
	bool hpt_resize; /* of its hashed page table */
	bool rng;        /* random numbers by H_RANDOM */
};

/* ibm,architecture-vec-5: what the guest asked for and this VM has. At most OV5_LEN bytes. */
size_t vectors_answer_5(const struct vectors *v, const struct vectors_offer *offer,
			uint8_t answer[OV5_LEN]);

#endif
