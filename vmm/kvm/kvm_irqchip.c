/* SPDX-License-Identifier: GPL-2.0-or-later */
/* XICS in the kernel: a device of the VM that every vCPU is connected to. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "vmm/base/log.h"
#include "vmm/kvm/kvm.h"

#define PRIORITY_NONE 0xffULL
#define IPI_NONE      0xffULL

static int xics_attr_set(struct accel *a, uint32_t group, uint64_t attr, const void *value)
{
	struct kvm_device_attr arg = {.group = group, .attr = attr, .addr = (uintptr_t)value};

	return kvm_call_ptr(a->xics_fd, KVM_SET_DEVICE_ATTR, &arg);
}

static int source_reset(struct accel *a, unsigned at)
{
	uint64_t state = KVM_XICS_MASKED | PRIORITY_NONE << KVM_XICS_PRIORITY_SHIFT;

	if (a->xics_level[at / 64] >> (at % 64) & 1)
		state |= KVM_XICS_LEVEL_SENSITIVE;
	return xics_attr_set(a, KVM_DEV_XICS_GRP_SOURCES, IRQ_SOURCE_BASE + at, &state);
}

static void xics_set(void *chip, uint32_t source, bool level)
{
	struct accel *a = chip;
	struct kvm_irq_level irq = {.irq = source, .level = level};

	kvm_call_ptr(a->vm_fd, KVM_IRQ_LINE, &irq);
}

static int xics_source_add(void *chip, uint32_t source, bool level_sensitive)
{
	struct accel *a = chip;
	unsigned at = source - IRQ_SOURCE_BASE;
	int r;

	if (at >= IRQ_SOURCES)
		return -ENOSPC;
	if (level_sensitive)
		a->xics_level[at / 64] |= 1ULL << (at % 64);
	r = source_reset(a, at);
	if (r == 0 && a->xics_used <= at)
		a->xics_used = at + 1;
	return r;
}

/* What each vCPU presents is reset with the vCPU. */
static void xics_activate(void *chip, bool on)
{
	struct accel *a = chip;
	int r = 0;

	for (unsigned i = 0; i < a->xics_used && r == 0; i++)
		r = source_reset(a, i);
	if (r < 0)
		log_error("kvm: interrupt sources cannot be reset: %s", strerror(-r));
}

static const struct irq_chip_ops kvm_xics_ops = {
	.set = xics_set,
	.source_add = xics_source_add,
	.activate = xics_activate,
};

/* Where the kernel has no XICS for this kind of VM, the one in user space serves. */
void kvm_irqchip_open(struct accel *a)
{
	struct kvm_create_device dev = {.type = KVM_DEV_TYPE_XICS};
	uint32_t servers = a->params.max_vcpus;

	a->xics_fd = -1;
	if (a->params.user_irqchip || !kvm_extension(a->vm_fd, KVM_CAP_IRQ_XICS))
		return;
	if (kvm_call_ptr(a->vm_fd, KVM_CREATE_DEVICE, &dev) < 0)
		return;
	a->xics_fd = (int)dev.fd;
	a->caps.irq_chips[IRQ_MODE_XICS] = (struct accel_irq_chip){&kvm_xics_ops, a};
	/* only some of the kernel's devices can be told how many servers there will be */
	xics_attr_set(a, KVM_DEV_XICS_GRP_CTRL, KVM_DEV_XICS_NR_SERVERS, &servers);
}

int kvm_irqchip_connect(struct accel *a, struct kvcpu *kv)
{
	if (a->xics_fd < 0)
		return 0;
	return kvm_enable(kv->fd, KVM_CAP_IRQ_XICS, (uint64_t)a->xics_fd, kv->vcpu->server);
}

/* The external interrupt of a vCPU whose XICS is in user space. The kernel takes this at any time. */
void kvm_external_irq(struct vcpu *vcpu, bool level)
{
	struct kvcpu *kv = vcpu->back;
	struct kvm_interrupt irq = {
		.irq = level ? KVM_INTERRUPT_SET_LEVEL : KVM_INTERRUPT_UNSET,
	};

	kvm_call_ptr(kv->fd, KVM_INTERRUPT, &irq);
}
