/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the generated stubs (gen.py) and the harness agree on. Offsets are in gen.py, too. */
#ifndef ISA_SCALAR_HARNESS_H
#define ISA_SCALAR_HARNESS_H

#include "guest.h"

/* Operands and results of one instruction. */
struct state {
	u64 t, a, b, c;        /* GPRs */
	u64 xer, cr, ctr, lr, tar;
	u64 ft, fa, fb, fc;    /* FPRs */
	u64 fpscr;
	u64 path;              /* which way a branch went */
	u64 link;              /* LR after it, from the stub's address */
	u64 v[2];              /* a VSR, as stxvx stores it in the current byte order */
	u64 keep[4];           /* the stub's own */
};

/* How operands are made beyond the usual mix, and what of the result counts. */
enum kind {
	K_PLAIN,
	K_WORD,   /* only the low word of t counts, and of CR0 the SO bit */
	K_DIVW,   /* nothing of t counts where the quotient does not exist */
	K_DIVWU,
	K_DIVD,
	K_DIVDU,
	K_DIVWE,
	K_DIVWEU,
	K_DIVDE,
	K_DIVDEU,
	K_MODSW,
	K_MODUW,
	K_MODSD,
	K_MODUD,
	K_SHIFT,  /* b is a shift count */
	K_BYTES,  /* a's and b's bytes are alike */
	K_BCD,    /* a holds decimal digits */
	K_XER,    /* a is for the XER: no reserved bits */
	K_BRANCH, /* CTR near zero */
	K_DOUBLE, /* floating point: doubles */
	K_SINGLE, /* singles in double format */
	/* QEMU 7.2 rounds after negation: only modes that cannot tell */
	K_DOUBLE_NEGATED,
	K_SINGLE_NEGATED,
	K_INT,    /* integers, or doubles near the limits of integers */
	K_FROM_INT, /* the same, and FPRF does not count */
	K_TO_INT,   /* the same, and FPRF does not count */
	K_TO_WORD,  /* nor the result's high word */
	K_ESTIMATE, /* t is an estimate: the first bits count */
	/* fb is for the FPSCR; enabled exceptions are never on, as they would end the program */
	K_FPSCR,        /* either exceptions or enable bits */
	K_FPSCR_FIELD,  /* exceptions only */
	K_FPSCR_SET_BIT, /* the same, and FX does not count */
	K_FPSCR_ENABLE, /* enable bits only */
	K_MEM,      /* a is the address */
	K_MEM_2,    /* aligned to this size */
	K_MEM_4,
	K_MEM_8,
	K_MEM_16,
	K_MEM_INDEX,   /* a + b is the address */
	K_MEM_INDEX_2,
	K_MEM_INDEX_4,
	K_MEM_INDEX_8,
	K_MEM_INDEX_16,
};

struct test {
	const char *name;
	void (*run)(struct state *st);
	u32 kind;
	u32 cases;
	int displacement; /* a is this much less than the address */
};

extern const struct test tests[];
extern const u32 test_count;

/* The 64 bytes that memory instructions work in lie around a page boundary, or amid a page. */
#define WINDOW 192
extern u8 *memory;

void state_fill(struct state *st, const struct test *test);
/* Clears what is undefined, or what QEMU gets wrong; @before: the state before. */
void result_mask(struct state *st, const struct state *before, const struct test *test);

#endif
