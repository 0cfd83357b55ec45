/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Operands of the test cases, and what of their results counts. */
#include "harness.h"

#define XER_SO   0x80000000u
/* OV32 and CA32 are not for qemu-ppc, whose CPU is older. */
#define XER_BITS (sizeof(long) == 8 ? 0xe00c007fu : 0xe000007fu)
#define FPSCR_FX 0x80000000u
#define FPSCR_XX 0x02000000u
#define FPSCR_VXSNAN 0x01000000u
#define FPSCR_VXIMZ 0x00100000u
#define FPSCR_VXVC 0x00080000u
#define FPSCR_ZX 0x04000000u
#define FPSCR_FPRF 0x0001f000u
#define FPSCR_C  0x00010000u
#define FPSCR_FR 0x00040000u
#define FPSCR_FI 0x00020000u

static u64 random_number(void)
{
	switch (random_below(6)) {
	case 0:
	case 1:
		return random_special(64);
	case 2:
		return (u64)(long long)(int)random_special(32);
	case 3:
		return random_next() << 32 | (u32)random_special(32);
	case 4:
		return random_next() >> random_below(64);
	default:
		return random_next();
	}
}

static u64 digits(void)
{
	u64 v = 0;

	for (unsigned i = 0; i < 16; i++)
		v = v << 4 | random_below(10);
	return v;
}

static void bytes_liken(struct state *st)
{
	for (unsigned i = 0; i < 64; i += 8)
		if (random_below(3))
			st->b = (st->b & ~(0xffULL << i)) | (st->a & 0xffULL << i);
	if (random_below(2))
		st->b ^= ((st->b >> 8 * random_below(8) ^ st->a) & 0xff) << 8 * random_below(8);
	if (random_below(2))
		st->a = (st->a & ~0xffULL) | (st->b >> 8 * random_below(8) & 0xff);
}

/* Exponents near each other, near the limits, and the specials. */
static u64 random_double(void)
{
	u64 sign = random_next() & 1ULL << 63, fraction = random_next() >> 12;
	unsigned exponent = 1023 - 40 + random_below(80);

	switch (random_below(16)) {
	case 0:
		return sign;
	case 1:
		return sign | 0x7ffULL << 52;
	case 2:
		return sign | 0x7ffULL << 52 | fraction; /* NaN of either kind */
	case 3:
		return sign | fraction >> random_below(52); /* denormal */
	case 4:
		exponent = 1 + random_below(60);
		break;
	case 5:
		exponent = 2046 - random_below(60);
		break;
	case 6:
		exponent = random_below(2048);
		break;
	case 7:
	case 8:
		fraction &= ~0ULL << random_below(53); /* short */
		break;
	case 9:
		fraction = random_special(52) & ~0ULL >> 12;
		break;
	case 10:
		fraction = 0;
		exponent = 1023 + random_below(5);
		break;
	case 11: /* about single's limits */
		exponent = (random_below(2) ? 1023 - 150 : 1023 + 127) + random_below(27) - 1;
		break;
	case 12: /* the middle of two singles, or next to it */
		fraction = (fraction & ~0x1fffffffULL) | (0x10000000 + random_below(3) - 1);
		break;
	default:
		break;
	}
	return sign | (u64)exponent << 52 | fraction;
}

static u64 random_single(void)
{
	u64 sign = random_next() & 1ULL << 63, fraction = (random_next() >> 41) << 29;
	unsigned exponent = 1023 - 20 + random_below(40);

	switch (random_below(12)) {
	case 0:
		return sign;
	case 1:
		return sign | 0x7ffULL << 52;
	case 2:
		return sign | 0x7ffULL << 52 | fraction;
	case 3: { /* denormal */
		unsigned n = 1 + random_below(23);

		return sign | (u64)(1023 - 126 - n) << 52 | (fraction & ~0ULL << (29 + n));
	}
	case 4:
		exponent = 1023 - 126 + random_below(30);
		break;
	case 5:
		exponent = 1023 + 127 - random_below(30);
		break;
	case 6:
		exponent = 1023 - 126 + random_below(254);
		break;
	case 7:
		fraction &= ~0ULL << (29 + random_below(24));
		break;
	case 8:
		fraction = 0;
		exponent = 1023 + random_below(5);
		break;
	default:
		break;
	}
	return sign | (u64)exponent << 52 | fraction;
}

