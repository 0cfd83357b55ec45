/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of the PCI host bridge as a guest sees it: RTAS, TCE h-calls, memory accesses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "devices/pci/phb.h"
#include "tests/fake/vm.h"
#include "vmm/base/byteorder.h"

#define BUID_HI 0x08000000u
#define BUID_LO 0x20000000u
#define BAR_SIZE 0x10000u
#define H_GET_TCE 0x1c
#define H_PUT_TCE 0x20
#define H_STUFF_TCE 0x138
#define H_PUT_TCE_INDIRECT 0x13c
#define LIOBN 0x80000000u

static struct fake_vm *vm;
static struct pci_function function;
static uint64_t last_offset, last_value;
static unsigned last_len, resets;

static uint64_t bar_read(void *ctx, uint64_t offset, unsigned len)
{
	return offset >= 0x8000 ? pci_msix_table_read(&function, offset - 0x8000, len) :
				  0x1122334455667788ull & (~0ull >> (64 - 8 * len));
}

static void bar_write(void *ctx, uint64_t offset, unsigned len, uint64_t value)
{
	last_offset = offset;
	last_len = len;
	last_value = value;
	if (offset >= 0x8000)
		pci_msix_table_write(&function, offset - 0x8000, len, value);
}

static void function_reset(void *ctx)
{
	resets++;
}

static const struct pci_bar_ops bar_ops = {.read = bar_read, .write = bar_write};
static const struct pci_function_ops ops = {.reset = function_reset};

static void open_function(void)
{
	const struct pci_ids ids = {.vendor = 0x1af4, .device = 0x1042, .class_code = 0x010000};

	pci_function_init(&function, "test", &ids, &ops, NULL);
	pci_bar_set(&function, 0, BAR_SIZE, &bar_ops, NULL);
	pci_msix_init(&function, 3, 0, 0x8000, 0xc000);
	pci_doorbell_add(&function, 0, 0x3000, 1);
	pci_doorbell_add(&function, 0, 0x3004, 2);
	assert_int_equal(phb_add(vm->phbs.phbs[0], &function), 0);
}

static int setup(void **state)
{
	fake_vm_reset(vm);
	last_len = resets = 0;
	return 0;
}

static uint32_t config_read(uint32_t address, uint32_t len)
{
	uint32_t r[2];

	assert_int_equal(FAKE_RTAS(vm, "ibm,read-pci-config", 2, r, address, BUID_HI, BUID_LO, len), 0);
	return r[1];
}

static void config_write(uint32_t address, uint32_t len, uint32_t value)
{
	assert_int_equal(FAKE_RTAS(vm, "ibm,write-pci-config", 1, NULL, address, BUID_HI, BUID_LO, len,
				   value), 0);
}

static void configuration_space(void **state)
{
	uint32_t r[2];

	assert_int_equal(config_read(0, 4), 0x10421af4);
	assert_int_equal(config_read(2, 2), 0x1042);
	assert_int_equal(config_read(1, 1), 0x1a);
	assert_int_equal(config_read(PCI_CFG_STATUS, 2), PCI_STATUS_CAPS);
	/* what is not there: all ones of the length */
	assert_int_equal(config_read(0x800, 4), 0xffffffff);
	assert_int_equal(config_read(0x100, 2), 0xffff);
	assert_int_equal(config_read(0x10000, 4), 0xffffffff);
	assert_int_equal(config_read(0x10000000, 1), 0xff);
	assert_int_equal(FAKE_RTAS(vm, "ibm,read-pci-config", 2, r, 2, BUID_HI, BUID_LO, 4), -3);
	assert_int_equal(FAKE_RTAS(vm, "ibm,read-pci-config", 2, r, 0, BUID_HI, BUID_LO, 3), -3);
	assert_int_equal(FAKE_RTAS(vm, "ibm,read-pci-config", 2, r, 0, BUID_HI, BUID_LO + 1, 4), -3);
	assert_int_equal(FAKE_RTAS(vm, "read-pci-config", 2, r, 0, 4), 0);
	assert_int_equal(r[1], 0x10421af4);
	/* identity does not change; what may is what the masks say */
	config_write(0, 4, 0);
	assert_int_equal(config_read(0, 4), 0x10421af4);
	config_write(PCI_CFG_COMMAND, 2, 0xffff);
	assert_int_equal(config_read(PCI_CFG_COMMAND, 2),
			 PCI_CMD_MEMORY | PCI_CMD_MASTER | PCI_CMD_INTX_OFF);
}

