/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A vCPU in the kernel: into the guest, out of it, and what it came out for. */
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "vmm/base/bits.h"
#include "vmm/base/byteorder.h"
#include "vmm/base/log.h"
#include "vmm/kvm/kvm.h"

/* Registers that one load from a device may fill, each by an exit of its own. */
#define MMIO_PARTS_MAX 4

/* Fills in @e: true to come out with it, false to go on in the guest. */
typedef bool exit_fn(struct kvcpu *kv, struct vcpu_exit *e);

/* In two steps that compilers do without a call. */
static inline void args_copy(void *to, const void *from)
{
	memcpy(to, from, 64);
	memcpy((char *)to + 64, (const char *)from + 64, HCALL_ARGS * 8 - 64);
}

static bool exit_hcall(struct kvcpu *kv, struct vcpu_exit *e)
{
	kv->counts[KVM_COUNT_HCALL]++;
	e->kind = VCPU_EXIT_HCALL;
	e->hcall.nr = kv->run->papr_hcall.nr;
	args_copy(e->hcall.in, kv->run->papr_hcall.args);
	return true;
}

/* The bytes as in memory, the number as a big-endian one: whatever order the guest accesses in. */
static bool exit_mmio(struct kvcpu *kv, struct vcpu_exit *e)
{
	const struct kvm_run *run = kv->run;
	uint64_t data = 0;

	kv->counts[KVM_COUNT_MMIO]++;
	e->kind = VCPU_EXIT_MMIO;
	e->mmio.gpa = GPA(run->mmio.phys_addr);
	e->mmio.len = run->mmio.len > 8 ? 8 : (uint8_t)run->mmio.len;
	e->mmio.is_store = run->mmio.is_write;
	for (unsigned i = 0; run->mmio.is_write && i < e->mmio.len; i++)
		data = data << 8 | run->mmio.data[i];
	e->mmio.data = data;
	return true;
}

static bool exit_debug(struct kvcpu *kv, struct vcpu_exit *e)
{
	e->kind = VCPU_EXIT_DEBUG;
	return true;
}

static bool exit_nothing(struct kvcpu *kv, struct vcpu_exit *e)
{
	return false;
}

static bool exit_fail(struct kvcpu *kv, struct vcpu_exit *e)
{
	e->kind = VCPU_EXIT_FAIL;
	e->reason = kv->reason;
	return true;
}

static bool exit_fail_entry(struct kvcpu *kv, struct vcpu_exit *e)
{
	snprintf(kv->reason, sizeof(kv->reason), "KVM cannot enter the guest, hardware reason %#llx",
		 (unsigned long long)kv->run->fail_entry.hardware_entry_failure_reason);
	return exit_fail(kv, e);
}

static bool exit_unknown(struct kvcpu *kv, struct vcpu_exit *e)
{
	snprintf(kv->reason, sizeof(kv->reason), "KVM met an interrupt it does not know, %#llx",
		 (unsigned long long)kv->run->hw.hardware_exit_reason);
	return exit_fail(kv, e);
}

static bool exit_internal_error(struct kvcpu *kv, struct vcpu_exit *e)
{
	snprintf(kv->reason, sizeof(kv->reason), "KVM's internal error %u",
		 kv->run->internal.suberror);
	return exit_fail(kv, e);
}

static bool exit_system_event(struct kvcpu *kv, struct vcpu_exit *e)
{
	static const char *const types[] = {
		[KVM_SYSTEM_EVENT_SHUTDOWN] = "a shutdown",
		[KVM_SYSTEM_EVENT_RESET] = "a reset",
		[KVM_SYSTEM_EVENT_CRASH] = "a crash",
	};
	uint32_t type = kv->run->system_event.type;

	snprintf(kv->reason, sizeof(kv->reason), "KVM reports %s of the guest (system event %u)",
		 type < ARRAY_SIZE(types) && types[type] ? types[type] : "something", type);
	return exit_fail(kv, e);
}

static bool exit_other(struct kvcpu *kv, struct vcpu_exit *e)
{
	snprintf(kv->reason, sizeof(kv->reason), "KVM's exit %u, which a pseries guest never has",
		 kv->run->exit_reason);
	return exit_fail(kv, e);
}

