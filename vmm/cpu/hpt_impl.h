/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the hashed page table share. */
#ifndef PAPRIKA_CPU_HPT_IMPL_H
#define PAPRIKA_CPU_HPT_IMPL_H

#include <endian.h>
#include <pthread.h>
#include <stdatomic.h>

#include "vmm/cpu/hpt.h"

/* An entry in the table, big-endian. */
struct hpt_slot {
	_Atomic uint64_t v, r;
};

/* Changing its size while others look is harmless: the memory is there for the largest. */
struct hpt_table {
	struct hpt_slot *slots;
	_Atomic unsigned shift;
};

struct hpt {
	struct hpt_table *_Atomic current;
	struct hpt_table tables[2]; /* the present one, and one that is or may become pending */
	unsigned shift_initial, shift_max;
	const struct hpt_ops *ops;
	void *ctx;
	void *memory;
	uint64_t memory_len;

	pthread_mutex_t resize_lock;
	unsigned pending_shift; /* 0: none */
};

/* All entries invalid. */
void hpt_table_clear(struct hpt *hpt, struct hpt_table *t);

static inline uint64_t table_entries(const struct hpt_table *t)
{
	return 1ULL << (atomic_load_explicit(&t->shift, memory_order_relaxed) - 4);
}

static inline uint64_t slot_v(const struct hpt_slot *s)
{
	return be64toh(atomic_load_explicit(&s->v, memory_order_acquire));
}

static inline uint64_t slot_r(const struct hpt_slot *s)
{
	return be64toh(atomic_load_explicit(&s->r, memory_order_acquire));
}

static inline bool slot_v_replace(struct hpt_slot *s, uint64_t old, uint64_t v)
{
	old = htobe64(old);
	return atomic_compare_exchange_strong(&s->v, &old, htobe64(v));
}

static inline bool slot_r_replace(struct hpt_slot *s, uint64_t old, uint64_t r)
{
	old = htobe64(old);
	return atomic_compare_exchange_strong(&s->r, &old, htobe64(r));
}

#endif
