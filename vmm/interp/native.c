/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Native code: its memory, the layout of a page's code, and when a page becomes native.
 *
 * A page's code is first its instructions, one after the other, then what they rarely do: jumps out
 * of it, and each slot's entry. Slots that have not been decoded, and instructions without a native
 * form, are jumps to what the slot says.
 */
#include "vmm/interp/native.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "vmm/base/bits.h"
#include "vmm/base/cleanup.h"
#include "vmm/interp/core.h"
#include "vmm/interp/exec.h"
#include "vmm/interp/native_impl.h"

#if INTERP_NATIVE

#include <cpuid.h>

#define HEAT_NATIVE 2  /* budgets used up in a page that make it native */
#define HEAT_AGAIN  64 /* the same where few slots are not yet */
#define FRESH_FEW   8
#define STORES_MAX  8 /* a page that changes more often stays with handlers */

/* Instructions between two times that all code is given up for want of room: it costs a moment, and
 * what is native stays so meanwhile. */
#define FLUSH_INSNS (1ULL << 30)

#define PAGE_CODE_MAX ((PAGE_INSNS + 1) * (NATIVE_INSN_MAX + 32 * NATIVE_EXITS_MAX))

#define HASH_SIZE 1024 /* a power of two, twice the instructions at least */
#define THUNK_LEN 16

struct native {
	uint8_t *rw, *rx;              /* the same memory */
	uint64_t size, used, reserved; /* reserved: for thunks, at its beginning */
	bool full;
	uint64_t flushed; /* the instruction count then */
	struct native_job job;
};

static const struct native_op *hash[HASH_SIZE];

static unsigned hash_of(handler_fn *fn)
{
	return (unsigned)(((uint64_t)(uintptr_t)fn * 0x9e3779b97f4a7c15ULL) >> 54);
}

static const struct native_op *native_op_find(handler_fn *fn)
{
	for (unsigned i = hash_of(fn); hash[i]; i = (i + 1) % HASH_SIZE)
		if (hash[i]->fn == fn)
			return hash[i];
	return NULL;
}

static void hash_add(const struct native_op *ops, unsigned count)
{
	for (unsigned n = 0; n < count; n++) {
		unsigned i = hash_of(ops[n].fn);

		while (hash[i] && hash[i]->fn != ops[n].fn)
			i = (i + 1) % HASH_SIZE;
		hash[i] = &ops[n];
	}
}

void native_init(void)
{
	assert((native_fixed_count + native_mem_count + native_branch_count) * 2 <= HASH_SIZE);
	hash_add(native_fixed_ops, native_fixed_count);
	hash_add(native_mem_ops, native_mem_count);
	hash_add(native_branch_ops, native_branch_count);
}

/* Jumps to the handlers that code leaves to, which may be anywhere. */
enum thunk { THUNK_BUDGET, THUNK_FETCH, THUNK_FULL /* of each native_mem_ops */ };

static void thunk(struct native *n, unsigned index, handler_fn *fn)
{
	struct x86 x = {.p = n->rw + (uint64_t)index * THUNK_LEN};

	x86_mov_i(&x, RAX, (uint64_t)(uintptr_t)fn);
	x86_rr(&x, W32, 0xff, 4, RAX);
}

static void thunks_make(struct native *n)
{
	thunk(n, THUNK_BUDGET, x_budget);
	thunk(n, THUNK_FETCH, x_fetch_miss);
	for (unsigned i = 0; i < native_mem_count; i++)
		thunk(n, THUNK_FULL + i, native_mem_ops[i].full);
	n->used = n->reserved = align_up((uint64_t)(THUNK_FULL + native_mem_count) * THUNK_LEN, 64);
}

