/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of the bench guest's program. */
#pragma once

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

double seconds_now(void);
void die(const char *what) __attribute__((noreturn)); /* says what failed, by errno, and exits */

/* So far, on two vCPUs at most, by /proc/interrupts: those with either word in their line. */
double interrupts_of(const char *name, const char *other);

/* A byte to and fro over two pipes between vCPU 0 and vCPU 1; each sleeps while the other has it.
 */
void measure_ipi(double seconds);

/* 4 KiB at random, 32 at a time, and 1 MiB in sequence, four at a time, past the guest's page
 * cache. */
void measure_disk(const char *device, double seconds);
