/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of hcalls/rtas: every call, and the argument block. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "tests/fake/vm.h"
#include "vmm/base/bits.h"
#include "vmm/base/byteorder.h"
#include "vmm/base/log.h"

#define BUFFER 0x40000u
#define SOURCE 0x1000u

static const struct {
	uint32_t token;
	const char *name;
	unsigned nargs, nret;
} calls[] = {
#define RTAS(t, n, f, a, r) {(t), (n), (a), (r)},
#include "hcalls/rtas/calls.def"
#undef RTAS
};

static struct fake_vm *vm;

static int setup(void **state)
{
	fake_vm_reset(vm);
	return 0;
}

static void too_few_cells(void **state)
{
	const uint32_t args[16] = {0};

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		if (calls[i].nargs)
			assert_int_equal(fake_rtas(vm, calls[i].name, calls[i].nargs - 1, args,
						   calls[i].nret, NULL), RTAS_PARAMETER);
		if (calls[i].nret > 1)
			assert_int_equal(fake_rtas(vm, calls[i].name, calls[i].nargs, args,
						   calls[i].nret - 1, NULL), RTAS_PARAMETER);
	}
	assert_int_equal(vm->offs + vm->resets + vm->crashes, 0);
}

static void blocks(void **state)
{
	uint8_t *block = vm->ram + BUFFER;

	assert_int_equal(FAKE_HCALL(vm, H_RTAS, FAKE_RAM_SIZE), H_PARAMETER);
	assert_int_equal(FAKE_HCALL(vm, H_RTAS, FAKE_RAM_SIZE - 8), H_PARAMETER);
	assert_int_equal(FAKE_HCALL(vm, H_RTAS, ~3ULL), H_PARAMETER);
	store_be32(block, 0x2001);
	for (unsigned nret = 0; nret < 20; nret += 19) { /* none, and more than there can be */
		store_be32(block + 8, nret);
		assert_int_equal(FAKE_HCALL(vm, H_RTAS, BUFFER), H_PARAMETER);
	}
	store_be32(block + 4, 0xffffffff);
	store_be32(block + 8, 2);
	assert_int_equal(FAKE_HCALL(vm, H_RTAS, BUFFER), H_PARAMETER);
	store_be32(block + 4, 15); /* sixteen cells are the most */
	assert_int_equal(FAKE_HCALL(vm, H_RTAS, BUFFER), H_PARAMETER);
	store_be32(block + 4, 1);
	store_be32(block, 0x7777); /* no such token */
	assert_int_equal(FAKE_HCALL(vm, H_RTAS, BUFFER), H_SUCCESS);
	assert_int_equal((int32_t)load_be32(block + 16), RTAS_PARAMETER);
	/* the results would lie behind the end of RAM */
	memcpy(vm->ram + FAKE_RAM_SIZE - 16, block, 16);
	assert_int_equal(FAKE_HCALL(vm, H_RTAS, FAKE_RAM_SIZE - 16), H_PARAMETER);
}

static void time_of_day(void **state)
{
	uint32_t t[8];
	static const uint32_t bad[][7] = {
		{1969, 1, 1, 0, 0, 0, 0},  {10000, 1, 1, 0, 0, 0, 0}, {2024, 0, 1, 0, 0, 0, 0},
		{2024, 13, 1, 0, 0, 0, 0}, {2024, 1, 0, 0, 0, 0, 0},  {2024, 1, 32, 0, 0, 0, 0},
		{2023, 2, 29, 0, 0, 0, 0}, {2024, 1, 1, 24, 0, 0, 0}, {2024, 1, 1, 0, 60, 0, 0},
		{2024, 1, 1, 0, 0, 60, 0}, {2024, 1, 1, 0, 0, 0, 1000000000},
		{~0u, ~0u, ~0u, ~0u, ~0u, ~0u, ~0u},
	};

	assert_int_equal(FAKE_RTAS(vm, "set-time-of-day", 1, NULL, 2024, 2, 29, 12, 34, 5, 0), 0);
	assert_int_equal(fake_rtas(vm, "get-time-of-day", 0, NULL, 8, t), RTAS_SUCCESS);
	assert_int_equal(t[1], 2024);
	assert_int_equal(t[2], 2);
	assert_int_equal(t[3], 29);
	assert_int_equal(t[4], 12);
	assert_int_equal(t[5], 34);
	assert_in_range(t[6], 5, 15);
	assert_in_range(t[7], 0, 999999999);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(fake_rtas(vm, "set-time-of-day", 7, bad[i], 1, NULL), RTAS_PARAMETER);
	fake_rtas(vm, "get-time-of-day", 0, NULL, 8, t);
	assert_int_equal(t[1], 2024);
}