/* Doubles about the limits of the integers, and halves. */
static u64 random_integral(void)
{
	unsigned n = random_below(66);
	u64 sign = random_next() & 1ULL << 63, fraction = random_next() >> 12;

	switch (random_below(4)) {
	case 0:
		return random_double();
	case 1:
		fraction &= ~0ULL << (52 - random_below(53));
		break;
	case 2: /* 2^n - 1 and neighbours */
		fraction = (~0ULL >> 12) << (n < 52 ? 52 - n : 0);
		fraction += random_below(3) - 1;
		fraction &= ~0ULL >> 12;
		break;
	default: /* a half */
		if (n < 52)
			fraction = (fraction >> (51 - n) | 1) << (51 - n);
		break;
	}
	return sign | (u64)(1022 + n) << 52 | fraction;
}

static u64 random_operand_fp(u32 kind)
{
	if ((kind == K_SINGLE || kind == K_SINGLE_NEGATED) && random_below(16))
		return random_single();
	if (kind >= K_INT && kind <= K_TO_WORD)
		return random_below(2) ? random_integral() : random_number();
	return random_double();
}

#define FPSCR_EXCEPTIONS 0x1ff80700u
#define FPSCR_ENABLES    0x000000f8u
#define FPSCR_OTHERS     0x7000001f007ull /* DRN, FPRF, NI, RN */

static void fpscr_fill(struct state *st, u32 kind)
{
	int exceptions = kind == K_FPSCR_FIELD || kind == K_FPSCR_SET_BIT || (kind == K_FPSCR && random_below(2));
	u64 may = FPSCR_OTHERS | (exceptions ? FPSCR_FX | FPSCR_EXCEPTIONS : FPSCR_ENABLES);

	st->fpscr = random_next() & random_next() & may;
	st->fb = random_next() & may;
}

static void fp_fill(struct state *st, u32 kind)
{
	st->fa = random_operand_fp(kind);
	st->fb = random_operand_fp(kind);
	st->fc = random_operand_fp(kind);
	st->ft = random_next();
	switch (random_below(16)) {
	case 0:
		st->fb = st->fa;
		break;
	case 1:
		st->fb = st->fa ^ 1ULL << 63;
		break;
	case 2:
		st->fb = st->fa + random_below(3) - 1;
		break;
	}
	if ((kind == K_SINGLE || kind == K_SINGLE_NEGATED) && (st->fb & 0x1fffffff))
		st->fb &= ~0x1fffffffULL;
	st->fpscr = random_below(4) ? 0 : random_below(4);
	if (kind == K_DOUBLE_NEGATED || kind == K_SINGLE_NEGATED)
		st->fpscr &= 1;
	if (random_below(2))
		st->fpscr |= FPSCR_XX;
	st->fpscr |= random_next() & 0x1f000;
	if (kind >= K_FPSCR && kind <= K_FPSCR_ENABLE)
		fpscr_fill(st, kind);
}

static void memory_operands(struct state *st, const struct test *test)
{
	int indexed = test->kind >= K_MEM_INDEX;
	u32 align = 1u << (test->kind - (indexed ? K_MEM_INDEX : K_MEM));
	u64 ea = (u64)(unsigned long)memory + ((48 + random_below(65)) & ~(align - 1));

	if (test->kind == K_MEM || test->kind == K_MEM_INDEX)
		ea = (u64)(unsigned long)memory + 32 + random_below(WINDOW - 64);
	st->fpscr = 0;
	if (!indexed) {
		st->a = ea - (u64)(long long)test->displacement;
	} else if (test->displacement) { /* RA = 0 */
		st->b = ea;
	} else {
		st->a = random_below(2) ? random_number() : ea - random_special(16);
		st->b = ea - st->a;
	}
}

void state_fill(struct state *st, const struct test *test)
{
	st->t = random_number();
	st->a = random_number();
	st->b = random_below(8) ? random_number() : st->a;
	st->c = random_number();
	st->xer = random_next() & XER_BITS;
	if (random_below(4))
		st->xer &= ~XER_SO;
	st->cr = random_next() & 0xffffffff;
	st->ctr = st->lr = st->tar = st->path = st->link = 0;
	st->v[0] = random_next();
	st->v[1] = random_next();
	if (test->kind == K_SHIFT)
		st->b = (random_next() & ~255ULL) | random_below(140);
	if (test->kind == K_BYTES)
		bytes_liken(st);
	if (test->kind == K_BCD)
		st->a = digits();
	if (test->kind == K_XER)
		st->a &= XER_BITS;
	if (test->kind == K_BRANCH)
		st->ctr = random_below(2) ? random_below(3) : random_number();
	if (test->kind >= K_DOUBLE)
		fp_fill(st, test->kind);
	if (test->kind >= K_MEM)
		memory_operands(st, test);
}

#ifdef __powerpc64__
/* The overflow form says whether the quotient exists. */
#define OVERFLOWS(insn)                                                                            \
	({                                                                                         \
		u64 q_, xer_;                                                                      \
		__asm__(insn " %0,%2,%3\n\tmfxer %1" : "=&r"(q_), "=r"(xer_) : "r"(a), "r"(b)     \
			: "xer");                                                                  \
		xer_ >> 30 & 1;                                                                    \
	})

