/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CPU models: what a guest is told of its processor. */
#ifndef PAPRIKA_CPU_MODEL_H
#define PAPRIKA_CPU_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vmm/base/check.h"

#define TIMEBASE_HZ 512000000u

struct cpu_model {
	const char *name;      /* as --cpu takes it */
	const char *node_name; /* of its device tree node */
	uint32_t pvr;
	uint32_t logical_pvr; /* of its architecture level */
	unsigned isa;         /* 207, 300, 310 */
	uint32_t dcache_size, icache_size; /* bytes */
	uint32_t line_size;
	uint64_t clock_hz;
};

/* NULL: no such model. */
const struct cpu_model *cpu_model_find(const char *name);
/* The models by number from 0; NULL past the last one. */
const struct cpu_model *cpu_model_get(unsigned i);

/* ibm,pa-features of @model with these translations, at most @size bytes into @buf; its length. */
size_t cpu_model_pa_features(const struct cpu_model *model, bool hash, bool radix, uint8_t *buf,
			     size_t size);

#endif
