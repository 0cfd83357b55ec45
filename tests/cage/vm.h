/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A VM under test, with its console and its messages on pipes. */
#ifndef PAPRIKA_TESTS_CAGE_VM_H
#define PAPRIKA_TESTS_CAGE_VM_H

#include <stdbool.h>
#include <sys/types.h>

struct vm {
	pid_t pid;
	int in, out, err;
	char seen[1 << 16]; /* of its console */
	size_t seen_len;
	char messages[4096]; /* on stderr, complete once it has ended */
};

struct vm_files {
	const char *paprika, *kernel, *initrd;
};

void vm_start(struct vm *vm, const struct vm_files *files, const char *option);
/* Until the console has shown @text. */
bool vm_wait_for(struct vm *vm, const char *text);
/* A line there and its echo back. */
bool vm_echoes(struct vm *vm, const char *word);
/* Its exit status, or 128 and the signal. */
int vm_end(struct vm *vm);
/* Its first child, or 0. */
pid_t vm_helper(const struct vm *vm);
/* The first thread of this name, or 0. */
pid_t vm_thread(const struct vm *vm, const char *name);

#endif