static void bars_size_move_and_answer(void **state)
{
	uint64_t at = function.bars[0].assigned, v;

	assert_int_equal(config_read(PCI_CFG_BAR0, 4), (uint32_t)at | 4);
	assert_int_equal(config_read(PCI_CFG_BAR0 + 4, 4), at >> 32);
	/* off at first */
	assert_true(bus_read(&vm->bus, GPA(at), 4, &v));
	assert_int_equal(v, ~0ull);
	config_write(PCI_CFG_COMMAND, 2, PCI_CMD_MEMORY);
	assert_true(bus_read(&vm->bus, GPA(at), 4, &v));
	assert_int_equal(v, 0x88776655); /* the register is little-endian */
	assert_true(bus_write(&vm->bus, GPA(at + 0x10), 2, 0x1234));
	assert_int_equal(last_offset, 0x10);
	assert_int_equal(last_value, 0x3412);
	/* across its end: nobody */
	last_len = 0;
	assert_true(bus_write(&vm->bus, GPA(at + BAR_SIZE - 2), 4, 1));
	assert_int_equal(last_len, 0);
	/* sizing */
	config_write(PCI_CFG_BAR0, 4, ~0u);
	config_write(PCI_CFG_BAR0 + 4, 4, ~0u);
	assert_int_equal(config_read(PCI_CFG_BAR0, 4), ~(BAR_SIZE - 1) | 4);
	/* moved within the window, in the 32-bit one too */
	config_write(PCI_CFG_BAR0, 4, 0xc0000000);
	config_write(PCI_CFG_BAR0 + 4, 4, 0);
	assert_true(bus_read(&vm->bus, GPA(at), 4, &v));
	assert_int_equal(v, ~0ull);
	assert_true(bus_read(&vm->bus, GPA(PHB_MEM32_GPA + 0x40000000), 1, &v));
	assert_int_equal(v, 0x88);
	assert_int_equal(phb_reset(vm->phbs.phbs[0]), 0);
	assert_int_equal(config_read(PCI_CFG_BAR0 + 4, 4), at >> 32);
}

static bool bell_at(uint64_t gpa)
{
	for (unsigned i = 0; i < vm->bell_count; i++)
		if (vm->bells[i].v == gpa)
			return true;
	return false;
}

/* Doorbells are where the BAR is, in either window, and nowhere without one. */
static void doorbells_follow_the_bar(void **state)
{
	uint64_t at = function.bars[0].assigned;

	assert_int_equal(vm->bell_count, 0);
	config_write(PCI_CFG_COMMAND, 2, PCI_CMD_MEMORY);
	assert_int_equal(vm->bell_count, 2);
	assert_true(bell_at(at + 0x3000) && bell_at(at + 0x3004));
	config_write(PCI_CFG_BAR0 + 4, 4, 0);
	config_write(PCI_CFG_BAR0, 4, 0xc0000000);
	assert_int_equal(vm->bell_count, 2);
	assert_true(bell_at(PHB_MEM32_GPA + 0x40003000) && bell_at(PHB_MEM32_GPA + 0x40003004));
	/* outside of both windows */
	config_write(PCI_CFG_BAR0, 4, 0x10000);
	assert_int_equal(vm->bell_count, 0);
	config_write(PCI_CFG_BAR0 + 4, 4, (uint32_t)(at >> 32));
	config_write(PCI_CFG_BAR0, 4, (uint32_t)at);
	assert_int_equal(vm->bell_count, 2);
	config_write(PCI_CFG_COMMAND, 2, 0);
	assert_int_equal(vm->bell_count, 0);
	config_write(PCI_CFG_COMMAND, 2, PCI_CMD_MEMORY);
	phb_endpoint_reset(vm->phbs.phbs[0], true);
	assert_int_equal(vm->bell_count, 0);
	phb_endpoint_reset(vm->phbs.phbs[0], false);
	config_write(PCI_CFG_COMMAND, 2, PCI_CMD_MEMORY);
	assert_int_equal(phb_reset(vm->phbs.phbs[0]), 0);
	assert_int_equal(vm->bell_count, 0);
}

/* One whose address is another's already stays with the BAR's own function, and comes back without harm. */
static void doorbells_may_be_refused(void **state)
{
	uint64_t at = function.bars[0].assigned;

	vm->bells[vm->bell_count++] = GPA(at + 0x3000);
	config_write(PCI_CFG_COMMAND, 2, PCI_CMD_MEMORY);
	assert_int_equal(vm->bell_count, 2);
	last_len = 0;
	assert_true(bus_write(&vm->bus, GPA(at + 0x3000), 2, 0));
	assert_int_equal(last_len, 2);
	config_write(PCI_CFG_COMMAND, 2, 0);
	assert_int_equal(vm->bell_count, 1);
	assert_true(bell_at(at + 0x3000));
	vm->bell_count = 0;
}

