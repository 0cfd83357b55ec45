/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * System resets and machine checks. The kernel delivers neither: the first it does not know, the second it leaves
 * to the VMM once KVM_CAP_PPC_FWNMI is on. So they are taken here, as the processor would. Source: Power ISA 3.0B
 * Book III 7.5; what SRR1 and DSISR say of a machine check is the processor's: arch/powerpc/kernel/mce_power.c.
 */
#include "vmm/base/bits.h"
#include "vmm/base/log.h"
#include "vmm/kvm/kvm.h"

#define VEC_SYSTEM_RESET  0x100u
#define VEC_MACHINE_CHECK 0x200u

#define MSR_TS_T   PPC_BIT(29) /* transactional, */
#define MSR_TS_S   PPC_BIT(30) /* suspended */
#define SRR1_CLEAR (PPC_BITMASK(33, 36) | PPC_BITMASK(42, 47))

#define MC_SRR1        0x083c0000u /* where the kernel leaves the cause, in the MSR */
#define MC_SRR1_ACCESS PPC_BIT(42) /* DSISR has the cause */
#define MC_SRR1_FETCH  0x081c0000u

struct cause {
	uint32_t value; /* a bit of DSISR; all of MC_SRR1_FETCH */
	unsigned isa;   /* from which level on */
	bool has_ea;
	uint8_t error, cause;
};

/* The first that suits stands. */
static const struct cause access_causes[] = {
	{0x8000, 300, true, MC_UE, MC_UE_ACCESS},
	{0x8000, 0, false, MC_UE, MC_UE_ACCESS},
	{0x4000, 0, true, MC_UE, MC_UE_ACCESS_WALK},
	{0x0800, 0, true, MC_ERAT, MC_MULTIHIT},
	{0x0400, 0, true, MC_TLB, MC_MULTIHIT},
	{0x0200, 300, false, MC_UNKNOWN, 0}, /* a tlbie in user mode */
	{0x0200, 0, true, MC_ERAT, MC_MULTIHIT},
	{0x0080, 0, true, MC_SLB, MC_SLB_MULTIHIT},
	{0x0100, 0, true, MC_SLB, MC_SLB_PARITY},
	{0x0040, 300, true, MC_CONTROL, MC_CONTROL_ACCESS},
	{0x0040, 0, true, MC_SLB, MC_SLB_EITHER},
	{0x0020, 300, false, MC_CONTROL, MC_CONTROL_WALK},
	{0x0010, 300, false, MC_CONTROL, MC_CONTROL_WALK},
	{0x0008, 300, false, MC_CONTROL, MC_CONTROL_ACCESS},
};

static const struct cause fetch_causes[] = {
	{0x00040000, 0, true, MC_UE, MC_UE_FETCH},
	{0x00080000, 0, true, MC_SLB, MC_SLB_PARITY},
	{0x000c0000, 0, true, MC_SLB, MC_SLB_MULTIHIT},
	{0x00100000, 0, true, MC_ERAT, MC_MULTIHIT},
	{0x00140000, 0, true, MC_TLB, MC_MULTIHIT},
	{0x00180000, 0, true, MC_UE, MC_UE_FETCH_WALK},
	{0x001c0000, 300, true, MC_CONTROL, MC_CONTROL_ACCESS},
	{0x001c0000, 0, true, MC_UE, MC_UE_FETCH},
	{0x080c0000, 300, true, MC_CONTROL, MC_CONTROL_ACCESS},
	{0x08100000, 300, true, MC_CONTROL, MC_CONTROL_WALK},
	{0x08140000, 300, false, MC_CONTROL, MC_CONTROL_ACCESS}, /* a store, some time ago */
	{0x081c0000, 300, true, MC_CONTROL, MC_CONTROL_WALK},
};

static const struct cause *access_cause(unsigned isa, uint32_t dsisr)
{
	for (unsigned i = 0; i < ARRAY_SIZE(access_causes); i++)
		if ((dsisr & access_causes[i].value) && isa >= access_causes[i].isa)
			return &access_causes[i];
	return NULL;
}

