/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System calls to try on a caged thread, and its own for comparison. */
#ifndef PAPRIKA_TESTS_CAGE_ATTEMPTS_H
#define PAPRIKA_TESTS_CAGE_ATTEMPTS_H

#include <stdint.h>

struct attempt {
	const char *name;
	long nr;
	unsigned allowed; /* 1 << enum sandbox_thread for each kind that may */
	uint64_t args[6];
};

/* Up to the entry without a name. */
extern const struct attempt attempts[];
unsigned attempts_count(void);

/* What the scratch memory is to hold. */
extern const char attempt_data[64];
/* The arguments for a thread with its scratch memory there; @other is another process. */
void attempt_args(const struct attempt *a, uint64_t scratch, uint64_t other, uint64_t ret_args[6]);

#endif
