/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A XIVE controller in the kernel: it routes events and has the pages that the guest sees, in its memory. The
 * one in user space, before it, answers the h-calls and keeps what they read back.
 *
 * Threads: as irq_chip_ops and the functions of devices/xive that call these. Results are negative errno of
 * the host.
 */
#ifndef PAPRIKA_BUS_XIVE_HOST_H
#define PAPRIKA_BUS_XIVE_HOST_H

#include "vmm/bus/irq.h"
#include "vmm/mem/gmem.h"

#define XIVE_HOST_EQ_SHIFT 16 /* the one size of its event queues, as a power of 2 */

/* Where the pages are in guest-physical memory: as on a POWER9 chip, far above any RAM. */
#define XIVE_ESB_BASE  0x0006010000000000ULL
#define XIVE_TIMA_OS   0x00060302031a0000ULL

#define XIVE_PAGE_SHIFT 16
#define XIVE_PAGE_SIZE  (1ULL << XIVE_PAGE_SHIFT)

struct xive_host_ops {
	struct irq_chip_ops chip;
	/* @on: events of @lisn go to the queue of @server and @priority as @eisn; else they are dropped. */
	int (*source_set)(void *chip, uint32_t lisn, bool on, uint32_t server, uint8_t priority,
			  uint32_t eisn);
	int (*source_sync)(void *chip, uint32_t lisn);
	/* @shift 0: none. */
	int (*queue_set)(void *chip, uint32_t server, uint8_t priority, gpa_t base, unsigned shift);
	int (*queue_get)(void *chip, uint32_t server, uint8_t priority, uint32_t *ret_next,
			 bool *ret_generation);
	/* Sources and queues as at power-on. */
	int (*reset)(void *chip);
	/* Accesses to a source's full function page, of 8 bytes. */
	uint64_t (*esb_load)(void *chip, uint32_t lisn, uint64_t offset);
	void (*esb_store)(void *chip, uint32_t lisn, uint64_t offset);
};

#endif
