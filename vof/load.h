/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel images into guest memory. No threads of its own; nothing is opened here. */
#ifndef PAPRIKA_VOF_LOAD_H
#define PAPRIKA_VOF_LOAD_H

#include <stddef.h>
#include <stdint.h>

#include "vmm/mem/gmem.h"

/* A kernel image as it can be loaded: an ELF, decompressed where it had to be. */
struct kernel_image {
	const uint8_t *data;
	size_t len;
	uint8_t *owned; /* data, if it was decompressed here */
};

struct kernel_placed {
	uint64_t entry;
	uint64_t base, end; /* what it occupies, .bss included */
};

/*
 * Prepares the @len bytes at @file, which the caller keeps mapped: looks through gzip, xz and zstd,
 * to at most @limit bytes. On failure *ret_why says what is wrong with the file.
 * -EINVAL: not a kernel; -EFBIG: larger than @limit; -ENOMEM.
 */
__must_check int kernel_image_open(struct kernel_image *ret_image, const void *file, size_t len,
				   size_t limit, const char **ret_why);
void kernel_image_close(struct kernel_image *image);

/*
 * Copies the loadable segments to guest memory from @base on (vmlinux runs where it is loaded; a
 * zImage where it is linked). Every offset is checked against the file and against memory.
 * -EINVAL: broken, *ret_why says how; -EFBIG: memory is too small for it; others of
 * gmem_load().
 */
__must_check int kernel_image_place(const struct kernel_image *image, struct gmem *mem,
				    uint64_t base, struct kernel_placed *ret_placed,
				    const char **ret_why);

#endif
