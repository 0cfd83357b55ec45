/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of the client interface: each service, and both methods. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/fake/vm.h"
#include "vmm/base/bits.h"
#include "vmm/base/byteorder.h"

#define A    0x40000u /* strings for arguments */
#define B    0x41000u
#define OUT  0x42000u /* the client's buffer */
#define FAIL 0xffffffffu

static struct fake_vm *vm;

static int setup(void **state)
{
	fake_vm_reset(vm);
	return 0;
}

static const char *out(void)
{
	return (const char *)vm->ram + OUT;
}

static uint32_t find(const char *path)
{
	return FAKE_CLIENT(vm, "finddevice", fake_string(vm, A, path));
}

static uint32_t open_node(const char *path)
{
	return FAKE_CLIENT(vm, "open", fake_string(vm, A, path));
}

static uint32_t getprop(uint32_t node, const char *name, uint32_t size)
{
	return FAKE_CLIENT(vm, "getprop", node, fake_string(vm, A, name), OUT, size);
}

static void all_services_exist(void **state)
{
	static const char *const names[] = {
		"test", "finddevice", "peer", "child", "parent", "getproplen", "getprop", "nextprop",
		"setprop", "canon", "instance-to-path", "package-to-path", "instance-to-package",
		"call-method", "open", "close", "read", "write", "seek", "claim", "release",
		"milliseconds", "boot", "enter", "exit", "quiesce",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		assert_int_equal(FAKE_CLIENT(vm, "test", fake_string(vm, A, names[i])), 0);
	assert_int_equal(FAKE_CLIENT(vm, "test", fake_string(vm, A, "interpret")), FAIL);
	assert_int_equal(FAKE_CLIENT(vm, "test", fake_string(vm, A, "")), FAIL);
	assert_int_equal(FAKE_CLIENT(vm, "test", 0xfffffff0), FAIL);
}

static void calls_that_fail(void **state)
{
	const uint32_t args[16] = {0};

	assert_false(fake_client(vm, "interpret", 1, args, 1, NULL));
	assert_false(fake_client(vm, "", 1, args, 1, NULL));
	assert_false(fake_client(vm, "getprop", 3, args, 1, NULL)); /* too few arguments */
	assert_false(fake_client(vm, "peer", 11, args, 1, NULL));   /* too many for any */
	assert_false(fake_client(vm, "peer", 1, args, 11, NULL));
	assert_true(fake_client(vm, "peer", 1, args, 0, NULL)); /* nobody wants the result */
	/* an array that ends with RAM, its results behind it */
	store_be32(vm->ram + FAKE_RAM_SIZE - 16, fake_string(vm, A, "peer"));
	store_be32(vm->ram + FAKE_RAM_SIZE - 12, 1);
	store_be32(vm->ram + FAKE_RAM_SIZE - 8, 1);
	assert_int_equal(FAKE_HCALL(vm, H_VOF_CLIENT, FAKE_RAM_SIZE - 16), -1);
	assert_int_equal(FAKE_HCALL(vm, H_VOF_CLIENT, FAKE_RAM_SIZE - 8), -1);
}

static void walk(void **state)
{
	uint32_t root = FAKE_CLIENT(vm, "peer", 0), node, count = 0;

	assert_int_equal(root, find("/"));
	assert_int_equal(FAKE_CLIENT(vm, "parent", root), 0);
	assert_int_equal(FAKE_CLIENT(vm, "peer", root), 0);
	for (node = FAKE_CLIENT(vm, "child", root); node; node = FAKE_CLIENT(vm, "peer", node)) {
		assert_int_equal(FAKE_CLIENT(vm, "parent", node), root);
		assert_true(FAKE_CLIENT(vm, "package-to-path", node, OUT, 64) < 64);
		assert_int_equal(find(out()), node);
		count++;
	}
	assert_in_range(count, 10, 30);
	assert_int_equal(FAKE_CLIENT(vm, "child", find("/chosen")), 0);
	assert_int_equal(FAKE_CLIENT(vm, "child", 0x77777777), 0);
	assert_int_equal(FAKE_CLIENT(vm, "peer", FAIL), 0);
	assert_int_equal(FAKE_CLIENT(vm, "parent", 0), 0);
	assert_int_equal(find("/none"), FAIL);
	assert_int_equal(find("chosen"), FAIL); /* no such alias */
	assert_int_equal(find(""), FAIL);
	assert_int_equal(find("/cpus:arguments"), find("/cpus"));
}

static void paths(void **state)
{
	uint32_t cpu = find("/cpus/PowerPC,POWER9");

	/* without its unit address it is found, and told with it */
	assert_int_equal(FAKE_CLIENT(vm, "canon", fake_string(vm, A, "/cpus/PowerPC,POWER9"), OUT, 64), 22);
	assert_string_equal(out(), "/cpus/PowerPC,POWER9@0");
	memset(vm->ram + OUT, '#', 64);
	assert_int_equal(FAKE_CLIENT(vm, "package-to-path", cpu, OUT, 5), 22);
	assert_memory_equal(out(), "/cpus#", 6); /* what fits, and no more */
	assert_int_equal(FAKE_CLIENT(vm, "package-to-path", cpu, FAKE_RAM_SIZE - 4, 64), FAIL);
	assert_int_equal(FAKE_CLIENT(vm, "package-to-path", 0x7777, OUT, 64), FAIL);
	assert_int_equal(FAKE_CLIENT(vm, "canon", fake_string(vm, A, "/none"), OUT, 64), FAIL);
}

static void properties(void **state)
{
	uint32_t chosen = find("/chosen"), memory = find("/memory@0");

	assert_int_equal(getprop(memory, "device_type", 16), 7);
	assert_string_equal(out(), "memory");
	memset(vm->ram + OUT, '#', 16);
	assert_int_equal(getprop(memory, "device_type", 3), 7); /* its whole length, of which 3 came */
	assert_memory_equal(out(), "mem#", 4);
	assert_int_equal(getprop(memory, "name", 16), 7);
	assert_string_equal(out(), "memory"); /* no unit address */
	assert_int_equal(FAKE_CLIENT(vm, "getproplen", memory, fake_string(vm, A, "reg")), 16);
	assert_int_equal(FAKE_CLIENT(vm, "getproplen", memory, fake_string(vm, A, "none")), FAIL);
	assert_int_equal(FAKE_CLIENT(vm, "getproplen", 0x7777, A), FAIL);
	assert_int_equal(getprop(memory, "none", 16), FAIL);
	assert_int_equal(FAKE_CLIENT(vm, "getprop", memory, fake_string(vm, A, "reg"), FAKE_RAM_SIZE - 4,
				     16), FAIL);
	/* the console is open already */
	assert_int_equal(getprop(chosen, "stdout", 4), 4);
	assert_int_equal(FAKE_CLIENT(vm, "instance-to-package", load_be32(vm->ram + OUT)),
			 find("/vdevice/vty@71000000"));
}

/* Every property of every node comes up, in whatever the name's length is. */
static void iteration(void **state)
{
	uint32_t node = find("/cpus/PowerPC,POWER9@0"), count = 0;
	bool first = true, long_name = false;

	vm->ram[OUT] = 0;
	while (FAKE_CLIENT(vm, "nextprop", node, OUT, OUT) == 1) {
		if (first)
			assert_string_equal(out(), "name");
		first = false;
		long_name |= !strcmp(out(), "ibm,processor-radix-AP-encodings");
		assert_int_not_equal(FAKE_CLIENT(vm, "getproplen", node, OUT), FAIL);
		assert_true(count++ < 100);
	}
	assert_string_equal(out(), "");
	assert_true(long_name); /* 32 characters */
	assert_in_range(count, 20, 60);
	assert_int_equal(FAKE_CLIENT(vm, "nextprop", node, 0, OUT), 1); /* NULL: from the start */
	assert_string_equal(out(), "name");
	assert_int_equal(FAKE_CLIENT(vm, "nextprop", node, fake_string(vm, A, "none"), OUT), FAIL);
	assert_int_equal(FAKE_CLIENT(vm, "nextprop", 0x7777, 0, OUT), FAIL);
	assert_int_equal(FAKE_CLIENT(vm, "nextprop", node, 0, FAKE_RAM_SIZE - 2), FAIL);
}

static void set_property(void **state)
{
	uint32_t chosen = find("/chosen");

	fake_string(vm, B, "a value");
	assert_int_equal(FAKE_CLIENT(vm, "setprop", chosen, fake_string(vm, A, "linux,x"), B, 8), 8);
	assert_int_equal(getprop(chosen, "linux,x", 64), 8);
	assert_string_equal(out(), "a value");
	assert_int_equal(FAKE_CLIENT(vm, "setprop", chosen, fake_string(vm, A, "linux,x"), B, 0), 0);
	assert_int_equal(getprop(chosen, "linux,x", 64), 0);
	assert_int_equal(FAKE_CLIENT(vm, "setprop", 0x7777, A, B, 8), FAIL);
	assert_int_equal(FAKE_CLIENT(vm, "setprop", chosen, A, FAKE_RAM_SIZE - 4, 8), FAIL);
	assert_int_equal(FAKE_CLIENT(vm, "setprop", chosen, A, B, 0xffffffff), FAIL);
	assert_int_equal(FAKE_CLIENT(vm, "setprop", chosen, 0xfffffff0, B, 8), FAIL);
}

/* A client that goes on setting properties gets a refusal in the end, and no memory of the host without
 * end; what was there stays. */
static void tree_is_bounded(void **state)
{
	uint32_t chosen = find("/chosen"), set = 0;
	char name[16];

	for (unsigned i = 0; i < 64; i++) {
		snprintf(name, sizeof(name), "x%u", i);
		set += FAKE_CLIENT(vm, "setprop", chosen, fake_string(vm, A, name), 0, 65536) == 65536;
	}
	assert_in_range(set, 4, 16);
	assert_int_equal(getprop(find("/memory@0"), "device_type", 16), 7);
}

static void console(void **state)
{
	uint32_t in = open_node("/vdevice/vty@71000000");

	assert_int_not_equal(in, 0);
	assert_int_equal(FAKE_CLIENT(vm, "instance-to-path", in, OUT, 64), 21);
	assert_string_equal(out(), "/vdevice/vty@71000000");
	fake_string(vm, B, "text");
	assert_int_equal(FAKE_CLIENT(vm, "write", in, B, 4), 4);
	assert_int_equal(FAKE_CLIENT(vm, "write", in, B, 0), 0);
	assert_int_equal(FAKE_CLIENT(vm, "write", in, FAKE_RAM_SIZE - 2, 4), FAIL);
	assert_int_equal(FAKE_CLIENT(vm, "read", in, OUT, 16), 0);
	fake_type(vm, 0, "typed");
	assert_int_equal(FAKE_CLIENT(vm, "read", in, OUT, 3), 3);
	assert_int_equal(FAKE_CLIENT(vm, "read", in, OUT + 3, 16), 2);
	assert_memory_equal(out(), "typed", 5);
	fake_type(vm, 0, "typed"); /* a buffer that is not there takes nothing away */
	assert_int_equal(FAKE_CLIENT(vm, "read", in, FAKE_RAM_SIZE - 2, 16), FAIL);
	assert_int_equal(FAKE_CLIENT(vm, "read", in, OUT, 16), 5);
	assert_int_equal(FAKE_CLIENT(vm, "seek", in, 0, 0), FAIL);
	assert_true(fake_client(vm, "close", 1, &in, 0, NULL));
	assert_int_equal(FAKE_CLIENT(vm, "write", in, B, 4), FAIL);
	assert_int_equal(FAKE_CLIENT(vm, "instance-to-package", in), FAIL);
	/* by another of its names it is the console too; others are not */
	assert_int_equal(FAKE_CLIENT(vm, "write", open_node("/vdevice/vty@71000000:x"), B, 4), 4);
	assert_int_equal(FAKE_CLIENT(vm, "write", open_node("/chosen"), B, 4), FAIL);
	assert_int_equal(FAKE_CLIENT(vm, "write", 0, B, 4), FAIL);
	assert_int_equal(FAKE_CLIENT(vm, "write", 0xffffffff, B, 4), FAIL);
	assert_int_equal(open_node("/none"), 0);
}

static void instances_are_bounded(void **state)
{
	unsigned opened = 0;

	while (opened < 100 && open_node("/"))
		opened++;
	assert_in_range(opened, 8, 64);
}

static void claims(void **state)
{
	uint32_t at, release[2] = {0x40000, 0x1000};

	assert_int_equal(FAKE_CLIENT(vm, "claim", 0x40000, 0x1000, 0), 0x40000);
	assert_int_equal(FAKE_CLIENT(vm, "claim", 0x40000, 0x1000, 0), FAIL);
	assert_int_equal(FAKE_CLIENT(vm, "claim", 0x40fff, 2, 0), FAIL);
	assert_int_equal(FAKE_CLIENT(vm, "claim", 0x3ffff, 2, 0), FAIL);
	assert_int_equal(FAKE_CLIENT(vm, "claim", 0x3f000, 0x3000, 0), FAIL);
	assert_int_equal(FAKE_CLIENT(vm, "claim", 0x41000, 0x1000, 0), 0x41000); /* side by side */
	assert_int_equal(FAKE_CLIENT(vm, "claim", 0, 0x1000, 0), FAIL); /* the firmware's */
	assert_int_equal(FAKE_CLIENT(vm, "claim", 0x50000, 0, 0), FAIL);
	assert_int_equal(FAKE_CLIENT(vm, "claim", FAKE_RAM_SIZE - 0x1000, 0x1001, 0), FAIL);
	assert_int_equal(FAKE_CLIENT(vm, "claim", 0xfffff000, 0x2000, 0), FAIL);
	at = FAKE_CLIENT(vm, "claim", 0, 0x30000, 0x10000);
	assert_int_equal(at, 0x10000); /* the lowest place that is large enough */
	assert_int_equal(FAKE_CLIENT(vm, "claim", 0, 0x10000, 0x10000), 0x50000);
	assert_int_equal(FAKE_CLIENT(vm, "claim", 0, 0x1000, 0x3000), FAIL); /* not a power of two */
	assert_int_equal(FAKE_CLIENT(vm, "claim", 0, 0x1000, 0x80000000), FAIL);
	assert_int_equal(FAKE_CLIENT(vm, "claim", 0, FAKE_RAM_SIZE, 1), FAIL);
	assert_true(fake_client(vm, "release", 2, release, 0, NULL));
	assert_false(fake_client(vm, "release", 2, release, 0, NULL)); /* it is free */
	assert_int_equal(FAKE_CLIENT(vm, "claim", 0x40000, 0x1000, 0), 0x40000);
}

static void claims_are_bounded(void **state)
{
	unsigned claimed = 0;

	while (claimed < 1000 && FAKE_CLIENT(vm, "claim", 0, 16, 16) != FAIL)
		claimed++;
	assert_in_range(claimed, 64, 999);
}

static void milliseconds(void **state)
{
	uint32_t a = FAKE_CLIENT(vm, "milliseconds", 0), b = FAKE_CLIENT(vm, "milliseconds", 0);

	assert_true(b - a < 10000);
}

static void the_end(void **state)
{
	static const char *const ends[] = {"boot", "enter", "exit"};
	const uint32_t arg = fake_string(vm, A, "disk");

	for (unsigned i = 0; i < ARRAY_SIZE(ends); i++) {
		assert_true(fake_client(vm, ends[i], 1, &arg, 0, NULL));
		assert_int_equal(vm->crashes, i + 1);
	}
	assert_true(fake_client(vm, "quiesce", 0, NULL, 0, NULL));
	assert_int_equal(vm->crashes, 3);
}

static uint32_t method(const char *name, uint32_t instance, uint32_t arg, uint32_t *ret)
{
	uint32_t args[3] = {fake_string(vm, A, name), instance, arg}, rets[2];

	assert_true(fake_client(vm, "call-method", 3, args, 2, rets));
	*ret = rets[1];
	return rets[0];
}

static void instantiate_rtas(void **state)
{
	uint32_t base, two[2] = {fake_string(vm, A, "instantiate-rtas"), open_node("/rtas")};

	assert_int_equal(method("instantiate-rtas", open_node("/rtas"), 0x50000, &base), 0);
	assert_int_equal(base, 0x50000);
	assert_memory_equal(vm->ram + 0x50000, rtas_blob, rtas_blob_len);
	assert_int_equal(getprop(find("/rtas"), "linux,rtas-entry", 4), 4);
	assert_int_equal(load_be32(vm->ram + OUT), 0x50000);
	assert_int_equal(method("instantiate-rtas", open_node("/rtas"), FAKE_RAM_SIZE - 4, &base), FAIL);
	assert_int_equal(method("instantiate-rtas", open_node("/"), 0x50000, &base), FAIL);
	assert_int_equal(method("instantiate-rtas", 77, 0x50000, &base), FAIL);
	assert_int_equal(method("no-such-method", open_node("/rtas"), 0x50000, &base), FAIL);
	assert_int_equal(fake_client_1(vm, "call-method", 2, two), FAIL); /* no base */
}

static void negotiate(void **state)
{
	static const uint8_t end[] = {0xff, 0xff, 0xff, 0xfe, 0x0f, 0x00, 0x00, 0x01, 4,
				      0, 0, 0, 0, 0, 0, 0, 0, 25};
	static const uint8_t power9[] = {0xff, 0xff, 0, 0, 0, 0x4e, 0, 0};
	uint8_t *v = vm->ram + B, *five = v + sizeof(power9) + sizeof(end);
	uint32_t root = open_node("/"), ret;

	memcpy(v, power9, sizeof(power9));
	memcpy(v + sizeof(power9), end, sizeof(end));
	memset(five, 0xff, 26);
	five[0] = 0;         /* byte 1: ignores nothing */
	five[22] = 0x80;     /* either interrupt controller */
	five[23] = 0x40;     /* radix trees */
	assert_int_equal(method("ibm,client-architecture-support", root, B, &ret), 0);
	assert_int_equal(ret, 0);
	assert_int_equal(getprop(find("/chosen"), "ibm,architecture-vec-5", 64), 27);
	assert_int_equal(vm->ram[OUT], 25);
	assert_int_equal(vm->ram[OUT + 23], 0);    /* XICS */
	assert_int_equal(vm->ram[OUT + 24], 0x40); /* radix */
	assert_int_equal(vm->ram[OUT + 26], 0x40); /* tlbie is the guest's */
	assert_true(vm->env.radix);
	five[23] = 0; /* hash alone */
	assert_int_equal(method("ibm,client-architecture-support", root, B, &ret), 0);
	assert_int_equal(ret, 0);
	assert_int_equal(getprop(find("/chosen"), "ibm,architecture-vec-5", 64), 27);
	assert_int_equal(vm->ram[OUT + 6], 1); /* whose table can be resized */
	assert_int_equal(vm->ram[OUT + 24], 0);
	assert_int_equal(vm->ram[OUT + 26], 0);
	assert_false(vm->env.radix);
	five[23] = 0x40;
	five[22] = 0x40; /* XIVE alone */
	method("ibm,client-architecture-support", root, B, &ret);
	assert_int_equal(ret, FAIL);
	five[22] = 0;
	method("ibm,client-architecture-support", root, B, &ret);
	assert_int_equal(ret, 0);
	v[5] = 0x80; /* another processor */
	method("ibm,client-architecture-support", root, B, &ret);
	assert_int_equal(ret, FAIL);
	method("ibm,client-architecture-support", root, FAKE_RAM_SIZE - 4, &ret);
	assert_int_equal(ret, FAIL);
	method("ibm,client-architecture-support", root, 0xffffffff, &ret);
	assert_int_equal(ret, FAIL);
	assert_int_equal(method("ibm,client-architecture-support", open_node("/rtas"), B, &ret), FAIL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(all_services_exist, setup),
		cmocka_unit_test_setup(calls_that_fail, setup),
		cmocka_unit_test_setup(walk, setup),
		cmocka_unit_test_setup(paths, setup),
		cmocka_unit_test_setup(properties, setup),
		cmocka_unit_test_setup(iteration, setup),
		cmocka_unit_test_setup(set_property, setup),
		cmocka_unit_test_setup(tree_is_bounded, setup),
		cmocka_unit_test_setup(console, setup),
		cmocka_unit_test_setup(instances_are_bounded, setup),
		cmocka_unit_test_setup(claims, setup),
		cmocka_unit_test_setup(claims_are_bounded, setup),
		cmocka_unit_test_setup(milliseconds, setup),
		cmocka_unit_test_setup(the_end, setup),
		cmocka_unit_test_setup(instantiate_rtas, setup),
		cmocka_unit_test_setup(negotiate, setup),
	};
	int r;

	vm = fake_vm_new();
	r = cmocka_run_group_tests_name("vof/client", tests, NULL, NULL);
	fake_vm_free(vm);
	return r;
}
