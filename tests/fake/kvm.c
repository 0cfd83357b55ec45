/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/fake/kvm.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/fake/must.h"

#define RUN_SIZE 65536 /* a page of any host */

struct fake_kvm fake_kvm;

static int result_of(int r)
{
	errno = r < 0 ? -r : 0;
	return r < 0 ? -1 : r;
}

static int run(void)
{
	unsigned at = fake_kvm.runs++;

	if (fake_kvm.run->immediate_exit) {
		fake_kvm.immediate++;
		return result_of(-EINTR);
	}
	if (at >= fake_kvm.lined_up)
		must(-ENOENT, "exit");
	if (fake_kvm.play[at])
		fake_kvm.play[at](fake_kvm.run);
	return result_of(fake_kvm.result[at]);
}

static int one_reg(unsigned long request, const struct kvm_one_reg *reg)
{
	void *value = (void *)(uintptr_t)reg->addr;
	void *kept;

	switch (reg->id) {
	case KVM_REG_PPC_LPCR_64:
		kept = &fake_kvm.lpcr;
		break;
	case KVM_REG_PPC_DAR:
		kept = &fake_kvm.dar;
		break;
	case KVM_REG_PPC_DSISR:
		kept = &fake_kvm.dsisr;
		break;
	default:
		return 0;
	}
	if (request == KVM_GET_ONE_REG)
		memcpy(value, kept, kept == &fake_kvm.dsisr ? 4 : 8);
	else
		memcpy(kept, value, kept == &fake_kvm.dsisr ? 4 : 8);
	return 0;
}

static int enable(const struct kvm_enable_cap *cap)
{
	fake_kvm.fwnmi += cap->cap == KVM_CAP_PPC_FWNMI;
	return 0;
}

static int vm_call(unsigned long request, const void *arg)
{
	switch (request) {
	case KVM_CREATE_SPAPR_TCE_64:
		memcpy(&fake_kvm.tce, arg, sizeof(fake_kvm.tce));
		fake_kvm.tces++;
		return fake_kvm.tce_fd;
	case KVM_IRQFD:
		memcpy(&fake_kvm.irqfd, arg, sizeof(fake_kvm.irqfd));
		fake_kvm.irqfds++;
		return fake_kvm.irqfd_result;
	case KVM_IRQ_LINE:
		memcpy(&fake_kvm.line, arg, sizeof(fake_kvm.line));
		fake_kvm.lines++;
		return 0;
	default:
		return 0;
	}
}

/* The C library's, for this program. */
int ioctl(int fd, unsigned long request, ...)
{
	va_list ap;
	void *arg;

	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);
	switch (request) {
	case KVM_CHECK_EXTENSION:
		return (uint32_t)(uintptr_t)arg != fake_kvm.missing;
	case KVM_CREATE_VCPU:
		return dup(FAKE_KVM_VCPU_FD);
	case KVM_RUN:
		return run();
	case KVM_GET_ONE_REG:
	case KVM_SET_ONE_REG:
		return one_reg(request, arg);
	case KVM_GET_REGS:
		*(struct kvm_regs *)arg = fake_kvm.regs;
		return 0;
	case KVM_SET_REGS:
		fake_kvm.regs = *(struct kvm_regs *)arg;
		fake_kvm.regs_set++;
		return 0;
	case KVM_GET_SREGS:
		*(struct kvm_sregs *)arg = fake_kvm.sregs;
		return 0;
	case KVM_SET_SREGS:
		fake_kvm.sregs = *(struct kvm_sregs *)arg;
		fake_kvm.sregs_set++;
		return 0;
	case KVM_INTERRUPT:
		fake_kvm.interrupt = ((struct kvm_interrupt *)arg)->irq;
		return 0;
	case KVM_ENABLE_CAP:
		return enable(arg);
	default:
		return result_of(vm_call(request, arg));
	}
}

struct fake_kvm_vm *fake_kvm_open(void)
{
	static struct kvcpu *vcpus[1];
	static struct fake_kvm_vm vm;
	int fd = memfd_create("run", 0);

	memset(&fake_kvm, 0, sizeof(fake_kvm));
	memset(&vm, 0, sizeof(vm));
	must(fd < 0 || ftruncate(fd, RUN_SIZE) < 0 || dup2(fd, FAKE_KVM_VCPU_FD) < 0 ? -errno : 0, "memfd");
	close(fd);
	fake_kvm.run = mmap(NULL, RUN_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, FAKE_KVM_VCPU_FD, 0);
	must(fake_kvm.run == MAP_FAILED ? -errno : 0, "mapping");
	vm.accel.vm_fd = FAKE_KVM_VM_FD;
	vm.accel.xics_fd = vm.accel.xive_fd = -1;
	vm.accel.vcpus = vcpus;
	vm.accel.params.max_vcpus = 1;
	vm.accel.run_size = RUN_SIZE;
	vm.accel.ail3 = true;
	vm.vcpu.accel = &vm.accel;
	vm.vcpu.thread = pthread_self();
	must(kvm_vcpu_open(&vm.accel, &vm.vcpu), "vCPU");
	vm.exit.kind = VCPU_EXIT_KICK;
	return &vm;
}

void fake_kvm_close(struct fake_kvm_vm *vm)
{
	kvm_vcpu_close(&vm->vcpu);
	munmap(fake_kvm.run, RUN_SIZE);
	close(FAKE_KVM_VCPU_FD);
}

void fake_kvm_line_up(void (*play)(struct kvm_run *run), int result)
{
	fake_kvm.play[fake_kvm.lined_up] = play;
	fake_kvm.result[fake_kvm.lined_up++] = result;
}
