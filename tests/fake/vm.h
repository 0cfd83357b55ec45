/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A VM without a CPU back end: real guest memory, interrupt controller, terminals, NVRAM, clock and
 * firmware; vCPUs whose registers are plain memory and whose threads stay parked; and a power switch that
 * only counts. For unit tests and fuzzing.
 */
#ifndef PAPRIKA_TESTS_FAKE_VM_H
#define PAPRIKA_TESTS_FAKE_VM_H

#include "devices/nvram.h"
#include "devices/pci/phb.h"
#include "devices/rtc.h"
#include "devices/vio/vio.h"
#include "devices/xics/xics.h"
#include "hcalls/hcall.h"
#include "hcalls/rtas/rtas.h"
#include "vmm/cpu/vcpu.h"
#include "vmm/mem/ram.h"
#include "vof/vof.h"

#define FAKE_RAM_SIZE (1u << 20)
#define FAKE_VCPUS    3
#define FAKE_VTYS     2

struct chr;

/* A vCPU's back end: what the last calls left. */
struct fake_back {
	struct cpu_regs regs;
	unsigned le, ail;
	uint64_t proc_table, proc_table_size;
	unsigned kicks, system_resets;
};

#define FAKE_BELLS 8

struct fake_vm {
	struct ram memory;
	uint8_t *ram; /* in it */
	struct gmem *mem;
	struct vcpus *vcpus;
	struct xics *xics;
	struct loop *loop;
	struct chr *chrs[FAKE_VTYS];
	struct vio_bus vio;
	struct bus bus;
	struct dma_tables *dma;
	struct phb_set phbs; /* one bridge; tests add functions to it */
	gpa_t bells[FAKE_BELLS]; /* addresses whose stores ring */
	unsigned bell_count;
	struct nvram *nvram;
	struct rtc rtc;
	struct rtas rtas;
	struct vof *vof;
	struct hcall_env env;
	struct hpt *hpt; /* of 256 KiB */
	unsigned flushes; /* of translations */
	struct hpte_page flushed; /* the last one's page */
	unsigned moves;
	bool nmi_exits; /* asked for */
	unsigned offs, resets, crashes;
	char reason[160]; /* of the last crash */
	struct fake_back back[FAKE_VCPUS];
	bool external[FAKE_VCPUS]; /* the external interrupt of each server */
};

/* Ends the program when the host fails. */
struct fake_vm *fake_vm_new(void);
void fake_vm_free(struct fake_vm *vm);
/* As at power-on, the firmware placed, vCPU 0 running. */
void fake_vm_reset(struct fake_vm *vm);

/* The h-call @nr with @in (HCALL_ARGS of them, or NULL for zeros) by vCPU @cpu: its status; @out may be NULL. */
int64_t fake_hcall(struct fake_vm *vm, unsigned cpu, uint64_t nr, const uint64_t *in, uint64_t *out);
#define FAKE_HCALL(vm, nr, ...)                                                                    \
	fake_hcall(vm, 0, nr, (const uint64_t[HCALL_ARGS]){__VA_ARGS__}, NULL)

/* The RTAS call @name with @nargs arguments, its block at @gpa: the status of the call; @results (with the
 * status first) may be NULL. */
int32_t fake_rtas(struct fake_vm *vm, const char *name, unsigned nargs, const uint32_t *args,
		  unsigned nret, uint32_t *results);
#define FAKE_RTAS(vm, name, nret, results, ...)                                                    \
	fake_rtas(vm, name, sizeof((uint32_t[]){__VA_ARGS__}) / 4, (const uint32_t[]){__VA_ARGS__}, \
		  nret, results)

/* The client interface's @service: false if the call failed, else @rets (may be NULL) are filled. */
bool fake_client(struct fake_vm *vm, const char *service, unsigned nargs, const uint32_t *args,
		 unsigned nrets, uint32_t *rets);
/* The same, with one result, which it returns; a call that fails ends the test program. */
uint32_t fake_client_1(struct fake_vm *vm, const char *service, unsigned nargs, const uint32_t *args);
#define FAKE_CLIENT(vm, service, ...)                                                              \
	fake_client_1(vm, service, sizeof((uint32_t[]){__VA_ARGS__}) / 4,                          \
		      (const uint32_t[]){__VA_ARGS__})

/* Where the helpers above keep their blocks in guest memory: 4 KiB that tests leave alone. */
#define FAKE_BLOCK 0xf0000u

/* @text as a string in guest memory at @gpa, which it returns. */
uint32_t fake_string(struct fake_vm *vm, uint32_t gpa, const char *text);

/* @text comes in at terminal @index; how much of it was taken. */
size_t fake_type(struct fake_vm *vm, unsigned index, const char *text);

#endif