static int32_t change_msi(uint32_t address, uint32_t fn, uint32_t count, uint32_t *r)
{
	return FAKE_RTAS(vm, "ibm,change-msi", 4, r, address, BUID_HI, BUID_LO, fn, count, 1);
}

static int32_t query_source(uint32_t n, uint32_t *r)
{
	return FAKE_RTAS(vm, "ibm,query-interrupt-source-number", 3, r, 0, BUID_HI, BUID_LO, n);
}

static void interrupts_are_assigned(void **state)
{
	uint32_t r[4], lsi, first;

	assert_int_equal(query_source(0, r), 0);
	assert_int_equal(r[2], 0);
	lsi = r[1];
	assert_int_equal(query_source(1, r), 1);
	assert_int_equal(change_msi(0, 4, 4, r), 0);
	assert_int_equal(r[1], 3); /* no more than its table has */
	assert_int_equal(r[3], 2);
	assert_int_equal(query_source(0, r), 0);
	first = r[1];
	assert_int_equal(r[2], 1);
	assert_int_not_equal(first, lsi);
	assert_int_equal(query_source(2, r), 0);
	assert_int_equal(query_source(3, r), 1);
	assert_int_equal(change_msi(0, 0, 0, r), 0);
	assert_int_equal(r[1], 3);
	assert_int_equal(change_msi(0, 3, 1, r), -3); /* MSI proper */
	assert_int_equal(change_msi(0x800, 4, 1, r), -3);
	assert_int_equal(change_msi(0, 3, 0, r), -3);
	assert_int_equal(change_msi(0, 1, 0, r), 0);
	assert_int_equal(r[1], 0);
	assert_int_equal(query_source(0, r), 0);
	assert_int_equal(r[1], lsi);
}

static void vectors_fire_when_unmasked(void **state)
{
	uint32_t r[4];
	uint64_t at = function.bars[0].assigned;

	assert_int_equal(change_msi(0, 4, 3, r), 0);
	assert_int_equal(query_source(1, r), 0);
	assert_int_equal(FAKE_RTAS(vm, "ibm,set-xive", 1, NULL, r[1], 0, 5), 0);
	xics_cppr(vm->xics, 0, 0xff);
	config_write(PCI_CFG_COMMAND, 2, PCI_CMD_MEMORY);
	pci_msix_raise(&function, 1);
	assert_false(vm->external[0]); /* MSI-X is off */
	config_write(function.msix.cap + 2, 2, 0x8000);
	pci_msix_raise(&function, 1);
	assert_false(vm->external[0]);
	assert_int_equal(pci_msix_pba_read(&function, 0, 8), 2);
	assert_true(bus_write(&vm->bus, GPA(at + 0x8000 + 16 + 12), 4, 0));
	assert_true(vm->external[0]);
	assert_int_equal(pci_msix_pba_read(&function, 0, 8), 0);
	/* beyond the table */
	assert_int_equal(pci_msix_table_read(&function, 48, 4), ~0ull);
	pci_msix_raise(&function, 3);
}

static void pin_follows_the_command(void **state)
{
	xics_source_set(vm->xics, function.lsi.source, 0, 5);
	xics_cppr(vm->xics, 0, 0xff);
	config_write(PCI_CFG_COMMAND, 2, PCI_CMD_INTX_OFF);
	pci_lsi_set(&function, true);
	assert_false(vm->external[0]);
	assert_int_equal(config_read(PCI_CFG_STATUS, 2), PCI_STATUS_CAPS | PCI_STATUS_INTX);
	assert_int_equal(config_read(PCI_CFG_COMMAND, 4) >> 16, PCI_STATUS_CAPS | PCI_STATUS_INTX);
	config_write(PCI_CFG_COMMAND, 2, 0);
	assert_true(vm->external[0]);
}

static int32_t eeh(const char *call, unsigned nret, uint32_t *r, uint32_t address, uint32_t fn)
{
	return FAKE_RTAS(vm, call, nret, r, address, BUID_HI, BUID_LO, fn);
}

