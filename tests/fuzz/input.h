/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A fuzzer's input, read from front to back; past its end everything is zero.
 *
 * Numbers stand in a form that makes the interesting ones short, so that mutations find them: a byte for
 * the kind, then what the kind needs (see input_number()).
 */
#ifndef PAPRIKA_TESTS_FUZZ_INPUT_H
#define PAPRIKA_TESTS_FUZZ_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/base/byteorder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* Of what a target needs before it begins; else it ends. */
static inline void must(bool ok, const char *what)
{
	if (!ok) {
		perror(what);
		abort();
	}
}

struct input {
	const uint8_t *p;
	size_t left;
	uint64_t last; /* the result of the call before, as INPUT_LAST gives it */
};

enum input_kind {
	INPUT_U8,     /* a byte: itself */
	INPUT_U32,    /* four bytes, big-endian */
	INPUT_U64,    /* eight */
	INPUT_MINUS,  /* a byte: one more than it, negated */
	INPUT_PAGE,   /* a byte: a 4 KiB page of guest memory */
	INPUT_UNIT,   /* a byte: a unit address of /vdevice, counted from the first terminal */
	INPUT_SOURCE, /* a byte: an interrupt source, counted from the first of the devices */
	INPUT_LAST,   /* the last result */
	INPUT_STRING, /* a byte, the length, and so many: a string in guest memory, its address */
	INPUT_NR,
};

static inline void input_bytes(struct input *in, void *buf, size_t len)
{
	size_t n = len < in->left ? len : in->left;

	memset(buf, 0, len);
	if (n)
		memcpy(buf, in->p, n);
	in->p += n;
	in->left -= n;
}

static inline uint8_t input_u8(struct input *in)
{
	uint8_t b;

	input_bytes(in, &b, 1);
	return b;
}

static inline uint32_t input_u32(struct input *in)
{
	uint8_t b[4];

	input_bytes(in, b, sizeof(b));
	return load_be32(b);
}

static inline uint64_t input_u64(struct input *in)
{
	uint8_t b[8];

	input_bytes(in, b, sizeof(b));
	return load_be64(b);
}

/* A number; strings go to *at of the @ram, which moves on. @ram may be NULL: then they are zero. */
static inline uint64_t input_number(struct input *in, uint8_t *ram, uint32_t *at)
{
	uint32_t gpa;
	uint8_t len;

	switch (input_u8(in) % INPUT_NR) {
	case INPUT_U32:
		return input_u32(in);
	case INPUT_U64:
		return input_u64(in);
	case INPUT_MINUS:
		return ~(uint64_t)input_u8(in);
	case INPUT_PAGE:
		return (uint64_t)input_u8(in) << 12;
	case INPUT_UNIT:
		return 0x71000000u + (uint64_t)input_u8(in);
	case INPUT_SOURCE:
		return 0x1000u + (uint64_t)input_u8(in);
	case INPUT_LAST:
		return in->last;
	case INPUT_STRING:
		len = input_u8(in);
		if (!ram)
			return 0;
		gpa = *at;
		input_bytes(in, ram + gpa, len);
		ram[gpa + len] = 0;
		*at += len + 1u;
		return gpa;
	default:
		return input_u8(in);
	}
}

#endif
