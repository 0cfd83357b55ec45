/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Software translation caches.
 *
 * A context belongs to one way of looking at addresses: real mode; supervisor state under one setting
 * of the AMR's key 0, which Linux flips around each access to user memory; or problem state of one
 * process. A switch among them is a change of pointers. Only what supervisor contexts hold of the
 * current process (quadrant 0) depends on PIDR too; those entries are noted, and dropped on a switch.
 */
#include "vmm/interp/tlb.h"

#include <assert.h>
#include <string.h>

#include "vmm/interp/core.h"
#include "vmm/interp/tlb_impl.h"

static void entry_clear(struct tlb *t, unsigned at)
{
	t->rd[at].tag = t->wr[at].tag = TLB_INVALID;
	t->fetch[at % FETCH_ENTRIES].tag = TLB_INVALID;
}

/* Guests flush often, and little in between: then only what was filled since is cleared. */
void context_clear(struct tlb *t)
{
	if (t->filled_count <= TLB_LIST) {
		for (unsigned i = 0; i < t->filled_count; i++)
			entry_clear(t, t->filled[i]);
	} else {
		for (unsigned i = 0; i < TLB_ENTRIES; i++)
			entry_clear(t, i);
	}
	t->user_count = t->filled_count = t->segment_count = 0;
}

struct tlb *context_take(struct icpu *cpu, uint64_t key)
{
	struct tlb *oldest = NULL;

	for (unsigned i = 0; i < TLB_CONTEXTS; i++) {
		struct tlb *t = &cpu->contexts[i];

		if (t != cpu->dtlb && t != cpu->itlb && (!oldest || t->used < oldest->used))
			oldest = t;
	}
	assert(oldest);
	if (!oldest->key)
		oldest->filled_count = TLB_LIST + 1; /* never cleared */
	context_clear(oldest);
	oldest->key = key;
	return oldest;
}

static struct tlb *context_find(struct icpu *cpu, uint64_t key)
{
	struct tlb *found = NULL;

	for (unsigned i = 0; i < TLB_CONTEXTS && !found; i++)
		if (cpu->contexts[i].key == key)
			found = &cpu->contexts[i];
	if (!found)
		found = context_take(cpu, key);
	found->used = ++cpu->switches;
	return found;
}

static uint64_t context_key(const struct icpu *cpu, bool relocated)
{
	if (!relocated)
		return KEY_REAL;
	if (cpu->msr & MSR_PR)
		return KEY_USER(cpu->pidr);
	return KEY_KERNEL(cpu->amr >> 62);
}

static struct tlb *context_of(struct icpu *cpu, bool relocated, struct tlb *current)
{
	uint64_t key;

	if (relocated && !(cpu->lpcr & LPCR_HR))
		return hash_context(cpu);
	key = context_key(cpu, relocated);
	return current && current->key == key ? current : context_find(cpu, key);
}

void tlb_select(struct icpu *cpu)
{
	bool ir = cpu->msr & MSR_IR, dr = cpu->msr & MSR_DR;

	cpu->dtlb = context_of(cpu, dr, cpu->dtlb);
	cpu->itlb = ir == dr ? cpu->dtlb : context_of(cpu, ir, cpu->itlb);
	cpu->rd = cpu->dtlb->rd;
	cpu->wr = cpu->dtlb->wr;
	cpu->fetch = cpu->itlb->fetch;
}

static bool is_user_ea(uint64_t ea)
{
	return !(ea >> 62);
}

void context_drop_user(struct tlb *t)
{
	if (t->user_count > TLB_LIST) {
		context_clear(t);
		return;
	}
	for (unsigned i = 0; i < t->user_count; i++) {
		unsigned at = t->user[i];

		if (is_user_ea(t->rd[at].tag))
			t->rd[at].tag = TLB_INVALID;
		if (is_user_ea(t->wr[at].tag))
			t->wr[at].tag = TLB_INVALID;
		if (is_user_ea(t->fetch[at % FETCH_ENTRIES].tag))
			t->fetch[at % FETCH_ENTRIES].tag = TLB_INVALID;
	}
	t->user_count = 0;
}

void tlb_pid_changed(struct icpu *cpu)
{
	for (unsigned i = 0; i < TLB_CONTEXTS; i++)
		if (KEY_IS_KERNEL(cpu->contexts[i].key))
			context_drop_user(&cpu->contexts[i]);
	tlb_select(cpu);
}

void tlb_flush_all(struct icpu *cpu)
{
	for (unsigned i = 0; i < TLB_CONTEXTS; i++)
		if (cpu->contexts[i].key)
			context_clear(&cpu->contexts[i]);
}

/* @count stays at TLB_LIST + 1 once the list is too short. */
static void list_add(uint16_t list[TLB_LIST], uint32_t *count, unsigned at)
{
	if (*count < TLB_LIST)
		list[*count] = (uint16_t)at;
	if (*count <= TLB_LIST)
		++*count;
}

static void note_filled(struct tlb *t, uint64_t ea)
{
	unsigned at = (ea >> 12) & (TLB_ENTRIES - 1);

	list_add(t->filled, &t->filled_count, at);
	if (KEY_IS_KERNEL(t->key) && is_user_ea(ea))
		list_add(t->user, &t->user_count, at);
}

