/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a guest program without a library needs: random numbers, output, an end. */
#include "guest.h"

static unsigned long random_state;

void random_seed(unsigned n)
{
	random_state = 0x9e3779b97f4a7c15 + n;
}

unsigned long random_next(void)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return random_state * 0x2545f4914f6cdd1d;
}

unsigned random_below(unsigned n)
{
	return (unsigned)(random_next() >> 33) % n;
}

static long syscall3(long nr, long a, long b, long c)
{
	register long r0 __asm__("r0") = nr, r3 __asm__("r3") = a, r4 __asm__("r4") = b,
			 r5 __asm__("r5") = c;

	__asm__ volatile("sc"
			 : "+r"(r0), "+r"(r3), "+r"(r4), "+r"(r5)
			 :
			 : "memory", "cr0", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "ctr");
	return r3;
}

static char out[256];
static unsigned out_len;

void put_string(const char *s)
{
	while (*s)
		out[out_len++] = *s++;
}

void put_hex(unsigned long v, unsigned digits)
{
	while (digits--)
		out[out_len++] = "0123456789abcdef"[v >> 4 * digits & 15];
}

void put_line(void)
{
	out[out_len++] = '\n';
	syscall3(4, 1, (long)out, out_len);
	out_len = 0;
}

unsigned long hash_add(unsigned long hash, unsigned long v)
{
	hash = (hash ^ v) * 0x9fb21c651e98df25;
	return hash ^ hash >> 32;
}

int string_equal(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

void guest_exit(void)
{
	syscall3(1, 0, 0, 0);
}

/* The compiler may call these. */
void *memcpy(void *to, const void *from, unsigned long len);
void *memset(void *to, int byte, unsigned long len);

void *memcpy(void *to, const void *from, unsigned long len)
{
	for (unsigned long i = 0; i < len; i++)
		((volatile char *)to)[i] = ((const char *)from)[i];
	return to;
}

void *memset(void *to, int byte, unsigned long len)
{
	for (unsigned long i = 0; i < len; i++)
		((volatile char *)to)[i] = (char)byte;
	return to;
}
