/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of devices/xive share. */
#ifndef PAPRIKA_XIVE_INTERNAL_H
#define PAPRIKA_XIVE_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "devices/xive/xive.h"

/* State bits of a source or a queue; PQ = 01 is off. */
#define ESB_Q        0x1u
#define ESB_P        0x2u
#define ESB_PQ       (ESB_P | ESB_Q)
#define ESB_OFF      ESB_Q
#define ESB_ASSERTED 0x4u /* of a level-sensitive source: its line */

enum esb_op {
	ESB_SET_00, /* the numbers are the new PQ */
	ESB_SET_01,
	ESB_SET_10,
	ESB_SET_11,
	ESB_GET,
	ESB_TRIGGER,
	ESB_EOI,
	ESB_LINE_UP,
	ESB_LINE_DOWN,
};

/* A source: state and assignment (EAS_*), each changed by one atomic step. */
struct xive_source {
	atomic_bool used;
	bool level_sensitive;
	atomic_uchar state;
	_Atomic uint64_t eas;
};

#define EAS_ASSIGNED       (1ULL << 63)
#define EAS_MASKED         (1ULL << 62)
#define EAS_PRIORITY_SHIFT 56
#define EAS_SERVER_SHIFT   32 /* up to bit 55 */
/* The EISN is below. */

struct xive_end {
	struct xive_queue queue;
	uint8_t pq; /* of the notification */
};

/* The OS ring of a thread's context; see tima.c. */
struct xive_ring {
	uint8_t nsr, cppr, ipb, pipr;
};

struct xive_server {
	pthread_mutex_t lock; /* of all that follows */
	bool active;
	struct xive_ring ring;
	uint64_t line_gpa;
	struct xive_end ends[XIVE_PRIORITIES];
} __attribute__((aligned(64)));

struct xive {
	struct xive_params params;
	atomic_bool active; /* as each server's: for sources */
	atomic_bool resetting;
	struct xive_source *ipis; /* params.servers of them */
	struct xive_source devices[IRQ_SOURCES];
	struct xive_server *servers;
};

/* NULL: no such source. */
struct xive_source *xive_source_find(const struct xive *x, uint64_t lisn);

/* An event of @s goes to its queue. */
void xive_route(struct xive *x, struct xive_source *s);

/* esb.c: the state after @op; what a load returns, and whether an event goes on. */
uint8_t esb_step(uint8_t state, enum esb_op op, bool level_sensitive, uint64_t *ret_value,
		 bool *ret_event);
uint64_t xive_source_step(struct xive *x, struct xive_source *s, enum esb_op op);
extern const struct bus_ops xive_esb_ops;
extern const struct bus_ops xive_end_ops;

/* tima.c; the first two under the server's lock. */
void ring_reset(struct xive *x, struct xive_server *v);
void ring_notify(struct xive *x, struct xive_server *v, uint8_t priority);
extern const struct bus_ops xive_tima_os_ops;
extern const struct bus_ops xive_tima_user_ops;

#endif
