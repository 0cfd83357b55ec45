/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RTAS calls in sequence, each: its place in the table (0xff: a token of four bytes), where its block is
 * (0: as is usual; else a number), nargs and nret (a byte: 0x80 stands for a number of four bytes, else
 * itself), and sixteen cells at the most.
 */
#include "tests/fake/vm.h"
#include "tests/fuzz/input.h"
#include "vmm/base/bits.h"

#define CALLS_MAX  64
#define STRINGS_AT 0x20000u

static const uint32_t tokens[] = {
#define RTAS(token, name, handler, nargs, nret) (token),
#include "hcalls/rtas/calls.def"
#undef RTAS
};

static struct fake_vm *vm;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	vm = fake_vm_new();
	return 0;
}

static uint32_t count(struct input *in)
{
	uint8_t b = input_u8(in);

	return b == 0x80 ? input_u32(in) : b;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {.p = data, .left = size};
	uint32_t strings = STRINGS_AT;

	fake_vm_reset(vm);
	for (unsigned i = 0; i < CALLS_MAX && in.left; i++) {
		uint8_t block[12 + 16 * 4] = {0}, which = input_u8(&in);
		uint32_t token = which == 0xff ? input_u32(&in) : tokens[which % ARRAY_SIZE(tokens)];
		uint64_t gpa = input_number(&in, vm->ram, &strings);
		uint32_t nargs = count(&in), nret = count(&in);

		store_be32(block, token);
		store_be32(block + 4, nargs);
		store_be32(block + 8, nret);
		for (unsigned j = 0; j < nargs && j < 16; j++)
			store_be32(block + 12 + 4 * j,
				   (uint32_t)input_number(&in, vm->ram, &strings));
		if (!gpa)
			gpa = FAKE_BLOCK;
		if (gpa <= FAKE_RAM_SIZE)
			memcpy(vm->ram + gpa, block,
			       sizeof(block) < FAKE_RAM_SIZE - gpa ? sizeof(block) : FAKE_RAM_SIZE - gpa);
		FAKE_HCALL(vm, H_RTAS, gpa);
	}
	return 0;
}
