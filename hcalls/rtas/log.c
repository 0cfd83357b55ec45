/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bytes of error and event logs. */
#include "hcalls/rtas/log.h"

#include <string.h>

#include "vmm/base/byteorder.h"

#define LOG_VERSION      6
#define OPTIONAL_PART    0x04
#define LOG_VALID_NEW_BE 0x86
#define LOG_UNRECOVERED  0x40
#define LOG_IS_PLATFORM  0x8e

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

static void write_main_a(uint8_t *section, const struct rtc *rtc, uint32_t number)
{
	struct tm tm;
	uint32_t ns;

	rtc_get(rtc, &tm, &ns);
	section_begin(section, "PH", LOG_MAIN_B - LOG_MAIN_A, 1);
	section[8] = bcd((tm.tm_year + 1900) / 100);
	section[9] = bcd(tm.tm_year % 100);
	section[10] = bcd(tm.tm_mon + 1);
	section[11] = bcd(tm.tm_mday);
	section[12] = bcd(tm.tm_hour);
	section[13] = bcd(tm.tm_min);
	section[14] = bcd(tm.tm_sec);
	section[0x18] = 'H'; /* made by the hypervisor */
	section[0x1b] = 3;   /* sections, with this one */
	store_be32(section + 0x28, number);
}

static void write_main_b(uint8_t *section, const struct rtas_log *log)
{
	section_begin(section, "UH", LOG_SECTION - LOG_MAIN_B, 1);
	section[8] = log->subsystem;
	section[10] = log->error_severity;
	section[11] = log->subtype;
}

unsigned rtas_log_write(const struct rtas_log *log, const struct rtc *rtc, uint8_t buf[LOG_MAX])
{
	unsigned len = LOG_SECTION + log->section_len;

	memset(buf, 0, LOG_MAX);
	buf[0] = LOG_VERSION;
	buf[1] = (uint8_t)(log->severity << 5 | log->recovery << 3 | OPTIONAL_PART);
	buf[3] = log->type;
	store_be32(buf + 4, len - LOG_EXTENDED);
	buf[LOG_EXTENDED] = LOG_VALID_NEW_BE;
	if (log->recovery == LOG_NOT_RECOVERED)
		buf[LOG_EXTENDED] |= LOG_UNRECOVERED;
	buf[LOG_EXTENDED + 2] = LOG_IS_PLATFORM;
	memcpy(buf + LOG_COMPANY, "IBM", 4);
	write_main_a(buf + LOG_MAIN_A, rtc, log->number);
	write_main_b(buf + LOG_MAIN_B, log);
	section_begin(buf + LOG_SECTION, log->id, log->section_len, log->version);
	return len;
}
