/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RTAS: the guest's calls come as one h-call with the address of their argument block. LoPAR "Run-Time
 * Abstraction Services".
 *
 * A handler gets its arguments as a copy and fills results; results[0] is the status that the caller
 * stores from its return value. Runs on the calling vCPU's thread.
 */
#ifndef PAPRIKA_HCALLS_RTAS_RTAS_H
#define PAPRIKA_HCALLS_RTAS_RTAS_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

#include "hcalls/hcall.h"
#include "hcalls/rtas/events.h"
#include "hcalls/rtas/nmi.h"
#include "vmm/base/log.h"

#define RTAS_SUCCESS        0
#define RTAS_NO_EVENT       1
#define RTAS_HARDWARE       (-1)
#define RTAS_BUSY           (-2)
#define RTAS_PARAMETER      (-3)
#define RTAS_NOT_AUTHORIZED (-9002)

#define RTAS_ARGS_MAX 16

struct nvram;
struct rtc;

/* The operator panel: a line at a time. */
struct rtas_panel {
	pthread_mutex_t lock;
	struct log_ratelimit limit;
	size_t len;
	char line[80];
};

struct rtas {
	struct nvram *nvram; /* NULL: none */
	struct rtc *rtc;
	struct rtas_panel panel;
	struct rtas_events events;
	struct rtas_nmi nmi;
	atomic_uint logged; /* logs made: each has its number, from 1 */
};

static inline uint32_t rtas_log_number(struct rtas *rtas)
{
	return atomic_fetch_add(&rtas->logged, 1) + 1;
}

/* The line begun, as it is: what comes next is no part of it. Any thread. */
void rtas_panel_flush(struct rtas_panel *panel);

typedef int32_t rtas_fn(struct hcall_ctx *ctx, const uint32_t args[], uint32_t results[]);

/* Answers the call whose argument block is at @gpa: the status of the h-call itself. */
int64_t rtas_call(struct hcall_ctx *ctx, gpa_t gpa);

/* The functions that exist, by number from 0; NULL past the last. */
const char *rtas_function(unsigned i, uint32_t *ret_token);

/* Whether this VM has function @i. */
bool rtas_offered(const struct hcall_env *env, unsigned i);

/* The token of a function that exists. */
uint32_t rtas_token_of(const char *name);

/* What instantiate-rtas puts into guest memory. */
extern const uint8_t rtas_blob[];
extern const size_t rtas_blob_len;

#endif
