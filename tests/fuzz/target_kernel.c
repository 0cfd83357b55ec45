/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel file: what it is compressed with, its headers, its segments. */
#include <errno.h>
#include <stdlib.h>

#include "tests/fuzz/input.h"
#include "vof/load.h"

#define RAM_SIZE (1u << 20)
#define LIMIT    (8u << 20) /* of what comes out of a compressed file */

static uint8_t *ram;
static struct gmem *mem;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	ram = aligned_alloc(4096, RAM_SIZE);
	if (!ram || gmem_new(&mem) < 0 || gmem_add(mem, GPA(0), RAM_SIZE, ram) < 0)
		abort();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kernel_image image;
	struct kernel_placed placed;
	const char *why = NULL;
	int r = kernel_image_open(&image, data, size, LIMIT, &why);

	/* a file that is refused says why */
	if (r < 0) {
		if (r == -EINVAL && !why)
			__builtin_trap();
		return 0;
	}
	why = NULL;
	r = kernel_image_place(&image, mem, 0x10000, &placed, &why);
	if (r == -EINVAL && !why)
		__builtin_trap();
	if (r == 0 && (placed.end > RAM_SIZE || placed.entry < placed.base ||
		       placed.entry >= placed.end))
		__builtin_trap();
	kernel_image_close(&image);
	return 0;
}
