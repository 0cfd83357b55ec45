/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Dispatch of h-calls by number. */
#include "hcalls/hcall.h"

#include <errno.h>
#include <string.h>

#include "devices/pci/phb.h"
#include "hcalls/handlers.h"
#include "vmm/base/bits.h"
#include "vmm/base/log.h"

#define HCALL_MAX 0x500 /* LoPAR's own numbers are multiples of 4 below this */

/* What a VM must have for a call to be offered. */
enum hcall_needs { NEEDS_NOTHING, NEEDS_RNG, NEEDS_JOIN, NEEDS_XICS, NEEDS_XIVE, NEEDS_PCI, NEEDS_HPT };

static struct hcall_desc {
	uint64_t nr;
	const char *name;
	hcall_fn *fn;
	const char *set;
	enum hcall_needs needs;
} hcalls[] = {
#define HCALL(number, id, handler, function_set)                                                   \
	{.nr = (number), .name = #id, .fn = (handler), .set = (function_set)},
#include "hcalls/hcalls.def"
#undef HCALL
};

static uint8_t hcall_index[HCALL_MAX / 4]; /* 1 + place in hcalls[] */

/* H_JOIN ends by an H_PROD, which the VMM must see; the rest goes by function set. */
static enum hcall_needs needs_of(const struct hcall_desc *d)
{
	static const struct {
		const char *set;
		enum hcall_needs needs;
	} sets[] = {
		{"hcall-interrupt", NEEDS_XICS},
		{"hcall-int-exploitation", NEEDS_XIVE},
		{"hcall-tce", NEEDS_PCI},
		{"hcall-multi-tce", NEEDS_PCI},
		{"hcall-pft", NEEDS_HPT},
		{"hcall-bulk", NEEDS_HPT},
		{"hcall-hpt-resize", NEEDS_HPT},
	};

	if (d->fn == h_random)
		return NEEDS_RNG;
	if (d->fn == h_join)
		return NEEDS_JOIN;
	for (unsigned i = 0; d->set && i < ARRAY_SIZE(sets); i++)
		if (!strcmp(d->set, sets[i].set))
			return sets[i].needs;
	return NEEDS_NOTHING;
}

void hcall_init(void)
{
	for (unsigned i = 0; i < ARRAY_SIZE(hcalls); i++) {
		hcalls[i].needs = needs_of(&hcalls[i]);
		if (hcalls[i].nr < HCALL_MAX)
			hcall_index[hcalls[i].nr / 4] = (uint8_t)(i + 1);
	}
}

static const struct hcall_desc *hcall_find(uint64_t nr)
{
	if (nr < HCALL_MAX && !(nr & 3))
		return hcall_index[nr / 4] ? &hcalls[hcall_index[nr / 4] - 1] : NULL;
	for (unsigned i = 0; i < ARRAY_SIZE(hcalls); i++)
		if (hcalls[i].nr == nr)
			return &hcalls[i];
	return NULL;
}

const char *hcall_name(uint64_t nr)
{
	const struct hcall_desc *d = hcall_find(nr);

	return d ? d->name : NULL;
}

bool hcall_number(unsigned i, uint64_t *ret_nr)
{
	if (i >= ARRAY_SIZE(hcalls))
		return false;
	*ret_nr = hcalls[i].nr;
	return true;
}

static bool hcall_offered(const struct hcall_env *env, const struct hcall_desc *d)
{
	switch (d->needs) {
	case NEEDS_RNG:
		return env->rng;
	case NEEDS_JOIN:
		return env->caps->join;
	case NEEDS_XICS:
		return env->irq_mode == IRQ_MODE_XICS;
	case NEEDS_XIVE:
		return env->irq_mode == IRQ_MODE_XIVE;
	case NEEDS_PCI:
		return hcall_has_pci(env);
	case NEEDS_HPT:
		return env->caps->hpt && !env->radix;
	case NEEDS_NOTHING:
		break;
	}
	return true;
}

bool hcall_has_pci(const struct hcall_env *env)
{
	return env->phbs && env->phbs->count;
}

int hcall_select_irq_mode(struct hcall_env *env, enum irq_mode mode)
{
	env->irq_mode = mode;
	return env->irqs ? irq_router_select(env->irqs, mode) : 0;
}

void hcall_dispatch(struct hcall_ctx *ctx, struct vcpu_exit *e)
{
	const struct hcall_desc *d = hcall_find(e->hcall.nr);

	/* in two steps that compilers do without a call */
	memset(e->hcall.out, 0, 64);
	memset(e->hcall.out + 8, 0, sizeof(e->hcall.out) - 64);
	e->hcall.status = d && hcall_offered(ctx->env, d) ?
				  d->fn(ctx, e->hcall.in, e->hcall.out) : H_FUNCTION;
	log_trace(TRACE_HCALL, "%u %s(%#llx: %#llx, %#llx, %#llx, %#llx) = %lld", ctx->vcpu->index,
		  d ? d->name : "?", (unsigned long long)e->hcall.nr,
		  (unsigned long long)e->hcall.in[0], (unsigned long long)e->hcall.in[1],
		  (unsigned long long)e->hcall.in[2], (unsigned long long)e->hcall.in[3],
		  (long long)e->hcall.status);
}

/* True if an earlier line names the same set. */
static bool set_seen(unsigned i)
{
	for (unsigned j = 0; j < i; j++)
		if (hcalls[j].set && !strcmp(hcalls[j].set, hcalls[i].set))
			return true;
	return false;
}

int hcall_hypertas_strings(const struct hcall_env *env, char *buf, size_t size)
{
	size_t len = 0;

	for (unsigned i = 0; i < ARRAY_SIZE(hcalls); i++) {
		size_t n;

		if (!hcalls[i].set || set_seen(i) || !hcall_offered(env, &hcalls[i]))
			continue;
		n = strlen(hcalls[i].set) + 1;
		if (n > size - len)
			return -ENOSPC;
		memcpy(buf + len, hcalls[i].set, n);
		len += n;
	}
	if (env->caps->hypertas_len > size - len)
		return -ENOSPC;
	if (env->caps->hypertas_len)
		memcpy(buf + len, env->caps->hypertas, env->caps->hypertas_len);
	return (int)(len + env->caps->hypertas_len);
}
