/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VMX integer compares (Power ISA I.6); the record forms sum up in CR6. */
#include "vmm/interp/vec.h"

#define OP_COMPARE(name, type, expr)                                                               \
	OP_VMX2(name, type, expr)                                                                  \
	OP(name##_rc)                                                                              \
	{                                                                                          \
		type a, b, mask;                                                                   \
                                                                                                   \
		CHECK_VEC;                                                                         \
		a = VSR_AS(type, op->ra);                                                          \
		b = VSR_AS(type, op->rb);                                                          \
		mask = (type)(expr);                                                               \
		VSR_AS(type, op->rt) = mask;                                                       \
		vec_set_cr6(cpu, (vu64)mask);                                                      \
		NEXT();                                                                            \
	}

OP_COMPARE(vcmpequb, vu8, a == b)
OP_COMPARE(vcmpequh, vu16, a == b)
OP_COMPARE(vcmpequw, vu32, a == b)
OP_COMPARE(vcmpequd, vu64, a == b)
OP_COMPARE(vcmpgtub, vu8, a > b)
OP_COMPARE(vcmpgtuh, vu16, a > b)
OP_COMPARE(vcmpgtuw, vu32, a > b)
OP_COMPARE(vcmpgtud, vu64, a > b)
OP_COMPARE(vcmpgtsb, vs8, a > b)
OP_COMPARE(vcmpgtsh, vs16, a > b)
OP_COMPARE(vcmpgtsw, vs32, a > b)
OP_COMPARE(vcmpgtsd, vs64, a > b)
OP_COMPARE(vcmpneb, vu8, a != b)
OP_COMPARE(vcmpneh, vu16, a != b)
OP_COMPARE(vcmpnew, vu32, a != b)
/* Not equal, or either is zero. */
OP_COMPARE(vcmpnezb, vu8, (a != b) | (a == 0))
OP_COMPARE(vcmpnezh, vu16, (a != b) | (a == 0))
OP_COMPARE(vcmpnezw, vu32, (a != b) | (a == 0))
