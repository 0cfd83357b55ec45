/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RTAS dispatch: the argument block is read once, its counts checked against the table. */
#include "hcalls/rtas/rtas.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

#include "hcalls/rtas/handlers.h"
#include "vmm/base/bits.h"
#include "vmm/base/log.h"

/* The tokens of PCI's functions, which exist with a bridge alone. */
#define RTAS_PCI_FIRST 0x2015
#define RTAS_PCI_LAST  0x2024
/* Those of non-maskable interrupts, which a back end must tell of. */
#define RTAS_NMI_REGISTER  0x2025
#define RTAS_NMI_INTERLOCK 0x2026

/* The call as an h-call; runs in either mode, big-endian as RTAS is called. */
const uint8_t rtas_blob[] = {
	0x7c, 0x64, 0x1b, 0x78, /* mr 4,3 */
	0x3c, 0x60, 0x00, 0x00, /* lis 3,0 */
	0x60, 0x63, 0xf0, 0x00, /* ori 3,3,0xf000 */
	0x44, 0x00, 0x00, 0x22, /* sc 1 */
	0x4e, 0x80, 0x00, 0x20, /* blr */
};
const size_t rtas_blob_len = sizeof(rtas_blob);

static const struct rtas_desc {
	uint32_t token;
	const char *name;
	rtas_fn *fn;
	uint8_t nargs, nret;
} calls[] = {
#define RTAS(t, n, f, a, r) {.token = (t), .name = (n), .fn = (f), .nargs = (a), .nret = (r)},
#include "hcalls/rtas/calls.def"
#undef RTAS
};

static bool offered(const struct hcall_env *env, const struct rtas_desc *d)
{
	if (d->token == RTAS_NMI_REGISTER || d->token == RTAS_NMI_INTERLOCK)
		return env->caps->nmi;
	return d->token < RTAS_PCI_FIRST || d->token > RTAS_PCI_LAST || hcall_has_pci(env);
}

bool rtas_offered(const struct hcall_env *env, unsigned i)
{
	return i < ARRAY_SIZE(calls) && offered(env, &calls[i]);
}

const char *rtas_function(unsigned i, uint32_t *ret_token)
{
	if (i >= ARRAY_SIZE(calls))
		return NULL;
	*ret_token = calls[i].token;
	return calls[i].name;
}

uint32_t rtas_token_of(const char *name)
{
	for (unsigned i = 0; i < ARRAY_SIZE(calls); i++)
		if (!strcmp(calls[i].name, name))
			return calls[i].token;
	assert(!"an RTAS function of that name");
	return 0;
}

static const struct rtas_desc *rtas_find(uint32_t token)
{
	for (unsigned i = 0; i < ARRAY_SIZE(calls); i++)
		if (calls[i].token == token)
			return &calls[i];
	return NULL;
}

/* Status of a call whose counts do not fit the table; else the handler's. */
static int32_t rtas_answer(struct hcall_ctx *ctx, const struct rtas_desc *d, uint32_t nargs,
			   uint32_t nret, const uint32_t args[], uint32_t results[])
{
	if (!d || !offered(ctx->env, d) || nargs < d->nargs || nret < d->nret)
		return RTAS_PARAMETER;
	if (d->fn != rtas_display_character)
		rtas_panel_flush(&ctx->env->rtas->panel);
	ctx->rtas_nret = nret;
	return d->fn(ctx, args, results);
}

/* The block: token, nargs, nret, then the arguments and the results, 32-bit big-endian each. */
int64_t rtas_call(struct hcall_ctx *ctx, gpa_t gpa)
{
	struct gmem *mem = ctx->env->mem;
	uint32_t head[3], cells[RTAS_ARGS_MAX] = {0}, results[RTAS_ARGS_MAX] = {0};
	uint32_t token, nargs, nret;
	const struct rtas_desc *d;

	if (gmem_read(mem, gpa, head, sizeof(head)) < 0)
		return H_PARAMETER;
	token = be32toh(head[0]);
	nargs = be32toh(head[1]);
	nret = be32toh(head[2]);
	if (nargs > RTAS_ARGS_MAX || nret > RTAS_ARGS_MAX - nargs || !nret)
		return H_PARAMETER;
	if (gmem_read(mem, GPA(gpa.v + 12), cells, nargs * 4) < 0 ||
	    !gmem_span(mem, GPA(gpa.v + 12 + nargs * 4), nret * 4))
		return H_PARAMETER;
	for (unsigned i = 0; i < nargs; i++)
		cells[i] = be32toh(cells[i]);
	d = rtas_find(token);
	results[0] = (uint32_t)rtas_answer(ctx, d, nargs, nret, cells, results);
	log_trace(TRACE_RTAS, "%u %s(%#x: %#x, %#x, %#x) = %d", ctx->vcpu->index,
		  d ? d->name : "?", token, cells[0], cells[1], cells[2], (int32_t)results[0]);
	for (unsigned i = 0; i < nret; i++)
		results[i] = htobe32(results[i]);
	if (gmem_write(mem, GPA(gpa.v + 12 + nargs * 4), results, nret * 4) < 0)
		return H_PARAMETER;
	return H_SUCCESS;
}