static void endpoint_resets(void **state)
{
	uint32_t r[4];

	assert_int_equal(eeh("ibm,get-config-addr-info2", 2, r, 0, 1), 0);
	assert_int_equal(r[1], 1);
	assert_int_equal(eeh("ibm,get-config-addr-info2", 2, r, 0, 0), 0);
	assert_int_equal(r[1], PHB_PE_ADDRESS);
	assert_int_equal(eeh("ibm,get-config-addr-info2", 2, r, 0x800, 1), 0);
	assert_int_equal(r[1], 0);
	assert_int_equal(eeh("ibm,set-eeh-option", 1, r, PHB_PE_ADDRESS, 1), 0);
	assert_int_equal(eeh("ibm,set-eeh-option", 1, r, PHB_PE_ADDRESS, 4), -3);
	assert_int_equal(eeh("ibm,set-slot-reset", 1, r, PHB_PE_ADDRESS, 3), -8);
	config_write(PCI_CFG_COMMAND, 2, PCI_CMD_MASTER);
	assert_int_equal(eeh("ibm,set-slot-reset", 1, r, PHB_PE_ADDRESS, 1), 0);
	assert_int_equal(resets, 1);
	assert_int_equal(config_read(0, 4), 0xffffffff);
	assert_int_equal(FAKE_RTAS(vm, "ibm,read-slot-reset-state2", 4, r, PHB_PE_ADDRESS, BUID_HI, BUID_LO), 0);
	assert_int_equal(r[1], 1);
	assert_int_equal(r[2], 1);
	assert_int_equal(eeh("ibm,set-slot-reset", 1, r, PHB_PE_ADDRESS, 0), 0);
	assert_int_equal(config_read(PCI_CFG_COMMAND, 2), 0);
	assert_int_equal(FAKE_RTAS(vm, "ibm,configure-pe", 1, r, PHB_PE_ADDRESS, BUID_HI, BUID_LO), 0);
	assert_int_equal(FAKE_RTAS(vm, "ibm,slot-error-detail", 1, r, PHB_PE_ADDRESS, BUID_HI, BUID_LO,
				   0, 0, 0, 0, 1), 1);
}

static void tce_calls(void **state)
{
	uint64_t out[HCALL_ARGS], in[HCALL_ARGS] = {LIOBN, 0x1000};

	assert_int_equal(FAKE_HCALL(vm, H_PUT_TCE, LIOBN, 0x1000, 0x5003), 0);
	assert_int_equal(fake_hcall(vm, 0, H_GET_TCE, in, out), 0);
	assert_int_equal(out[0], 0x5003);
	assert_int_equal(FAKE_HCALL(vm, H_PUT_TCE, LIOBN, PHB_DMA_PAGES << 12, 0), H_PARAMETER);
	assert_int_equal(FAKE_HCALL(vm, H_PUT_TCE, LIOBN + 1, 0, 0), H_PARAMETER);
	assert_int_equal(FAKE_HCALL(vm, H_PUT_TCE, 1ull << 32 | LIOBN, 0, 0), H_PARAMETER);
	assert_int_equal(FAKE_HCALL(vm, H_PUT_TCE, LIOBN, 0, FAKE_RAM_SIZE | 1), H_PARAMETER);
	assert_int_equal(FAKE_HCALL(vm, H_STUFF_TCE, LIOBN, 0, 0, 513), H_P4);
	assert_int_equal(FAKE_HCALL(vm, H_STUFF_TCE, LIOBN, 0, 0x7001, 512), 0);
	assert_int_equal(fake_hcall(vm, 0, H_GET_TCE, in, out), 0);
	assert_int_equal(out[0], 0x7001);
	for (unsigned i = 0; i < 512; i++)
		store_be64(vm->ram + 0x10000 + 8 * i, 0x3002);
	assert_int_equal(FAKE_HCALL(vm, H_PUT_TCE_INDIRECT, LIOBN, 0, 0x10000, 512), 0);
	assert_int_equal(fake_hcall(vm, 0, H_GET_TCE, in, out), 0);
	assert_int_equal(out[0], 0x3002);
	assert_int_equal(FAKE_HCALL(vm, H_PUT_TCE_INDIRECT, LIOBN, 0, 0x10000, 513), H_PARAMETER);
	assert_int_equal(FAKE_HCALL(vm, H_PUT_TCE_INDIRECT, LIOBN, 0, 0x10008, 1), H_PARAMETER);
	assert_int_equal(FAKE_HCALL(vm, H_PUT_TCE_INDIRECT, LIOBN, 0, FAKE_RAM_SIZE, 1), H_PARAMETER);
	assert_int_equal(FAKE_HCALL(vm, H_PUT_TCE_INDIRECT, (uint64_t)-1, 0, 0x10000, 1), H_FUNCTION);
}

