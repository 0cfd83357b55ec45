/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * XIVE in the kernel: the device's pages are memory of the guest, its routes are set by attributes. Source:
 * Documentation/virt/kvm/devices/xive.rst.
 *
 * Threads: as irq_chip_ops; pages are mapped and unmapped in activate alone, when no other vCPU runs. I/O threads may be
 * triggering sources meanwhile: at each moment there is a page to store to.
 */
#include <endian.h>
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "vmm/base/bits.h"
#include "vmm/kvm/kvm.h"

/* The mapping begins with source 0; each has a page that triggers, then one that has all functions. */
#define SOURCE_PAGES (2 * XIVE_PAGE_SIZE)
#define ESB_SIZE     ((IRQ_SOURCE_BASE + IRQ_SOURCES) * SOURCE_PAGES)
#define TIMA_SIZE    (4 * XIVE_PAGE_SIZE)
#define TIMA_OS_AT   (2 * XIVE_PAGE_SIZE)

#define ESB_GET    0x800u /* loads below are an EOI */
#define ESB_SET_00 0xc00u

static bool is_level(const struct accel *a, uint32_t lisn)
{
	return lisn >= IRQ_SOURCE_BASE && a->irq_level[lisn - IRQ_SOURCE_BASE];
}

static int source_init(struct accel *a, uint32_t lisn)
{
	uint64_t state = is_level(a, lisn) ? KVM_XIVE_LEVEL_SENSITIVE : 0;

	return kvm_device_set(a->xive_fd, KVM_DEV_XIVE_GRP_SOURCE, lisn, &state);
}

/* As at power-on: off, and masked. */
static int sources_init(struct accel *a)
{
	int r = 0;

	for (uint32_t i = 0; i < a->params.max_vcpus && r == 0; i++)
		r = source_init(a, i);
	for (uint32_t i = 0; i < a->irq_used && r == 0; i++)
		r = source_init(a, IRQ_SOURCE_BASE + i);
	return r;
}

/* Nothing behind the pages of sources: what is triggered is lost. */
static bool esb_reserve(struct accel *a)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | (a->esb ? MAP_FIXED : 0);
	void *hva = mmap(a->esb, ESB_SIZE, PROT_READ | PROT_WRITE, flags, -1, 0);

	if (hva != MAP_FAILED)
		a->esb = hva;
	return hva != MAP_FAILED;
}

static bool esb_map(struct accel *a)
{
	return mmap(a->esb, ESB_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, a->xive_fd,
		    (off_t)(KVM_XIVE_ESB_PAGE_OFFSET * XIVE_PAGE_SIZE)) != MAP_FAILED;
}

static bool tima_map(struct accel *a)
{
	void *hva = mmap(NULL, TIMA_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, a->xive_fd,
			 (off_t)(KVM_XIVE_TIMA_PAGE_OFFSET * XIVE_PAGE_SIZE));

	a->tima = hva == MAP_FAILED ? NULL : hva;
	return a->tima;
}

/* Only pages of sources that exist: the kernel cannot go on where there is nothing behind a page. */
static int pages_map(struct accel *a)
{
	uint64_t ipis = a->params.max_vcpus * SOURCE_PAGES, first = IRQ_SOURCE_BASE * SOURCE_PAGES;
	int r;

	if (!esb_map(a) || !tima_map(a))
		return -ENOMEM;
	r = kvm_slot_set(a, KVM_SLOT_TIMA, GPA(XIVE_TIMA_OS), XIVE_PAGE_SIZE,
			 (char *)a->tima + TIMA_OS_AT);
	if (r == 0)
		r = kvm_slot_set(a, KVM_SLOT_IPI_ESB, GPA(XIVE_ESB_BASE), ipis, a->esb);
	if (r == 0 && a->irq_used)
		r = kvm_slot_set(a, KVM_SLOT_ESB, GPA(XIVE_ESB_BASE + first),
				 a->irq_used * SOURCE_PAGES, (char *)a->esb + first);
	return r;
}

static void pages_unmap(struct accel *a)
{
	kvm_slot_set(a, KVM_SLOT_TIMA, GPA(XIVE_TIMA_OS), 0, NULL);
	kvm_slot_set(a, KVM_SLOT_IPI_ESB, GPA(XIVE_ESB_BASE), 0, NULL);
	if (a->irq_used)
		kvm_slot_set(a, KVM_SLOT_ESB, GPA(XIVE_ESB_BASE + IRQ_SOURCE_BASE * SOURCE_PAGES), 0, NULL);
	esb_reserve(a);
	if (a->tima)
		munmap(a->tima, TIMA_SIZE);
	a->tima = NULL;
}

static void stop(struct accel *a)
{
	if (a->xive_fd < 0)
		return;
	pages_unmap(a);
	/* the last reference: with it the device goes, and vCPUs are free for another */
	close(a->xive_fd);
	a->xive_fd = -1;
	for (unsigned i = 0; i < IRQ_SOURCES; i++)
		atomic_store(&a->irq_asserted[i], false);
}

static int activate(void *chip, bool on)
{
	struct accel *a = chip;
	int r;

	stop(a);
	if (!on)
		return 0;
	r = kvm_irqchip_start(a, KVM_DEV_TYPE_XIVE, &a->xive_fd);
	if (r == 0)
		r = sources_init(a);
	if (r == 0)
		r = pages_map(a);
	if (r < 0)
		stop(a);
	return r;
}

