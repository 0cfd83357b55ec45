/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How one predecoded instruction goes on to the next. Semantics never see which way it is done.
 *
 * Tail calls (x86-64, aarch64, optimised): each handler jumps to the next one's. Elsewhere, and in the
 * builds that check the first way (INTERP_DISPATCH_LOOP), handlers return to a loop.
 *
 * Execution state: op, the slot at hand; cpu; X = address of op + 16 * instructions left of the budget,
 * which straight-line code need not touch.
 */
#ifndef PAPRIKA_INTERP_DISPATCH_H
#define PAPRIKA_INTERP_DISPATCH_H

#include "vmm/interp/cpu.h"

#if !defined(INTERP_DISPATCH_LOOP) && defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__) &&   \
	(defined(__x86_64__) || defined(__aarch64__))
#define DISPATCH_TAIL 1
#else
#define DISPATCH_TAIL 0
#endif

#if DISPATCH_TAIL
#define HRET void
#else
struct hnext {
	op_t *op; /* NULL: leave */
	uint64_t X;
};
#define HRET struct hnext
#endif

/* On x86-64 the state travels in the registers that the compiler wants last; the arguments before it
 * are never set. */
#if defined(__x86_64__)
#define ARGS   uint64_t X, uint64_t z1_, uint64_t z2_, uint64_t z3_, op_t *op, struct icpu *cpu
#define NOTHING_(r)                                                                                \
	({                                                                                         \
		uint64_t z_;                                                                       \
		__asm__("" : "=" r(z_));                                                           \
		z_;                                                                                \
	})
#define ARGV   X, NOTHING_("S"), NOTHING_("d"), NOTHING_("c"), op, cpu
#else
#define ARGS   uint64_t X, op_t *op, struct icpu *cpu
#define ARGV   X, op, cpu
#endif

typedef HRET handler_fn(ARGS);

#define HANDLER_OF(op) ((handler_fn *)(void *)(op)->fn)

#if DISPATCH_TAIL
/* The barrier makes the compiler load the handler through the advanced pointer. */
#define DISPATCH()                                                                                 \
	do {                                                                                       \
		__asm__("" : "+r"(op));                                                            \
		return HANDLER_OF(op)(ARGV);                                                       \
	} while (0)
#define LEAVE() return
#else
#define DISPATCH() return (struct hnext){op, X}
#define LEAVE()    return (struct hnext){NULL, X}
#endif

#define NEXT()                                                                                     \
	do {                                                                                       \
		op += 1;                                                                           \
		DISPATCH();                                                                        \
	} while (0)

/* A handler that is hot: everything in registers, no ordinary call. */
#define OP(name)                                                                                   \
	HRET h_##name(ARGS);                                                                       \
	HRET h_##name(ARGS)

/* Raises what a cold function returned: op is the instruction at fault. */
handler_fn x_result;

#define RAISE(r)                                                                                   \
	do {                                                                                       \
		cpu->result = (r);                                                                 \
		return x_result(ARGV);                                                             \
	} while (0)

/*
 * A handler whose work is an ordinary function: the body follows, has cpu and op, and returns an
 * enum insn_result. Before it, the facility check @check (CHECK_NONE, CHECK_FP, ...).
 */
#define OP_CALL(name, check)                                                                       \
	static enum insn_result c_##name(struct icpu *cpu, const op_t *op);                        \
	OP(name)                                                                                   \
	{                                                                                          \
		enum insn_result r_;                                                               \
                                                                                                   \
		check;                                                                             \
		r_ = c_##name(cpu, op);                                                            \
		if (unlikely(r_ != INSN_OK))                                                       \
			RAISE(r_);                                                                 \
		NEXT();                                                                            \
	}                                                                                          \
	static enum insn_result c_##name(struct icpu *cpu, const op_t *op)

/* The same for a body that cannot fail and returns nothing. */
#define OP_VOID(name, check)                                                                       \
	static void c_##name(struct icpu *cpu, const op_t *op);                                    \
	OP(name)                                                                                   \
	{                                                                                          \
		check;                                                                             \
		c_##name(cpu, op);                                                                 \
		NEXT();                                                                            \
	}                                                                                          \
	static void c_##name(struct icpu *cpu, const op_t *op)

#define CHECK_NONE                                                                                 \
	do {                                                                                       \
	} while (0)
#define CHECK_FP                                                                                   \
	do {                                                                                       \
		if (unlikely(!(cpu->msr & MSR_FP)))                                                \
			RAISE(INSN_FP_UNAVAIL);                                                    \
	} while (0)
#define CHECK_VEC                                                                                  \
	do {                                                                                       \
		if (unlikely(!(cpu->msr & MSR_VEC)))                                               \
			RAISE(INSN_VEC_UNAVAIL);                                                   \
	} while (0)
#define CHECK_VSX                                                                                  \
	do {                                                                                       \
		if (unlikely(!(cpu->msr & MSR_VSX)))                                               \
			RAISE(INSN_VSX_UNAVAIL);                                                   \
	} while (0)
#define CHECK_PRIV                                                                                 \
	do {                                                                                       \
		if (unlikely(cpu->msr & MSR_PR))                                                   \
			RAISE(INSN_PRIVILEGED);                                                    \
	} while (0)

#endif
