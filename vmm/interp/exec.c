/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between handlers: decoding in place, fetching the next page, leaving, taking interrupts. */
#include <string.h>

#include "vmm/base/byteorder.h"
#include "vmm/interp/code.h"
#include "vmm/interp/core.h"
#include "vmm/interp/decode.h"
#include "vmm/interp/exec.h"
#include "vmm/interp/fuse.h"
#include "vmm/interp/native.h"
#include "vmm/interp/ops_branch.h"
#include "vmm/interp/prefix.h"
#include "vmm/interp/smp.h"
#include "vmm/interp/tlb.h"

#define ISA_WITH_PREFIXES 310
#define PREFIX_BLOCK      16 /* slots that a prefixed instruction may not leave */

#define SRR1_PREFIXED PPC_BIT(34)
#define SRR1_BOUNDARY PPC_BIT(35)

static handler_fn x_prefix_boundary;

static handler_fn *choose_handler(const struct insn_desc *desc, uint32_t flags)
{
	if (flags & CODE_SF32)
		return desc->any;
	if ((flags & CODE_SO) && !desc->is_mem && !desc->is_branch)
		return desc->any;
	return (flags & CODE_LE) ? desc->le : desc->be;
}

static uint32_t word_at(const struct op_page *page, unsigned slot)
{
	const uint8_t *p = page->host + slot * 4;

	return (page->flags & CODE_LE) ? load_le32(p) : load_be32(p);
}

static bool is_prefix(const struct icpu *cpu, uint32_t word)
{
	return word >> 26 == PREFIX_OPCODE && cpu->isa >= ISA_WITH_PREFIXES;
}

/* A prefixed instruction does not cross a boundary of 64 bytes, so its suffix is in the same page. */
static handler_fn *decode_prefixed(struct icpu *cpu, const struct op_page *page, unsigned slot,
				   uint32_t prefix, op_t *op)
{
	const struct insn_desc *desc;
	uint32_t suffix;

	if (slot % PREFIX_BLOCK == PREFIX_BLOCK - 1)
		return x_prefix_boundary;
	suffix = word_at(page, slot + 1);
	desc = decode_find_prefixed(prefix, suffix, cpu->isa);
	if (!desc)
		return x_illegal;
	decode_operands_prefixed(op, desc->format, prefix, suffix);
	return choose_handler(desc, page->flags);
}

/* Decodes the word of slot @slot into @op; returns its own handler. */
static handler_fn *decode_word(struct icpu *cpu, const struct op_page *page, unsigned slot, op_t *op)
{
	uint32_t word = word_at(page, slot);
	const struct insn_desc *desc = decode_find(word, cpu->isa);
	handler_fn *fn;

	if (is_prefix(cpu, word))
		return decode_prefixed(cpu, page, slot, word, op);
	if (!desc)
		return x_illegal;
	decode_operands(op, desc->format, word);
	fn = choose_handler(desc, page->flags);
	if (desc->is_branch && !(page->flags & CODE_SF32))
		fn = branch_form(op, word, slot, fn);
	return fn;
}

static void slot_set_handler(op_t *op, handler_fn *fn)
{
	op->fn = (void (*)(void))fn;
}

/* False if another vCPU has stored something else there since the slot was decoded. */
static bool same_operands(const op_t *now, const op_t *slot)
{
	return now->rt == slot->rt && now->ra == slot->ra && now->rb == slot->rb &&
	       now->x == slot->x && now->imm == slot->imm;
}

/* The handler for slot @slot that has @fn of its own and whose next slot is decoded, too. */
static handler_fn *fuse_with_next(struct icpu *cpu, struct op_page *page, unsigned slot, handler_fn *fn)
{
	handler_fn *fused;
	op_t next;

	if (slot + 1 == PAGE_INSNS || HANDLER_OF(&page->ops[slot + 1]) == x_decode)
		return fn;
	fused = fuse_pair(&page->ops[slot], fn, &next, decode_word(cpu, page, slot + 1, &next));
	return fused && same_operands(&next, &page->ops[slot + 1]) ? fused : fn;
}

handler_fn *exec_decoded(struct icpu *cpu, const struct op_page *page, unsigned slot, op_t *op)
{
	handler_fn *fn;

	if (HANDLER_OF(&page->ops[slot]) == x_decode)
		return NULL;
	fn = decode_word(cpu, page, slot, op);
	return same_operands(op, &page->ops[slot]) ? fn : NULL;
}

static __attribute__((noinline)) void decode_slot(struct icpu *cpu, op_t *op)
{
	struct op_page *page = OP_PAGE_OF(op);
	unsigned slot = (unsigned)(op - page->ops);
	handler_fn *fn = decode_word(cpu, page, slot, op), *fused;
	op_t before;

	slot_set_handler(op, fn);
	page->fresh++;
	if (unlikely(cpu->native_eager && page->fresh >= cpu->native_eager))
		native_translate(cpu, page);
	if ((page->flags & ~CODE_LE) || page->is_native)
		return;
	slot_set_handler(op, fuse_with_next(cpu, page, slot, fn));
	if (slot == 0 || HANDLER_OF(op - 1) == x_decode)
		return;
	fused = fuse_pair(op - 1, decode_word(cpu, page, slot - 1, &before), op, fn);
	if (fused && same_operands(&before, op - 1))
		slot_set_handler(op - 1, fused);
}

HRET x_decode(ARGS)
{
	decode_slot(cpu, op);
	DISPATCH();
}

