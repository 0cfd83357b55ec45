/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A flattened device tree in the making, in a buffer that grows. The first error sticks: later calls do
 * nothing, and fdt_writer_finish() tells of it.
 */
#ifndef PAPRIKA_FDT_WRITER_H
#define PAPRIKA_FDT_WRITER_H

#include <stddef.h>
#include <stdint.h>

#include "vmm/base/check.h"

struct fdt_writer;

/* -ENOMEM. */
__must_check int fdt_writer_new(struct fdt_writer **ret_writer);
void fdt_writer_free(struct fdt_writer *w);

void fdt_begin(struct fdt_writer *w, const char *name);
/* A node called NAME@UNIT, the unit in hexadecimal. */
void fdt_begin_unit(struct fdt_writer *w, const char *name, uint64_t unit);
void fdt_end(struct fdt_writer *w);

void fdt_prop_empty(struct fdt_writer *w, const char *name);
void fdt_prop_u32(struct fdt_writer *w, const char *name, uint32_t v);
void fdt_prop_u64(struct fdt_writer *w, const char *name, uint64_t v);
void fdt_prop_str(struct fdt_writer *w, const char *name, const char *s);
void fdt_prop_bytes(struct fdt_writer *w, const char *name, const void *data, size_t len);
/* @count cells in host order. */
void fdt_prop_cells(struct fdt_writer *w, const char *name, const uint32_t *cells, size_t count);

/* The blob, malloc'd, for the caller to free. -ENOMEM, or -EINVAL for nodes that do not nest. */
__must_check int fdt_writer_finish(struct fdt_writer *w, void **ret_blob, size_t *ret_len);

#endif
