/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of vof/load.h and decompress.h. */
#include <elf.h>
#include <endian.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>
#include <cmocka.h>

#include "vof/decompress.h"
#include "vof/load.h"

#define RAM_SIZE (1u << 20)
#define BASE     0x20000u

/* A vmlinux of one segment: 16 bytes of file, 64 of memory. */
struct image {
	Elf64_Ehdr eh;
	Elf64_Phdr ph[2];
	uint8_t body[16];
};

static uint8_t ram[RAM_SIZE];
static struct gmem *mem;
static struct image image;
static const char *why;
static struct kernel_placed placed;

static int setup(void **state)
{
	memset(ram, 0xee, sizeof(ram));
	image = (struct image){
		.eh = {.e_type = htole16(ET_EXEC), .e_machine = htole16(EM_PPC64),
		       .e_entry = htole64(0xc000000000000004), .e_phoff = htole64(sizeof(Elf64_Ehdr)),
		       .e_phentsize = htole16(sizeof(Elf64_Phdr)), .e_phnum = htole16(1)},
		.ph[0] = {.p_type = htole32(PT_LOAD), .p_offset = htole64(offsetof(struct image, body)),
			  .p_vaddr = htole64(0xc000000000000000), .p_paddr = 0,
			  .p_filesz = htole64(16), .p_memsz = htole64(64)},
		.body = "sixteen letters",
	};
	memcpy(image.eh.e_ident, ELFMAG, SELFMAG);
	image.eh.e_ident[EI_CLASS] = ELFCLASS64;
	image.eh.e_ident[EI_DATA] = ELFDATA2LSB;
	why = NULL;
	return 0;
}

static int load(size_t len)
{
	struct kernel_image k;
	int r = kernel_image_open(&k, &image, len, RAM_SIZE, &why);

	if (r < 0)
		return r;
	r = kernel_image_place(&k, mem, BASE, &placed, &why);
	kernel_image_close(&k);
	return r;
}

static void places(void **state)
{
	assert_int_equal(load(sizeof(image)), 0);
	assert_int_equal(placed.base, BASE);
	assert_int_equal(placed.end, BASE + 64);
	assert_int_equal(placed.entry, BASE + 4);
	assert_memory_equal(ram + BASE, image.body, 16);
	assert_int_equal(ram[BASE + 16], 0); /* .bss */
	assert_int_equal(ram[BASE + 63], 0);
	assert_int_equal(ram[BASE + 64], 0xee);
	assert_int_equal(ram[BASE - 1], 0xee);
}

/* A zImage runs where it is linked. */
static void places_where_it_is_linked(void **state)
{
	image.ph[0].p_vaddr = image.ph[0].p_paddr = htole64(0x40000);
	image.eh.e_entry = htole64(0x40008);
	assert_int_equal(load(sizeof(image)), 0);
	assert_int_equal(placed.base, 0x40000);
	assert_int_equal(placed.entry, 0x40008);
}

static void refuses_what_is_cut(void **state)
{
	uint8_t *copy;

	for (size_t len = 0; len < sizeof(image); len++) {
		struct kernel_image k;
		int r;

		copy = malloc(len ? len : 1); /* so that tools see a read behind it */
		memcpy(copy, &image, len);
		why = NULL;
		r = kernel_image_open(&k, copy, len, RAM_SIZE, &why);
		if (r == 0) {
			r = kernel_image_place(&k, mem, BASE, &placed, &why);
			kernel_image_close(&k);
		}
		assert_int_equal(r, -EINVAL);
		assert_non_null(why);
		free(copy);
	}
}

static void refuses_segments_that_make_no_sense(void **state)
{
	image.ph[0].p_memsz = htole64(15); /* less than there is of it in the file */
	assert_int_equal(load(sizeof(image)), -EINVAL);
	setup(NULL);
	image.ph[0].p_offset = htole64(UINT64_MAX - 4);
	assert_int_equal(load(sizeof(image)), -EINVAL);
	setup(NULL);
	image.ph[0].p_paddr = htole64(UINT64_MAX - 32);
	assert_int_equal(load(sizeof(image)), -EINVAL);
	setup(NULL);
	image.ph[0].p_memsz = htole64(RAM_SIZE); /* does not fit behind the base */
	assert_int_equal(load(sizeof(image)), -EFBIG);
	setup(NULL);
	image.ph[0].p_memsz = htole64(1ULL << 63);
	assert_int_equal(load(sizeof(image)), -EFBIG);
	setup(NULL);
	image.ph[0].p_type = htole32(PT_NOTE);
	assert_int_equal(load(sizeof(image)), -EINVAL);
	assert_int_equal(ram[BASE], 0xee);
}

