/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Predecoded pages.
 *
 * A page of RAM becomes code when it is first executed: from then on no context of any vCPU has a write
 * entry for it, every store comes through code_store_begins(), and the slots it overlaps (with the two before,
 * which may be fused with them) go back to the decoder. A page that keeps being stored to is data again: it
 * is given up at the next pause between instructions.
 *
 * Each vCPU has predecoded pages of its own, for an instruction that another thread could replace while it
 * executes would need a lock. Two orders make it sound. Who makes a page code first counts itself in
 * code_users, then looks for others that may have write entries; who makes a write entry first notes it in
 * its written map, then looks at code_users: one of both sees the other.
 */
#include "vmm/interp/code.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "vmm/interp/core.h"
#include "vmm/interp/native.h"
#include "vmm/interp/smp.h"
#include "vmm/interp/tlb.h"

#define CODE_STORES_MAX   32
#define CODE_FUSED_BEFORE 2

static void *map_zero(uint64_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

int code_init(struct icpu *cpu, unsigned pages)
{
	uint64_t ram_pages = cpu->ram_size >> 12;

	cpu->code_map_size = (pages + 1) * (uint64_t)OP_PAGE_ALIGN;
	cpu->code = map_zero(ram_pages * sizeof(*cpu->code));
	cpu->written = map_zero(ram_pages);
	cpu->code_map = map_zero(cpu->code_map_size);
	if (!cpu->code || !cpu->written || !cpu->code_map) {
		code_done(cpu);
		return -ENOMEM;
	}
	cpu->code_pool = (uint8_t *)align_up((uint64_t)cpu->code_map, OP_PAGE_ALIGN);
	cpu->code_next = cpu->code_pool;
	cpu->code_pool_end = cpu->code_pool + pages * (uint64_t)OP_PAGE_ALIGN;
	return 0;
}

void code_done(struct icpu *cpu)
{
	uint64_t pages = cpu->ram_size >> 12;

	if (cpu->code)
		munmap(cpu->code, pages * sizeof(*cpu->code));
	if (cpu->written)
		munmap(cpu->written, pages);
	if (cpu->code_map)
		munmap(cpu->code_map, cpu->code_map_size);
	cpu->code = NULL;
	cpu->written = NULL;
	cpu->code_map = NULL;
}

/* An unused page, or NULL if the pool is used up. */
static struct op_page *page_alloc(struct icpu *cpu)
{
	struct op_page *page = cpu->code_free;

	if (page) {
		cpu->code_free = page->next;
		return page;
	}
	if (cpu->code_next == cpu->code_pool_end)
		return NULL;
	page = (struct op_page *)cpu->code_next;
	cpu->code_next += OP_PAGE_ALIGN;
	return page;
}

static void slots_forget(struct op_page *page, unsigned first, unsigned last)
{
	for (unsigned i = first; i <= last; i++)
		page->ops[i].fn = (void (*)(void))x_decode;
}

/* Other threads look at whether there is a page. */
static void head_set(struct op_page **head, struct op_page *page)
{
	__atomic_store_n(head, page, __ATOMIC_RELAXED);
}

struct op_page *code_page_get(struct icpu *cpu, uint64_t gpa)
{
	struct op_page **head = &cpu->code[gpa >> 12], *page;

	for (page = *head; page; page = page->next)
		if (page->flags == cpu->code_flags)
			return page;
	page = page_alloc(cpu);
	if (!page) {
		code_flush(cpu);
		page = page_alloc(cpu);
	}
	slots_forget(page, 0, PAGE_INSNS - 1);
	page->ops[PAGE_INSNS].fn = (void (*)(void))x_next_page;
	page->gpa = gpa & ~0xfffULL;
	page->host = cpu->ram + page->gpa;
	page->flags = cpu->code_flags;
	page->stores = page->fresh = page->heat = 0;
	page->is_native = false;
	page->next = *head;
	head_set(head, page);
	if (!page->next) {
		code_revoke_write(cpu, gpa);
		smp_code_begins(cpu, gpa);
	}
	return page;
}

void code_revoke_write(struct icpu *cpu, uint64_t gpa)
{
	uint8_t *written = &cpu->written[gpa >> 12];

	if (!*written)
		return;
	tlb_revoke_write(cpu, gpa);
	__atomic_store_n(written, 0, __ATOMIC_RELAXED);
}

bool code_write_begins(struct icpu *cpu, uint64_t gpa)
{
	uint8_t *written = &cpu->written[gpa >> 12];

	if (smp_page_is_code(cpu, gpa))
		return false;
	if (*written)
		return true;
	__atomic_store_n(written, 1, __ATOMIC_RELAXED);
	atomic_thread_fence(memory_order_seq_cst);
	return !smp_page_is_code(cpu, gpa);
}

bool code_store_begins(struct icpu *cpu, uint64_t gpa, uint64_t len)
{
	if (likely(code_write_begins(cpu, gpa)))
		return true;
	code_written(cpu, gpa, len);
	smp_code_stored(cpu, gpa);
	return false;
}

void code_page_store(struct icpu *cpu, uint64_t gpa, uint64_t len)
{
	uint64_t end = gpa + len - 1;

	for (uint64_t p = gpa >> 12; p <= end >> 12; p++) {
		unsigned first = p == gpa >> 12 ? (gpa & 0xfff) / 4 : 0;
		unsigned last = p == end >> 12 ? (end & 0xfff) / 4 : PAGE_INSNS - 1;

		first -= first < CODE_FUSED_BEFORE ? first : CODE_FUSED_BEFORE;
		for (struct op_page *page = cpu->code[p]; page; page = page->next) {
			slots_forget(page, first, last);
			if (page->is_native)
				native_forget(cpu, page);
			if (++page->stores == CODE_STORES_MAX)
				cpu->code_reap = true;
		}
	}
}

static void page_free(struct icpu *cpu, struct op_page *page)
{
	struct op_page **link = &cpu->code[page->gpa >> 12];

	while (*link != page)
		link = &(*link)->next;
	head_set(link, page->next);
	if (!cpu->code[page->gpa >> 12])
		smp_code_ends(cpu, page->gpa);
	tlb_revoke_fetch(cpu, page);
	page->flags = ~0u;
	page->next = cpu->code_free;
	cpu->code_free = page;
}

void code_reap(struct icpu *cpu)
{
	cpu->code_reap = false;
	if (native_wants_flush(cpu)) {
		code_flush(cpu);
		return;
	}
	for (uint8_t *p = cpu->code_pool; p < cpu->code_next; p += OP_PAGE_ALIGN) {
		struct op_page *page = (struct op_page *)p;

		if (page->flags != ~0u && page->stores >= CODE_STORES_MAX)
			page_free(cpu, page);
	}
}

void code_flush(struct icpu *cpu)
{
	for (uint8_t *p = cpu->code_pool; p < cpu->code_next; p += OP_PAGE_ALIGN) {
		struct op_page **head = &cpu->code[((struct op_page *)p)->gpa >> 12];

		if (*head)
			smp_code_ends(cpu, ((struct op_page *)p)->gpa);
		head_set(head, NULL);
	}
	cpu->code_next = cpu->code_pool;
	cpu->code_free = NULL;
	cpu->code_reap = false;
	native_flush(cpu);
	tlb_flush_all(cpu);
}
