/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupt controllers in the kernel: a device of the VM that every vCPU is connected to, of which there is one
 * at a time. XICS is here, XIVE in kvm_xive.c.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "vmm/base/log.h"
#include "vmm/kvm/kvm.h"

#define PRIORITY_NONE 0xffULL

int kvm_device_set(int fd, uint32_t group, uint64_t attr, const void *value)
{
	struct kvm_device_attr arg = {.group = group, .attr = attr, .addr = (uintptr_t)value};

	return kvm_call_ptr(fd, KVM_SET_DEVICE_ATTR, &arg);
}

void kvm_irq_line(struct accel *a, uint32_t source, bool level)
{
	struct kvm_irq_level irq = {.irq = source, .level = level};

	kvm_call_ptr(a->vm_fd, KVM_IRQ_LINE, &irq);
}

/* Its GSI is the source: there is no other routing on this architecture. */
int kvm_irq_fd_bind(void *chip, uint32_t source, int fd, bool on)
{
	struct accel *a = chip;
	struct kvm_irqfd bind = {
		.fd = (uint32_t)fd,
		.gsi = source,
		.flags = on ? 0 : KVM_IRQFD_FLAG_DEASSIGN,
	};

	return a->irqfds ? kvm_call_ptr(a->vm_fd, KVM_IRQFD, &bind) : -ENOTSUP;
}

int kvm_irqchip_connect(struct accel *a, struct kvcpu *kv)
{
	if (a->xics_fd >= 0)
		return kvm_enable(kv->fd, KVM_CAP_IRQ_XICS, (uint64_t)a->xics_fd, kv->vcpu->server);
	if (a->xive_fd >= 0)
		return kvm_enable(kv->fd, KVM_CAP_PPC_IRQ_XIVE, (uint64_t)a->xive_fd,
				  kv->vcpu->server);
	return 0;
}

int kvm_irqchip_start(struct accel *a, uint32_t type, int *ret_fd)
{
	struct kvm_create_device dev = {.type = type};
	uint32_t servers = a->params.max_vcpus;
	int r = kvm_call_ptr(a->vm_fd, KVM_CREATE_DEVICE, &dev);

	if (r < 0)
		return r;
	*ret_fd = (int)dev.fd;
	/* only some of the kernel's devices can be told how many servers there will be */
	if (type == KVM_DEV_TYPE_XIVE)
		kvm_device_set(*ret_fd, KVM_DEV_XIVE_GRP_CTRL, KVM_DEV_XIVE_NR_SERVERS, &servers);
	else
		kvm_device_set(*ret_fd, KVM_DEV_XICS_GRP_CTRL, KVM_DEV_XICS_NR_SERVERS, &servers);
	for (unsigned i = 0; i < a->params.max_vcpus && r == 0; i++)
		if (a->vcpus[i])
			r = kvm_irqchip_connect(a, a->vcpus[i]);
	if (r < 0) {
		close(*ret_fd);
		*ret_fd = -1;
	}
	return r;
}

/* XICS */

static int source_reset(struct accel *a, unsigned at)
{
	uint64_t state = KVM_XICS_MASKED | PRIORITY_NONE << KVM_XICS_PRIORITY_SHIFT;

	if (a->irq_level[at])
		state |= KVM_XICS_LEVEL_SENSITIVE;
	return kvm_device_set(a->xics_fd, KVM_DEV_XICS_GRP_SOURCES, IRQ_SOURCE_BASE + at, &state);
}

static void xics_set(void *chip, uint32_t source, bool level)
{
	kvm_irq_line(chip, source, level);
}

static int xics_source_add(void *chip, uint32_t source, bool level_sensitive)
{
	struct accel *a = chip;
	unsigned at = source - IRQ_SOURCE_BASE;

	if (at >= IRQ_SOURCES)
		return -ENOSPC;
	a->irq_level[at] = level_sensitive;
	if (a->irq_used <= at)
		a->irq_used = at + 1;
	return a->xics_fd >= 0 ? source_reset(a, at) : 0;
}

/* With its device go the RTAS calls that the kernel answers for it. */
static void rtas_define(struct accel *a, bool on)
{
	for (unsigned i = 0; i < a->rtas_count; i++) {
		struct kvm_rtas_token_args args = a->rtas[i];

		if (!on)
			args.token = 0;
		kvm_call_ptr(a->vm_fd, KVM_PPC_RTAS_DEFINE_TOKEN, &args);
	}
}

static void xics_stop(struct accel *a)
{
	if (a->xics_fd < 0)
		return;
	rtas_define(a, false);
	close(a->xics_fd);
	a->xics_fd = -1;
}

/* The device goes only where another may come. What a vCPU presents is reset with the vCPU. */
static int xics_activate(void *chip, bool on)
{
	struct accel *a = chip;
	int r = 0;

	if (!on) {
		if (a->caps.xive.ops)
			xics_stop(a);
		return 0;
	}
	if (a->xics_fd < 0) {
		r = kvm_irqchip_start(a, KVM_DEV_TYPE_XICS, &a->xics_fd);
		rtas_define(a, r == 0);
	}
	for (unsigned i = 0; i < a->irq_used && r == 0; i++)
		r = source_reset(a, i);
	return r;
}

static const struct irq_chip_ops kvm_xics_ops = {
	.set = xics_set,
	.source_add = xics_source_add,
	.fd_bind = kvm_irq_fd_bind,
	.activate = xics_activate,
};

static bool device_exists(struct accel *a, unsigned cap, uint32_t type)
{
	struct kvm_create_device dev = {.type = type, .flags = KVM_CREATE_DEVICE_TEST};

	return kvm_extension(a->vm_fd, cap) && kvm_call_ptr(a->vm_fd, KVM_CREATE_DEVICE, &dev) == 0;
}

/* A mode that the kernel lacks while it has the other is left out; where it has none, user space serves. */
void kvm_irqchip_open(struct accel *a)
{
	bool xics = device_exists(a, KVM_CAP_IRQ_XICS, KVM_DEV_TYPE_XICS);
	bool xive = device_exists(a, KVM_CAP_PPC_IRQ_XIVE, KVM_DEV_TYPE_XIVE) &&
		    sysconf(_SC_PAGESIZE) == XIVE_PAGE_SIZE;

	if (a->params.user_irqchip || (a->params.xics && !xics))
		return;
	if (a->params.xics)
		a->caps.xics = (struct accel_xics){&kvm_xics_ops, a};
	if (a->params.xive && xive)
		kvm_xive_open(a);
}

void kvm_irqchip_close(struct accel *a)
{
	xics_stop(a);
	kvm_xive_close(a);
}

/* The external interrupt of a vCPU whose controller is in user space. The kernel takes this at any time. */
void kvm_external_irq(struct vcpu *vcpu, bool level)
{
	struct kvcpu *kv = vcpu->back;
	struct kvm_interrupt irq = {
		.irq = level ? KVM_INTERRUPT_SET_LEVEL : KVM_INTERRUPT_UNSET,
	};

	kvm_call_ptr(kv->fd, KVM_INTERRUPT, &irq);
}
