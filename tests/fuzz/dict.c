/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words for the fuzzer, from the tables of what exists: on standard output, in libFuzzer's form. */
#include <stdio.h>

static const char *const words[] = {
#define SERVICE(name, handler, nargs, nrets) name,
#include "vof/services.def"
#undef SERVICE
#define RTAS(token, name, handler, nargs, nret) name,
#include "hcalls/rtas/calls.def"
#undef RTAS
#define HCALL(number, id, handler, set) set,
#include "hcalls/hcalls.def"
#undef HCALL
	"/", "/cpus", "/chosen", "/rtas", "/vdevice/vty@71000000", "/memory@0", "name", "reg", "phandle",
	"stdout", "bootargs", "ibm,client-architecture-support", "instantiate-rtas", "rtas-size",
	"[vm]", ("\\x7f" "ELF"), "\\x1f\\x8b\\x08", ("\\xfd" "7zXZ\\x00"), "\\x28\\xb5\\x2f\\xfd",
};

int main(void)
{
	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (words[i])
			printf("\"%s\"\n", words[i]);
	return 0;
}
