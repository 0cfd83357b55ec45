/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs the functions of gen.py on random registers and memory; prints a hash of the results of each. */
typedef unsigned long u64;

#define RUNS 60

struct file {
	u64 r[16], cr, xer, ctr;
};

extern void (*const pairs_table[])(struct file *f, unsigned char *buffer);
extern const u64 pairs_count;

static u64 seed = 88172645463325252UL;

static u64 next(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

/* Often small, or near a limit. */
static u64 operand(void)
{
	u64 v = next();

	switch (v & 7) {
	case 0:
		return (v >> 8) & 15;
	case 1:
		return -((v >> 8) & 15);
	case 2:
		return 1UL << ((v >> 8) & 63);
	case 3:
		return (v >> 8) & 0xffffffff;
	default:
		return next();
	}
}

static u64 hash(u64 h, const void *p, u64 len)
{
	const unsigned char *c = p;

	for (u64 i = 0; i < len; i++)
		h = (h ^ c[i]) * 0x100000001b3UL;
	return h;
}

static void put(const char *s, u64 len)
{
	register u64 r0 __asm__("r0") = 4;
	register u64 r3 __asm__("r3") = 1;
	register const char *r4 __asm__("r4") = s;
	register u64 r5 __asm__("r5") = len;

	__asm__ volatile("sc" : "+r"(r0), "+r"(r3), "+r"(r4), "+r"(r5)::"memory", "r6", "r7", "r8", "r9",
			 "r10", "r11", "r12", "cr0", "ctr");
}

static void print(u64 n, u64 h)
{
	char line[32];
	int at = 0;

	for (int i = 28; i >= 0; i -= 4)
		line[at++] = "0123456789abcdef"[(n >> i) & 15];
	line[at++] = ' ';
	for (int i = 60; i >= 0; i -= 4)
		line[at++] = "0123456789abcdef"[(h >> i) & 15];
	line[at++] = '\n';
	put(line, (u64)at);
}

void _start(void)
{
	static unsigned char buffer[1024] __attribute__((aligned(64)));
	register u64 r0 __asm__("r0");
	register u64 r3 __asm__("r3");

	for (u64 n = 0; n < pairs_count; n++) {
		u64 h = 0xcbf29ce484222325UL;

		for (int run = 0; run < RUNS; run++) {
			struct file f;

			for (int i = 0; i < 16; i++)
				f.r[i] = operand();
			f.cr = next() & 0xeeeeeeee; /* no SO: that would leave the fast path */
			f.xer = next() & 0x20000000;
			f.ctr = next() & 3;
			for (unsigned i = 0; i < sizeof(buffer); i += 8)
				*(u64 *)(buffer + i) = operand();
			pairs_table[n](&f, buffer);
			f.xer &= 0xe0000000;
			h = hash(hash(h, &f, sizeof(f)), buffer, sizeof(buffer));
		}
		print(n, h);
	}
	r0 = 234;
	r3 = 0;
	__asm__ volatile("sc" : "+r"(r0), "+r"(r3)::"memory");
}
