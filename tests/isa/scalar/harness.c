/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest program that applies instructions to random and special operands and prints a hash of the
 * results of each, "name hash". With a name as argument, every case of that instruction.
 */
#include "harness.h"

static u8 memory_pages[2 * 4096] __attribute__((aligned(4096)));
u8 *memory;

static u64 result_hash(u64 hash, const struct state *st)
{
	const u64 *v = &st->t;

	for (unsigned i = 0; i < 18; i++)
		hash = hash_add(hash, v[i]);
	return hash;
}

static u64 memory_hash(u64 hash)
{
	for (unsigned i = 0; i < WINDOW / 8; i++)
		hash = hash_add(hash, ((const u64 *)(const void *)memory)[i]);
	return hash;
}

static void put_value(const char *label, u64 v)
{
	put_string(label);
	put_hex(v, 16);
}

static void state_print(const struct state *st, const struct test *test)
{
	put_value(" t ", st->t);
	put_value(" a ", st->a);
	put_value(" b ", st->b);
	put_value(" c ", st->c);
	put_value(" xer ", st->xer);
	put_value(" cr ", st->cr);
	put_line();
	if (test->kind == K_BRANCH) {
		put_value("   ctr ", st->ctr);
		put_value(" lr ", st->lr);
		put_value(" tar ", st->tar);
		put_value(" path ", st->path);
		put_value(" link ", st->link);
		put_line();
	} else if (test->kind >= K_DOUBLE) {
		put_value("   ft ", st->ft);
		put_value(" fa ", st->fa);
		put_value(" fb ", st->fb);
		put_value(" fc ", st->fc);
		put_value(" fpscr ", st->fpscr);
		put_value(" v ", st->v[0]);
		put_value(" ", st->v[1]);
		put_line();
	}
}

static void memory_print(void)
{
	for (unsigned i = 0; i < WINDOW; i++) {
		put_string(i % 16 ? "" : " ");
		put_hex(memory[i], 2);
	}
	put_line();
}

static void memory_fill(void)
{
	memory = memory_pages + (random_below(2) ? 4096 - WINDOW / 2 : 1024);
	for (unsigned i = 0; i < WINDOW / 8; i++)
		((u64 *)(void *)memory)[i] = random_next();
}

static u64 test_run(const struct test *test, u64 hash, int print, unsigned variant)
{
	static struct state st __attribute__((aligned(64)));
	static struct state before;
	int in_memory = test->kind >= K_MEM;

	for (unsigned i = 0; i < test->cases; i++) {
		if (in_memory)
			memory_fill();
		state_fill(&st, test);
		before = st;
		if (print) {
			put_hex(variant, 4);
			put_string(".");
			put_hex(i, 4);
			state_print(&st, test);
		}
		test->run(&st);
		result_mask(&st, &before, test);
		hash = result_hash(hash, &st);
		if (in_memory)
			hash = memory_hash(hash);
		if (print) {
			put_string("        =");
			state_print(&st, test);
			if (in_memory)
				memory_print();
		}
	}
	return hash;
}

/* The variants of an instruction follow one another. */
void guest_main(const char *only)
{
	u64 hash = 0;
	unsigned i, variant = 0;

	for (i = 0; i < test_count; i++) {
		if (only && !string_equal(only, tests[i].name))
			continue;
		random_seed(i);
		hash = test_run(&tests[i], hash, only != 0, variant++);
		if (i + 1 < test_count && string_equal(tests[i].name, tests[i + 1].name))
			continue;
		put_result(tests[i].name, hash);
		hash = variant = 0;
	}
}
