/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Option vectors: parsed from a copy, answered from a table. */
#include "fdt/vectors.h"

#include <errno.h>
#include <string.h>

#include "vmm/base/byteorder.h"

/* Bits of option vector 5 that this VM implements if the guest asks for them, by byte number. */
static const uint8_t offered_5[OV5_LEN] = {
	[2] = 0x80, /* logical partitioning */
	[5] = 0x80, /* form 1 affinity */
};

/* Bits of a radix guest, whatever it asks: that it is one, and that it invalidates translations itself. */
static const uint8_t radix_5[OV5_LEN] = {
	[OV5_MMU] = 0x40,
	[OV5_RADIX_EXT] = 0x40,
};

static int pvr_list_parse(const uint8_t *buf, size_t len, uint32_t pvr, uint32_t logical_pvr,
			  bool *ret_matches, size_t *ret_used)
{
	*ret_matches = false;
	for (size_t at = 0; check_range_u64(at, 8, len); at += 8) {
		uint32_t mask = load_be32(buf + at), value = load_be32(buf + at + 4);

		/* the last entry has a bit that its mask leaves out */
		if (value & ~mask) {
			*ret_used = at + 8;
			return 0;
		}
		if ((pvr & mask) == value || (logical_pvr & mask) == value)
			*ret_matches = true;
	}
	return -EINVAL;
}

int vectors_parse(const uint8_t *buf, size_t len, uint32_t pvr, uint32_t logical_pvr,
		  struct vectors *ret_vectors)
{
	struct vectors v = {0};
	size_t at;
	unsigned count;
	int r = pvr_list_parse(buf, len, pvr, logical_pvr, &v.pvr_matches, &at);

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

size_t vectors_answer_5(const struct vectors *v, bool radix, uint8_t answer[OV5_LEN])
{
	const uint8_t *asked = v->option[OPTION_VECTOR_5];
	size_t asked_len = v->option_len[OPTION_VECTOR_5];

	memset(answer, 0, OV5_LEN);
	answer[0] = OV5_LEN - 2;
	for (size_t i = 1; i < OV5_LEN; i++)
		answer[i] = (i < asked_len ? asked[i] & offered_5[i] : 0) |
			    (radix ? radix_5[i] : 0);
	return OV5_LEN;
}
