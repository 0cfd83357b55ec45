/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest program that applies floating-point instructions to random and special operands under several
 * states of the FPSCR and prints a hash of the results of each, "name hash". With a name as argument, every
 * case of that instruction.
 */
#include "../vector/guest.h"
#include "harness.h"

void harness_main(unsigned long *stack);

typedef unsigned __int128 u128;

struct format_bits {
	unsigned frac, exp;
};

static const struct format_bits formats[] = {
	[F_DOUBLE] = {52, 11},
	[F_SINGLE] = {23, 8},
	[F_HALF] = {10, 5},
	[F_QUAD] = {112, 15},
	[F_SINGLE_DOUBLE] = {52, 11},
};

static u128 random_quad(void)
{
	return (u128)random_next() << 64 | random_next();
}

static u128 special(const struct format_bits *f)
{
	u128 inf = (((u128)1 << f->exp) - 1) << f->frac, one = (inf >> 1) & inf;
	u128 lowest = (u128)1 << f->frac, frac = random_quad() & (lowest - 1);

	switch (random_below(12)) {
	case 0:
		return 0;
	case 1:
		return inf;
	case 2:
		return inf | lowest >> 1;
	case 3:
		return inf | lowest >> 1 | frac;
	case 4:
		return inf | (frac & ~(lowest >> 1)) | 1;
	case 5:
		return 1;
	case 6:
		return frac;
	case 7:
		return lowest - 1;
	case 8:
		return lowest + random_below(3);
	case 9:
		return inf - 1;
	case 10:
		return lowest * 2;
	default:
		return one;
	}
}

/* A fraction of all bits, of some high bits, or such that a half is left over for a shorter format. */
static u128 fraction(const struct format_bits *f)
{
	u128 ones = ((u128)1 << f->frac) - 1, frac = random_quad() & ones;
	unsigned keep = random_below(f->frac + 1), style = random_below(4);

	if (style == 0)
		return frac;
	frac &= ~(ones >> keep);
	if (style == 1 && keep < f->frac)
		frac |= ((u128)1 << f->frac >> keep >> 1) + random_below(3) - 1;
	if (style == 2)
		frac = ones & ~(ones >> keep);
	return frac & ones;
}

/* @spread: how far from the middle exponents go. */
static u128 number(const struct format_bits *f, unsigned spread)
{
	unsigned bias = (1u << (f->exp - 1)) - 1;
	unsigned exp = random_below(8) ? bias - spread + random_below(2 * spread + 1)
				       : random_below(2 * bias + 1);

	return (u128)exp << f->frac | fraction(f);
}

/* Where a rounding to single precision has its limits. */
static u128 single_limit(const struct format_bits *f)
{
	static const unsigned short limits[] = {1023 - 126, 1023 + 127, 1023 - 149, 1023 - 14, 1023 + 15};

	return (u128)(limits[random_below(5)] + random_below(5) - 2) << f->frac | fraction(f);
}

static u128 element(unsigned format, int is_special)
{
	const struct format_bits *f = &formats[format];
	u128 sign = (u128)random_below(2) << (f->frac + f->exp);

	if (is_special && format == F_SINGLE_DOUBLE && random_below(2))
		return sign | single_limit(f);
	if (is_special)
		return sign | special(f);
	return sign | number(f, format == F_HALF ? 6 : random_below(2) ? 4 : 66);
}

/* The double that is the single @s. */
static unsigned long widen(unsigned s)
{
	unsigned long sign = (unsigned long)(s >> 31) << 63, frac = s & 0x7fffff;
	unsigned exp = s >> 23 & 0xff;

	if (exp == 0xff)
		return sign | 0x7ffUL << 52 | frac << 29;
	if (!exp && !frac)
		return sign;
	for (exp += !exp; !(s >> 23 & 0xff) && !(frac & 0x800000); exp--)
		frac <<= 1;
	return sign | (unsigned long)(exp + 896) << 52 | (frac & 0x7fffff) << 29;
}

static unsigned long integer(unsigned bits)
{
	unsigned long v = random_next() >> random_below(64) >> (64 - bits);

	switch (random_below(6)) {
	case 0:
		return (v << 1 | 1) << random_below(bits);
	case 1:
		return (1UL << random_below(bits)) + random_below(3) - 1;
	case 2:
		return -v;
	default:
		return v;
	}
}

