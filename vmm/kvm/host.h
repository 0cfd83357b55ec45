/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What /dev/kvm of this host offers, for the host report. Main thread. */
#ifndef PAPRIKA_KVM_HOST_H
#define PAPRIKA_KVM_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KVM_HOST_PAGES 8

/* One type of VM. */
struct kvm_host_type {
	bool there;
	bool radix, hash;
	bool nested; /* its guests can be hypervisors */
	bool secure; /* they can enter secure mode (PEF) */
	bool xics, xive;
	bool htm, hwrng, ail3;
	unsigned vcpus;                          /* a VM may have */
	unsigned radix_pages, hash_pages;        /* how many sizes follow */
	uint8_t radix_shift[KVM_HOST_PAGES], hash_shift[KVM_HOST_PAGES];
};

struct kvm_host {
	char why[160]; /* usable only if empty */
	bool lpar;     /* itself a guest of a hypervisor */
	const char *cpu; /* the level its kernel runs at, or NULL */
	bool compat;     /* which is lower than the processor's */
	struct kvm_host_type hv, pr;
};

/* Itself a guest of a hypervisor. */
bool kvm_host_is_lpar(void);
void kvm_host_probe(struct kvm_host *ret_host);

#endif
