/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * H-calls in sequence, each: its place in the table (0xff: a number of eight bytes; 0xfe: no call but
 * bytes into memory: a page, an offset, a length, the bytes), the vCPU, a count of arguments, and those.
 */
#include "tests/fake/vm.h"
#include "tests/fuzz/input.h"
#include "vmm/base/bits.h"

#define CALLS_MAX  64
#define STRINGS_AT 0x20000u

static const uint64_t numbers[] = {
#define HCALL(number, id, handler, set) (number),
#include "hcalls/hcalls.def"
#undef HCALL
};

static struct fake_vm *vm;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	vm = fake_vm_new();
	return 0;
}

static void poke(struct input *in)
{
	uint32_t at = (uint32_t)input_u8(in) << 12 | input_u8(in) << 4;
	uint8_t len = input_u8(in);

	if (len <= FAKE_RAM_SIZE - at)
		input_bytes(in, vm->ram + at, len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {.p = data, .left = size};
	uint32_t strings = STRINGS_AT;

	fake_vm_reset(vm);
	fake_type(vm, 0, "typed by a user");
	for (unsigned i = 0; i < CALLS_MAX && in.left; i++) {
		uint64_t args[HCALL_ARGS] = {0}, out[HCALL_ARGS], nr;
		uint8_t which = input_u8(&in), cpu, count;

		if (which == 0xfe) {
			poke(&in);
			continue;
		}
		nr = which == 0xff ? input_u64(&in) : numbers[which % ARRAY_SIZE(numbers)];
		cpu = input_u8(&in) % FAKE_VCPUS;
		count = input_u8(&in) % (HCALL_ARGS + 1);
		for (unsigned j = 0; j < count; j++)
			args[j] = input_number(&in, vm->ram, &strings);
		if (fake_hcall(vm, cpu, nr, args, out) == H_SUCCESS)
			in.last = out[0];
	}
	return 0;
}
