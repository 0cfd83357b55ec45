/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Option vectors: parsed from a copy, answered from a table. */
#include "fdt/vectors.h"

#include <errno.h>
#include <string.h>

#include "vmm/base/byteorder.h"

#define IGNORE      0x80 /* byte 1: the client takes what it gets */
#define MMU_MASK    0xc0
#define FACILITIES  17
#define FACILITY_RNG 0x80
#define HPT_RESIZE  6
#define HPT_RESIZE_BIT 0x01

/* Bits of option vector 5 that this VM implements if the guest asks for them, by byte number. */
static const uint8_t offered_5[OV5_LEN] = {
	[2] = 0x81, /* logical partitioning, MSI */
};

/* Bits of a radix guest, whatever it asks: that it is one, and that it invalidates translations itself. */
static const uint8_t radix_5[OV5_LEN] = {
	[OV5_MMU] = OV5_MMU_RADIX,
	[OV5_RADIX_EXT] = 0x40,
};

static int pvr_list_parse(const uint8_t *buf, size_t len, size_t *ret_count)
{
	for (size_t at = 0; check_range_u64(at, 8, len); at += 8)
		/* the last entry, which counts like the others, has a bit that its mask leaves out */
		if (load_be32(buf + at + 4) & ~load_be32(buf + at)) {
			*ret_count = at / 8 + 1;
			return 0;
		}
	return -EINVAL;
}

bool vectors_accept(const struct vectors *v, uint32_t pvr)
{
	for (size_t i = 0; i < v->pvr_count; i++) {
		uint32_t mask = load_be32(v->pvrs + 8 * i), value = load_be32(v->pvrs + 8 * i + 4);

		if ((pvr & mask) == (value & mask))
			return true;
	}
	return false;
}

int vectors_parse(const uint8_t *buf, size_t len, struct vectors *ret_vectors)
{
	struct vectors v = {.pvrs = buf};
	size_t at;
	unsigned count;
	int r = pvr_list_parse(buf, len, &v.pvr_count);

	at = 8 * v.pvr_count;
	if (r < 0 || at >= len)
		return -EINVAL;
	count = buf[at++] + 1u;
	for (unsigned i = 1; i <= count; i++) {
		size_t size;

		if (at >= len)
			return -EINVAL;
		size = buf[at] + 2u; /* the length byte itself, and one more than it says */
		if (!check_range_u64(at, size, len))
			return -EINVAL;
		if (i < 8) {
			v.option[i] = buf + at;
			v.option_len[i] = size;
		}
		at += size;
	}
	*ret_vectors = v;
	return 0;
}

uint8_t vectors_asked_5(const struct vectors *v, size_t i)
{
	return i < v->option_len[OPTION_VECTOR_5] ? v->option[OPTION_VECTOR_5][i] : 0;
}

const char *vectors_choose_mmu(const struct vectors *v, bool has_hash, bool has_radix, bool *ret_radix)
{
	uint8_t asked = vectors_asked_5(v, OV5_MMU) & MMU_MASK;
	bool hash = has_hash && asked != OV5_MMU_RADIX;
	bool radix = has_radix && asked != OV5_MMU_HASH;

	if (!hash && !radix && !(vectors_asked_5(v, 1) & IGNORE))
		return has_radix ? "hash page tables alone; there are radix trees alone" :
				   "radix trees alone; there are hash page tables alone";
	*ret_radix = radix || !has_hash;
	return NULL;
}

size_t vectors_answer_5(const struct vectors *v, const struct vectors_offer *offer,
			uint8_t answer[OV5_LEN])
{
	memset(answer, 0, OV5_LEN);
	answer[0] = OV5_LEN - 2;
	for (size_t i = 1; i < OV5_LEN; i++)
		answer[i] = (vectors_asked_5(v, i) & offered_5[i]) | (offer->radix ? radix_5[i] : 0);
	if (offer->rng)
		answer[FACILITIES] |= vectors_asked_5(v, FACILITIES) & FACILITY_RNG;
	if (offer->hpt_resize)
		answer[HPT_RESIZE] |= vectors_asked_5(v, HPT_RESIZE) & HPT_RESIZE_BIT;
	return OV5_LEN;
}
