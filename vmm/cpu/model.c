/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CPU models: Power ISA level, processor version and what the device tree says of each. */
#include "vmm/cpu/model.h"

#include <string.h>

#include "vmm/base/bits.h"

static const struct cpu_model models[] = {
	{
		.name = "power8",
		.node_name = "PowerPC,POWER8",
		.pvr = 0x004d0200,
		.logical_pvr = 0x0f000004,
		.isa = 207,
		.dcache_size = 0x10000,
		.icache_size = 0x8000,
		.line_size = 128,
		.clock_hz = 2000000000,
	},
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
	{
		.name = "power10",
		.node_name = "PowerPC,POWER10",
		.pvr = 0x00800200,
		.logical_pvr = 0x0f000006,
		.isa = 310,
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

const struct cpu_model *cpu_model_get(unsigned i)
{
	return i < ARRAY_SIZE(models) ? &models[i] : NULL;
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

size_t cpu_model_pa_features(const struct cpu_model *model, bool hash, bool radix, uint8_t *buf,
			     size_t size)
{
	if (size < PA_FEATURES_LEN + 2)
		return 0;
	memset(buf, 0, PA_FEATURES_LEN + 2);
	buf[0] = PA_FEATURES_LEN;
	for (unsigned i = 0; i < ARRAY_SIZE(pa_features); i++)
		if (model->isa >= pa_features[i].isa &&
		    (pa_features[i].mmu == ANY_MMU || (pa_features[i].mmu == HASH ? hash : radix)))
			buf[2 + pa_features[i].byte] |= pa_features[i].bits;
	return PA_FEATURES_LEN + 2;
}
