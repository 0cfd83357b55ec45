/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RTAS: time, power, NVRAM, system parameters, indicators, events. */
#include <endian.h>
#include <errno.h>
#include <string.h>

#include "devices/nvram.h"
#include "devices/rtc.h"
#include "hcalls/rtas/handlers.h"

#define NVRAM_CHUNK 4096

/* status, year, month, day, hour, minute, second, nanoseconds */
int32_t rtas_get_time_of_day(struct hcall_ctx *ctx, const uint32_t args[], uint32_t results[])
{
	struct tm tm;

	rtc_get(ctx->env->rtas->rtc, &tm, &results[7]);
	results[1] = (uint32_t)tm.tm_year + 1900;
	results[2] = (uint32_t)tm.tm_mon + 1;
	results[3] = (uint32_t)tm.tm_mday;
	results[4] = (uint32_t)tm.tm_hour;
	results[5] = (uint32_t)tm.tm_min;
	results[6] = (uint32_t)tm.tm_sec;
	return RTAS_SUCCESS;
}

int32_t rtas_set_time_of_day(struct hcall_ctx *ctx, const uint32_t args[], uint32_t results[])
{
	struct tm tm = {0};

	if (args[0] < 1970 || args[0] > 9999 || args[1] > 12 || args[2] > 31 || args[3] > 23 ||
	    args[4] > 59 || args[5] > 59 || args[6] > 999999999)
		return RTAS_PARAMETER;
	tm.tm_year = (int)args[0] - 1900;
	tm.tm_mon = (int)args[1] - 1;
	tm.tm_mday = (int)args[2];
	tm.tm_hour = (int)args[3];
	tm.tm_min = (int)args[4];
	tm.tm_sec = (int)args[5];
	return rtc_set(ctx->env->rtas->rtc, &tm) < 0 ? RTAS_PARAMETER : RTAS_SUCCESS;
}

/* Power-on triggers (the arguments) cannot be kept: only "none" is taken. */
int32_t rtas_power_off(struct hcall_ctx *ctx, const uint32_t args[], uint32_t results[])
{
	if (args[0] != 0xffffffff && (args[0] || args[1]))
		return RTAS_PARAMETER;
	ctx->env->power->off(ctx->env->power_ctx);
	vcpu_stop_self(ctx->vcpu);
	return RTAS_SUCCESS;
}

int32_t rtas_system_reboot(struct hcall_ctx *ctx, const uint32_t args[], uint32_t results[])
{
	ctx->env->power->reset(ctx->env->power_ctx);
	vcpu_stop_self(ctx->vcpu);
	return RTAS_SUCCESS;
}

int32_t rtas_os_term(struct hcall_ctx *ctx, const uint32_t args[], uint32_t results[])
{
	char text[128];
	unsigned n = 0;

	text[0] = 0;
	if (gmem_read_str(ctx->env->mem, GPA(args[0]), text, sizeof(text)) == -EFAULT)
		text[0] = 0;
	text[sizeof(text) - 1] = 0; /* a longer one is cut */
	for (n = 0; text[n]; n++)
		if (text[n] < ' ' || text[n] > '~')
			text[n] = ' ';
	/* Linux 6.12, for one, passes a null pointer here: its message is on its console alone */
	if (!text[0])
		strcpy(text, "it gave no reason to ibm,os-term; its console may have one");
	ctx->env->power->crashed(ctx->env->power_ctx, text);
	vcpu_stop_self(ctx->vcpu);
	return RTAS_SUCCESS;
}

/* True if there is an NVRAM, and the range lies within it and the buffer in RAM: index, buffer, bytes. */
static bool nvram_range_ok(const struct hcall_env *env, const uint32_t args[])
{
	return env->rtas->nvram && check_range_u64(args[0], args[2], NVRAM_SIZE) &&
	       gmem_span(env->mem, GPA(args[1]), args[2]);
}

static uint32_t nvram_chunk(uint32_t left)
{
	return left < NVRAM_CHUNK ? left : NVRAM_CHUNK;
}

/* in: index, buffer, bytes; status, bytes */
int32_t rtas_nvram_fetch(struct hcall_ctx *ctx, const uint32_t args[], uint32_t results[])
{
	uint8_t buf[NVRAM_CHUNK];

	if (!nvram_range_ok(ctx->env, args))
		return RTAS_PARAMETER;
	for (uint32_t done = 0, len; done < args[2]; done += len) {
		len = nvram_chunk(args[2] - done);
		if (nvram_fetch(ctx->env->rtas->nvram, args[0] + done, buf, len) < 0 ||
		    gmem_write(ctx->env->mem, GPA(args[1] + (uint64_t)done), buf, len) < 0)
			return RTAS_HARDWARE;
		results[1] = done + len;
	}
	return RTAS_SUCCESS;
}

int32_t rtas_nvram_store(struct hcall_ctx *ctx, const uint32_t args[], uint32_t results[])
{
	uint8_t buf[NVRAM_CHUNK];

	if (!nvram_range_ok(ctx->env, args))
		return RTAS_PARAMETER;
	for (uint32_t done = 0, len; done < args[2]; done += len) {
		len = nvram_chunk(args[2] - done);
		if (gmem_read(ctx->env->mem, GPA(args[1] + (uint64_t)done), buf, len) < 0 ||
		    nvram_store(ctx->env->rtas->nvram, args[0] + done, buf, len) < 0)
			return RTAS_HARDWARE;
		results[1] = done + len;
	}
	return RTAS_SUCCESS;
}

#define PARAMETER_UNKNOWN (-3)

/* No parameter is kept: each is "not supported", which Linux takes as absent. */
int32_t rtas_get_system_parameter(struct hcall_ctx *ctx, const uint32_t args[], uint32_t results[])
{
	return PARAMETER_UNKNOWN;
}

int32_t rtas_set_system_parameter(struct hcall_ctx *ctx, const uint32_t args[], uint32_t results[])
{
	return PARAMETER_UNKNOWN;
}

/* No indicator exists: the architecture's answer is -3, no such one. */
int32_t rtas_set_indicator(struct hcall_ctx *ctx, const uint32_t args[], uint32_t results[])
{
	return RTAS_PARAMETER;
}
