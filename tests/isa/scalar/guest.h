/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the test programs have in place of a C library: numbers, output lines, the end. */
#ifndef ISA_SCALAR_GUEST_H
#define ISA_SCALAR_GUEST_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

/* The program; @argument is its first one or NULL. */
void guest_main(const char *argument);

void random_seed(u64 seed);
u64 random_next(void);
u32 random_below(u32 n);
/* A number of @bits bits near a limit, or a small one. */
u64 random_special(unsigned bits);

void put_string(const char *s);
void put_hex(u64 v, unsigned digits);
void put_line(void);
/* "@name @hash" */
void put_result(const char *name, u64 hash);

u64 hash_add(u64 hash, u64 v);
int string_equal(const char *a, const char *b);

#endif