/* A decimal of so many declets, with an exponent of so many bits besides the two in the combination field. */
static u128 decimal(unsigned declets, unsigned exp_bits, int is_special)
{
	unsigned max = 3 << exp_bits, first = random_below(3) ? 0 : random_below(10), exp, g;
	u128 tail = random_quad() & (((u128)1 << 10 * declets) - 1);

	if (!first)
		tail &= ((u128)1 << 10 * random_below(declets + 1)) - 1;
	if (random_below(4) == 0)
		tail = tail >> 10 << 10;
	if (random_below(8) == 0)
		tail = 0x3fcff & (((u128)1 << 10 * declets) - 1);
	switch (random_below(8)) {
	case 0:
		exp = random_below(40);
		break;
	case 1:
		exp = max - 1 - random_below(40);
		break;
	case 2:
		exp = random_below(max);
		break;
	default:
		exp = max / 2 + 13 + random_below(24) - 12;
		break;
	}
	g = exp >> exp_bits;
	g = first < 8 ? g << 3 | first : 24 | g << 1 | (first & 1);
	if (is_special)
		g = 30 + random_below(2);
	return ((u128)random_below(2) << 5 | g) << (10 * declets + exp_bits) |
	       (u128)(exp & ((1u << exp_bits) - 1)) << 10 * declets | tail;
}

static unsigned long bcd(void)
{
	unsigned long v = 0;
	unsigned digits = random_below(17);

	for (unsigned i = 0; i < digits; i++)
		v |= (unsigned long)random_below(10) << 4 * i;
	return v;
}

/* @oddity: of sixteen elements, so many are special. */
static void vector_fill(union vector *v, unsigned format, unsigned oddity)
{
	unsigned i;

	v->q = random_quad();
	switch (format) {
	case F_SINGLE:
		for (i = 0; i < 4; i++)
			v->w[i] = (unsigned)element(format, random_below(16) < oddity);
		break;
	case F_HALF:
		for (i = 0; i < 4; i++)
			v->h[2 * i] = (unsigned short)element(format, random_below(16) < oddity);
		break;
	case F_QUAD:
		v->q = element(format, random_below(16) < oddity);
		break;
	case F_WORD:
		for (i = 0; i < 4; i++)
			v->w[i] = (unsigned)integer(32);
		break;
	case F_INTEGER:
	case F_INTEGER_53:
		for (i = 0; i < 2; i++)
			v->d[i] = format == F_INTEGER ? integer(64) : integer(64) >> 11 << 11;
		break;
	case F_AS_SINGLE:
		for (i = 0; i < 2; i++)
			v->d[i] = widen((unsigned)element(F_SINGLE, random_below(16) < oddity));
		break;
	case F_MEMORY:
		break;
	case F_DFP:
	case F_EXPONENT:
		v->d[1] = (unsigned long)decimal(5, 8, random_below(16) < oddity / 2);
		break;
	case F_DFP_QUAD:
	case F_EXPONENT_QUAD:
		v->q = decimal(11, 12, random_below(16) < oddity / 2);
		break;
	case F_DFP_SHORT:
		v->d[1] = (unsigned long)decimal(2, 6, random_below(16) < oddity / 2);
		break;
	case F_BCD:
		v->d[0] = bcd();
		v->d[1] = bcd();
		break;
	case F_BCD_SIGNED:
		v->d[1] = (bcd() & ~15UL) | (10 + random_below(6));
		break;
	case F_BCD_SIGNED_QUAD:
		v->d[0] = (bcd() & ~15UL) | (10 + random_below(6));
		v->d[1] = bcd();
		break;
	default:
		for (i = 0; i < 2; i++)
			v->d[i] = (unsigned long)element(format, random_below(16) < oddity);
		break;
	}
}

#define FPSCR_FX     0x80000000UL
#define FPSCR_FEX    0x40000000UL
#define FPSCR_UX     0x08000000UL
#define FPSCR_XX     0x02000000UL
#define FPSCR_STICKY 0x1ff80700UL /* all exceptions */
#define FPSCR_FR     0x00040000UL
#define FPSCR_FI     0x00020000UL
#define FPSCR_FPRF   0x0001f000UL

