/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * H-calls on the hashed page table. LoPAR "Page Frame Table Access" (H_REMOVE to H_PROTECT, H_BULK_REMOVE)
 * and "Hash Page Table Resize Option". Not reached unless the VMM keeps the table.
 */
#include <errno.h>

#include "hcalls/handlers.h"
#include "vmm/cpu/hpt.h"

#define FLAG_EXACT       PPC_BIT(24)
#define FLAG_READ_4      PPC_BIT(26)
#define FLAG_AVPN        PPC_BIT(32)
#define FLAG_ANDCOND     PPC_BIT(33)
#define FLAG_ICACHE      PPC_BITMASK(40, 41) /* nothing to do: instructions follow what memory holds */
#define FLAG_ZERO_PAGE   PPC_BIT(48)

#define ZERO_SHIFT_MAX 16 /* flags about the page's contents are for pages up to 64 KiB */

static int64_t status_of(int r)
{
	switch (r) {
	case 0:
		return H_SUCCESS;
	case -ENOENT:
		return H_NOT_FOUND;
	case -ENOSPC:
		return H_PTEG_FULL;
	default:
		return H_PARAMETER;
	}
}

/*
 * RAM is cacheable and coherent, and all of a page is; what is not RAM may be a device's, and is
 * cache-inhibited.
 */
static bool page_is_good(struct hcall_env *env, struct hpte e, unsigned shift, bool *ret_ram)
{
	uint64_t gpa = e.r & HPTE_R_RPN & ~((1ULL << shift) - 1), end = gmem_end(env->mem);

	*ret_ram = gpa < end;
	if (!*ret_ram)
		return (e.r & HPTE_R_I) && !(e.r & HPTE_R_W);
	return gmem_span(env->mem, GPA(gpa), 1ULL << shift) && (e.r & HPTE_R_WIMG) == HPTE_R_M;
}

/* An entry's address bits within its page hold its size, or nothing. */
static bool address_is_aligned(struct hpte e, unsigned shift)
{
	uint64_t in_page = e.r & HPTE_R_RPN & ((1ULL << shift) - 1);

	return shift <= 20 ? true : !(in_page >> 20);
}

static int64_t page_prepare(struct hcall_env *env, struct hpte e, unsigned shift, uint64_t flags)
{
	bool is_ram;

	if (!address_is_aligned(e, shift) || !page_is_good(env, e, shift, &is_ram))
		return H_PARAMETER;
	if (shift > ZERO_SHIFT_MAX && (flags & (FLAG_ZERO_PAGE | FLAG_ICACHE)))
		return H_TOO_BIG;
	if (is_ram && (flags & FLAG_ZERO_PAGE) &&
	    gmem_set(env->mem, GPA(e.r & HPTE_R_RPN & ~((1ULL << shift) - 1)), 0, 1ULL << shift) < 0)
		return H_PARAMETER;
	return H_SUCCESS;
}

/* flags, index, the entry -- index */
int64_t h_enter(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	struct hpt *hpt = ctx->env->caps->hpt;
	struct hpte e = {in[2], in[3]}, there;
	unsigned base, actual;
	int64_t status;

	if (hpt_read(hpt, in[1], &there) < 0 || (e.v & HPTE_V_B & ~HPTE_V_B_1T) ||
	    !hpte_page_shifts(e, &base, &actual))
		return H_PARAMETER;
	status = page_prepare(ctx->env, e, actual, in[0]);
	if (status != H_SUCCESS)
		return status;
	return status_of(hpt_enter(hpt, in[1], in[0] & FLAG_EXACT, e, &out[0]));
}

/* flags, index, AVPN -- the entry */
int64_t h_remove(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	struct hpt_match match = {.v = in[2]};
	struct hpte old;
	int r;

	if (in[0] & FLAG_AVPN)
		match.conditions |= HPT_AVPN;
	if (in[0] & FLAG_ANDCOND)
		match.conditions |= HPT_ANDCOND;
	r = hpt_remove(ctx->env->caps->hpt, in[1], match, &old);
	if (r < 0)
		return status_of(r);
	out[0] = old.v;
	out[1] = old.r;
	return H_SUCCESS;
}

