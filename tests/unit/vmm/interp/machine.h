/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A bare interpreter for tests: RAM, one vCPU, and at each interrupt vector a hypervisor call, so that
 * every interrupt comes out as an exit.
 */
#ifndef TESTS_INTERP_MACHINE_H
#define TESTS_INTERP_MACHINE_H

#include <endian.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "vmm/base/byteorder.h"
#include "vmm/cpu/accel.h"
#include "vmm/cpu/model.h"
#include "vmm/cpu/vcpu.h"
#include "vmm/interp/code.h"
#include "vmm/interp/core.h"
#include "vmm/interp/cr.h"
#include "vmm/interp/fpu.h"
#include "vmm/interp/tlb.h"
#include "vmm/mem/ram.h"

#ifndef MACHINE_MODEL
#define MACHINE_MODEL "power9"
#endif

#define RAM_SIZE (8ULL << 20)
#define CODE     0x40000ULL /* where tests' instructions go */
#define DATA     0x50000ULL
#define INSN_SC1 0x44000022u
#define INSN_NOP 0x60000000u

#define INSN_D(op, rt, ra, imm) ((uint32_t)(op) << 26 | (rt) << 21 | (ra) << 16 | ((imm) & 0xffff))
#define INSN_X(op, rt, ra, rb, xo)                                                                 \
	((uint32_t)(op) << 26 | (uint32_t)(rt) << 21 | (ra) << 16 | (rb) << 11 | (xo) << 1)
#define INSN_SPR(xo, rt, spr) INSN_X(31, rt, (spr) & 31, (spr) >> 5, xo)
#define MFSPR(rt, spr)        INSN_SPR(339, rt, spr)
#define MTSPR(spr, rt)        INSN_SPR(467, rt, spr)
#define INSN_ILLEGAL_WORD     0u

static const struct accel_ops *const ops = &interp_accel_ops;
static struct ram ram;
static struct gmem *mem;
static struct accel *accel;
static struct vcpu vcpu;
static struct vcpu_exit exited;
static struct icpu *cpu;

static void word_store(uint64_t gpa, uint32_t word, bool le)
{
	code_written(cpu, gpa, 4);
	if (le)
		store_le32(ram.hva + gpa, word);
	else
		store_be32(ram.hva + gpa, word);
}

/* Every vector from 0x100 on, and those of scv. */
static void vectors_make(bool le)
{
	ops->mode_set(&vcpu, ACCEL_MODE_LE, le);
	for (uint64_t v = 0x100; v < 0x1000; v += 0x20)
		word_store(v, INSN_SC1, le);
	for (uint64_t v = 0; v < 0x1000; v += 0x20)
		word_store(0x17000 + v, INSN_SC1, le);
}

/* For @cpus vCPUs, of which the first is opened. */
static int machine_open_cpus(unsigned cpus)
{
	char why[160];

	memset(&vcpu, 0, sizeof(vcpu));
	vcpu.ops = ops;
	if (ram_open(&ram, RAM_SIZE) < 0 || gmem_new(&mem) < 0 ||
	    gmem_add(mem, GPA(0), RAM_SIZE, ram.hva) < 0)
		return -1;
	if (ops->open(&(struct accel_params){.mem = mem, .ram = ram.hva, .ram_size = RAM_SIZE,
					     .model = cpu_model_find(MACHINE_MODEL), .max_vcpus = cpus},
		      &accel, why, sizeof(why)) < 0)
		return -1;
	vcpu.accel = accel;
	if (ops->vcpu_open(accel, &vcpu) < 0)
		return -1;
	cpu = vcpu.back;
	vectors_make(false);
	return 0;
}

static inline int machine_open(void **state)
{
	return machine_open_cpus(1);
}

static int machine_close(void **state)
{
	ops->vcpu_close(&vcpu);
	ops->close(accel);
	gmem_free(mem);
	ram_close(&ram);
	return 0;
}

/* Executes from @pc under @msr up to a hypervisor call; returns the address of that call. */
static uint64_t go(uint64_t msr, uint64_t pc)
{
	cpu->hcall_open = 0;
	msr_set(cpu, msr);
	cpu->pc = pc;
	ops->run(&vcpu, &exited);
	assert_int_equal(exited.kind, VCPU_EXIT_HCALL);
	return cpu->pc - 4;
}

static inline uint64_t run_words(uint64_t msr, const uint32_t *words, unsigned count)
{
	uint64_t at = CODE;

	for (unsigned i = 0; i < count; i++, at += 4)
		word_store(at, words[i], msr & MSR_LE);
	word_store(at, INSN_SC1, msr & MSR_LE);
	return go(msr, CODE);
}

/* Runs the instructions given, in real mode or where CODE is mapped to itself; what go() returns. */
#define RUN(msr, ...)                                                                              \
	run_words(msr, (const uint32_t[]){__VA_ARGS__},                                            \
		  sizeof((const uint32_t[]){__VA_ARGS__}) / 4)
/* The same, and no interrupt happened. */
#define RUN_THROUGH(msr, ...)                                                                      \
	assert_int_equal(RUN(msr, __VA_ARGS__), CODE + sizeof((const uint32_t[]){__VA_ARGS__}))

#define TEST(name) cmocka_unit_test_setup_teardown(name, machine_open, machine_close)

#endif
