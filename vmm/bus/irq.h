/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The wire between a device and whichever interrupt controller the VM has.
 *
 * A device holds a struct irq_line and raises it. Behind it the router passes it on to the controller that
 * is active, XICS or XIVE, here or in the kernel; sources have the same number in both, and what is
 * level-sensitive keeps its level when the guest changes from one to the other.
 *
 * Threads: controllers are attached before any source is made; the rest from any thread. The router's lock
 * is held while it calls a controller, whose own lock comes after it.
 */
#ifndef PAPRIKA_BUS_IRQ_H
#define PAPRIKA_BUS_IRQ_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vmm/base/check.h"

/* Below the first device's source: those that the guest raises by itself (XIVE), and XICS' own. */
#define IRQ_SOURCE_BASE 0x1000u
#define IRQ_SOURCES     1024u

struct irq_chip_ops {
	/* Level sources: the line's state. Edge sources (msi): true is one event, false nothing. */
	void (*set)(void *chip, uint32_t source, bool level);
	/* @source exists from now on, masked. -ENOSPC: beyond what there can be; host errors. */
	int (*source_add)(void *chip, uint32_t source, bool level_sensitive);
	/* All as at power-on; then it presents interrupts, or (false) none whatever comes in. Negative errno
	 * of the host, for one in the kernel. */
	int (*activate)(void *chip, bool on);
	/* A kernel's controller: each signal of the eventfd @fd, or (false) none any more, is one event of @source, an
	 * edge, without set. Holds while other controllers of that kernel are active. -EBUSY: @fd is another
	 * source's; -EAGAIN: none of them is active yet. */
	int (*fd_bind)(void *chip, uint32_t source, int fd, bool on);
};

/* @source: the global interrupt source number, as in an "interrupts" property. */
struct irq_line {
	const struct irq_chip_ops *ops;
	void *chip;
	uint32_t source;
};

static inline void irq_line_set(const struct irq_line *line, bool level)
{
	if (line->ops)
		line->ops->set(line->chip, line->source, level);
}

/* As irq_chip_ops has it. -ENOTSUP: there is no controller in a kernel, or it has no such thing. */
static inline int irq_line_fd_bind(const struct irq_line *line, int fd, bool on)
{
	return line->ops && line->ops->fd_bind ? line->ops->fd_bind(line->chip, line->source, fd, on) :
						 -ENOTSUP;
}

/* IRQ_MODE_NONE: nothing is presented until the guest has chosen. */
enum irq_mode { IRQ_MODE_XICS, IRQ_MODE_XIVE, IRQ_MODE_NONE };

struct irq_router;

/* -ENOMEM. */
__must_check int irq_router_new(struct irq_router **ret_router);
void irq_router_free(struct irq_router *router);

/* @chip, kept by the caller, serves @mode; inactive until selected. */
void irq_router_attach(struct irq_router *router, enum irq_mode mode,
		       const struct irq_chip_ops *ops, void *chip);

/* A source for a device, in every controller. -ENOSPC; a controller's own error. */
__must_check int irq_router_alloc(struct irq_router *router, bool level_sensitive,
				  struct irq_line *ret_line);

/*
 * From here on @mode's controller presents, from its state at power-on; also if it did before. Negative errno
 * of the host: none does. No vCPU runs but the one that asks.
 */
int irq_router_select(struct irq_router *router, enum irq_mode mode);
enum irq_mode irq_router_mode(const struct irq_router *router);
/* False: no controller is attached for @mode. */
bool irq_router_has(const struct irq_router *router, enum irq_mode mode);

#endif
