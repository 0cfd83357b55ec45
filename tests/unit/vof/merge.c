/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a negotiation brings into the live tree: one controller's node in place of the other's. */
#include <errno.h>
#include <libfdt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fdt/desc.h"
#include "vof/internal.h"

static const uint32_t shifts[] = {12, 16};
static struct fdt_cpu_desc cpu = {.node_name = "PowerPC,POWER9"};
static struct fdt_desc desc;
static struct gmem *mem;
static struct vof *vof;

static int setup(void **state)
{
	void *blob;
	size_t len;

	desc = (struct fdt_desc){
		.cpu = &cpu, .cpus = 1, .max_cpus = 1, .threads = 1, .memory_size = 1 << 20,
		.hypertas = "hcall-interrupt", .hypertas_len = 16,
		.xive = {.user_page = 0x6000000010000, .os_page = 0x6000000000000,
			 .page_size = 0x10000, .eq_shifts = shifts, .eq_shift_count = 2,
			 .ipis = 1, .reserved_from = 7}};
	assert_int_equal(fdt_build(&desc, &blob, &len), 0);
	assert_int_equal(gmem_new(&mem), 0);
	assert_int_equal(vof_new(&(struct vof_params){.mem = mem, .dtb = blob, .dtb_len = len}, &vof), 0);
	free(blob);
	return 0;
}

static int teardown(void **state)
{
	vof_free(vof);
	gmem_free(mem);
	return 0;
}

static void merge(bool use_xive, const char *hypertas)
{
	void *blob;
	size_t len;

	desc.use_xive = use_xive;
	desc.hypertas = hypertas;
	desc.hypertas_len = strlen(hypertas) + 1;
	assert_int_equal(fdt_build_intc(&desc, &blob, &len), 0);
	assert_int_equal(vof_tree_merge(vof, blob, len), 0);
	free(blob);
	assert_int_equal(fdt_check_full(vof->tree, vof->size), 0);
}

static const char *prop_str(const char *path, const char *name)
{
	return fdt_getprop(vof->tree, fdt_path_offset(vof->tree, path), name, NULL);
}

/* One controller, the one at @path, with the phandle that devices know. */
static void check_only(const char *path, const char *compatible)
{
	int node = fdt_path_offset(vof->tree, path), others = 0, child;

	assert_true(node > 0);
	assert_string_equal(prop_str(path, "compatible"), compatible);
	assert_int_equal(fdt_get_phandle(vof->tree, node), FDT_PHANDLE_INTC);
	fdt_for_each_subnode(child, vof->tree, 0)
		if (!strncmp(fdt_get_name(vof->tree, child, NULL), "interrupt-controller", 20))
			others++;
	assert_int_equal(others, 1);
}

static void there_is_one_controller_at_a_time(void **state)
{
	const fdt32_t *reserved;
	int len;

	check_only("/interrupt-controller", "IBM,ppc-xicp");
	assert_null(fdt_getprop(vof->tree, 0, "ibm,plat-res-int-priorities", NULL));
	merge(true, "hcall-int-exploitation");
	check_only("/interrupt-controller@6000000010000", "ibm,power-ivpe");
	assert_string_equal(prop_str("/rtas", "ibm,hypertas-functions"), "hcall-int-exploitation");
	assert_non_null(prop_str("/rtas", "rtas-version")); /* the rest of the node stays */
	reserved = fdt_getprop(vof->tree, 0, "ibm,plat-res-int-priorities", &len);
	assert_int_equal(len, 8);
	assert_int_equal(fdt32_to_cpu(reserved[0]), 7);
	assert_int_equal(fdt32_to_cpu(reserved[1]), 0xf8);
	merge(true, "hcall-int-exploitation"); /* once more: the same */
	check_only("/interrupt-controller@6000000010000", "ibm,power-ivpe");
	merge(false, "hcall-interrupt");
	check_only("/interrupt-controller", "IBM,ppc-xicp");
	assert_string_equal(prop_str("/rtas", "ibm,hypertas-functions"), "hcall-interrupt");
}

static void what_the_guest_set_stays(void **state)
{
	uint32_t chosen = vof_tree_phandle(vof, vof_tree_find(vof, "/chosen"));

	assert_int_equal(vof_tree_set(vof, chosen, "linux,word", "kept", 5), 0);
	merge(true, "hcall-int-exploitation");
	assert_string_equal(prop_str("/chosen", "linux,word"), "kept");
	assert_int_equal(vof_tree_phandle(vof, vof_tree_find(vof, "/chosen")), chosen);
	assert_int_equal(vof_reset(vof), 0);
	check_only("/interrupt-controller", "IBM,ppc-xicp");
	assert_null(prop_str("/chosen", "linux,word"));
}

static void a_tree_without_room_grows(void **state)
{
	static uint8_t filler[4096];
	uint32_t chosen = vof_tree_phandle(vof, vof_tree_find(vof, "/chosen"));
	char name[16];

	for (unsigned i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "filler%u", i);
		vof_tree_set(vof, chosen, name, filler, sizeof(filler) - 700 * (i % 5));
		merge(i & 1, i & 1 ? "hcall-int-exploitation" : "hcall-interrupt");
	}
}

/* Properties of nodes below the root's children, in each of them. */
static void a_level_comes_to_every_cpu(void **state)
{
	const struct fdt_cpu_desc before = cpu;
	const fdt32_t *version;
	void *blob;
	size_t len;

	cpu.pvr = 0x0f000005;
	desc.cpus = 2;
	assert_int_equal(fdt_build_level(&desc, &blob, &len), 0);
	assert_int_equal(vof_tree_merge(vof, blob, len), -ENOENT); /* there is one */
	free(blob);
	desc.cpus = 1;
	assert_int_equal(fdt_build_level(&desc, &blob, &len), 0);
	assert_int_equal(vof_tree_merge(vof, blob, len), 0);
	free(blob);
	cpu = before;
	version = (const fdt32_t *)(const void *)prop_str("/cpus/PowerPC,POWER9@0", "cpu-version");
	assert_int_equal(fdt32_to_cpu(*version), 0x0f000005);
	assert_string_equal(prop_str("/cpus/PowerPC,POWER9@0", "device_type"), "cpu");
}

static void refuses_what_is_no_tree(void **state)
{
	struct fdt_writer *w;
	void *blob;
	size_t len;

	assert_int_equal(vof_tree_merge(vof, "nonsense", 8), -EINVAL);
	assert_int_equal(fdt_writer_new(&w), 0);
	fdt_begin(w, "");
	fdt_begin(w, "nowhere");
	fdt_end(w);
	fdt_end(w);
	assert_int_equal(fdt_writer_finish(w, &blob, &len), 0);
	fdt_writer_free(w);
	assert_int_equal(vof_tree_merge(vof, blob, len), -ENOENT);
	free(blob);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(there_is_one_controller_at_a_time),
		T(what_the_guest_set_stays),
		T(a_tree_without_room_grows),
		T(a_level_comes_to_every_cpu),
		T(refuses_what_is_no_tree),
	};

	return cmocka_run_group_tests_name("vof/merge", tests, NULL, NULL);
}