static void memory_fill(struct state *st)
{
	unsigned i;

	for (i = 0; i < 8; i++)
		st->memory[i] = random_below(3) ? integer(64) : 0x0000000100000001 * random_below(3);
	if (random_below(2))
		for (i = 1; i < 8; i++)
			st->memory[i] = st->memory[0];
	st->base = (unsigned long)&st->memory[1 + random_below(2)];
	st->gpr[1] = random_below(2) ? st->memory[random_below(8)] : integer(64);
}

static unsigned lowest_bit(unsigned format)
{
	return format == F_AS_SINGLE ? 29 : format == F_INTEGER_53 ? 11 : 0;
}

static void state_fill(struct state *st, const struct test *test)
{
	static const unsigned char oddities[] = {0, 0, 0, 2, 8, 16};
	unsigned oddity = oddities[random_below(6)], i;

	vector_fill(&st->t, test->format, oddity);
	vector_fill(&st->a, test->format, oddity);
	vector_fill(&st->b, test->format, oddity);
	vector_fill(&st->c, test->format, oddity);
	if (random_below(8) == 0 && (test->format < F_BCD || test->format >= F_EXPONENT)) {
		st->b = st->a;
		st->b.d[random_below(2)] += ((unsigned long)random_below(3) - 1)
					    << lowest_bit(test->format);
	}
	st->vscr.q = 0;
	st->vscr.w[0] = (random_below(2) << 16) | (random_below(4) == 0);
	st->fpscr = random_below(2) ? random_below(4) : 0;
	if (test->exclude & X_RN_ZERO)
		st->fpscr &= 1;
	if (test->exclude & X_RN_UP)
		st->fpscr &= 2;
	if (random_below(2))
		st->fpscr |= FPSCR_XX;
	if (random_below(4) == 0)
		st->fpscr |= random_next() & FPSCR_STICKY;
	st->fpscr |= random_next() & (FPSCR_FX | FPSCR_FPRF | FPSCR_FI);
	if (test->format >= F_DFP)
		st->fpscr |= (unsigned long)random_below(8) << 32;
	if (test->format >= F_EXPONENT)
		st->a.d[1] = random_below(8) ? random_below(test->format == F_EXPONENT ? 768 : 12288)
					     : random_below(8) - 4UL;
	st->cr = random_next() & 0xffffffff;
	for (i = 0; i < 3; i++)
		st->gpr[i] = integer(64);
	memory_fill(st);
}

#define FPSCR_OX     0x10000000UL
#define FPSCR_ZX     0x04000000UL
#define FPSCR_VXSNAN 0x01000000UL
#define FPSCR_VXIMZ  0x00100000UL
#define FPSCR_VXCVI  0x00000100UL
#define FPSCR_C      0x00010000UL

static int is_tiny_single(unsigned long d)
{
	unsigned exp = d >> 52 & 0x7ff;

	return exp > 0 && exp < 897;
}

/* The bits of FPSCR that do not count. */
static unsigned long fpscr_ignored(const struct state *st, const struct state *before,
				   const struct test *test)
{
	unsigned long f = st->fpscr, ignored = FPSCR_FR;

	/* the fast path leaves FI alone */
	if ((before->fpscr & FPSCR_XX) && !(before->fpscr & 3))
		ignored |= FPSCR_FI;
	if (test->format >= F_DFP)
		ignored |= FPSCR_FEX; /* QEMU has it with no exception enabled */
	if (test->exclude & X_FPRF)
		ignored |= FPSCR_FPRF;
	if (test->exclude & X_ESTIMATE)
		ignored |= FPSCR_XX | FPSCR_FI | FPSCR_FX | FPSCR_ZX;
	if (test->exclude & X_UX)
		ignored |= FPSCR_UX | FPSCR_FX;
	if (test->exclude & X_VECTOR)
		ignored |= FPSCR_FI | (f & FPSCR_OX ? FPSCR_UX | FPSCR_FX : 0);
	if ((test->exclude & X_TINY_FPRF) && is_tiny_single(st->t.d[1]))
		ignored |= FPSCR_C;
	if ((test->exclude & X_MADD) && (f & (FPSCR_VXIMZ | FPSCR_VXSNAN)))
		ignored |= FPSCR_VXIMZ | FPSCR_VXSNAN | FPSCR_FX;
	/* QEMU sets FX for exceptions that were on before, too */
	if (!(f & ~before->fpscr & ~ignored & FPSCR_STICKY))
		ignored |= FPSCR_FX;
	return ignored;
}

