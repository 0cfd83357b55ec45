/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Instructions on the segment look-aside buffer: Power ISA 3.0B Book III 5.9.3.2. */
#include "vmm/interp/core.h"
#include "vmm/interp/cr.h"
#include "vmm/interp/slb.h"
#include "vmm/interp/tlb.h"

#define ENTRY_INDEX(rb) ((rb) & 0xfff)

OP_CALL(slbmte, CHECK_PRIV)
{
	slb_insert(cpu, cpu->gpr[op->rb], cpu->gpr[op->rt]);
	return INSN_OK;
}

OP_CALL(slbie, CHECK_PRIV)
{
	slb_remove(cpu, cpu->gpr[op->rb]);
	return INSN_OK;
}

/* Radix trees have no segments: what they leave to it is the translations. */
OP_CALL(slbia, CHECK_PRIV)
{
	if (cpu->lpcr & LPCR_HR)
		tlb_flush_all(cpu);
	else
		slb_remove_all(cpu, op->rt & 7);
	return INSN_OK;
}

/* The entry with the number in RB; NULL: it is not valid, or there is none. */
static const struct slbe *numbered(const struct icpu *cpu, const op_t *op)
{
	uint64_t index = ENTRY_INDEX(cpu->gpr[op->rb]);

	return index < SLB_ENTRIES && cpu->slb[index].esid ? &cpu->slb[index] : NULL;
}

OP_CALL(slbmfev, CHECK_PRIV)
{
	const struct slbe *s = numbered(cpu, op);

	cpu->gpr[op->rt] = s ? s->segment.vsid : 0;
	return INSN_OK;
}

OP_CALL(slbmfee, CHECK_PRIV)
{
	const struct slbe *s = numbered(cpu, op);

	cpu->gpr[op->rt] = s ? s->esid : 0;
	return INSN_OK;
}

OP_CALL(slbfee_rc, CHECK_PRIV)
{
	const struct slbe *s = slb_find(cpu, cpu->gpr[op->rb]);

	cpu->gpr[op->rt] = s ? s->segment.vsid : 0;
	cr_set_field(cpu, 0, (s ? CR_EQ : 0) | (cpu->so ? CR_SO : 0));
	return INSN_OK;
}

/* Of segment tables, which there are not: with radix trees no entry is left, else it is the hypervisor's. */
OP_CALL(slbieg, CHECK_PRIV)
{
	return cpu->lpcr & LPCR_GTSE ? INSN_OK : hypervisor_only(cpu);
}

OP_CALL(slbsync, CHECK_PRIV)
{
	return cpu->lpcr & LPCR_GTSE ? INSN_OK : hypervisor_only(cpu);
}
