/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the guest of make bench measures, between lines of "bench: begin NAME" and "bench: NAME
 * NUMBER UNIT COUNT", COUNT being how many of them there were, if there is one. */
#include "tests/bench/guest/guest.h"

double seconds_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void die(const char *what)
{
	printf("bench: failed: %s: %s\n", what, strerror(errno));
	exit(1);
}

double interrupts_of(const char *name, const char *other)
{
	FILE *f = fopen("/proc/interrupts", "re");
	char line[256];
	double sum = 0;

	while (f && fgets(line, sizeof(line), f)) {
		unsigned long a = 0, b = 0;
		char *at = strchr(line, ':');

		if (at && (strstr(line, name) || strstr(line, other)) &&
		    sscanf(at + 1, "%lu %lu", &a, &b) > 0)
			sum += (double)a + (double)b;
	}
	if (f)
		fclose(f);
	return sum;
}

int main(int argc, char **argv)
{
	double seconds = argc > 2 ? strtod(argv[2], NULL) : 0;

	if (seconds > 0 && !strcmp(argv[1], "ipi"))
		measure_ipi(seconds);
	else if (seconds > 0 && argc > 3 && !strcmp(argv[1], "disk"))
		measure_disk(argv[3], seconds);
	else {
		fprintf(stderr, "usage: guest ipi SECONDS | guest disk SECONDS DEVICE\n");
		return 1;
	}
	return 0;
}
