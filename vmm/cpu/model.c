/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CPU models: Power ISA level, processor version and what the device tree says of each. */
#include "vmm/cpu/model.h"

#include <string.h>

#include "vmm/base/bits.h"

static const struct cpu_model models[] = {
	{
		.name = "power9",
		.node_name = "PowerPC,POWER9",
		.pvr = 0x004e1202,
		.logical_pvr = 0x0f000005,
		.isa = 300,
		.dcache_size = 0x8000,
		.icache_size = 0x8000,
		.line_size = 128,
		.clock_hz = 2000000000,
	},
};

const struct cpu_model *cpu_model_find(const char *name)
{
	for (unsigned i = 0; i < ARRAY_SIZE(models); i++)
		if (!strcmp(models[i].name, name))
			return &models[i];
	return NULL;
}

const char *cpu_model_name(unsigned i)
{
	return i < ARRAY_SIZE(models) ? models[i].name : NULL;
}
