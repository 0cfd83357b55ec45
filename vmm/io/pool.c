/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Operations by a few threads, where there is no io_uring. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "vmm/base/bits.h"
#include "vmm/io/doorbell.h"
#include "vmm/io/aio_impl.h"

#define THREADS 4

struct pool {
	struct aio aio;
	int fd;
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct aio_list todo, finished; /* under the lock */
	bool ending;
	struct doorbell bell; /* something finished */
	pthread_t threads[THREADS];
	unsigned started;
	int (*init)(void *ctx);
	void *init_ctx;
	int init_result;
	sem_t ready;
};

static int64_t op_do(int fd, const struct aio_op *op)
{
	int64_t r = -1;

	switch (op->kind) {
	case AIO_READ:
		r = preadv(fd, op->iov, (int)op->iov_count, (off_t)op->offset);
		break;
	case AIO_WRITE:
		r = pwritev(fd, op->iov, (int)op->iov_count, (off_t)op->offset);
		break;
	case AIO_SYNC:
		r = fdatasync(fd);
		break;
	case AIO_ALLOCATE:
		r = fallocate(fd, op->mode, (off_t)op->offset, (off_t)op->len);
		break;
	}
	return r < 0 ? -errno : r;
}

/* The next operation; NULL at the end, which comes after all that was submitted. */
static struct aio_op *op_wait(struct pool *p)
{
	struct aio_op *op;

	pthread_mutex_lock(&p->lock);
	while (!(op = aio_list_take(&p->todo)) && !p->ending)
		pthread_cond_wait(&p->work, &p->lock);
	pthread_mutex_unlock(&p->lock);
	return op;
}

static void *pool_run(void *arg)
{
	struct pool *p = arg;
	struct aio_op *op;
	int r;

	pthread_setname_np(pthread_self(), "disk");
	r = p->init ? p->init(p->init_ctx) : 0;
	if (r < 0)
		p->init_result = r;
	sem_post(&p->ready);
	while (r == 0 && (op = op_wait(p))) {
		op->result = op_do(p->fd, op);
		pthread_mutex_lock(&p->lock);
		aio_list_add(&p->finished, op);
		pthread_mutex_unlock(&p->lock);
		doorbell_ring(&p->bell);
	}
	return NULL;
}

static void finished_take(void *ctx)
{
	struct pool *p = ctx;
	struct aio_op *op;

	if (!doorbell_take(&p->bell))
		return;
	for (;;) {
		pthread_mutex_lock(&p->lock);
		op = aio_list_take(&p->finished);
		pthread_mutex_unlock(&p->lock);
		if (!op)
			return;
		op->done(op);
	}
}

static void pool_close(struct aio *aio)
{
	struct pool *p = (struct pool *)aio;

	pthread_mutex_lock(&p->lock);
	p->ending = true;
	pthread_cond_broadcast(&p->work);
	pthread_mutex_unlock(&p->lock);
	for (unsigned i = 0; i < p->started; i++)
		pthread_join(p->threads[i], NULL);
	doorbell_close(&p->bell);
	sem_destroy(&p->ready);
	pthread_cond_destroy(&p->work);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

static int pool_open(int fd, struct iothread *thread, struct aio **ret_aio)
{
	struct pool *p = calloc(1, sizeof(*p));
	int r;

	if (!p)
		return -ENOMEM;
	p->aio.ops = &aio_pool_ops;
	p->fd = fd;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->work, NULL);
	sem_init(&p->ready, 0, 0);
	aio_list_init(&p->todo);
	aio_list_init(&p->finished);
	r = doorbell_open(&p->bell);
	if (r == 0)
		r = iothread_watch(thread, p->bell.fd, finished_take, p);
	if (r < 0) {
		pool_close(&p->aio);
		return r;
	}
	*ret_aio = &p->aio;
	return 0;
}

static int pool_start(struct aio *aio, int (*init)(void *ctx), void *ctx)
{
	struct pool *p = (struct pool *)aio;
	static const int own[] = {SIGSYS, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
	sigset_t all, before;
	int r = 0;

	p->init = init;
	p->init_ctx = ctx;
	sigfillset(&all);
	for (unsigned i = 0; i < ARRAY_SIZE(own); i++)
		sigdelset(&all, own[i]);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	for (unsigned i = 0; i < THREADS && r == 0; i++) {
		r = -pthread_create(&p->threads[i], NULL, pool_run, p);
		p->started += r == 0;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	for (unsigned i = 0; i < p->started; i++)
		while (sem_wait(&p->ready) < 0 && errno == EINTR)
			;
	return r < 0 ? r : p->init_result;
}

static void pool_submit(struct aio *aio, struct aio_op *op)
{
	struct pool *p = (struct pool *)aio;

	pthread_mutex_lock(&p->lock);
	aio_list_add(&p->todo, op);
	pthread_cond_signal(&p->work);
	pthread_mutex_unlock(&p->lock);
}

/* They have begun already. */
static void pool_kick(struct aio *aio)
{
}

const struct aio_ops aio_pool_ops = {
	.engine = AIO_THREADS,
	.open = pool_open,
	.close = pool_close,
	.start = pool_start,
	.submit = pool_submit,
	.kick = pool_kick,
};
