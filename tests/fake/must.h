/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PAPRIKA_TESTS_FAKE_MUST_H
#define PAPRIKA_TESTS_FAKE_MUST_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Ends the program, naming @what, if @r is a negative errno: what tests stand on. */
static inline void must(int r, const char *what)
{
	if (r < 0) {
		fprintf(stderr, "fake: %s: %s\n", what, strerror(-r));
		abort();
	}
}

#endif
