/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The time of day. */
#include "devices/rtc.h"

#include <errno.h>

void rtc_get(const struct rtc *rtc, struct tm *ret_tm, uint32_t *ret_ns)
{
	struct timespec ts;
	time_t t;

	clock_gettime(CLOCK_REALTIME, &ts);
	t = ts.tv_sec + (time_t)atomic_load(&rtc->offset_s);
	gmtime_r(&t, ret_tm);
	*ret_ns = (uint32_t)ts.tv_nsec;
}

int rtc_set(struct rtc *rtc, const struct tm *tm)
{
	struct tm copy = *tm;
	time_t t;

	if (tm->tm_year < 70 || tm->tm_year > 8099 || tm->tm_mon < 0 || tm->tm_mon > 11 ||
	    tm->tm_mday < 1 || tm->tm_mday > 31 || tm->tm_hour < 0 || tm->tm_hour > 23 ||
	    tm->tm_min < 0 || tm->tm_min > 59 || tm->tm_sec < 0 || tm->tm_sec > 59)
		return -EINVAL;
	t = timegm(&copy);
	if (copy.tm_mday != tm->tm_mday)
		return -EINVAL;
	atomic_store(&rtc->offset_s, (int64_t)(t - time(NULL)));
	return 0;
}
