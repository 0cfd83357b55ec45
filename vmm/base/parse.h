/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers and lists in what the user writes. */
#ifndef PAPRIKA_BASE_PARSE_H
#define PAPRIKA_BASE_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vmm/base/check.h"

/* "512M": bytes, with K, M, G or T of 1024. -EINVAL; -ERANGE: does not fit 64 bits. */
__must_check int parse_size(const char *s, uint64_t *ret);
/* A decimal number of at most @max. -EINVAL; -ERANGE. */
__must_check int parse_unsigned(const char *s, uint64_t max, uint64_t *ret);
/* "on" or "off". -EINVAL. */
__must_check int parse_switch(const char *s, bool *ret);
/* The place of @s among @names (NULL ends). -EINVAL. */
__must_check int parse_choice(const char *s, const char *const names[], unsigned *ret);

/*
 * Walks "a,key=b,...": the next item of *list into @key (what stands before '=', NULL for an item without
 * one) and @value, both into @buf. False at the end. An item that does not fit @size is cut.
 */
bool parse_item(const char **list, char *buf, size_t size, const char **ret_key,
		const char **ret_value);

/* Whether @s is a name, as VMs and devices have: letters, digits, _ . -, and not empty. */
bool parse_is_name(const char *s);
/* A copy of @s into *at, instead of what is there. -ENOMEM. */
__must_check int parse_copy(const char *s, char **at);

/* How many single-character edits make @a into @b; for "did you mean". */
unsigned parse_distance(const char *a, const char *b);

#endif
