/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Matrix-Multiply Assist: outer products into accumulators. Power ISA 3.1 Book I 7.6.3. Accumulator n is
 * VSRs 4n to 4n + 3: moving it to and fro moves nothing.
 */
#include "vmm/interp/fpu_scalar.h"
#include "vmm/interp/prefix.h"
#include "vmm/interp/vec.h"

OP(xxmfacc)
{
	CHECK_VSX;
	NEXT();
}

OP(xxmtacc)
{
	CHECK_VSX;
	NEXT();
}

OP_VOID(xxsetaccz, CHECK_VSX)
{
	for (unsigned i = 0; i < 4; i++)
		cpu->vsr[4 * op->rt + i].q = 0;
}

#define ACC(op) (&cpu->vsr[4 * (op)->rt])

/* Of a slot's masks, the rows, columns and products that count, by number from the left. */
static bool row_on(const op_t *op, unsigned i)
{
	return op->imm >> (7 - i) & 1;
}

static bool column_on(const op_t *op, unsigned j)
{
	return op->imm >> (3 - j) & 1;
}

static bool product_on(const op_t *op, unsigned k)
{
	return op->imm >> (15 - k) & 1;
}

/* An instruction, and its form with masks. */
#define OP_GER(name, type, function, ...)                                                          \
	OP_##type(name, CHECK_VSX)                                                                 \
	{                                                                                          \
		RESULT_##type function(cpu, op, __VA_ARGS__);                                      \
	}                                                                                          \
	OP_##type##_PREFIXED(pm##name, CHECK_VSX)                                                  \
	{                                                                                          \
		RESULT_##type function(cpu, op, __VA_ARGS__);                                      \
	}
#define RESULT_VOID
#define RESULT_CALL return

/* Integers. The sum of the products of word @i of @a and word @j of @b. */
typedef int64_t dot_fn(const op_t *op, const vsr_t *a, unsigned i, const vsr_t *b, unsigned j);

static int32_t nibble(const vsr_t *v, unsigned i, unsigned k)
{
	return (int32_t)(VW(*v, i) << 4 * k) >> 28;
}

static int64_t dot_4(const op_t *op, const vsr_t *a, unsigned i, const vsr_t *b, unsigned j)
{
	int64_t sum = 0;

	for (unsigned k = 0; k < 8; k++)
		sum += product_on(op, k) ? nibble(a, i, k) * nibble(b, j, k) : 0;
	return sum;
}

/* Signed by unsigned bytes. */
static int64_t dot_8(const op_t *op, const vsr_t *a, unsigned i, const vsr_t *b, unsigned j)
{
	int64_t sum = 0;

	for (unsigned k = 0; k < 4; k++)
		sum += product_on(op, k) ? VSB(*a, 4 * i + k) * VB(*b, 4 * j + k) : 0;
	return sum;
}

static int64_t dot_16(const op_t *op, const vsr_t *a, unsigned i, const vsr_t *b, unsigned j)
{
	int64_t sum = 0;

	for (unsigned k = 0; k < 2; k++)
		sum += product_on(op, k) ? (int64_t)VSH(*a, 2 * i + k) * VSH(*b, 2 * j + k) : 0;
	return sum;
}

/* @add: to what is there; @saturate: to 32 bits, and VSCR[SAT] tells. */
static void ger_int(struct icpu *cpu, const op_t *op, dot_fn *dot, bool add, bool saturate)
{
	const vsr_t a = cpu->vsr[op->ra], b = cpu->vsr[op->rb];

	for (unsigned i = 0; i < 4; i++)
		for (unsigned j = 0; j < 4; j++) {
			int32_t *t = &VSW(ACC(op)[i], j);
			int64_t v;

			if (!row_on(op, i) || !column_on(op, j)) {
				*t = 0;
				continue;
			}
			v = dot(op, &a, i, &b, j) + (add ? *t : 0);
			*t = (int32_t)(saturate ? vec_clamp(cpu, v, INT32_MIN, INT32_MAX) : v);
		}
}

OP_GER(xvi4ger8, VOID, ger_int, dot_4, false, false)
OP_GER(xvi4ger8pp, VOID, ger_int, dot_4, true, false)
OP_GER(xvi8ger4, VOID, ger_int, dot_8, false, false)
OP_GER(xvi8ger4pp, VOID, ger_int, dot_8, true, false)
OP_GER(xvi8ger4spp, VOID, ger_int, dot_8, true, true)
OP_GER(xvi16ger2, VOID, ger_int, dot_16, false, false)
OP_GER(xvi16ger2pp, VOID, ger_int, dot_16, true, false)
OP_GER(xvi16ger2s, VOID, ger_int, dot_16, false, true)
OP_GER(xvi16ger2spp, VOID, ger_int, dot_16, true, true)

/*
 * Floating point. Exceptions are as if none were enabled, until the end: the results are there when the
 * interrupt comes. FPRF, FR and FI stay.
 */
#define GER_ADD          1u /* to what is there */
#define GER_NEGATE       2u /* the products */
#define GER_NEGATE_THERE 4u

static const struct sf_format bfloat16 = {7, 8, 127, 192};

static struct sf_ctx ger_begin(const struct icpu *cpu)
{
	return (struct sf_ctx){.rounding = (enum sf_rounding)(cpu->fpscr & FPSCR_RN)};
}

