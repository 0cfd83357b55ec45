/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a static Power Linux program, 64-bit or 32-bit, of either byte order, that uses write(2) and
 * exit(2) at the most in the bare interpreter: real mode, supervisor state, no device. The same program
 * runs under qemu-user, whose output is the oracle.
 *
 * run_elf [--native] [--model NAME] PROGRAM [ARGUMENT...]
 * --native: pages have native code, where the host has such, as soon as some of their instructions were executed.
 */
#include <elf.h>
#include <endian.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vmm/base/byteorder.h"
#include "vmm/cpu/accel.h"
#include "vmm/cpu/model.h"
#include "vmm/cpu/vcpu.h"
#include "vmm/interp/cpu.h"
#include "vmm/mem/ram.h"

#define RAM_SIZE    (512ULL << 20)
#define STACK_TOP   (RAM_SIZE - (1 << 20))
#define INSN_SC1    0x44000022u
#define INSN_RFID   0x4c000024u
#define NR_EXIT     1
#define NR_WRITE    4
#define NR_EXIT_ALL 234

#define NATIVE_SLOTS 32

static struct ram ram;

static void die(const char *what)
{
	fprintf(stderr, "run_elf: %s\n", what);
	exit(3);
}

/* What the program's header says of it. */
struct program {
	bool le, is_64;
	uint64_t entry;
};

static uint16_t get16(const struct program *p, uint16_t v)
{
	return p->le ? le16toh(v) : be16toh(v);
}

static uint32_t get32(const struct program *p, uint32_t v)
{
	return p->le ? le32toh(v) : be32toh(v);
}

static uint64_t get64(const struct program *p, uint64_t v)
{
	return p->le ? le64toh(v) : be64toh(v);
}

static void segment_load(const uint8_t *image, uint64_t offset, uint64_t at, uint64_t in_file,
			 uint64_t in_memory)
{
	if (at > STACK_TOP || in_memory > STACK_TOP - at)
		die("program too large");
	memcpy(ram.hva + at, image + offset, in_file);
}

static void load_64(struct program *p, const uint8_t *image)
{
	const Elf64_Ehdr *eh = (const void *)image;
	const Elf64_Phdr *ph = (const void *)(image + get64(p, eh->e_phoff));

	p->entry = get64(p, eh->e_entry);
	for (unsigned i = 0; i < get16(p, eh->e_phnum); i++, ph++)
		if (get32(p, ph->p_type) == PT_LOAD)
			segment_load(image, get64(p, ph->p_offset), get64(p, ph->p_vaddr),
				     get64(p, ph->p_filesz), get64(p, ph->p_memsz));
}

static void load_32(struct program *p, const uint8_t *image)
{
	const Elf32_Ehdr *eh = (const void *)image;
	const Elf32_Phdr *ph = (const void *)(image + get32(p, eh->e_phoff));

	p->entry = get32(p, eh->e_entry);
	for (unsigned i = 0; i < get16(p, eh->e_phnum); i++, ph++)
		if (get32(p, ph->p_type) == PT_LOAD)
			segment_load(image, get32(p, ph->p_offset), get32(p, ph->p_vaddr),
				     get32(p, ph->p_filesz), get32(p, ph->p_memsz));
}

static struct program load(const char *path)
{
	int fd = open(path, O_RDONLY);
	struct program p = {0};
	struct stat st;
	const uint8_t *image;

	if (fd < 0 || fstat(fd, &st) < 0)
		die("cannot open the program");
	image = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (image == MAP_FAILED || memcmp(image, ELFMAG, SELFMAG))
		die("not an ELF");
	p.le = image[EI_DATA] == ELFDATA2LSB;
	p.is_64 = image[EI_CLASS] == ELFCLASS64;
	if (p.is_64)
		load_64(&p, image);
	else
		load_32(&p, image);
	munmap((void *)image, (size_t)st.st_size);
	return p;
}

/* One word of the stack, as wide as the program's; returns where the next one is. */
static uint64_t stack_word(const struct program *p, uint64_t at, uint64_t v)
{
	if (!p->is_64)
		store_be32(ram.hva + at, (uint32_t)v);
	else if (p->le)
		store_le64(ram.hva + at, v);
	else
		store_be64(ram.hva + at, v);
	return at + (p->is_64 ? 8 : 4);
}

