/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The interpreter's view of one Power thread: registers, translation caches and predecoded code.
 *
 * Threads: all of it belongs to its vCPU's thread, but for the atomics at the end.
 */
#ifndef PAPRIKA_INTERP_CPU_H
#define PAPRIKA_INTERP_CPU_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vmm/base/bits.h"
#include "vmm/cpu/exit.h"
#include "vmm/cpu/regs.h"

struct icpu;
struct interp;
struct native;
struct op;
struct requests;

/*
 * One predecoded instruction. Its operand fields are a pure function of the instruction word.
 * rt, ra, rb, x: register numbers or small fields, as the format in decode.c says; imm: the
 * displacement, the immediate, or the instruction word itself.
 */
typedef struct op {
	void (*fn)(void); /* a handler_fn, see dispatch.h */
	uint8_t rt, ra, rb, x;
	int32_t imm;
} op_t;

#define PAGE_SHIFT_4K  12
#define PAGE_INSNS     1024
#define OP_PAGE_ALIGN  0x8000
#define OP_PAGE_OFFSET (OP_PAGE_ALIGN - 1)

/* The predecoded form of one 4 KiB page of guest-physical memory; aligned to OP_PAGE_ALIGN. */
struct op_page {
	op_t ops[PAGE_INSNS + 1]; /* the last slot goes on to the next page */
	uint64_t gpa;
	const uint8_t *host;
	struct op_page *next; /* the same page predecoded under other flags, or the free list */
	uint32_t flags;       /* CODE_* */
	uint32_t stores;      /* seen since predecoding began */
	uint32_t fresh;       /* slots decoded since it became native, or since predecoding began */
	uint32_t heat;        /* budgets used up here, since then */
	bool is_native;       /* slots may have native code, and none are fused */
};

/* What of the CPU's state a page's predecoded form depends on. */
#define CODE_LE   1u /* MSR[LE] */
#define CODE_SF32 2u /* MSR[SF] = 0 */
#define CODE_SO   4u /* XER[SO] = 1: compares go the long way */

#define TLB_ENTRIES   1024
#define FETCH_ENTRIES 1024
#define TLB_INVALID   (~0ULL) /* no page has this tag */

struct tlb_entry {
	uint64_t tag;    /* effective page address */
	uint64_t addend; /* host address = effective address + addend */
};

struct fetch_entry {
	uint64_t tag;
	struct op_page *page;
};

#define TLB_LIST     128
#define TLB_SEGMENTS 8

/* A segment: the effective addresses with @ea under @mask, and @vsid, the second operand of slbmte, with its
 * virtual address and its rights. */
struct segment {
	uint64_t ea, mask, vsid;
};

/* An entry of the segment look-aside buffer; invalid ones match no address. */
struct slbe {
	struct segment segment;
	uint64_t esid;       /* of slbmte: effective segment and V */
	unsigned base_shift; /* log2 of its page size */
	bool is_1t;
};

#define SLB_ENTRIES 32

/* The translations of one context: a kind of access (key) in one address space. */
struct tlb {
	struct tlb_entry rd[TLB_ENTRIES];
	struct tlb_entry wr[TLB_ENTRIES];
	struct fetch_entry fetch[FETCH_ENTRIES];
	uint64_t key;
	uint64_t amr, iamr; /* with hashed page tables a part of the key */
	uint64_t used; /* for replacement: the switch at which it was last chosen */
	/* Places filled since the last clear; user: those of quadrant 0 in a privileged context. A count
	 * above TLB_LIST: there were more. */
	uint32_t user_count, filled_count;
	uint16_t user[TLB_LIST], filled[TLB_LIST];
	/* Problem state with hashed page tables: the segments that entries were made by. */
	uint32_t segment_count;
	struct segment segments[TLB_SEGMENTS];
};

#define TLB_CONTEXTS 12

/*
 * A vector-scalar register, kept as a host-order 128-bit number. Elements are reached with VD(), VW(),
 * VH(), VB(), numbered as the ISA does: 0 is the most significant.
 * FPR n is doubleword 0 of VSR n; VR n is VSR 32 + n.
 */
