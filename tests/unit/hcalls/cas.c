/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The architecture level in the negotiation: the guest's list of processors against the VM's processor. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/hcalls/cas_vm.h"

static const struct pvr_entry versions[] = {
	{0xffff0000, 0x004d0000}, {0xffff0000, 0x004e0000}, {0xffff0000, 0x00800000},
};
/* As a kernel of today has it: versions, then levels. */
static const struct pvr_entry linux_list[] = {
	{0xffff0000, 0x004d0000}, {0xffff0000, 0x004e0000}, {0xffff0000, 0x00800000},
	{0xffffffff, 0x0f000006}, {0xffffffff, 0x0f000005}, {0xffffffff, 0x0f000004},
	{0xffffffff, 0x0f000003},
};
static const struct pvr_entry old[] = {{0xffffffff, 0x0f000004}, {0xffffffff, 0x0f000003}};

struct level_case {
	const char *model, *compat;
	bool hash;
	const struct pvr_entry *list;
	size_t count;
	uint32_t level; /* 0: the processor itself; UNSET: refused */
};

#define LIST(l) (l), ARRAY_SIZE(l)

static void negotiates(const struct level_case *c)
{
	struct vof_cas_answer answer = {0};
	int r;

	caps.model = *cpu_model_find(c->model);
	caps.compat_pvr = c->compat ? cpu_level_find(c->compat)->logical_pvr : 0;
	caps.radix = !c->hash;
	caps.hash = c->hash;
	for (unsigned i = 0; i < HCALL_LEVELS; i++)
		env.level_trees[i] = (struct vof_changes){&env.level_trees[i], i};
	env.intc_offer = OV5_INTC_EITHER;
	put_vectors(c->list, c->count, OV5_INTC_EITHER, false);
	r = cas_negotiate(&env, GPA(VECTORS), &answer);
	assert_int_equal(r, c->level == UNSET ? -EINVAL : 0);
	for (unsigned i = 0; i < VCPUS; i++)
		assert_int_equal(vcpu_level[i], c->level);
	if (r < 0)
		return;
	for (unsigned i = 0; i < HCALL_LEVELS; i++)
		if (answer.trees[1].blob == &env.level_trees[i])
			assert_true(cpu_level_get(i) == cpu_level_of_pvr(c->level));
	assert_non_null(answer.trees[1].blob);
}

static void the_newest_level_of_both(void **state)
{
	static const struct level_case cases[] = {
		{"power9", NULL, false, LIST(linux_list), 0x0f000005},
		{"power10", NULL, false, LIST(linux_list), 0x0f000006},
		{"power11", NULL, false, LIST(linux_list), 0x0f000006}, /* the list ends there */
		{"power10", "power9", false, LIST(linux_list), 0x0f000005},
		{"power10", "power8", true, LIST(linux_list), 0x0f000004},
		{"power8", NULL, true, LIST(linux_list), 0x0f000004},
		{"power9", NULL, false, LIST(versions), 0},             /* no level: the processor itself */
		{"power11", NULL, false, LIST(versions), UNSET},
		{"power9", "power9", false, LIST(versions), UNSET},     /* which was not asked for */
		{"power9", NULL, false, LIST(old), UNSET},              /* these have no radix trees */
		{"power9", NULL, true, LIST(old), 0x0f000004},
	};

	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
		for (unsigned v = 0; v < VCPUS; v++)
			vcpu_level[v] = UNSET;
		negotiates(&cases[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_newest_level_of_both, setup, teardown),
	};

	return cmocka_run_group_tests_name("hcalls/cas", tests, NULL, NULL);
}
