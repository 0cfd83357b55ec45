/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A flattened device tree in the making, on libfdt's sequential-write functions. */
#include "fdt/writer.h"

#include <errno.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>

#define FDT_WRITER_CHUNK 16384
#define FDT_WRITER_MAX   (4u << 20)

struct fdt_writer {
	void *buf;
	int size;
	int error; /* libfdt's */
	unsigned depth; /* of open nodes: libfdt keeps no count */
};

int fdt_writer_new(struct fdt_writer **ret_writer)
{
	struct fdt_writer *w = calloc(1, sizeof(*w));

	if (!w)
		return -ENOMEM;
	w->size = FDT_WRITER_CHUNK;
	w->buf = malloc(FDT_WRITER_CHUNK);
	/* looking for each name among those before it would be most of the work; the few that double cost some KiB */
	if (!w->buf || fdt_create_with_flags(w->buf, w->size, FDT_CREATE_FLAG_NO_NAME_DEDUP) || fdt_finish_reservemap(w->buf)) {
		fdt_writer_free(w);
		return -ENOMEM;
	}
	*ret_writer = w;
	return 0;
}

void fdt_writer_free(struct fdt_writer *w)
{
	if (!w)
		return;
	free(w->buf);
	free(w);
}

/* More room; -FDT_ERR_NOSPACE if there is none to be had. */
static int writer_grow(struct fdt_writer *w)
{
	int size = w->size * 2;
	void *buf;

	if (size > (int)FDT_WRITER_MAX)
		return -FDT_ERR_NOSPACE;
	buf = malloc((size_t)size);
	if (!buf)
		return -FDT_ERR_NOSPACE;
	if (fdt_resize(w->buf, buf, size)) {
		free(buf);
		return -FDT_ERR_INTERNAL;
	}
	free(w->buf);
	w->buf = buf;
	w->size = size;
	return 0;
}

/* Does @call, a libfdt function on w->buf, with room for it. */
#define WRITER_DO(w, call)                                                                         \
	do {                                                                                       \
		while (!(w)->error && ((w)->error = (call)) == -FDT_ERR_NOSPACE)                   \
			(w)->error = writer_grow(w);                                               \
	} while (0)

void fdt_begin(struct fdt_writer *w, const char *name)
{
	WRITER_DO(w, fdt_begin_node(w->buf, name));
	w->depth++;
}

void fdt_begin_unit(struct fdt_writer *w, const char *name, uint64_t unit)
{
	char full[64];

	snprintf(full, sizeof(full), "%s@%llx", name, (unsigned long long)unit);
	fdt_begin(w, full);
}

void fdt_end(struct fdt_writer *w)
{
	if (!w->depth && !w->error)
		w->error = -FDT_ERR_BADSTATE;
	WRITER_DO(w, fdt_end_node(w->buf));
	w->depth -= w->depth > 0;
}

void fdt_prop_bytes(struct fdt_writer *w, const char *name, const void *data, size_t len)
{
	WRITER_DO(w, fdt_property(w->buf, name, data, (int)len));
}

void fdt_prop_empty(struct fdt_writer *w, const char *name)
{
	fdt_prop_bytes(w, name, NULL, 0);
}

void fdt_prop_u32(struct fdt_writer *w, const char *name, uint32_t v)
{
	WRITER_DO(w, fdt_property_u32(w->buf, name, v));
}

void fdt_prop_u64(struct fdt_writer *w, const char *name, uint64_t v)
{
	WRITER_DO(w, fdt_property_u64(w->buf, name, v));
}

void fdt_prop_str(struct fdt_writer *w, const char *name, const char *s)
{
	WRITER_DO(w, fdt_property_string(w->buf, name, s));
}

void fdt_prop_cells(struct fdt_writer *w, const char *name, const uint32_t *cells, size_t count)
{
	fdt32_t buf[64];

	if (count > sizeof(buf) / sizeof(buf[0])) {
		w->error = -FDT_ERR_BADVALUE;
		return;
	}
	for (size_t i = 0; i < count; i++)
		buf[i] = cpu_to_fdt32(cells[i]);
	fdt_prop_bytes(w, name, buf, count * sizeof(buf[0]));
}

int fdt_writer_finish(struct fdt_writer *w, void **ret_blob, size_t *ret_len)
{
	if (w->depth && !w->error)
		w->error = -FDT_ERR_BADSTATE;
	WRITER_DO(w, fdt_finish(w->buf));
	if (w->error)
		return w->error == -FDT_ERR_NOSPACE ? -ENOMEM : -EINVAL;
	*ret_len = fdt_totalsize(w->buf);
	*ret_blob = w->buf;
	w->buf = NULL;
	return 0;
}
