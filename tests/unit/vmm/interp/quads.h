/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether the host can do what quad.h needs: QEMU 7.2's user mode has no stqcx. that succeeds. */
#ifndef TESTS_INTERP_QUADS_H
#define TESTS_INTERP_QUADS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static inline bool quads_work(void)
{
#if defined(__powerpc64__)
	static uint64_t at[2] __attribute__((aligned(16)));
	uint64_t cr = 0;

	for (unsigned i = 0; i < 1000 && !(cr & 0x20000000); i++)
		__asm__ volatile(".machine push\n"
				 ".machine power8\n"
				 "lqarx 8, 0, %[at]\n"
				 "stqcx. 8, 0, %[at]\n"
				 "mfcr %[cr]\n"
				 ".machine pop\n"
				 : [cr] "=r"(cr)
				 : [at] "b"(at)
				 : "memory", "cr0", "r8", "r9");
	return cr & 0x20000000;
#else
	return true;
#endif
}

/* At a test's start. */
#define NEEDS_QUADS()                                                                              \
	do {                                                                                       \
		if (!quads_work())                                                                 \
			skip();                                                                    \
	} while (0)

#endif