static void power(void **state)
{
	assert_int_equal(FAKE_RTAS(vm, "power-off", 1, NULL, 1, 0), RTAS_PARAMETER);
	assert_int_equal(vm->offs, 0);
	assert_int_equal(FAKE_RTAS(vm, "power-off", 1, NULL, 0, 0), RTAS_SUCCESS);
	assert_int_equal(FAKE_RTAS(vm, "power-off", 1, NULL, ~0u, ~0u), RTAS_SUCCESS); /* as Linux does */
	assert_int_equal(vm->offs, 2);
	assert_int_equal(fake_rtas(vm, "system-reboot", 0, NULL, 1, NULL), RTAS_SUCCESS);
	assert_int_equal(vm->resets, 1);
}

static void os_term(void **state)
{
	static const uint32_t nothing[] = {0x50000, FAKE_RAM_SIZE, 0xffffffff}; /* "", and no RAM */
	char text[300];

	fake_string(vm, BUFFER, "OS panic: \033[2Jtext\n");
	assert_int_equal(FAKE_RTAS(vm, "ibm,os-term", 1, NULL, BUFFER), RTAS_SUCCESS);
	assert_string_equal(vm->reason, "OS panic:  [2Jtext ");
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = 0;
	fake_string(vm, BUFFER, text);
	FAKE_RTAS(vm, "ibm,os-term", 1, NULL, BUFFER);
	assert_int_equal(strlen(vm->reason), 127); /* a long one is cut */
	for (size_t i = 0; i < ARRAY_SIZE(nothing); i++) {
		vm->reason[0] = 0;
		assert_int_equal(FAKE_RTAS(vm, "ibm,os-term", 1, NULL, nothing[i]), RTAS_SUCCESS);
		assert_non_null(strstr(vm->reason, "no reason"));
		assert_null(strchr(vm->reason, '\n'));
	}
	vm->ram[FAKE_RAM_SIZE - 1] = 'x'; /* unterminated at the end of RAM */
	FAKE_RTAS(vm, "ibm,os-term", 1, NULL, FAKE_RAM_SIZE - 1);
	assert_non_null(strstr(vm->reason, "no reason"));
}

static void nvram(void **state)
{
	uint32_t r[2];

	memcpy(vm->ram + BUFFER, "data", 4);
	assert_int_equal(FAKE_RTAS(vm, "nvram-store", 2, r, 100, BUFFER, 4), RTAS_SUCCESS);
	assert_int_equal(r[1], 4);
	assert_int_equal(FAKE_RTAS(vm, "nvram-fetch", 2, r, 99, BUFFER + 16, 6), RTAS_SUCCESS);
	assert_int_equal(r[1], 6);
	assert_memory_equal(vm->ram + BUFFER + 17, "data", 4);
	/* all of it at once */
	memset(vm->ram + BUFFER, 0x5a, NVRAM_SIZE);
	assert_int_equal(FAKE_RTAS(vm, "nvram-store", 2, r, 0, BUFFER, NVRAM_SIZE), RTAS_SUCCESS);
	assert_int_equal(r[1], NVRAM_SIZE);
	assert_int_equal(FAKE_RTAS(vm, "nvram-fetch", 2, r, 0, 0x60000, NVRAM_SIZE), RTAS_SUCCESS);
	assert_memory_equal(vm->ram + 0x60000, vm->ram + BUFFER, NVRAM_SIZE);
	/* outside of it, or of RAM: nothing is touched */
	assert_int_equal(FAKE_RTAS(vm, "nvram-fetch", 2, r, 65535, BUFFER, 2), RTAS_PARAMETER);
	assert_int_equal(r[1], 0);
	assert_int_equal(FAKE_RTAS(vm, "nvram-fetch", 2, r, ~0u, BUFFER, 2), RTAS_PARAMETER);
	assert_int_equal(FAKE_RTAS(vm, "nvram-fetch", 2, r, 0, FAKE_RAM_SIZE - 1, 2), RTAS_PARAMETER);
	assert_int_equal(FAKE_RTAS(vm, "nvram-store", 2, r, 0, 0xffffffff, 2), RTAS_PARAMETER);
	assert_int_equal(FAKE_RTAS(vm, "nvram-store", 2, r, 65535, BUFFER, 2), RTAS_PARAMETER);
	assert_int_equal(FAKE_RTAS(vm, "nvram-store", 2, r, 0, BUFFER, ~0u), RTAS_PARAMETER);
	vm->rtas.nvram = NULL;
	assert_int_equal(FAKE_RTAS(vm, "nvram-fetch", 2, r, 0, BUFFER, 2), RTAS_PARAMETER);
	assert_int_equal(FAKE_RTAS(vm, "nvram-store", 2, r, 0, BUFFER, 2), RTAS_PARAMETER);
	vm->rtas.nvram = vm->nvram;
}

