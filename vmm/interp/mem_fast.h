/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Instantiates ops_mem.inc for one byte order, given as MEM_ORDER_LE or MEM_ORDER_BE. Included once by
 * ops_mem_le.c and ops_mem_be.c each; and its macros alone by those of fused handlers.
 *
 * An access hits when the page of its last byte is the tag of the entry for its first: so one compare
 * covers presence, permission and page crossing. Anything else goes to the full twin, h_any_<name>.
 */
#include <string.h>

#include "vmm/interp/core.h"
#include "vmm/interp/cr.h"
#include "vmm/interp/fpu.h"
#include "vmm/interp/prefix.h"

#ifdef MEM_ORDER_LE
#define MEM_OP(name)  OP(le_##name)
#define MEM_SWAP      (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)
#define MEM_FIRST_DW  1
#else
#define MEM_OP(name)  OP(be_##name)
#define MEM_SWAP      (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
#define MEM_FIRST_DW  0
#endif

#define SWAP_(T, v)                                                                                \
	((T)(sizeof(T) == 1   ? (v)                                                                \
	     : sizeof(T) == 2 ? __builtin_bswap16((uint16_t)(v))                                   \
	     : sizeof(T) == 4 ? __builtin_bswap32((uint32_t)(v))                                   \
			      : __builtin_bswap64((uint64_t)(v))))
/* Between memory order and a register's value; its own inverse. */
#define FROM_MEMORY(T, v) ((T)(MEM_SWAP ? SWAP_(T, v) : (T)(v)))

/* p = the host address of @size bytes at ea, by the read or write TLB. */
#define TLB_HIT(name, which, ea, size, p)                                                          \
	const struct tlb_entry *e_ = &cpu->which[((ea) >> 12) & (TLB_ENTRIES - 1)];                \
	if (unlikely((((ea) + (size) - 1) & ~0xfffULL) != e_->tag))                                \
		return h_any_##name(ARGV);                                                         \
	void *p = (void *)((ea) + e_->addend)

#define LOAD(name, T, ea, v)                                                                       \
	T v;                                                                                       \
	TLB_HIT(name, rd, ea, sizeof(T), p_);                                                      \
	memcpy(&v, p_, sizeof(T));                                                                 \
	v = FROM_MEMORY(T, v)

#define STORE(name, T, ea, value)                                                                  \
	do {                                                                                       \
		T v_ = (T)(value);                                                                 \
		TLB_HIT(name, wr, ea, sizeof(T), p_);                                              \
		v_ = FROM_MEMORY(T, v_);                                                           \
		memcpy(p_, &v_, sizeof(T));                                                        \
	} while (0)

static inline unsigned __int128 quad_order(unsigned __int128 q)
{
	if (MEM_SWAP)
		return (unsigned __int128)__builtin_bswap64((uint64_t)q) << 64 |
		       __builtin_bswap64((uint64_t)(q >> 64));
	return q;
}

#define LOAD_Q(name, ea, v)                                                                        \
	vsr_t v;                                                                                   \
	TLB_HIT(name, rd, ea, 16, p_);                                                             \
	memcpy(&v, p_, 16);                                                                        \
	v.q = quad_order(v.q)

#define STORE_Q(name, ea, value)                                                                   \
	do {                                                                                       \
		vsr_t v_ = (value);                                                                \
		TLB_HIT(name, wr, ea, 16, p_);                                                     \
		v_.q = quad_order(v_.q);                                                           \
		memcpy(p_, &v_, 16);                                                               \
	} while (0)

#define STORE_ZERO(name, ea, size)                                                                 \
	do {                                                                                       \
		TLB_HIT(name, wr, ea, size, p_);                                                   \
		memset(p_, 0, size);                                                               \
	} while (0)

/* The full twin raises the alignment interrupt. */
#define ATOMIC_AT(name, which, ea, T, p)                                                           \
	if (unlikely((ea) & (sizeof(T) - 1)))                                                      \
		return h_any_##name(ARGV);                                                         \
	TLB_HIT(name, which, ea, sizeof(T), p##_);                                                 \
	T *p = p##_

#define MEM(name, ...) handler_fn h_any_##name;
#define INSN(name, ...)
#define PREFIXED_MEM(name, ...) MEM(name)
#define PREFIXED(name, ...)
#include "vmm/interp/insns_31_prefix.def"
#include "vmm/interp/insns_31_vsx.def"
#include "vmm/interp/insns_mem.def"
#undef MEM
#undef INSN
#undef PREFIXED
#undef PREFIXED_MEM

#ifndef MEM_MACROS_ONLY
#include "vmm/interp/ops_mem.inc"
#include "vmm/interp/ops_mem_31.inc"
#endif
