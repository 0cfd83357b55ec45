/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the litmus program's parts share: a bare guest with four vCPUs. */
#ifndef TESTS_LITMUS_GUEST_H
#define TESTS_LITMUS_GUEST_H

#define CPUS       4
#define STACK_SIZE 16384

#ifndef __ASSEMBLER__
#include <stdbool.h>
#include <stdint.h>

#define H_REGISTER_PROC_TBL 0x37c
#define H_CEDE              0xe0
#define H_CONFER            0xe4
#define H_PROD              0xe8
#define H_JOIN              0x298
#define H_SIGNAL_SYS_RESET  0x380
#define H_CONTINUE          18

/* As often as ITERATIONS says in thousands. */
#ifndef ITERATIONS
#define ITERATIONS 1
#endif
#define TIMES(thousands) ((uint64_t)(thousands) * ITERATIONS * 1000)

int64_t hcall(uint64_t nr, ...);

void put(const char *s);
void put_number(uint64_t v);
/* A line of the report: "ok" or "WRONG" with what and a number; counts the wrong ones. */
void report(const char *what, bool ok, uint64_t n);

/* A part of a test that each vCPU runs, with its number; all begin together, and it returns when all end. */
typedef void part_fn(unsigned cpu);
void run_all(part_fn *fn);
/* All vCPUs within a part. */
void barrier(void);
/* Where a vCPU waits for another: it may not have a host's processor of its own. */
void relax(unsigned *spins);

/* Its result, 0 for success. */
uint32_t negotiate(void);
void litmus_order(void);
void litmus_atomic(void);
void litmus_code(void);
void litmus_translation(void);
void litmus_calls(void);

#define SYNC()    __asm__ volatile("sync" : : : "memory")
#define LWSYNC()  __asm__ volatile("lwsync" : : : "memory")
#define ISYNC()   __asm__ volatile("isync" : : : "memory")
#define PTESYNC() __asm__ volatile("ptesync" : : : "memory")
#define NOTHING() __asm__ volatile("" : : : "memory")

static inline uint64_t timebase(void)
{
	uint64_t v;

	__asm__ volatile("mfspr %0, 268" : "=r"(v));
	return v;
}

static inline uint64_t load(const volatile uint64_t *at)
{
	return *at;
}

static inline void store(volatile uint64_t *at, uint64_t v)
{
	*at = v;
}
#endif
#endif
