/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A bounded queue of bytes. No locking of its own. */
#ifndef PAPRIKA_BASE_BYTERING_H
#define PAPRIKA_BASE_BYTERING_H

#include <stddef.h>
#include <stdint.h>

#include "vmm/base/check.h"

struct bytering {
	uint8_t *buf;
	size_t size, head, used; /* head: the oldest byte */
};

/* -ENOMEM. */
__must_check int bytering_init(struct bytering *r, size_t size);
void bytering_done(struct bytering *r);
void bytering_clear(struct bytering *r);

static inline size_t bytering_used(const struct bytering *r)
{
	return r->used;
}

static inline size_t bytering_room(const struct bytering *r)
{
	return r->size - r->used;
}

/* As many of the @len bytes as there is room for; their number. */
size_t bytering_put(struct bytering *r, const uint8_t *buf, size_t len);
/* All of them, at the cost of the oldest: the ring keeps the last bytes. */
void bytering_put_last(struct bytering *r, const uint8_t *buf, size_t len);
/* Takes up to @size bytes out. */
size_t bytering_get(struct bytering *r, uint8_t *buf, size_t size);
/* The longest run of bytes from @offset (from the oldest) that is in one piece, left in. */
const uint8_t *bytering_peek(const struct bytering *r, size_t offset, size_t *ret_len);
/* Forgets the oldest @len bytes. */
void bytering_skip(struct bytering *r, size_t len);

#endif
