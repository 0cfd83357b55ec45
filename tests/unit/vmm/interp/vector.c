/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VMX and VSX handlers where QEMU is no oracle: the unavailable interrupts, big-endian memory,
 * faults, paths for other hosts, and what QEMU 7.2 gets wrong. The rest is compared in
 * tests/isa/vector.
 */
#include "tests/unit/vmm/interp/handlers.h"
#include "vmm/interp/mem.h"

#define INSN(name, ...) extern handler_fn h_##name;
#include "vmm/interp/insns_vmx.def"
#include "vmm/interp/insns_vsx.def"
#undef INSN

handler_fn h_vperm_bytes, h_vpermr_bytes;

static uint8_t memory[64];
static enum insn_result memory_result;
static unsigned memory_accesses;

enum insn_result mem_read(struct icpu *c, uint64_t ea, void *buf, unsigned len)
{
	memory_accesses++;
	if (memory_result == INSN_OK)
		memcpy(buf, memory + ea, len);
	return memory_result;
}

enum insn_result mem_write(struct icpu *c, uint64_t ea, const void *buf, unsigned len)
{
	memory_accesses++;
	if (memory_result == INSN_OK)
		memcpy(memory + ea, buf, len);
	return memory_result;
}

enum insn_result mem_load(struct icpu *c, uint64_t ea, unsigned len, uint64_t *ret)
{
	uint64_t v = 0;

	memory_accesses++;
	if (memory_result != INSN_OK)
		return memory_result;
	for (unsigned i = 0; i < len; i++)
		v = v << 8 | memory[ea + (c->msr & MSR_LE ? len - 1 - i : i)];
	*ret = v;
	return INSN_OK;
}

enum insn_result mem_store(struct icpu *c, uint64_t ea, unsigned len, uint64_t value)
{
	memory_accesses++;
	if (memory_result == INSN_OK)
		for (unsigned i = 0; i < len; i++)
			memory[ea + (c->msr & MSR_LE ? i : len - 1 - i)] =
				(uint8_t)(value >> 8 * i);
	return memory_result;
}

static int setup(void **state)
{
	if (cpu_make() < 0)
		return -1;
	memory_result = INSN_OK;
	memory_accesses = 0;
	for (unsigned i = 0; i < sizeof(memory); i++)
		memory[i] = (uint8_t)(0x80 + i);
	return 0;
}

static void test_rotate_inserts(void **state)
{
	set(T, 0x1111111111111111, 0x2222222222222222);
	set(A, 0xabcdef0123456789, 0xabcdef0123456789);
	/* mb 8, me 15, shift 4; mb 60, me 3, shift 0 */
	set(B, 8 << 16 | 15 << 8 | 4, 60 << 16 | 3 << 8);
	run(h_vrldmi, 0);
	assert_vsr(T, 0x11de111111111111, 0xa222222222222229);
}

static void test_vscr_keeps_two_bits(void **state)
{
	set(B, ~0ULL, ~0ULL);
	run(h_mtvscr, 0);
	assert_int_equal(cpu->vscr, 0x10001);
	run(h_mfvscr, 0);
	assert_vsr(T, 0, 0x10001);
}

static void test_saturation_is_sticky(void **state)
{
	set(A, 0xff00000000000000, 0);
	set(B, 0x0100000000000000, 0);
	run(h_vaddubs, 0);
	assert_vsr(T, 0xff00000000000000, 0);
	assert_int_equal(cpu->vscr, 1);
	set(B, 0, 0);
	run(h_vaddubs, 0);
	assert_int_equal(cpu->vscr, 1);
}

static void random_vsr(unsigned n)
{
	for (unsigned i = 0; i < 16; i++)
		cpu->vsr[n].b[i] = (uint8_t)(random() >> 8);
}

static void test_permute_without_host_instruction(void **state)
{
	vsr_t expected;

	for (unsigned i = 0; i < 1000; i++) {
		random_vsr(A);
		random_vsr(B);
		random_vsr(C);
		for (unsigned j = 0; j < 16; j++) {
			unsigned n = VB(cpu->vsr[C], j) & 31;

			VB(expected, j) = VB(cpu->vsr[A + n / 16], n % 16);
		}
		run(h_vperm_bytes, 0);
		assert_vsr(T, VD(expected, 0), VD(expected, 1));
		run(h_vperm, 0);
		assert_vsr(T, VD(expected, 0), VD(expected, 1));
		run(h_vpermr, 0);
		expected = cpu->vsr[T];
		run(h_vpermr_bytes, 0);
		assert_vsr(T, VD(expected, 0), VD(expected, 1));
	}
}

#define PS (1u << 9)

static void test_bcd_zero_is_positive(void **state)
{
	set(A, 0, 0xd);
	set(B, 0, 0xd);
	run(h_bcdadd_rc, 0);
	assert_vsr(T, 0, 0xc);
	assert_cr6(CR_EQ);
	set(A, 0, 0x5d);
	set(B, 0, 0x5c);
	run(h_bcdadd_rc, PS);
	assert_vsr(T, 0, 0xf);
	assert_cr6(CR_EQ);
}

