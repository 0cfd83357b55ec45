/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel images: ELF files for 64- or 32-bit Power of either byte order, every offset checked. */
#include "vof/load.h"

#include <elf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/base/byteorder.h"
#include "vof/decompress.h"

#define PHDRS_MAX 64

/* What a loader needs of an ELF header, whatever its class and order. */
struct elf_view {
	const uint8_t *data;
	size_t len;
	bool le, is64;
	uint64_t entry, phoff;
	unsigned phnum, phentsize;
};

struct segment {
	uint64_t offset, vaddr, paddr, filesz, memsz;
};

static uint64_t number(const struct elf_view *v, uint64_t at, unsigned size)
{
	const uint8_t *p = v->data + at;

	switch (size) {
	case 2:
		return v->le ? load_le16(p) : load_be16(p);
	case 4:
		return v->le ? load_le32(p) : load_be32(p);
	default:
		return v->le ? load_le64(p) : load_be64(p);
	}
}

#define FIELD(v, at, T32, T64, field)                                                              \
	((v)->is64 ? number(v, (at) + offsetof(T64, field), sizeof(((T64 *)0)->field))             \
		   : number(v, (at) + offsetof(T32, field), sizeof(((T32 *)0)->field)))
#define EHDR(v, field)     FIELD(v, 0, Elf32_Ehdr, Elf64_Ehdr, field)
#define PHDR(v, at, field) FIELD(v, at, Elf32_Phdr, Elf64_Phdr, field)

static int refuse(const char **ret_why, const char *why)
{
	*ret_why = why;
	return -EINVAL;
}

static int machine_check(const struct elf_view *v, const char **ret_why)
{
	switch (EHDR(v, e_machine)) {
	case EM_PPC64:
		return 0;
	case EM_PPC:
		return v->is64 ? refuse(ret_why, "an ELF of a machine that is not Power") : 0;
	case EM_386:
		return refuse(ret_why, "a 32-bit x86 ELF, not a Power kernel");
	case EM_X86_64:
		return refuse(ret_why, "an x86-64 ELF, not a Power kernel");
	default:
		return refuse(ret_why, "an ELF of a machine that is not Power");
	}
}

static int elf_open(struct elf_view *v, const uint8_t *data, size_t len, const char **ret_why)
{
	*v = (struct elf_view){.data = data, .len = len};
	if (len < EI_NIDENT || memcmp(data, ELFMAG, SELFMAG))
		return refuse(ret_why, "not an ELF file (nor gzip, xz or zstd of one)");
	v->is64 = data[EI_CLASS] == ELFCLASS64;
	v->le = data[EI_DATA] == ELFDATA2LSB;
	if ((!v->is64 && data[EI_CLASS] != ELFCLASS32) ||
	    (!v->le && data[EI_DATA] != ELFDATA2MSB))
		return refuse(ret_why, "an ELF file of an unknown class");
	if (len < (v->is64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr)))
		return refuse(ret_why, "truncated: the ELF header is not complete");
	if (machine_check(v, ret_why) < 0)
		return -EINVAL;
	if (EHDR(v, e_type) != ET_EXEC && EHDR(v, e_type) != ET_DYN)
		return refuse(ret_why, "an ELF file that cannot be executed");
	v->entry = EHDR(v, e_entry);
	v->phoff = EHDR(v, e_phoff);
	v->phnum = (unsigned)EHDR(v, e_phnum);
	v->phentsize = (unsigned)EHDR(v, e_phentsize);
	if (!v->phnum || v->phnum > PHDRS_MAX ||
	    v->phentsize < (v->is64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr)))
		return refuse(ret_why, "an ELF file without program headers that make sense");
	if (!check_range_u64(v->phoff, (uint64_t)v->phnum * v->phentsize, len))
		return refuse(ret_why, "truncated: its program headers lie outside the file");
	return 0;
}