static int quotient_missing(u32 kind, u64 a, u64 b)
{
	switch (kind) {
	case K_DIVW:
	case K_MODSW:
		return OVERFLOWS("divwo");
	case K_DIVWU:
	case K_MODUW:
		return OVERFLOWS("divwuo");
	case K_DIVD:
	case K_MODSD:
		return OVERFLOWS("divdo");
	case K_DIVDU:
	case K_MODUD:
		return OVERFLOWS("divduo");
	case K_DIVWE:
		return OVERFLOWS("divweo");
	case K_DIVWEU:
		return OVERFLOWS("divweuo");
	case K_DIVDE:
		return OVERFLOWS("divdeo");
	case K_DIVDEU:
		return OVERFLOWS("divdeuo");
	}
	return 0;
}
#else
static int quotient_missing(u32 kind, u64 a, u64 b)
{
	if (kind == K_DIVW)
		return !(u32)b || ((u32)a == 0x80000000u && (u32)b == ~0u);
	return kind == K_DIVWU && !(u32)b;
}
#endif

/* QEMU 7.2 does not see that a quotient of 64 bits overflows into the sign. */
static int quotient_unsigned(u64 a, u64 b)
{
	u64 n = (long long)a < 0 ? -a : a, d = (long long)b < 0 ? -b : b;

	return n < d && n >= d / 2;
}

#define CR0_COMPARISON 0xe0000000u
#define CR1_FX         0x08000000u

static int is_tiny_single(u64 v)
{
	u64 exponent = v >> 52 & 0x7ff;

	return exponent && exponent < 897 && !(v & 0x1fffffff);
}

static void fp_mask(struct state *st, const struct state *before, u32 kind)
{
	/* not maintained by QEMU; nor by the interpreter while XX is on */
	st->fpscr &= ~(u64)(FPSCR_FR | FPSCR_FI);
	if (kind == K_FPSCR_SET_BIT) { /* QEMU 7.2 does not set FX then */
		st->fpscr &= ~(u64)FPSCR_FX;
		st->cr &= ~CR1_FX;
	}
	if (kind > K_ESTIMATE)
		return;
	if (kind == K_ESTIMATE) {
		st->ft &= ~0ULL << 38;
		st->fpscr &= ~(u64)FPSCR_XX; /* undefined */
		if (st->fpscr & FPSCR_ZX) { /* one half, to QEMU 7.2 */
			st->ft = 0;
			st->fpscr &= ~(u64)FPSCR_FPRF;
		}
	}
	if (kind == K_TO_INT || kind == K_TO_WORD) /* undefined */
		st->fpscr &= ~(u64)FPSCR_FPRF;
	if (kind == K_FROM_INT) /* QEMU 7.2 sets it in fcfid only */
		st->fpscr &= ~(u64)FPSCR_FPRF;
	if (st->fpscr & ~before->fpscr & FPSCR_VXVC) /* QEMU 7.2 sets it in fcmpo */
		st->fpscr &= ~(u64)FPSCR_C;
	/* QEMU 7.2 takes single denormals for normal numbers */
	if (is_tiny_single(st->ft))
		st->fpscr &= ~(u64)FPSCR_C;
	/* QEMU 7.2 forgets a signaling addend of infinity times zero */
	if (st->fpscr & ~before->fpscr & FPSCR_VXIMZ)
		st->fpscr &= ~(u64)FPSCR_VXSNAN;
	/* QEMU 7.2 sets FX for an exception that was on already */
	if (!(st->fpscr & ~before->fpscr & FPSCR_EXCEPTIONS)) {
		st->fpscr &= ~(u64)FPSCR_FX;
		st->cr &= ~CR1_FX;
	}
}

void result_mask(struct state *st, const struct state *before, const struct test *test)
{
	u32 kind = test->kind;

	st->xer &= XER_BITS;
	if (kind == K_WORD || (kind >= K_DIVW && kind <= K_DIVWU) ||
	    (kind >= K_DIVWE && kind <= K_DIVWEU)) {
		st->t &= 0xffffffff;
		if (sizeof(long) == 8)
			st->cr &= ~CR0_COMPARISON;
	}
	if (kind >= K_DIVW && kind <= K_MODUD && quotient_missing(kind, before->a, before->b)) {
		st->t = 0;
		st->cr &= ~CR0_COMPARISON;
	}
	if (kind == K_DIVDE && quotient_unsigned(before->a, before->b))
		*st = *before;
	if (kind >= K_DOUBLE)
		fp_mask(st, before, kind);
	if (kind == K_TO_WORD)
		st->ft &= 0xffffffff;
}
