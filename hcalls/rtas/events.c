/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Event logs. LoPAR "Error Handling" and "RTAS Error/Event Return Format": the fixed part, then version 6 of the
 * extended log with its sections Main-A, Main-B and EPOW; all big-endian.
 */
#include "hcalls/rtas/events.h"

#include <string.h>

#include "devices/rtc.h"
#include "hcalls/rtas/handlers.h"
#include "vmm/base/bits.h"
#include "vmm/base/byteorder.h"

#define CLASS_EPOW PPC_BIT32(1) /* of an event mask */

#define EPOW_SENSOR 9 /* of get-sensor-state, index 0 */

#define LOG_VERSION      6
#define SEVERITY_EVENT   1
#define TYPE_EPOW        64
#define OPTIONAL_PART    0x04
#define LOG_VALID_NEW_BE 0x86
#define LOG_IS_PLATFORM  0x8e

#define EPOW_SYSTEM_SHUTDOWN 3
#define EPOW_NORMAL          1
#define EPOW_THIS_PARTITION  1

/* Where the parts of the log begin; the extended part is counted from byte 8. */
enum {
	LOG_EXTENDED = 8,
	LOG_COMPANY = LOG_EXTENDED + 12,
	LOG_MAIN_A = LOG_EXTENDED + 16,
	LOG_MAIN_B = LOG_MAIN_A + 48,
	LOG_EPOW = LOG_MAIN_B + 24,
	LOG_LEN = LOG_EPOW + 20,
};

static void section_begin(uint8_t *section, const char *id, unsigned len, unsigned version)
{
	memcpy(section, id, 2);
	store_be16(section + 2, (uint16_t)len);
	section[4] = (uint8_t)version;
}

static uint8_t bcd(int n)
{
	return (uint8_t)(n / 10 % 10 << 4 | n % 10);
}

static void write_main_a(uint8_t *section, const struct tm *tm, unsigned number)
{
	const uint8_t stamp[] = {bcd((tm->tm_year + 1900) / 100), bcd(tm->tm_year % 100), bcd(tm->tm_mon + 1),
				 bcd(tm->tm_mday), bcd(tm->tm_hour), bcd(tm->tm_min), bcd(tm->tm_sec), 0};

	section_begin(section, "PH", LOG_MAIN_B - LOG_MAIN_A, 1);
	memcpy(section + 8, stamp, sizeof(stamp));
	section[0x18] = 'H'; /* made by the hypervisor */
	section[0x1b] = 3;   /* sections, with this one */
	store_be32(section + 0x28, number);
}

/* Not an error, so of severity 0: an ordinary shutdown, of the subsystem for power. */
static void write_main_b(uint8_t *section)
{
	section_begin(section, "UH", LOG_EPOW - LOG_MAIN_B, 1);
	section[8] = 0x60;
	section[0xb] = 0xd0;
}

static void write_epow(uint8_t *section)
{
	section_begin(section, "EP", LOG_LEN - LOG_EPOW, 2);
	section[8] = EPOW_SYSTEM_SHUTDOWN;
	section[9] = EPOW_NORMAL;
	section[10] = EPOW_THIS_PARTITION;
}

static void write_log(uint8_t log[LOG_LEN], const struct rtc *rtc, unsigned number)
{
	struct tm tm;
	uint32_t ns;

	rtc_get(rtc, &tm, &ns);
	memset(log, 0, LOG_LEN);
	log[0] = LOG_VERSION;
	log[1] = SEVERITY_EVENT << 5 | OPTIONAL_PART;
	log[3] = TYPE_EPOW;
	store_be32(log + 4, LOG_LEN - LOG_EXTENDED);
	log[LOG_EXTENDED] = LOG_VALID_NEW_BE;
	log[LOG_EXTENDED + 2] = LOG_IS_PLATFORM;
	memcpy(log + LOG_COMPANY, "IBM", 4);
	write_main_a(log + LOG_MAIN_A, &tm, number);
	write_main_b(log + LOG_MAIN_B);
	write_epow(log + LOG_EPOW);
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
	uint8_t log[LOG_LEN];

	if (!(mask & CLASS_EPOW) || !atomic_load(&e->shutdown))
		return RTAS_NO_EVENT;
	/* a log without its EPOW section would say nothing */
	if (len < LOG_LEN || !gmem_span(ctx->env->mem, GPA(gpa), LOG_LEN))
		return RTAS_PARAMETER;
	if (!atomic_exchange(&e->shutdown, false))
		return RTAS_NO_EVENT; /* another vCPU has it */
	irq_line_set(&e->line, false);
	write_log(log, ctx->env->rtas->rtc, atomic_fetch_add(&e->logged, 1) + 1);
	return gmem_write(ctx->env->mem, GPA(gpa), log, LOG_LEN) < 0 ? RTAS_HARDWARE : RTAS_SUCCESS;
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
