/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest program that applies vector instructions to random and special operands and prints a hash
 * of the results of each, "name hash". With a name as argument, every case of that instruction.
 */
#include "guest.h"
#include "harness.h"

static void put_vector(const char *label, const union vector *v)
{
	put_string(label);
	put_hex(v->d[1], 16);
	put_hex(v->d[0], 16);
}

void harness_main(unsigned long *stack);

/* An element of @bits bits near a limit, or a small one. */
static unsigned long special_element(unsigned bits)
{
	unsigned long top = 1UL << (bits - 1);

	switch (random_below(9)) {
	case 0:
		return 0;
	case 1:
		return ~0UL;
	case 2:
		return top;
	case 3:
		return top - 1;
	case 4:
		return top + 1;
	case 5:
		return 1;
	case 6:
		return 1UL << random_below(bits);
	case 7:
		return ~0UL << random_below(bits);
	default:
		return random_below(34);
	}
}

static void vector_fill(union vector *v)
{
	unsigned i, style = random_below(10);

	for (i = 0; i < 2; i++)
		v->d[i] = random_next();
	for (i = 0; i < 16; i++)
		if (style <= 1 || (style == 9 && random_below(4) == 0))
			v->b[i] = (unsigned char)special_element(8);
	for (i = 0; i < 8; i++)
		if (style == 2 || style == 3)
			v->h[i] = (unsigned short)special_element(16);
	for (i = 0; i < 4; i++)
		if (style == 4 || style == 5)
			v->w[i] = (unsigned)special_element(32);
	for (i = 0; i < 2; i++)
		if (style == 6)
			v->d[i] = special_element(64);
}

/* Makes some of @v's bytes those of @like. */
static void vector_liken(union vector *v, const union vector *like)
{
	unsigned keep = random_below(4);

	for (unsigned i = 0; i < 16; i++)
		if (random_below(16) >= keep)
			v->b[i] = like->b[i];
}

/* Valid digits, leading zeros of any number; nibble 0 is the rightmost. */
static void digits_fill(union vector *v)
{
	unsigned i, len = random_below(34), nines = random_below(4) == 0;

	v->d[0] = v->d[1] = 0;
	for (i = 0; i < 32 && i < len; i++)
		v->d[i >> 4] |= (nines ? 9UL : random_below(10)) << 4 * (i & 15);
}

static void packed_fill_valid(union vector *v)
{
	digits_fill(v);
	v->b[0] = (unsigned char)((v->b[0] & 0xf0) | (10 + random_below(6)));
}

static void packed_fill(union vector *v)
{
	packed_fill_valid(v);
	if (random_below(40) == 0)
		v->b[random_below(2) ? 0 : random_below(16)] = (unsigned char)random_next();
}

static void national_fill(union vector *v)
{
	unsigned zeros = random_below(9);

	for (unsigned i = 1; i < 8; i++)
		v->h[i] = (unsigned short)(0x30 + (i >= zeros ? 0 : random_below(10)));
	v->h[0] = random_below(2) ? 0x2b : 0x2d;
	if (random_below(20) == 0)
		v->h[random_below(8)] = (unsigned short)special_element(16);
}

static void zoned_fill(union vector *v, unsigned zone)
{
	unsigned zeros = random_below(18);

	for (unsigned i = 0; i < 16; i++)
		v->b[i] = (unsigned char)(zone << 4 | (i >= zeros ? 0 : random_below(10)));
	v->b[0] = (unsigned char)((v->b[0] & 15) | random_below(16) << 4);
	if (random_below(20) == 0)
		v->b[random_below(16)] = (unsigned char)random_next();
}

/* A quadword of any size. */
static void quad_fill(union vector *v)
{
	unsigned shift = random_below(128);
	unsigned __int128 q = (unsigned __int128)random_next() << 64 | random_next();

	q >>= shift;
	if (random_below(2))
		q = -q;
	v->d[0] = (unsigned long)q;
	v->d[1] = (unsigned long)(q >> 64);
}