/* argc, argv, an empty environment and auxiliary vector, as at a process's start. */
static uint64_t stack_make(const struct program *p, int argc, char **argv)
{
	uint64_t strings = STACK_TOP, sp = STACK_TOP - 65536;
	uint64_t at = stack_word(p, sp, (uint64_t)argc);

	for (int i = 0; i < argc; i++) {
		strcpy((char *)ram.hva + strings, argv[i]);
		at = stack_word(p, at, strings);
		strings += strlen(argv[i]) + 1;
	}
	return sp;
}

/* The system call vector: out to syscall_answer(), and back. */
static void vector_make(const struct program *p)
{
	if (p->le) {
		store_le32(ram.hva + 0xc00, INSN_SC1);
		store_le32(ram.hva + 0xc04, INSN_RFID);
	} else {
		store_be32(ram.hva + 0xc00, INSN_SC1);
		store_be32(ram.hva + 0xc04, INSN_RFID);
	}
}

static void start(struct vcpu *vcpu, const struct program *p, int argc, char **argv)
{
	struct cpu_regs r;

	vcpu->ops->mode_set(vcpu, ACCEL_MODE_LE, p->le);
	vector_make(p);
	vcpu->ops->regs_get(vcpu, &r);
	r.pc = r.gpr[12] = p->entry;
	r.gpr[1] = stack_make(p, argc, argv);
	r.msr = MSR_FP | MSR_VEC | MSR_VSX | (p->is_64 ? MSR_SF : 0) | (p->le ? MSR_LE : 0);
	vcpu->ops->regs_set(vcpu, &r);
}

static bool syscall_answer(struct cpu_regs *r)
{
	switch (r->gpr[0]) {
	case NR_WRITE:
		if (r->gpr[4] > RAM_SIZE || r->gpr[5] > RAM_SIZE - r->gpr[4])
			die("write outside memory");
		r->gpr[3] = (uint64_t)write((int)r->gpr[3], ram.hva + r->gpr[4], r->gpr[5]);
		break;
	case NR_EXIT:
	case NR_EXIT_ALL:
		return false;
	default:
		fprintf(stderr, "run_elf: system call %llu at %#llx\n",
			(unsigned long long)r->gpr[0], (unsigned long long)r->srr0);
		exit(3);
	}
	r->cr &= ~0x10000000u;
	return true;
}

int main(int argc, char **argv)
{
	char why[160];
	const struct accel_ops *ops = &interp_accel_ops;
	struct vcpu vcpu = {.ops = ops};
	struct vcpu_exit e = {0};
	struct cpu_regs r;
	struct accel *accel;
	struct gmem *mem;
	const char *model = "power9";
	struct program program;
	bool native = argc > 1 && !strcmp(argv[1], "--native");

	argc -= native;
	argv += native;
	if (argc > 2 && !strcmp(argv[1], "--model")) {
		model = argv[2];
		argc -= 2;
		argv += 2;
	}
	if (argc < 2)
		die("usage: run_elf [--native] [--model NAME] PROGRAM");
	if (ram_open(&ram, RAM_SIZE) < 0 || gmem_new(&mem) < 0 ||
	    gmem_add(mem, GPA(0), RAM_SIZE, ram.hva) < 0)
		die("no memory");
	if (ops->open(&(struct accel_params){.mem = mem, .ram = ram.hva, .ram_size = RAM_SIZE,
					     .model = cpu_model_find(model), .max_vcpus = 1},
		      &accel, why, sizeof(why)) < 0)
		die(why);
	vcpu.accel = accel;
	if (ops->vcpu_open(accel, &vcpu) < 0)
		die("cannot open the CPU");
	if (native)
		((struct icpu *)vcpu.back)->native_eager = NATIVE_SLOTS;
	program = load(argv[1]);
	start(&vcpu, &program, argc - 1, argv + 1);
	for (;;) {
		ops->run(&vcpu, &e);
		ops->regs_get(&vcpu, &r);
		if (e.kind != VCPU_EXIT_HCALL || r.pc != 0xc04) {
			fprintf(stderr, "run_elf: stopped (%d) at %#llx, srr0 %#llx srr1 %#llx\n",
				e.kind, (unsigned long long)r.pc, (unsigned long long)r.srr0,
				(unsigned long long)r.srr1);
			return 2;
		}
		if (!syscall_answer(&r))
			break;
		e.hcall.status = (int64_t)r.gpr[3];
		memcpy(e.hcall.out, &r.gpr[4], sizeof(e.hcall.out));
	}
	ops->vcpu_close(&vcpu);
	return (int)(r.gpr[3] & 0xff);
}
