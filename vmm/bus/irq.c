/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The router between devices' interrupt lines and the active controller. */
#include "vmm/bus/irq.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct router_source {
	bool level_sensitive;
	bool asserted; /* level: the line's state */
};

struct irq_router {
	pthread_mutex_t lock; /* of levels, of allocation and of a change of mode */
	struct {
		const struct irq_chip_ops *ops;
		void *chip;
	} chips[IRQ_MODE_NONE];
	_Atomic enum irq_mode mode;
	atomic_uint used;
	struct router_source sources[IRQ_SOURCES];
};

static void chip_set(struct irq_router *r, uint32_t source, bool level)
{
	enum irq_mode mode = atomic_load(&r->mode);

	if (mode != IRQ_MODE_NONE)
		r->chips[mode].ops->set(r->chips[mode].chip, source, level);
}

/* An edge needs no lock: one that meets a change of mode is lost, like all others before it. */
static void router_set(void *chip, uint32_t source, bool level)
{
	struct irq_router *r = chip;
	uint32_t at = source - IRQ_SOURCE_BASE;

	if (at >= atomic_load(&r->used))
		return;
	if (!r->sources[at].level_sensitive) {
		chip_set(r, source, level);
		return;
	}
	pthread_mutex_lock(&r->lock);
	r->sources[at].asserted = level;
	chip_set(r, source, level);
	pthread_mutex_unlock(&r->lock);
}

/* Whichever of a kernel's controllers is asked: they are one as to this. */
static int router_fd_bind(void *chip, uint32_t source, int fd, bool on)
{
	const struct irq_router *r = chip;
	uint32_t at = source - IRQ_SOURCE_BASE;

	if (at >= atomic_load(&r->used) || r->sources[at].level_sensitive)
		return -EINVAL;
	for (unsigned i = 0; i < IRQ_MODE_NONE; i++)
		if (r->chips[i].ops && r->chips[i].ops->fd_bind)
			return r->chips[i].ops->fd_bind(r->chips[i].chip, source, fd, on);
	return -ENOTSUP;
}

static const struct irq_chip_ops router_ops = {.set = router_set, .fd_bind = router_fd_bind};

int irq_router_new(struct irq_router **ret_router)
{
	struct irq_router *r = calloc(1, sizeof(*r));

	if (!r)
		return -ENOMEM;
	pthread_mutex_init(&r->lock, NULL);
	atomic_store(&r->mode, IRQ_MODE_NONE);
	*ret_router = r;
	return 0;
}

void irq_router_free(struct irq_router *r)
{
	if (!r)
		return;
	pthread_mutex_destroy(&r->lock);
	free(r);
}

void irq_router_attach(struct irq_router *r, enum irq_mode mode, const struct irq_chip_ops *ops,
		       void *chip)
{
	r->chips[mode].ops = ops;
	r->chips[mode].chip = chip;
	(void)ops->activate(chip, false); /* it is not yet */
}

static int alloc_locked(struct irq_router *r, bool level_sensitive, uint32_t *ret_source)
{
	unsigned at = atomic_load(&r->used);

	if (at == IRQ_SOURCES)
		return -ENOSPC;
	for (unsigned i = 0; i < IRQ_MODE_NONE; i++) {
		int v = !r->chips[i].ops ? 0 :
			r->chips[i].ops->source_add(r->chips[i].chip, IRQ_SOURCE_BASE + at,
						    level_sensitive);

		if (v < 0)
			return v;
	}
	r->sources[at].level_sensitive = level_sensitive;
	atomic_store(&r->used, at + 1);
	*ret_source = IRQ_SOURCE_BASE + at;
	return 0;
}

int irq_router_alloc(struct irq_router *r, bool level_sensitive, struct irq_line *ret_line)
{
	uint32_t source;
	int v;

	pthread_mutex_lock(&r->lock);
	v = alloc_locked(r, level_sensitive, &source);
	pthread_mutex_unlock(&r->lock);
	if (v == 0)
		*ret_line = (struct irq_line){.ops = &router_ops, .chip = r, .source = source};
	return v;
}

static int select_locked(struct irq_router *r, enum irq_mode mode)
{
	enum irq_mode old = atomic_exchange(&r->mode, mode);
	int v = 0;

	if (old != mode && old != IRQ_MODE_NONE)
		v = r->chips[old].ops->activate(r->chips[old].chip, false);
	if (v == 0 && mode != IRQ_MODE_NONE)
		v = r->chips[mode].ops->activate(r->chips[mode].chip, true);
	if (v < 0) {
		atomic_store(&r->mode, IRQ_MODE_NONE);
		return v;
	}
	for (unsigned i = 0; i < atomic_load(&r->used); i++)
		if (r->sources[i].asserted)
			chip_set(r, IRQ_SOURCE_BASE + i, true);
	return 0;
}

int irq_router_select(struct irq_router *r, enum irq_mode mode)
{
	int v;

	pthread_mutex_lock(&r->lock);
	v = select_locked(r, mode);
	pthread_mutex_unlock(&r->lock);
	return v;
}

enum irq_mode irq_router_mode(const struct irq_router *r)
{
	return atomic_load(&r->mode);
}

bool irq_router_has(const struct irq_router *r, enum irq_mode mode)
{
	return mode < IRQ_MODE_NONE && r->chips[mode].ops;
}
