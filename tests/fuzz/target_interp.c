/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The interpreter: any instructions, in any state. The input is flags (MODE_*), a seed for what of the
 * registers is not said, a count of registers and for each its number and value, a count of instruction
 * words, and those; then what is put into memory: a page, an offset, a length, the bytes. With hashed page
 * tables a hypervisor call changes an entry: its number is the operation, its arguments index and bits.
 */
#include <stdlib.h>

#include "tests/fuzz/input.h"
#include "vmm/base/bits.h"
#include "vmm/cpu/accel.h"
#include "vmm/cpu/hpt.h"
#include "vmm/cpu/model.h"
#include "vmm/cpu/vcpu.h"
#include "vmm/interp/cpu.h"
#include "vmm/interp/exec.h"
#include "vmm/interp/slb.h"
#include "vmm/mem/ram.h"

#define RAM_SIZE (1u << 20)
#define CODE     0x10000u
#define BUDGET   256
#define EXITS    8

#define MODE_RADIX   1u
#define MODE_LE      2u
#define MODE_32      4u
#define MODE_PROBLEM 8u
#define MODE_FLOAT   0x10u
#define MODE_EE      0x20u
#define MODE_NEAR    0x40u /* registers are addresses in RAM, not any number */
#define MODE_HASH    0x80u

/* The process table, and a tree that maps the first MiB onto itself. */
#define PROC_TABLE 0x80000u
#define TREE_1     0x90000u
#define TREE_2     0xa0000u
#define TREE_3     0xa1000u
#define TREE_4     0xa2000u
#define PTE_VALID  (1ULL << 63)
#define PTE_LEAF   (1ULL << 62)
#define PTE_ALL    0x187ULL /* R, C, read, write, execute */

static const struct accel_ops *ops = &interp_accel_ops;
static struct ram ram;
static struct gmem *mem;
static struct accel *accel;
static struct vcpu vcpu;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	char why[160];
	struct accel_params params = {.ram_size = RAM_SIZE, .model = cpu_model_find("power10"),
				      .max_vcpus = 1};

	if (ram_open(&ram, RAM_SIZE) < 0 || gmem_new(&mem) < 0 ||
	    gmem_add(mem, GPA(0), RAM_SIZE, ram.hva) < 0)
		abort();
	params.mem = mem;
	params.ram = ram.hva;
	if (ops->open(&params, &accel, why, sizeof(why)) < 0)
		abort();
	vcpu = (struct vcpu){.ops = ops, .accel = accel};
	if (ops->vcpu_open(accel, &vcpu) < 0)
		abort();
	return 0;
}

static void put64(uint32_t at, uint64_t v)
{
	store_be64(ram.hva + at, v);
}

/* Process 0 has the tree; user pages, so that both problem state and the supervisor reach them. */
static void make_tree(void)
{
	put64(PROC_TABLE, 2ULL << 61 | TREE_1 | 5ULL << 5 | 13); /* 52 bits: RTS 21 = 0b10101 */
	put64(TREE_1, PTE_VALID | TREE_2 | 9);
	put64(TREE_2, PTE_VALID | TREE_3 | 9);
	put64(TREE_3, PTE_VALID | TREE_4 | 9);
	for (unsigned i = 0; i < RAM_SIZE >> 12; i++)
		put64(TREE_4 + i * 8, PTE_VALID | PTE_LEAF | (uint64_t)i << 12 | PTE_ALL);
	if (ops->proc_table_set(&vcpu, GPA(PROC_TABLE), 4096) < 0)
		abort();
}

/* The same by segment 0, whose number is such that page n is in group n of the hashed page table. */
static void make_hash(void)
{
	struct hpt *hpt = ops->caps(accel)->hpt;
	uint64_t index;

	hpt_reset(hpt);
	for (uint64_t i = 0; i < RAM_SIZE >> 12; i++) {
		struct hpte e = {.r = i << 12 | HPTE_R_M | 2};

		if (hpt_enter(hpt, i * HPTES_PER_GROUP, false, e, &index) < 0)
			abort();
	}
	if (ops->proc_table_set(&vcpu, GPA(0), 0) < 0)
		abort();
	slb_insert(vcpu.back, PPC_BIT(36), 0);
}