/* flags with the protection, index, AVPN */
int64_t h_protect(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	struct hpt_match match = {(in[0] & FLAG_AVPN) ? HPT_AVPN : HPT_ANY, in[2]};
	uint64_t low = HPTE_R_PP | HPTE_R_N | HPTE_R_KEY_LOW;
	uint64_t bits = (in[0] & low) | (in[0] << 48 & HPTE_R_KEY_HIGH) | (in[0] << 55 & HPTE_R_PP0);

	return status_of(hpt_protect(ctx->env->caps->hpt, in[1], match, bits));
}

/* flags, index -- one entry or four */
int64_t h_read(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	unsigned count = in[0] & FLAG_READ_4 ? 4 : 1;
	uint64_t index = in[1] & ~(count - 1ULL);

	for (unsigned i = 0; i < count; i++) {
		struct hpte e;
		int r = hpt_read(ctx->env->caps->hpt, index + i, &e);

		if (r < 0)
			return status_of(r);
		out[2 * i] = e.v;
		out[2 * i + 1] = e.r;
	}
	return H_SUCCESS;
}

/* flags, index -- the second doubleword as it was */
int64_t h_clear_mod(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	return status_of(hpt_clear_bits(ctx->env->caps->hpt, in[1], HPTE_R_C, &out[0]));
}

int64_t h_clear_ref(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	return status_of(hpt_clear_bits(ctx->env->caps->hpt, in[1], HPTE_R_R, &out[0]));
}

#define BULK_MAX 4

/* The control byte of a translation specifier: type, response, R and C, conditions. */
#define BULK_TYPE(high)      ((high) >> 62)
#define BULK_CONDITION(high) ((high) >> 56 & 3)
#define BULK_INDEX(high)     ((high) & PPC_BITMASK(8, 63))
#define BULK_REQUEST         1
#define BULK_END             3
#define BULK_RESPONSE        (2ULL << 62)
#define BULK_NOT_FOUND       (1ULL << 60)
#define BULK_BAD             (2ULL << 60)

/* The response to @high, which asks for the removal of one entry. */
static uint64_t bulk_remove_one(struct hpt *hpt, uint64_t high, uint64_t low, int64_t *status)
{
	static const unsigned conditions[] = {HPT_ANY, HPT_ANDCOND, HPT_AVPN};
	uint64_t response = BULK_RESPONSE | (high & PPC_BITMASK(6, 63));
	struct hpt_match match = {.v = low};
	struct hpte old;
	int r = -EINVAL;

	if (BULK_CONDITION(high) < ARRAY_SIZE(conditions)) {
		match.conditions = conditions[BULK_CONDITION(high)];
		if (match.conditions == HPT_ANDCOND)
			match.v &= PPC_BITMASK(0, 56);
		r = hpt_remove(hpt, BULK_INDEX(high), match, &old);
	}
	if (r == -ENOENT)
		return response | BULK_NOT_FOUND;
	if (r < 0) {
		*status = H_PARAMETER;
		return response | BULK_BAD;
	}
	return response | (old.r & (HPTE_R_R | HPTE_R_C)) << (58 - 7);
}

/* Up to four pairs: a specifier, and what it is compared with -- the same, with responses. */
int64_t h_bulk_remove(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	int64_t status = H_SUCCESS;

	for (unsigned i = 0; i < 2 * BULK_MAX; i++)
		out[i] = in[i];
	for (unsigned i = 0; i < BULK_MAX && status == H_SUCCESS; i++) {
		uint64_t high = in[2 * i];

		if (BULK_TYPE(high) == BULK_END)
			break;
		if (BULK_TYPE(high) != BULK_REQUEST)
			return H_PARAMETER;
		out[2 * i] = bulk_remove_one(ctx->env->caps->hpt, high, in[2 * i + 1], &status);
	}
	return status;
}

/* flags, log2 of the size */
int64_t h_resize_hpt_prepare(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	int r;

	if (in[0])
		return H_PARAMETER;
	r = hpt_resize_prepare(ctx->env->caps->hpt, in[1] > HPT_SHIFT_MAX ? HPT_SHIFT_MAX + 1 :
									   (unsigned)in[1]);
	return r == -EPERM ? H_RESOURCE : status_of(r);
}

/* flags, log2 of the size */
int64_t h_resize_hpt_commit(struct hcall_ctx *ctx, const uint64_t in[], uint64_t out[])
{
	int r;

	if (in[0] || in[1] > HPT_SHIFT_MAX)
		return H_CLOSED;
	r = hpt_resize_commit(ctx->env->caps->hpt, (unsigned)in[1]);
	return r == -ENOENT ? H_CLOSED : status_of(r);
}
