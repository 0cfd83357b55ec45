/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CPU models: what a guest is told of its processor. */
#ifndef PAPRIKA_CPU_MODEL_H
#define PAPRIKA_CPU_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vmm/base/check.h"

#define TIMEBASE_HZ 512000000u

/* Architecture levels: what "cpu-version" has for a guest that runs at one. */
#define LEVEL_PVR_206 0x0f000003u
#define LEVEL_PVR_207 0x0f000004u
#define LEVEL_PVR_300 0x0f000005u
#define LEVEL_PVR_310 0x0f000006u
#define LEVEL_PVR_311 0x0f000007u

#define CPU_MMU_HASH  1u
#define CPU_MMU_RADIX 2u

/* Of levels, 311 has the instructions of 310: POWER11 is one of its own for its guests' drivers alone. */
struct cpu_model {
	const char *name;      /* as --cpu takes it */
	const char *node_name; /* of its device tree node */
	uint32_t pvr;
	uint32_t logical_pvr; /* of its architecture level */
	unsigned isa;         /* 206, 207, 300, 310, 311 */
	unsigned mmu;         /* CPU_MMU_*: kinds of translation it has */
	uint32_t dcache_size, icache_size; /* bytes */
	uint32_t line_size;
	unsigned slb_size; /* entries, where there is a segment look-aside buffer */
	unsigned threads;  /* of a core, at the most */
	uint64_t clock_hz;
};

/* An architecture level, which processors of it and of any later one can run guests at. */
struct cpu_level {
	const char *name; /* as --compat takes it */
	uint32_t logical_pvr;
	unsigned isa;
};

/* NULL: no such model. */
const struct cpu_model *cpu_model_find(const char *name);
/* The models by number from 0; NULL past the last one. */
const struct cpu_model *cpu_model_get(unsigned i);

/* NULL: no such level. */
const struct cpu_level *cpu_level_find(const char *name);
const struct cpu_level *cpu_level_of_pvr(uint32_t logical_pvr);
/* The levels by number from 0, the oldest first; NULL past the last one. */
const struct cpu_level *cpu_level_get(unsigned i);

/* ibm,pa-features at level @isa with these translations, at most @size bytes into @buf; its length. */
size_t cpu_pa_features(unsigned isa, bool hash, bool radix, uint8_t *buf, size_t size);

#endif
