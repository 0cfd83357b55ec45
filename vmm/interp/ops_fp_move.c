// SPDX-License-Identifier: GPL-2.0-or-later
/* Moves between FPRs, and the instructions on the FPSCR itself. Power ISA 3.0B Book I 4.6.5, 4.6.9, 4.6.10. */
#include "vmm/interp/cr.h"
#include "vmm/interp/ops_fp.h"

#define MOVE(name, value)                                                                          \
	OP(name)                                                                                   \
	{                                                                                          \
		CHECK_FP;                                                                          \
		fpu_write(cpu, op->rt, value);                                                     \
		NEXT();                                                                            \
	}

#define MOVE_RECORD(name, value)                                                                   \
	MOVE(name, value)                                                                          \
	OP_VOID(name##_rc, CHECK_FP)                                                               \
	{                                                                                          \
		fpu_write(cpu, op->rt, value);                                                     \
		fpu_record(cpu);                                                                   \
	}

MOVE_RECORD(fmr, FPR(op->rb))
MOVE_RECORD(fneg, FPR(op->rb) ^ FP_SIGN)
MOVE_RECORD(fabs, FPR(op->rb) & ~FP_SIGN)
MOVE_RECORD(fnabs, FPR(op->rb) | FP_SIGN)
MOVE_RECORD(fcpsgn, (FPR(op->ra) & FP_SIGN) | (FPR(op->rb) & ~FP_SIGN))
MOVE_RECORD(fsel, FPRD(op->ra) >= 0.0 ? FPR(op->x) : FPR(op->rb))
MOVE(fmrgew, (FPR(op->ra) & ~0xffffffffULL) | FPR(op->rb) >> 32)
MOVE(fmrgow, FPR(op->ra) << 32 | (FPR(op->rb) & 0xffffffff))

/* All that software can set; VX and FEX follow from the rest. */
#define FPSCR_WRITABLE (FPSCR_DRN | 0xfffff7ffULL)

/* The bits of @mask take the values they have in @value. */
static enum insn_result write_fpscr(struct icpu *cpu, uint64_t value, uint64_t mask)
{
	mask &= FPSCR_WRITABLE;
	cpu->fpscr = (fpu_fpscr(cpu) & ~mask) | (value & mask);
	fpu_update(cpu);
	return fpu_trap_due(cpu) ? INSN_FP_ENABLED : INSN_OK;
}

OP_VOID(mffs, CHECK_FP)
{
	fpu_write(cpu, op->rt, fpu_fpscr(cpu));
}

OP_VOID(mffs_rc, CHECK_FP)
{
	fpu_write(cpu, op->rt, fpu_fpscr(cpu));
	fpu_record(cpu);
}

#define FPSCR_CONTROL (FPSCR_DRN | FPSCR_ENABLES | FPSCR_NI | FPSCR_RN)

OP_VOID(mffsl, CHECK_FP)
{
	fpu_write(cpu, op->rt,
		  fpu_fpscr(cpu) & (FPSCR_CONTROL | FPSCR_FR | FPSCR_FI | FPSCR_FPRF));
}

OP_CALL(mffsce, CHECK_FP)
{
	fpu_write(cpu, op->rt, fpu_fpscr(cpu));
	return write_fpscr(cpu, 0, FPSCR_ENABLES);
}

/* The controls go into the register, the field @mask is replaced. */
static enum insn_result swap_control(struct icpu *cpu, const op_t *op, uint64_t value,
				     uint64_t mask)
{
	fpu_write(cpu, op->rt, fpu_fpscr(cpu) & FPSCR_CONTROL);
	return write_fpscr(cpu, value, mask);
}

OP_CALL(mffscdrn, CHECK_FP)
{
	return swap_control(cpu, op, FPR(op->rb), FPSCR_DRN);
}

OP_CALL(mffscdrni, CHECK_FP)
{
	return swap_control(cpu, op, (uint64_t)op->rb << 32, FPSCR_DRN);
}

OP_CALL(mffscrn, CHECK_FP)
{
	return swap_control(cpu, op, FPR(op->rb), FPSCR_RN);
}

OP_CALL(mffscrni, CHECK_FP)
{
	return swap_control(cpu, op, op->rb, FPSCR_RN);
}

#define CALL_RECORD(name)                                                                          \
	OP_CALL(name##_rc, CHECK_FP)                                                               \
	{                                                                                          \
		enum insn_result r = c_##name(cpu, op);                                            \
                                                                                                   \
		fpu_record(cpu);                                                                   \
		return r;                                                                          \
	}

/* The doubleword mask of the fields that FLM chooses; W: they are those of the high word. */
static uint64_t field_mask(unsigned flm, bool w)
{
	uint64_t mask = 0;

	for (unsigned i = 0; i < 8; i++)
		if (flm & (0x80u >> i))
			mask |= 0xf0000000ULL >> (4 * i);
	return w ? mask << 32 : mask;
}

OP_CALL(mtfsf, CHECK_FP)
{
	uint32_t word = (uint32_t)op->imm;
	uint64_t mask = field_mask(word >> 17 & 0xff, word >> 16 & 1);

	return write_fpscr(cpu, FPR(op->rb), (word >> 25 & 1) ? ~0ULL : mask);
}
CALL_RECORD(mtfsf)

OP_CALL(mtfsfi, CHECK_FP)
{
	uint32_t word = (uint32_t)op->imm;
	uint64_t mask = field_mask(0x80u >> (op->rt >> 2), word >> 16 & 1);

	return write_fpscr(cpu, (word >> 12 & 15) * 0x1111111111111111ULL, mask);
}
CALL_RECORD(mtfsfi)

OP_CALL(mtfsb0, CHECK_FP)
{
	return write_fpscr(cpu, 0, 0x80000000u >> op->rt);
}
CALL_RECORD(mtfsb0)

OP_CALL(mtfsb1, CHECK_FP)
{
	uint32_t bit = 0x80000000u >> op->rt;

	if (bit & FPSCR_STICKY & ~cpu->fpscr)
		bit |= FPSCR_FX;
	return write_fpscr(cpu, bit, bit);
}
CALL_RECORD(mtfsb1)

OP_VOID(mcrfs, CHECK_FP)
{
	uint32_t mask = 0xf0000000u >> (op->ra >> 2 << 2);

	cr_set_field(cpu, op->rt >> 2, (unsigned)(fpu_fpscr(cpu) >> (28 - (op->ra >> 2 << 2))) & 15);
	cpu->fpscr &= ~(uint64_t)(mask & (FPSCR_FX | FPSCR_STICKY));
	fpu_update(cpu);
}
