/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Native code against handlers: the same programs, and the same registers, memory and instruction counts. */
#include "tests/unit/vmm/interp/machine.h"
#include "vmm/interp/decode.h"
#include "vmm/interp/native.h"

#define BASE (MSR_SF | MSR_ME | MSR_LE)
#define ALL  (BASE | MSR_FP | MSR_VEC | MSR_VSX)

#define PROGRAMS 3000
#define LENGTH   48
#define FAR      (CODE + 0x3000) /* another page, which comes back */

#define BLR   0x4e800020u
#define BL(d) (0x48000001u | ((d) & 0x3fffffc))
#define B(d)  (0x48000000u | ((d) & 0x3fffffc))
#define BC(bo, bi, d) (0x40000000u | (bo) << 21 | (bi) << 16 | ((d) & 0xfffc))

static int native_machine(void **state)
{
	int r = machine_open(state);

	if (r < 0)
		return r;
	vectors_make(true);
	if (!cpu->native)
		print_message("this host or build has no native code\n");
	return 0;
}

#define NATIVE_TEST(name) cmocka_unit_test_setup_teardown(name, native_machine, machine_close)
#define NEEDS_NATIVE()                                                                             \
	do {                                                                                       \
		if (!cpu->native)                                                                  \
			skip();                                                                    \
	} while (0)

struct state {
	uint64_t gpr[34], lr, ctr, ca, ca32, ov, ov32, so;
	uint32_t cr;
	vsr_t vsr[64];
	uint64_t end;
	uint8_t data[65536]; /* as far as a program can move a pointer */
};

static struct state state_of(uint64_t end)
{
	struct state s = {.lr = cpu->lr, .ctr = cpu->ctr, .ca = cpu->ca, .ca32 = cpu->ca32,
			  .ov = cpu->ov, .ov32 = cpu->ov32, .so = cpu->so, .cr = cr_pack(cpu), .end = end};

	memcpy(s.gpr, cpu->gpr, sizeof(s.gpr));
	memcpy(s.vsr, cpu->vsr, sizeof(s.vsr));
	memcpy(s.data, ram.hva + DATA, sizeof(s.data));
	return s;
}

static void state_set(const struct state *s)
{
	memcpy(cpu->gpr, s->gpr, sizeof(s->gpr));
	memcpy(cpu->vsr, s->vsr, sizeof(s->vsr));
	memcpy(ram.hva + DATA, s->data, sizeof(s->data));
	cpu->lr = s->lr;
	cpu->ctr = s->ctr;
	cpu->ca = s->ca;
	cpu->ca32 = s->ca32;
	cpu->ov = s->ov;
	cpu->ov32 = s->ov32;
	cpu->so = s->so;
	cr_unpack(cpu, s->cr);
	cpu->reserve_len = 0;
	code_flags_update(cpu);
}

static uint64_t random64(void)
{
	return (uint64_t)random() << 33 ^ (uint64_t)random() << 11 ^ (uint64_t)random();
}

static uint64_t random_value(void)
{
	static const uint64_t specials[] = {0, 1, ~0ULL, 1ULL << 63, 1ULL << 31, 0x7fffffff, ~0ULL >> 1,
					    1ULL << 32, 0xffffffff};

	return random() % 3 ? random64() >> (random() % 64) : specials[random() % ARRAY_SIZE(specials)];
}

/* Registers 13 to 16 and 20 to 23 point into data, 24 to 27 hold small indices; programs write to 3 to 12, and
 * move the first. */
static struct state random_state(void)
{
	struct state s = {.lr = FAR, .ctr = 1 + (uint64_t)random() % 5, .ca = (uint64_t)random() & 1,
			  .ca32 = (uint64_t)random() & 1, .cr = (uint32_t)random64()};

	for (unsigned i = 0; i < 32; i++)
		s.gpr[i] = random_value();
	for (unsigned i = 20; i < 24; i++)
		s.gpr[i] = DATA + 2048 + (uint64_t)random() % 4096;
	for (unsigned i = 24; i < 28; i++)
		s.gpr[i] = (uint64_t)random() % 512;
	for (unsigned i = 0; i < 64; i++)
		s.vsr[i].q = (unsigned __int128)random64() << 64 | random64();
	for (unsigned i = 13; i < 17; i++)
		s.gpr[i] = s.gpr[i + 7];
	for (unsigned i = 0; i < 8192; i++)
		s.data[i] = (uint8_t)random();
	return s;
}