void tlb_insert_data(struct icpu *cpu, uint64_t ea, const struct translation *t, bool is_store,
		     bool writable)
{
	struct tlb *tlb = cpu->dtlb;
	unsigned at = (ea >> 12) & (TLB_ENTRIES - 1);
	struct tlb_entry e = {
		.tag = ea & ~0xfffULL,
		.addend = (uint64_t)cpu->ram + (t->gpa & ~0xfffULL) - (ea & ~0xfffULL),
	};

	if (tlb->key == KEY_HASH(1))
		hash_note_segment(cpu, tlb, ea);
	/* a copy's source and target may share a place: the other kind's entry is not driven out */
	if (t->readable && (!is_store || tlb->rd[at].tag == TLB_INVALID))
		tlb->rd[at] = e;
	if (writable && (is_store || tlb->wr[at].tag == TLB_INVALID))
		tlb->wr[at] = e;
	note_filled(tlb, ea);
}

void tlb_insert_fetch(struct icpu *cpu, uint64_t ea, struct op_page *page)
{
	struct fetch_entry *e = &cpu->fetch[(ea >> 12) & (FETCH_ENTRIES - 1)];

	if (cpu->itlb->key == KEY_HASH(1))
		hash_note_segment(cpu, cpu->itlb, ea);
	e->tag = ea & ~0xfffULL;
	e->page = page;
	note_filled(cpu->itlb, ea);
}

/* One 4 KiB page out of one context. */
static void context_drop_page(struct tlb *t, uint64_t ea)
{
	unsigned at = (ea >> 12) & (TLB_ENTRIES - 1);

	if (t->rd[at].tag == ea)
		t->rd[at].tag = TLB_INVALID;
	if (t->wr[at].tag == ea)
		t->wr[at].tag = TLB_INVALID;
	if (t->fetch[at % FETCH_ENTRIES].tag == ea)
		t->fetch[at % FETCH_ENTRIES].tag = TLB_INVALID;
}

/* True if a page of process @pid can be in @t; the pages of process 0 are quadrant 3 of every other. */
static bool context_may_hold(const struct icpu *cpu, const struct tlb *t, uint64_t pid)
{
	if (t->key == KEY_REAL || KEY_IS_HASH(t->key))
		return false;
	if (KEY_IS_KERNEL(t->key))
		return pid == 0 || pid == cpu->pidr;
	return pid == 0 || t->key == KEY_USER(pid);
}

static void invalidate_process(struct icpu *cpu, uint64_t pid)
{
	for (unsigned i = 0; i < TLB_CONTEXTS; i++) {
		struct tlb *t = &cpu->contexts[i];

		if (!t->key || !context_may_hold(cpu, t, pid))
			continue;
		if (KEY_IS_KERNEL(t->key) && pid)
			context_drop_user(t);
		else
			context_clear(t);
	}
}

static void invalidate_range(struct icpu *cpu, uint64_t pid, uint64_t ea, uint64_t size)
{
	for (unsigned i = 0; i < TLB_CONTEXTS; i++) {
		struct tlb *t = &cpu->contexts[i];

		if (!t->key || !context_may_hold(cpu, t, pid))
			continue;
		for (uint64_t off = 0; off < size; off += 4096)
			context_drop_page(t, (ea & ~(size - 1)) + off);
	}
}

/* Power ISA 3.0B Book III 5.9.3.3: IS in RB[52:53], AP in RB[56:58], PID in RS[0:31]. RIC 1 is the page
 * walk cache alone, of which nothing is kept. */
void tlb_invalidate(struct icpu *cpu, uint64_t rb, uint64_t rs, unsigned ric, bool radix)
{
	unsigned is = (rb >> 10) & 3, ap = (rb >> 5) & 7;
	uint64_t pid = rs >> 32, ea = rb & ~0xfffULL;

	if (!radix) {
		tlb_flush_all(cpu);
		return;
	}
	if (ric == 1)
		return;
	if (ric == 3 && is == 0)
		invalidate_process(cpu, pid); /* a cluster of pages */
	else if (is == 0 && ap == 0)
		invalidate_range(cpu, pid, ea, 4096);
	else if (is == 0 && ap == 5)
		invalidate_range(cpu, pid, ea, 65536);
	else if (is <= 1)
		invalidate_process(cpu, pid);
	else
		tlb_flush_all(cpu);
}

void tlb_revoke_write(struct icpu *cpu, uint64_t gpa)
{
	uint64_t hva = (uint64_t)cpu->ram + (gpa & ~0xfffULL);

	for (unsigned i = 0; i < TLB_CONTEXTS; i++) {
		struct tlb *t = &cpu->contexts[i];

		if (!t->key)
			continue;
		for (unsigned e = 0; e < TLB_ENTRIES; e++)
			if (t->wr[e].tag + t->wr[e].addend == hva)
				t->wr[e].tag = TLB_INVALID;
	}
}

void tlb_revoke_fetch(struct icpu *cpu, const struct op_page *page)
{
	for (unsigned i = 0; i < TLB_CONTEXTS; i++) {
		struct tlb *t = &cpu->contexts[i];

		if (!t->key)
			continue;
		for (unsigned e = 0; e < FETCH_ENTRIES; e++)
			if (t->fetch[e].page == page)
				t->fetch[e].tag = TLB_INVALID;
	}
}