static const struct cause *fetch_cause(unsigned isa, uint64_t srr1)
{
	for (unsigned i = 0; i < ARRAY_SIZE(fetch_causes); i++)
		if ((srr1 & MC_SRR1_FETCH) == fetch_causes[i].value && isa >= fetch_causes[i].isa)
			return &fetch_causes[i];
	return NULL;
}

/* What is known of the machine check that @regs and @dsisr are of. */
static void describe(const struct kvcpu *kv, const struct cpu_regs *regs, struct vcpu_exit *e)
{
	bool access = regs->msr & MC_SRR1_ACCESS;
	unsigned isa = kv->accel->caps.model.isa;
	const struct cause *c = access ? access_cause(isa, (uint32_t)regs->dsisr)
				       : fetch_cause(isa, regs->msr);

	e->kind = VCPU_EXIT_NMI;
	e->nmi.is_machine_check = true;
	e->nmi.recovered = (kv->run->flags & KVM_RUN_PPC_NMI_DISP_MASK) == KVM_RUN_PPC_NMI_DISP_FULLY_RECOV;
	e->nmi.error = c ? c->error : MC_UNKNOWN;
	e->nmi.cause = c ? c->cause : 0;
	e->nmi.has_ea = c && c->has_ea;
	e->nmi.ea = access ? regs->dar : regs->pc;
}

/* @regs as the interrupt's handler at @vector finds them; @cause is SRR1's. */
static void take(const struct kvcpu *kv, struct cpu_regs *regs, uint64_t vector, uint64_t cause)
{
	uint64_t old = regs->msr, msr = MSR_SF;

	regs->srr0 = regs->pc;
	regs->srr1 = (old & ~SRR1_CLEAR) | cause;
	if (vector != VEC_MACHINE_CHECK)
		msr |= old & MSR_ME;
	if (atomic_load(&kv->mode) & KVM_MODE_LE)
		msr |= MSR_LE;
	if (old & (MSR_TS_T | MSR_TS_S))
		msr |= MSR_TS_S;
	regs->msr = msr;
	regs->pc = vector;
}

bool kvm_machine_check_take(struct kvcpu *kv, struct vcpu_exit *e)
{
	struct cpu_regs regs;

	kvm_regs_get(kv->vcpu, &regs);
	describe(kv, &regs, e);
	take(kv, &regs, VEC_MACHINE_CHECK, regs.msr & MC_SRR1);
	kvm_regs_set(kv->vcpu, &regs);
	return atomic_load(&kv->accel->nmi_exits);
}

bool kvm_system_reset_take(struct kvcpu *kv, struct vcpu_exit *e)
{
	struct cpu_regs regs;

	if (!atomic_exchange(&kv->system_reset, false))
		return false;
	/* an exit's answer belongs to what is interrupted */
	kvm_vcpu_settle(kv->vcpu, e);
	kvm_regs_get(kv->vcpu, &regs);
	take(kv, &regs, VEC_SYSTEM_RESET, 0);
	kvm_regs_set(kv->vcpu, &regs);
	if (!atomic_load(&kv->accel->nmi_exits))
		return false;
	e->kind = VCPU_EXIT_NMI;
	e->nmi.is_machine_check = false;
	return true;
}

/* It is on its own way into the guest that a vCPU takes it. */
void kvm_system_reset(struct vcpu *vcpu)
{
	struct kvcpu *kv = vcpu->back;

	atomic_store(&kv->system_reset, true);
	atomic_store(&kv->stale, true);
	kvm_vcpu_kick(vcpu);
}

/*
 * The kernel leaves machine checks to us from the first guest on that asks, and then for good: before, it repairs
 * what it can.
 */
void kvm_nmi_exits(struct vcpu *vcpu, bool on)
{
	struct kvcpu *kv = vcpu->back;
	struct accel *a = kv->accel;

	atomic_store(&a->nmi_exits, on);
	if (!on || atomic_exchange(&a->fwnmi, true))
		return;
	if (kvm_enable(kv->fd, KVM_CAP_PPC_FWNMI, 0, 0) < 0)
		log_info("kvm: machine checks go to the guest without a report");
}
