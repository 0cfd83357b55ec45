/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPU models: Power ISA level, processor version and what the device tree says of each. Processor versions
 * are those that the hardware's own /proc/cpuinfo shows, architecture levels those of LoPAR, "CPU Node
 * Properties", cpu-version.
 */
#include "vmm/cpu/model.h"

#include <string.h>

#include "vmm/base/bits.h"

#define KIB 1024

#define MODEL(id, node, version, level, mmus, dcache_kib, icache_kib, thread_count)                \
	{                                                                                          \
		.name = (id), .node_name = (node), .pvr = (version),                               \
		.logical_pvr = LEVEL_PVR_##level, .isa = (level), .mmu = (mmus),                   \
		.dcache_size = (dcache_kib) * KIB, .icache_size = (icache_kib) * KIB,              \
		.line_size = 128, .slb_size = 32, .threads = (thread_count),                       \
		.clock_hz = 2000000000,                                                            \
	}

static const struct cpu_model models[] = {
	MODEL("power7", "PowerPC,POWER7", 0x003f0203, 206, CPU_MMU_HASH, 32, 32, 4),
	MODEL("power7+", "PowerPC,POWER7+", 0x004a0201, 206, CPU_MMU_HASH, 32, 32, 4),
	MODEL("power8", "PowerPC,POWER8", 0x004d0200, 207, CPU_MMU_HASH, 64, 32, 8),
	MODEL("power8nvl", "PowerPC,POWER8NVL", 0x004c0100, 207, CPU_MMU_HASH, 64, 32, 8),
	MODEL("power9", "PowerPC,POWER9", 0x004e1202, 300, CPU_MMU_HASH | CPU_MMU_RADIX, 32, 32, 4),
	MODEL("power10", "PowerPC,POWER10", 0x00800200, 310, CPU_MMU_HASH | CPU_MMU_RADIX, 32, 48, 8),
	MODEL("power11", "PowerPC,POWER11", 0x00820200, 311, CPU_MMU_HASH | CPU_MMU_RADIX, 32, 48, 8),
};

static const struct cpu_level levels[] = {
	{"power7", LEVEL_PVR_206, 206},  {"power8", LEVEL_PVR_207, 207},
	{"power9", LEVEL_PVR_300, 300},  {"power10", LEVEL_PVR_310, 310},
	{"power11", LEVEL_PVR_311, 311},
};

const struct cpu_model *cpu_model_find(const char *name)
{
	for (unsigned i = 0; i < ARRAY_SIZE(models); i++)
		if (!strcmp(models[i].name, name))
			return &models[i];
	return NULL;
}

const struct cpu_model *cpu_model_get(unsigned i)
{
	return i < ARRAY_SIZE(models) ? &models[i] : NULL;
}

const struct cpu_level *cpu_level_find(const char *name)
{
	for (unsigned i = 0; i < ARRAY_SIZE(levels); i++)
		if (!strcmp(levels[i].name, name))
			return &levels[i];
	return NULL;
}

const struct cpu_level *cpu_level_get(unsigned i)
{
	return i < ARRAY_SIZE(levels) ? &levels[i] : NULL;
}

const struct cpu_level *cpu_level_of_pvr(uint32_t logical_pvr)
{
	for (unsigned i = 0; i < ARRAY_SIZE(levels); i++)
		if (levels[i].logical_pvr == logical_pvr)
			return &levels[i];
	return NULL;
}

/* Attributes of processors, by byte and bit: LoPAR appendix "PA processor binding", ibm,pa-features. */
static const struct {
	uint8_t byte, bits;
	unsigned isa; /* from this level on */
	enum { ANY_MMU, HASH, RADIX } mmu;
} pa_features[] = {
	{0, 0x80, 206},  /* MMU */
	{0, 0x40, 206},  /* floating point */
	{0, 0x10, 206},  /* CTRL */
	{0, 0x02, 206},  /* no-execute pages */
	{1, 0x20, 207, HASH}, /* large cache-inhibited pages */
	{1, 0x03, 206, HASH}, /* invalid SLB entries read as zeros; "110" protects pages */
	{1, 0x10, 206},  /* round to integer: frin and its like */
	{1, 0x04, 206},  /* SPRG3 in problem state */
	{2, 0x04, 206},  /* program priority register */
	{5, 0x80, 206},  /* little-endian mode */
	{5, 0x10, 207},  /* lq and stq */
	{16, 0x80, 206}, /* vector */
	{18, 0x80, 206}, /* vector-scalar */
	{20, 0x80, 207}, /* vector cryptography */
	{26, 0x80, 207}, /* 64-bit features */
	{40, 0x80, 300, RADIX}, /* radix MMU */
	{46, 0x80, 300}, /* system call vectored */
	{62, 0x80, 300}, /* random numbers */
};

#define PA_FEATURES_LEN 64 /* bytes of attributes */

size_t cpu_pa_features(unsigned isa, bool hash, bool radix, uint8_t *buf, size_t size)
{
	if (size < PA_FEATURES_LEN + 2)
		return 0;
	memset(buf, 0, PA_FEATURES_LEN + 2);
	buf[0] = PA_FEATURES_LEN;
	for (unsigned i = 0; i < ARRAY_SIZE(pa_features); i++)
		if (isa >= pa_features[i].isa &&
		    (pa_features[i].mmu == ANY_MMU || (pa_features[i].mmu == HASH ? hash : radix)))
			buf[2 + pa_features[i].byte] |= pa_features[i].bits;
	return PA_FEATURES_LEN + 2;
}