static void decimal_fill(struct state *st, enum kind kind)
{
	packed_fill(&st->b);
	switch (kind) {
	case K_PACKED_VALID:
		packed_fill_valid(&st->b);
		break;
	case K_PACKED_SUM:
		packed_fill_valid(&st->a);
		packed_fill_valid(&st->b);
		(random_below(2) ? &st->a : &st->b)->b[0] -=
			(unsigned char)(8 * (random_below(30) == 0));
		break;
	case K_PACKED:
		packed_fill(&st->a);
		if (random_below(8) == 0) {
			st->a = st->b;
			st->a.b[0] ^= (unsigned char)random_below(8);
		}
		break;
	case K_UNSIGNED_SHIFT:
		digits_fill(&st->b);
		/* fall through */
	case K_PACKED_ROUND:
		st->a.b[8] = (unsigned char)(random_below(63) - 31);
		break;
	case K_PACKED_SHIFT:
		st->a.b[8] = (unsigned char)(random_below(68) - 34);
		break;
	case K_UNSIGNED_LEN:
		digits_fill(&st->b);
		/* fall through */
	case K_PACKED_LEN:
		st->a.h[4] = (unsigned short)(random_below(20) ? random_below(36) : random_next());
		break;
	case K_NATIONAL:
		national_fill(&st->b);
		break;
	case K_ZONED:
		zoned_fill(&st->b, 3);
		break;
	case K_ZONED_PS:
		zoned_fill(&st->b, 15);
		break;
	default:
		quad_fill(&st->b);
		break;
	}
}

typedef unsigned __int128 u128;

static u128 element_get(const union vector *v, unsigned bits, unsigned i)
{
	if (bits == 32)
		return v->w[i];
	return bits == 64 ? v->d[i] : (u128)v->d[1] << 64 | v->d[0];
}

static void element_set(union vector *v, unsigned bits, unsigned i, u128 e)
{
	if (bits == 32)
		v->w[i] = (unsigned)e;
	else if (bits == 64)
		v->d[i] = (unsigned long)e;
	else
		v->d[0] = (unsigned long)e, v->d[1] = (unsigned long)(e >> 64);
}

/* Neither zero nor -1; for extended forms, of a size above half of that of the dividend's elements. */
static void divide_fill(struct state *st, unsigned bits, int extended)
{
	u128 top = (u128)1 << (bits - 1), ones = top | (top - 1);

	for (unsigned i = 0; i < 128 / bits; i++) {
		u128 a = element_get(&st->a, bits, i), b = element_get(&st->b, bits, i);

		if (extended) {
			a &= ones >> (random_below(bits / 2) + bits / 2);
			b = (b & ~(top | top >> 1)) | top >> 2;
			if (random_below(2))
				a = -a;
			if (random_below(2))
				b = -b;
			/* as unsigned ones, too */
			if ((a & ones) >= (b & ones))
				a = -a & ones >> (bits / 2);
		} else if ((b & ones) == 0 || (b & ones) == ones) {
			b = 3;
		}
		element_set(&st->a, bits, i, a);
		element_set(&st->b, bits, i, b);
	}
}

static void memory_fill(struct state *st, enum kind kind)
{
	unsigned long *m = (unsigned long *)st->memory;

	for (unsigned i = 0; i < 8; i++)
		m[i] = random_next();
	st->base = (unsigned long)st->memory + random_below(24);
	st->index = random_below(24);
	if (kind == K_MEMORY_PAIR) {
		st->base -= random_below(8);
		st->base = st->base < (unsigned long)st->memory ? (unsigned long)st->memory : st->base;
		st->index = random_below(9);
	} else if (kind == K_MEMORY_0) {
		st->index += st->base;
		st->base = 0;
	} else if (kind == K_MEMORY_LEN) {
		st->index = random_below(20)
				    ? (unsigned long)random_below(18) << 56 | random_next() >> 8
				    : random_next();
	}
}

