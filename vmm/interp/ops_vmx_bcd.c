/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VMX decimal integers: add, subtract, conversions, signs, shifts. Power ISA I.6.
 *
 * A packed decimal is 31 digits of four bits and a sign code: A, C, E, F are plus, B and D minus.
 * What the ISA leaves undefined, the result of an invalid operand, leaves VRT as it was.
 */
#include "vmm/interp/vec.h"

#define DIGITS       31
#define DIGITS_MASK  (~(u128)0 >> 4)
#define NIBBLES(x)   ((u128)((x)*0x1111111111111111ULL) << 64 | (x)*0x1111111111111111ULL)
#define SIGN_PLUS    0xcu
#define SIGN_PLUS_PS 0xfu
#define SIGN_MINUS   0xdu

#define OP_PS(op) (((op)->imm >> 9) & 1)

struct bcd {
	u128 digits;
	bool negative;
};

static bool digits_valid(u128 v)
{
	return !(v >> 3 & (v >> 2 | v >> 1) & NIBBLES(1));
}

static bool bcd_read(const vsr_t *v, struct bcd *ret)
{
	unsigned sign = v->q & 15;

	if (sign < 0xa || !digits_valid(v->q >> 4))
		return false;
	ret->digits = v->q >> 4;
	ret->negative = sign == 0xb || sign == 0xd;
	return true;
}

static unsigned sign_code(bool negative, bool ps)
{
	return negative ? SIGN_MINUS : ps ? SIGN_PLUS_PS : SIGN_PLUS;
}

static void cr6_set_number(struct icpu *cpu, bool zero, bool negative, bool so)
{
	cr_set_field(cpu, 6, (zero ? CR_EQ : negative ? CR_LT : CR_GT) | (so ? CR_SO : 0));
}

static void cr6_set_invalid(struct icpu *cpu)
{
	cr_set_field(cpu, 6, CR_SO);
}

/* Writes the digits of @v with a sign; CR6 is the comparison of the number written with zero. */
static void bcd_write(struct icpu *cpu, const op_t *op, const struct bcd *v, bool overflow)
{
	cpu->vsr[op->rt].q = v->digits << 4 | sign_code(v->negative, OP_PS(op));
	cr6_set_number(cpu, !v->digits, v->negative, overflow);
}

/*
 * The sum of two numbers of 31 digits, 32 digits. Six more makes each digit carry at ten; it is
 * taken back where nothing was carried.
 */
static u128 digits_add(u128 a, u128 b)
{
	u128 biased = a + (NIBBLES(6) >> 4);
	u128 sum = biased + b;
	u128 not_carried = ~(biased ^ b ^ sum) & NIBBLES(1) & ~(u128)15;

	return sum - (not_carried >> 2 | not_carried >> 3);
}

/* a - b for a >= b: six less where a digit had to borrow sixteen instead of ten. */
static u128 digits_subtract(u128 a, u128 b)
{
	u128 difference = a - b;
	u128 borrowed = (a ^ b ^ difference) & NIBBLES(1) & ~(u128)15;

	return difference - (borrowed >> 2 | borrowed >> 3);
}

static struct bcd bcd_sum(const struct bcd *a, const struct bcd *b)
{
	if (a->negative == b->negative)
		return (struct bcd){digits_add(a->digits, b->digits), a->negative};
	if (a->digits >= b->digits)
		return (struct bcd){digits_subtract(a->digits, b->digits), a->negative};
	return (struct bcd){digits_subtract(b->digits, a->digits), b->negative};
}

/* CR6 tells of the sum before it is cut to 31 digits; a sum of zero is positive. */
static void bcd_add(struct icpu *cpu, const op_t *op, bool subtract)
{
	struct bcd a, b, sum;

	if (!bcd_read(&cpu->vsr[op->ra], &a) || !bcd_read(&cpu->vsr[op->rb], &b)) {
		cr6_set_invalid(cpu);
		return;
	}
	b.negative ^= subtract;
	sum = bcd_sum(&a, &b);
	sum.negative &= sum.digits != 0;
	cpu->vsr[op->rt].q = sum.digits << 4 | sign_code(sum.negative, OP_PS(op));
	cr6_set_number(cpu, !sum.digits, sum.negative, sum.digits > DIGITS_MASK);
}

OP_VOID(bcdadd_rc, CHECK_VEC)
{
	bcd_add(cpu, op, false);
}