static void result_mask(struct state *st, const struct state *before, const struct test *test)
{
	st->fpscr &= ~fpscr_ignored(st, before, test);
	if (test->exclude & X_DW0)
		st->t.d[0] = 0;
	if ((test->exclude & X_NAN_B) && (before->b.d[1] >> 58 & 31) == 31)
		st->t.d[1] = st->fpscr = 0;
	if (test->exclude & X_WORDS)
		st->t.w[3] = st->t.w[1] = st->t.w[0] = 0;
	if ((test->exclude & X_TO_INT) && (st->fpscr & FPSCR_VXCVI))
		st->t.d[0] = st->t.w[2] = 0;
	if ((test->exclude & X_TSTDC) && is_tiny_single(before->b.d[1]))
		st->cr = st->fpscr = 0;
	if ((test->exclude & X_NAN) && (st->t.d[1] << 1) > 0x7fffUL << 49)
		st->t.d[0] = st->t.d[1] = 0;
	if ((test->exclude & X_AMO_FAILED) && !(st->gpr[0] & 0x7fffffff))
		st->gpr[0] = 0;
}

static unsigned long result_hash(unsigned long hash, const struct state *st)
{
	hash = hash_add(hash_add(hash, st->t.d[0]), st->t.d[1]);
	hash = hash_add(hash_add(hash, st->a.d[0]), st->a.d[1]);
	hash = hash_add(hash_add(hash, st->b.d[0]), st->b.d[1]);
	hash = hash_add(hash_add(hash, st->c.d[0]), st->c.d[1]);
	hash = hash_add(hash_add(hash, st->vscr.w[0]), st->cr);
	hash = hash_add(hash_add(hash, st->gpr[0]), st->fpscr);
	for (unsigned i = 0; i < 8; i++)
		hash = hash_add(hash, st->memory[i]);
	return hash;
}

static void put_vector(const char *label, const union vector *v)
{
	put_string(label);
	put_hex(v->d[1], 16);
	put_hex(v->d[0], 16);
}

static void case_print(const struct state *before, const struct state *after, unsigned variant)
{
	put_hex(variant, 2);
	put_vector(" t ", &before->t);
	put_vector(" a ", &before->a);
	put_vector(" b ", &before->b);
	put_vector(" c ", &before->c);
	put_string(" fpscr ");
	put_hex(before->fpscr, 8);
	put_string(" vscr ");
	put_hex(before->vscr.w[0], 8);
	put_line();
	put_vector("     = ", &after->t);
	put_string(" gpr ");
	put_hex(after->gpr[0], 16);
	put_string(" cr ");
	put_hex(after->cr, 8);
	put_string(" fpscr ");
	put_hex(after->fpscr, 8);
	put_string(" vscr ");
	put_hex(after->vscr.w[0], 8);
	for (unsigned i = 1; i < 4; i++) {
		put_string(" ");
		put_hex(after->memory[i], 16);
	}
	put_line();
}

static unsigned long test_run(const struct test *test, unsigned long hash, int print,
			      unsigned variant)
{
	static struct state st __attribute__((aligned(64)));
	static struct state before;

	for (unsigned i = 0; i < test->cases; i++) {
		state_fill(&st, test);
		before = st;
		test->run(&st);
		result_mask(&st, &before, test);
		hash = result_hash(hash, &st);
		if (print)
			case_print(&before, &st, variant);
	}
	return hash;
}

/* The variants of an instruction follow one another. */
void harness_main(unsigned long *stack)
{
	const char *only = stack[0] > 1 ? (const char *)stack[2] : 0;
	unsigned long hash = 0;
	unsigned i, variant = 0;

	for (i = 0; i < test_count; i++) {
		if (only && !string_equal(only, tests[i].name))
			continue;
		random_seed(i);
		hash = test_run(&tests[i], hash, only != 0, variant++);
		if (i + 1 < test_count && string_equal(tests[i].name, tests[i + 1].name))
			continue;
		put_string(tests[i].name);
		put_string(" ");
		put_hex(hash, 16);
		put_line();
		hash = variant = 0;
	}
	guest_exit();
}
