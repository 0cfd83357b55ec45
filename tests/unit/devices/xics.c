/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of devices/xics/xics.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "devices/xics/xics.h"

#define SERVERS 64

static bool line_up[SERVERS];

static void deliver(void *ctx, unsigned server, bool level)
{
	line_up[server] = level;
}

static struct xics *x;
static struct irq_line edge, level;

static int setup(void **state)
{
	assert_int_equal(xics_new(SERVERS, deliver, NULL, &x), 0);
	assert_int_equal(xics_source_alloc(x, false, &edge), 0);
	assert_int_equal(xics_source_alloc(x, true, &level), 0);
	assert_true(xics_cppr(x, 0, 0xff));
	return 0;
}

static int teardown(void **state)
{
	xics_free(x);
	return 0;
}

static void edge_is_presented_once(void **state)
{
	uint32_t xirr;

	assert_true(xics_source_set(x, edge.source, 0, 5));
	irq_line_set(&edge, true);
	assert_true(line_up[0]);
	assert_true(xics_xirr(x, 0, &xirr));
	assert_int_equal(xirr, 0xff000000 | edge.source);
	assert_false(line_up[0]);
	assert_true(xics_eoi(x, 0, xirr));
	assert_false(line_up[0]);
	assert_true(xics_xirr(x, 0, &xirr));
	assert_int_equal(xirr, 0xff000000);
}

static void masked_edge_waits(void **state)
{
	uint32_t xirr;

	irq_line_set(&edge, true);
	assert_false(line_up[0]);
	assert_true(xics_source_set(x, edge.source, 0, 5));
	assert_true(line_up[0]);
	assert_true(xics_xirr(x, 0, &xirr));
	assert_int_equal(xirr & 0xffffff, edge.source);
}

static void edge_during_service_comes_again(void **state)
{
	uint32_t xirr;

	assert_true(xics_source_set(x, edge.source, 0, 5));
	irq_line_set(&edge, true);
	assert_true(xics_xirr(x, 0, &xirr));
	irq_line_set(&edge, true);
	assert_false(line_up[0]); /* CPPR is 5 now */
	assert_true(xics_eoi(x, 0, xirr));
	assert_true(line_up[0]);
}

static void level_comes_again_while_asserted(void **state)
{
	uint32_t xirr;

	assert_true(xics_source_set(x, level.source, 0, 5));
	irq_line_set(&level, true);
	assert_true(xics_xirr(x, 0, &xirr));
	assert_true(xics_eoi(x, 0, xirr));
	assert_true(line_up[0]);
	assert_true(xics_xirr(x, 0, &xirr));
	irq_line_set(&level, false);
	assert_true(xics_eoi(x, 0, xirr));
	assert_false(line_up[0]);
}

static void more_favoured_goes_first(void **state)
{
	uint32_t xirr;

	assert_true(xics_source_set(x, edge.source, 0, 5));
	assert_true(xics_source_set(x, level.source, 0, 3));
	irq_line_set(&edge, true);
	irq_line_set(&level, true);
	assert_true(xics_xirr(x, 0, &xirr));
	assert_int_equal(xirr & 0xffffff, level.source);
	irq_line_set(&level, false);
	assert_true(xics_eoi(x, 0, xirr));
	assert_true(xics_xirr(x, 0, &xirr));
	assert_int_equal(xirr & 0xffffff, edge.source);
}

static void ipi_stays_until_its_mfrr_goes(void **state)
{
	uint32_t xirr;
	uint8_t mfrr;

	assert_true(xics_cppr(x, 1, 0xff));
	assert_true(xics_ipi(x, 1, 4));
	assert_true(line_up[1]);
	assert_true(xics_ipoll(x, 1, &xirr, &mfrr));
	assert_int_equal(xirr & 0xffffff, XICS_IPI);
	assert_int_equal(mfrr, 4);
	assert_true(xics_xirr(x, 1, &xirr));
	assert_true(xics_ipi(x, 1, 0xff));
	assert_true(xics_eoi(x, 1, xirr));
	assert_false(line_up[1]);
}

static void lowering_cppr_rejects(void **state)
{
	assert_true(xics_source_set(x, edge.source, 0, 5));
	irq_line_set(&edge, true);
	assert_true(xics_cppr(x, 0, 4));
	assert_false(line_up[0]);
	assert_true(xics_cppr(x, 0, 0xff));
	assert_true(line_up[0]);
}