typedef union vsr {
	unsigned __int128 q;
	__int128 sq;
	uint64_t d[2];
	int64_t sd[2];
	uint32_t w[4];
	int32_t sw[4];
	uint16_t h[8];
	int16_t sh[8];
	uint8_t b[16];
	int8_t sb[16];
	double f[2];
	float s[4];
} vsr_t;

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define VSR_INDEX(last, i) ((last) - (i))
#else
#define VSR_INDEX(last, i) (i)
#endif
#define VD(v, i)  ((v).d[VSR_INDEX(1, i)])
#define VSD(v, i) ((v).sd[VSR_INDEX(1, i)])
#define VW(v, i)  ((v).w[VSR_INDEX(3, i)])
#define VSW(v, i) ((v).sw[VSR_INDEX(3, i)])
#define VH(v, i)  ((v).h[VSR_INDEX(7, i)])
#define VSH(v, i) ((v).sh[VSR_INDEX(7, i)])
#define VB(v, i)  ((v).b[VSR_INDEX(15, i)])
#define VSB(v, i) ((v).sb[VSR_INDEX(15, i)])
#define VF(v, i)  ((v).f[VSR_INDEX(1, i)])
#define VS(v, i)  ((v).s[VSR_INDEX(3, i)])

/* What an instruction outside the fast path ends with: 0, or the interrupt it causes. */
enum insn_result {
	INSN_OK,
	INSN_ILLEGAL,    /* program interrupt: illegal instruction */
	INSN_PRIVILEGED, /* program interrupt: privileged instruction */
	INSN_TRAP,       /* program interrupt: trap */
	INSN_FP_ENABLED, /* program interrupt: floating-point enabled exception */
	INSN_FP_UNAVAIL,
	INSN_VEC_UNAVAIL,
	INSN_VSX_UNAVAIL,
	INSN_FAC_UNAVAIL, /* cpu->facility holds the FSCR interrupt cause */
	INSN_ALIGNMENT,   /* cpu->fault_ea */
	INSN_DSI,         /* cpu->fault_ea, cpu->fault_dsisr */
	INSN_DSEG,        /* cpu->fault_ea */
	INSN_ISI,         /* cpu->fault_dsisr as SRR1 bits */
	INSN_ISEG,
	INSN_MACHINE_CHECK, /* cpu->fault_ea: no such memory */
	INSN_SYSCALL,
	INSN_SYSCALL_V,
	INSN_JUMP, /* cpu->pc is set, and the context may have changed: refetch */
	INSN_EXIT, /* cpu->exit is filled; the instruction is begun anew unless pc was moved on */
};

/* Interrupts that wait for MSR[EE], and requests from other threads. */
#define EVENT_EXTERNAL 1u
#define EVENT_DOORBELL 2u
#define EVENT_KICK     4u
#define EVENT_REQUEST  8u /* others left something to do, see smp.h */
#define EVENT_SYSTEM_RESET 64u /* waits for nothing */
/* Of its own thread, for its next sync: */
#define EVENT_STORED 16u /* stored to pages that may be code elsewhere */
#define EVENT_TLBIE  32u /* asked others to drop translations */
#define EVENTS_SYNC  (EVENT_REQUEST | EVENT_STORED | EVENT_TLBIE)

#define STORED_PAGES 8

