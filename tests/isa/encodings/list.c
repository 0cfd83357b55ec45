/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prints the instruction table, a line each: mnemonic, value and mask of the fixed bits, ISA level. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "vmm/interp/insns.h"

static void print_line(const char *name, uint32_t match, uint32_t mask, unsigned isa)
{
	size_t len = strlen(name);
	int record = len > 3 && !strcmp(name + len - 3, "_rc");

	printf("%.*s%s %08x %08x %u\n", (int)(record ? len - 3 : len), name, record ? "." : "", match,
	       mask, isa);
}

#define LINE(...)                              LINE_(__VA_ARGS__)
#define LINE_(name, match, mask, format, isa) print_line(name, match, mask, isa);
#define INSN(name, ...)                        LINE(#name, __VA_ARGS__)
#define FIXED(name, ...)                       LINE(#name, __VA_ARGS__)
#define MEM(name, ...)                         LINE(#name, __VA_ARGS__)

int main(void)
{
#include "vmm/interp/insns_all.def"
	return 0;
}
