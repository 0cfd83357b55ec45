/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers of a vCPU through KVM_GET/SET_REGS and KVM_GET/SET_ONE_REG. */
#include <errno.h>
#include <string.h>

#include "vmm/base/bits.h"
#include "vmm/base/log.h"
#include "vmm/kvm/kvm.h"

int kvm_reg_get(int vcpu_fd, uint64_t id, void *value)
{
	struct kvm_one_reg reg = {.id = id, .addr = (uintptr_t)value};

	return kvm_call_ptr(vcpu_fd, KVM_GET_ONE_REG, &reg);
}

int kvm_reg_set(int vcpu_fd, uint64_t id, const void *value)
{
	struct kvm_one_reg reg = {.id = id, .addr = (uintptr_t)value};

	return kvm_call_ptr(vcpu_fd, KVM_SET_ONE_REG, &reg);
}

int kvm_reg_set_u64(int vcpu_fd, uint64_t id, uint64_t value)
{
	return kvm_reg_set(vcpu_fd, id, &value);
}

void kvm_regs_get(struct vcpu *vcpu, struct cpu_regs *ret_regs)
{
	struct kvcpu *kv = vcpu->back;
	struct kvm_regs k = {0};

	*ret_regs = (struct cpu_regs){0};
	if (kvm_call_ptr(kv->fd, KVM_GET_REGS, &k) < 0)
		return;
	memcpy(ret_regs->gpr, k.gpr, sizeof(ret_regs->gpr));
	ret_regs->pc = k.pc;
	ret_regs->msr = k.msr;
	ret_regs->lr = k.lr;
	ret_regs->ctr = k.ctr;
	ret_regs->xer = k.xer;
	ret_regs->srr0 = k.srr0;
	ret_regs->srr1 = k.srr1;
	ret_regs->cr = (uint32_t)k.cr;
	kvm_reg_get(kv->fd, KVM_REG_PPC_DAR, &ret_regs->dar);
	kvm_reg_get(kv->fd, KVM_REG_PPC_DSISR, &ret_regs->dsisr);
}

void kvm_regs_set(struct vcpu *vcpu, const struct cpu_regs *regs)
{
	struct kvcpu *kv = vcpu->back;
	struct kvm_regs k = {0};

	/* what cpu_regs does not have stays as it is */
	if (kvm_call_ptr(kv->fd, KVM_GET_REGS, &k) < 0)
		return;
	memcpy(k.gpr, regs->gpr, sizeof(k.gpr));
	k.pc = regs->pc;
	k.msr = regs->msr;
	k.lr = regs->lr;
	k.ctr = regs->ctr;
	k.xer = regs->xer;
	k.srr0 = regs->srr0;
	k.srr1 = regs->srr1;
	k.cr = regs->cr;
	kvm_call_ptr(kv->fd, KVM_SET_REGS, &k);
	kvm_reg_set(kv->fd, KVM_REG_PPC_DAR, &regs->dar);
	kvm_reg_set(kv->fd, KVM_REG_PPC_DSISR, &regs->dsisr);
}

int kvm_spr_get(struct vcpu *vcpu, unsigned spr, uint64_t *ret_value)
{
	struct kvcpu *kv = vcpu->back;

	switch (spr) {
	case SPR_LPCR:
		return kvm_reg_get(kv->fd, KVM_REG_PPC_LPCR_64, ret_value);
	case SPR_PURR:
		return kvm_reg_get(kv->fd, KVM_REG_PPC_PURR, ret_value);
	}
	return -EINVAL;
}

int kvm_spr_set(struct vcpu *vcpu, unsigned spr, uint64_t value)
{
	struct kvcpu *kv = vcpu->back;

	return spr == SPR_LPCR ? kvm_reg_set_u64(kv->fd, KVM_REG_PPC_LPCR_64, value) : -EINVAL;
}

/* Zero at power-on. A kernel or a processor without one of them refuses it, which is as good. */
static const uint64_t zero_regs[] = {
	KVM_REG_PPC_VPA_DTL, KVM_REG_PPC_VPA_SLB, KVM_REG_PPC_VPA_ADDR, /* in this order */
	KVM_REG_PPC_HIOR, KVM_REG_PPC_DAR, KVM_REG_PPC_DSISR, KVM_REG_PPC_DSCR, KVM_REG_PPC_PURR, KVM_REG_PPC_SPURR,
	KVM_REG_PPC_AMR, KVM_REG_PPC_UAMOR, KVM_REG_PPC_IAMR, KVM_REG_PPC_PSPB, KVM_REG_PPC_DPDES,
	KVM_REG_PPC_DAWR, KVM_REG_PPC_DAWRX, KVM_REG_PPC_CIABR, KVM_REG_PPC_FSCR, KVM_REG_PPC_TAR,
	KVM_REG_PPC_EBBHR, KVM_REG_PPC_EBBRR, KVM_REG_PPC_BESCR, KVM_REG_PPC_PID, KVM_REG_PPC_TIDR,
	KVM_REG_PPC_WORT, KVM_REG_PPC_PPR, KVM_REG_PPC_VRSAVE, KVM_REG_PPC_VSCR, KVM_REG_PPC_FPSCR,
	KVM_REG_PPC_MMCR1, KVM_REG_PPC_MMCR2, KVM_REG_PPC_SIAR, KVM_REG_PPC_SDAR, KVM_REG_PPC_SIER,
	KVM_REG_PPC_PMC1, KVM_REG_PPC_PMC2, KVM_REG_PPC_PMC3, KVM_REG_PPC_PMC4, KVM_REG_PPC_PMC5,
	KVM_REG_PPC_PMC6, KVM_REG_PPC_PSSCR, KVM_REG_PPC_VTB,
};

#define MMCR0_FC 0x80000000ULL /* the performance monitor is frozen */

void kvm_regs_reset(struct kvcpu *kv)
{
	static const uint8_t zero[16] __attribute__((aligned(16)));
	struct kvm_regs k = {.msr = MSR_SF | MSR_ME};
	uint64_t icp = 0xffULL << KVM_REG_PPC_ICP_MFRR_SHIFT | 0xffULL << KVM_REG_PPC_ICP_PPRI_SHIFT;

	for (unsigned i = 0; i < ARRAY_SIZE(zero_regs); i++)
		kvm_reg_set(kv->fd, zero_regs[i], zero);
	for (unsigned i = 0; i < 32; i++) {
		kvm_reg_set(kv->fd, KVM_REG_PPC_VSR0 + i, zero);
		kvm_reg_set(kv->fd, KVM_REG_PPC_VR0 + i, zero);
	}
	if (kv->accel->caps.hpt)
		kvm_pr_reset(kv);
	kvm_reg_set_u64(kv->fd, KVM_REG_PPC_MMCR0, MMCR0_FC);
	kvm_reg_set_u64(kv->fd, KVM_REG_PPC_TB_OFFSET, kv->accel->tb_offset);
	kvm_reg_set_u64(kv->fd, KVM_REG_PPC_DEC_EXPIRY, INT32_MAX);
	if (kv->accel->xics_fd >= 0)
		kvm_reg_set_u64(kv->fd, KVM_REG_PPC_ICP_STATE, icp);
	if (kvm_call_ptr(kv->fd, KVM_SET_REGS, &k) < 0)
		log_error("kvm: the registers of vCPU %u cannot be set", kv->vcpu->index);
}
