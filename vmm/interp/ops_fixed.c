/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fixed-point instructions, Power ISA 3.0B Book I chapter 3, for 64-bit mode and for any mode. */
#include "vmm/interp/core.h"
#include "vmm/interp/cr.h"
#include "vmm/interp/dispatch.h"
#include "vmm/interp/fixed_math.h"

#define INTERP_ANY 0
#define FXN(name)  name##_64
#include "vmm/interp/ops_fixed.inc"
#undef INTERP_ANY

#define INTERP_ANY 1
#define FXN(name)  name##_any
#include "vmm/interp/ops_fixed.inc"