static unsigned reg_any(void)
{
	return random() % 4 ? 3 + (unsigned)random() % 10 : (unsigned)random() % 32;
}

static uint32_t field(uint32_t word, unsigned last, unsigned value)
{
	unsigned shift = 31 - last;

	return (word & ~(31u << shift)) | value << shift;
}

/* The register that random_fields() chose last. */
static unsigned last_target = 3;

/* Every field that names a register that is written gets one of 3 to 12. */
static uint32_t random_fields(const struct insn_desc *d)
{
	uint32_t word = d->match | ((uint32_t)random64() & ~d->mask);
	bool update = d->is_mem && strchr(d->name, 'u') && strcmp(d->name, "lfiwzx");
	unsigned target = 3 + (unsigned)random() % 10;

	last_target = target;
	if (d->is_mem) {
		word = field(word, 10, target);
		word = field(word, 15, update ? 13 + (unsigned)random() % 4 : 20 + (unsigned)random() % 4);
		if (d->format == F_TA0B || d->format == F_TAB || d->format == F_VA0B || d->format == F_XXA0B)
			return field(word, 20, 24 + (unsigned)random() % 4);
		return (word & ~0xffffu) | (d->match & 0xffff) | (uint32_t)(random() % 64 * 16) | (word & 8 & ~d->mask);
	}
	if (d->format == F_SAB || (d->format >= F_M && d->format <= F_SH6) || d->format == F_DL ||
	    d->format == F_DLS)
		return field(field(word, 10, reg_any()), 15, target);
	if (d->format == F_CMP || d->format == F_CMPI || d->format == F_CMPLI)
		return field(word, 15, reg_any());
	word = field(field(word, 10, target), 15, reg_any());
	return (word & ~d->mask) | d->match; /* an SPR's number is not a register's */
}

static const char *const names[] = {
#define FIXED(name, ...) #name,
#define MEM(name, ...)
#define INSN(name, ...)
#include "vmm/interp/insns_fixed.def"
#undef MEM
#define MEM(name, ...) #name,
#include "vmm/interp/insns_mem.def"
	"mflr", "mfctr", "lwsync", "eieio", "nop_dcbt",
};

static const struct insn_desc *desc_of(const char *name)
{
	for (unsigned i = 0; i < insn_count; i++)
		if (!strcmp(insn_table[i].name, name))
			return &insn_table[i];
	fail_msg("no instruction %s", name);
	return NULL;
}

/* Not those whose result is chance, that trap, or whose time is a reservation's. */
static bool is_wanted(const struct insn_desc *d)
{
	return strcmp(d->name, "darn") && d->match >> 26 != 2 && d->match >> 26 != 3 &&
	       strcmp(d->name, "tw") && strcmp(d->name, "td") && strcmp(d->name, "addex") && d->isa <= 300;
}

static uint32_t random_insn(unsigned at, unsigned length)
{
	const struct insn_desc *d;
	unsigned kind = (unsigned)random() % 16, forward = 1 + (unsigned)random() % (length - at);

	if (kind == 0)
		return BC(random() % 2 ? 12u : 4u, (unsigned)random() % 32, forward * 4);
	if (kind == 1)
		return BC(random() % 2 ? 16u : 18u, 0u, forward * 4);
	if (kind == 2)
		return random() % 2 ? B(forward * 4) : BL(forward * 4);
	if (kind == 3)
		return random() % 2 ? BL(FAR - (CODE + at * 4)) : 0x4e800021u; /* blrl */
	if (kind == 4) /* a compare and a branch on it, as compilers have them */
		return 0x2c000000u | (unsigned)(random() % 8) << 23 | (unsigned)(random() % 2) << 21 |
		       reg_any() << 16 | (unsigned)(random() % 3 ? 0 : random() & 0xffff);
	if (kind == 5) { /* what the native code knows of registers ends */
		unsigned base = 13 + (unsigned)random() % 4;

		return random() % 2 ? INSN_D(14, last_target, 0, (unsigned)random()) :
				      INSN_D(14, base, base, (unsigned)random() % 16);
	}
	do
		d = desc_of(names[(unsigned)random() % ARRAY_SIZE(names)]);
	while (!is_wanted(d));
	return random_fields(d);
}

/* What was predecoded at @gpa for programs of here. */
static struct op_page *page_of(uint64_t gpa)
{
	struct op_page *page = cpu->code[gpa >> 12];

