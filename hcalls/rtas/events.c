/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events, and the logs of them. LoPAR "Environmental and Power Warnings", check-exception, event-scan. */
#include "hcalls/rtas/events.h"

#include "hcalls/rtas/handlers.h"
#include "hcalls/rtas/log.h"
#include "vmm/base/bits.h"

#define CLASS_EPOW PPC_BIT32(1) /* of an event mask */

#define EPOW_SENSOR 9 /* of get-sensor-state, index 0 */

#define EPOW_SYSTEM_SHUTDOWN 3
#define EPOW_NORMAL          1
#define EPOW_THIS_PARTITION  1

#define EPOW_LEN (LOG_SECTION + 20)

/* Not an error, so of severity 0: an ordinary shutdown, of the subsystem for power. */
static unsigned write_log(uint8_t buf[LOG_MAX], const struct rtc *rtc, uint32_t number)
{
	const struct rtas_log log = {.severity = LOG_EVENT, .type = LOG_EPOW, .subsystem = 0x60,
				     .subtype = 0xd0, .id = "EP", .version = 2,
				     .section_len = EPOW_LEN - LOG_SECTION, .number = number};
	unsigned len = rtas_log_write(&log, rtc, buf);

	buf[LOG_SECTION + 8] = EPOW_SYSTEM_SHUTDOWN;
	buf[LOG_SECTION + 9] = EPOW_NORMAL;
	buf[LOG_SECTION + 10] = EPOW_THIS_PARTITION;
	return len;
}

void rtas_events_shutdown(struct rtas_events *e)
{
	atomic_store(&e->shutdown, true);
	irq_line_set(&e->line, true);
}

void rtas_events_reset(struct rtas_events *e)
{
	atomic_store(&e->shutdown, false);
	irq_line_set(&e->line, false);
}

/* A log of one of the classes in @mask, into the buffer at @gpa. */
static int32_t fetch(struct hcall_ctx *ctx, uint32_t mask, uint32_t gpa, uint32_t len)
{
	struct rtas_events *e = &ctx->env->rtas->events;
	uint8_t log[LOG_MAX];
	unsigned log_len;

	if (!(mask & CLASS_EPOW) || !atomic_load(&e->shutdown))
		return RTAS_NO_EVENT;
	/* a log without its EPOW section would say nothing */
	if (len < EPOW_LEN || !gmem_span(ctx->env->mem, GPA(gpa), EPOW_LEN))
		return RTAS_PARAMETER;
	if (!atomic_exchange(&e->shutdown, false))
		return RTAS_NO_EVENT; /* another vCPU has it */
	irq_line_set(&e->line, false);
	log_len = write_log(log, ctx->env->rtas->rtc, rtas_log_number(ctx->env->rtas));
	return gmem_write(ctx->env->mem, GPA(gpa), log, log_len) < 0 ? RTAS_HARDWARE : RTAS_SUCCESS;
}

/* in: vector, source, event mask, critical, buffer, bytes */
int32_t rtas_check_exception(struct hcall_ctx *ctx, const uint32_t args[], uint32_t results[])
{
	return fetch(ctx, args[2], args[4], args[5]);
}

/* in: event mask, critical, buffer, bytes */
int32_t rtas_event_scan(struct hcall_ctx *ctx, const uint32_t args[], uint32_t results[])
{
	return fetch(ctx, args[0], args[2], args[3]);
}

/* in: sensor, index; status, state. The one sensor there is tells what to do about the power. */
int32_t rtas_get_sensor_state(struct hcall_ctx *ctx, const uint32_t args[], uint32_t results[])
{
	if (args[0] != EPOW_SENSOR || args[1])
		return RTAS_PARAMETER;
	results[1] = atomic_load(&ctx->env->rtas->events.shutdown) ? EPOW_SYSTEM_SHUTDOWN : 0;
	return RTAS_SUCCESS;
}
