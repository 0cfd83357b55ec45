/* SPDX-License-Identifier: GPL-2.0-or-later */
/* H_INT_* through dispatch: LoPAR's checks and return codes; and who may call what in which mode. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/hcalls/irq_vm.h"

static const uint64_t xics_calls[] = {H_EOI, H_CPPR, H_IPI, H_IPOLL, H_XIRR, H_XIRR_X};

static void each_mode_has_its_calls(void **state)
{
	for (uint64_t nr = H_INT_GET_SOURCE_INFO; nr <= H_INT_RESET; nr += 4)
		assert_int_not_equal(CALL(nr, 0), H_FUNCTION);
	for (unsigned i = 0; i < sizeof(xics_calls) / sizeof(xics_calls[0]); i++)
		assert_int_equal(CALL(xics_calls[i], 0), H_FUNCTION);
	hcall_select_irq_mode(&env, IRQ_MODE_XICS);
	for (uint64_t nr = H_INT_GET_SOURCE_INFO; nr <= H_INT_RESET; nr += 4)
		assert_int_equal(CALL(nr, 0), H_FUNCTION);
	for (unsigned i = 0; i < sizeof(xics_calls) / sizeof(xics_calls[0]); i++)
		assert_int_not_equal(CALL(xics_calls[i], 0), H_FUNCTION);
	hcall_select_irq_mode(&env, IRQ_MODE_NONE);
	assert_int_equal(CALL(H_INT_RESET, 0), H_FUNCTION);
	assert_int_equal(CALL(H_XIRR, 0), H_FUNCTION);
}

/* The first @len bytes of @list hold @string as one of its strings. */
static bool has_string(const char *list, int len, const char *string)
{
	for (const char *s = list; s < list + len; s += strlen(s) + 1)
		if (!strcmp(s, string))
			return true;
	return false;
}

static void strings_follow_the_mode(void **state)
{
	char buf[512];
	int len = hcall_hypertas_strings(&env, buf, sizeof(buf));

	assert_true(len > 0);
	assert_true(has_string(buf, len, "hcall-int-exploitation"));
	assert_false(has_string(buf, len, "hcall-interrupt"));
	hcall_select_irq_mode(&env, IRQ_MODE_XICS);
	len = hcall_hypertas_strings(&env, buf, sizeof(buf));
	assert_false(has_string(buf, len, "hcall-int-exploitation"));
	assert_true(has_string(buf, len, "hcall-interrupt"));
}