	while (page && page->flags != CODE_LE)
		page = page->next;
	assert_non_null(page);
	return page;
}

/* Runs from CODE, as native code if asked; the state at the end. */
static struct state run_one(const struct state *before, bool native)
{
	uint64_t end;

	state_set(before);
	end = go(ALL, CODE);
	assert_true(!native || page_of(CODE)->is_native);
	return state_of(end);
}

static void page_native(uint64_t gpa)
{
	assert_true(native_translate(cpu, page_of(gpa)));
}

static void assert_same(const struct state *a, const struct state *b, unsigned program)
{
	for (unsigned i = 0; i < 32; i++)
		if (a->gpr[i] != b->gpr[i])
			fail_msg("program %u: r%u is %#llx, %#llx by native code", program, i,
				 (unsigned long long)a->gpr[i], (unsigned long long)b->gpr[i]);
	if (a->cr != b->cr)
		fail_msg("program %u: CR is %#x, %#x by native code", program, a->cr, b->cr);
	assert_int_equal(a->lr, b->lr);
	assert_int_equal(a->ctr, b->ctr);
	assert_int_equal(a->ca, b->ca);
	assert_int_equal(a->ca32, b->ca32);
	assert_int_equal(a->ov, b->ov);
	assert_int_equal(a->ov32, b->ov32);
	assert_int_equal(a->end, b->end);
	assert_memory_equal(a->vsr, b->vsr, sizeof(a->vsr));
	assert_memory_equal(a->data, b->data, sizeof(a->data));
}

static uint64_t executed(uint64_t before)
{
	return cpu->insns - before;
}

static void random_program(void)
{
	for (unsigned i = 0; i < LENGTH; i++) {
		uint32_t word = random_insn(i, LENGTH);

		word_store(CODE + i * 4, word, true);
		if (word >> 26 == 11 && i + 3 < LENGTH) {
			unsigned bit = (unsigned)random() % 3;

			if (random() % 2) {
				i++;
				word_store(CODE + i * 4, random_insn(i, LENGTH), true);
			}
			word_store(CODE + ++i * 4,
				   BC(random() % 2 ? 12u : 4u, (word >> 23 & 7) * 4 + bit, 8), true);
		}
	}
	word_store(CODE + LENGTH * 4, INSN_SC1, true);
}

static void test_random_programs(void **state)
{
	NEEDS_NATIVE();
	word_store(FAR, INSN_D(14, 12, 12, 1), true);
	word_store(FAR + 4, BLR, true);
	srandom(20);
	for (unsigned n = 0; n < PROGRAMS; n++) {
		struct state before = random_state(), by_handlers, by_native;
		uint64_t count = cpu->insns;

		random_program();
		by_handlers = run_one(&before, false);
		count = executed(count);
		page_native(CODE);
		if (cpu->code[FAR >> 12])
			page_native(FAR);
		for (unsigned again = 0; again < 2; again++) {
			uint64_t insns = cpu->insns;

			by_native = run_one(&before, true);
			assert_same(&by_handlers, &by_native, n);
			assert_int_equal(executed(insns), count);
		}
		/* other operands first take other branches */
		before = random_state();
		by_native = run_one(&before, true);
		native_forget(cpu, page_of(CODE));
		by_handlers = run_one(&before, false);
		assert_same(&by_handlers, &by_native, n);
	}
}

static void words_store(uint64_t gpa, const uint32_t *words, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		word_store(gpa + i * 4, words[i], true);
}

#define WORDS(gpa, ...)                                                                            \
	words_store(gpa, (const uint32_t[]){__VA_ARGS__}, sizeof((const uint32_t[]){__VA_ARGS__}) / 4)

#define NEXT_TIME (TIMEBASE_HZ / 100)

/* More rounds than a budget has: they are counted one by one, whichever way they go back. */
static void test_loops_are_counted(void **state)
{
	enum { ROUNDS = 50000 };
	uint64_t insns;

	NEEDS_NATIVE();
	WORDS(CODE, INSN_D(14, 3, 3, 1), BC(16, 0, -4), INSN_SC1);
	for (unsigned again = 0; again < 2; again++) {
		cpu->gpr[3] = 0;
		cpu->ctr = ROUNDS;
		insns = cpu->insns;
		assert_int_equal(go(BASE, CODE), CODE + 8);
		assert_int_equal(cpu->gpr[3], ROUNDS);
		assert_int_equal(executed(insns), 2 * ROUNDS + 1);
		assert_true(page_of(CODE)->is_native);
	}
}

