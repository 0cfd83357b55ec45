/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The XICS interrupt controller in user space: sources (ICS) and presentation (ICP, one a server).
 * Source: LoPAR "Interrupt Controller", and H_XIRR, H_CPPR, H_EOI, H_IPI, H_IPOLL of "Logical Partition
 * Support".
 *
 * Threads: every function from any thread; one lock for the whole controller, innermost: deliver() is
 * called under it and must not come back here.
 */
#ifndef PAPRIKA_XICS_XICS_H
#define PAPRIKA_XICS_XICS_H

#include <stdbool.h>
#include <stdint.h>

#include "vmm/base/check.h"
#include "vmm/bus/irq.h"

#define XICS_IPI           2      /* the source number of an inter-processor interrupt */
#define XICS_SOURCE_BASE   IRQ_SOURCE_BASE
#define XICS_SOURCES       IRQ_SOURCES
#define XICS_PRIORITY_NONE 0xff

struct xics;

/* Raises or lowers the external interrupt of a server. */
typedef void xics_deliver_fn(void *ctx, unsigned server, bool level);

/* -ENOMEM. */
__must_check int xics_new(unsigned servers, xics_deliver_fn *deliver, void *ctx,
			  struct xics **ret_xics);
void xics_free(struct xics *xics);
/* All sources masked, nothing pending, every server's CPPR 0. */
void xics_reset(struct xics *xics);

/* For a router, with the struct xics as the chip. Without a router it is active from the start. */
extern const struct irq_chip_ops xics_irq_ops;

/* Without a router: a source for a device, before any vCPU runs. -ENOSPC. */
__must_check int xics_source_alloc(struct xics *xics, bool level_sensitive,
				   struct irq_line *ret_line);

/* Presentation; false: no such server. */
bool xics_cppr(struct xics *xics, unsigned server, uint8_t cppr);
/* Acknowledges: the XIRR (old CPPR and source) as it was. */
bool xics_xirr(struct xics *xics, unsigned server, uint32_t *ret_xirr);
/* XIRR without acknowledging it, and MFRR. */
bool xics_ipoll(struct xics *xics, unsigned server, uint32_t *ret_xirr, uint8_t *ret_mfrr);
/* False also for a source that there is not, or a CPPR more favoured than the current one. */
bool xics_eoi(struct xics *xics, unsigned server, uint32_t xirr);
bool xics_ipi(struct xics *xics, unsigned server, uint8_t mfrr);

/* Sources; false: no such source (or server). */
bool xics_source_set(struct xics *xics, uint32_t source, uint32_t server, uint8_t priority);
bool xics_source_get(struct xics *xics, uint32_t source, uint32_t *ret_server,
		     uint8_t *ret_priority);
bool xics_source_enable(struct xics *xics, uint32_t source, bool enable);

#endif
