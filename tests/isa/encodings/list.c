/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prints the instruction tables, a line each: mnemonic, for prefixed ones value and mask of the prefix's fixed
 * bits, value and mask of the word's or the suffix's, ISA level. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "vmm/interp/insns.h"

static void print_name(const char *name)
{
	size_t len = strlen(name);
	int record = len > 3 && !strcmp(name + len - 3, "_rc");

	printf("%.*s%s", (int)(record ? len - 3 : len), name, record ? "." : "");
}

static void print_line(const char *name, uint32_t match, uint32_t mask, unsigned isa)
{
	print_name(name);
	printf(" %08x %08x %u\n", match, mask, isa);
}

static void print_prefixed(const char *name, uint32_t prefix, uint32_t prefix_mask, uint32_t match,
			   uint32_t mask, unsigned isa)
{
	print_name(name);
	printf(" %08x %08x %08x %08x %u\n", prefix, prefix_mask, match, mask, isa);
}

#define LINE(...)                              LINE_(__VA_ARGS__)
#define LINE_(name, match, mask, format, isa) print_line(name, match, mask, isa);
#define INSN(name, ...)                        LINE(#name, __VA_ARGS__)
#define FIXED(name, ...)                       LINE(#name, __VA_ARGS__)
#define MEM(name, ...)                         LINE(#name, __VA_ARGS__)

#define PREFIXED(name, ...)                                PREFIXED_(#name, __VA_ARGS__)
#define PREFIXED_MEM(name, ...)                            PREFIXED_(#name, __VA_ARGS__)
#define PREFIXED_(...)                                     PREFIXED__(__VA_ARGS__)
#define PREFIXED__(name, prefix, prefix_mask, match, mask, format, isa)                            \
	print_prefixed(name, prefix, prefix_mask, match, mask, isa);

int main(void)
{
#include "vmm/interp/insns_all.def"
#include "vmm/interp/insns_prefixed.def"
	return 0;
}
