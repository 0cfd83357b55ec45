/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages for the user on stderr (`paprika: ...`), and trace lines by topic. Any thread may call. */
#ifndef PAPRIKA_BASE_LOG_H
#define PAPRIKA_BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* Topics of --trace. */
enum log_topic {
	TRACE_HCALL,
	TRACE_RTAS,
	TRACE_MMIO,
	TRACE_IRQ,
	TRACE_VOF,
	TRACE_CPU,
	TRACE_NR,
};

/* What is printed: messages up to this level. The default is LOG_LEVEL_WARNING; -v raises it. */
void log_set_level(enum log_level level);
bool log_enabled(enum log_level level);

/*
 * Turns on the topics named in @list ("hcall,rtas").
 * -EINVAL: an unknown topic; *ret_bad points at it.
 */
int log_set_trace(const char *list, const char **ret_bad);

extern uint32_t log_trace_mask;

static inline bool log_tracing(enum log_topic topic)
{
	return __builtin_expect((log_trace_mask >> topic) & 1, 0);
}

void log_write(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void log_write_trace(enum log_topic topic, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* A message caused by what the guest does: at most ten a second from each place in the source. */
struct log_ratelimit {
	uint64_t window_ns;
	unsigned count;
	unsigned dropped;
};
bool log_ratelimit_pass(struct log_ratelimit *rl);

#define log_error(...)   log_write(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_write(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_info(...)    log_write(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)   log_write(LOG_LEVEL_DEBUG, __VA_ARGS__)

#define log_guest(...)                                                                             \
	do {                                                                                       \
		static struct log_ratelimit rl_;                                                   \
		if (log_enabled(LOG_LEVEL_DEBUG) && log_ratelimit_pass(&rl_))                      \
			log_write(LOG_LEVEL_DEBUG, __VA_ARGS__);                                   \
	} while (0)

#define log_trace(topic, ...)                                                                      \
	do {                                                                                       \
		if (log_tracing(topic))                                                            \
			log_write_trace(topic, __VA_ARGS__);                                       \
	} while (0)

#endif
