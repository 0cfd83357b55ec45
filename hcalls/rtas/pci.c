/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RTAS: PCI configuration space, and the endpoint's error state. LoPAR "PCI Configuration Space", "Enhanced
 * I/O Error Handling (EEH) Option Functions". */
#include "devices/pci/phb.h"
#include "hcalls/rtas/handlers.h"

/* The bridge whose unit ID is in two arguments; NULL: none. */
static struct phb *phb_of(struct hcall_ctx *ctx, const uint32_t buid[2])
{
	return ctx->env->phbs ? phb_by_buid(ctx->env->phbs, (uint64_t)buid[0] << 32 | buid[1]) : NULL;
}

/* in: address, unit ID (two), length; status, value */
int32_t rtas_ibm_read_pci_config(struct hcall_ctx *ctx, const uint32_t args[], uint32_t results[])
{
	struct phb *phb = phb_of(ctx, &args[1]);

	results[1] = ~0u;
	if (!phb || !phb_config_read(phb, args[0], args[3], &results[1]))
		return RTAS_PARAMETER;
	return RTAS_SUCCESS;
}

/* in: address, unit ID (two), length, value */
int32_t rtas_ibm_write_pci_config(struct hcall_ctx *ctx, const uint32_t args[], uint32_t results[])
{
	struct phb *phb = phb_of(ctx, &args[1]);

	return phb && phb_config_write(phb, args[0], args[3], args[4]) ? RTAS_SUCCESS :
									 RTAS_PARAMETER;
}

/* The forms without a unit ID mean the first bridge. */
int32_t rtas_read_pci_config(struct hcall_ctx *ctx, const uint32_t args[], uint32_t results[])
{
	const struct phb_set *set = ctx->env->phbs;

	results[1] = ~0u;
	if (!set || !set->count ||
	    !phb_config_read(set->phbs[0], args[0], args[1], &results[1]))
		return RTAS_PARAMETER;
	return RTAS_SUCCESS;
}

int32_t rtas_write_pci_config(struct hcall_ctx *ctx, const uint32_t args[], uint32_t results[])
{
	const struct phb_set *set = ctx->env->phbs;

	if (!set || !set->count || !phb_config_write(set->phbs[0], args[0], args[1], args[2]))
		return RTAS_PARAMETER;
	return RTAS_SUCCESS;
}

/* The bridge, if the address is that of its endpoint or of a function of it. */
static struct phb *endpoint_of(struct hcall_ctx *ctx, const uint32_t args[])
{
	struct phb *phb = phb_of(ctx, &args[1]);

	return phb && phb_is_endpoint(phb, args[0]) ? phb : NULL;
}

#define EEH_DISABLE      0
#define EEH_RELEASE_DMA  3

/*
 * in: address, unit ID (two), function. EEH is always on, and nothing here ever stops an endpoint: so
 * there is nothing to release, and to disable it does nothing, as the architecture allows.
 */
int32_t rtas_ibm_set_eeh_option(struct hcall_ctx *ctx, const uint32_t args[], uint32_t results[])
{
	return endpoint_of(ctx, args) && args[3] <= EEH_RELEASE_DMA ? RTAS_SUCCESS : RTAS_PARAMETER;
}

#define INFO_ADDRESS 0
#define INFO_SHARED  1

/* in: address, unit ID (two), function; status, info */
int32_t rtas_ibm_get_config_addr_info2(struct hcall_ctx *ctx, const uint32_t args[],
				       uint32_t results[])
{
	struct phb *phb = phb_of(ctx, &args[1]);

	if (!phb || args[3] > INFO_SHARED)
		return RTAS_PARAMETER;
	if (args[3] == INFO_SHARED) {
		if (phb_is_endpoint(phb, args[0]))
			results[1] = phb_function_count(phb) > 1 ? 2 : 1;
		return RTAS_SUCCESS;
	}
	if (!phb_is_endpoint(phb, args[0]))
		return RTAS_PARAMETER;
	results[1] = PHB_PE_ADDRESS;
	return RTAS_SUCCESS;
}

#define STATE_RUNNING 0
#define STATE_RESET   1

/* in: address, unit ID (two); status, state, whether there is EEH, unavailable for milliseconds */
int32_t rtas_ibm_read_slot_reset_state2(struct hcall_ctx *ctx, const uint32_t args[],
					uint32_t results[])
{
	struct phb *phb = phb_of(ctx, &args[1]);

	if (!phb)
		return RTAS_PARAMETER;
	results[1] = phb_endpoint_in_reset(phb) ? STATE_RESET : STATE_RUNNING;
	results[2] = phb_is_endpoint(phb, args[0]);
	return RTAS_SUCCESS;
}

#define RESET_RELEASE     0
#define RESET_HOT         1
#define RESET_FUNDAMENTAL 3
#define RTAS_NO_FUNDAMENTAL_RESET (-8)

/* in: address, unit ID (two), function */
int32_t rtas_ibm_set_slot_reset(struct hcall_ctx *ctx, const uint32_t args[], uint32_t results[])
{
	struct phb *phb = endpoint_of(ctx, args);

	if (!phb)
		return RTAS_PARAMETER;
	if (args[3] == RESET_FUNDAMENTAL)
		return RTAS_NO_FUNDAMENTAL_RESET;
	if (args[3] != RESET_RELEASE && args[3] != RESET_HOT)
		return RTAS_PARAMETER;
	phb_endpoint_reset(phb, args[3] == RESET_HOT);
	return RTAS_SUCCESS;
}