/* Segment @i, if it is to be loaded: 1; 0 if not; negative errno. */
static int segment_get(const struct elf_view *v, unsigned i, struct segment *s,
		       const char **ret_why)
{
	uint64_t at = v->phoff + (uint64_t)i * v->phentsize, end;

	if (PHDR(v, at, p_type) != PT_LOAD || !PHDR(v, at, p_memsz))
		return 0;
	s->offset = PHDR(v, at, p_offset);
	s->vaddr = PHDR(v, at, p_vaddr);
	s->paddr = PHDR(v, at, p_paddr);
	s->filesz = PHDR(v, at, p_filesz);
	s->memsz = PHDR(v, at, p_memsz);
	if (s->filesz > s->memsz || !check_add_u64(s->paddr, s->memsz, &end))
		return refuse(ret_why, "an ELF file with a segment that makes no sense");
	if (!check_range_u64(s->offset, s->filesz, v->len))
		return refuse(ret_why, "truncated: a segment lies outside the file");
	return 1;
}

/* The lowest and the end of the highest physical address of all segments. */
static int segments_extent(const struct elf_view *v, struct segment *ret_first, uint64_t *ret_end,
			   const char **ret_why)
{
	bool any = false;

	*ret_end = 0;
	for (unsigned i = 0; i < v->phnum; i++) {
		struct segment s;
		int r = segment_get(v, i, &s, ret_why);

		if (r < 0)
			return r;
		if (!r)
			continue;
		if (!any || s.paddr < ret_first->paddr)
			*ret_first = s;
		if (s.paddr + s.memsz > *ret_end)
			*ret_end = s.paddr + s.memsz;
		any = true;
	}
	return any ? 0 : refuse(ret_why, "an ELF file with nothing to load");
}

static int segment_place(const struct elf_view *v, const struct segment *s, struct gmem *mem,
			 uint64_t gpa)
{
	int r = gmem_load(mem, GPA(gpa), v->data + s->offset, s->filesz);

	if (r < 0)
		return r == -EFAULT ? -EFBIG : r;
	if (s->memsz > s->filesz && gmem_set(mem, GPA(gpa + s->filesz), 0, s->memsz - s->filesz) < 0)
		return -EFBIG;
	return 0;
}

int kernel_image_place(const struct kernel_image *image, struct gmem *mem, uint64_t base,
		       struct kernel_placed *ret_placed, const char **ret_why)
{
	struct segment first = {0}, s;
	struct elf_view v;
	uint64_t end, size;
	int r = elf_open(&v, image->data, image->len, ret_why);

	if (r < 0)
		return r;
	r = segments_extent(&v, &first, &end, ret_why);
	if (r < 0)
		return r;
	/* A zImage is linked where it wants to be, in 32 bits; vmlinux is relocatable. */
	if (!v.is64 || first.vaddr == first.paddr)
		base = first.paddr ? first.paddr : base;
	size = end - first.paddr;
	if (!check_range_u64(base, size, gmem_end(mem)))
		return -EFBIG;
	for (unsigned i = 0; i < v.phnum; i++) {
		r = segment_get(&v, i, &s, ret_why);
		if (r > 0)
			r = segment_place(&v, &s, mem, base + (s.paddr - first.paddr));
		if (r < 0)
			return r;
	}
	if (v.entry - first.vaddr >= size)
		return refuse(ret_why, "an ELF file whose entry is outside of it");
	*ret_placed = (struct kernel_placed){
		.entry = base + (v.entry - first.vaddr), .base = base, .end = base + size};
	return 0;
}

int kernel_image_open(struct kernel_image *ret_image, const void *file, size_t len, size_t limit,
		      const char **ret_why)
{
	struct elf_view v;
	int r;

	*ret_image = (struct kernel_image){.data = file, .len = len};
	r = decompress(file, len, limit, &ret_image->owned, &ret_image->len, ret_why);
	if (r < 0)
		return r;
	if (ret_image->owned)
		ret_image->data = ret_image->owned;
	r = elf_open(&v, ret_image->data, ret_image->len, ret_why);
	if (r < 0)
		kernel_image_close(ret_image);
	return r;
}

void kernel_image_close(struct kernel_image *image)
{
	free(image->owned);
	*image = (struct kernel_image){0};
}