static void processors(void **state)
{
	uint32_t r[2];

	assert_int_equal(FAKE_RTAS(vm, "query-cpu-stopped-state", 2, r, 1), RTAS_SUCCESS);
	assert_int_equal(r[1], 0);
	assert_int_equal(FAKE_RTAS(vm, "query-cpu-stopped-state", 2, r, FAKE_VCPUS), RTAS_PARAMETER);
	assert_int_equal(FAKE_RTAS(vm, "start-cpu", 1, NULL, 1, 0x1234, 77), RTAS_SUCCESS);
	assert_int_equal(vm->back[1].regs.pc, 0x1234);
	assert_int_equal(vm->back[1].regs.gpr[3], 77);
	assert_int_equal(vm->back[1].regs.msr & (MSR_SF | MSR_IR | MSR_DR | MSR_EE), MSR_SF);
	FAKE_RTAS(vm, "query-cpu-stopped-state", 2, r, 1);
	assert_int_equal(r[1], 2);
	assert_int_equal(FAKE_RTAS(vm, "start-cpu", 1, NULL, 1, 0x1234, 77), RTAS_HARDWARE); /* it runs */
	assert_int_equal(FAKE_RTAS(vm, "start-cpu", 1, NULL, FAKE_VCPUS, 0, 0), RTAS_PARAMETER);
	assert_int_equal(fake_rtas(vm, "stop-self", 0, NULL, 1, NULL), RTAS_SUCCESS);
	assert_true(vcpus_get(vm->vcpus, 0)->stop_self);
}

static void sources(void **state)
{
	uint32_t r[3];

	assert_int_equal(FAKE_RTAS(vm, "ibm,get-xive", 3, r, SOURCE), RTAS_SUCCESS);
	assert_int_equal(r[2], 0xff); /* masked at power-on */
	assert_int_equal(FAKE_RTAS(vm, "ibm,set-xive", 1, NULL, SOURCE, 2, 5), RTAS_SUCCESS);
	FAKE_RTAS(vm, "ibm,get-xive", 3, r, SOURCE);
	assert_int_equal(r[1], 2);
	assert_int_equal(r[2], 5);
	assert_int_equal(FAKE_RTAS(vm, "ibm,int-off", 1, NULL, SOURCE), RTAS_SUCCESS);
	assert_int_equal(FAKE_RTAS(vm, "ibm,int-on", 1, NULL, SOURCE), RTAS_SUCCESS);
	FAKE_RTAS(vm, "ibm,get-xive", 3, r, SOURCE);
	assert_int_equal(r[2], 5);
	assert_int_equal(FAKE_RTAS(vm, "ibm,set-xive", 1, NULL, SOURCE, 2, 256), RTAS_PARAMETER);
	assert_int_equal(FAKE_RTAS(vm, "ibm,set-xive", 1, NULL, SOURCE, FAKE_VCPUS, 5), RTAS_PARAMETER);
	for (uint32_t none = 0; none < SOURCE; none += SOURCE - 1) {
		assert_int_equal(FAKE_RTAS(vm, "ibm,set-xive", 1, NULL, none, 0, 5), RTAS_PARAMETER);
		assert_int_equal(FAKE_RTAS(vm, "ibm,get-xive", 3, r, none), RTAS_PARAMETER);
		assert_int_equal(FAKE_RTAS(vm, "ibm,int-on", 1, NULL, none), RTAS_PARAMETER);
		assert_int_equal(FAKE_RTAS(vm, "ibm,int-off", 1, NULL, none), RTAS_PARAMETER);
	}
}

