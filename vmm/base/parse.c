/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers and lists in what the user writes. */
#include "vmm/base/parse.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Digits at *s, which goes behind them. */
static int digits(const char **s, uint64_t *ret)
{
	uint64_t v = 0;

	if (!isdigit((unsigned char)**s))
		return -EINVAL;
	for (; isdigit((unsigned char)**s); (*s)++)
		if (!check_mul_u64(v, 10, &v) || !check_add_u64(v, (uint64_t)(**s - '0'), &v))
			return -ERANGE;
	*ret = v;
	return 0;
}

int parse_size(const char *s, uint64_t *ret)
{
	static const char units[] = "KMGT";
	const char *unit;
	uint64_t v;
	int r = digits(&s, &v);

	if (r < 0)
		return r;
	if (*s) {
		unit = strchr(units, toupper((unsigned char)*s));
		if (!unit || s[1])
			return -EINVAL;
		if (!check_mul_u64(v, 1ULL << (10 * (unit - units + 1)), &v))
			return -ERANGE;
	}
	*ret = v;
	return 0;
}

int parse_unsigned(const char *s, uint64_t max, uint64_t *ret)
{
	uint64_t v;
	int r = digits(&s, &v);

	if (r < 0)
		return r;
	if (*s)
		return -EINVAL;
	if (v > max)
		return -ERANGE;
	*ret = v;
	return 0;
}

int parse_switch(const char *s, bool *ret)
{
	static const char *const names[] = {"off", "on", NULL};
	unsigned v;

	if (parse_choice(s, names, &v) < 0)
		return -EINVAL;
	*ret = v;
	return 0;
}

int parse_choice(const char *s, const char *const names[], unsigned *ret)
{
	for (unsigned i = 0; names[i]; i++)
		if (!strcmp(s, names[i])) {
			*ret = i;
			return 0;
		}
	return -EINVAL;
}

bool parse_item(const char **list, char *buf, size_t size, const char **ret_key,
		const char **ret_value)
{
	size_t len = strcspn(*list, ","), copy = len < size - 1 ? len : size - 1;
	char *eq;

	if (!**list)
		return false;
	memcpy(buf, *list, copy);
	buf[copy] = 0;
	*list += len + ((*list)[len] == ',');
	eq = strchr(buf, '=');
	if (eq)
		*eq = 0;
	*ret_key = eq ? buf : NULL;
	*ret_value = eq ? eq + 1 : buf;
	return true;
}

bool parse_is_name(const char *s)
{
	static const char chars[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";

	return *s && !s[strspn(s, chars)];
}

int parse_copy(const char *s, char **at)
{
	char *copy = strdup(s);

	if (!copy)
		return -ENOMEM;
	free(*at);
	*at = copy;
	return 0;
}

unsigned parse_distance(const char *a, const char *b)
{
	size_t n = strlen(b);
	unsigned row[64], diagonal, keep;

	if (strlen(a) > 60 || n > 60)
		return 99;
	for (unsigned j = 0; j <= n; j++)
		row[j] = j;
	for (unsigned i = 1; a[i - 1]; i++) {
		diagonal = row[0];
		row[0] = i;
		for (unsigned j = 1; j <= n; j++) {
			unsigned best = diagonal + (a[i - 1] != b[j - 1]);

			keep = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
			diagonal = keep;
		}
	}
	return row[n];
}
