/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The wire between a device and whichever interrupt controller the VM has.
 *
 * A device holds a struct irq_line and raises it; who answers (XICS or XIVE, here or in the kernel) is
 * the table behind it. Any thread may raise or lower.
 */
#ifndef PAPRIKA_BUS_IRQ_H
#define PAPRIKA_BUS_IRQ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct irq_chip_ops {
	/* Level sources: the line's state. Edge sources (msi): true is one event, false nothing. */
	void (*set)(void *chip, uint32_t source, bool level);
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

#endif
