/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include <sched.h>
#include <sys/wait.h>
#include "tests/bench/guest/guest.h"

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("two vCPUs to run on");
}

static void answer(int in, int out)
{
	char byte;

	pin(1);
	while (read(in, &byte, 1) == 1)
		if (write(out, &byte, 1) != 1)
			break;
	_exit(0);
}

static unsigned long trips(int in, int out, double seconds)
{
	double end = seconds_now() + seconds;
	unsigned long n = 0;
	char byte = 0;

	do {
		for (unsigned i = 0; i < 16; i++)
			if (write(out, &byte, 1) != 1 || read(in, &byte, 1) != 1)
				die("hand a byte over");
		n += 16;
	} while (seconds_now() < end);
	return n;
}

void measure_ipi(double seconds)
{
	int there[2], back[2];
	double begin, before, took, sent;
	unsigned long n;
	pid_t child;

	if (pipe(there) || pipe(back))
		die("pipe");
	child = fork();
	if (child < 0)
		die("fork");
	if (!child) {
		close(there[1]);
		answer(there[0], back[1]);
	}
	pin(0);
	trips(back[0], there[1], seconds / 4);
	before = interrupts_of("IPI", "oorbell");
	puts("bench: begin trips");
	begin = seconds_now();
	n = trips(back[0], there[1], seconds);
	took = seconds_now() - begin;
	printf("bench: trips %.0f 1/s %lu\n", (double)n / took, n);
	sent = interrupts_of("IPI", "oorbell") - before;
	close(there[1]);
	waitpid(child, NULL, 0);
	printf("bench: ipis %.3f a-trip\n", sent / (double)n);
}
