/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Invalidation of translations: one vCPU takes a page away from the others, and once ptesync after tlbie is
 * through, none of them reads or writes there any more.
 */
#include "guest.h"

#define PTE_VALID (1ULL << 63)
#define PTE_LEAF  (1ULL << 62)
#define PTE_R     0x100ULL
#define PTE_C     0x080ULL
#define PTE_ALL   (PTE_R | PTE_C | 0xf)
#define PTE_RPN   0x01fffffffffff000ULL

#define WINDOW  0x800000000ULL /* effective address: 32 GiB */
#define LARGE   (1ULL << 30)
#define MSR_IR_DR 0x30ULL
#define POISON  0xdeadULL

/* Trees of 13, 9, 9 and 9 bits; all entries big-endian. */
static uint64_t process_table[512] __attribute__((aligned(4096)));
static uint64_t level_1[8192] __attribute__((aligned(65536)));
static uint64_t level_2[512] __attribute__((aligned(4096)));
static uint64_t level_3[512] __attribute__((aligned(4096)));
static uint64_t level_4[512] __attribute__((aligned(4096)));
static uint64_t target[2][512] __attribute__((aligned(4096)));

static volatile uint64_t stop, violations, changes, hits;

static uint64_t be(uint64_t v)
{
	return __builtin_bswap64(v);
}

static void make_tree(void)
{
	level_1[0] = be(PTE_VALID | (uint64_t)level_2 | 9);
	/* memory to itself, a gigabyte at a time; and the window: one page */
	level_2[0] = be(PTE_VALID | PTE_LEAF | PTE_ALL);
	level_2[WINDOW / LARGE] = be(PTE_VALID | (uint64_t)level_3 | 9);
	level_3[0] = be(PTE_VALID | (uint64_t)level_4 | 9);
	process_table[0] = be(2ULL << 61 | 5ULL << 5 | (uint64_t)level_1 | 13);
	SYNC();
}

static void map(unsigned which)
{
	store(&level_4[0], be(PTE_VALID | PTE_LEAF | ((uint64_t)target[which] & PTE_RPN) | PTE_ALL));
	PTESYNC();
}

static void unmap(void)
{
	store(&level_4[0], 0);
	__asm__ volatile("ptesync\n\t"
			 ".machine push\n\t.machine power9\n\t"
			 "tlbie %0, %1, 0, 1, 1\n\t"
			 ".machine pop\n\t"
			 "eieio\n\ttlbsync\n\tptesync"
			 : : "r"(WINDOW), "r"(0ULL) : "memory");
}

static void translate(uint64_t bits)
{
	uint64_t msr, srr0;

	__asm__ volatile("mfmsr %0" : "=r"(msr));
	msr = (msr & ~MSR_IR_DR) | bits;
	__asm__ volatile("bcl 20,31,1f\n"
			 "1:	mflr %0\n"
			 "	addi %0, %0, 2f - 1b\n"
			 "	mtsrr0 %0\n"
			 "	mtsrr1 %1\n"
			 "	rfid\n"
			 "2:\n"
			 : "=&r"(srr0) : "r"(msr) : "lr", "memory");
}

/*
 * The window is always mapped but for a moment, and a storage interrupt then is one that returns to itself
 * (its handler at 0x300): so reading goes on. What belongs to nobody is poisoned.
 */
static void take_away(unsigned cpu)
{
	unsigned which = 0;

	for (uint64_t i = 0; i < TIMES(2); i++, which ^= 1) {
		unmap();
		store(&target[which][0], POISON);
		store(&target[which][1], 0);
		store(&target[which ^ 1][0], i + 1);
		SYNC();
		map(which ^ 1);
		changes++;
		/* nobody writes to what was taken away */
		if (load(&target[which][1]))
			violations++;
	}
	store(&stop, 1);
}

static void use(unsigned cpu)
{
	const volatile uint64_t *at = (const volatile uint64_t *)WINDOW;
	uint64_t mine = 0;

	translate(MSR_IR_DR);
	while (!load(&stop)) {
		if (load(at) == POISON)
			violations++;
		mine++;
		if (cpu == 1)
			store((volatile uint64_t *)WINDOW + 1, mine);
	}
	translate(0);
	__atomic_add_fetch(&hits, mine, __ATOMIC_SEQ_CST);
}

static void translation(unsigned cpu)
{
	if (cpu == 0)
		take_away(cpu);
	else
		use(cpu);
}

/* A storage interrupt returns to the access. */
static void make_handler(void)
{
	volatile uint32_t *at = (volatile uint32_t *)0x300;

	at[0] = __builtin_bswap32(0x4c000024); /* rfid */
	__asm__ volatile("dcbst 0, %0\n\tsync\n\ticbi 0, %0\n\tsync\n\tisync" : : "r"(at) : "memory");
}

#define H_VOF_CLIENT 0xf005

static void client(const char *service, unsigned in, unsigned out, uint32_t cells[8])
{
	uint32_t args[11] = {(uint32_t)(uint64_t)service, in, out};

	for (unsigned i = 0; i < in; i++)
		args[3 + i] = cells[i];
	for (unsigned i = 0; i < 11; i++)
		args[i] = __builtin_bswap32(args[i]);
	hcall(H_VOF_CLIENT, (uint64_t)args);
	for (unsigned i = 0; i < out; i++)
		cells[i] = __builtin_bswap32(args[3 + in + i]);
}

/* ibm,client-architecture-support: a guest that wants radix trees alone. Before other vCPUs run. */
uint32_t negotiate(void)
{
	static const uint8_t vectors[] = {
		0xff, 0xff, 0, 0, 0, 0x4e, 0, 0, /* POWER9 */
		0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0, 5,
		0xff, 0xff, 0xff, 0xfe, 0x0f, 0, 0, 1, /* and whatever is older: the end */
		4, 0, 0, 0, 0, 0, 0, 0, 0, /* five vectors, of which four say nothing */
		25, [24 + 33] = 0x40, [26 + 33] = 0,
	};
	uint32_t root[8] = {(uint32_t)(uint64_t)"/"}, call[8];

	client("open", 1, 1, root);
	call[0] = (uint32_t)(uint64_t)"ibm,client-architecture-support";
	call[1] = root[0];
	call[2] = (uint32_t)(uint64_t)vectors;
	client("call-method", 3, 2, call);
	return call[0] | call[1];
}

void litmus_translation(void)
{
	int64_t r;

	make_tree();
	make_handler();
	map(0);
	r = hcall(H_REGISTER_PROC_TBL, (uint64_t)0x1d, (uint64_t)process_table, (uint64_t)0, (uint64_t)0);
	report("H_REGISTER_PROC_TBL", r == 0, (uint64_t)-r);
	run_all(translation);
	report("tlbie is over at ptesync", !violations && hits, violations);
}