/* The same through another page, and back by LR. */
static void test_calls_are_counted(void **state)
{
	enum { ROUNDS = 20000 };
	uint64_t insns;

	NEEDS_NATIVE();
	WORDS(CODE, BL(FAR - CODE), BC(16, 0, -4), INSN_SC1);
	WORDS(FAR, INSN_D(14, 3, 3, 1), BLR);
	for (unsigned again = 0; again < 2; again++) {
		cpu->gpr[3] = 0;
		cpu->ctr = ROUNDS;
		insns = cpu->insns;
		assert_int_equal(go(BASE, CODE), CODE + 8);
		assert_int_equal(cpu->gpr[3], ROUNDS);
		assert_int_equal(executed(insns), 4 * ROUNDS + 1);
		page_native(CODE);
		page_native(FAR);
	}
}

/* A branch to itself is left when the decrementer interrupts it, and for a kick. */
static void test_endless_loop_is_interrupted(void **state)
{
	static const uint32_t loops[] = {B(0), BC(16, 0, 0), BC(12, 2, 0)};

	NEEDS_NATIVE();
	cr_unpack(cpu, 2u << 28);
	cpu->ctr = 1ULL << 63;
	for (unsigned i = 0; i < 2 * ARRAY_SIZE(loops); i++) {
		if (i % 2)
			page_native(CODE);
		else
			WORDS(CODE, loops[i / 2]);
		cpu->dec_pending = false;
		cpu->dec_expiry = timebase_now(cpu) + NEXT_TIME;
		assert_int_equal(go(BASE | MSR_EE, CODE), 0x900);
		assert_int_equal(cpu->srr0, CODE);
	}
	msr_set(cpu, BASE);
	cpu->pc = CODE;
	ops->kick(&vcpu);
	ops->run(&vcpu, &exited);
	assert_int_equal(exited.kind, VCPU_EXIT_KICK);
}

/* A page that gets hot becomes native; one that is left at once does not. */
static void test_hot_pages_become_native(void **state)
{
	NEEDS_NATIVE();
	for (unsigned i = 0; i < 12; i++)
		word_store(CODE + i * 4, INSN_D(14, 3, 3, 1), true);
	WORDS(CODE + 48, BC(16, 0, -48), INSN_SC1);
	cpu->ctr = 2;
	go(BASE, CODE);
	assert_false(page_of(CODE)->is_native);
	cpu->ctr = 20000;
	cpu->gpr[3] = 0;
	go(BASE, CODE);
	assert_true(page_of(CODE)->is_native);
	assert_int_equal(cpu->gpr[3], 12 * 20000);
}

/* The store that replaces the next instruction, and one that replaces what the loop begins with. */
static void test_code_that_writes_itself(void **state)
{
	NEEDS_NATIVE();
	WORDS(CODE, INSN_D(14, 3, 3, 1), INSN_D(36, 5, 6, 0), INSN_D(14, 4, 4, 1), INSN_D(36, 7, 8, 0),
	      BC(16, 0, -16), INSN_SC1);
	cpu->ctr = 1;
	cpu->gpr[6] = cpu->gpr[8] = DATA;
	go(BASE, CODE);
	page_native(CODE);
	cpu->gpr[3] = cpu->gpr[4] = 0;
	cpu->gpr[5] = INSN_D(14, 4, 4, 100);
	cpu->gpr[6] = CODE + 8;
	cpu->gpr[7] = INSN_D(14, 3, 3, 1000);
	cpu->gpr[8] = CODE;
	cpu->ctr = 3;
	assert_int_equal(go(BASE, CODE), CODE + 20);
	assert_int_equal(cpu->gpr[3], 1 + 2 * 1000);
	assert_int_equal(cpu->gpr[4], 300);
}

/* What another thread or a device stores is told between instructions. */
static void test_code_that_others_write(void **state)
{
	NEEDS_NATIVE();
	WORDS(CODE, INSN_D(14, 3, 3, 1), INSN_SC1);
	go(BASE, CODE);
	page_native(CODE);
	WORDS(CODE, INSN_D(14, 3, 3, 7));
	assert_false(page_of(CODE)->is_native);
	cpu->gpr[3] = 0;
	go(BASE, CODE);
	assert_int_equal(cpu->gpr[3], 7);
}

