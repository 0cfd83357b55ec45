/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtual Open Firmware: the blob in the guest, and the IEEE 1275 client interface that the VMM answers
 * for it. Source: IEEE 1275-1994 chapter 6 (client interface), LoPAR appendix "PAPR binding".
 *
 * Threads: vof_client() on any vCPU's thread; it takes the object's own lock. The rest while no vCPU
 * runs.
 */
#ifndef PAPRIKA_VOF_VOF_H
#define PAPRIKA_VOF_VOF_H

#include <stddef.h>
#include <stdint.h>

#include "vmm/mem/gmem.h"

struct vof;

/*
 * A tree whose properties become the live tree's, node by node of the same name; a child of the root that
 * has a phandle takes the place of the live node that has it. Kept by who gives it.
 */
struct vof_changes {
	const void *blob; /* or NULL */
	size_t len;
};

/* The answer of a negotiation: properties to set before the call returns. */
struct vof_cas_answer {
	uint8_t vec5[64]; /* ibm,architecture-vec-5 of /chosen */
	size_t vec5_len;
	struct vof_changes trees[2];
};

struct vof_callbacks {
	/* Console; write returns how many bytes it took, read how many there were. */
	size_t (*console_write)(void *ctx, const uint8_t *buf, size_t len);
	size_t (*console_read)(void *ctx, uint8_t *buf, size_t len);
	/* ibm,client-architecture-support with the vectors at @vectors: 0, or negative to refuse. */
	int (*cas)(void *ctx, gpa_t vectors, struct vof_cas_answer *ret_answer);
	/* exit and boot: the client program gives up. */
	void (*exit)(void *ctx, const char *reason);
	void *ctx;
};

struct vof_params {
	struct gmem *mem;
	const void *dtb; /* copied */
	size_t dtb_len;
	const uint8_t *rtas_blob; /* what instantiate-rtas puts in place; kept by the caller */
	size_t rtas_blob_len;
	const char *stdout_path; /* or NULL; kept by the caller */
	struct vof_callbacks callbacks;
};

/* -ENOMEM; -EINVAL: not a device tree. */
__must_check int vof_new(const struct vof_params *params, struct vof **ret_vof);
void vof_free(struct vof *vof);

/* Back to the tree it was made with, nothing claimed, nothing open. -ENOMEM. */
__must_check int vof_reset(struct vof *vof);

/* Puts the blob at address 0 and claims its place. -EFAULT: no RAM there. */
__must_check int vof_place(struct vof *vof);
/* Marks a range as in use. -EBUSY: it overlaps another; -ENOSPC: too many. */
__must_check int vof_claim_range(struct vof *vof, uint64_t base, uint64_t size);

/* Where instantiate-rtas has put RTAS, 0 for nowhere yet. Any thread. */
uint64_t vof_rtas_base(const struct vof *vof);

/* Where a client program starts, once its entry is in r6 and the initrd in r3 and r4. */
uint64_t vof_entry(void);

/* Answers a call with its argument array at @args; the value for r3 of the client. */
int64_t vof_client(struct vof *vof, gpa_t args);

#endif
