/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TCE tables of the kernel: what it is asked for, and what is done where it refuses. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/fake/kvm.h"

static const struct dma_window window = {
	.liobn = 0x80000001, .page_shift = 16, .base = 0x800000000000000, .entries = 1024,
};
static struct fake_kvm_vm *vm;

static int set_up(void **state)
{
	vm = fake_kvm_open();
	kvm_tce_open(&vm->accel);
	return 0;
}

static int tear_down(void **state)
{
	fake_kvm_close(vm);
	return 0;
}

static void test_table(void **state)
{
	const struct dma_backing *b = vm->accel.caps.tces;
	_Atomic uint64_t *entries;
	uint64_t entry = 0;
	int fd = memfd_create("table", 0);

	assert_true(fd >= 0 && ftruncate(fd, 8192) == 0);
	fake_kvm.tce_fd = dup(fd);
	assert_int_equal(b->open(b->ctx, &window, &entries), 0);
	assert_int_equal(fake_kvm.tce.liobn, 0x80000001);
	assert_int_equal(fake_kvm.tce.page_shift, 16);
	assert_int_equal(fake_kvm.tce.offset, 0x80000000000);
	assert_int_equal(fake_kvm.tce.size, 1024);
	assert_int_equal(fake_kvm.tce.flags, 0);
	/* it is the kernel's own memory, and without a descriptor */
	assert_int_equal(close(fake_kvm.tce_fd), -1);
	atomic_store(&entries[1023], 0x1234);
	assert_int_equal(pread(fd, &entry, 8, 1023 * 8), 8);
	assert_int_equal(entry, 0x1234);
	b->close(b->ctx, &window, entries);
	assert_int_equal(msync((void *)entries, 8192, MS_ASYNC), -1);
	assert_int_equal(errno, ENOMEM);
	close(fd);
}

static void test_refusals(void **state)
{
	const struct dma_backing *b = vm->accel.caps.tces;
	_Atomic uint64_t *entries;

	fake_kvm.tce_fd = -ENOMEM; /* more locked memory than the process may have */
	assert_int_equal(b->open(b->ctx, &window, &entries), -ENOMEM);
	/* a table that the kernel answers by and nobody here reads must not be */
	fake_kvm.tce_fd = -EBUSY;
	assert_int_equal(b->open(b->ctx, &window, &entries), -EEXIST);
	assert_int_equal(fake_kvm.tces, 2);
}

static void test_none(void **state)
{
	vm->accel.caps.tces = NULL;
	fake_kvm.missing = KVM_CAP_SPAPR_TCE_64;
	kvm_tce_open(&vm->accel);
	assert_null(vm->accel.caps.tces);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_table, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_refusals, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_none, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