static void test_last_instruction_goes_on_to_the_next_page(void **state)
{
	NEEDS_NATIVE();
	WORDS(CODE + 0xff8, INSN_D(14, 3, 3, 1), INSN_D(14, 3, 3, 2), INSN_D(14, 3, 3, 4), INSN_SC1);
	for (unsigned again = 0; again < 2; again++) {
		cpu->gpr[3] = 0;
		assert_int_equal(go(BASE, CODE + 0xff8), CODE + 0x1004);
		assert_int_equal(cpu->gpr[3], 7);
		page_native(CODE);
		page_native(CODE + 0x1000);
	}
}

/* Outside RAM: the exit comes at its own address, with nothing changed, and is answered once. */
static void test_mmio(void **state)
{
	NEEDS_NATIVE();
	WORDS(CODE, INSN_D(14, 3, 3, 1), INSN_D(32, 4, 5, 0), INSN_D(14, 3, 3, 1), INSN_SC1);
	cpu->gpr[3] = 0;
	cpu->gpr[5] = DATA;
	go(BASE, CODE);
	page_native(CODE);
	cpu->gpr[5] = RAM_SIZE;
	cpu->hcall_open = 0;
	cpu->pc = CODE;
	ops->run(&vcpu, &exited);
	assert_int_equal(exited.kind, VCPU_EXIT_MMIO);
	assert_int_equal(exited.mmio.gpa.v, RAM_SIZE);
	assert_int_equal(cpu->pc, CODE + 4);
	assert_int_equal(cpu->gpr[3], 3);
	exited.mmio.data = 0x11223344;
	ops->run(&vcpu, &exited);
	assert_int_equal(exited.kind, VCPU_EXIT_HCALL);
	assert_int_equal(cpu->gpr[4], 0x44332211);
	assert_int_equal(cpu->gpr[3], 4);
}

/* A base register that the host's registers have, too, is another one after the store. */
static void test_update_of_a_held_base(void **state)
{
	NEEDS_NATIVE();
	WORDS(CODE, INSN_D(14, 5, 5, 8), INSN_D(62, 4, 5, 17), INSN_D(14, 6, 5, 1), INSN_SC1);
	for (unsigned again = 0; again < 2; again++) {
		cpu->gpr[5] = DATA;
		assert_int_equal(go(BASE, CODE), CODE + 12);
		assert_int_equal(cpu->gpr[5], DATA + 24);
		assert_int_equal(cpu->gpr[6], DATA + 25);
		page_native(CODE);
	}
}

/* What begins in RAM's last page and ends outside. */
static void test_access_that_leaves_its_page(void **state)
{
	static const struct {
		uint32_t word;
		unsigned len;
	} t[] = {
		{INSN_D(40, 4, 5, 0), 2}, {INSN_D(32, 4, 5, 0), 4}, {INSN_D(58, 4, 5, 0), 8},
		{INSN_D(44, 4, 5, 0), 2}, {INSN_D(36, 4, 5, 0), 4}, {INSN_D(62, 4, 5, 0), 8},
		{INSN_D(61, 1, 5, 1), 16}, {INSN_D(61, 1, 5, 5), 16},
	};

	NEEDS_NATIVE();
	for (unsigned i = 0; i < ARRAY_SIZE(t); i++) {
		WORDS(CODE, t[i].word, INSN_SC1);
		for (unsigned again = 0; again < 2; again++) {
			cpu->gpr[5] = RAM_SIZE - t[i].len;
			assert_int_equal(go(ALL, CODE), CODE + 4);
			cpu->gpr[5]++;
			assert_int_equal(go(ALL, CODE), 0x200);
			page_native(CODE);
		}
	}
}

/* A word that another vCPU has replaced, before this one was told: its slot stays as it is. */
static void test_slot_that_is_stale(void **state)
{
	NEEDS_NATIVE();
	WORDS(CODE, INSN_D(14, 3, 3, 1), INSN_D(14, 3, 3, 2), INSN_SC1);
	go(BASE, CODE);
	store_le32(ram.hva + CODE, INSN_D(58, 7, 8, 0));
	page_native(CODE);
	cpu->gpr[3] = cpu->gpr[7] = 0;
	cpu->gpr[8] = DATA;
	store_le64(ram.hva + DATA, 5);
	assert_int_equal(go(BASE, CODE), CODE + 8);
	assert_int_equal(cpu->gpr[3], 3);
	assert_int_equal(cpu->gpr[7], 0);
}

