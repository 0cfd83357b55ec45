// SPDX-License-Identifier: GPL-2.0-or-later
/* Floating-point arithmetic, conversions and comparisons on FPRs, Power ISA 3.0B Book I 4.6.6 to 4.6.8. */
#include "vmm/interp/ops_fp.h"

#include "vmm/interp/cr.h"

#define ARITH(kind, name, ...)                                                                     \
	SCALAR_##kind(name, CHECK_FP, __VA_ARGS__) SCALAR_RECORD(name, CHECK_FP)

ARITH(ADD, fadd, op->ra, op->rb)
ARITH(SUB, fsub, op->ra, op->rb)
ARITH(MUL, fmul, op->ra, op->x)
ARITH(DIV, fdiv, op->ra, op->rb)
ARITH(SQRT, fsqrt, op->rb)
ARITH(RE, fre, op->rb, false)
ARITH(RSQRTE, frsqrte, op->rb, false)
ARITH(MADD, fmadd, op->ra, op->x, op->rb, 0)
ARITH(MADD, fmsub, op->ra, op->x, op->rb, FPU_MADD_SUB)
ARITH(MADD, fnmadd, op->ra, op->x, op->rb, FPU_MADD_NEGATE)
ARITH(MADD, fnmsub, op->ra, op->x, op->rb, FPU_MADD_SUB | FPU_MADD_NEGATE)

ARITH(ADD_S, fadds, op->ra, op->rb)
ARITH(SUB_S, fsubs, op->ra, op->rb)
ARITH(MUL_S, fmuls, op->ra, op->x)
ARITH(DIV_S, fdivs, op->ra, op->rb)
ARITH(SQRT_S, fsqrts, op->rb)
ARITH(RE, fres, op->rb, true)
ARITH(RSQRTE, frsqrtes, op->rb, true)
ARITH(MADD_S, fmadds, op->ra, op->x, op->rb, 0)
ARITH(MADD_S, fmsubs, op->ra, op->x, op->rb, FPU_MADD_SUB)
ARITH(MADD_S, fnmadds, op->ra, op->x, op->rb, FPU_MADD_NEGATE)
ARITH(MADD_S, fnmsubs, op->ra, op->x, op->rb, FPU_MADD_SUB | FPU_MADD_NEGATE)

ARITH(RSP, frsp, op->rb)
ARITH(FROM_INT, fcfid, double, true, false, op->rb)
ARITH(FROM_INT, fcfids, float, true, true, op->rb)
ARITH(FROM_INT, fcfidu, double, false, false, op->rb)
ARITH(FROM_INT, fcfidus, float, false, true, op->rb)

ARITH(ROUND, frin, SF_NEAREST_AWAY)
ARITH(ROUND, friz, SF_TO_ZERO)
ARITH(ROUND, frip, SF_UP)
ARITH(ROUND, frim, SF_DOWN)

ARITH(TRUNCATE, fctidz, int64_t, BELOW_S64, ABOVE_S64, fpu_write(cpu, op->rt, (uint64_t)v_),
      fpu_to_int(cpu, op->rt, FPV(op->rb), FPU_S64, SF_TO_ZERO))
ARITH(TRUNCATE, fctiwz, int32_t, BELOW_S32, ABOVE_S32,
      fpu_write(cpu, op->rt, (uint64_t)(int64_t)v_),
      fpu_to_int(cpu, op->rt, FPV(op->rb), FPU_S32, SF_TO_ZERO))

SCALAR_COMPARE(fcmpu, CHECK_FP, false)
SCALAR_COMPARE(fcmpo, CHECK_FP, true)

/* An instruction that is one function, and its record form. */
#define CALL_RECORD(name, value)                                                                   \
	OP_CALL(name, CHECK_FP)                                                                    \
	{                                                                                          \
		return value;                                                                      \
	}                                                                                          \
	OP_CALL(name##_rc, CHECK_FP)                                                               \
	{                                                                                          \
		enum insn_result r = c_##name(cpu, op);                                            \
                                                                                                   \
		fpu_record(cpu);                                                                   \
		return r;                                                                          \
	}

#define CURRENT_ROUNDING ((enum sf_rounding)(cpu->fpscr & FPSCR_RN))
#define TO_INT(kind, rounding) fpu_to_int(cpu, op->rt, FPV(op->rb), kind, rounding)

CALL_RECORD(fctid, TO_INT(FPU_S64, CURRENT_ROUNDING))
CALL_RECORD(fctidu, TO_INT(FPU_U64, CURRENT_ROUNDING))
CALL_RECORD(fctiduz, TO_INT(FPU_U64, SF_TO_ZERO))
CALL_RECORD(fctiw, TO_INT(FPU_S32, CURRENT_ROUNDING))
CALL_RECORD(fctiwu, TO_INT(FPU_U32, CURRENT_ROUNDING))
CALL_RECORD(fctiwuz, TO_INT(FPU_U32, SF_TO_ZERO))

OP_VOID(ftdiv, CHECK_FP)
{
	cr_set_field(cpu, BF_OF(op), fpu_test_div(&sf_double, FPR(op->ra), FPR(op->rb)));
}

OP_VOID(ftsqrt, CHECK_FP)
{
	cr_set_field(cpu, BF_OF(op), fpu_test_sqrt(&sf_double, FPR(op->rb)));
}