static void refuses_what_is_not_there(void **state)
{
	uint32_t xirr;

	assert_false(xics_cppr(x, SERVERS, 0));
	assert_false(xics_xirr(x, 0xffffffff, &xirr));
	assert_false(xics_ipi(x, SERVERS, 0));
	assert_false(xics_source_set(x, edge.source, SERVERS, 5));
	assert_false(xics_source_set(x, 0, 0, 5));
	assert_false(xics_source_set(x, level.source + 1, 0, 5));
	assert_false(xics_source_enable(x, 0xffffffff, true));
}

static void eoi_takes_only_what_is_legal(void **state)
{
	uint32_t xirr;

	assert_true(xics_source_set(x, edge.source, 0, 5));
	irq_line_set(&edge, true);
	assert_true(xics_xirr(x, 0, &xirr));
	assert_false(xics_eoi(x, 0, 0xff000000));
	assert_false(xics_eoi(x, 0, 0xff000000 | (level.source + 1)));
	assert_false(xics_eoi(x, 0, 0x04000000 | edge.source)); /* more favoured than what is served */
	assert_true(xics_eoi(x, 0, xirr));
	assert_true(xics_eoi(x, 0, 0xff000000 | XICS_IPI));
}

static void off_and_on_keep_the_priority(void **state)
{
	uint32_t server;
	uint8_t priority;

	assert_true(xics_source_set(x, edge.source, 1, 5));
	assert_true(xics_cppr(x, 1, 0xff));
	assert_true(xics_source_enable(x, edge.source, false));
	assert_true(xics_source_enable(x, edge.source, false));
	irq_line_set(&edge, true);
	assert_true(xics_source_get(x, edge.source, &server, &priority));
	assert_int_equal(server, 1);
	assert_int_equal(priority, XICS_PRIORITY_NONE);
	assert_false(line_up[1]);
	assert_true(xics_source_enable(x, edge.source, true));
	assert_true(xics_source_get(x, edge.source, &server, &priority));
	assert_int_equal(priority, 5);
	assert_true(line_up[1]);
}

/* Every source at every server, at once: each comes exactly once, the most favoured first. */
static void many_sources_at_many_servers(void **state)
{
	struct irq_line lines[XICS_SOURCES - 2];
	unsigned seen = 0;
	uint32_t xirr;

	for (unsigned i = 0; i < XICS_SOURCES - 2; i++) {
		assert_int_equal(xics_source_alloc(x, i & 1, &lines[i]), 0);
		assert_true(xics_source_set(x, lines[i].source, i % SERVERS, 4 + i % 3));
		irq_line_set(&lines[i], true);
	}
	for (unsigned server = 0; server < SERVERS; server++) {
		uint8_t last = 0;

		assert_true(xics_cppr(x, server, 0xff));
		for (;;) {
			uint32_t i;

			assert_true(xics_xirr(x, server, &xirr));
			if (!(xirr & 0xffffff))
				break;
			i = (xirr & 0xffffff) - lines[0].source;
			assert_int_equal(i % SERVERS, server);
			assert_true(4 + i % 3 >= last);
			last = 4 + i % 3;
			irq_line_set(&lines[i], false);
			assert_true(xics_eoi(x, server, xirr));
			seen++;
		}
		assert_false(line_up[server]);
	}
	assert_int_equal(seen, XICS_SOURCES - 2);
}

static void inactive_presents_nothing(void **state)
{
	uint32_t xirr;

	xics_irq_ops.activate(x, false);
	assert_true(xics_cppr(x, 0, 0xff));
	assert_true(xics_source_set(x, edge.source, 0, 5));
	irq_line_set(&edge, true);
	assert_false(line_up[0]);
	xics_irq_ops.activate(x, true);
	assert_true(xics_cppr(x, 0, 0xff));
	assert_true(xics_source_set(x, edge.source, 0, 5));
	assert_true(xics_xirr(x, 0, &xirr));
	assert_int_equal(xirr & 0xffffff, 0);
	irq_line_set(&edge, true);
	assert_true(line_up[0]);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(edge_is_presented_once),
		T(masked_edge_waits),
		T(edge_during_service_comes_again),
		T(level_comes_again_while_asserted),
		T(more_favoured_goes_first),
		T(ipi_stays_until_its_mfrr_goes),
		T(lowering_cppr_rejects),
		T(refuses_what_is_not_there),
		T(eoi_takes_only_what_is_legal),
		T(off_and_on_keep_the_priority),
		T(many_sources_at_many_servers),
		T(inactive_presents_nothing),
	};

	return cmocka_run_group_tests_name("devices/xics", tests, NULL, NULL);
}
