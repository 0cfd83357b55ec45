/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The router: one numbering, the active controller alone, levels that outlive a change. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "vmm/bus/irq.h"

/* A controller that only counts. */
static struct chip {
	unsigned added, sets, resets;
	bool on, level[IRQ_SOURCES], sensitive[IRQ_SOURCES];
	int refuse, fail;
} chips[2];

static void chip_set(void *ctx, uint32_t source, bool level)
{
	struct chip *c = ctx;

	c->sets++;
	c->level[source - IRQ_SOURCE_BASE] = level;
}

static int chip_add(void *ctx, uint32_t source, bool level_sensitive)
{
	struct chip *c = ctx;

	if (c->refuse)
		return c->refuse;
	c->added++;
	c->sensitive[source - IRQ_SOURCE_BASE] = level_sensitive;
	return 0;
}

static int chip_activate(void *ctx, bool on)
{
	struct chip *c = ctx;

	c->on = on;
	c->resets++;
	for (unsigned i = 0; i < IRQ_SOURCES; i++)
		c->level[i] = false;
	return c->fail;
}

static const struct irq_chip_ops ops = {
	.set = chip_set, .source_add = chip_add, .activate = chip_activate};

static struct irq_router *r;
static struct irq_line edge, level;

static int setup(void **state)
{
	for (unsigned i = 0; i < 2; i++)
		chips[i] = (struct chip){0};
	assert_int_equal(irq_router_new(&r), 0);
	irq_router_attach(r, IRQ_MODE_XICS, &ops, &chips[0]);
	irq_router_attach(r, IRQ_MODE_XIVE, &ops, &chips[1]);
	assert_int_equal(irq_router_alloc(r, false, &edge), 0);
	assert_int_equal(irq_router_alloc(r, true, &level), 0);
	return 0;
}

static int teardown(void **state)
{
	irq_router_free(r);
	return 0;
}

static void numbers_are_shared(void **state)
{
	assert_int_equal(edge.source, IRQ_SOURCE_BASE);
	assert_int_equal(level.source, IRQ_SOURCE_BASE + 1);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(chips[i].added, 2);
		assert_false(chips[i].sensitive[0]);
		assert_true(chips[i].sensitive[1]);
	}
}

static int bound_fd;
static uint32_t bound_source;

static int chip_bind(void *ctx, uint32_t source, int fd, bool on)
{
	assert_ptr_equal(ctx, &chips[1]);
	bound_fd = on ? fd : -1;
	bound_source = source;
	return 0;
}

/* Whoever has the kernel's ear; levels have more than one event to tell. */
static void eventfds_go_to_the_kernel(void **state)
{
	static const struct irq_chip_ops kernel_ops = {.set = chip_set, .source_add = chip_add,
						       .activate = chip_activate, .fd_bind = chip_bind};
	const struct irq_line none = {0};

	assert_int_equal(irq_line_fd_bind(&none, 5, true), -ENOTSUP);
	assert_int_equal(irq_line_fd_bind(&edge, 5, true), -ENOTSUP);
	irq_router_attach(r, IRQ_MODE_XIVE, &kernel_ops, &chips[1]);
	assert_int_equal(irq_line_fd_bind(&edge, 5, true), 0);
	assert_int_equal(bound_fd, 5);
	assert_int_equal(bound_source, edge.source);
	assert_int_equal(irq_line_fd_bind(&level, 6, true), -EINVAL);
	irq_router_select(r, IRQ_MODE_XICS);
	assert_int_equal(irq_line_fd_bind(&edge, 5, false), 0);
	assert_int_equal(bound_fd, -1);
}

static void only_the_active_one_is_told(void **state)
{
	irq_line_set(&edge, true);
	irq_line_set(&level, true);
	assert_int_equal(chips[0].sets + chips[1].sets, 0);
	assert_int_equal(irq_router_mode(r), IRQ_MODE_NONE);

	irq_router_select(r, IRQ_MODE_XICS);
	assert_true(chips[0].on);
	assert_false(chips[1].on);
	assert_int_equal(chips[0].sets, 1); /* the level from before; the edge is past */
	irq_line_set(&edge, true);
	assert_int_equal(chips[0].sets, 2);
	assert_int_equal(chips[1].sets, 0);
}

static void levels_outlive_a_change(void **state)
{
	irq_router_select(r, IRQ_MODE_XICS);
	irq_line_set(&level, true);
	irq_router_select(r, IRQ_MODE_XIVE);
	assert_false(chips[0].on);
	assert_true(chips[1].on);
	assert_false(chips[0].level[1]);
	assert_true(chips[1].level[1]);

	irq_line_set(&level, false);
	assert_false(chips[1].level[1]);
	irq_router_select(r, IRQ_MODE_XICS);
	assert_false(chips[0].level[1]);
	/* also when the same one starts anew */
	irq_line_set(&level, true);
	irq_router_select(r, IRQ_MODE_XICS);
	assert_true(chips[0].level[1]);
}

/* A controller that the host refuses presents nothing, nor does another. */
static void a_refusal_leaves_none(void **state)
{
	assert_int_equal(irq_router_select(r, IRQ_MODE_XICS), 0);
	chips[1].fail = -EIO;
	assert_int_equal(irq_router_select(r, IRQ_MODE_XIVE), -EIO);
	assert_int_equal(irq_router_mode(r), IRQ_MODE_NONE);
	chips[0].sets = chips[1].sets = 0;
	irq_line_set(&edge, true);
	irq_line_set(&level, true);
	assert_int_equal(chips[0].sets + chips[1].sets, 0);
	chips[1].fail = 0;
	assert_int_equal(irq_router_select(r, IRQ_MODE_XIVE), 0);
	assert_true(chips[1].level[1]);
}

static void one_controller_is_enough(void **state)
{
	struct irq_router *alone;
	struct irq_line line;

	assert_int_equal(irq_router_new(&alone), 0);
	irq_router_attach(alone, IRQ_MODE_XIVE, &ops, &chips[1]);
	assert_false(irq_router_has(alone, IRQ_MODE_XICS));
	assert_true(irq_router_has(alone, IRQ_MODE_XIVE));
	assert_false(irq_router_has(alone, IRQ_MODE_NONE));
	assert_int_equal(irq_router_alloc(alone, false, &line), 0);
	irq_router_select(alone, IRQ_MODE_XIVE);
	irq_line_set(&line, true);
	assert_int_equal(chips[1].sets, 1);
	irq_router_free(alone);
}

static void ends_with_its_numbers(void **state)
{
	struct irq_line line = {.source = 7};

	chips[1].refuse = -ENOMEM;
	assert_int_equal(irq_router_alloc(r, false, &line), -ENOMEM);
	assert_int_equal(line.source, 7);
	chips[1].refuse = 0;
	for (unsigned i = 2; i < IRQ_SOURCES; i++) {
		assert_int_equal(irq_router_alloc(r, false, &line), 0);
		assert_int_equal(line.source, IRQ_SOURCE_BASE + i);
	}
	assert_int_equal(irq_router_alloc(r, false, &line), -ENOSPC);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(numbers_are_shared),
		T(eventfds_go_to_the_kernel),
		T(only_the_active_one_is_told),
		T(levels_outlive_a_change),
		T(a_refusal_leaves_none),
		T(one_controller_is_enough),
		T(ends_with_its_numbers),
	};

	return cmocka_run_group_tests_name("bus/irq", tests, NULL, NULL);
}