#define DETAIL_NO_LOG 1

/* in: address, unit ID (two), buffers and lengths (four), severity 1 or 2. An endpoint that never stops
 * has no error to tell of. */
int32_t rtas_ibm_slot_error_detail(struct hcall_ctx *ctx, const uint32_t args[], uint32_t results[])
{
	if (!endpoint_of(ctx, args) || args[7] < 1 || args[7] > 2)
		return RTAS_PARAMETER;
	return DETAIL_NO_LOG;
}

/* in: address, unit ID (two). There is no bridge below the endpoint to configure. */
int32_t rtas_ibm_configure_pe(struct hcall_ctx *ctx, const uint32_t args[], uint32_t results[])
{
	return endpoint_of(ctx, args) ? RTAS_SUCCESS : RTAS_PARAMETER;
}

/* Message signalled interrupts: LoPAR "MSI Support". */

#define MSI_QUERY        0
#define MSI_CHANGE       1
#define MSI_DEFAULT      2
#define MSI_CHANGE_MSIX  4
#define MSI_TYPE_X       2

/* in: address, unit ID (two), function, count, sequence; status, count, next sequence, type. MSI proper
 * is what no function here has. */
int32_t rtas_ibm_change_msi(struct hcall_ctx *ctx, const uint32_t args[], uint32_t results[])
{
	struct phb *phb = phb_of(ctx, &args[1]);
	int n;

	if (!phb || args[5] != 1)
		return RTAS_PARAMETER;
	switch (args[3]) {
	case MSI_QUERY:
		n = phb_msi_count(phb, args[0]);
		break;
	case MSI_DEFAULT:
		n = phb_msi_change(phb, args[0], 0);
		break;
	case MSI_CHANGE:
		/* with three results it asks for MSI alone; none is all of those there can be */
		n = ctx->rtas_nret > 3 || !args[4] ? phb_msi_change(phb, args[0], args[4]) : -1;
		break;
	case MSI_CHANGE_MSIX:
		n = phb_msi_change(phb, args[0], args[4]);
		break;
	default:
		n = -1;
	}
	if (n < 0)
		return RTAS_PARAMETER;
	results[1] = (uint32_t)n;
	results[2] = 1;
	results[3] = MSI_TYPE_X;
	return RTAS_SUCCESS;
}

#define QUERY_NONE 1

/* in: address, unit ID (two), number; status, source, 1 for edge */
int32_t rtas_ibm_query_interrupt_source_number(struct hcall_ctx *ctx, const uint32_t args[],
					       uint32_t results[])
{
	struct phb *phb = phb_of(ctx, &args[1]);
	bool edge;
	int r = phb ? phb_msi_query(phb, args[0], args[3], &results[1], &edge) : -1;

	if (r == 0)
		results[2] = edge;
	else if (phb && phb_has_function(phb, args[0]))
		return QUERY_NONE;
	return r < 0 ? RTAS_PARAMETER : RTAS_SUCCESS;
}

/* Dynamic DMA windows: LoPAR "DMA Window Manipulation Calls". */

/* in: address, unit ID (two); status, windows, entries (one cell, or two if six results are asked for),
 * page sizes, of these the movable ones: none */
int32_t rtas_ibm_query_pe_dma_window(struct hcall_ctx *ctx, const uint32_t args[],
				     uint32_t results[])
{
	struct phb *phb = endpoint_of(ctx, args);
	unsigned at = 2;
	uint64_t entries;

	if (!phb)
		return RTAS_PARAMETER;
	results[1] = phb_dma_available(phb, &entries);
	if (ctx->rtas_nret >= 6)
		results[at++] = (uint32_t)(entries >> 32);
	results[at++] = entries > UINT32_MAX && ctx->rtas_nret < 6 ? UINT32_MAX : (uint32_t)entries;
	results[at] = PHB_DMA_PAGE_SIZES;
	return RTAS_SUCCESS;
}

/* in: address, unit ID (two), page shift, window shift; status, LIOBN, start (two) */
int32_t rtas_ibm_create_pe_dma_window(struct hcall_ctx *ctx, const uint32_t args[],
				      uint32_t results[])
{
	struct phb *phb = endpoint_of(ctx, args);
	struct dma_window w;

	if (!phb || phb_dma_create(phb, args[3], args[4], &w) < 0)
		return RTAS_PARAMETER;
	results[1] = w.liobn;
	results[2] = (uint32_t)(w.base >> 32);
	results[3] = (uint32_t)w.base;
	return RTAS_SUCCESS;
}

/* in: LIOBN */
int32_t rtas_ibm_remove_pe_dma_window(struct hcall_ctx *ctx, const uint32_t args[],
				      uint32_t results[])
{
	const struct phb_set *set = ctx->env->phbs;

	for (unsigned i = 0; set && i < set->count; i++)
		if (phb_dma_remove(set->phbs[i], args[0]) == 0)
			return RTAS_SUCCESS;
	return RTAS_PARAMETER;
}

/* in: address, unit ID (two) */
int32_t rtas_ibm_reset_pe_dma_windows(struct hcall_ctx *ctx, const uint32_t args[],
				      uint32_t results[])
{
	struct phb *phb = endpoint_of(ctx, args);

	if (!phb)
		return RTAS_PARAMETER;
	return phb_dma_reset(phb) < 0 ? RTAS_HARDWARE : RTAS_SUCCESS;
}
