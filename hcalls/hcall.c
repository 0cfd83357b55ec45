/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Dispatch of h-calls by number. */
#include "hcalls/hcall.h"

#include <errno.h>
#include <string.h>

#include "hcalls/handlers.h"
#include "vmm/base/bits.h"
#include "vmm/base/log.h"

#define HCALL_MAX 0x500 /* LoPAR's own numbers are multiples of 4 below this */

struct hcall_desc {
	uint64_t nr;
	const char *name;
	hcall_fn *fn;
	const char *set;
};

static const struct hcall_desc hcalls[] = {
#define HCALL(number, id, handler, function_set)                                                   \
	{.nr = (number), .name = #id, .fn = (handler), .set = (function_set)},
#include "hcalls/hcalls.def"
#undef HCALL
};

static uint8_t hcall_index[HCALL_MAX / 4]; /* 1 + place in hcalls[] */

void hcall_init(void)
{
	for (unsigned i = 0; i < ARRAY_SIZE(hcalls); i++)
		if (hcalls[i].nr < HCALL_MAX)
			hcall_index[hcalls[i].nr / 4] = (uint8_t)(i + 1);
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

/*
 * False for what this VM was told to leave out; H_JOIN ends by an H_PROD, which the VMM must see; and some
 * sets belong to one of the interrupt controllers.
 */
static bool hcall_offered(const struct hcall_env *env, const struct hcall_desc *d)
{
	if (d->fn == h_random)
		return env->rng;
	if (d->fn == h_join)
		return env->caps->join;
	if (!d->set)
		return true;
	if (!strcmp(d->set, "hcall-interrupt"))
		return env->irq_mode == IRQ_MODE_XICS;
	if (!strcmp(d->set, "hcall-int-exploitation"))
		return env->irq_mode == IRQ_MODE_XIVE;
	return true;
}

void hcall_select_irq_mode(struct hcall_env *env, enum irq_mode mode)
{
	env->irq_mode = mode;
	if (env->irqs)
		irq_router_select(env->irqs, mode);
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
