/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The time of day: the host's, plus what the guest has set it off by. Any thread. */
#ifndef PAPRIKA_DEVICES_RTC_H
#define PAPRIKA_DEVICES_RTC_H

#include <stdatomic.h>
#include <stdint.h>
#include <time.h>

#include "vmm/base/check.h"

struct rtc {
	_Atomic int64_t offset_s;
};

/* UTC now, and the nanoseconds of the second. */
void rtc_get(const struct rtc *rtc, struct tm *ret_tm, uint32_t *ret_ns);
/* -EINVAL: no such date. */
__must_check int rtc_set(struct rtc *rtc, const struct tm *tm);

#endif
