/* SPDX-License-Identifier: GPL-2.0-or-later */
/* XIVE whose events the kernel handles: what it is asked, and what a guest hears of its refusals. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "devices/xive/xive.h"

#define SERVERS  2
#define RAM_SIZE 0x40000u

/* A kernel that remembers the last of each. */
static struct {
	int fail;
	bool active;
	unsigned added, lines, resets, syncs, loads, stores;
	uint32_t lisn, server, eisn;
	uint8_t priority;
	bool on;
	gpa_t base;
	unsigned shift;
} kernel;

static void set(void *chip, uint32_t source, bool level)
{
	kernel.lines++;
	kernel.lisn = source;
}

static int source_add(void *chip, uint32_t source, bool level_sensitive)
{
	kernel.added++;
	return kernel.fail;
}

static int activate(void *chip, bool on)
{
	kernel.active = on && !kernel.fail;
	return on ? kernel.fail : 0;
}

static int source_set(void *chip, uint32_t lisn, bool on, uint32_t server, uint8_t priority,
		      uint32_t eisn)
{
	if (kernel.fail)
		return kernel.fail;
	kernel.lisn = lisn;
	kernel.on = on;
	kernel.server = server;
	kernel.priority = priority;
	kernel.eisn = eisn;
	return 0;
}

static int source_sync(void *chip, uint32_t lisn)
{
	kernel.syncs++;
	return kernel.fail;
}

static int queue_set(void *chip, uint32_t server, uint8_t priority, gpa_t base, unsigned shift)
{
	if (kernel.fail)
		return kernel.fail;
	kernel.base = base;
	kernel.shift = shift;
	return 0;
}

static int queue_get(void *chip, uint32_t server, uint8_t priority, uint32_t *ret_next,
		     bool *ret_generation)
{
	*ret_next = 77;
	*ret_generation = false;
	return kernel.fail;
}

static int reset(void *chip)
{
	kernel.resets++;
	return kernel.fail;
}

static uint64_t esb_load(void *chip, uint32_t lisn, uint64_t offset)
{
	kernel.loads++;
	return offset;
}

static void esb_store(void *chip, uint32_t lisn, uint64_t offset)
{
	kernel.stores++;
}

static const struct xive_host_ops host = {
	.chip = {.set = set, .source_add = source_add, .activate = activate},
	.source_set = source_set, .source_sync = source_sync, .queue_set = queue_set,
	.queue_get = queue_get, .reset = reset, .esb_load = esb_load, .esb_store = esb_store,
};

static void deliver(void *ctx, unsigned server, bool level)
{
	fail_msg("the kernel presents, nobody else");
}

static unsigned current(void *ctx)
{
	return 0;
}

static struct gmem *mem;
static uint8_t *ram;
static struct xive *x;
static struct irq_router *router;
static struct irq_line edge, level;
static struct bus bus;

static int setup(void **state)
{
	memset(&kernel, 0, sizeof(kernel));
	bus = (struct bus){0};
	ram = calloc(1, RAM_SIZE);
	assert_int_equal(gmem_new(&mem), 0);
	assert_int_equal(gmem_add(mem, GPA(0), RAM_SIZE, ram), 0);
	assert_int_equal(xive_new(&(struct xive_params){.servers = SERVERS, .mem = mem, .host = &host,
							.deliver = deliver, .current = current}, &x), 0);
	assert_int_equal(xive_map(x, &bus), 0);
	assert_int_equal(irq_router_new(&router), 0);
	irq_router_attach(router, IRQ_MODE_XIVE, &xive_irq_ops, x);
	assert_int_equal(irq_router_alloc(router, false, &edge), 0);
	assert_int_equal(irq_router_alloc(router, true, &level), 0);
	assert_int_equal(irq_router_select(router, IRQ_MODE_XIVE), 0);
	return 0;
}

static int teardown(void **state)
{
	irq_router_free(router);
	xive_free(x);
	gmem_free(mem);
	free(ram);
	return 0;
}

