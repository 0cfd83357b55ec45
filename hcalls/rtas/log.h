/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Error and event logs as RTAS gives them. LoPAR "RTAS Error/Event Return Format": the fixed part, then version 6
 * of the extended log with its sections Main-A, Main-B and one about the event; all big-endian.
 */
#ifndef PAPRIKA_HCALLS_RTAS_LOG_H
#define PAPRIKA_HCALLS_RTAS_LOG_H

#include <stdint.h>

#include "devices/rtc.h"

enum rtas_log_severity { LOG_EVENT = 1, LOG_ERROR_SYNC = 3 };
enum rtas_log_recovery { LOG_FULLY_RECOVERED = 0, LOG_NOT_RECOVERED = 2 };
enum rtas_log_type { LOG_ECC_UNCORRECTED = 9, LOG_EPOW = 64 };

/* Where the parts of a log begin; the extended part is counted from byte 8. */
enum {
	LOG_EXTENDED = 8,
	LOG_COMPANY = LOG_EXTENDED + 12,
	LOG_MAIN_A = LOG_EXTENDED + 16,
	LOG_MAIN_B = LOG_MAIN_A + 48,
	LOG_SECTION = LOG_MAIN_B + 24, /* of the event */
	LOG_SECTION_MAX = 40,
	LOG_MAX = LOG_SECTION + LOG_SECTION_MAX,
};

/*
 * What a log says. @subsystem, @error_severity and @subtype are those of Main-B; the event's section has @id,
 * @version and @section_len bytes with its header, which the caller fills from its byte 8 on.
 */
struct rtas_log {
	enum rtas_log_severity severity;
	enum rtas_log_recovery recovery;
	enum rtas_log_type type;
	uint8_t subsystem, error_severity, subtype;
	const char *id;
	uint8_t version;
	uint8_t section_len;
	uint32_t number; /* of this log, from 1 */
};

/* Into @buf, all but the event's section's own bytes; the length. */
unsigned rtas_log_write(const struct rtas_log *log, const struct rtc *rtc, uint8_t buf[LOG_MAX]);

#endif
