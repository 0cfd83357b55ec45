/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VSX scalar conversions and roundings, Power ISA 3.0B Book I 7.6.1. */
#include "vmm/interp/ops_fp.h"
#include "vmm/interp/vec.h"

#define CURRENT_ROUNDING ((enum sf_rounding)(cpu->fpscr & FPSCR_RN))

SCALAR_RSP(xsrsp, CHECK_VSX, op->rb)
SCALAR_FROM_INT(xscvsxddp, CHECK_VSX, double, true, false, op->rb)
SCALAR_FROM_INT(xscvsxdsp, CHECK_VSX, float, true, true, op->rb)
SCALAR_FROM_INT(xscvuxddp, CHECK_VSX, double, false, false, op->rb)
SCALAR_FROM_INT(xscvuxdsp, CHECK_VSX, float, false, true, op->rb)

#define TO_INT(kind) fpu_to_int(cpu, op->rt, FPV(op->rb), kind, SF_TO_ZERO)

SCALAR_TRUNCATE(xscvdpsxds, CHECK_VSX, int64_t, BELOW_S64, ABOVE_S64,
		fpu_write(cpu, op->rt, (uint64_t)v_), TO_INT(FPU_S64))
/* Of the words, number 1 is defined. */
SCALAR_TRUNCATE(xscvdpsxws, CHECK_VSX, int32_t, BELOW_S32, ABOVE_S32,
		fpu_write(cpu, op->rt, (uint64_t)(int64_t)v_), TO_INT(FPU_S32))
SCALAR_TRUNCATE(xscvdpuxds, CHECK_VSX, int64_t, -1.0, ABOVE_S64,
		fpu_write(cpu, op->rt, (uint64_t)v_), TO_INT(FPU_U64))
SCALAR_TRUNCATE(xscvdpuxws, CHECK_VSX, int64_t, -1.0, 4294967296.0,
		fpu_write(cpu, op->rt, (uint64_t)v_), TO_INT(FPU_U32))

/* A double or a single is placed in word or doubleword 0; the hardware fills word 1, too. */
#define TO_DOUBLE   ((u128)1 << 64)
#define TO_TWO_WORDS ((u128)1 << 96 | (u128)1 << 64)

OP_CALL(slow_xscvdpsp, CHECK_NONE)
{
	return fpu_convert(cpu, op->rt, &sf_double, FPR(op->rb), &sf_single, CURRENT_ROUNDING,
			   TO_TWO_WORDS);
}

OP(xscvdpsp)
{
	uint64_t b;

	CHECK_VSX;
	b = FPR(op->rb);
	if (unlikely(!(cpu->fp_fast & FP_FAST) ||
		     !(fpu_exponent(b) - 898 < 252 || fpu_is_zero(b))))
		return h_slow_xscvdpsp(ARGV);
	b = fpu_bits_s((float)fpu_d(b));
	cpu->fp_pending = ~fpu_single_to_double((uint32_t)b);
	fpu_write(cpu, op->rt, b << 32 | b);
	NEXT();
}

OP_CALL(slow_xscvspdp, CHECK_NONE)
{
	return fpu_convert(cpu, op->rt, &sf_single, VW(cpu->vsr[op->rb], 0), &sf_double,
			   SF_NEAREST, TO_DOUBLE);
}

/* Exact unless it is a NaN. */
OP(xscvspdp)
{
	uint64_t r;

	CHECK_VSX;
	r = fpu_single_to_double(VW(cpu->vsr[op->rb], 0));
	if (unlikely(fpu_is_nan(r)))
		return h_slow_xscvspdp(ARGV);
	cpu->fpscr &= ~(uint64_t)(FPSCR_FR | FPSCR_FI);
	cpu->fp_pending = ~r;
	fpu_write(cpu, op->rt, r);
	NEXT();
}

/* Without exceptions, for values that are singles. */
OP(xscvdpspn)
{
	uint64_t s;

	CHECK_VSX;
	s = fpu_double_to_single(FPR(op->rb));
	fpu_write(cpu, op->rt, s << 32 | s);
	NEXT();
}

OP(xscvspdpn)
{
	CHECK_VSX;
	fpu_write(cpu, op->rt, fpu_single_to_double(VW(cpu->vsr[op->rb], 0)));
	NEXT();
}

OP_CALL(xscvdphp, CHECK_VSX)
{
	return fpu_convert(cpu, op->rt, &sf_double, FPR(op->rb), &sf_half, CURRENT_ROUNDING,
			   TO_DOUBLE);
}

OP_CALL(xscvhpdp, CHECK_VSX)
{
	return fpu_convert(cpu, op->rt, &sf_half, VH(cpu->vsr[op->rb], 3), &sf_double, SF_NEAREST,
			   TO_DOUBLE);
}

SCALAR_ROUND(xsrdpi, CHECK_VSX, SF_NEAREST_AWAY)
SCALAR_ROUND(xsrdpim, CHECK_VSX, SF_DOWN)
SCALAR_ROUND(xsrdpip, CHECK_VSX, SF_UP)
SCALAR_ROUND(xsrdpiz, CHECK_VSX, SF_TO_ZERO)

/* The only one that tells of what it dropped. */
OP_CALL(xsrdpic, CHECK_VSX)
{
	return fpu_round_int(cpu, op->rt, FPR(op->rb), CURRENT_ROUNDING, true);
}
