/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guest-physical memory: a short sorted list of RAM regions and checked copies. */
#include "vmm/mem/gmem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vmm/base/byteorder.h"

#define GMEM_REGIONS_MAX 64
#define GMEM_PAGE_SIZE   4096

struct region {
	uint64_t base, size;
	uint8_t *hva;
	int fd; /* the file it is mapped from, or negative */
};

struct gmem {
	unsigned count;
	struct region regions[GMEM_REGIONS_MAX];
	gmem_write_fn *write_fn;
	void *write_ctx;
};

int gmem_new(struct gmem **ret_mem)
{
	struct gmem *mem = calloc(1, sizeof(*mem));

	if (!mem)
		return -ENOMEM;
	*ret_mem = mem;
	return 0;
}

void gmem_free(struct gmem *mem)
{
	free(mem);
}

int gmem_add(struct gmem *mem, gpa_t base, uint64_t size, void *hva)
{
	uint64_t end;
	unsigned at;

	if (!size || !check_add_u64(base.v, size, &end) || ((base.v | size) % GMEM_PAGE_SIZE))
		return -EINVAL;
	if (mem->count == GMEM_REGIONS_MAX)
		return -ENOSPC;
	for (at = 0; at < mem->count && mem->regions[at].base < base.v; at++)
		;
	if (at > 0 && mem->regions[at - 1].base + mem->regions[at - 1].size > base.v)
		return -EINVAL;
	if (at < mem->count && mem->regions[at].base < end)
		return -EINVAL;
	memmove(&mem->regions[at + 1], &mem->regions[at],
		(mem->count - at) * sizeof(mem->regions[0]));
	mem->regions[at] = (struct region){.base = base.v, .size = size, .hva = hva, .fd = -1};
	mem->count++;
	return 0;
}

void gmem_set_write_hook(struct gmem *mem, gmem_write_fn *fn, void *ctx)
{
	mem->write_fn = fn;
	mem->write_ctx = ctx;
}

bool gmem_has_write_hook(const struct gmem *mem)
{
	return mem->write_fn;
}

uint64_t gmem_end(const struct gmem *mem)
{
	const struct region *last;

	if (!mem->count)
		return 0;
	last = &mem->regions[mem->count - 1];
	return last->base + last->size;
}

static const struct region *gmem_region(const struct gmem *mem, uint64_t gpa)
{
	for (unsigned i = 0; i < mem->count; i++) {
		const struct region *r = &mem->regions[i];

		if (gpa - r->base < r->size)
			return r;
	}
	return NULL;
}

void gmem_back(struct gmem *mem, gpa_t base, int fd)
{
	for (unsigned i = 0; i < mem->count; i++)
		if (mem->regions[i].base == base.v)
			mem->regions[i].fd = fd;
}

void *gmem_span(const struct gmem *mem, gpa_t gpa, uint64_t len)
{
	const struct region *r = gmem_region(mem, gpa.v);

	if (!r || !check_range_u64(gpa.v - r->base, len, r->size))
		return NULL;
	return r->hva + (gpa.v - r->base);
}

void gmem_written(struct gmem *mem, gpa_t gpa, uint64_t len)
{
	if (mem->write_fn && len)
		mem->write_fn(mem->write_ctx, gpa, len);
}

void gmem_span_written(struct gmem *mem, const void *hva, uint64_t len)
{
	for (unsigned i = 0; i < mem->count; i++) {
		const struct region *r = &mem->regions[i];
		uint64_t offset = (uint64_t)((uintptr_t)hva - (uintptr_t)r->hva);

		if (offset < r->size) {
			gmem_written(mem, GPA(r->base + offset), len);
			return;
		}
	}
}

int gmem_read(const struct gmem *mem, gpa_t gpa, void *buf, size_t len)
{
	const void *hva = gmem_span(mem, gpa, len);

	if (!hva)
		return -EFAULT;
	memcpy(buf, hva, len);
	return 0;
}

int gmem_write(struct gmem *mem, gpa_t gpa, const void *buf, size_t len)
{
	void *hva = gmem_span(mem, gpa, len);

	if (!hva)
		return -EFAULT;
	memcpy(hva, buf, len);
	gmem_written(mem, gpa, len);
	return 0;
}

int gmem_load(struct gmem *mem, gpa_t gpa, const void *buf, size_t len)
{
	const struct region *r = gmem_region(mem, gpa.v);
	size_t done = 0;

	if (!r || r->fd < 0 || !check_range_u64(gpa.v - r->base, len, r->size))
		return gmem_write(mem, gpa, buf, len);
	while (done < len) {
		ssize_t n = pwrite(r->fd, (const uint8_t *)buf + done, len - done, (off_t)(gpa.v - r->base + done));

		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		done += (size_t)n;
	}
	gmem_written(mem, gpa, len);
	return 0;
}

int gmem_set(struct gmem *mem, gpa_t gpa, uint8_t byte, size_t len)
{
	void *hva = gmem_span(mem, gpa, len);

	if (!hva)
		return -EFAULT;
	memset(hva, byte, len);
	gmem_written(mem, gpa, len);
	return 0;
}

int gmem_read_be32(const struct gmem *mem, gpa_t gpa, uint32_t *ret)
{
	const void *hva = gmem_span(mem, gpa, sizeof(*ret));

	if (!hva)
		return -EFAULT;
	*ret = load_be32(hva);
	return 0;
}

int gmem_read_be64(const struct gmem *mem, gpa_t gpa, uint64_t *ret)
{
	const void *hva = gmem_span(mem, gpa, sizeof(*ret));

	if (!hva)
		return -EFAULT;
	*ret = load_be64(hva);
	return 0;
}

int gmem_write_be32(struct gmem *mem, gpa_t gpa, uint32_t v)
{
	v = htobe32(v);
	return gmem_write(mem, gpa, &v, sizeof(v));
}

int gmem_write_be64(struct gmem *mem, gpa_t gpa, uint64_t v)
{
	v = htobe64(v);
	return gmem_write(mem, gpa, &v, sizeof(v));
}

int gmem_read_str(const struct gmem *mem, gpa_t gpa, char *buf, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		const char *hva = gmem_span(mem, GPA(gpa.v + i), 1);

		if (!hva)
			return -EFAULT;
		buf[i] = *hva;
		if (!buf[i])
			return 0;
	}
	return -ENAMETOOLONG;
}
