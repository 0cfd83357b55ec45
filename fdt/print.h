/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A device tree blob as source text. */
#ifndef PAPRIKA_FDT_PRINT_H
#define PAPRIKA_FDT_PRINT_H

#include <stdio.h>

/* Writes @blob, a valid tree, as dts that dtc reads. */
void fdt_print(FILE *out, const void *blob);

#endif