static void what_is_not_there(void **state)
{
	uint32_t r[2];

	assert_int_equal(FAKE_RTAS(vm, "ibm,get-system-parameter", 1, NULL, 20, BUFFER, 64), -3);
	assert_int_equal(FAKE_RTAS(vm, "ibm,set-system-parameter", 1, NULL, 20, BUFFER), -3);
	assert_int_equal(FAKE_RTAS(vm, "set-indicator", 1, NULL, 9005, 0, 1), -3);
	assert_int_equal(FAKE_RTAS(vm, "get-sensor-state", 2, r, 9003, 0), -3);
	assert_int_equal(FAKE_RTAS(vm, "event-scan", 1, NULL, ~0u, 0, BUFFER, 64), RTAS_NO_EVENT);
	assert_int_equal(FAKE_RTAS(vm, "check-exception", 1, NULL, 0x500, 0, ~0u, 0, BUFFER, 64),
			 RTAS_NO_EVENT);
	/* and with the extended information, an argument more */
	assert_int_equal(FAKE_RTAS(vm, "check-exception", 1, NULL, 0x500, 0, ~0u, 0, BUFFER, 64, 0),
			 RTAS_NO_EVENT);
}

static void show(const char *text)
{
	for (; *text; text++)
		FAKE_RTAS(vm, "display-character", 1, NULL, (uint8_t)*text);
}

/* The operator panel's lines are messages, whatever consoles there are. */
static void display(void **state)
{
	static const char lines[] = "paprika: operator panel: one\n"
				    "paprika: operator panel: two?[2J\n"
				    "paprika: operator panel: begun\n"
				    "paprika: operator panel: "
				    "0123456789012345678901234567890123456789"
				    "0123456789012345678901234567890123456789\n";
	int out[2], saved = dup(STDERR_FILENO);
	char text[1024];
	ssize_t len;

	vm->vio.vty_count = 0;
	assert_int_equal(pipe(out), 0);
	dup2(out[1], STDERR_FILENO);
	log_set_level(LOG_LEVEL_INFO);
	show("\fone\r\ntwo\033[2J\n\nbegun");
	fake_rtas(vm, "get-time-of-day", 0, NULL, 8, NULL);
	show("01234567890123456789012345678901234567890123456789012345678901234567890123456789");
	show("kept");
	log_set_level(LOG_LEVEL_WARNING);
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(out[1]);
	vm->vio.vty_count = FAKE_VTYS;
	len = read(out[0], text, sizeof(text) - 1);
	close(out[0]);
	text[len > 0 ? len : 0] = 0;
	assert_string_equal(text, lines);
	assert_int_equal(FAKE_RTAS(vm, "display-character", 1, NULL, 'x'), RTAS_SUCCESS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(too_few_cells, setup),
		cmocka_unit_test_setup(blocks, setup),
		cmocka_unit_test_setup(time_of_day, setup),
		cmocka_unit_test_setup(power, setup),
		cmocka_unit_test_setup(os_term, setup),
		cmocka_unit_test_setup(nvram, setup),
		cmocka_unit_test_setup(processors, setup),
		cmocka_unit_test_setup(sources, setup),
		cmocka_unit_test_setup(what_is_not_there, setup),
		cmocka_unit_test_setup(display, setup),
	};
	int r;

	vm = fake_vm_new();
	r = cmocka_run_group_tests_name("hcalls/rtas", tests, NULL, NULL);
	fake_vm_free(vm);
	return r;
}