static void state_fill(struct state *st, enum kind kind)
{
	vector_fill(&st->t);
	vector_fill(&st->a);
	vector_fill(&st->b);
	vector_fill(&st->c);
	if (random_below(8) == 0)
		vector_liken(&st->b, &st->a);
	st->vscr.d[0] = st->vscr.d[1] = 0;
	st->vscr.w[0] = random_below(4) == 0;
	st->base = random_next();
	st->index = random_below(8) ? random_next() : special_element(64);
	st->cr = random_next() & 0xffffffff;
	st->gpr = 0;
	if (kind == K_ZERO_T)
		st->t.d[0] = st->t.d[1] = 0;
	if (kind == K_SPLAT_B)
		for (unsigned i = 1; i < 16; i++)
			st->b.b[i] = st->b.b[0];
	if (kind == K_DIGIT_B)
		st->b.b[0] = (unsigned char)(random_below(16) << 4 | random_below(10));
	if (kind >= K_INDEX_8 && kind <= K_INDEX_32)
		st->index = (st->index & ~15UL) | random_below(17 - (1u << (kind - K_INDEX_8)));
	if (kind == K_INDEX_64)
		st->index = (st->index & ~15UL) | random_below(9);
	if (kind >= K_PAIR_8 && kind <= K_PAIR_64)
		st->index = (st->index & ~31UL) | random_below(33 - (1u << (kind - K_PAIR_8)));
	if (kind == K_SMALL)
		st->index = random_below(21);
	if (kind >= K_DIVIDE_32 && kind <= K_DIVIDE_128)
		divide_fill(st, 32u << (kind - K_DIVIDE_32), 0);
	if (kind >= K_DIVIDE_EXT_32 && kind <= K_DIVIDE_EXT_128)
		divide_fill(st, 32u << (kind - K_DIVIDE_EXT_32), 1);
	if (kind >= K_PACKED && kind <= K_QUAD)
		decimal_fill(st, kind);
	if (kind >= K_MEMORY)
		memory_fill(st, kind);
}

#define CR6(cr)        ((cr) >> 4 & 15)
#define CR6_COMPARISON 0xe0UL

/* Also what QEMU 7.2 gets wrong: tests/unit/interp has it. */
static void result_mask_decimal(struct state *st, enum kind kind)
{
	if (CR6(st->cr) == 1 || (kind == K_QUAD && CR6(st->cr) & 1))
		st->t.d[0] = st->t.d[1] = 0;
	if (kind == K_PACKED_SUM && !st->t.d[1] && st->t.d[0] < 16) {
		st->t.d[0] = 0;
		st->cr &= ~CR6_COMPARISON;
	}
	if (kind == K_UNSIGNED_SHIFT)
		st->cr &= ~CR6_COMPARISON;
}

static void result_mask_element(struct state *st, unsigned len)
{
	unsigned i, first = (unsigned)(st->base + st->index) & (16 - len);

	for (i = 0; i < 16; i++)
		if (i < first || i >= first + len)
			st->t.b[i] = 0;
}

/* Clears what is undefined. */
static void result_mask(struct state *st, enum kind kind)
{
	st->vscr.w[0] &= 0x10001;
	if (kind == K_DW0 || kind == K_MEMORY_DW0)
		st->t.d[0] = 0;
	if (kind >= K_PACKED && kind <= K_QUAD)
		result_mask_decimal(st, kind);
	if (kind >= K_ELEMENT_8)
		result_mask_element(st, 1u << (kind - K_ELEMENT_8));
}

static unsigned long result_hash(unsigned long hash, const struct state *st)
{
	const unsigned long *m = (const unsigned long *)st->memory;

	hash = hash_add(hash_add(hash, st->t.d[0]), st->t.d[1]);
	hash = hash_add(hash_add(hash, st->a.d[0]), st->a.d[1]);
	hash = hash_add(hash_add(hash, st->vscr.w[0]), st->cr);
	hash = hash_add(hash, st->gpr);
	for (unsigned i = 0; i < 8; i++)
		hash = hash_add(hash, m[i]);
	return hash;
}

static void case_print(const struct state *before, const struct state *after, unsigned variant)
{
	put_hex(variant, 2);
	put_vector(" t ", &before->t);
	put_vector(" a ", &before->a);
	put_vector(" b ", &before->b);
	put_vector(" c ", &before->c);
	put_string(" x ");
	put_hex(before->index, 16);
	put_line();
	put_vector("     = ", &after->t);
	put_string(" gpr ");
	put_hex(after->gpr, 16);
	put_string(" cr ");
	put_hex(after->cr, 8);
	put_string(" vscr ");
	put_hex(after->vscr.w[0], 8);
	for (unsigned i = 0; i < 8; i++) {
		put_string(" ");
		put_hex(((const unsigned long *)after->memory)[i], 16);
	}
	put_line();
}

static unsigned long test_run(const struct test *test, unsigned long hash, int print,
			      unsigned variant)
{
	static struct state st __attribute__((aligned(64)));
	static struct state before;

	for (unsigned i = 0; i < test->cases; i++) {
		state_fill(&st, test->kind);
		if (print)
			before = st;
		test->run(&st);
		result_mask(&st, test->kind);
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
