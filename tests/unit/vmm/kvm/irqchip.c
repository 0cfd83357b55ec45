/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interrupts on their way into the kernel's controllers. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/fake/kvm.h"

#define EDGE  (IRQ_SOURCE_BASE + 1)
#define LEVEL (IRQ_SOURCE_BASE + 2)

static struct fake_kvm_vm *vm;
static const struct irq_chip_ops *xive;

static int set_up(void **state)
{
	vm = fake_kvm_open();
	vm->accel.irqfds = true;
	vm->accel.irq_level[LEVEL - IRQ_SOURCE_BASE] = true;
	kvm_xive_open(&vm->accel);
	xive = &vm->accel.caps.xive.ops->chip;
	return 0;
}

static int tear_down(void **state)
{
	kvm_xive_close(&vm->accel);
	fake_kvm_close(vm);
	return 0;
}

/* The page of a source that triggers it; before a device is behind it, memory that keeps what is stored. */
static uint64_t *trigger_page(uint32_t source)
{
	return (uint64_t *)((char *)vm->accel.esb + source * 2 * XIVE_PAGE_SIZE);
}

/* An edge is a store to its page, and no call of the kernel; a level is the kernel's to tell. */
static void test_xive_events(void **state)
{
	*trigger_page(EDGE) = *trigger_page(EDGE + 2) = *trigger_page(LEVEL) = 0x55;
	xive->set(&vm->accel, EDGE, false);
	assert_int_equal(*trigger_page(EDGE), 0x55);
	xive->set(&vm->accel, EDGE, true);
	assert_int_equal(*trigger_page(EDGE), 0);
	assert_int_equal(*trigger_page(EDGE + 2), 0x55);
	assert_int_equal(fake_kvm.lines, 0);
	xive->set(&vm->accel, LEVEL, true);
	assert_int_equal(*trigger_page(LEVEL), 0x55);
	assert_int_equal(fake_kvm.lines, 1);
	assert_int_equal(fake_kvm.line.irq, LEVEL);
	assert_int_equal(fake_kvm.line.level, 1);
}

static void test_irqfds(void **state)
{
	assert_int_equal(xive->fd_bind(&vm->accel, EDGE, 77, true), 0);
	assert_int_equal(fake_kvm.irqfd.gsi, EDGE);
	assert_int_equal(fake_kvm.irqfd.fd, 77);
	assert_int_equal(fake_kvm.irqfd.flags, 0);
	assert_int_equal(xive->fd_bind(&vm->accel, EDGE, 77, false), 0);
	assert_int_equal(fake_kvm.irqfd.gsi, EDGE);
	assert_int_equal(fake_kvm.irqfd.flags, KVM_IRQFD_FLAG_DEASSIGN);
	fake_kvm.irqfd_result = -EAGAIN;
	assert_int_equal(xive->fd_bind(&vm->accel, EDGE, 77, true), -EAGAIN);
	vm->accel.irqfds = false;
	assert_int_equal(xive->fd_bind(&vm->accel, EDGE, 77, true), -ENOTSUP);
	assert_int_equal(fake_kvm.irqfds, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_xive_events, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_irqfds, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
