/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the generated stubs (gen.py) and the harness agree on. Offsets are in gen.py, too. */
#ifndef ISA_VSXFP_HARNESS_H
#define ISA_VSXFP_HARNESS_H

/* Operands and results of one instruction; vectors as lxvx and stxvx see them. */
struct state {
	union vector {
		unsigned short h[8];
		unsigned int w[4];
		unsigned long d[2];
		unsigned __int128 q;
	} t, a, b, c, vscr;
	unsigned long fpscr, cr;
	unsigned long gpr[3], base;
	unsigned long memory[8];
};

/* What the operands are. */
enum format {
	F_DOUBLE,
	F_SINGLE,
	F_HALF,          /* in the odd halfwords */
	F_QUAD,
	F_SINGLE_DOUBLE, /* doubles in or about the range of singles */
	F_AS_SINGLE,     /* doubles that are singles */
	F_INTEGER,       /* of 64 bits */
	F_INTEGER_53, /* the same without the lowest bits */
	F_WORD,
	F_MEMORY,
	F_DFP,      /* decimals: in doubleword 0, and in both */
	F_DFP_QUAD,
	F_DFP_SHORT, /* in the last word of doubleword 0 */
	F_BCD,
	F_BCD_SIGNED,
	F_BCD_SIGNED_QUAD,
	F_EXPONENT,  /* a is a biased exponent, b a decimal */
	F_EXPONENT_QUAD,
};

/*
 * What does not count, undefined or not the ISA's in QEMU 7.2: tests/unit/vmm/interp/vsx_fp.c has that. And
 * what rounding modes are used.
 */
enum exclusion {
	X_FPRF = 1,        /* undefined after conversions to integers */
	X_ESTIMATE = 2,    /* XX, FI are undefined after estimates; QEMU raises no ZX */
	X_WORDS = 4,       /* all words but word 1 are undefined */
	X_VECTOR = 8,      /* QEMU touches FI, and forgets UX of one element if another has OX */
	X_UX = 16,         /* QEMU raises it */
	X_TINY_FPRF = 32,  /* QEMU takes singles that are denormal for normal */
	X_RN_ZERO = 64,    /* of RN, nearest and to zero: QEMU negates before it rounds */
	X_RN_UP = 128,     /* of RN, nearest and up: QEMU mixes up the others */
	X_MADD = 256,      /* QEMU raises VXIMZ or VXSNAN where the ISA has both */
	X_TO_INT = 512,    /* QEMU spoils the elements after one that is invalid */
	X_TSTDC = 1024,    /* QEMU takes denormal singles for members of any class */
	X_NAN = 2048,      /* QEMU shortens NaNs */
	X_AMO_FAILED = 4096, /* QEMU returns another number */
	X_DW0 = 8192,      /* doubleword 1 is undefined */
	X_NAN_B = 16384,   /* QEMU drops payloads that are too long, and takes them for quiet */
};

struct test {
	const char *name;
	void (*run)(struct state *st);
	unsigned format, exclude, cases;
};

extern const struct test tests[];
extern const unsigned test_count;

#endif