static void test_bcd_overflow(void **state)
{
	set(A, 0x9999999999999999, 0x999999999999999d);
	set(B, 0, 0x1d);
	run(h_bcdadd_rc, 0);
	assert_vsr(T, 0, 0xd);
	assert_cr6(CR_LT | CR_SO);
	set(A, 0x9999999999999999, 0x999999999999999c);
	run(h_bcdsub_rc, 0);
	assert_cr6(CR_GT | CR_SO);
}

/* CR6 says so, and VRT stays. */
static void assert_invalid(handler_fn *fn)
{
	set(T, 1, 2);
	run(fn, 0);
	assert_cr6(CR_SO);
	assert_vsr(T, 1, 2);
}

static void test_bcd_invalid(void **state)
{
	set(A, 0, 0x1c);
	set(B, 0xa000000000000000, 0x1c);
	assert_invalid(h_bcdadd_rc);
	assert_invalid(h_bcdsub_rc);
	assert_invalid(h_bcdctn_rc);
	assert_invalid(h_bcdctz_rc);
	assert_invalid(h_bcdctsq_rc);
	assert_invalid(h_bcdcpsgn_rc);
	assert_invalid(h_bcdutrunc_rc);
	assert_invalid(h_bcdus_rc);
	set(B, 0, 0x19); /* no sign */
	assert_invalid(h_bcds_rc);
	assert_invalid(h_bcdsr_rc);
	assert_invalid(h_bcdtrunc_rc);
	assert_invalid(h_bcdsetsgn_rc);
	set(A, 0, 0x19);
	set(B, 0, 0x1c);
	assert_invalid(h_bcdsub_rc);
	assert_invalid(h_bcdcpsgn_rc);
}

static void test_bcd_target_may_be_a_source(void **state)
{
	set(A, 0, 0x123c);
	set(B, 0, 0x9b);
	run_fields(h_bcdcpsgn_rc, B, A, B, 0);
	assert_vsr(B, 0, 0x123b);
	assert_cr6(CR_LT);
	set(B, 0, 0x16c);
	run_fields(h_bcdctsq_rc, B, A, B, 0);
	assert_vsr(B, 0, 16);
	assert_cr6(CR_GT);
}

static void test_bcd_shifts_to_the_limit(void **state)
{
	set(B, 0x9999999999999999, 0x999999999999999c);
	set(A, (uint8_t)-32, 0);
	run(h_bcdsr_rc, 0);
	assert_vsr(T, 0, 0xc);
	assert_cr6(CR_EQ);
	set(A, (uint8_t)-31, 0);
	run(h_bcdsr_rc, 0);
	assert_vsr(T, 0, 0x1c);
	assert_cr6(CR_GT);
	set(A, 127, 0);
	run(h_bcds_rc, 0);
	assert_vsr(T, 0, 0xc);
	assert_cr6(CR_EQ | CR_SO);
	set(A, 0x80, 0);
	run(h_bcds_rc, 0);
	assert_cr6(CR_EQ);
}

static void test_bcd_unsigned_shifts(void **state)
{
	set(B, 0x1000000000000000, 5);
	set(A, 1, 0);
	run(h_bcdus_rc, 0);
	assert_vsr(T, 0, 0x50);
	assert_cr6(CR_GT | CR_SO);
	set(A, (uint8_t)-1, 0);
	run(h_bcdus_rc, 0);
	assert_vsr(T, 0x0100000000000000, 0);
	assert_cr6(CR_GT);
	set(A, 32, 0);
	run(h_bcdus_rc, 0);
	assert_vsr(T, 0, 0);
	assert_cr6(CR_EQ | CR_SO);
	set(B, 0, 0);
	run(h_bcdus_rc, 0);
	assert_cr6(CR_EQ);
}

/* An instruction, and the facilities without which it is refused, in turn. */
static const struct refusal {
	handler_fn *fn;
	unsigned rt;
	uint64_t msr_bit;
	enum insn_result result;
} refusals[] = {
	{h_vaddubm, T, MSR_VEC, INSN_VEC_UNAVAIL},     {h_vperm, T, MSR_VEC, INSN_VEC_UNAVAIL},
	{h_vperm_bytes, T, MSR_VEC, INSN_VEC_UNAVAIL}, {h_bcdadd_rc, T, MSR_VEC, INSN_VEC_UNAVAIL},
	{h_mtvscr, T, MSR_VEC, INSN_VEC_UNAVAIL},      {h_lvsl, T, MSR_VEC, INSN_VEC_UNAVAIL},
	{h_lvebx, T, MSR_VEC, INSN_VEC_UNAVAIL},       {h_xxlor, T, MSR_VSX, INSN_VSX_UNAVAIL},
	{h_xxpermdi, 1, MSR_VSX, INSN_VSX_UNAVAIL},    {h_xxbrd, T, MSR_VSX, INSN_VSX_UNAVAIL},
	{h_lxvw4x, T, MSR_VSX, INSN_VSX_UNAVAIL},      {h_xxspltib, 1, MSR_VSX, INSN_VSX_UNAVAIL},
	{h_xxspltib, T, MSR_VEC, INSN_VEC_UNAVAIL},    {h_lxvl, 1, MSR_VSX, INSN_VSX_UNAVAIL},
	{h_lxvl, T, MSR_VEC, INSN_VEC_UNAVAIL},        {h_mfvsrd, 1, MSR_FP, INSN_FP_UNAVAIL},
	{h_mfvsrd, T, MSR_VEC, INSN_VEC_UNAVAIL},      {h_mtvsrwz, 1, MSR_FP, INSN_FP_UNAVAIL},
	{h_mfvsrld, 1, MSR_VSX, INSN_VSX_UNAVAIL},     {h_mtvsrdd, T, MSR_VEC, INSN_VEC_UNAVAIL},
};

