/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Unaligned loads and stores of a given byte order. */
#ifndef PAPRIKA_BASE_BYTEORDER_H
#define PAPRIKA_BASE_BYTEORDER_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

#define BYTEORDER_DEFINE_(bits, order)                                                             \
	static inline uint##bits##_t load_##order##bits(const void *p)                             \
	{                                                                                          \
		uint##bits##_t v;                                                                  \
                                                                                                   \
		memcpy(&v, p, sizeof(v));                                                          \
		return order##bits##toh(v);                                                        \
	}                                                                                          \
	static inline void store_##order##bits(void *p, uint##bits##_t v)                          \
	{                                                                                          \
		v = hto##order##bits(v);                                                           \
		memcpy(p, &v, sizeof(v));                                                          \
	}

BYTEORDER_DEFINE_(16, be)
BYTEORDER_DEFINE_(32, be)
BYTEORDER_DEFINE_(64, be)
BYTEORDER_DEFINE_(16, le)
BYTEORDER_DEFINE_(32, le)
BYTEORDER_DEFINE_(64, le)

#undef BYTEORDER_DEFINE_

#endif