OP_VOID(bcdsub_rc, CHECK_VEC)
{
	bcd_add(cpu, op, true);
}

/* A handler for one packed operand in VRB: the body has it as b. */
#define OP_BCD(name)                                                                               \
	static void bcd_##name(struct icpu *cpu, const op_t *op, struct bcd b);                    \
	OP_VOID(name, CHECK_VEC)                                                                   \
	{                                                                                          \
		struct bcd b;                                                                      \
                                                                                                   \
		if (bcd_read(&cpu->vsr[op->rb], &b))                                               \
			bcd_##name(cpu, op, b);                                                    \
		else                                                                               \
			cr6_set_invalid(cpu);                                                      \
	}                                                                                          \
	static void bcd_##name(struct icpu *cpu, const op_t *op, struct bcd b)

OP_BCD(bcdsetsgn_rc)
{
	bcd_write(cpu, op, &b, false);
}

OP_BCD(bcdcpsgn_rc)
{
	struct bcd a;

	if (!bcd_read(&cpu->vsr[op->ra], &a)) {
		cr6_set_invalid(cpu);
		return;
	}
	cpu->vsr[op->rt].q = a.digits << 4 | (cpu->vsr[op->rb].q & 15);
	cr6_set_number(cpu, !a.digits, b.negative, false);
}

/* Shifts @v, a number of @width digits, left (n > 0) or right; true if digits not 0 are lost on the
 * left. */
static bool digits_shift(u128 *v, int n, unsigned width)
{
	u128 old = *v, mask = width == DIGITS ? DIGITS_MASK : ~(u128)0;

	if (n >= (int)width || n <= -(int)width) {
		*v = 0;
		return n > 0 && old;
	}
	if (n <= 0) {
		*v >>= -4 * n;
		return false;
	}
	*v = (old << 4 * n) & mask;
	return old >> (4 * ((int)width - n)) != 0;
}

#define SHIFT_COUNT(cpu, op) (VSB((cpu)->vsr[(op)->ra], 7))

OP_BCD(bcds_rc)
{
	bool overflow = digits_shift(&b.digits, SHIFT_COUNT(cpu, op), DIGITS);

	bcd_write(cpu, op, &b, overflow);
}

/* The last digit shifted out on the right rounds. */
OP_BCD(bcdsr_rc)
{
	int n = SHIFT_COUNT(cpu, op);
	u128 last = n < 0 && n >= -DIGITS ? b.digits >> (4 * (-n - 1)) & 15 : 0;
	bool overflow = digits_shift(&b.digits, n, DIGITS);

	if (last >= 5)
		b.digits = digits_add(b.digits, 1);
	bcd_write(cpu, op, &b, overflow);
}

/* Keeps the rightmost digits, as many as halfword 3 of VRA says; true if others were not 0. */
static bool digits_truncate(u128 *v, const struct icpu *cpu, const op_t *op)
{
	unsigned len = VH(cpu->vsr[op->ra], 3);
	u128 old = *v;

	if (len < 32)
		*v &= ((u128)1 << 4 * len) - 1;
	return *v != old;
}

OP_BCD(bcdtrunc_rc)
{
	bool overflow = digits_truncate(&b.digits, cpu, op);

	bcd_write(cpu, op, &b, overflow);
}

/* Unsigned: 32 digits. */
static void unsigned_write(struct icpu *cpu, const op_t *op, u128 digits, bool overflow)
{
	cpu->vsr[op->rt].q = digits;
	cr6_set_number(cpu, !digits, false, overflow);
}

OP_VOID(bcdus_rc, CHECK_VEC)
{
	u128 digits = cpu->vsr[op->rb].q;
	bool overflow;

	if (!digits_valid(digits)) {
		cr6_set_invalid(cpu);
		return;
	}
	overflow = digits_shift(&digits, SHIFT_COUNT(cpu, op), DIGITS + 1);
	unsigned_write(cpu, op, digits, overflow);
}

OP_VOID(bcdutrunc_rc, CHECK_VEC)
{
	u128 digits = cpu->vsr[op->rb].q;
	bool overflow;

	if (!digits_valid(digits)) {
		cr6_set_invalid(cpu);
		return;
	}
	overflow = digits_truncate(&digits, cpu, op);
	unsigned_write(cpu, op, digits, overflow);
}

