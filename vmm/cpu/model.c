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

/* Attributes of processors, by byte and bit: LoPAR appendix "PA processor binding", ibm,pa-features. */
static const struct {
	uint8_t byte, bits;
} pa_features[] = {
	{0, 0x80},  /* MMU */
	{0, 0x40},  /* floating point */
	{0, 0x10},  /* CTRL */
	{0, 0x02},  /* no-execute pages */
	{1, 0x10},  /* round to integer: frin and its like */
	{1, 0x04},  /* SPRG3 in problem state */
	{2, 0x04},  /* program priority register */
	{5, 0x80},  /* little-endian mode */
	{5, 0x10},  /* lq and stq */
	{16, 0x80}, /* vector */
	{18, 0x80}, /* vector-scalar */
	{20, 0x80}, /* vector cryptography */
	{26, 0x80}, /* 64-bit features */
	{40, 0x80}, /* radix MMU */
	{46, 0x80}, /* system call vectored */
	{62, 0x80}, /* random numbers */
};

#define PA_FEATURES_LEN 64 /* bytes of attributes */

size_t cpu_model_pa_features(const struct cpu_model *model, uint8_t *buf, size_t size)
{
	if (size < PA_FEATURES_LEN + 2)
		return 0;
	memset(buf, 0, PA_FEATURES_LEN + 2);
	buf[0] = PA_FEATURES_LEN;
	for (unsigned i = 0; i < ARRAY_SIZE(pa_features); i++)
		buf[2 + pa_features[i].byte] |= pa_features[i].bits;
	return PA_FEATURES_LEN + 2;
}
