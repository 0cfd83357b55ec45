/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which two slots are fused: by the lists, and by what the second takes from the first. */
#include "vmm/interp/fuse.h"

#include <assert.h>

#include "vmm/base/bits.h"
#include "vmm/interp/fuse_tables.h"
#include "vmm/interp/ops_branch.h"

#if DISPATCH_TAIL

enum kind { NOT_FUSED, ALU, COMPARE, RECORD, BRANCH_NEAR, BRANCH_FAR, LOAD, STORE };

struct member {
	handler_fn *fn;
	uint8_t kind, index;
};

#define DECLARE_FIXED(name, ...)  handler_fn h_##name;
#define DECLARE_BRANCH(name, ...) handler_fn h_##name##_near, h_##name##_far;
#define DECLARE_MEM(name, ...)    handler_fn h_le_##name;
FUSE_ALU(DECLARE_FIXED)
FUSE_COMPARE(DECLARE_FIXED)
FUSE_RECORD(DECLARE_FIXED)
FUSE_BRANCH(DECLARE_BRANCH)
FUSE_LOAD(DECLARE_MEM)
FUSE_STORE(DECLARE_MEM)
handler_fn h_addis, h_oris, h_bdnz_near;

#define MEMBER_ALU(name, ...)     {h_##name, ALU, FUSE_ALU_##name},
#define MEMBER_COMPARE(name, ...) {h_##name, COMPARE, FUSE_SETCR_##name},
#define MEMBER_RECORD(name, ...)  {h_##name, RECORD, FUSE_SETCR_##name},
#define MEMBER_BRANCH(name, ...)                                                                   \
	{h_##name##_near, BRANCH_NEAR, FUSE_BRANCH_##name},                                        \
	{h_##name##_far, BRANCH_FAR, FUSE_BRANCH_##name},
#define MEMBER_LOAD(name, ...)  {h_le_##name, LOAD, FUSE_LOAD_##name},
#define MEMBER_STORE(name, ...) {h_le_##name, STORE, FUSE_STORE_##name},

static const struct member members[] = {
	FUSE_ALU(MEMBER_ALU)
	FUSE_COMPARE(MEMBER_COMPARE)
	FUSE_RECORD(MEMBER_RECORD)
	FUSE_BRANCH(MEMBER_BRANCH)
	FUSE_LOAD(MEMBER_LOAD)
	FUSE_STORE(MEMBER_STORE)
	/* the decoder has shifted their immediates */
	{h_addis, ALU, FUSE_ALU_addi},
	{h_oris, ALU, FUSE_ALU_ori},
	{h_bdnz_near, BRANCH_NEAR, FUSE_BRANCH_bdnz},
};

#define USES_RB(name, uses_rb, ...) [FUSE_ALU_##name] = (uses_rb),
static const bool alu_uses_rb[FUSE_ALU_NR] = {FUSE_ALU(USES_RB)};

#define FORM_D 0
#define FORM_X 1
#define IS_X_FORM(name, T, conv, form, ...) [FUSE_LOAD_##name] = FORM_##form,
static const bool load_is_x[FUSE_LOAD_NR] = {FUSE_LOAD(IS_X_FORM)};

#define HASH_SIZE 512 /* a power of two, twice the members at least */

static const struct member *hash[HASH_SIZE];

static unsigned hash_of(handler_fn *fn)
{
	return (unsigned)(((uint64_t)(uintptr_t)fn * 0x9e3779b97f4a7c15ULL) >> 55);
}

static const struct member *member_find(handler_fn *fn)
{
	static const struct member none = {.kind = NOT_FUSED};

	for (unsigned i = hash_of(fn);; i = (i + 1) % HASH_SIZE) {
		if (!hash[i])
			return &none;
		if (hash[i]->fn == fn)
			return hash[i];
	}
}

void fuse_init(void)
{
	static_assert(ARRAY_SIZE(members) * 2 <= HASH_SIZE, "the hash is too small");

	if (member_find(members[0].fn)->kind != NOT_FUSED)
		return;
	for (unsigned m = 0; m < ARRAY_SIZE(members); m++) {
		unsigned i = hash_of(members[m].fn);

		while (hash[i])
			i = (i + 1) % HASH_SIZE;
		hash[i] = &members[m];
	}
}

/* Both sources at once are read back from the register: that is as good as no dependence. */
static enum fuse_dep dependence(const op_t *a, const op_t *b, bool uses_rb)
{
	bool ra = b->ra == a->rt, rb = uses_rb && b->rb == a->rt;

	return ra == rb ? FUSE_DEP_NONE : ra ? FUSE_DEP_RA : FUSE_DEP_RB;
}

static handler_fn *pair_after_alu(unsigned first, const op_t *a, const struct member *m, const op_t *b)
{
	switch (m->kind) {
	case ALU:
		return fuse_alu_alu[first][m->index][dependence(a, b, alu_uses_rb[m->index])];
	case LOAD:
		return fuse_alu_load[first][m->index][dependence(a, b, load_is_x[m->index])];
	case STORE:
		return fuse_alu_store[first][m->index];
	case BRANCH_NEAR:
		return fuse_alu_branch[first][m->index];
	default:
		return NULL;
	}
}

/* Two accesses through one translation: off the same base, which the first must not change. */
static bool one_base(const op_t *a, const op_t *b)
{
	return a->ra == b->ra && a->imm <= b->imm;
}

static handler_fn *pair_after_load(unsigned first, const op_t *a, const struct member *m, const op_t *b)
{
	if (m->kind == ALU)
		return fuse_load_alu[first][m->index][dependence(a, b, alu_uses_rb[m->index])];
	if (m->kind == LOAD && m->index == first && one_base(a, b) && a->rt != a->ra)
		return fuse_load_load[first];
	return NULL;
}

handler_fn *fuse_pair(const op_t *a, handler_fn *fa, const op_t *b, handler_fn *fb)
{
	const struct member *p = member_find(fa), *q;
	unsigned field = p->kind == COMPARE ? a->x : 0;

	if (p->kind == NOT_FUSED)
		return NULL;
	q = member_find(fb);
	switch (p->kind) {
	case ALU:
		return pair_after_alu(p->index, a, q, b);
	case LOAD:
		return pair_after_load(p->index, a, q, b);
	case STORE:
		return q->kind == STORE && q->index == p->index && one_base(a, b) ?
			       fuse_store_store[p->index] : NULL;
	case COMPARE:
	case RECORD:
		if ((q->kind != BRANCH_NEAR && q->kind != BRANCH_FAR) || b->ra != field)
			return NULL;
		return fuse_setcr_branch[p->index][q->index][q->kind == BRANCH_FAR];
	default:
		return NULL;
	}
}

#else

void fuse_init(void)
{
}

handler_fn *fuse_pair(const op_t *a, handler_fn *fa, const op_t *b, handler_fn *fb)
{
	return NULL;
}

#endif
