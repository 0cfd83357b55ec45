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
	a->caps.irqchip = true;
	/* only some of the kernel's devices can be told how many servers there will be */
	xics_attr_set(a, KVM_DEV_XICS_GRP_CTRL, KVM_DEV_XICS_NR_SERVERS, &servers);
}

int kvm_irqchip_connect(struct accel *a, struct kvcpu *kv)
{
	if (a->xics_fd < 0)
		return 0;
	return kvm_enable(kv->fd, KVM_CAP_IRQ_XICS, (uint64_t)a->xics_fd, kv->vcpu->server);
}

static int source_reset(struct accel *a, unsigned at)
{
	uint64_t state = KVM_XICS_MASKED | PRIORITY_NONE << KVM_XICS_PRIORITY_SHIFT;

	if (a->xics_level[at / 64] >> (at % 64) & 1)
		state |= KVM_XICS_LEVEL_SENSITIVE;
	return xics_attr_set(a, KVM_DEV_XICS_GRP_SOURCES, KVM_XICS_SOURCE_BASE + at, &state);
}

int kvm_irqchip_reset(struct accel *a)
{
	int r = 0;

	if (a->xics_fd < 0)
		return 0;
	for (unsigned i = 0; i < a->xics_used && r == 0; i++)
		r = source_reset(a, i);
	return r;
}

static void source_set(void *chip, uint32_t source, bool level)
{
	struct accel *a = chip;
	struct kvm_irq_level irq = {.irq = source, .level = level};

	kvm_call_ptr(a->vm_fd, KVM_IRQ_LINE, &irq);
}

static const struct irq_chip_ops kvm_irq_ops = {.set = source_set};

int kvm_irq_source_alloc(struct accel *a, bool level_sensitive, struct irq_line *ret_line)
{
	unsigned at = a->xics_used;
	int r;

	if (at == KVM_XICS_SOURCES)
		return -ENOSPC;
	if (level_sensitive)
		a->xics_level[at / 64] |= 1ULL << (at % 64);
	r = source_reset(a, at);
	if (r < 0)
		return r;
	a->xics_used++;
	*ret_line = (struct irq_line){.ops = &kvm_irq_ops, .chip = a,
				      .source = KVM_XICS_SOURCE_BASE + at};
	return 0;
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
