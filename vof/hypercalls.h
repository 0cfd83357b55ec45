/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * H-calls of guests under kvm_pr in a host that has a hypervisor of its own: there sc 1 in problem state is that
 * one's. kvm_pr takes another, otherwise invalid instruction for it, and the VMM puts that into what it loads.
 * Source: arch/powerpc/kvm/book3s_emulate.c.
 */
#ifndef PAPRIKA_VOF_HYPERCALLS_H
#define PAPRIKA_VOF_HYPERCALLS_H

#include <stddef.h>

/* Every sc 1, of either byte order, in @len bytes of code, which begin at a multiple of 4; how many. */
size_t hypercalls_replace(void *code, size_t len);

#endif
