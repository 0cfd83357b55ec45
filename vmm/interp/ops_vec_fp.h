/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What handlers of vector floating point share: when the host's results need no flags. */
#ifndef PAPRIKA_INTERP_OPS_VEC_FP_H
#define PAPRIKA_INTERP_OPS_VEC_FP_H

#include "vmm/interp/fpu_host.h"
#include "vmm/interp/fpu_vector.h"
#include "vmm/interp/vec.h"

static inline bool vd_is_finite(vf64 r)
{
	return fpu_is_finite(fpu_bits(r[0])) && fpu_is_finite(fpu_bits(r[1]));
}

/* The vector forms of fpu_is_plain(), but zeros do as well where the mask @exact allows them. */
static inline bool vd_is_plain(vf64 r, vs64 exact)
{
	return (fpu_is_plain(fpu_bits(r[0])) || (exact[0] && r[0] == 0)) &&
	       (fpu_is_plain(fpu_bits(r[1])) || (exact[1] && r[1] == 0));
}

#define VS_EXPONENTS(r) ((vs32)(r) & 0x7f800000)

static inline bool vs_is_finite(vf32 r)
{
	return vec_all((vu64)(VS_EXPONENTS(r) < 0x7f800000));
}

static inline bool vs_is_plain(vf32 r, vs32 exact)
{
	vs32 e = VS_EXPONENTS(r);

	return vec_all((vu64)(((e > 0x00800000) & (e < 0x7f800000)) | (exact & (r == 0))));
}

/* To integral values; no element is a NaN. */
static inline vf64 round_vd(vf64 b, enum sf_rounding rounding)
{
	return (vf64){host_round(b[0], rounding), host_round(b[1], rounding)};
}

static inline vf32 round_vs(vf32 b, enum sf_rounding rounding)
{
	return (vf32){(float)host_round(b[0], rounding), (float)host_round(b[1], rounding),
		      (float)host_round(b[2], rounding), (float)host_round(b[3], rounding)};
}

#endif
