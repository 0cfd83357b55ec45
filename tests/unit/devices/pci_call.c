/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls: when the kernel raises a vector's source for an eventfd, and that nothing is lost at any other time. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "devices/pci/pci.h"
#include "devices/virtio/virtio.h"
#include "vmm/base/byteorder.h"
#include "vmm/io/doorbell.h"

#define MSIX_ON   0x8000
#define MSIX_MASK 0x4000
#define VECTORS   3

/* A kernel's controller: which eventfd raises which source. */
static struct {
	int result;
	unsigned binds, unbinds;
	struct {
		int fd;
		uint32_t source;
	} bound[4];
	unsigned count;
	unsigned raised; /* by us */
} chip;

static void chip_set(void *ctx, uint32_t source, bool level)
{
	chip.raised += level;
}

static int chip_bind(void *ctx, uint32_t source, int fd, bool on)
{
	for (unsigned i = 0; i < chip.count; i++) {
		if (chip.bound[i].fd != fd)
			continue;
		assert_false(on); /* one eventfd, one source */
		assert_int_equal(chip.bound[i].source, source);
		chip.bound[i] = chip.bound[--chip.count];
		chip.unbinds++;
		return 0;
	}
	assert_true(on);
	if (chip.result < 0)
		return chip.result;
	chip.bound[chip.count].fd = fd;
	chip.bound[chip.count++].source = source;
	chip.binds++;
	return 0;
}

static const struct irq_chip_ops ops = {.set = chip_set, .fd_bind = chip_bind};
static const struct irq_chip_ops user_ops = {.set = chip_set};

static struct pci_function f;
static struct pci_call calls[2];
static struct doorbell bells[2];

static void assign(const struct irq_chip_ops *o, uint32_t first, unsigned count)
{
	struct irq_line lines[VECTORS];

	for (unsigned i = 0; i < count; i++)
		lines[i] = (struct irq_line){.ops = o, .source = first + i};
	pci_msix_assign(&f, lines, count);
}

static void control(uint16_t value)
{
	store_le16(f.config + f.msix.cap + 2, value);
	pci_intr_config_written(&f);
}

static void vector_mask(unsigned v, bool masked)
{
	pci_msix_table_write(&f, v * PCI_MSIX_ENTRY + 12, 4, masked);
}

/* Vector 1 of call 0 as a driver sets it up, sources 0x1010 and on. */
static void go(const struct irq_chip_ops *o)
{
	assign(o, 0x1010, VECTORS);
	control(MSIX_ON);
	vector_mask(1, false);
	pci_call_set_vector(&calls[0], 1);
}

static int setup(void **state)
{
	const struct pci_ids ids = {.vendor = 1};

	chip.result = 0;
	chip.binds = chip.unbinds = chip.count = chip.raised = 0;
	pci_function_init(&f, "test", &ids, NULL, NULL);
	pci_msix_init(&f, VECTORS, 0, 0, 0x100);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(doorbell_open(&bells[i]), 0);
		pci_call_add(&f, &calls[i], bells[i].fd);
	}
	return 0;
}

static int teardown(void **state)
{
	for (unsigned i = 0; i < 2; i++) {
		pci_call_remove(&calls[i]);
		doorbell_close(&bells[i]);
	}
	assert_int_equal(chip.count, 0);
	pci_function_done(&f);
	return 0;
}

static void bound_while_the_vector_raises(void **state)
{
	assign(&ops, 0x1010, VECTORS);
	pci_call_set_vector(&calls[0], 1);
	assert_int_equal(chip.count, 0); /* MSI-X is off */
	control(MSIX_ON);
	assert_int_equal(chip.count, 0); /* masked */
	vector_mask(1, false);
	assert_int_equal(chip.count, 1);
	assert_int_equal(chip.bound[0].fd, bells[0].fd);
	assert_int_equal(chip.bound[0].source, 0x1011);
	control(MSIX_ON | MSIX_MASK);
	assert_int_equal(chip.count, 0);
	control(MSIX_ON);
	assert_int_equal(chip.count, 1);
	control(0);
	assert_int_equal(chip.count, 0);
	control(MSIX_ON);
	pci_call_set_vector(&calls[0], 0xffff);
	assert_int_equal(chip.count, 0);
	pci_call_set_vector(&calls[0], VECTORS);
	assert_int_equal(chip.count, 0);
	pci_call_set_vector(&calls[0], 1);
	assert_int_equal(chip.count, 1);
	pci_intr_reset(&f);
	assert_int_equal(chip.count, 0);
}

