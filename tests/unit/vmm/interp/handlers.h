/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What tests of single handlers share: a CPU, and what handlers end in, in place of the interpreter's. */
#ifndef TESTS_UNIT_INTERP_HANDLERS_H
#define TESTS_UNIT_INTERP_HANDLERS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "vmm/interp/cr.h"
#include "vmm/interp/dispatch.h"

/* Registers of the tests: VRs, as VSR numbers. */
enum { T = 32, A, B, C };

static struct icpu *cpu;
static enum insn_result raised;

HRET x_result(ARGS)
{
	raised = cpu->result;
	LEAVE();
}

OP(test_stop)
{
	LEAVE();
}

static void run_fields(handler_fn *fn, unsigned rt, unsigned ra, unsigned rb, uint32_t word)
{
	op_t ops[2] = {
		{.fn = (void (*)(void))fn,
		 .rt = rt,
		 .ra = ra,
		 .rb = rb,
		 .x = C,
		 .imm = (int32_t)word},
		{.fn = (void (*)(void))h_test_stop},
	};
	op_t *op = ops;
	uint64_t X = 0;

	raised = INSN_OK;
	fn(ARGV);
}

static inline void run(handler_fn *fn, uint32_t word)
{
	run_fields(fn, T, A, B, word);
	assert_int_equal(raised, INSN_OK);
}

static unsigned __int128 quad(uint64_t high, uint64_t low)
{
	return (unsigned __int128)high << 64 | low;
}

static inline void set(unsigned n, uint64_t high, uint64_t low)
{
	cpu->vsr[n].q = quad(high, low);
}

static inline void assert_vsr(unsigned n, uint64_t high, uint64_t low)
{
	assert_int_equal(VD(cpu->vsr[n], 0), high);
	assert_int_equal(VD(cpu->vsr[n], 1), low);
}

static inline void assert_cr6(unsigned nibble)
{
	assert_int_equal(cr_get_field(cpu, 6), nibble);
}

static inline int cpu_make(void)
{
	cpu = aligned_alloc(64, (sizeof(*cpu) + 63) & ~(size_t)63);
	if (!cpu)
		return -1;
	memset(cpu, 0, sizeof(*cpu));
	cpu->msr = MSR_FP | MSR_VEC | MSR_VSX;
	return 0;
}

static int teardown(void **state)
{
	free(cpu);
	return 0;
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

#endif
