/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages on stderr: one write(2) a line, so that lines of several threads never mix. */
#include "vmm/base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "vmm/base/bits.h"

#define LOG_LINE_MAX       2048
#define LOG_RATE_WINDOW_NS 1000000000ULL
#define LOG_RATE_BURST     10

uint32_t log_trace_mask;
static enum log_level log_level = LOG_LEVEL_WARNING;

static const char *const trace_names[TRACE_NR] = {
	[TRACE_HCALL] = "hcall", [TRACE_RTAS] = "rtas", [TRACE_MMIO] = "mmio",
	[TRACE_IRQ] = "irq",     [TRACE_VOF] = "vof",   [TRACE_CPU] = "cpu",
};

void log_set_level(enum log_level level)
{
	log_level = level;
}

bool log_enabled(enum log_level level)
{
	return level <= log_level;
}

int log_set_trace(const char *list, const char **ret_bad)
{
	uint32_t mask = 0;

	for (const char *p = list; *p;) {
		size_t len = strcspn(p, ",");
		size_t i;

		for (i = 0; i < TRACE_NR; i++)
			if (strlen(trace_names[i]) == len && !strncmp(trace_names[i], p, len))
				break;
		if (i == TRACE_NR) {
			*ret_bad = p;
			return -EINVAL;
		}
		mask |= 1U << i;
		p += len + (p[len] == ',');
	}
	log_trace_mask = mask;
	return 0;
}

/* Bytes that a guest or a file chose must not reach a terminal as commands to it. */
static void line_clean(char *line, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
			line[i] = '?';
}

static void log_emit(const char *prefix, const char *fmt, va_list ap)
{
	char line[LOG_LINE_MAX];
	int n = snprintf(line, sizeof(line), "paprika: %s", prefix);
	int m = vsnprintf(line + n, sizeof(line) - (size_t)n - 1, fmt, ap);
	size_t len;
	ssize_t done;

	len = (size_t)n + (m < 0 ? 0 : (size_t)m);
	if (len > sizeof(line) - 2)
		len = sizeof(line) - 2;
	line_clean(line, len);
	line[len++] = '\n';
	done = write(STDERR_FILENO, line, len);
	(void)done;
}

void log_write(enum log_level level, const char *fmt, ...)
{
	int saved = errno;
	va_list ap;

	if (!log_enabled(level))
		return;
	va_start(ap, fmt);
	log_emit("", fmt, ap);
	va_end(ap);
	errno = saved;
}

void log_write_trace(enum log_topic topic, const char *fmt, ...)
{
	char prefix[16];
	int saved = errno;
	va_list ap;

	snprintf(prefix, sizeof(prefix), "%s: ", trace_names[topic]);
	va_start(ap, fmt);
	log_emit(prefix, fmt, ap);
	va_end(ap);
	errno = saved;
}

bool log_ratelimit_pass(struct log_ratelimit *rl)
{
	struct timespec ts;
	uint64_t now;
	uint64_t start;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	now = (uint64_t)ts.tv_sec * 1000000000ULL + (uint64_t)ts.tv_nsec;
	start = __atomic_load_n(&rl->window_ns, __ATOMIC_RELAXED);
	if (!start || now - start >= LOG_RATE_WINDOW_NS) {
		unsigned dropped = __atomic_exchange_n(&rl->dropped, 0, __ATOMIC_RELAXED);

		__atomic_store_n(&rl->window_ns, now, __ATOMIC_RELAXED);
		__atomic_store_n(&rl->count, 0, __ATOMIC_RELAXED);
		if (dropped)
			log_debug("(%u messages of the next kind left out)", dropped);
	}
	if (__atomic_add_fetch(&rl->count, 1, __ATOMIC_RELAXED) <= LOG_RATE_BURST)
		return true;
	__atomic_add_fetch(&rl->dropped, 1, __ATOMIC_RELAXED);
	return false;
}
