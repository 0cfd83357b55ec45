/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of the tree's root: what depends on who runs the guest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <libfdt.h>
#include <cmocka.h>

#include "fdt/desc.h"

static void kvm_guests_are_told(void **state)
{
	static const struct fdt_cpu_desc cpu = {.node_name = "PowerPC,POWER9", .timebase_hz = 512000000, .radix = true};

	for (unsigned kvm = 0; kvm < 2; kvm++) {
		struct fdt_desc desc = {.cpu = &cpu, .cpus = 1, .max_cpus = 1, .threads = 1, .memory_size = 1 << 30,
					.hypertas = "hcall-term", .hypertas_len = 11, .kvm = kvm};
		void *blob;
		size_t len;
		int node;

		assert_int_equal(fdt_build(&desc, &blob, &len), 0);
		assert_int_equal(fdt_check_full(blob, len), 0);
		node = fdt_path_offset(blob, "/hypervisor");
		if (kvm)
			assert_int_equal(fdt_node_check_compatible(blob, node, "linux,kvm"), 0);
		else
			assert_int_equal(node, -FDT_ERR_NOTFOUND);
		free(blob);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kvm_guests_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
