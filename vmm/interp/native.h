/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Native code: what predecoded pages that are often executed become on x86-64 hosts.
 *
 * It is one more kind of handler: a slot's fn is then the place in the page's native code that is
 * the slot's instruction, entered and left as any handler is. Nothing of the guest is in host
 * registers between instructions but what the code itself can tell, so that each slot can be
 * entered, and what has no native form, misses or faults goes to the handlers.
 *
 * Its memory is a memfd that is mapped twice, writable and executable, and never both at one
 * address. It belongs to one vCPU, as predecoded pages do. A host that permits no such mapping has
 * handlers alone.
 *
 * Threads: the vCPU's own, but for opening and closing.
 */
#ifndef PAPRIKA_INTERP_NATIVE_H
#define PAPRIKA_INTERP_NATIVE_H

#include "vmm/interp/cpu.h"
#include "vmm/interp/dispatch.h"

#if DISPATCH_TAIL && defined(__x86_64__)
#define INTERP_NATIVE 1
#else
#define INTERP_NATIVE 0
#endif

/* Once, before native_open(): builds the look-up from handlers to emitters. */
void native_init(void);

/*
 * Reserves @size bytes for the vCPU's native code; it is used as far as it is needed. -ENOTSUP: not
 * on this host; or the error of memfd_create(), ftruncate() or mmap(), as where executable memory
 * is forbidden: the vCPU then does without.
 */
int native_open(struct icpu *cpu, uint64_t size);
void native_close(struct icpu *cpu);

/*
 * Between handlers, with the budget used up at slot @op: its page becomes native when that has
 * happened often.
 */
void native_sample(struct icpu *cpu, op_t *op);
/* Between handlers: makes @page native now; false if there is no room, or its flags have no native
 * form. */
bool native_translate(struct icpu *cpu, struct op_page *page);
/* Slots of @page are handlers again. Its native code is not running: a handler changes code. */
void native_forget(struct icpu *cpu, struct op_page *page);

/* True: there has long been no room; native_flush() after all pages were given up makes some. */
bool native_wants_flush(const struct icpu *cpu);
void native_flush(struct icpu *cpu);

#endif
