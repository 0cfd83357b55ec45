/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VMX pack, unpack and sign extension (Power ISA I.6). */
#include "vmm/interp/vec.h"

/* Element i of the result comes from element i of a || b, which have @half elements each. */
#define SOURCE(from, half) (i < (half) ? from(a, i) : from(b, i - (half)))
#define OP_PACK_CLAMP(name, to, from, half, min, max)                                              \
	OP_VMX_EACH2(name, 2 * (half), to(t, i) = vec_clamp(cpu, SOURCE(from, half), min, max))

#define OP_PACK_WRAP(name, to, from, half, type)                                                   \
	OP_VMX_EACH2(name, 2 * (half), to(t, i) = (type)SOURCE(from, half))

OP_PACK_WRAP(vpkuhum, VB, VH, 8, uint8_t)
OP_PACK_WRAP(vpkuwum, VH, VW, 4, uint16_t)
OP_PACK_WRAP(vpkudum, VW, VD, 2, uint32_t)
OP_PACK_CLAMP(vpkuhus, VB, VH, 8, 0, UINT8_MAX)
OP_PACK_CLAMP(vpkuwus, VH, VW, 4, 0, UINT16_MAX)
OP_PACK_CLAMP(vpkshus, VB, VSH, 8, 0, UINT8_MAX)
OP_PACK_CLAMP(vpkswus, VH, VSW, 4, 0, UINT16_MAX)
OP_PACK_CLAMP(vpksdus, VW, VSD, 2, 0, UINT32_MAX)
OP_PACK_CLAMP(vpkshss, VSB, VSH, 8, INT8_MIN, INT8_MAX)
OP_PACK_CLAMP(vpkswss, VSH, VSW, 4, INT16_MIN, INT16_MAX)
OP_PACK_CLAMP(vpksdss, VSW, VSD, 2, INT32_MIN, INT32_MAX)
/* Its source may exceed what vec_clamp takes. */
OP_VMX_EACH2(vpkudus, 4,
	     VW(t, i) = vec_clamp(cpu, SOURCE(VD, 2) >> 63 ? INT64_MAX : (int64_t)SOURCE(VD, 2), 0,
				  UINT32_MAX))

/* A pixel: one bit and three times five of a word. */
static uint16_t pixel_pack(uint32_t v)
{
	return (uint16_t)((v >> 9 & 0xfc00) | (v >> 6 & 0x3e0) | (v >> 3 & 0x1f));
}

static uint32_t pixel_unpack(uint16_t v)
{
	uint32_t head = v >> 15 ? 0xff000000 : 0;

	return head | (v & 0x7c00u) << 6 | (v & 0x3e0u) << 3 | (v & 0x1fu);
}

OP_VMX_EACH2(vpkpx, 8, VH(t, i) = pixel_pack(SOURCE(VW, 4)))
OP_VMX_EACH2(vupkhpx, 4, VW(t, i) = pixel_unpack(VH(b, i)))
OP_VMX_EACH2(vupklpx, 4, VW(t, i) = pixel_unpack(VH(b, i + 4)))

OP_VMX_EACH2(vupkhsb, 8, VSH(t, i) = VSB(b, i))
OP_VMX_EACH2(vupklsb, 8, VSH(t, i) = VSB(b, i + 8))
OP_VMX_EACH2(vupkhsh, 4, VSW(t, i) = VSH(b, i))
OP_VMX_EACH2(vupklsh, 4, VSW(t, i) = VSH(b, i + 4))
OP_VMX_EACH2(vupkhsw, 2, VSD(t, i) = VSW(b, i))
OP_VMX_EACH2(vupklsw, 2, VSD(t, i) = VSW(b, i + 2))

OP_VMX_EACH2(vextsb2w, 4, VSW(t, i) = VSB(b, 4 * i + 3))
OP_VMX_EACH2(vextsh2w, 4, VSW(t, i) = VSH(b, 2 * i + 1))
OP_VMX_EACH2(vextsb2d, 2, VSD(t, i) = VSB(b, 8 * i + 7))
OP_VMX_EACH2(vextsh2d, 2, VSD(t, i) = VSH(b, 4 * i + 3))
OP_VMX_EACH2(vextsw2d, 2, VSD(t, i) = VSW(b, 2 * i + 1))
