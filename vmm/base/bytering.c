/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A bounded queue of bytes. */
#include "vmm/base/bytering.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int bytering_init(struct bytering *r, size_t size)
{
	*r = (struct bytering){.buf = malloc(size), .size = size};
	return r->buf ? 0 : -ENOMEM;
}

void bytering_done(struct bytering *r)
{
	free(r->buf);
	*r = (struct bytering){0};
}

void bytering_clear(struct bytering *r)
{
	r->head = r->used = 0;
}

size_t bytering_put(struct bytering *r, const uint8_t *buf, size_t len)
{
	size_t tail = (r->head + r->used) % r->size, first;

	if (len > bytering_room(r))
		len = bytering_room(r);
	first = len < r->size - tail ? len : r->size - tail;
	memcpy(r->buf + tail, buf, first);
	memcpy(r->buf, buf + first, len - first);
	r->used += len;
	return len;
}

void bytering_put_last(struct bytering *r, const uint8_t *buf, size_t len)
{
	if (len > r->size) {
		buf += len - r->size;
		len = r->size;
	}
	if (len > bytering_room(r))
		bytering_skip(r, len - bytering_room(r));
	bytering_put(r, buf, len);
}

const uint8_t *bytering_peek(const struct bytering *r, size_t offset, size_t *ret_len)
{
	size_t at, len;

	if (offset >= r->used) {
		*ret_len = 0;
		return NULL;
	}
	at = (r->head + offset) % r->size;
	len = r->used - offset;
	*ret_len = len < r->size - at ? len : r->size - at;
	return r->buf + at;
}

void bytering_skip(struct bytering *r, size_t len)
{
	assert(len <= r->used);
	r->head = (r->head + len) % r->size;
	r->used -= len;
}

size_t bytering_get(struct bytering *r, uint8_t *buf, size_t size)
{
	size_t done = 0, len;
	const uint8_t *p;

	while (done < size && (p = bytering_peek(r, 0, &len))) {
		if (len > size - done)
			len = size - done;
		memcpy(buf + done, p, len);
		bytering_skip(r, len);
		done += len;
	}
	return done;
}
