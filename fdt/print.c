/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A device tree blob as source text. */
#include "fdt/print.h"

#include <ctype.h>
#include <libfdt.h>
#include <stdbool.h>
#include <string.h>

static void indent(FILE *out, int depth)
{
	while (depth-- > 0)
		fputc('\t', out);
}

/* One or more non-empty printable strings, each with its NUL. */
static bool is_strings(const char *p, int len)
{
	bool empty = true;

	if (!len || p[len - 1])
		return false;
	for (int i = 0; i < len; i++) {
		if (!p[i]) {
			if (empty)
				return false;
			empty = true;
		} else {
			if (!isprint((unsigned char)p[i]))
				return false;
			empty = false;
		}
	}
	return true;
}

static void print_strings(FILE *out, const char *p, int len)
{
	for (const char *s = p; s < p + len; s += strlen(s) + 1) {
		fputs(s == p ? "\"" : ", \"", out);
		for (const char *c = s; *c; c++) {
			if (*c == '"' || *c == '\\')
				fputc('\\', out);
			fputc(*c, out);
		}
		fputc('"', out);
	}
}

static void print_value(FILE *out, const void *p, int len)
{
	const uint8_t *b = p;

	if (len == 1 && !b[0]) {
		fputs("\"\"", out);
	} else if (is_strings(p, len)) {
		print_strings(out, p, len);
	} else if (len % 4 == 0) {
		fputc('<', out);
		for (int i = 0; i < len; i += 4)
			fprintf(out, "%s0x%02x%02x%02x%02x", i ? " " : "", b[i], b[i + 1], b[i + 2],
				b[i + 3]);
		fputc('>', out);
	} else {
		fputc('[', out);
		for (int i = 0; i < len; i++)
			fprintf(out, "%s%02x", i ? " " : "", b[i]);
		fputc(']', out);
	}
}

static void print_props(FILE *out, const void *blob, int node, int depth)
{
	int prop;

	fdt_for_each_property_offset(prop, blob, node) {
		const char *name;
		int len;
		const void *value = fdt_getprop_by_offset(blob, prop, &name, &len);

		indent(out, depth);
		fputs(name, out);
		if (len) {
			fputs(" = ", out);
			print_value(out, value, len);
		}
		fputs(";\n", out);
	}
}

void fdt_print(FILE *out, const void *blob)
{
	int depth = 0, open = 0;

	fputs("/dts-v1/;\n\n", out);
	for (int node = 0; node >= 0 && depth >= 0; node = fdt_next_node(blob, node, &depth)) {
		for (; open > depth; open--) {
			indent(out, open - 1);
			fputs("};\n", out);
		}
		indent(out, depth);
		fprintf(out, "%s {\n", depth ? fdt_get_name(blob, node, NULL) : "/");
		open = depth + 1;
		print_props(out, blob, node, open);
	}
	for (; open > 0; open--) {
		indent(out, open - 1);
		fputs("};\n", out);
	}
}
