/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events that the platform tells the guest of: an interrupt, and a log that check-exception fetches. The one
 * there is: the VM's user wants it to shut down, an environmental and power warning (EPOW).
 */
#ifndef PAPRIKA_HCALLS_RTAS_EVENTS_H
#define PAPRIKA_HCALLS_RTAS_EVENTS_H

#include <stdatomic.h>
#include <stdbool.h>

#include "vmm/bus/irq.h"

struct rtas_events {
	atomic_bool shutdown; /* wanted, and not fetched yet */
	struct irq_line line; /* level-sensitive: high as long as there is something to fetch */
};

/* The guest is to shut down, as a power button pressed for a moment asks. Any thread. */
void rtas_events_shutdown(struct rtas_events *events);

/* As at power-on. */
void rtas_events_reset(struct rtas_events *events);

#endif