static int32_t create_window(uint32_t page_shift, uint32_t shift, uint32_t *r)
{
	return FAKE_RTAS(vm, "ibm,create-pe-dma-window", 4, r, 0, BUID_HI, BUID_LO, page_shift, shift);
}

static void windows_come_and_go(void **state)
{
	uint32_t r[6];

	assert_int_equal(FAKE_RTAS(vm, "ibm,query-pe-dma-window", 6, r, 0, BUID_HI, BUID_LO), 0);
	assert_int_equal(r[1], 1);
	assert_int_equal(r[2], 0);
	assert_int_equal(r[3], FAKE_RAM_SIZE / 4096);
	assert_int_equal(r[4], 7);
	assert_int_equal(FAKE_RTAS(vm, "ibm,query-pe-dma-window", 5, r, 0, BUID_HI, BUID_LO), 0);
	assert_int_equal(r[2], FAKE_RAM_SIZE / 4096);
	assert_int_equal(r[3], 7);
	assert_int_equal(create_window(13, 20, r), -3);
	assert_int_equal(create_window(12, 21, r), -3);
	assert_int_equal(create_window(16, 15, r), -3);
	assert_int_equal(create_window(16, 200, r), -3);
	assert_int_equal(create_window(16, 20, r), 0);
	assert_int_equal(r[1], LIOBN + 1);
	assert_int_equal(r[2], PHB_DMA64_BASE >> 32);
	assert_int_equal(create_window(16, 20, r), -3);
	assert_int_equal(FAKE_HCALL(vm, H_PUT_TCE, LIOBN + 1, PHB_DMA64_BASE, 3), 0);
	/* the last one to go brings the default back */
	assert_int_equal(FAKE_RTAS(vm, "ibm,remove-pe-dma-window", 1, NULL, LIOBN), 0);
	assert_int_equal(FAKE_HCALL(vm, H_PUT_TCE, LIOBN, 0, 3), H_PARAMETER);
	assert_int_equal(FAKE_RTAS(vm, "ibm,remove-pe-dma-window", 1, NULL, LIOBN + 1), 0);
	assert_int_equal(FAKE_HCALL(vm, H_PUT_TCE, LIOBN, 0, 3), 0);
	assert_int_equal(FAKE_RTAS(vm, "ibm,remove-pe-dma-window", 1, NULL, LIOBN + 1), -3);
	assert_int_equal(create_window(24, 24, r), 0);
	assert_int_equal(FAKE_RTAS(vm, "ibm,reset-pe-dma-windows", 1, NULL, 0, BUID_HI, BUID_LO), 0);
	assert_int_equal(FAKE_HCALL(vm, H_PUT_TCE, LIOBN + 1, PHB_DMA64_BASE, 0), H_PARAMETER);
}

/* Any configuration and memory access: nothing may happen but what the sanitizers would see. */
static void random_accesses(void **state)
{
	uint64_t x = 88172645463325252ull, v;

	for (unsigned i = 0; i < 200000; i++) {
		uint32_t a, len;

		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		a = (uint32_t)x & 0xff;
		len = 1u << ((x >> 8) & 3);
		if ((x >> 16) & 1)
			phb_config_write(vm->phbs.phbs[0], a, len, (uint32_t)(x >> 32));
		else if ((x >> 17) & 1)
			bus_write(&vm->bus, GPA(function.bars[0].assigned + ((x >> 20) & 0x1ffff)), len, x);
		else if (bus_read(&vm->bus, GPA(function.bars[0].assigned + ((x >> 20) & 0x1ffff)), len, &v))
			last_value = v;
		pci_msix_raise(&function, (x >> 50) & 3);
	}
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(configuration_space),      TEST(bars_size_move_and_answer),
		TEST(doorbells_follow_the_bar), TEST(doorbells_may_be_refused),
		TEST(interrupts_are_assigned),  TEST(vectors_fire_when_unmasked),
		TEST(pin_follows_the_command),  TEST(endpoint_resets),
		TEST(tce_calls),                TEST(windows_come_and_go),
		TEST(random_accesses),
	};
	int r;

	vm = fake_vm_new();
	open_function();
	r = cmocka_run_group_tests(tests, NULL, NULL);
	pci_function_done(&function);
	fake_vm_free(vm);
	return r;
}
