/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the engines of asynchronous operations have to offer. */
#ifndef PAPRIKA_IO_AIO_IMPL_H
#define PAPRIKA_IO_AIO_IMPL_H

#include <stddef.h>

#include "vmm/io/aio.h"

struct aio_ops {
	enum aio_engine engine;
	int (*open)(int fd, struct iothread *thread, struct aio **ret_aio);
	void (*close)(struct aio *aio);
	int (*start)(struct aio *aio, int (*init)(void *ctx), void *ctx);
	void (*submit)(struct aio *aio, struct aio_op *op);
	void (*kick)(struct aio *aio);
};

struct aio {
	const struct aio_ops *ops;
};

/* Operations in the order in which they came. */
struct aio_list {
	struct aio_op *head, **tail;
};

static inline void aio_list_init(struct aio_list *l)
{
	l->head = NULL;
	l->tail = &l->head;
}

static inline void aio_list_add(struct aio_list *l, struct aio_op *op)
{
	op->next = NULL;
	*l->tail = op;
	l->tail = &op->next;
}

static inline struct aio_op *aio_list_take(struct aio_list *l)
{
	struct aio_op *op = l->head;

	if (op) {
		l->head = op->next;
		if (!l->head)
			l->tail = &l->head;
	}
	return op;
}

extern const struct aio_ops aio_uring_ops, aio_pool_ops;

#endif