/* What changes nothing is no work for the kernel. */
static void rebound_where_the_source_changes(void **state)
{
	go(&ops);
	pci_msix_table_write(&f, 1 * PCI_MSIX_ENTRY, 8, 0x1234);
	vector_mask(2, false);
	assert_int_equal(chip.binds, 1);
	pci_call_set_vector(&calls[0], 2);
	assert_int_equal(chip.bound[0].source, 0x1012);
	/* other sources; they come masked */
	assign(&ops, 0x1040, VECTORS);
	assert_int_equal(chip.count, 0);
	vector_mask(2, false);
	assert_int_equal(chip.bound[0].source, 0x1042);
	/* fewer of them */
	assign(&ops, 0x1040, 2);
	vector_mask(2, false);
	assert_int_equal(chip.count, 0);
}

static void two_calls_of_a_vector(void **state)
{
	go(&ops);
	pci_call_set_vector(&calls[1], 1);
	assert_int_equal(chip.count, 2);
	pci_call_remove(&calls[0]);
	assert_int_equal(chip.count, 1);
	assert_int_equal(chip.bound[0].fd, bells[1].fd);
}

/* While it is masked a signal becomes a pending interrupt, raised when the mask goes. */
static void pending_while_masked(void **state)
{
	go(&ops);
	vector_mask(1, true);
	assert_false(pci_call_take(&calls[0]));
	doorbell_ring(&bells[0]);
	assert_true(pci_call_take(&calls[0]));
	assert_false(pci_call_take(&calls[0]));
	pci_msix_raise(&f, 1);
	assert_int_equal(chip.raised, 0);
	vector_mask(1, false);
	assert_int_equal(chip.raised, 1);
	assert_int_equal(chip.count, 1);
	/* what a kernel left of a count that it has acted on */
	doorbell_ring(&bells[0]);
	assert_false(pci_call_take(&calls[0]));
	assert_false(doorbell_take(&bells[0]));
}

/* No controller in a kernel, or one that refuses: each signal is ours. */
static void without_a_kernel(void **state)
{
	go(&user_ops);
	doorbell_ring(&bells[0]);
	assert_true(pci_call_take(&calls[0]));
	chip.result = -EAGAIN;
	go(&ops);
	doorbell_ring(&bells[0]);
	assert_true(pci_call_take(&calls[0]));
	chip.result = 0;
	vector_mask(1, true);
	vector_mask(1, false);
	assert_int_equal(chip.count, 1);
}

#define QUEUE_SELECT 0x16
#define QUEUE_VECTOR 0x1a
#define ISR          0x1000

static void reg_write(struct virtio_device *d, uint64_t offset, uint64_t value)
{
	d->pci.bars[0].ops->write(d->pci.bars[0].ctx, offset, 2, value);
}

/* A queue that another process serves: the vector is the driver's to set; its pin is ours to raise. */
static void a_queue_has_a_call(void **state)
{
	static const struct virtio_class class = {.id = 2, .node_name = "test"};
	static struct virtio_device d;
	const struct irq_line lines[2] = {{.ops = &ops, .source = 0x1020}, {.ops = &ops, .source = 0x1021}};
	struct iothread *thread;
	struct doorbell bell;

	assert_int_equal(doorbell_open(&bell), 0);
	assert_int_equal(iothread_new("test", &thread), 0);
	assert_int_equal(virtio_init(&d, &class, thread, 1, 8, 0), 0);
	virtio_call_add(&d, 0, bell.fd);
	doorbell_ring(&bell);
	virtio_called(&d, 0);
	assert_true(pci_lsi_get(&d.pci));
	assert_int_equal(d.pci.bars[0].ops->read(d.pci.bars[0].ctx, ISR, 1), 1);
	virtio_called(&d, 0);
	assert_false(pci_lsi_get(&d.pci));

	pci_msix_assign(&d.pci, lines, 2);
	store_le16(d.pci.config + d.pci.msix.cap + 2, MSIX_ON);
	pci_intr_config_written(&d.pci);
	pci_msix_table_write(&d.pci, PCI_MSIX_ENTRY + 12, 4, 0);
	reg_write(&d, QUEUE_SELECT, 0);
	reg_write(&d, QUEUE_VECTOR, 1);
	assert_int_equal(chip.count, 1);
	assert_int_equal(chip.bound[0].source, 0x1021);
	reg_write(&d, QUEUE_VECTOR, 7); /* there is none */
	assert_int_equal(chip.count, 0);
	reg_write(&d, QUEUE_VECTOR, 0); /* masked */
	doorbell_ring(&bell);
	virtio_called(&d, 0);
	assert_int_equal(pci_msix_pba_read(&d.pci, 0, 8), 1);
	iothread_free(thread);
	virtio_done(&d);
	doorbell_close(&bell);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(bound_while_the_vector_raises),
		TEST(rebound_where_the_source_changes),
		TEST(two_calls_of_a_vector),
		TEST(pending_while_masked),
		TEST(without_a_kernel),
		TEST(a_queue_has_a_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
