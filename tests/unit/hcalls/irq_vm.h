/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of interrupt h-calls share: memory, both controllers behind a router, and vCPUs that are
 * parked threads without a CPU. To be included after cmocka.h. */
#ifndef PAPRIKA_TESTS_UNIT_HCALLS_IRQ_VM_H
#define PAPRIKA_TESTS_UNIT_HCALLS_IRQ_VM_H

#include <stdlib.h>
#include <string.h>

#include "devices/xics/xics.h"
#include "devices/xive/xive.h"
#include "hcalls/hcall.h"

#define VCPUS    4
#define RAM_SIZE (1u << 20)
#define ONES     (~0ULL)

#define H_EOI                       0x64
#define H_CPPR                      0x68
#define H_IPI                       0x6c
#define H_IPOLL                     0x70
#define H_XIRR                      0x74
#define H_XIRR_X                    0x2fc
#define H_INT_GET_SOURCE_INFO       0x3a8
#define H_INT_SET_SOURCE_CONFIG     0x3ac
#define H_INT_GET_SOURCE_CONFIG     0x3b0
#define H_INT_GET_QUEUE_INFO        0x3b4
#define H_INT_SET_QUEUE_CONFIG      0x3b8
#define H_INT_GET_QUEUE_CONFIG      0x3bc
#define H_INT_SET_OS_REPORTING_LINE 0x3c0
#define H_INT_GET_OS_REPORTING_LINE 0x3c4
#define H_INT_ESB                   0x3c8
#define H_INT_SYNC                  0x3cc
#define H_INT_RESET                 0x3d0

static uint8_t *ram;
static struct gmem *mem;
static struct vcpus *vcpus;
static struct hcall_env env;
static struct irq_line edge, level;
static struct bus bus;
static uint64_t out[HCALL_ARGS];
static bool line_up[VCPUS]; /* the external interrupt of each server */
static unsigned self;       /* the server that accesses the TIMA */

static void deliver(void *ctx, unsigned server, bool up)
{
	line_up[server] = up;
}

static unsigned current(void *ctx)
{
	return self;
}

/* A back end without a CPU: the vCPUs' threads only park. */
static int back_open(struct accel *accel, struct vcpu *vcpu)
{
	return 0;
}

static void back_none(struct vcpu *vcpu)
{
}

static void back_regs_get(struct vcpu *vcpu, struct cpu_regs *regs)
{
	*regs = (struct cpu_regs){0};
}

static void back_regs_set(struct vcpu *vcpu, const struct cpu_regs *regs)
{
}

static uint64_t back_timebase(struct accel *accel)
{
	return 77;
}

static void back_settle(struct vcpu *v, struct vcpu_exit *e)
{
	e->kind = VCPU_EXIT_KICK;
}

static const struct accel_caps no_caps;

static const struct accel_ops back_ops = {
	.vcpu_open = back_open, .vcpu_close = back_none, .settle = back_settle, .kick = back_none,
	.reset = back_none,
	.regs_get = back_regs_get, .regs_set = back_regs_set, .timebase = back_timebase};

static int64_t call_by(unsigned vcpu, uint64_t nr, const uint64_t in[HCALL_ARGS])
{
	struct hcall_ctx ctx = {.env = &env, .vcpu = vcpus_get(vcpus, vcpu)};
	struct vcpu_exit e = {.kind = VCPU_EXIT_HCALL, .hcall.nr = nr};

	memcpy(e.hcall.in, in, sizeof(e.hcall.in));
	hcall_dispatch(&ctx, &e);
	memcpy(out, e.hcall.out, sizeof(out));
	return e.hcall.status;
}
#define CALL(nr, ...) call_by(0, nr, (const uint64_t[HCALL_ARGS]){__VA_ARGS__})

static int setup(void **state)
{
	static vcpu_exit_fn *const handlers[VCPU_EXIT_NR];
	struct xive_params params = {.servers = VCPUS, .deliver = deliver, .current = current};

	hcall_init();
	ram = aligned_alloc(4096, RAM_SIZE);
	memset(ram, 0, RAM_SIZE);
	assert_int_equal(gmem_new(&mem), 0);
	assert_int_equal(gmem_add(mem, GPA(0), RAM_SIZE, ram), 0);
	assert_int_equal(vcpus_new(&(struct vcpus_params){.ops = &back_ops, .count = VCPUS,
							  .handlers = handlers}, &vcpus), 0);
	vcpus_pause(vcpus);
	assert_int_equal(vcpu_start(vcpus_get(vcpus, 0), 0, 0, 0), 0);
	env = (struct hcall_env){.mem = mem, .vcpus = vcpus, .caps = &no_caps};
	assert_int_equal(irq_router_new(&env.irqs), 0);
	assert_int_equal(xics_new(VCPUS, deliver, NULL, &env.xics), 0);
	params.mem = mem;
	assert_int_equal(xive_new(&params, &env.xive), 0);
	bus = (struct bus){0};
	assert_int_equal(xive_map(env.xive, &bus), 0);
	irq_router_attach(env.irqs, IRQ_MODE_XICS, &xics_irq_ops, env.xics);
	irq_router_attach(env.irqs, IRQ_MODE_XIVE, &xive_irq_ops, env.xive);
	assert_int_equal(irq_router_alloc(env.irqs, false, &edge), 0);
	assert_int_equal(irq_router_alloc(env.irqs, true, &level), 0);
	hcall_select_irq_mode(&env, IRQ_MODE_XIVE);
	return 0;
}

static int teardown(void **state)
{
	vcpus_free(vcpus);
	irq_router_free(env.irqs);
	xics_free(env.xics);
	xive_free(env.xive);
	gmem_free(mem);
	free(ram);
	return 0;
}

#endif
