/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guest-physical memory: which ranges are RAM, and checked access to them.
 *
 * Threads: regions are added before the first vCPU runs; every accessor may then be called from any
 * thread. All accessors are all-or-nothing: either the whole range is RAM or nothing is touched.
 */
#ifndef PAPRIKA_MEM_GMEM_H
#define PAPRIKA_MEM_GMEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vmm/base/check.h"

/* A guest-physical (LoPAR "logical real") address. One word in a struct, so that it never mixes with
 * an I/O bus address or a host one. */
typedef struct {
	uint64_t v;
} gpa_t;

#define GPA(x) ((gpa_t){(x)})

struct gmem;

/* Told of every write to RAM through these accessors, after the data changed. */
typedef void gmem_write_fn(void *ctx, gpa_t gpa, uint64_t len);

/* -ENOMEM: no memory for the map itself. */
__must_check int gmem_new(struct gmem **ret_mem);
void gmem_free(struct gmem *mem);

/*
 * Adds @size bytes of RAM at @base, backed by host memory at @hva, which the caller keeps.
 * -EINVAL: not page aligned (4 KiB), empty, wraps, or overlaps RAM; -ENOSPC: too many regions.
 */
__must_check int gmem_add(struct gmem *mem, gpa_t base, uint64_t size, void *hva);

/* The region at @base is mapped from @fd, from the file's begin on; the caller keeps @fd. */
void gmem_back(struct gmem *mem, gpa_t base, int fd);

/* At most one hook: the interpreter's check for stores to predecoded code. */
void gmem_set_write_hook(struct gmem *mem, gmem_write_fn *fn, void *ctx);
/* Whether there is one: then whoever writes to RAM behind these accessors must say so. */
bool gmem_has_write_hook(const struct gmem *mem);

/* End of the highest region. */
uint64_t gmem_end(const struct gmem *mem);

/* Copies @len bytes. -EFAULT: some byte of the range is not RAM. */
__must_check int gmem_read(const struct gmem *mem, gpa_t gpa, void *buf, size_t len);
__must_check int gmem_write(struct gmem *mem, gpa_t gpa, const void *buf, size_t len);
__must_check int gmem_set(struct gmem *mem, gpa_t gpa, uint8_t byte, size_t len);

/*
 * As gmem_write(), for much that goes where nothing has been yet: written to the file behind, if there is one, so that
 * the host neither clears pages first nor maps them. Others: of pwrite(2), with some of it written.
 */
__must_check int gmem_load(struct gmem *mem, gpa_t gpa, const void *buf, size_t len);

/* Big-endian numbers, as LoPAR passes them. -EFAULT as above. */
__must_check int gmem_read_be32(const struct gmem *mem, gpa_t gpa, uint32_t *ret);
__must_check int gmem_read_be64(const struct gmem *mem, gpa_t gpa, uint64_t *ret);
__must_check int gmem_write_be32(struct gmem *mem, gpa_t gpa, uint32_t v);
__must_check int gmem_write_be64(struct gmem *mem, gpa_t gpa, uint64_t v);

/*
 * A NUL-terminated string of at most @size - 1 characters into @buf.
 * -EFAULT: runs out of RAM; -ENAMETOOLONG: no NUL within @size bytes.
 */
__must_check int gmem_read_str(const struct gmem *mem, gpa_t gpa, char *buf, size_t size);

/*
 * The host address of exactly [gpa, gpa + len), or NULL if not all of it is RAM in one region. The
 * guest can change what is behind it at any time: copy before checking. Writes through it bypass the
 * write hook; call gmem_written() afterwards.
 */
void *gmem_span(const struct gmem *mem, gpa_t gpa, uint64_t len);
void gmem_written(struct gmem *mem, gpa_t gpa, uint64_t len);
/* The same for a span of host addresses that gmem_span() gave. */
void gmem_span_written(struct gmem *mem, const void *hva, uint64_t len);

#endif
