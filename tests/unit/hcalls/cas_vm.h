/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of the negotiation share: a guest's vectors in memory, and vCPUs that remember the
 * architecture level they were given. To be included after cmocka.h. */
#ifndef PAPRIKA_TESTS_UNIT_HCALLS_CAS_VM_H
#define PAPRIKA_TESTS_UNIT_HCALLS_CAS_VM_H

#include <stdlib.h>
#include <string.h>

#include "fdt/vectors.h"
#include "hcalls/cas.h"
#include "vmm/base/bits.h"
#include "vmm/base/byteorder.h"
#include "vmm/base/log.h"
#include "vmm/cpu/model.h"

#define RAM_SIZE 0x10000
#define VECTORS  0x1000
#define VCPUS    2
#define UNSET    0xffffffffu

static uint8_t ram[RAM_SIZE] __attribute__((aligned(4096)));
static struct gmem *mem;
static struct hcall_env env;
static struct accel_caps caps;
static uint32_t vcpu_level[VCPUS];

struct pvr_entry {
	uint32_t mask, value;
};

static const struct pvr_entry power9[] __attribute__((unused)) = {{0xffff0000, 0x004e0000}};

/* @pvrs, the end of the list, and five vectors, the last with @intc in byte 23 and either MMU in 24; or, if
 * @short_vector, one that ends before byte 23 and takes what it gets. */
static void put_vectors(const struct pvr_entry *pvrs, size_t count, uint8_t intc, bool short_vector)
{
	static const uint8_t tail[] = {0xff, 0xff, 0xff, 0xfe, 0x0f, 0x00, 0x00, 0x01, 4, 0, 0, 0, 0, 0, 0, 0, 0};
	uint8_t *p = ram + VECTORS;

	memset(ram, 0, sizeof(ram));
	for (size_t i = 0; i < count; i++, p += 8) {
		store_be32(p, pvrs[i].mask);
		store_be32(p + 4, pvrs[i].value);
	}
	memcpy(p, tail, sizeof(tail));
	p += sizeof(tail);
	p[0] = short_vector ? 10 : OV5_LEN - 2;
	if (short_vector) {
		p[1] = 0x80;
	} else {
		p[OV5_INTC] = intc;
		p[OV5_MMU] = 0x80;
	}
}

static int back_open(struct accel *accel, struct vcpu *vcpu)
{
	return 0;
}

static void back_none(struct vcpu *vcpu)
{
}

static void back_settle(struct vcpu *vcpu, struct vcpu_exit *e)
{
	e->kind = VCPU_EXIT_KICK;
}

static int back_mode_set(struct vcpu *vcpu, enum accel_mode mode, unsigned value)
{
	assert_int_equal(mode, ACCEL_MODE_LEVEL);
	vcpu_level[vcpu->index] = value;
	return 0;
}

static int setup(void **state)
{
	static vcpu_exit_fn *const handlers[VCPU_EXIT_NR];
	static const struct accel_ops back_ops = {.vcpu_open = back_open, .vcpu_close = back_none,
						  .reset = back_none, .kick = back_none,
						  .settle = back_settle, .mode_set = back_mode_set};

	log_set_level(LOG_LEVEL_ERROR);
	assert_int_equal(gmem_new(&mem), 0);
	assert_int_equal(gmem_add(mem, GPA(0), RAM_SIZE, ram), 0);
	caps = (struct accel_caps){.model = *cpu_model_find("power9"), .radix = true};
	env = (struct hcall_env){.mem = mem, .caps = &caps};
	assert_int_equal(vcpus_new(&(struct vcpus_params){.ops = &back_ops, .count = VCPUS,
							  .handlers = handlers}, &env.vcpus), 0);
	for (unsigned i = 0; i < VCPUS; i++)
		vcpu_level[i] = UNSET;
	env.intc_trees[IRQ_MODE_XICS] = (struct vof_changes){"xics", 4};
	env.intc_trees[IRQ_MODE_XIVE] = (struct vof_changes){"xive", 4};
	return 0;
}

static int teardown(void **state)
{
	vcpus_free(env.vcpus);
	gmem_free(mem);
	return 0;
}

#endif
