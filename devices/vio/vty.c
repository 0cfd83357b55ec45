/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The virtual terminal. */
#include "devices/vio/vty.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "vmm/base/bytering.h"

#define INPUT_SIZE 4096

struct vty {
	uint32_t unit;
	struct chr *chr;
	struct irq_line line;
	pthread_mutex_t lock;
	bool signal; /* H_VIO_SIGNAL; on at first, since Linux never asks for it */
	struct bytering input;
};

/* Input from the back end, on the loop thread: how much of it was taken. */
static size_t vty_input(void *ctx, const uint8_t *buf, size_t len)
{
	struct vty *vty = ctx;
	size_t taken;
	bool raise;

	pthread_mutex_lock(&vty->lock);
	taken = bytering_put(&vty->input, buf, len);
	raise = taken && vty->signal;
	pthread_mutex_unlock(&vty->lock);
	if (raise)
		irq_line_set(&vty->line, true);
	return taken;
}

int vty_new(uint32_t unit, struct chr *chr, const struct irq_line *line, struct vty **ret_vty)
{
	struct vty *vty = calloc(1, sizeof(*vty));

	if (!vty || bytering_init(&vty->input, INPUT_SIZE) < 0) {
		free(vty);
		return -ENOMEM;
	}
	vty->unit = unit;
	vty->chr = chr;
	vty->line = *line;
	vty->signal = true;
	pthread_mutex_init(&vty->lock, NULL);
	chr_set_input(chr, vty_input, vty);
	*ret_vty = vty;
	return 0;
}

void vty_free(struct vty *vty)
{
	if (!vty)
		return;
	chr_set_input(vty->chr, NULL, NULL);
	pthread_mutex_destroy(&vty->lock);
	bytering_done(&vty->input);
	free(vty);
}

void vty_reset(struct vty *vty)
{
	pthread_mutex_lock(&vty->lock);
	vty->signal = true;
	bytering_clear(&vty->input);
	pthread_mutex_unlock(&vty->lock);
	chr_input_ready(vty->chr);
}

uint32_t vty_unit(const struct vty *vty)
{
	return vty->unit;
}

void vty_describe(const struct vty *vty, struct fdt_writer *w)
{
	const uint32_t interrupts[] = {vty->line.source, 0};

	fdt_begin_unit(w, "vty", vty->unit);
	fdt_prop_str(w, "device_type", "serial");
	fdt_prop_str(w, "compatible", "hvterm1");
	fdt_prop_u32(w, "reg", vty->unit);
	fdt_prop_cells(w, "interrupts", interrupts, 2);
	fdt_end(w);
}

int vty_put(struct vty *vty, const uint8_t *buf, size_t len)
{
	return chr_write(vty->chr, buf, len);
}

size_t vty_get(struct vty *vty, uint8_t *buf, size_t size)
{
	size_t n;

	pthread_mutex_lock(&vty->lock);
	n = bytering_get(&vty->input, buf, size);
	pthread_mutex_unlock(&vty->lock);
	if (n)
		chr_input_ready(vty->chr);
	return n;
}

void vty_signal(struct vty *vty, bool enable)
{
	bool raise;

	pthread_mutex_lock(&vty->lock);
	vty->signal = enable;
	raise = enable && bytering_used(&vty->input);
	pthread_mutex_unlock(&vty->lock);
	if (raise)
		irq_line_set(&vty->line, true);
}
