/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of devices/vio/vty.h with a character back end and an interrupt line of the test's own. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "devices/vio/vty.h"

static chr_input_fn *give;
static void *give_ctx;
static size_t room, written, ready_calls;
static unsigned raised;

int chr_write(struct chr *chr, const uint8_t *buf, size_t len)
{
	if (len > room)
		return -EAGAIN;
	room -= len;
	written += len;
	return 0;
}

void chr_set_input(struct chr *chr, chr_input_fn *fn, void *ctx)
{
	give = fn;
	give_ctx = ctx;
}

void chr_input_ready(struct chr *chr)
{
	ready_calls++;
}

static void line_set(void *chip, uint32_t source, bool level)
{
	assert_int_equal(source, 7);
	raised += level;
}

static const struct irq_chip_ops chip = {.set = line_set};

static struct vty *vty_for_test(void)
{
	const struct irq_line line = {.ops = &chip, .source = 7};
	struct vty *vty;

	room = written = ready_calls = raised = 0;
	assert_int_equal(vty_new(VTY_UNIT_BASE, NULL, &line, &vty), 0);
	return vty;
}

/* All or nothing. */
static void output(void **state)
{
	struct vty *vty = vty_for_test();
	const uint8_t buf[VTY_CALL_MAX] = {0};

	room = 20;
	assert_int_equal(vty_put(vty, buf, 16), 0);
	assert_int_equal(vty_put(vty, buf, 5), -EAGAIN);
	assert_int_equal(written, 16);
	assert_int_equal(vty_put(vty, buf, 4), 0);
	assert_int_equal(vty_put(vty, buf, 0), 0);
	vty_free(vty);
	assert_null(give);
}

/* An interrupt for what was taken, none for what was not; the back end hears of room. */
static void input(void **state)
{
	struct vty *vty = vty_for_test();
	uint8_t buf[8192], got[VTY_CALL_MAX];
	size_t taken, total = 0, n;

	for (size_t i = 0; i < sizeof(buf); i++)
		buf[i] = (uint8_t)(i * 7);
	taken = give(give_ctx, buf, sizeof(buf));
	assert_in_range(taken, 16, sizeof(buf) - 1);
	assert_int_equal(raised, 1);
	assert_int_equal(give(give_ctx, buf, 1), 0);
	assert_int_equal(raised, 1);
	while ((n = vty_get(vty, got, sizeof(got)))) {
		assert_memory_equal(got, buf + total, n);
		total += n;
		assert_true(ready_calls > 0);
	}
	assert_int_equal(total, taken);
	vty_free(vty);
}

/* H_VIO_SIGNAL off: silence; on again: what came meanwhile is told of. */
static void signals(void **state)
{
	struct vty *vty = vty_for_test();
	uint8_t c = 'x';

	vty_signal(vty, false);
	assert_int_equal(give(give_ctx, &c, 1), 1);
	assert_int_equal(raised, 0);
	vty_signal(vty, true);
	assert_int_equal(raised, 1);
	assert_int_equal(vty_get(vty, &c, 1), 1);
	vty_signal(vty, true);
	assert_int_equal(raised, 1);
	vty_free(vty);
}

/* A reset forgets input that the guest before it was meant to read, and asks for more. */
static void reset(void **state)
{
	struct vty *vty = vty_for_test();
	uint8_t c = 'x';

	vty_signal(vty, false);
	assert_int_equal(give(give_ctx, &c, 1), 1);
	vty_reset(vty);
	assert_int_equal(vty_get(vty, &c, 1), 0);
	assert_true(ready_calls > 0);
	assert_int_equal(give(give_ctx, &c, 1), 1);
	assert_int_equal(raised, 1);
	vty_free(vty);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(output),
		cmocka_unit_test(input),
		cmocka_unit_test(signals),
		cmocka_unit_test(reset),
	};

	return cmocka_run_group_tests_name("devices/vty", tests, NULL, NULL);
}
