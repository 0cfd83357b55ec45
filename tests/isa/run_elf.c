/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a static ppc64le Linux program that uses write(2), exit(2) and brk(2) at the most in the bare
 * interpreter: real mode, supervisor state, no device. The same program runs under qemu-user, whose
 * output is the oracle.
 *
 * run_elf [--isa-model NAME] PROGRAM [ARGUMENT...]
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
#include "vmm/mem/ram.h"

#define RAM_SIZE    (512ULL << 20)
#define STACK_TOP   (RAM_SIZE - (1 << 20))
#define INSN_SC1    0x44000022u
#define INSN_RFID   0x4c000024u
#define NR_EXIT     1
#define NR_WRITE    4
#define NR_EXIT_ALL 234

static struct ram ram;

static void die(const char *what)
{
	fprintf(stderr, "run_elf: %s\n", what);
	exit(3);
}

static uint64_t load(const char *path)
{
	int fd = open(path, O_RDONLY);
	struct stat st;
	const uint8_t *image;
	const Elf64_Ehdr *eh;

	if (fd < 0 || fstat(fd, &st) < 0)
		die("cannot open the program");
	image = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	eh = (const void *)image;
	if (image == MAP_FAILED || memcmp(eh->e_ident, ELFMAG, SELFMAG))
		die("not an ELF");
	for (unsigned i = 0; i < le16toh(eh->e_phnum); i++) {
		const Elf64_Phdr *ph = (const void *)(image + le64toh(eh->e_phoff) + i * sizeof(*ph));

		if (le32toh(ph->p_type) != PT_LOAD)
			continue;
		if (le64toh(ph->p_vaddr) + le64toh(ph->p_memsz) > STACK_TOP)
			die("program too large");
		memcpy(ram.hva + le64toh(ph->p_vaddr), image + le64toh(ph->p_offset),
		       le64toh(ph->p_filesz));
	}
	return le64toh(eh->e_entry);
}

/* argc, argv, an empty environment and auxiliary vector, as at a process's start. */
static uint64_t stack_make(int argc, char **argv)
{
	uint64_t strings = STACK_TOP, sp = STACK_TOP - 65536;
	uint64_t at = sp;

	store_le64(ram.hva + at, (uint64_t)argc);
	for (int i = 0; i < argc; i++) {
		strcpy((char *)ram.hva + strings, argv[i]);
		store_le64(ram.hva + (at += 8), strings);
		strings += strlen(argv[i]) + 1;
	}
	return sp;
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
	const struct accel_ops *ops = &interp_accel_ops;
	struct vcpu vcpu = {.ops = ops};
	struct vcpu_exit e = {0};
	struct cpu_regs r;
	struct accel *accel;
	struct gmem *mem;
	const char *model = "power9";

	if (argc > 2 && !strcmp(argv[1], "--model")) {
		model = argv[2];
		argc -= 2;
		argv += 2;
	}
	if (argc < 2)
		die("usage: run_elf [--model NAME] PROGRAM");
	if (ram_open(&ram, RAM_SIZE) < 0 || gmem_new(&mem) < 0 ||
	    gmem_add(mem, GPA(0), RAM_SIZE, ram.hva) < 0)
		die("no memory");
	if (ops->open(&(struct accel_params){.mem = mem, .ram = ram.hva, .ram_size = RAM_SIZE,
					     .model = cpu_model_find(model), .max_vcpus = 1},
		      &accel) < 0)
		die("cannot open the interpreter");
	vcpu.accel = accel;
	if (ops->vcpu_open(accel, &vcpu) < 0)
		die("cannot open the CPU");
	ops->mode_set(&vcpu, ACCEL_MODE_LE, 1);
	store_le32(ram.hva + 0xc00, INSN_SC1);
	store_le32(ram.hva + 0xc04, INSN_RFID);
	ops->regs_get(&vcpu, &r);
	r.pc = load(argv[1]);
	r.gpr[12] = r.pc;
	r.gpr[1] = stack_make(argc - 1, argv + 1);
	r.msr = MSR_SF | MSR_LE | MSR_FP | MSR_VEC | MSR_VSX;
	ops->regs_set(&vcpu, &r);
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