/* Every source exists before the device does. */
static int source_add(void *chip, uint32_t source, bool level_sensitive)
{
	struct accel *a = chip;
	unsigned at = source - IRQ_SOURCE_BASE;

	if (at >= IRQ_SOURCES || a->xive_fd >= 0)
		return -ENOSPC;
	a->irq_level[at] = level_sensitive;
	if (a->irq_used <= at)
		a->irq_used = at + 1;
	return 0;
}

/* As the kernel would, without a call of it; after all that the event is about. */
static void trigger(struct accel *a, uint32_t source)
{
	atomic_thread_fence(memory_order_seq_cst);
	*(volatile uint64_t *)((char *)a->esb + source * SOURCE_PAGES) = 0;
}

static void set(void *chip, uint32_t source, bool level)
{
	struct accel *a = chip;

	if (is_level(a, source)) {
		atomic_store(&a->irq_asserted[source - IRQ_SOURCE_BASE], level);
		kvm_irq_line(a, source, level);
	} else if (level) {
		trigger(a, source);
	}
}

static int source_set(void *chip, uint32_t lisn, bool on, uint32_t server, uint8_t priority,
		      uint32_t eisn)
{
	struct accel *a = chip;
	uint64_t v = (uint64_t)eisn << KVM_XIVE_SOURCE_EISN_SHIFT;

	if (on)
		v |= (uint64_t)server << KVM_XIVE_SOURCE_SERVER_SHIFT |
		     (uint64_t)priority << KVM_XIVE_SOURCE_PRIORITY_SHIFT;
	else
		v |= KVM_XIVE_SOURCE_MASKED_MASK;
	return kvm_device_set(a->xive_fd, KVM_DEV_XIVE_GRP_SOURCE_CONFIG, lisn, &v);
}

static int source_sync(void *chip, uint32_t lisn)
{
	struct accel *a = chip;

	return kvm_device_set(a->xive_fd, KVM_DEV_XIVE_GRP_SOURCE_SYNC, lisn, NULL);
}

static uint64_t queue_id(uint32_t server, uint8_t priority)
{
	return (uint64_t)server << KVM_XIVE_EQ_SERVER_SHIFT |
	       (uint64_t)priority << KVM_XIVE_EQ_PRIORITY_SHIFT;
}

static int queue_set(void *chip, uint32_t server, uint8_t priority, gpa_t base, unsigned shift)
{
	struct accel *a = chip;
	struct kvm_ppc_xive_eq eq = {0};

	if (shift)
		eq = (struct kvm_ppc_xive_eq){.flags = KVM_XIVE_EQ_ALWAYS_NOTIFY, .qshift = shift,
					      .qaddr = base.v, .qtoggle = 1};
	return kvm_device_set(a->xive_fd, KVM_DEV_XIVE_GRP_EQ_CONFIG, queue_id(server, priority), &eq);
}

static int queue_get(void *chip, uint32_t server, uint8_t priority, uint32_t *ret_next,
		     bool *ret_generation)
{
	struct accel *a = chip;
	struct kvm_ppc_xive_eq eq = {0};
	struct kvm_device_attr arg = {.group = KVM_DEV_XIVE_GRP_EQ_CONFIG,
				      .attr = queue_id(server, priority), .addr = (uintptr_t)&eq};
	int r = kvm_call_ptr(a->xive_fd, KVM_GET_DEVICE_ATTR, &arg);

	if (r < 0)
		return r;
	*ret_next = eq.qindex;
	*ret_generation = eq.qtoggle;
	return 0;
}

/* The kernel's own reset leaves out those that it believes off, whatever their state bits are. */
static int reset(void *chip)
{
	struct accel *a = chip;
	int r = kvm_device_set(a->xive_fd, KVM_DEV_XIVE_GRP_CTRL, KVM_DEV_XIVE_RESET, NULL);

	return r < 0 ? r : sources_init(a);
}

static volatile uint64_t *page_word(struct accel *a, uint32_t lisn, uint64_t offset)
{
	return (volatile uint64_t *)((char *)a->esb + lisn * SOURCE_PAGES + XIVE_PAGE_SIZE + offset);
}

/* The kernel's sources are edges: one whose line is still up is triggered again at its end. */
static uint64_t level_eoi(struct accel *a, uint32_t lisn)
{
	(void)*page_word(a, lisn, ESB_SET_00);
	if (atomic_load(&a->irq_asserted[lisn - IRQ_SOURCE_BASE]))
		kvm_irq_line(a, lisn, true);
	return 0;
}

static uint64_t esb_load(void *chip, uint32_t lisn, uint64_t offset)
{
	struct accel *a = chip;

	if (is_level(a, lisn) && offset < ESB_GET)
		return level_eoi(a, lisn);
	return be64toh(*page_word(a, lisn, offset));
}

static void esb_store(void *chip, uint32_t lisn, uint64_t offset)
{
	*page_word(chip, lisn, offset) = 0;
}

static const struct xive_host_ops kvm_xive_ops = {
	.chip = {.set = set, .source_add = source_add, .activate = activate, .fd_bind = kvm_irq_fd_bind},
	.source_set = source_set,
	.source_sync = source_sync,
	.queue_set = queue_set,
	.queue_get = queue_get,
	.reset = reset,
	.esb_load = esb_load,
	.esb_store = esb_store,
};

void kvm_xive_open(struct accel *a)
{
	if (esb_reserve(a))
		a->caps.xive = (struct accel_xive){&kvm_xive_ops, a};
}

void kvm_xive_close(struct accel *a)
{
	stop(a);
	if (a->esb)
		munmap(a->esb, ESB_SIZE);
	a->esb = NULL;
}