static exit_fn *const exits[] = {
	[KVM_EXIT_UNKNOWN] = exit_unknown,
	[KVM_EXIT_DEBUG] = exit_debug,
	[KVM_EXIT_MMIO] = exit_mmio,
	[KVM_EXIT_IRQ_WINDOW_OPEN] = exit_nothing,
	[KVM_EXIT_FAIL_ENTRY] = exit_fail_entry,
	[KVM_EXIT_INTR] = exit_nothing,
	[KVM_EXIT_NMI] = kvm_machine_check_take,
	[KVM_EXIT_INTERNAL_ERROR] = exit_internal_error,
	[KVM_EXIT_PAPR_HCALL] = exit_hcall,
	[KVM_EXIT_WATCHDOG] = exit_other,
	[KVM_EXIT_EPR] = exit_other,
	[KVM_EXIT_SYSTEM_EVENT] = exit_system_event,
};

static bool exit_take(struct kvcpu *kv, struct vcpu_exit *e)
{
	uint32_t reason = kv->run->exit_reason;

	if (likely(reason < ARRAY_SIZE(exits) && exits[reason]))
		return exits[reason](kv, e);
	return exit_other(kv, e);
}

static bool exit_error(struct kvcpu *kv, struct vcpu_exit *e, int error)
{
	uint32_t reason = kv->run->exit_reason;

	if (reason == KVM_EXIT_FAIL_ENTRY || reason == KVM_EXIT_INTERNAL_ERROR)
		return exit_take(kv, e);
	snprintf(kv->reason, sizeof(kv->reason), "KVM cannot go on with the guest: %s",
		 strerror(-error));
	return exit_fail(kv, e);
}

/* The last exit's answer to where the kernel takes it from. */
static void exit_answer(struct kvcpu *kv, const struct vcpu_exit *e)
{
	struct kvm_run *run = kv->run;

	if (e->kind == VCPU_EXIT_HCALL) {
		run->papr_hcall.ret = (uint64_t)e->hcall.status;
		args_copy(run->papr_hcall.args, e->hcall.out);
	} else if (e->kind == VCPU_EXIT_MMIO && !e->mmio.is_store) {
		for (unsigned i = 0; i < e->mmio.len; i++)
			run->mmio.data[i] = (uint8_t)(e->mmio.data >> 8 * (e->mmio.len - 1 - i));
	}
}

/* Out of the guest by a signal: true if it was a kick. */
static bool kick_taken(struct kvcpu *kv)
{
	kv->counts[KVM_COUNT_INTR]++;
	/* in this order: a kick sets them in the other */
	__atomic_store_n(&kv->run->immediate_exit, 0, __ATOMIC_SEQ_CST);
	return atomic_exchange(&kv->kicked, false);
}

/* What has to be done before the guest goes on: true to come out with @e instead. */
static bool stale_see_to(struct kvcpu *kv, struct vcpu_exit *e)
{
	kvm_mode_apply(kv);
	return kvm_system_reset_take(kv, e);
}

void kvm_vcpu_run(struct vcpu *vcpu, struct vcpu_exit *e)
{
	struct kvcpu *kv = vcpu->back;

	exit_answer(kv, e);
	for (;;) {
		int r;

		if (unlikely(atomic_load(&kv->stale)) && stale_see_to(kv, e))
			return;
		r = kvm_call(kv->fd, KVM_RUN, 0);
		if (r == -EINTR || r == -EAGAIN) {
			if (!kick_taken(kv))
				continue;
			e->kind = VCPU_EXIT_KICK;
			return;
		}
		if (r < 0 ? exit_error(kv, e, r) : exit_take(kv, e))
			return;
	}
}

/* The kernel completes the exit on its next entry, which here ends before the guest begins. */
void kvm_vcpu_settle(struct vcpu *vcpu, struct vcpu_exit *e)
{
	struct kvcpu *kv = vcpu->back;

	if (e->kind != VCPU_EXIT_HCALL && e->kind != VCPU_EXIT_MMIO)
		return;
	exit_answer(kv, e);
	for (unsigned i = 0; i < MMIO_PARTS_MAX; i++) {
		__atomic_store_n(&kv->run->immediate_exit, 1, __ATOMIC_SEQ_CST);
		if (kvm_call(kv->fd, KVM_RUN, 0) < 0)
			break;
	}
	__atomic_store_n(&kv->run->immediate_exit, 0, __ATOMIC_SEQ_CST);
	if (atomic_load(&kv->kicked)) /* meanwhile, perhaps */
		__atomic_store_n(&kv->run->immediate_exit, 1, __ATOMIC_SEQ_CST);
	e->kind = VCPU_EXIT_KICK;
}

