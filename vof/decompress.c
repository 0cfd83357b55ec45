/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compressed kernels, by zlib, liblzma and libzstd, with a bound on what comes out. */
#include "vof/decompress.h"

#include <errno.h>
#include <lzma.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#define CHUNK (4u << 20)

/* Output that grows. */
struct out {
	uint8_t *buf;
	size_t len, size, limit;
};

/* Room for a chunk more, or what is left up to the limit. */
static int out_room(struct out *o)
{
	size_t size = o->size + CHUNK;
	uint8_t *buf;

	if (o->len < o->size)
		return 0;
	if (o->size >= o->limit)
		return -EFBIG;
	if (size > o->limit)
		size = o->limit;
	buf = realloc(o->buf, size);
	if (!buf)
		return -ENOMEM;
	o->buf = buf;
	o->size = size;
	return 0;
}

static int gunzip(const uint8_t *in, size_t len, struct out *o)
{
	z_stream z = {.next_in = (uint8_t *)(uintptr_t)in, .avail_in = (uInt)len};
	int r = 0, s = Z_OK;

	if (inflateInit2(&z, 15 + 16) != Z_OK)
		return -ENOMEM;
	while (s == Z_OK && (r = out_room(o)) == 0) {
		z.next_out = o->buf + o->len;
		z.avail_out = (uInt)(o->size - o->len);
		s = inflate(&z, Z_NO_FLUSH);
		o->len = o->size - z.avail_out;
	}
	inflateEnd(&z);
	return r < 0 ? r : s == Z_STREAM_END ? 0 : -EINVAL;
}

static int unxz(const uint8_t *in, size_t len, struct out *o)
{
	lzma_stream z = LZMA_STREAM_INIT;
	lzma_ret s = LZMA_OK;
	int r = 0;

	if (lzma_stream_decoder(&z, o->limit, 0) != LZMA_OK)
		return -ENOMEM;
	z.next_in = in;
	z.avail_in = len;
	while (s == LZMA_OK && (r = out_room(o)) == 0) {
		z.next_out = o->buf + o->len;
		z.avail_out = o->size - o->len;
		s = lzma_code(&z, LZMA_FINISH);
		o->len = o->size - z.avail_out;
	}
	lzma_end(&z);
	return r < 0 ? r : s == LZMA_STREAM_END ? 0 : -EINVAL;
}

static int unzstd(const uint8_t *in, size_t len, struct out *o)
{
	ZSTD_DCtx *z = ZSTD_createDCtx();
	ZSTD_inBuffer from = {.src = in, .size = len};
	size_t s = 1;
	int r = 0;

	if (!z)
		return -ENOMEM;
	while (s && (r = out_room(o)) == 0) {
		ZSTD_outBuffer to = {.dst = o->buf + o->len, .size = o->size - o->len};
		size_t before = from.pos;

		s = ZSTD_decompressStream(z, &to, &from);
		o->len += to.pos;
		if (ZSTD_isError(s) || (s && !to.pos && from.pos == before))
			break;
	}
	ZSTD_freeDCtx(z);
	return r < 0 ? r : s ? -EINVAL : 0;
}

static const struct {
	uint8_t magic[6];
	size_t magic_len;
	int (*fn)(const uint8_t *in, size_t len, struct out *o);
	const char *damaged;
} formats[] = {
	{{0x1f, 0x8b}, 2, gunzip, "truncated or damaged: its gzip data does not decompress"},
	{{0xfd, '7', 'z', 'X', 'Z', 0}, 6, unxz, "truncated or damaged: its xz data does not decompress"},
	{{0x28, 0xb5, 0x2f, 0xfd}, 4, unzstd, "truncated or damaged: its zstd data does not decompress"},
};

int decompress(const uint8_t *in, size_t len, size_t limit, uint8_t **ret_out, size_t *ret_len,
	       const char **ret_why)
{
	*ret_out = NULL;
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		struct out o = {.limit = limit};
		int r;

		if (len < formats[i].magic_len || memcmp(in, formats[i].magic, formats[i].magic_len))
			continue;
		r = len > UINT32_MAX ? -EFBIG : formats[i].fn(in, len, &o);
		if (r < 0) {
			free(o.buf);
			if (r == -EINVAL)
				*ret_why = formats[i].damaged;
			return r;
		}
		*ret_out = o.buf;
		*ret_len = o.len;
		return 0;
	}
	return 0;
}
