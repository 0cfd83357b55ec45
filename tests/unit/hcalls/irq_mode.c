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

#include "fdt/vectors.h"
#include "hcalls/cas.h"
#include "vmm/base/log.h"
#include "vmm/cpu/model.h"

#define RAM_SIZE 0x10000
#define VECTORS  0x1000

static uint8_t ram[RAM_SIZE] __attribute__((aligned(4096)));
static struct gmem *mem;
static struct hcall_env env;
static struct accel_caps caps;

/* POWER9, the end of the list, and five vectors, the last with @intc in byte 23 and radix in 24; or, if
 * @short_vector, one that ends before byte 23 and takes what it gets. */
static void put_vectors(uint8_t intc, bool short_vector)
{
	static const uint8_t head[] = {0xff, 0xff, 0x00, 0x00, 0x00, 0x4e, 0x00, 0x00, 0xff, 0xff, 0xff,
				       0xfe, 0x0f, 0x00, 0x00, 0x01, 4, 0, 0, 0, 0, 0, 0, 0, 0};
	uint8_t *p = ram + VECTORS;

	memset(ram, 0, sizeof(ram));
	memcpy(p, head, sizeof(head));
	p += sizeof(head);
	p[0] = short_vector ? 10 : OV5_LEN - 2;
	if (short_vector) {
		p[1] = 0x80;
	} else {
		p[OV5_INTC] = intc;
		p[OV5_MMU] = 0x40;
	}
}

static int setup(void **state)
{
	log_set_level(LOG_LEVEL_ERROR);
	assert_int_equal(gmem_new(&mem), 0);
	assert_int_equal(gmem_add(mem, GPA(0), RAM_SIZE, ram), 0);
	caps = (struct accel_caps){.model = *cpu_model_find("power9"), .radix = true};
	env = (struct hcall_env){.mem = mem, .caps = &caps};
	env.intc_trees[IRQ_MODE_XICS] = (struct hcall_tree){"xics", 4};
	env.intc_trees[IRQ_MODE_XIVE] = (struct hcall_tree){"xive", 4};
	return 0;
}

static int teardown(void **state)
{
	gmem_free(mem);
	return 0;
}

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
		put_vectors(cases[i].asked, false);
		r = cas_negotiate(&env, GPA(VECTORS), &answer);
		assert_int_equal(r, cases[i].mode == REFUSED ? -EINVAL : 0);
		assert_int_equal(env.irq_mode, cases[i].mode);
		if (r < 0)
			continue;
		assert_int_equal(answer.vec5[OV5_INTC],
				 cases[i].mode == IRQ_MODE_XIVE ? OV5_INTC_XIVE : OV5_INTC_XICS);
		assert_ptr_equal(answer.tree, env.intc_trees[cases[i].mode].blob);
		assert_int_equal(answer.tree_len, 4);
	}
}

static void a_kernel_before_xive_gets_xics(void **state)
{
	struct vof_cas_answer answer = {0};

	put_vectors(0, true);
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