/* National: seven characters 0030 to 0039 and a sign, 002B or 002D. */
#define NATIONAL_ZERO  0x30u
#define NATIONAL_PLUS  0x2bu
#define NATIONAL_MINUS 0x2du

OP_VOID(bcdcfn_rc, CHECK_VEC)
{
	const vsr_t b = cpu->vsr[op->rb];
	struct bcd t = {.negative = VH(b, 7) == NATIONAL_MINUS};
	bool valid = t.negative || VH(b, 7) == NATIONAL_PLUS;
	unsigned digit;

	for (unsigned i = 0; i < 7; i++) {
		digit = VH(b, i) - NATIONAL_ZERO;
		valid &= digit < 10;
		t.digits = t.digits << 4 | (digit & 15);
	}
	if (valid)
		bcd_write(cpu, op, &t, false);
	else
		cr6_set_invalid(cpu);
}

OP_BCD(bcdctn_rc)
{
	vsr_t t;

	for (unsigned i = 0; i < 7; i++)
		VH(t, i) = NATIONAL_ZERO + (unsigned)(b.digits >> 4 * (6 - i) & 15);
	VH(t, 7) = b.negative ? NATIONAL_MINUS : NATIONAL_PLUS;
	cpu->vsr[op->rt] = t;
	cr6_set_number(cpu, !b.digits, b.negative, b.digits >> 28 != 0);
}

/* Zoned: sixteen bytes with a digit on the right; the last byte's zone is the sign. */
static bool zoned_sign(unsigned code, bool ps, bool *ret_negative)
{
	*ret_negative = ps ? code == 0xb || code == 0xd : code & 4;
	return !ps || code >= 0xa;
}

OP_VOID(bcdcfz_rc, CHECK_VEC)
{
	const vsr_t b = cpu->vsr[op->rb];
	unsigned zone = OP_PS(op) ? 0xf : 3;
	struct bcd t = {.digits = 0};
	bool valid = zoned_sign(VB(b, 15) >> 4, OP_PS(op), &t.negative);

	for (unsigned i = 0; i < 16; i++) {
		valid &= (VB(b, i) & 15) < 10 && (i == 15 || VB(b, i) >> 4 == zone);
		t.digits = t.digits << 4 | (VB(b, i) & 15);
	}
	if (!valid) {
		cr6_set_invalid(cpu);
		return;
	}
	cpu->vsr[op->rt].q = t.digits << 4 | sign_code(t.negative, false);
	cr6_set_number(cpu, !t.digits, t.negative, false);
}

OP_BCD(bcdctz_rc)
{
	unsigned zone = OP_PS(op) ? 0xf0 : 0x30;
	unsigned sign = OP_PS(op) ? sign_code(b.negative, false) : b.negative ? 7 : 3;
	vsr_t t;

	for (unsigned i = 0; i < 16; i++)
		VB(t, i) = (uint8_t)(zone | (unsigned)(b.digits >> 4 * (15 - i) & 15));
	VB(t, 15) = (uint8_t)((VB(t, 15) & 15) | sign << 4);
	cpu->vsr[op->rt] = t;
	cr6_set_number(cpu, !b.digits, b.negative, b.digits >> 64 != 0);
}

static uint64_t digits_from_binary(uint64_t v)
{
	uint64_t digits = 0;

	for (unsigned i = 0; v; i += 4, v /= 10)
		digits |= v % 10 << i;
	return digits;
}

#define TEN_16 10000000000000000ULL

OP_VOID(bcdcfsq_rc, CHECK_VEC)
{
	const vsr_t b = cpu->vsr[op->rb];
	struct bcd t = {.negative = b.sq < 0};
	u128 magnitude = t.negative ? -b.q : b.q, high = magnitude / TEN_16;
	bool overflow = high >= TEN_16 / 10;

	if (overflow) {
		cr6_set_number(cpu, false, t.negative, true);
		return;
	}
	t.digits = (u128)digits_from_binary((uint64_t)high) << 64 |
		   digits_from_binary((uint64_t)(magnitude % TEN_16));
	bcd_write(cpu, op, &t, false);
}

OP_BCD(bcdctsq_rc)
{
	u128 v = 0;

	for (unsigned i = 0; i < DIGITS; i++)
		v = v * 10 + (b.digits >> 4 * (DIGITS - 1 - i) & 15);
	cpu->vsr[op->rt].q = b.negative ? -v : v;
	cr6_set_number(cpu, !v, b.negative, false);
}
