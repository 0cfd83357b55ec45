/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the test programs have in place of a C library. */
#include "guest.h"

#define NR_EXIT  1
#define NR_WRITE 4

void guest_start(const unsigned long *stack);

static u64 random_state;

void random_seed(u64 seed)
{
	random_state = 0x9e3779b97f4a7c15 + seed;
}

u64 random_next(void)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return random_state * 0x2545f4914f6cdd1d;
}

u32 random_below(u32 n)
{
	return (u32)(random_next() >> 33) % n;
}

u64 random_special(unsigned bits)
{
	u64 top = 1ULL << (bits - 1);

	switch (random_below(10)) {
	case 0:
		return 0;
	case 1:
		return ~0ULL;
	case 2:
		return top;
	case 3:
		return top - 1;
	case 4:
		return top + 1;
	case 5:
		return 1;
	case 6:
		return 1ULL << random_below(bits);
	case 7:
		return ~0ULL << random_below(bits);
	case 8:
		return (u64)0 - random_below(40);
	default:
		return random_below(130);
	}
}

static long system_call(long nr, long a, long b, long c)
{
	register long r0 __asm__("r0") = nr, r3 __asm__("r3") = a, r4 __asm__("r4") = b,
			 r5 __asm__("r5") = c;

	__asm__ volatile("sc"
			 : "+r"(r0), "+r"(r3), "+r"(r4), "+r"(r5)
			 :
			 : "memory", "cr0", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "ctr", "xer");
	return r3;
}

static char out[512];
static unsigned out_len;

void put_string(const char *s)
{
	while (*s)
		out[out_len++] = *s++;
}

void put_hex(u64 v, unsigned digits)
{
	while (digits--)
		out[out_len++] = "0123456789abcdef"[v >> 4 * digits & 15];
}

void put_line(void)
{
	out[out_len++] = '\n';
	system_call(NR_WRITE, 1, (long)out, out_len);
	out_len = 0;
}

void put_result(const char *name, u64 hash)
{
	put_string(name);
	put_string(" ");
	put_hex(hash, 16);
	put_line();
}

u64 hash_add(u64 hash, u64 v)
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

void guest_start(const unsigned long *stack)
{
	guest_main(stack[0] > 1 ? (const char *)stack[2] : 0);
	system_call(NR_EXIT, 0, 0, 0);
}

/* The compiler may call these. */
void *memcpy(void *to, const void *from, unsigned long len);
void *memset(void *to, int byte, unsigned long len);

void *memcpy(void *to, const void *from, unsigned long len)
{
	for (unsigned long i = 0; i < len; i++)
		((volatile u8 *)to)[i] = ((const u8 *)from)[i];
	return to;
}

void *memset(void *to, int byte, unsigned long len)
{
	for (unsigned long i = 0; i < len; i++)
		((volatile u8 *)to)[i] = (u8)byte;
	return to;
}

#ifdef __powerpc64__
__asm__(".globl _start\n"
	"_start:\n"
	"	mr 3,1\n"
	"	lis 2,.TOC.@ha\n"
	"	addi 2,2,.TOC.@l\n"
	"	clrrdi 1,1,4\n"
	"	li 0,0\n"
	"	stdu 0,-64(1)\n"
	"	bl guest_start\n");
#else
__asm__(".globl _start\n"
	"_start:\n"
	"	mr 3,1\n"
	"	clrrwi 1,1,4\n"
	"	li 0,0\n"
	"	stwu 0,-64(1)\n"
	"	bl guest_start\n");
#endif
