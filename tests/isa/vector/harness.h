/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the generated stubs (gen.py) and the harness agree on. Offsets are in gen.py, too. */
#ifndef ISA_VECTOR_HARNESS_H
#define ISA_VECTOR_HARNESS_H

/* Operands and results of one instruction; vectors as lxvx and stxvx see them. */
struct state {
	union vector {
		unsigned char b[16];
		unsigned short h[8];
		unsigned int w[4];
		unsigned long d[2];
	} t, a, b, c, vscr;
	unsigned char memory[64];
	unsigned long base, index; /* sources in GPRs */
	unsigned long gpr;         /* result in a GPR */
	unsigned long cr;
};

/* How operands are made beyond the usual mix, and what of the result counts. */
enum kind {
	K_PLAIN,
	K_SPLAT_B, /* all bytes of b are the same */
	K_DIGIT_B, /* the low nibble of b is a digit */
	K_INDEX_8, /* index: of a byte, a halfword, a word within a vector */
	K_INDEX_16,
	K_INDEX_32,
	K_INDEX_64,
	K_PAIR_8, /* index: within two vectors */
	K_PAIR_16,
	K_PAIR_32,
	K_PAIR_64,
	K_SMALL,     /* index: up to 20 */
	K_DIVIDE_32, /* quotients that are defined: elements of a by those of b */
	K_DIVIDE_64,
	K_DIVIDE_128,
	K_DIVIDE_EXT_32, /* and of a followed by zeros */
	K_DIVIDE_EXT_64,
	K_DIVIDE_EXT_128,
	K_ZERO_T,         /* t is 0 */
	K_PACKED,         /* decimals in a, b; the result does not count where CR6 says invalid */
	K_PACKED_SUM,     /* and neither the sign of a result of zero nor its comparison */
	K_PACKED_VALID,   /* always valid */
	K_PACKED_SHIFT,   /* a has a shift count */
	K_PACKED_ROUND,   /* the same, at most the length to the right */
	K_PACKED_LEN,     /* a has a length */
	K_UNSIGNED_SHIFT, /* of CR6, the overflow counts */
	K_UNSIGNED_LEN,
	K_NATIONAL,
	K_ZONED,
	K_ZONED_PS,
	K_QUAD,       /* b is a number that may fit 31 digits */
	K_DW0,        /* only doubleword 0 of the result counts */
	K_MEMORY,     /* base + index within memory */
	K_MEMORY_0,   /* base is 0 */
	K_MEMORY_DW0, /* only doubleword 0 of the result counts */
	K_MEMORY_PAIR, /* 32 bytes */
	K_MEMORY_LEN, /* base within memory, index has a length in its first byte */
	K_ELEMENT_8,  /* memory, and only the element addressed counts */
	K_ELEMENT_16,
	K_ELEMENT_32,
};

struct test {
	const char *name;
	void (*run)(struct state *st);
	enum kind kind;
	unsigned cases;
};

extern const struct test tests[];
extern const unsigned test_count;

#endif
