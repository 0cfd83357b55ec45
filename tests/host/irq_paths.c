/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In a host, without a guest: that each way in which an event comes to a source of the kernel's controllers brings it
 * there, as far as can be seen, and what it costs who sends it. One line a controller; status 1 if an event was lost.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "vmm/io/doorbell.h"
#include "vmm/kvm/kvm.h"

#define RAM    (64u << 20)
#define SOURCE (IRQ_SOURCE_BASE + 3)
#define TIMES  2000

#define ESB_GET    0x800
#define ESB_SET_00 0xc00
#define ESB_P      2

static struct accel *accel;
static const struct accel_caps *caps;
static struct doorbell bell;

typedef void way(const struct irq_chip_ops *ops);

static void by_call(const struct irq_chip_ops *ops)
{
	kvm_irq_line(accel, SOURCE, true);
}

static void by_device(const struct irq_chip_ops *ops)
{
	ops->set(accel, SOURCE, true);
}

static void by_eventfd(const struct irq_chip_ops *ops)
{
	doorbell_ring(&bell);
}

static const struct {
	const char *name;
	way *fn;
} ways[] = {{"KVM_IRQ_LINE", by_call}, {"a device's", by_device}, {"an eventfd", by_eventfd}};

static void must(int r, const char *what)
{
	if (r < 0) {
		fprintf(stderr, "%s: %s\n", what, strerror(-r));
		exit(1);
	}
}

/* Since the last time: of XIVE alone the state of a source can be read. */
static bool arrived(void)
{
	bool there;

	if (accel->xive_fd < 0)
		return true;
	there = caps->xive.ops->esb_load(accel, SOURCE, ESB_GET) & ESB_P;
	caps->xive.ops->esb_load(accel, SOURCE, ESB_SET_00);
	return there;
}

static unsigned cost_ns(way *fn, const struct irq_chip_ops *ops)
{
	struct timespec from, to;

	clock_gettime(CLOCK_MONOTONIC, &from);
	for (unsigned i = 0; i < TIMES; i++)
		fn(ops);
	clock_gettime(CLOCK_MONOTONIC, &to);
	return (unsigned)(((to.tv_sec - from.tv_sec) * 1000000000LL + to.tv_nsec - from.tv_nsec) / TIMES);
}

static bool controller(const char *name, const struct irq_chip_ops *ops)
{
	bool good = true;

	must(ops->activate(accel, true), name);
	must(ops->fd_bind(accel, SOURCE, bell.fd, true), "KVM_IRQFD");
	printf("%s:", name);
	for (unsigned i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		arrived();
		ways[i].fn(ops);
		if (!arrived()) {
			printf(" %s: lost,", ways[i].name);
			good = false;
		} else {
			printf(" %s %u ns,", ways[i].name, cost_ns(ways[i].fn, ops));
		}
	}
	/* the kernel has taken each, and after this none */
	good &= !doorbell_take(&bell);
	must(ops->fd_bind(accel, SOURCE, bell.fd, false), "KVM_IRQFD");
	arrived();
	doorbell_ring(&bell);
	good &= doorbell_take(&bell) && (accel->xive_fd < 0 || !arrived());
	printf(" unbound %s\n", good ? "well" : "badly");
	return good;
}

int main(void)
{
	void *ram = mmap(NULL, RAM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct accel_params params = {.ram = ram, .ram_size = RAM, .max_vcpus = 1, .xics = true, .xive = true};
	char why[160] = "";
	bool good = true;

	must(ram == MAP_FAILED ? -errno : 0, "memory");
	must(gmem_new(&params.mem), "memory");
	must(kvm_accel_ops.open(&params, &accel, why, sizeof(why)), why);
	must(doorbell_open(&bell), "eventfd");
	caps = kvm_accel_ops.caps(accel);
	if (!caps->xics.ops) {
		puts("no controller in the kernel");
		return 1;
	}
	must(caps->xics.ops->source_add(accel, SOURCE, false), "source");
	if (caps->xive.ops) {
		good = controller("XIVE", &caps->xive.ops->chip);
		must(caps->xive.ops->chip.activate(accel, false), "XIVE");
	}
	good &= controller("XICS", caps->xics.ops);
	kvm_accel_ops.close(accel);
	gmem_free(params.mem);
	doorbell_close(&bell);
	return good ? 0 : 1;
}
