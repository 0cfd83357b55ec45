/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The argument of ibm,client-architecture-support, up to the very end of guest memory. */
#include "hcalls/cas.h"
#include "tests/fake/vm.h"
#include "tests/fuzz/input.h"

static struct fake_vm *vm;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	vm = fake_vm_new();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vof_cas_answer answer = {0};

	if (!size || size > FAKE_RAM_SIZE)
		return 0;
	memcpy(vm->ram + FAKE_RAM_SIZE - size, data, size);
	if (cas_negotiate(&vm->env, GPA(FAKE_RAM_SIZE - size), &answer) == 0 &&
	    (!answer.vec5_len || answer.vec5_len > sizeof(answer.vec5)))
		__builtin_trap();
	return 0;
}