struct icpu {
	uint64_t gpr[34]; /* gpr[32] is always 0: the "ra|0" operand */
	uint64_t page_va; /* effective address of the page that is executing */
	struct tlb_entry *rd, *wr;  /* of the data context */
	struct fetch_entry *fetch;  /* of the instruction context */
	uint64_t lr, ctr;
	uint64_t cr[8]; /* one lazily encoded doubleword a field, see cr.h */
	uint64_t ca, ca32, ov, ov32, so; /* 0 or 1 each */
	uint64_t msr;
	uint64_t fpscr;
	uint64_t fp_pending; /* complement of the result whose class FPRF is to show; 0: none */
	uint8_t fp_fast; /* FP_FAST*: the host's arithmetic may be used, see fpu.h */
	uint8_t mmio_done; /* the access that caused the last exit has been answered */
	uint8_t mmio_open; /* the last exit is an access that must be answered */
	uint8_t hcall_open; /* the last exit is an h-call whose answer goes into r3..r12 */
	uint8_t fetch_stale; /* entries of other code_flags may be left */
	uint8_t scv_lev;
	uint8_t priority_low; /* by the hint of that name: it waits for something */
	uint32_t priority_drops; /* since the budget was last looked at */
	uint32_t waits;          /* budgets used up by waiting, in a row */
	uint8_t code_stale; /* code_flags changed under the code that is executing */
	uint64_t reserve_hva, reserve_val[2];
	uint32_t reserve_len; /* 0: no reservation */
	vsr_t vsr[64];
	uint32_t vscr; /* NJ and SAT only */
	uint32_t vrsave;

	/* Where execution stands when not in handlers. */
	uint64_t pc;
	int64_t remaining; /* of the instruction budget */
	uint32_t code_flags;
	enum insn_result result;
	uint64_t fault_ea;
	uint32_t fault_dsisr;
	uint32_t facility;
	uint64_t srr1_flags; /* of the interrupt that is being taken */
	struct vcpu_exit *exit;
	bool exiting; /* exit is filled: back to the caller */
	bool dec_pending;
	uint64_t mmio_data;
	unsigned isa;
	uint32_t pvr;
	uint32_t server;

	uint64_t xer_rest; /* XER's bits without a meaning of their own */
	uint64_t srr0, srr1, hsrr0, hsrr1;
	uint64_t dar, sprg[4];
	uint32_t dsisr;
	uint64_t amr, iamr, uamor, pidr, lpcr, fscr, cfar, dscr, dscr_u, ppr, tar, ctrl, pspb, ciabr;
	uint64_t dawr0, dawrx0, tidr, wort, ebbhr, ebbrr, bescr, mmcr[4], pmc[6], siar, sdar, sier;
	uint64_t dexcr, hash_key, hash_key_priv;
	uint64_t texasr, tfhar, tfiar, psscr, asdr;
	uint64_t dec_expiry; /* in timebase ticks */
	uint64_t vtb_offset, purr_offset, tb_offset;
	struct slbe slb[SLB_ENTRIES];

	/* What reset keeps begins here. */
	uint64_t insns; /* executed, up to the last budget check */
	uint64_t switches;
	struct tlb *dtlb, *itlb;
	struct tlb *contexts; /* TLB_CONTEXTS of them */
	/* With hashed page tables: counts removals of SLB entries; and the last contexts chosen for the supervisor
	 * and for problem state, the latter while the count was @hash_removals. */
	uint64_t slb_removals, hash_removals;
	struct tlb *hash_last[2];
	struct hpt *hpt;

	struct interp *interp;
	struct requests *requests;
	unsigned place; /* among the VM's vCPUs */
	unsigned stored_count;
	uint64_t stored[STORED_PAGES]; /* code pages stored to since the last sync */
	struct vcpu *vcpu;
	uint64_t proc_table, proc_table_size;
	unsigned model_isa, start_isa; /* start: the level at reset */
	uint32_t model_pvr;
	uint8_t *ram;
	uint64_t ram_size;
	/* By page number of guest-physical memory; read by other threads, too. */
	struct op_page **code;
	uint8_t *written; /* some context may hold a write entry */
	uint8_t *code_map, *code_pool, *code_next, *code_pool_end;
	uint64_t code_map_size;
	bool code_reap; /* some page has been stored to often, or native code has no room */
	struct op_page *code_free;
	struct native *native; /* NULL: handlers alone */
	unsigned native_eager; /* for tests: a page becomes native with so many fresh slots; 0: when it is hot */

	_Atomic uint32_t events;
};

static inline vsr_t *cpu_vr(struct icpu *cpu, unsigned n)
{
	return &cpu->vsr[32 + n];
}

static inline uint64_t *cpu_fpr(struct icpu *cpu, unsigned n)
{
	return &VD(cpu->vsr[n], 0);
}

#endif