void kvm_vcpu_kick(struct vcpu *vcpu)
{
	struct kvcpu *kv = vcpu->back;

	atomic_store(&kv->kicked, true);
	__atomic_store_n(&kv->run->immediate_exit, 1, __ATOMIC_SEQ_CST);
	atomic_fetch_add(&kv->kicks, 1);
	syscall(SYS_futex, &kv->kicks, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
	pthread_kill(vcpu->thread, VCPU_KICK_SIGNAL);
}

/* Only where the kernel leaves H_CEDE to the VMM. */
void kvm_vcpu_idle(struct vcpu *vcpu)
{
	struct kvcpu *kv = vcpu->back;
	unsigned seen = atomic_load(&kv->kicks);

	while (!atomic_load(&kv->kicked) && !atomic_load(&vcpu->prodded)) {
		syscall(SYS_futex, &kv->kicks, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
		seen = atomic_load(&kv->kicks);
	}
	if (atomic_load(&kv->kicked))
		kick_taken(kv);
}

void kvm_vcpu_reset(struct vcpu *vcpu)
{
	struct kvcpu *kv = vcpu->back;

	kvm_regs_reset(kv);
	atomic_store(&kv->system_reset, false);
	atomic_store(&kv->mode, 0);
	atomic_store(&kv->level, kv->accel->caps.compat_pvr);
	kvm_mode_apply(kv);
}

static int vcpu_set_up(struct accel *a, struct kvcpu *kv)
{
	int r = kvm_enable(kv->fd, KVM_CAP_PPC_PAPR, 0, 0);

	/* what was asked for, or what the host itself is at, must be had; kvm_pr has no levels */
	if (r == 0 && a->caps.compat_pvr && a->type == ACCEL_KVM_HV)
		r = kvm_reg_set(kv->fd, KVM_REG_PPC_ARCH_COMPAT, &a->caps.compat_pvr);
	if (r == 0)
		r = kvm_irqchip_connect(a, kv);
	if (r == 0) {
		kvm_vcpu_reset(kv->vcpu);
		a->vcpus[kv->vcpu->index] = kv;
		if (a->caps.hpt)
			r = kvm_segments_find(a);
		if (!kvm_large_decrementer(kv))
			a->caps.dec_bits = 0;
	}
	return r;
}

int kvm_vcpu_open(struct accel *a, struct vcpu *vcpu)
{
	struct kvcpu *kv = calloc(1, sizeof(*kv));
	int r;

	if (!kv)
		return -ENOMEM;
	vcpu->back = kv;
	kv->vcpu = vcpu;
	kv->accel = a;
	r = kv->fd = kvm_call(a->vm_fd, KVM_CREATE_VCPU, vcpu->server);
	if (r >= 0) {
		kv->run = mmap(NULL, a->run_size, PROT_READ | PROT_WRITE, MAP_SHARED, kv->fd, 0);
		r = kv->run == MAP_FAILED ? -errno : vcpu_set_up(a, kv);
	}
	if (r < 0)
		kvm_vcpu_close(vcpu);
	return r;
}

void kvm_vcpu_close(struct vcpu *vcpu)
{
	struct kvcpu *kv = vcpu->back;

	if (!kv)
		return;
	log_info("vCPU %u: KVM exits to user space: %llu h-calls, %llu MMIO, %llu signals",
		 vcpu->index, (unsigned long long)kv->counts[KVM_COUNT_HCALL],
		 (unsigned long long)kv->counts[KVM_COUNT_MMIO],
		 (unsigned long long)kv->counts[KVM_COUNT_INTR]);
	kv->accel->vcpus[vcpu->index] = NULL;
	if (kv->run && kv->run != MAP_FAILED)
		munmap(kv->run, kv->accel->run_size);
	if (kv->fd >= 0)
		close(kv->fd);
	free(kv);
	vcpu->back = NULL;
}
