/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The choice of an engine. */
#include "vmm/io/aio.h"

#include "vmm/base/log.h"
#include "vmm/io/aio_impl.h"

int aio_open(int fd, enum aio_engine engine, struct iothread *thread, struct aio **ret_aio)
{
	static bool told;
	int r;

	if (engine == AIO_THREADS)
		return aio_pool_ops.open(fd, thread, ret_aio);
	r = aio_uring_ops.open(fd, thread, ret_aio);
	if (r == 0 || engine == AIO_URING)
		return r;
	if (!told)
		log_warning("io_uring is not to be had here: threads do the disks' I/O");
	told = true;
	return aio_pool_ops.open(fd, thread, ret_aio);
}

void aio_close(struct aio *aio)
{
	if (aio)
		aio->ops->close(aio);
}

enum aio_engine aio_engine(const struct aio *aio)
{
	return aio->ops->engine;
}

int aio_start(struct aio *aio, int (*init)(void *ctx), void *ctx)
{
	return aio->ops->start ? aio->ops->start(aio, init, ctx) : 0;
}

void aio_submit(struct aio *aio, struct aio_op *op)
{
	aio->ops->submit(aio, op);
}

void aio_kick(struct aio *aio)
{
	aio->ops->kick(aio);
}