static int maps_make(struct native *n, uint64_t size)
{
	_cleanup_close_ int fd = memfd_create("paprika-native", MFD_CLOEXEC);
	void *rw, *rx;

	if (fd < 0 || ftruncate(fd, (off_t)size) < 0)
		return -errno;
	rw = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (rw == MAP_FAILED)
		return -errno;
	rx = mmap(NULL, size, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
	if (rx == MAP_FAILED) {
		int r = -errno;

		munmap(rw, size);
		return r;
	}
	n->rw = rw;
	n->rx = rx;
	n->size = size;
	return 0;
}

int native_open(struct icpu *cpu, uint64_t size)
{
	struct native *n = calloc(1, sizeof(*n));
	int r = n ? maps_make(n, size) : -ENOMEM;

	if (r < 0) {
		free(n);
		return r;
	}
	thunks_make(n);
	cpu->native = n;
	return 0;
}

void native_close(struct icpu *cpu)
{
	struct native *n = cpu->native;

	if (!n)
		return;
	munmap(n->rw, n->size);
	munmap(n->rx, n->size);
	free(n);
	cpu->native = NULL;
}

bool native_wants_flush(const struct icpu *cpu)
{
	return cpu->native && cpu->native->full && cpu->insns - cpu->native->flushed >= FLUSH_INSNS;
}

void native_flush(struct icpu *cpu)
{
	if (!cpu->native)
		return;
	cpu->native->used = cpu->native->reserved;
	cpu->native->full = false;
	cpu->native->flushed = cpu->insns;
}

/* What the page's slots say, as far as they have been decoded. */
static void job_begin(struct native_job *job, struct icpu *cpu, struct op_page *page)
{
	memset(job->body, 0, sizeof(job->body));
	memset(job->is_target, 0, sizeof(job->is_target));
	memset(job->is_paired, 0, sizeof(job->is_paired));
	job->exit_count = 0;
	job->falls = false;
	for (unsigned i = 0; i < PAGE_INSNS; i++) {
		const struct native_op *n =
			native_op_find(exec_decoded(cpu, page, i, &job->ops[i]));

		job->natives[i] = n;
		if (n && n->is_near)
			job->is_target[i + 1 +
				       (unsigned)(job->ops[i].imm / (int32_t)sizeof(op_t))] = true;
	}
}

/* On to a slot, whatever its handler is. */
static void leave(struct native_job *job, unsigned slot)
{
	x86_ri(&job->x, W64, G1_ADD, HOST_PAGE, SLOT_AT(slot));
	x86_rm(&job->x, W32, 0xff, 4, HOST_PAGE, offsetof(op_t, fn));
}

static bool emit(struct native_job *job)
{
	const struct native_op *n = job->natives[job->slot];

	job->paired = false;
	job->flags_in = job->flags;
	job->flags = NONE;
	return n->emit(job, n, &job->ops[job->slot]);
}

static void instruction(struct native_job *job, unsigned slot)
{
	uint8_t *at = job->x.p;
	uint8_t held;

	if (!job->falls || job->is_target[slot])
		job->held = job->flags = NONE;
	held = job->held;
	job->slot = slot;
	job->falls = true;
	if (job->natives[slot] && emit(job)) {
		job->body[slot] = at;
		job->held_at[slot] = held;
		job->is_paired[slot] = job->paired;
	}
}

static void instructions(struct native_job *job)
{
	for (unsigned slot = 0; slot < PAGE_INSNS; slot++) {
		bool fell = job->falls;

		instruction(job, slot);
		if (!job->body[slot]) {
			if (fell)
				leave(job, slot);
			job->falls = false;
		}
	}
	if (job->falls)
		leave(job, PAGE_INSNS);
}

/* From outside the code before slot @slot: RAX as it expects, and there. */
static void go_to(struct native_job *job, unsigned slot)
{
	if (!job->body[slot]) {
		leave(job, slot);
		return;
	}
	if (job->held_at[slot] != NONE && job->held_at[slot] != job->held)
		x86_rm(&job->x, W64, X86_LOAD, RAX, HOST_CPU, GPR_AT(job->held_at[slot]));
	x86_patch(x86_jmp(&job->x), job->body[slot]);
}

/* Code for slot @slot alone, without the host's flags. */
static void go_to_unpaired(struct native_job *job, unsigned slot)
{
	job->held = job->flags = NONE;
	job->falls = true;
	job->slot = slot;
	emit(job);
	if (job->falls)
		go_to(job, slot + 1);
}

static unsigned thunk_of(const struct native_exit *e)
{
	if (e->kind == EXIT_FULL)
		return THUNK_FULL + (unsigned)(e->op - native_mem_ops);
	return e->kind == EXIT_FETCH ? THUNK_FETCH : THUNK_BUDGET;
}

static void exit_make(struct native *n, const struct native_exit *e)
{
	struct native_job *job = &n->job;
	const uint8_t *to = n->rw + (uint64_t)thunk_of(e) * THUNK_LEN;

	if (e->kind == EXIT_JUMPED) {
		x86_patch(e->at, to);
		return;
	}
	if (e->kind == EXIT_SLOT && !e->add && job->body[e->slot]) {
		x86_patch(e->at, job->body[e->slot]);
		return;
	}
	x86_patch(e->at, job->x.p);
	if (e->kind == EXIT_SLOT) {
		if (e->add)
			x86_ri(&job->x, W64, G1_ADD, HOST_X, e->add);
		job->held = NONE;
		go_to(job, e->slot);
		return;
	}
	x86_ri(&job->x, W64, G1_ADD, HOST_PAGE, SLOT_AT(e->slot));
	x86_patch(x86_jmp(&job->x), to);
}

/* Where handlers enter: R8 becomes the page. */
static void entries(struct native *n, struct op_page *page)
{
	struct native_job *job = &n->job;

	for (unsigned slot = 0; slot < PAGE_INSNS; slot++) {
		if (!job->body[slot])
			continue;
		page->ops[slot].fn = (void (*)(void))(n->rx + (job->x.p - n->rw));
		x86_ri(&job->x, W64, G1_AND, HOST_PAGE, ~OP_PAGE_OFFSET);
		job->held = NONE;
		if (job->is_paired[slot])
			go_to_unpaired(job, slot);
		else
			go_to(job, slot);
	}
}

/* What was written through one address is executed at another: Intel's manual, volume 3, 8.1.3. */
static void serialise(void)
{
	unsigned a, b, c, d;

	__cpuid(0, a, b, c, d);
}

bool native_translate(struct icpu *cpu, struct op_page *page)
{
	struct native *n = cpu->native;
	unsigned done = 0;

	if (page->flags != CODE_LE)
		return false;
	if (n->size - n->used < PAGE_CODE_MAX) {
		n->full = true;
		return false;
	}
	n->job.x.p = n->rw + n->used;
	job_begin(&n->job, cpu, page);
	instructions(&n->job);
	entries(n, page);
	while (done < n->job.exit_count)
		exit_make(n, &n->job.exits[done++]);
	n->used = align_up((uint64_t)(n->job.x.p - n->rw), 64);
	page->is_native = true;
	page->fresh = page->heat = 0;
	serialise();
	return true;
}

void native_sample(struct icpu *cpu, op_t *op)
{
	struct op_page *page = OP_PAGE_OF(op);
	unsigned enough = page->is_native && page->fresh < FRESH_FEW ? HEAT_AGAIN : HEAT_NATIVE;

	if (!cpu->native || !page->fresh || page->stores > STORES_MAX)
		return;
	if (++page->heat >= enough && !native_translate(cpu, page) && native_wants_flush(cpu))
		cpu->code_reap = true;
}

void native_forget(struct icpu *cpu, struct op_page *page)
{
	const uint8_t *begin = cpu->native->rx, *end = begin + cpu->native->size;

	for (unsigned i = 0; i < PAGE_INSNS; i++) {
		const uint8_t *fn = (const uint8_t *)page->ops[i].fn;

		if (fn >= begin && fn < end)
			page->ops[i].fn = (void (*)(void))x_decode;
	}
	page->is_native = false;
	page->heat = 0;
}

#else

void native_init(void)
{
}

int native_open(struct icpu *cpu, uint64_t size)
{
	return -ENOTSUP;
}

void native_close(struct icpu *cpu)
{
}

bool native_wants_flush(const struct icpu *cpu)
{
	return false;
}

void native_flush(struct icpu *cpu)
{
}

bool native_translate(struct icpu *cpu, struct op_page *page)
{
	return false;
}

void native_sample(struct icpu *cpu, op_t *op)
{
}

void native_forget(struct icpu *cpu, struct op_page *page)
{
}

#endif