static void routes_are_the_kernels(void **state)
{
	struct xive_source_config c = {.server = 1, .priority = 6, .eisn = 99}, got;

	assert_true(kernel.active);
	assert_int_equal(kernel.added, 2);
	assert_int_equal(xive_source_set(x, edge.source, &c), 0);
	assert_true(kernel.on && kernel.server == 1 && kernel.priority == 6 && kernel.eisn == 99);
	xive_source_get(x, edge.source, &got);
	assert_int_equal(got.eisn, 99);
	c.masked = true;
	assert_int_equal(xive_source_set(x, edge.source, &c), 0);
	assert_false(kernel.on);
	c.priority = XIVE_PRIORITY_NONE;
	c.masked = false;
	assert_int_equal(xive_source_set(x, edge.source, &c), 0);
	assert_false(kernel.on);
	irq_line_set(&edge, true);
	irq_line_set(&level, false);
	assert_int_equal(kernel.lines, 2);
	assert_int_equal(xive_source_sync(x, edge.source), 0);
	assert_int_equal(kernel.syncs, 1);
}

static void refusals_change_nothing(void **state)
{
	struct xive_source_config c = {.server = 1, .priority = 6, .eisn = 99}, got;
	struct xive_queue q = {.enabled = true, .shift = 16, .base = GPA(0x10000), .always_notify = true};

	kernel.fail = -EIO;
	assert_int_equal(xive_source_set(x, edge.source, &c), -EIO);
	xive_source_get(x, edge.source, &got);
	assert_int_equal(got.priority, XIVE_PRIORITY_NONE);
	assert_int_equal(xive_queue_set(x, 0, 6, &q), -EIO);
	assert_int_equal(xive_queue_get(x, 0, 6, &q), 0);
	assert_false(q.enabled);
	assert_int_equal(xive_source_sync(x, edge.source), -EIO);
	assert_int_equal(xive_reset(x), -EIO);
	assert_false(xive_is_resetting(x));
	assert_int_equal(irq_router_select(router, IRQ_MODE_XIVE), -EIO);
	assert_int_equal(irq_router_mode(router), IRQ_MODE_NONE);
}

static void queues_are_the_kernels(void **state)
{
	struct xive_queue q = {.enabled = true, .shift = 16, .base = GPA(0x10000), .always_notify = true};
	unsigned count;

	assert_int_equal(xive_eq_shifts(x, &count)[0], XIVE_HOST_EQ_SHIFT);
	assert_int_equal(count, 1);
	assert_false(xive_can_coalesce(x));
	assert_int_equal(xive_queue_set(x, 1, 6, &q), 0);
	assert_int_equal(kernel.base.v, 0x10000);
	assert_int_equal(kernel.shift, 16);
	/* how far it has come only the kernel knows */
	assert_int_equal(xive_queue_get(x, 1, 6, &q), 0);
	assert_int_equal(q.next, 77);
	assert_false(q.generation);
	assert_int_equal(xive_queue_set(x, 1, 6, &(struct xive_queue){0}), 0);
	assert_int_equal(kernel.shift, 0);
	assert_int_equal(xive_reset(x), 0);
	assert_int_equal(kernel.resets, 1);
}

static void pages_are_the_kernels(void **state)
{
	struct xive_source_info info;
	uint64_t v;

	xive_source_info(x, level.source, &info);
	assert_true(info.by_hcall && info.level_sensitive && !info.store_eoi);
	xive_source_info(x, edge.source, &info);
	assert_false(info.by_hcall);
	assert_int_equal(xive_esb_load(x, level.source, 0x800), 0x800);
	xive_esb_store(x, level.source, 0);
	assert_int_equal(kernel.loads + kernel.stores, 2);
	/* what the kernel has no page for comes here, and finds nothing */
	assert_true(bus_read(&bus, GPA(info.manage_page + 0x800), 8, &v));
	assert_int_equal(v, ~0ULL);
	assert_true(bus_read(&bus, GPA(XIVE_TIMA_OS), 8, &v));
	assert_int_equal(v, ~0ULL);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(routes_are_the_kernels),
		T(refusals_change_nothing),
		T(queues_are_the_kernels),
		T(pages_are_the_kernels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
