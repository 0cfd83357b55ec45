/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arithmetic on numbers from the guest: every result is checked for overflow. */
#ifndef PAPRIKA_BASE_CHECK_H
#define PAPRIKA_BASE_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#define __must_check __attribute__((warn_unused_result))

/* *ret = a + b; false (and *ret unspecified) if the sum does not fit. */
static inline __must_check bool check_add_u64(uint64_t a, uint64_t b, uint64_t *ret)
{
	return !__builtin_add_overflow(a, b, ret);
}

/* *ret = a * b; false (and *ret unspecified) if the product does not fit. */
static inline __must_check bool check_mul_u64(uint64_t a, uint64_t b, uint64_t *ret)
{
	return !__builtin_mul_overflow(a, b, ret);
}

/* True if [start, start + len) lies within [0, limit). An empty range at limit is within. */
static inline __must_check bool check_range_u64(uint64_t start, uint64_t len, uint64_t limit)
{
	return start <= limit && len <= limit - start;
}

#endif