static void reserved_flags_are_refused(void **state)
{
	static const struct {
		uint64_t nr, allowed;
	} calls[] = {
		{H_INT_GET_SOURCE_INFO, 0},   {H_INT_SET_SOURCE_CONFIG, 3},
		{H_INT_GET_SOURCE_CONFIG, 0}, {H_INT_GET_QUEUE_INFO, 0},
		{H_INT_SET_QUEUE_CONFIG, 1},  {H_INT_GET_QUEUE_CONFIG, 1},
		{H_INT_SET_OS_REPORTING_LINE, 0}, {H_INT_GET_OS_REPORTING_LINE, 0},
		{H_INT_ESB, 1},               {H_INT_SYNC, 0},
		{H_INT_RESET, 0},
	};

	for (unsigned i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		for (unsigned bit = 0; bit < 64; bit++) {
			uint64_t flag = 1ULL << bit;

			if (!(flag & calls[i].allowed))
				assert_int_equal(CALL(calls[i].nr, flag, ONES, ONES, ONES, ONES),
						 H_PARAMETER);
		}
}

static void source_info(void **state)
{
	assert_int_equal(CALL(H_INT_GET_SOURCE_INFO, 0, edge.source), H_SUCCESS);
	assert_int_equal(out[0], 3); /* trigger by the full page, store EOI */
	assert_int_equal(out[1], XIVE_ESB_BASE + (edge.source * 2ULL + 1) * 0x10000);
	assert_int_equal(out[2], XIVE_ESB_BASE + edge.source * 2ULL * 0x10000);
	assert_int_equal(out[3], 16);
	assert_int_equal(CALL(H_INT_GET_SOURCE_INFO, 0, level.source), H_SUCCESS);
	assert_int_equal(out[0], 7);
	assert_int_equal(CALL(H_INT_GET_SOURCE_INFO, 0, VCPUS - 1), H_SUCCESS);
	assert_int_equal(CALL(H_INT_GET_SOURCE_INFO, 0, VCPUS), H_P2);
	assert_int_equal(CALL(H_INT_GET_SOURCE_INFO, 0, level.source + 1), H_P2);
	assert_int_equal(CALL(H_INT_GET_SOURCE_INFO, 0, ONES), H_P2);
	assert_int_equal(CALL(H_INT_GET_SOURCE_INFO, 0, 1ULL << 32 | edge.source), H_P2);
}

static void source_config(void **state)
{
	uint64_t lisn = edge.source;

	assert_int_equal(CALL(H_INT_GET_SOURCE_CONFIG, 0, lisn), H_SUCCESS);
	assert_int_equal(out[1], 0xff);
	assert_int_equal(out[2], lisn);
	assert_int_equal(CALL(H_INT_SET_SOURCE_CONFIG, 0, lisn, 3, 6, 0x55), H_SUCCESS);
	assert_int_equal(CALL(H_INT_GET_SOURCE_CONFIG, 0, lisn), H_SUCCESS);
	assert_int_equal(out[0], 3);
	assert_int_equal(out[1], 6);
	assert_int_equal(out[2], lisn); /* no flag, so the EISN stays */
	assert_int_equal(CALL(H_INT_SET_SOURCE_CONFIG, 2, lisn, 2, 0, ONES), H_SUCCESS);
	assert_int_equal(CALL(H_INT_GET_SOURCE_CONFIG, 0, lisn), H_SUCCESS);
	assert_int_equal(out[0], 2);
	assert_int_equal(out[1], 0);
	assert_int_equal(out[2], 0x7fffffff);
	assert_int_equal(CALL(H_INT_SET_SOURCE_CONFIG, 0, lisn, VCPUS, 6, 0), H_P3);
	assert_int_equal(CALL(H_INT_SET_SOURCE_CONFIG, 0, lisn, ONES, 6, 0), H_P3);
	assert_int_equal(CALL(H_INT_SET_SOURCE_CONFIG, 0, lisn, 0, 7, 0), H_P4);
	assert_int_equal(CALL(H_INT_SET_SOURCE_CONFIG, 0, lisn, 0, 0xfe, 0), H_P4);
	assert_int_equal(CALL(H_INT_SET_SOURCE_CONFIG, 0, lisn, 0, 0x106, 0), H_P4);
	assert_int_equal(CALL(H_INT_SET_SOURCE_CONFIG, 0, ONES, 0, 6, 0), H_P2);
	assert_int_equal(CALL(H_INT_GET_SOURCE_CONFIG, 0, VCPUS), H_P2);
	/* none of which changed anything; 0xff does, whatever the target */
	assert_int_equal(CALL(H_INT_GET_SOURCE_CONFIG, 0, lisn), H_SUCCESS);
	assert_int_equal(out[0], 2);
	assert_int_equal(CALL(H_INT_SET_SOURCE_CONFIG, 0, lisn, ONES, 0xff, 0), H_SUCCESS);
	assert_int_equal(CALL(H_INT_GET_SOURCE_CONFIG, 0, lisn), H_SUCCESS);
	assert_int_equal(out[1], 0xff);
	assert_int_equal(out[2], lisn);
}

static void queue_info(void **state)
{
	assert_int_equal(CALL(H_INT_GET_QUEUE_INFO, 0, 1, 6), H_SUCCESS);
	assert_int_equal(out[0], XIVE_END_BASE + 14 * 0x10000);
	assert_int_equal(out[1], 16);
	assert_int_equal(CALL(H_INT_GET_QUEUE_INFO, 0, VCPUS, 6), H_P2);
	assert_int_equal(CALL(H_INT_GET_QUEUE_INFO, 0, 0, 7), H_P3);
	assert_int_equal(CALL(H_INT_GET_QUEUE_INFO, 0, 0, 0xff), H_P3);
	assert_int_equal(CALL(H_INT_GET_QUEUE_INFO, 0, 0, ONES), H_P3);
}

static void queue_config(void **state)
{
	assert_int_equal(CALL(H_INT_GET_QUEUE_CONFIG, 1, 1, 6), H_SUCCESS);
	assert_int_equal(out[1], ONES);
	assert_int_equal(out[2], 0);
	assert_int_equal(CALL(H_INT_SET_QUEUE_CONFIG, 1, 1, 6, 0x20000, 16), H_SUCCESS);
	assert_int_equal(CALL(H_INT_GET_QUEUE_CONFIG, 0, 1, 6), H_SUCCESS);
	assert_int_equal(out[0], 1);
	assert_int_equal(out[1], 0x20000);
	assert_int_equal(out[2], 16);
	assert_int_equal(out[3], 0);
	assert_int_equal(CALL(H_INT_SET_SOURCE_CONFIG, 2, edge.source, 1, 6, 0x42), H_SUCCESS);
	assert_int_equal(CALL(H_INT_ESB, 0, edge.source, 0xc00), H_SUCCESS);
	irq_line_set(&edge, true);
	assert_int_equal(CALL(H_INT_SYNC, 0, edge.source), H_SUCCESS);
	assert_memory_equal(ram + 0x20000, "\x80\0\0\x42\0\0\0\0", 8);
	assert_int_equal(CALL(H_INT_GET_QUEUE_CONFIG, 1, 1, 6), H_SUCCESS);
	assert_int_equal(out[0], 3); /* generation 1 */
	assert_int_equal(out[3], 1);

	assert_int_equal(CALL(H_INT_SET_QUEUE_CONFIG, 1, VCPUS, 6, 0x20000, 16), H_P2);
	assert_int_equal(CALL(H_INT_SET_QUEUE_CONFIG, 1, 1, 7, 0x20000, 16), H_P3);
	for (uint64_t shift = 1; shift < 70; shift++)
		if (shift != 12 && shift != 16 && shift != 21 && shift != 24)
			assert_int_equal(CALL(H_INT_SET_QUEUE_CONFIG, 1, 1, 6, 0, shift), H_P5);
	assert_int_equal(CALL(H_INT_SET_QUEUE_CONFIG, 1, 1, 6, 0x21000, 16), H_P4);
	assert_int_equal(CALL(H_INT_SET_QUEUE_CONFIG, 1, 1, 6, RAM_SIZE, 12), H_P4);
	assert_int_equal(CALL(H_INT_SET_QUEUE_CONFIG, 1, 1, 6, 0, 21), H_P4); /* longer than RAM */
	assert_int_equal(CALL(H_INT_SET_QUEUE_CONFIG, 1, 1, 6, ONES << 12, 12), H_P4);
	assert_int_equal(CALL(H_INT_SET_QUEUE_CONFIG, 0, 1, 6, ONES, 0), H_SUCCESS);
	assert_int_equal(CALL(H_INT_GET_QUEUE_CONFIG, 0, 1, 6), H_SUCCESS);
	assert_int_equal(out[0], 0);
	assert_int_equal(out[1], ONES);
}

static void reporting_line(void **state)
{
	const uint64_t line[HCALL_ARGS] = {0, 0x8000};

	assert_int_equal(CALL(H_INT_GET_OS_REPORTING_LINE, 0, 0), H_SUCCESS);
	assert_int_equal(out[0], ONES);
	assert_int_equal(CALL(H_INT_SET_OS_REPORTING_LINE, 0, 0x8080), H_SUCCESS);
	assert_int_equal(call_by(1, H_INT_SET_OS_REPORTING_LINE, line), H_SUCCESS);
	assert_int_equal(CALL(H_INT_GET_OS_REPORTING_LINE, 0, 0), H_SUCCESS);
	assert_int_equal(out[0], 0x8080);
	assert_int_equal(CALL(H_INT_GET_OS_REPORTING_LINE, 0, 1), H_NOT_AVAILABLE); /* stopped */
	assert_int_equal(CALL(H_INT_GET_OS_REPORTING_LINE, 0, VCPUS), H_P2);
	assert_int_equal(CALL(H_INT_GET_OS_REPORTING_LINE, 0, 1ULL << 32), H_P2);
	assert_int_equal(CALL(H_INT_SET_OS_REPORTING_LINE, 0, 0x8040), H_P2);
	assert_int_equal(CALL(H_INT_SET_OS_REPORTING_LINE, 0, RAM_SIZE - 128), H_P2);
	assert_int_equal(CALL(H_INT_SET_OS_REPORTING_LINE, 0, ONES << 7), H_P2);
	assert_int_equal(CALL(H_INT_SET_OS_REPORTING_LINE, 0, ONES), H_SUCCESS);
	assert_int_equal(CALL(H_INT_GET_OS_REPORTING_LINE, 0, 0), H_SUCCESS);
	assert_int_equal(out[0], ONES);
}

static void esb_by_call(void **state)
{
	uint64_t lisn = level.source;

	assert_int_equal(CALL(H_INT_ESB, 0, lisn, 0x800), H_SUCCESS);
	assert_int_equal(out[0], 1);
	assert_int_equal(CALL(H_INT_ESB, 0, lisn, 0xe00), H_SUCCESS);
	assert_int_equal(CALL(H_INT_ESB, 1, lisn, 0, 0), H_SUCCESS); /* a trigger */
	assert_int_equal(out[0], ONES);
	assert_int_equal(CALL(H_INT_ESB, 0, lisn, 0x800), H_SUCCESS);
	assert_int_equal(out[0], 3);
	assert_int_equal(CALL(H_INT_ESB, 1, lisn, 0x400, 0), H_SUCCESS); /* an end of interrupt */
	assert_int_equal(CALL(H_INT_ESB, 0, lisn, 0x800), H_SUCCESS);
	assert_int_equal(out[0], 2);
	assert_int_equal(CALL(H_INT_ESB, 0, lisn, 0x10000), H_P3);
	assert_int_equal(CALL(H_INT_ESB, 0, lisn, 0x804), H_P3);
	assert_int_equal(CALL(H_INT_ESB, 0, lisn, ONES << 3), H_P3);
	assert_int_equal(CALL(H_INT_ESB, 0, lisn + 1, 0x800), H_P2);
	assert_int_equal(CALL(H_INT_SYNC, 0, lisn + 1), H_P2);
}

static void reset_by_call(void **state)
{
	assert_int_equal(CALL(H_INT_SET_SOURCE_CONFIG, 2, edge.source, 1, 6, 9), H_SUCCESS);
	assert_int_equal(CALL(H_INT_SET_QUEUE_CONFIG, 1, 1, 6, 0x20000, 12), H_SUCCESS);
	assert_int_equal(CALL(H_INT_RESET, 0), H_SUCCESS);
	assert_int_equal(CALL(H_INT_GET_SOURCE_CONFIG, 0, edge.source), H_SUCCESS);
	assert_int_equal(out[1], 0xff);
	assert_int_equal(CALL(H_INT_GET_QUEUE_CONFIG, 0, 1, 6), H_SUCCESS);
	assert_int_equal(out[1], ONES);
}

static void xics_calls_answer_for_many(void **state)
{
	hcall_select_irq_mode(&env, IRQ_MODE_XICS);
	assert_int_equal(CALL(H_IPI, VCPUS, 4), H_PARAMETER);
	assert_int_equal(CALL(H_IPI, 1ULL << 32, 4), H_PARAMETER);
	for (uint64_t i = 0; i < VCPUS; i++) {
		const uint64_t cppr[HCALL_ARGS] = {0xff}, eoi[HCALL_ARGS] = {0xff000002};

		assert_int_equal(call_by((unsigned)i, H_CPPR, cppr), H_SUCCESS);
		assert_int_equal(CALL(H_IPI, i, 4), H_SUCCESS);
		assert_int_equal(CALL(H_IPOLL, i), H_SUCCESS);
		assert_int_equal(out[0], 0xff000002);
		assert_int_equal(out[1], 4);
		assert_int_equal(call_by((unsigned)i, H_XIRR_X, cppr), H_SUCCESS);
		assert_int_equal(out[0], 0xff000002);
		assert_int_equal(out[1], 77);
		assert_int_equal(CALL(H_IPI, i, 0xff), H_SUCCESS);
		assert_int_equal(call_by((unsigned)i, H_EOI, eoi), H_SUCCESS);
		assert_int_equal(call_by((unsigned)i, H_XIRR, eoi), H_SUCCESS);
		assert_int_equal(out[0], 0xff000000);
	}
	assert_int_equal(CALL(H_IPOLL, VCPUS), H_PARAMETER);
	assert_int_equal(CALL(H_EOI, 0xff000003), H_PARAMETER);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(each_mode_has_its_calls),
		T(strings_follow_the_mode),
		T(reserved_flags_are_refused),
		T(source_info),
		T(source_config),
		T(queue_info),
		T(queue_config),
		T(reporting_line),
		T(esb_by_call),
		T(reset_by_call),
		T(xics_calls_answer_for_many),
	};

	return cmocka_run_group_tests_name("hcalls/xive", tests, NULL, NULL);
}
