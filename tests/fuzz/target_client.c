/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls of the client interface in sequence, each: the service's place in the table (0xff: a string of its
 * own), nargs, nrets, and the arguments.
 */
#include "tests/fake/vm.h"
#include "tests/fuzz/input.h"
#include "vmm/base/bits.h"

#define CALLS_MAX  48
#define STRINGS_AT 0x20000u

static const char *const services[] = {
#define SERVICE(name, handler, nargs, nrets) (name),
#include "vof/services.def"
#undef SERVICE
};

static struct fake_vm *vm;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	vm = fake_vm_new();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {.p = data, .left = size};
	uint32_t strings = STRINGS_AT;

	fake_vm_reset(vm);
	fake_type(vm, 0, "typed by a user");
	for (unsigned i = 0; i < CALLS_MAX && in.left; i++) {
		uint8_t *block = vm->ram + FAKE_BLOCK, which = input_u8(&in);
		uint32_t nargs, nrets;

		store_be32(block, which == 0xff ? (uint32_t)input_number(&in, vm->ram, &strings) :
						  fake_string(vm, FAKE_BLOCK + 0x100,
							      services[which % ARRAY_SIZE(services)]));
		nargs = input_u8(&in);
		nrets = input_u8(&in);
		store_be32(block + 4, nargs);
		store_be32(block + 8, nrets);
		for (unsigned j = 0; j < nargs && j < 16; j++)
			store_be32(block + 12 + 4 * j,
				   (uint32_t)input_number(&in, vm->ram, &strings));
		if (FAKE_HCALL(vm, H_VOF_CLIENT, FAKE_BLOCK) == 0 && nrets)
			in.last = load_be32(block + 12 + 4 * nargs + (which % ARRAY_SIZE(services) == 13 ? 4 : 0));
	}
	return 0;
}
