/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host memory behind guest RAM: a sealed memfd, mapped once. */
#ifndef PAPRIKA_MEM_RAM_H
#define PAPRIKA_MEM_RAM_H

#include <stdint.h>

#include "vmm/base/check.h"

struct ram {
	int fd;
	uint8_t *hva;
	uint64_t size;
};

/*
 * Reserves @size bytes (a multiple of the host's page size), zero until touched. Left out of core
 * dumps; offered to transparent huge pages.
 * -ENOMEM: the host will not give that much address space or memory; others as memfd_create(2).
 */
__must_check int ram_open(struct ram *ret_ram, uint64_t size);
void ram_close(struct ram *ram);

/* All of it back to zero pages, as at power-on. No vCPU may run. Negative errno of fallocate(2). */
__must_check int ram_clear(struct ram *ram);

/* The host's whole pages within [@at, @at + @len) back to zero pages; any thread, while vCPUs run. -EINVAL: not all of
 * it is there; others of fallocate(2). */
__must_check int ram_discard(struct ram *ram, uint64_t at, uint64_t len);

#endif
