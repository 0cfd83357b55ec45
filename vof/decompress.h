/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compressed kernels: gzip, xz, zstd. */
#ifndef PAPRIKA_VOF_DECOMPRESS_H
#define PAPRIKA_VOF_DECOMPRESS_H

#include <stddef.h>
#include <stdint.h>

#include "vmm/base/check.h"

/*
 * If the @len bytes at @in are compressed, *ret_out is the content, malloc'd, of *ret_len bytes; else NULL
 * and *ret_len is left alone.
 * -EFBIG: more than @limit bytes; -EINVAL: damaged, *ret_why says so; -ENOMEM.
 */
__must_check int decompress(const uint8_t *in, size_t len, size_t limit, uint8_t **ret_out,
			    size_t *ret_len, const char **ret_why);

#endif