static void change_entry(const struct vcpu_exit *e)
{
	struct hpt *hpt = ops->caps(accel)->hpt;
	struct hpt_match match = {(unsigned)e->hcall.nr >> 8 & 3, e->hcall.in[1]};
	uint64_t index = e->hcall.in[0], old;
	struct hpte there = {e->hcall.in[1], e->hcall.in[2]};
	int r = 0;

	switch (e->hcall.nr & 7) {
	case 0:
		r = hpt_remove(hpt, index, match, &there);
		break;
	case 1:
		r = hpt_protect(hpt, index, match, e->hcall.in[2]);
		break;
	case 2:
		r = hpt_clear_bits(hpt, index, HPTE_R_R | HPTE_R_C, &old);
		break;
	case 3:
		r = hpt_enter(hpt, index, index & 1, there, &old);
		break;
	case 4:
		if (hpt_resize_prepare(hpt, (unsigned)index & 63) == 0)
			r = hpt_resize_commit(hpt, (unsigned)index & 63);
		break;
	}
	(void)r;
}

static uint64_t random64(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void make_registers(struct input *in, unsigned mode)
{
	uint64_t seed = input_u64(in) | 1;
	struct cpu_regs r = {.pc = CODE};
	struct icpu *cpu = vcpu.back;

	for (unsigned i = 0; i < 32; i++)
		r.gpr[i] = mode & MODE_NEAR ? 0x40000 + (random64(&seed) & 0xffff) : random64(&seed);
	for (unsigned i = 0; i < 64; i++)
		cpu->vsr[i] = (vsr_t){.d = {random64(&seed), random64(&seed)}};
	for (unsigned n = input_u8(in) % 33; n && in->left; n--) {
		unsigned i = input_u8(in) % 32;

		r.gpr[i] = input_number(in, NULL, NULL);
	}
	r.lr = CODE + 8;
	r.ctr = 3;
	r.msr = MSR_ME;
	r.msr |= mode & (MODE_RADIX | MODE_HASH) ? MSR_IR | MSR_DR : 0;
	r.msr |= mode & MODE_LE ? MSR_LE : 0;
	r.msr |= mode & MODE_32 ? 0 : MSR_SF;
	r.msr |= mode & MODE_PROBLEM ? MSR_PR | MSR_EE | MSR_IR | MSR_DR : 0;
	r.msr |= mode & MODE_FLOAT ? MSR_FP | MSR_VEC | MSR_VSX : 0;
	r.msr |= mode & MODE_EE ? MSR_EE : 0;
	ops->regs_set(&vcpu, &r);
	ops->mode_set(&vcpu, ACCEL_MODE_LE, mode & MODE_LE ? 1 : 0);
}

static void make_memory(struct input *in, unsigned mode)
{
	for (unsigned i = 0, n = input_u8(in); i < n && in->left; i++) {
		uint32_t word = input_u32(in);

		if (mode & MODE_LE)
			store_le32(ram.hva + CODE + 4 * i, word);
		else
			store_be32(ram.hva + CODE + 4 * i, word);
	}
	while (in->left > 3) {
		uint32_t at = (uint32_t)input_u8(in) << 12 | input_u8(in) << 4;
		uint8_t len = input_u8(in);

		if (len <= RAM_SIZE - at)
			input_bytes(in, ram.hva + at, len);
	}
}

/* The answer to an exit, as the vCPU's thread gives it: all zeros. */
static void answer(struct icpu *cpu, const struct vcpu_exit *e, unsigned mode)
{
	if (cpu->hcall_open) {
		if (mode & MODE_HASH)
			change_entry(e);
		cpu->hcall_open = 0;
		memset(&cpu->gpr[3], 0, 10 * sizeof(cpu->gpr[0]));
	} else if (e->kind == VCPU_EXIT_MMIO) {
		cpu->mmio_done = 1;
		cpu->mmio_data = 0;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {.p = data, .left = size};
	struct icpu *cpu = vcpu.back;
	struct vcpu_exit e = {0};
	unsigned mode = input_u8(&in);

	memset(ram.hva, 0, RAM_SIZE);
	ops->reset(&vcpu);
	if (mode & MODE_HASH)
		make_hash();
	else
		make_tree();
	make_registers(&in, mode);
	make_memory(&in, mode);
	cpu->exit = &e;
	for (unsigned i = 0; i < EXITS; i++) {
		cpu->remaining = BUDGET;
		exec_run(cpu);
		if (!cpu->exiting)
			continue;
		cpu->exiting = false;
		if (e.kind == VCPU_EXIT_FAIL)
			break;
		answer(cpu, &e, mode);
	}
	return 0;
}