HRET x_next_page(ARGS)
{
	uint64_t next = cpu->page_va + 4096;

	op -= 1;
	JUMP((cpu->msr & MSR_SF) ? next : (uint32_t)next);
}

static void leave_at(struct icpu *cpu, uint64_t X, const op_t *op)
{
	cpu->remaining = (int64_t)(X - (uint64_t)op) / (int64_t)sizeof(op_t);
}

HRET x_budget(ARGS)
{
	cpu->pc = OP_PC(cpu, op);
	leave_at(cpu, X, op);
	native_sample(cpu, op);
	LEAVE();
}

/* The slot of cpu->pc, after any interrupts that fetching it causes; NULL if that does not end. */
static op_t *fetch(struct icpu *cpu)
{
	for (unsigned tries = 0; tries < 4; tries++) {
		struct fetch_entry *e = &cpu->fetch[(cpu->pc >> 12) & (FETCH_ENTRIES - 1)];
		struct translation t;
		enum insn_result r;

		if (e->tag != (cpu->pc & ~0xfffULL)) {
			r = mmu_translate(cpu, cpu->pc, ACCESS_FETCH, &t);
			if (r == INSN_OK && t.gpa >= cpu->ram_size)
				r = INSN_MACHINE_CHECK;
			if (r != INSN_OK) {
				cpu->fault_ea = cpu->pc;
				cpu->fault_dsisr = t.fault;
				intr_deliver(cpu, r, cpu->pc);
				if (unlikely(cpu->exiting))
					return NULL;
				continue;
			}
			tlb_insert_fetch(cpu, cpu->pc, code_page_get(cpu, t.gpa));
			e = &cpu->fetch[(cpu->pc >> 12) & (FETCH_ENTRIES - 1)];
		}
		cpu->page_va = cpu->pc & ~0xfffULL;
		return &e->page->ops[(cpu->pc >> 2) & (PAGE_INSNS - 1)];
	}
	return NULL;
}

/* Goes on at cpu->pc with @left instructions of the budget. */
#define GO_ON(left)                                                                                \
	do {                                                                                       \
		int64_t left_ = (left);                                                            \
                                                                                                   \
		op = fetch(cpu);                                                                   \
		if (!op || left_ < 0) {                                                            \
			cpu->remaining = left_ < 0 ? left_ : 0;                                    \
			LEAVE();                                                                   \
		}                                                                                  \
		X = (uint64_t)op + (uint64_t)left_ * sizeof(op_t);                                 \
		DISPATCH();                                                                        \
	} while (0)

#define LEFT_AFTER(op) ((int64_t)(X - (uint64_t)((op) + 1)) / (int64_t)sizeof(op_t))

HRET x_fetch_miss(ARGS)
{
	GO_ON(LEFT_AFTER(op));
}

HRET x_code_stale(ARGS)
{
	cpu->pc = OP_PC(cpu, op) + 4;
	code_flags_update(cpu);
	GO_ON(LEFT_AFTER(op));
}

HRET x_sync(ARGS)
{
	cpu->pc = OP_PC(cpu, op) + 4;
	smp_sync(cpu);
	GO_ON(LEFT_AFTER(op));
}

HRET x_illegal(ARGS)
{
	RAISE(INSN_ILLEGAL);
}

static HRET x_prefix_boundary(ARGS)
{
	CHECK_PREFIX;
	cpu->srr1_flags = SRR1_BOUNDARY;
	cpu->fault_ea = OP_PC(cpu, op);
	RAISE(INSN_ALIGNMENT);
}

/* An interrupt by an instruction: SRR1 tells if it is a prefixed one. */
static void deliver_of(struct icpu *cpu, const op_t *op, uint64_t pc)
{
	const struct op_page *page = OP_PAGE_OF(op);

	if (is_prefix(cpu, word_at(page, (unsigned)(op - page->ops))))
		cpu->srr1_flags |= SRR1_PREFIXED;
	intr_deliver(cpu, cpu->result, pc);
	cpu->srr1_flags = 0;
}

HRET x_result(ARGS)
{
	uint64_t pc = OP_PC(cpu, op);

	if (cpu->result == INSN_EXIT) {
		if (!cpu->hcall_open)
			cpu->pc = pc;
		leave_at(cpu, X, op + 1);
		cpu->exiting = true;
		LEAVE();
	}
	if (cpu->result != INSN_JUMP)
		deliver_of(cpu, op, pc);
	if (unlikely(cpu->exiting)) {
		leave_at(cpu, X, op + 1);
		LEAVE();
	}
	/* interrupts and returns from them synchronise the context */
	if (unlikely(atomic_load_explicit(&cpu->events, memory_order_acquire) & EVENT_REQUEST))
		smp_take(cpu);
	GO_ON(LEFT_AFTER(op));
}

static __attribute__((noinline)) void enter(ARGS)
{
#if DISPATCH_TAIL
	HANDLER_OF(op)(ARGV);
#else
	while (op) {
		struct hnext n = HANDLER_OF(op)(ARGV);

		op = n.op;
		X = n.X;
	}
#endif
}

void exec_run(struct icpu *cpu)
{
	uint64_t X;
	op_t *op = fetch(cpu);

	if (!op) {
		cpu->remaining = 0;
		return;
	}
	X = (uint64_t)op + (uint64_t)cpu->remaining * sizeof(op_t);
	enter(ARGV);
}
