/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a guest program without a library needs: random numbers, output, an end. */
#ifndef ISA_VECTOR_GUEST_H
#define ISA_VECTOR_GUEST_H

/* The same numbers for the same @n. */
void random_seed(unsigned n);
unsigned long random_next(void);
unsigned random_below(unsigned n);

/* Of a line, at most 255 characters. */
void put_string(const char *s);
void put_hex(unsigned long v, unsigned digits);
void put_line(void);

unsigned long hash_add(unsigned long hash, unsigned long v);
int string_equal(const char *a, const char *b);
void guest_exit(void);

#endif
