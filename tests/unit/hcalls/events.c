/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of the events that RTAS tells of: the log's bytes, who gets it, and what guests ask wrongly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "tests/fake/vm.h"
#include "vmm/base/byteorder.h"

#define EPOW   0x40000000u
#define BUFFER 0x20000u
#define LOG    128u /* bytes that hold a log */

static struct fake_vm *vm;
static bool level;

static void line_set(void *chip, uint32_t source, bool on)
{
	level = on;
}

static int setup(void **state)
{
	static const struct irq_chip_ops ops = {.set = line_set};

	fake_vm_reset(vm);
	vm->rtas.events.line = (struct irq_line){&ops, NULL, 0x1007};
	rtas_events_reset(&vm->rtas.events);
	memset(vm->ram + BUFFER, 0xee, 256);
	return 0;
}

static int32_t check_exception(uint32_t mask, uint32_t gpa, uint32_t len)
{
	return FAKE_RTAS(vm, "check-exception", 1, NULL, 0x500, 0x1007, mask, 0, gpa, len);
}

static uint32_t sensor(void)
{
	uint32_t r[2];

	assert_int_equal(FAKE_RTAS(vm, "get-sensor-state", 2, r, 9, 0), RTAS_SUCCESS);
	return r[1];
}

static void no_event(void **state)
{
	assert_int_equal(check_exception(~0u, BUFFER, LOG), RTAS_NO_EVENT);
	assert_int_equal(FAKE_RTAS(vm, "event-scan", 1, NULL, ~0u, 0, BUFFER, LOG), RTAS_NO_EVENT);
	assert_int_equal(vm->ram[BUFFER], 0xee);
	assert_int_equal(sensor(), 0);
	assert_int_equal(FAKE_RTAS(vm, "get-sensor-state", 2, NULL, 9, 1), RTAS_PARAMETER);
	assert_int_equal(FAKE_RTAS(vm, "get-sensor-state", 2, NULL, 9003, 0), RTAS_PARAMETER);
}

/* As Linux reads it: get_pseries_errorlog(), rtas_parse_epow_errlog(). */
static void log_of_a_shutdown(void **state)
{
	const uint8_t *log = vm->ram + BUFFER, *section = log + 8 + 16;
	unsigned len;

	rtas_events_shutdown(&vm->rtas.events);
	assert_true(level);
	assert_int_equal(sensor(), 3);
	assert_int_equal(check_exception(EPOW, BUFFER, 2048), RTAS_SUCCESS);
	assert_false(level);
	assert_int_equal(sensor(), 0);
	assert_int_equal(load_be32(log), 0x06240040);
	len = load_be32(log + 4);
	assert_int_equal(len, 16 + 48 + 24 + 20);
	assert_int_equal(log[8] & 0x82, 0x82);
	assert_int_equal(log[10] & 0xf, 14);
	assert_memory_equal(log + 20, "IBM", 4);
	assert_memory_equal(section, "PH", 2);
	assert_int_equal(section[8], 0x20); /* the century, in BCD */
	assert_int_equal(section[0x1b], 3);
	section += load_be16(section + 2);
	assert_memory_equal(section, "UH", 2);
	section += load_be16(section + 2);
	assert_memory_equal(section, "EP", 2);
	assert_int_equal(section[8], 3);
	assert_int_equal(section[9], 1);
	assert_ptr_equal(section + load_be16(section + 2), log + 8 + len);
	assert_int_equal(log[8 + len], 0xee);
	assert_int_equal(check_exception(EPOW, BUFFER, 2048), RTAS_NO_EVENT);
}

/* What a guest asks wrongly leaves the event to be fetched. */
static void bad_requests(void **state)
{
	rtas_events_shutdown(&vm->rtas.events);
	assert_int_equal(check_exception(~EPOW, BUFFER, 2048), RTAS_NO_EVENT);
	assert_int_equal(check_exception(EPOW, BUFFER, 0), RTAS_PARAMETER);
	assert_int_equal(check_exception(EPOW, BUFFER, 115), RTAS_PARAMETER);
	assert_int_equal(check_exception(EPOW, FAKE_RAM_SIZE - 64, 2048), RTAS_PARAMETER);
	assert_int_equal(check_exception(EPOW, 0xffffffff, 2048), RTAS_PARAMETER);
	assert_true(level);
	assert_int_equal(FAKE_RTAS(vm, "event-scan", 1, NULL, EPOW, 0, BUFFER, 116), RTAS_SUCCESS);
	assert_false(level);
}

static void reset(void **state)
{
	rtas_events_shutdown(&vm->rtas.events);
	rtas_events_reset(&vm->rtas.events);
	assert_false(level);
	assert_int_equal(check_exception(EPOW, BUFFER, 2048), RTAS_NO_EVENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(no_event, setup),
		cmocka_unit_test_setup(log_of_a_shutdown, setup),
		cmocka_unit_test_setup(bad_requests, setup),
		cmocka_unit_test_setup(reset, setup),
	};
	int r;

	vm = fake_vm_new();
	r = cmocka_run_group_tests_name("hcalls/events", tests, NULL, NULL);
	fake_vm_free(vm);
	return r;
}