/* Facilities that are off raise their interrupts. */
static void test_facilities(void **state)
{
	static const struct {
		uint32_t word;
		uint64_t vector, bit;
	} t[] = {
		{INSN_D(50, 1, 5, 0), 0x800, MSR_FP},
		{INSN_D(54, 1, 5, 0), 0x800, MSR_FP},
		{INSN_X(31, 1, 5, 6, 103), 0xf20, MSR_VEC},
		{INSN_X(31, 1, 5, 6, 844), 0xf40, MSR_VSX},
		{INSN_D(61, 1, 5, 1), 0xf40, MSR_VSX},
		{INSN_D(61, 1, 5, 9), 0xf20, MSR_VEC},
	};

	NEEDS_NATIVE();
	cpu->gpr[5] = DATA;
	cpu->gpr[6] = 0;
	for (unsigned i = 0; i < ARRAY_SIZE(t); i++) {
		WORDS(CODE, t[i].word, INSN_SC1);
		assert_int_equal(go(ALL, CODE), CODE + 4);
		page_native(CODE);
		assert_int_equal(go(ALL, CODE), CODE + 4);
		assert_int_equal(go(ALL & ~t[i].bit, CODE), t[i].vector);
	}
}

/* Memory for three pages: the rest are handlers, until everything is given up between two instructions. */
static void test_no_room(void **state)
{
	bool full = false;

	NEEDS_NATIVE();
	native_close(cpu);
	assert_int_equal(native_open(cpu, 512 << 10), 0);
	for (uint64_t gpa = CODE; gpa < DATA && !full; gpa += 4096) {
		for (unsigned i = 0; i < PAGE_INSNS - 1; i++)
			word_store(gpa + i * 4, INSN_X(31, 3, 3, 4, 266), true);
		word_store(gpa + 0xffc, INSN_SC1, true);
		go(BASE, gpa);
		full = !native_translate(cpu, page_of(gpa));
	}
	assert_true(full);
	assert_false(native_wants_flush(cpu));
	cpu->insns += 2ULL << 30;
	assert_true(native_wants_flush(cpu));
	cpu->code_reap = true;
	cpu->gpr[3] = 0;
	cpu->gpr[4] = 2;
	go(BASE, CODE);
	assert_false(native_wants_flush(cpu));
	assert_int_equal(cpu->gpr[3], 2 * (PAGE_INSNS - 1));
	page_native(CODE);
	cpu->gpr[3] = 0;
	go(BASE, CODE);
	assert_int_equal(cpu->gpr[3], 2 * (PAGE_INSNS - 1));
}

/* A host that gives no such memory: handlers alone. */
static void test_no_memory(void **state)
{
	NEEDS_NATIVE();
	native_close(cpu);
	assert_true(native_open(cpu, 1ULL << 60) < 0);
	assert_null(cpu->native);
	WORDS(CODE, INSN_D(14, 3, 3, 1), BC(16, 0, -4), INSN_SC1);
	cpu->gpr[3] = 0;
	cpu->ctr = 50000;
	assert_int_equal(go(BASE, CODE), CODE + 8);
	assert_int_equal(cpu->gpr[3], 50000);
	assert_false(page_of(CODE)->is_native);
}

/* Only what the emitters know: big-endian code stays with handlers. */
static void test_other_modes_stay(void **state)
{
	NEEDS_NATIVE();
	word_store(CODE, INSN_NOP, false);
	word_store(CODE + 4, INSN_SC1, false);
	vectors_make(false);
	go(MSR_SF | MSR_ME, CODE);
	assert_int_equal(cpu->code[CODE >> 12]->flags, 0);
	assert_false(native_translate(cpu, cpu->code[CODE >> 12]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		NATIVE_TEST(test_random_programs),
		NATIVE_TEST(test_loops_are_counted),
		NATIVE_TEST(test_calls_are_counted),
		NATIVE_TEST(test_endless_loop_is_interrupted),
		NATIVE_TEST(test_hot_pages_become_native),
		NATIVE_TEST(test_code_that_writes_itself),
		NATIVE_TEST(test_code_that_others_write),
		NATIVE_TEST(test_last_instruction_goes_on_to_the_next_page),
		NATIVE_TEST(test_mmio),
		NATIVE_TEST(test_update_of_a_held_base),
		NATIVE_TEST(test_access_that_leaves_its_page),
		NATIVE_TEST(test_slot_that_is_stale),
		NATIVE_TEST(test_facilities),
		NATIVE_TEST(test_no_room),
		NATIVE_TEST(test_no_memory),
		NATIVE_TEST(test_other_modes_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
