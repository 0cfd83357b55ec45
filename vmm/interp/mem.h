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

#endif
