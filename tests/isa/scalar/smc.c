/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest program that changes its own code: the code that is running, code on this page and another,
 * with stores of each size, and with the instructions that tell the caches.
 */
#include "guest.h"

#define PAGE_WORDS 1024
#define INSN_BLR   0x4e800020u
#define LI_R3(n)   (0x38600000u | ((n) & 0xffff))
#define ADDI_R3(n) (0x38630000u | ((n) & 0xffff))
#define NOP        0x60000000u

/* Three pages, in a segment that may be written and executed. */
extern u32 patch_area[3 * PAGE_WORDS];
__asm__(".section .patch,\"awx\",@progbits\n"
	".balign 4096\n"
	".globl patch_area\n"
	"patch_area: .fill 3072,4,0x60000000\n"
	".previous\n");

static void block_flush(const void *p)
{
	__asm__ volatile("dcbst 0,%0\n\tsync\n\ticbi 0,%0\n\tsync\n\tisync" : : "r"(p) : "memory");
}

static void code_put(u32 *at, u32 insn)
{
	*(volatile u32 *)at = insn;
	block_flush(at);
}

static u64 call(const u32 *at)
{
	register unsigned long r3 __asm__("r3") = 0;

	__asm__ volatile("mtctr %1\n\tbctrl" : "+r"(r3) : "r"(at) : "memory", "ctr", "lr", "r4", "r5", "r6");
	return r3;
}

/* Runs of code of random length that end anywhere, over a page boundary too. */
static u64 test_words(void)
{
	u64 hash = 0;

	for (unsigned i = 0; i < 4000; i++) {
		unsigned first = random_below(2) ? PAGE_WORDS - 8 + random_below(8)
						 : random_below(3 * PAGE_WORDS - 20);
		unsigned len = 1 + random_below(14);
		u32 *p = patch_area + first;

		code_put(p, LI_R3(random_next()));
		for (unsigned n = 1; n < len; n++)
			if (random_below(2))
				code_put(p + n, random_below(2) ? NOP : ADDI_R3(random_next()));
		code_put(p + len, INSN_BLR);
		hash = hash_add(hash, call(p));
		code_put(p + random_below(len), NOP);
		hash = hash_add(hash, call(p));
		for (unsigned n = 0; n <= len; n++)
			code_put(p + n, NOP);
	}
	return hash;
}

/* Parts of an instruction, and several at once. */
static u64 test_sizes(void)
{
	u64 hash = 0;
	u32 *p = patch_area + PAGE_WORDS - 2;

	for (unsigned i = 0; i < 1000; i++) {
		u8 *low = (u8 *)&p[1] + (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 3 : 0);
		u64 pair = (u64)ADDI_R3(random_next()) << 32 | ADDI_R3(random_next());

		code_put(&p[0], LI_R3(0));
		code_put(&p[1], ADDI_R3(0));
		code_put(&p[4], INSN_BLR);
		hash = hash_add(hash, call(p));
		*(volatile u8 *)low = (u8)random_next();
		block_flush(low);
		hash = hash_add(hash, call(p));
		*(volatile u64 *)&p[2] = pair;
		block_flush(&p[2]);
		hash = hash_add(hash, call(p));
		*(volatile u64 *)((u8 *)p + 4) = pair ^ 0x1f0000001f;
		block_flush((u8 *)p + 4);
		block_flush((u8 *)p + 8);
		hash = hash_add(hash, call(p));
	}
	return hash;
}

/* Code that replaces an instruction of its own page, ahead of it, before it gets there. */
static u64 test_own_page(void)
{
	static const u32 code[] = {
		0x7c6802a6, /* mflr 3 */
		0x90850000, /* stw 4,0(5) */
		0x7c00286c, /* dcbst 0,5 */
		0x7c0004ac, /* sync */
		0x7c002fac, /* icbi 0,5 */
		0x4c00012c, /* isync */
		0x38600001, /* li 3,1: what is replaced, or one of the next three */
		0x38630001, 0x38630001, 0x38630001, INSN_BLR,
	};
	u64 hash = 0;

	for (unsigned i = 0; i < 500; i++) {
		u32 *p = patch_area + PAGE_WORDS - 10 + random_below(10);
		u32 insn = ADDI_R3(random_next()), *at = p + 6 + random_below(4);
		unsigned long result;

		for (unsigned n = 0; n < sizeof(code) / 4; n++)
			code_put(p + n, code[n]);
		__asm__ volatile("mr 4,%1\n\tmr 5,%2\n\tmtctr %3\n\tbctrl\n\tmr %0,3"
				 : "=r"(result)
				 : "r"(insn), "r"(at), "r"(p)
				 : "memory", "ctr", "lr", "r3", "r4", "r5");
		hash = hash_add(hash, at == p + 6 ? 0 : result);
	}
	return hash;
}

/* dcbz and a reserving store over code. */
static u64 test_other_stores(void)
{
	u64 hash = 0;

	for (unsigned i = 0; i < 200; i++) {
		u32 *p = patch_area + 2 * PAGE_WORDS;
		u32 insn = ADDI_R3(random_next()), was;

		for (unsigned n = 0; n < 64; n++)
			code_put(p + n, n == 63 ? INSN_BLR : ADDI_R3(n));
		hash = hash_add(hash, call(p));
		__asm__ volatile("1: lwarx %0,0,%2\n\tstwcx. %1,0,%2\n\tbne- 1b"
				 : "=&r"(was)
				 : "r"(insn), "r"(p + 40)
				 : "memory", "cr0");
		block_flush(p + 40);
		hash = hash_add(hash_add(hash, was), call(p));
		__asm__ volatile("dcbz 0,%0" : : "r"(p) : "memory");
		for (unsigned n = 0; n < 64; n += 16)
			block_flush(p + n);
		hash = hash_add(hash, p[0]);
		for (unsigned n = 0; n < 32; n++)
			code_put(p + n, NOP);
		hash = hash_add(hash, call(p));
	}
	return hash;
}

void guest_main(const char *argument)
{
	(void)argument;
	random_seed(1);
	put_result("words", test_words());
	put_result("sizes", test_sizes());
	put_result("own-page", test_own_page());
	put_result("other-stores", test_other_stores());
}
