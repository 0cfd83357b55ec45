/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The interrupt mode in the negotiation: what the guest asks for against what --ic-mode offers. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/hcalls/cas_vm.h"

#define REFUSED IRQ_MODE_NONE

static void each_wish_meets_each_offer(void **state)
{
	static const struct {
		uint8_t offer, asked;
		enum irq_mode mode;
	} cases[] = {
		{OV5_INTC_XICS, OV5_INTC_XICS, IRQ_MODE_XICS},
		{OV5_INTC_XICS, OV5_INTC_XIVE, REFUSED},
		{OV5_INTC_XICS, OV5_INTC_EITHER, IRQ_MODE_XICS},
		{OV5_INTC_XIVE, OV5_INTC_XICS, REFUSED},
		{OV5_INTC_XIVE, OV5_INTC_XIVE, IRQ_MODE_XIVE},
		{OV5_INTC_XIVE, OV5_INTC_EITHER, IRQ_MODE_XIVE},
		{OV5_INTC_EITHER, OV5_INTC_XICS, IRQ_MODE_XICS},
		{OV5_INTC_EITHER, OV5_INTC_XIVE, IRQ_MODE_XIVE},
		{OV5_INTC_EITHER, OV5_INTC_EITHER, IRQ_MODE_XIVE},
	};

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct vof_cas_answer answer = {0};
		int r;

		env.intc_offer = cases[i].offer;
		env.irq_mode = IRQ_MODE_NONE;
		put_vectors(power9, ARRAY_SIZE(power9), cases[i].asked, false);
		r = cas_negotiate(&env, GPA(VECTORS), &answer);
		assert_int_equal(r, cases[i].mode == REFUSED ? -EINVAL : 0);
		assert_int_equal(env.irq_mode, cases[i].mode);
		if (r < 0)
			continue;
		assert_int_equal(answer.vec5[OV5_INTC],
				 cases[i].mode == IRQ_MODE_XIVE ? OV5_INTC_XIVE : OV5_INTC_XICS);
		assert_ptr_equal(answer.trees[0].blob, env.intc_trees[cases[i].mode].blob);
		assert_int_equal(answer.trees[0].len, 4);
	}
}

static void a_kernel_before_xive_gets_xics(void **state)
{
	struct vof_cas_answer answer = {0};

	put_vectors(power9, ARRAY_SIZE(power9), 0, true);
	env.intc_offer = OV5_INTC_EITHER;
	env.irq_mode = IRQ_MODE_XIVE;
	assert_int_equal(cas_negotiate(&env, GPA(VECTORS), &answer), 0);
	assert_int_equal(env.irq_mode, IRQ_MODE_XICS);
	env.intc_offer = OV5_INTC_XIVE;
	assert_int_equal(cas_negotiate(&env, GPA(VECTORS), &answer), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_wish_meets_each_offer, setup, teardown),
		cmocka_unit_test_setup_teardown(a_kernel_before_xive_gets_xics, setup, teardown),
	};

	return cmocka_run_group_tests_name("hcalls/irq_mode", tests, NULL, NULL);
}
