/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bodies of fixed-point instructions as functions, fx_<name>, for fused handlers. For one file each. */
#ifndef PAPRIKA_INTERP_FUSE_FIXED_H
#define PAPRIKA_INTERP_FUSE_FIXED_H

#include "vmm/interp/core.h"
#include "vmm/interp/cr.h"
#include "vmm/interp/fixed_math.h"
#include "vmm/interp/fuse_lists.h"

/* These bodies go nowhere: what raises an interrupt is never fused. */
#pragma push_macro("NEXT")
#pragma push_macro("RAISE")
#undef NEXT
#undef RAISE
#define NEXT()   return rt_
#define RAISE(r) return 0
#define INTERP_ANY    0
#define INTERP_INLINE 1
#define FXN(name)     name##_inline
#define x_code_stale(...) rt_
#include "vmm/interp/ops_fixed.inc"
#undef x_code_stale
#undef INTERP_ANY
#undef INTERP_INLINE
#pragma pop_macro("NEXT")
#pragma pop_macro("RAISE")

#define GPR(n) (cpu->gpr[n])

/* Executes the slot @o, one of FUSE_ALU, with @a and @b as the values of ra and rb. */
#define FUSE_RUN(name, o, a, b) (GPR((o).rt) = fx_##name(cpu, &(o), a, b, GPR((o).rt)))

#endif
