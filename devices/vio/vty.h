/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The virtual terminal of /vdevice. LoPAR "Virtual Terminal (Vterm)" option, 17.5.2 for its h-calls.
 *
 * Threads: vty_put and vty_get on vCPU threads, input on the loop thread; a lock of its own guards the
 * input ring. Output goes straight to the character back end, which has its own lock.
 */
#ifndef PAPRIKA_VIO_VTY_H
#define PAPRIKA_VIO_VTY_H

#include <stddef.h>
#include <stdint.h>

#include "fdt/writer.h"
#include "vmm/base/check.h"
#include "vmm/bus/irq.h"
#include "vmm/io/chr.h"

#define VTY_UNIT_BASE 0x71000000u
#define VTY_CALL_MAX  16 /* bytes that one h-call moves */

struct vty;

/* @chr is kept by the caller; its input comes here. -ENOMEM. */
__must_check int vty_new(uint32_t unit, struct chr *chr, const struct irq_line *line,
			 struct vty **ret_vty);
void vty_free(struct vty *vty);
void vty_reset(struct vty *vty);
uint32_t vty_unit(const struct vty *vty);
void vty_describe(const struct vty *vty, struct fdt_writer *w);

/* All of @len bytes to the terminal, or -EAGAIN and none. */
__must_check int vty_put(struct vty *vty, const uint8_t *buf, size_t len);
/* At most @size bytes of input; their number. */
size_t vty_get(struct vty *vty, uint8_t *buf, size_t size);
/* H_VIO_SIGNAL: whether input raises the interrupt. */
void vty_signal(struct vty *vty, bool enable);

#endif
