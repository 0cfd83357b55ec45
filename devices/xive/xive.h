/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The XIVE interrupt controller in exploitation mode, in user space.
 *
 * A source has two state bits, P (an event is on its way) and Q (another came meanwhile), that the guest
 * handles through a page of its own (ESB). An event is routed by the source's assignment (EAS: target
 * server, priority, number for the guest) to the event queue (END) of that server and priority in guest
 * memory, and the server is told through its thread context, which it sees in a page at one address for all
 * (TIMA).
 *
 * Source: LoPAR "Interrupt Support hcall()s" and "PowerPC External Interrupt Virtualization Engine Nodes" for
 * what h-calls see; Linux' arch/powerpc/include/asm/xive-regs.h and Documentation/virt/kvm/devices/xive.rst
 * for the pages.
 *
 * Threads: every function from any thread, but for new, free and what says otherwise. Sources are lock-free;
 * each server has a lock for its queues and its context, innermost: deliver() is called under it and must not
 * come back here. No two of these locks are held at once.
 */
#ifndef PAPRIKA_XIVE_XIVE_H
#define PAPRIKA_XIVE_XIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "vmm/base/check.h"
#include "vmm/bus/bus.h"
#include "vmm/bus/irq.h"
#include "vmm/bus/xive_host.h"
#include "vmm/mem/gmem.h"

/* Of the pages in guest-physical memory, those that are here alone; the others are in vmm/bus/xive_host.h. */
#define XIVE_END_BASE  0x0006010800000000ULL
#define XIVE_TIMA_USER 0x00060302031b0000ULL

#define XIVE_SERVERS_MAX   4096
#define XIVE_PRIORITIES    8    /* queues of a server */
#define XIVE_RESERVED_FROM 7    /* this priority and up are not for the guest ... */
#define XIVE_PRIORITY_NONE 0xff /* ... but for this one, which means off */
#define XIVE_EISN_MASK     0x7fffffffu
#define XIVE_LINE_PAIR     256  /* bytes of a reporting line pair */
#define XIVE_LINE_SIZE     128  /* of one of them, and its alignment */
#define XIVE_NO_LINE       (~0ULL)

struct xive;

/* Raises or lowers the external interrupt of a server. */
typedef void xive_deliver_fn(void *ctx, unsigned server, bool level);
/* The server whose thread accesses the TIMA; what is not one finds nothing there. */
typedef unsigned xive_current_fn(void *ctx);

struct xive_params {
	unsigned servers; /* at most XIVE_SERVERS_MAX; LISNs below this number are theirs, for IPIs */
	struct gmem *mem; /* for event queues; NULL for a VM that never runs */
	xive_deliver_fn *deliver;
	xive_current_fn *current;
	void *ctx;
	const struct xive_host_ops *host; /* NULL: all is done here, else nothing but h-calls */
	void *host_chip;
};

/* Inactive. -ENOMEM; -EINVAL: more servers than can be. */
__must_check int xive_new(const struct xive_params *params, struct xive **ret_xive);
void xive_free(struct xive *xive);

/* For a router, with the struct xive as the chip. */
extern const struct irq_chip_ops xive_irq_ops;

/* Its pages. Errors as bus_add(). */
__must_check int xive_map(struct xive *xive, struct bus *bus);

/* H_INT_RESET: sources off and unassigned, no queue, no reporting line. -EBUSY: one is under way; host. */
int xive_reset(struct xive *xive);
/* While a reset is under way, other h-calls are refused. */
bool xive_is_resetting(const struct xive *xive);

bool xive_lisn_exists(const struct xive *xive, uint64_t lisn);
bool xive_server_exists(const struct xive *xive, uint64_t server);
/* Event queue sizes, as powers of 2, ascending. */
const uint32_t *xive_eq_shifts(const struct xive *xive, unsigned *ret_count);
/* Whether a queue may do without notification of each event; whether stores report to lines in memory. */
bool xive_can_coalesce(const struct xive *xive);
bool xive_has_lines(const struct xive *xive);
/* A priority that the guest may use; XIVE_PRIORITY_NONE is not one. */
bool xive_priority_exists(uint64_t priority);

/* What follows takes LISNs, servers and priorities that exist; the caller has checked. */

struct xive_source_info {
	bool level_sensitive;
	bool by_hcall;        /* its end of interrupt is H_INT_ESB's alone */
	bool store_eoi;
	uint64_t manage_page; /* full function: handles the state, and triggers */
	uint64_t trigger_page;
};
void xive_source_info(const struct xive *xive, uint32_t lisn, struct xive_source_info *ret_info);

struct xive_source_config {
	uint32_t server;
	uint8_t priority; /* XIVE_PRIORITY_NONE: not assigned */
	bool masked;      /* events are dropped */
	uint32_t eisn;
};
/* After it returns, no event goes to the queue assigned before. Negative errno of the host. */
int xive_source_set(struct xive *xive, uint32_t lisn, const struct xive_source_config *config);
void xive_source_get(const struct xive *xive, uint32_t lisn, struct xive_source_config *ret_config);
/* After it returns, every event that came before is in its queue. Negative errno of the host. */
int xive_source_sync(struct xive *xive, uint32_t lisn);

/* Accesses as the guest's own to the full function page, of 8 bytes at @offset, which is a multiple of 8. */
uint64_t xive_esb_load(struct xive *xive, uint32_t lisn, uint64_t offset);
void xive_esb_store(struct xive *xive, uint32_t lisn, uint64_t offset);

struct xive_queue {
	bool enabled;
	bool always_notify;
	bool generation;  /* of the next entry */
	uint32_t shift;   /* size in bytes, as a power of 2 */
	uint32_t next;    /* entry that comes next */
	gpa_t base;       /* a multiple of the size, in RAM */
};
/* A queue of @config's base, shift and notification, from its beginning; or none. Negative errno of the host. */
int xive_queue_set(struct xive *xive, uint32_t server, uint8_t priority,
		    const struct xive_queue *config);
int xive_queue_get(struct xive *xive, uint32_t server, uint8_t priority,
		    struct xive_queue *ret_queue);
/* Address of the page that handles the notification state of a queue. */
uint64_t xive_queue_page(const struct xive *xive, uint32_t server, uint8_t priority);

/* Where a store to the TIMA reports to: XIVE_NO_LINE, or two lines in RAM, aligned to one. */
void xive_line_set(struct xive *xive, uint32_t server, uint64_t gpa);
uint64_t xive_line_get(struct xive *xive, uint32_t server);

#endif