static enum insn_result ger_end(struct icpu *cpu, const struct sf_ctx *c)
{
	return fpu_result(cpu, fpu_raise(cpu, c->flags & ~(FPSCR_FR | FPSCR_FI)));
}

/* One product, fused with the addition: (x * y) or -(x * y), plus or minus what is there. */
static u128 ger_madd(struct sf_ctx *c, const struct sf_format *f, u128 x, u128 y, u128 there, unsigned how)
{
	struct softfp a = sf_unpack(f, x), m = sf_unpack(f, y), t = sf_unpack(f, there);
	bool subtract = !!(how & GER_NEGATE) != !!(how & GER_NEGATE_THERE);
	u128 bits;

	if (!(how & GER_ADD))
		return sf_pack(c, f, sf_mul(c, a, m));
	t = sf_madd(c, a, m, subtract ? sf_negate(t) : t);
	bits = sf_pack(c, f, t);
	if ((how & GER_NEGATE) && !sf_is_nan(t))
		bits ^= (u128)1 << (f->frac_bits + f->exp_bits);
	return bits;
}

static enum insn_result ger_single(struct icpu *cpu, const op_t *op, unsigned how)
{
	const vsr_t a = cpu->vsr[op->ra], b = cpu->vsr[op->rb];
	struct sf_ctx c = ger_begin(cpu);

	for (unsigned i = 0; i < 4; i++)
		for (unsigned j = 0; j < 4; j++) {
			uint32_t *t = &VW(ACC(op)[i], j);

			*t = row_on(op, i) && column_on(op, j) ?
				     (uint32_t)ger_madd(&c, &sf_single, VW(a, i), VW(b, j), *t, how) : 0;
		}
	return ger_end(cpu, &c);
}

/* Four doublewords of a pair of VSRs by two; of the mask for columns the first two bits. */
static enum insn_result ger_double(struct icpu *cpu, const op_t *op, unsigned how)
{
	const vsr_t a[2] = {cpu->vsr[op->ra], cpu->vsr[op->ra | 1]}, b = cpu->vsr[op->rb];
	struct sf_ctx c = ger_begin(cpu);

	if (op->ra & 1)
		return INSN_ILLEGAL;
	for (unsigned i = 0; i < 4; i++)
		for (unsigned j = 0; j < 2; j++) {
			uint64_t *t = &VD(ACC(op)[i], j);

			*t = row_on(op, i) && column_on(op, j) ?
				     (uint64_t)ger_madd(&c, &sf_double, VD(a[i / 2], i % 2), VD(b, j), *t,
							how) : 0;
		}
	return ger_end(cpu, &c);
}

/* Two products of halfwords, rounded to single precision once; then the addition. */
static uint32_t ger_dot(struct sf_ctx *c, const struct sf_format *f, const op_t *op, uint32_t x,
			uint32_t y, uint32_t there, unsigned how)
{
	struct softfp v[4], t, sum;
	uint32_t bits;

	for (unsigned k = 0; k < 2; k++) {
		v[2 * k] = product_on(op, k) ? sf_unpack(f, x >> (16 - 16 * k) & 0xffff) : sf_unpack(f, 0);
		v[2 * k + 1] = product_on(op, k) ? sf_unpack(f, y >> (16 - 16 * k) & 0xffff) : sf_unpack(f, 0);
	}
	sum = sf_madd(c, v[2], v[3], sf_mul(c, v[0], v[1]));
	bits = (uint32_t)sf_pack(c, &sf_single, sum);
	if (!(how & GER_ADD))
		return bits;
	sum = sf_unpack(&sf_single, bits);
	t = sf_unpack(&sf_single, there);
	if (how & GER_NEGATE)
		sum = sf_negate(sum);
	if (how & GER_NEGATE_THERE)
		t = sf_negate(t);
	return (uint32_t)sf_pack(c, &sf_single, sf_add(c, sum, t));
}

static enum insn_result ger_half(struct icpu *cpu, const op_t *op, const struct sf_format *f, unsigned how)
{
	const vsr_t a = cpu->vsr[op->ra], b = cpu->vsr[op->rb];
	struct sf_ctx c = ger_begin(cpu);

	for (unsigned i = 0; i < 4; i++)
		for (unsigned j = 0; j < 4; j++) {
			uint32_t *t = &VW(ACC(op)[i], j);

			*t = row_on(op, i) && column_on(op, j) ?
				     ger_dot(&c, f, op, VW(a, i), VW(b, j), *t, how) : 0;
		}
	return ger_end(cpu, &c);
}

/* The letters are the signs of the product and of what is there. */
#define GER_FORMS(name, function, ...)                                                             \
	OP_GER(name, CALL, function, ##__VA_ARGS__, 0)                                             \
	OP_GER(name##pp, CALL, function, ##__VA_ARGS__, GER_ADD)                                   \
	OP_GER(name##pn, CALL, function, ##__VA_ARGS__, GER_ADD | GER_NEGATE_THERE)                \
	OP_GER(name##np, CALL, function, ##__VA_ARGS__, GER_ADD | GER_NEGATE)                      \
	OP_GER(name##nn, CALL, function, ##__VA_ARGS__, GER_ADD | GER_NEGATE | GER_NEGATE_THERE)

GER_FORMS(xvf32ger, ger_single)
GER_FORMS(xvf64ger, ger_double)
GER_FORMS(xvf16ger2, ger_half, &sf_half)
GER_FORMS(xvbf16ger2, ger_half, &bfloat16)
