/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loads and stores of the interpreted CPU.
 *
 * An instruction that accesses memory has its body in an ops_mem*.inc, which is compiled three times
 * (mem_handlers.h): MEM_OP(name) defines h_le_<name>, h_be_<name> for the fast paths, and h_any_<name>, the
 * twin that handles everything: TLB misses, page crossings, MMIO, 32-bit mode, stores to code. The fast
 * ones hand over to the twin before they have changed any register.
 */
#ifndef PAPRIKA_INTERP_MEM_H
#define PAPRIKA_INTERP_MEM_H

#include "vmm/interp/cpu.h"

/*
 * The full path of an access of @len bytes (1 to 16) at @ea, to or from @buf in the guest's memory order
 * (the first byte is the one at @ea). Nothing has been transferred unless it returns INSN_OK.
 * In 32-bit mode @ea is truncated here.
 */
enum insn_result mem_read(struct icpu *cpu, uint64_t ea, void *buf, unsigned len);
enum insn_result mem_write(struct icpu *cpu, uint64_t ea, const void *buf, unsigned len);

/* A number of 1, 2, 4 or 8 bytes in the CPU's current byte order. */
enum insn_result mem_load(struct icpu *cpu, uint64_t ea, unsigned len, uint64_t *ret);
enum insn_result mem_store(struct icpu *cpu, uint64_t ea, unsigned len, uint64_t value);

/* A 16-byte quadword in the CPU's current byte order. */
enum insn_result mem_load_q(struct icpu *cpu, uint64_t ea, vsr_t *ret);
enum insn_result mem_store_q(struct icpu *cpu, uint64_t ea, const vsr_t *value);

/* @len zero bytes within one page. */
enum insn_result mem_zero(struct icpu *cpu, uint64_t ea, unsigned len);

/*
 * The host address of @len naturally aligned bytes for an atomic access; what is not aligned raises the
 * alignment interrupt, what is not RAM a data storage one. After mem_atomic_wr() the page holds no
 * predecoded code at that place.
 */
enum insn_result mem_atomic_rd(struct icpu *cpu, uint64_t ea, unsigned len, void **ret_hva);
enum insn_result mem_atomic_wr(struct icpu *cpu, uint64_t ea, unsigned len, void **ret_hva);

/* Where the low @len bytes of a host doubleword begin in memory. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define HOST_LOW_BYTES(len) 0
#else
#define HOST_LOW_BYTES(len) (8 - (len))
#endif

/* @v's low @len bytes, swapped if the CPU's byte order is not the host's. */
static inline uint64_t mem_order(const struct icpu *cpu, uint64_t v, unsigned len)
{
	bool host_le = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;

	if (host_le == !!(cpu->msr & MSR_LE) || len == 1)
		return v;
	return __builtin_bswap64(v) >> (64 - 8 * len);
}

#endif