static void refuses_headers_that_make_no_sense(void **state)
{
	static const uint16_t counts[] = {0, 65, 0xffff};

	image.eh.e_entry = htole64(0xc000000000000040); /* right behind the end */
	assert_int_equal(load(sizeof(image)), -EINVAL);
	image.eh.e_entry = htole64(0xbfffffffffffffff);
	assert_int_equal(load(sizeof(image)), -EINVAL);
	for (size_t i = 0; i < 3; i++) {
		setup(NULL);
		image.eh.e_phnum = htole16(counts[i]);
		assert_int_equal(load(sizeof(image)), -EINVAL);
	}
	setup(NULL);
	image.eh.e_phoff = htole64(UINT64_MAX - 8);
	assert_int_equal(load(sizeof(image)), -EINVAL);
	setup(NULL);
	image.eh.e_phentsize = htole16(8);
	assert_int_equal(load(sizeof(image)), -EINVAL);
	setup(NULL);
	image.eh.e_type = htole16(ET_REL);
	assert_int_equal(load(sizeof(image)), -EINVAL);
	setup(NULL);
	image.eh.e_machine = htole16(EM_X86_64);
	assert_int_equal(load(sizeof(image)), -EINVAL);
	assert_non_null(strstr(why, "x86-64"));
}

/* Overlapping segments are the kernel's own affair: each is within the bounds, the last one wins. */
static void segments_may_overlap(void **state)
{
	image.eh.e_phnum = htole16(2);
	image.ph[1] = image.ph[0];
	image.ph[1].p_paddr = htole64(8);
	assert_int_equal(load(sizeof(image)), 0);
	assert_memory_equal(ram + BASE + 8, image.body, 16);
	assert_int_equal(placed.end, BASE + 72);
}

static size_t gzip(const void *in, size_t len, uint8_t *out, size_t size)
{
	z_stream z = {.next_in = (void *)(uintptr_t)in, .avail_in = (uInt)len, .next_out = out,
		      .avail_out = (uInt)size};

	deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
	deflate(&z, Z_FINISH);
	deflateEnd(&z);
	return size - z.avail_out;
}

static size_t xz(const void *in, size_t len, uint8_t *out, size_t size)
{
	size_t at = 0;

	assert_int_equal(lzma_easy_buffer_encode(0, LZMA_CHECK_CRC32, NULL, in, len, out, &at, size),
			 LZMA_OK);
	return at;
}

static size_t zstd(const void *in, size_t len, uint8_t *out, size_t size)
{
	return ZSTD_compress(out, size, in, len, 1);
}

static size_t (*const compressors[])(const void *, size_t, uint8_t *, size_t) = {gzip, xz, zstd};

static void decompresses(void **state)
{
	static uint8_t packed[RAM_SIZE];
	size_t len = 10u << 20, packed_len, got_len = 0;
	uint8_t *plain = malloc(len), *got;

	for (size_t i = 0; i < len; i++)
		plain[i] = (uint8_t)(i >> 12);
	for (unsigned i = 0; i < 3; i++) {
		packed_len = compressors[i](plain, len, packed, sizeof(packed));
		assert_int_equal(decompress(packed, packed_len, len, &got, &got_len, &why), 0);
		assert_int_equal(got_len, len);
		assert_memory_equal(got, plain, len);
		free(got);
		/* a byte more than is allowed */
		assert_int_equal(decompress(packed, packed_len, len - 1, &got, &got_len, &why), -EFBIG);
		assert_null(got);
		why = NULL;
		assert_int_equal(decompress(packed, packed_len - 1, len + 1, &got, &got_len, &why),
				 -EINVAL);
		assert_non_null(strstr(why, "truncated"));
	}
	assert_int_equal(decompress(plain, 100, len, &got, &got_len, &why), 0);
	assert_null(got); /* not compressed at all */
	free(plain);
}

static void loads_through_compression(void **state)
{
	struct kernel_image k;
	uint8_t packed[4096];

	for (unsigned i = 0; i < 3; i++) {
		size_t len = compressors[i](&image, sizeof(image), packed, sizeof(packed));

		assert_int_equal(kernel_image_open(&k, packed, len, RAM_SIZE, &why), 0);
		assert_int_equal(kernel_image_place(&k, mem, BASE, &placed, &why), 0);
		assert_memory_equal(ram + BASE, image.body, 16);
		kernel_image_close(&k);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(places, setup),
		cmocka_unit_test_setup(places_where_it_is_linked, setup),
		cmocka_unit_test_setup(refuses_what_is_cut, setup),
		cmocka_unit_test_setup(refuses_segments_that_make_no_sense, setup),
		cmocka_unit_test_setup(refuses_headers_that_make_no_sense, setup),
		cmocka_unit_test_setup(segments_may_overlap, setup),
		cmocka_unit_test_setup(decompresses, setup),
		cmocka_unit_test_setup(loads_through_compression, setup),
	};

	if (gmem_new(&mem) < 0 || gmem_add(mem, GPA(0), RAM_SIZE, ram) < 0)
		return 1;
	return cmocka_run_group_tests_name("vof/load", tests, NULL, NULL);
}