static void test_facilities(void **state)
{
	for (unsigned i = 0; i < ARRAY_SIZE(refusals); i++) {
		const struct refusal *r = &refusals[i];

		set(r->rt, 1, 2);
		cpu->msr = (MSR_FP | MSR_VEC | MSR_VSX) & ~r->msr_bit;
		run_fields(r->fn, r->rt, 3, 4, 0);
		assert_int_equal(raised, r->result);
		assert_vsr(r->rt, 1, 2);
		cpu->msr = r->msr_bit;
		run_fields(r->fn, r->rt, 3, 4, 0);
		assert_int_equal(raised, INSN_OK);
	}
}

static void test_big_endian_memory(void **state)
{
	cpu->gpr[1] = 16;
	cpu->gpr[2] = 3;
	run_fields(h_lxvw4x, T, 1, 32, 0);
	assert_vsr(T, 0x9091929394959697, 0x98999a9b9c9d9e9f);
	run_fields(h_lxvb16x, T, 1, 32, 0);
	assert_vsr(T, 0x9091929394959697, 0x98999a9b9c9d9e9f);
	set(T, 0, 0);
	run_fields(h_lvehx, T, 1, 2, 0); /* at 18 */
	assert_vsr(T, 0x0000929300000000, 0);
	run_fields(h_lxvdsx, T, 1, 32, 0);
	assert_vsr(T, 0x9091929394959697, 0x9091929394959697);
	cpu->gpr[2] = 3ULL << 56;
	run_fields(h_lxvl, T, 1, 2, 0);
	assert_vsr(T, 0x9091920000000000, 0);
	run_fields(h_stxvl, T, 32, 2, 0);
	assert_memory_equal(memory, ((uint8_t[]){0x90, 0x91, 0x92, 0x83}), 4);
}

static void test_little_endian_memory(void **state)
{
	cpu->msr |= MSR_LE;
	cpu->gpr[1] = 16;
	run_fields(h_lxvw4x, T, 1, 32, 0);
	assert_vsr(T, 0x9392919097969594, 0x9b9a99989f9e9d9c);
	cpu->gpr[2] = 3ULL << 56;
	run_fields(h_lxvl, T, 1, 2, 0);
	assert_vsr(T, 0, 0x929190);
	run_fields(h_lxvll, T, 1, 2, 0);
	assert_vsr(T, 0x9091920000000000, 0);
}

static void test_length_zero_touches_nothing(void **state)
{
	memory_result = INSN_DSI;
	set(T, 1, 2);
	run_fields(h_stxvl, T, 1, 2, 0);
	assert_int_equal(raised, INSN_OK);
	run_fields(h_lxvl, T, 1, 2, 0);
	assert_int_equal(raised, INSN_OK);
	assert_vsr(T, 0, 0);
	assert_int_equal(memory_accesses, 0);
}

static void test_faults_leave_registers(void **state)
{
	static handler_fn *const loads[] = {h_lvebx,  h_lvehx,   h_lvewx,   h_lxvw4x,
					    h_lxvh8x, h_lxvb16x, h_lxvdsx,  h_lxvwsx,
					    h_lxvl,   h_lxvll,   h_lxsibzx, h_lxsihzx};

	memory_result = INSN_DSI;
	cpu->gpr[2] = 5ULL << 56;
	set(T, 1, 2);
	for (unsigned i = 0; i < ARRAY_SIZE(loads); i++) {
		run_fields(loads[i], T, 1, 2, 0);
		assert_int_equal(raised, INSN_DSI);
		assert_vsr(T, 1, 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_rotate_inserts),
		TEST(test_vscr_keeps_two_bits),
		TEST(test_saturation_is_sticky),
		TEST(test_permute_without_host_instruction),
		TEST(test_bcd_zero_is_positive),
		TEST(test_bcd_overflow),
		TEST(test_bcd_invalid),
		TEST(test_bcd_target_may_be_a_source),
		TEST(test_bcd_shifts_to_the_limit),
		TEST(test_bcd_unsigned_shifts),
		TEST(test_facilities),
		TEST(test_big_endian_memory),
		TEST(test_little_endian_memory),
		TEST(test_length_zero_touches_nothing),
		TEST(test_faults_leave_registers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
