/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Non-volatile memory, in memory or kept in a file. LoPAR "Non-Volatile Memory".
 * Threads: any; a lock of its own.
 */
#ifndef PAPRIKA_DEVICES_NVRAM_H
#define PAPRIKA_DEVICES_NVRAM_H

#include <stdint.h>

#include "vmm/base/check.h"

#define NVRAM_SIZE 65536u

struct nvram;

/*
 * @path: NULL for memory alone; the file is made if it is not there.
 * -EINVAL: a file of another size; -ENOMEM; others as open(2) and write(2).
 */
__must_check int nvram_new(const char *path, struct nvram **ret_nvram);
void nvram_free(struct nvram *nvram);

/* -EINVAL: outside. */
__must_check int nvram_fetch(struct nvram *nvram, uint32_t offset, void *buf, uint32_t len);
/* When it returns 0 the bytes are in the file for good. -EINVAL as above; -EIO: the host failed. */
__must_check int nvram_store(struct nvram *nvram, uint32_t offset, const void *buf, uint32_t len);

#endif
