/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * H-calls: the one table of what the hypervisor answers, and its dispatch.
 * Source: LoPAR, "Logical Partition Support", H-call specifications.
 *
 * A handler gets its arguments as a copy and an output array that is zeroed and never aliases them.
 * It returns an H_* status. It runs on the calling vCPU's thread, takes no lock across a call out of
 * hcalls/, and never blocks.
 */
#ifndef PAPRIKA_HCALLS_HCALL_H
#define PAPRIKA_HCALLS_HCALL_H

#include <stdbool.h>
#include <stdint.h>

#include "vmm/bus/irq.h"
#include "vmm/cpu/exit.h"
#include "vmm/cpu/vcpu.h"
#include "vmm/mem/gmem.h"
#include "vof/vof.h"

#define H_SUCCESS      0LL
#define H_BUSY         1LL
#define H_CLOSED       2LL
#define H_NOT_AVAILABLE 3LL
#define H_CONTINUE     18LL
#define H_PARTIAL      5LL
#define H_PENDING      17LL
#define H_CONSTRAINED  4LL
#define H_HARDWARE     (-1LL)
#define H_FUNCTION     (-2LL)
#define H_PRIVILEGE    (-3LL)
#define H_PARAMETER    (-4LL)
#define H_BAD_MODE     (-5LL)
#define H_PTEG_FULL    (-6LL)
#define H_NOT_FOUND    (-7LL)
#define H_RESERVED_DABR (-8LL)
#define H_NO_MEM       (-9LL)
#define H_AUTHORITY    (-10LL)
#define H_PERMISSION   (-11LL)
#define H_DROPPED      (-12LL)
#define H_RESOURCE     (-16LL)
#define H_P2           (-55LL)
#define H_P3           (-56LL)
#define H_P4           (-57LL)
#define H_P5           (-58LL)
#define H_TOO_BIG      (-64LL)
#define H_STATE        (-75LL)
#define H_UNSUPPORTED_FLAG (-256LL) /* minus the flag's bit number */

/* The convention of Power guests under KVM: numbers outside LoPAR's own range. */
#define H_RTAS       0xf000
#define H_VOF_CLIENT 0xf005

struct dma_tables;
struct phb_set;
struct rtas;
struct vio_bus;
struct xics;
struct xive;

/* What a guest can ask of the machine as a whole. Any thread; each returns at once and takes effect
 * on the loop thread. */
struct power_ops {
	void (*off)(void *ctx);
	void (*reset)(void *ctx);
	void (*crashed)(void *ctx, const char *reason); /* ibm,os-term, checkstop */
};

/* One more than there are architecture levels, for the processor itself. */
#define HCALL_LEVELS 8

/* All that h-calls and RTAS reach, filled in by the machine. */
struct hcall_env {
	struct gmem *mem;
	struct vcpus *vcpus;
	const struct accel_caps *caps;
	struct xics *xics;
	struct xive *xive;            /* NULL: there is none */
	struct irq_router *irqs;      /* NULL: XICS without a router */
	uint8_t intc_offer;           /* OV5_INTC_*: what the guest may choose from */
	_Atomic enum irq_mode irq_mode; /* which of the two the guest has */
	struct vof_changes intc_trees[IRQ_MODE_NONE]; /* by mode */
	struct vof_changes level_trees[HCALL_LEVELS]; /* by cpu_level_get()'s number, the first after is of none */
	struct vio_bus *vio;
	struct phb_set *phbs;
	struct dma_tables *dma;
	struct vof *vof;
	struct rtas *rtas;
	const struct power_ops *power;
	void *power_ctx;
	bool rng; /* H_RANDOM is offered */
	_Atomic bool radix; /* the guest's translation, of those in caps */
};

struct hcall_ctx {
	struct hcall_env *env;
	struct vcpu *vcpu;
	unsigned rtas_nret; /* how many results an RTAS call asks for */
};

typedef int64_t hcall_fn(struct hcall_ctx *ctx, const uint64_t in[HCALL_ARGS],
			 uint64_t out[HCALL_ARGS]);

/* Once, before any dispatch. */
void hcall_init(void);

/* Answers the h-call in @exit. What is not in the table, or not offered, gets H_FUNCTION. */
void hcall_dispatch(struct hcall_ctx *ctx, struct vcpu_exit *exit);

/* The numbers of the table, by place from 0; false past the last. */
bool hcall_number(unsigned i, uint64_t *ret_nr);

/* The h-call's name for traces, or NULL. */
const char *hcall_name(uint64_t nr);

/* Whether the VM has a PCI host bridge, without which none of its calls is offered. */
bool hcall_has_pci(const struct hcall_env *env);

/* The translation that a guest has before it has chosen. */
static inline bool hcall_radix_at_start(const struct accel_caps *caps)
{
	return caps->radix && !caps->hash;
}

/* The interrupt controller of @mode takes over, as at power-on. Errors as irq_router_select(): none has. */
int hcall_select_irq_mode(struct hcall_env *env, enum irq_mode mode);

/*
 * The value of ibm,hypertas-functions: the strings of the function sets that this VM implements in
 * its present mode, each with its NUL. Writes at most @size bytes; returns the length, or -ENOSPC.
 */
int hcall_hypertas_strings(const struct hcall_env *env, char *buf, size_t size);

#endif
