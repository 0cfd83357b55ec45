/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vCPU threads and their life. */
#include "vmm/cpu/vcpu.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/base/bits.h"

struct vcpus {
	struct vcpus_params params;
	pthread_mutex_t lock;
	pthread_cond_t changed; /* a thread parks, or is to go on */
	bool paused;            /* every thread is to park */
	bool ending;
	atomic_bool attention;  /* either of these: a thread looks at it without the lock */
	unsigned count, threads;
	struct vcpu *vcpu;
};

static __thread struct vcpu *self;

struct vcpu *vcpu_self(void)
{
	return self;
}

/* Waits while the VM is paused or the vCPU stopped; false when the VM ends. */
static bool vcpu_wait_turn(struct vcpu *v, struct vcpu_exit *e)
{
	struct vcpus *all = v->all;
	bool go;

	/* out of the guest and back: who runs has been started, and only stops by itself or while paused */
	if (likely(v->running && !v->stop_self && !atomic_load(&all->attention)))
		return true;
	pthread_mutex_lock(&all->lock);
	if (v->stop_self) {
		v->stop_self = false;
		v->started = false;
	}
	while (!all->ending && (all->paused || !v->started)) {
		/* told once: a second word would wake the others, whose word would wake this one */
		if (!v->parked) {
			v->ops->settle(v, e);
			v->parked = true;
			pthread_cond_broadcast(&all->changed);
		}
		pthread_cond_wait(&all->changed, &all->lock);
	}
	v->parked = false;
	v->running = go = !all->ending;
	pthread_mutex_unlock(&all->lock);
	return go;
}

/* The thread does nothing any more: nobody waits for it. */
static void vcpu_thread_ends(struct vcpu *v)
{
	pthread_mutex_lock(&v->all->lock);
	v->parked = true;
	pthread_cond_broadcast(&v->all->changed);
	pthread_mutex_unlock(&v->all->lock);
}

/* False: there is no going on, and whoever waits for the thread to park knows. */
static bool vcpu_thread_init(struct vcpu *v)
{
	struct vcpus *all = v->all;
	char name[16];

	/* for itself: for another thread it would be a path to write to */
	snprintf(name, sizeof(name), "vcpu%u", v->index);
	pthread_setname_np(pthread_self(), name);
	v->init_error = all->params.thread_init ? all->params.thread_init(all->params.ctx) : 0;
	if (v->init_error == 0)
		return true;
	vcpu_thread_ends(v);
	return false;
}

/* Once: there may be something else to look at before it goes on sleeping. */
static void vcpu_sleep(struct vcpu *v)
{
	bool prodded = atomic_exchange(&v->prodded, false);

	if (!prodded) {
		v->ops->idle(v);
		prodded = atomic_exchange(&v->prodded, false);
	}
	if (prodded || !v->awaits_prod) {
		v->ceded = v->awaits_prod = false;
		atomic_store(&v->joined, false);
	}
}

static void *vcpu_thread(void *arg)
{
	struct vcpu *v = arg;
	struct vcpus *all = v->all;
	struct vcpu_exit e = {.kind = VCPU_EXIT_KICK};

	self = v;
	if (!vcpu_thread_init(v))
		return NULL;
	while (vcpu_wait_turn(v, &e)) {
		if (v->ceded) {
			vcpu_sleep(v);
			continue;
		}
		v->ops->run(v, &e);
		if (all->params.handlers[e.kind])
			all->params.handlers[e.kind](v, &e, all->params.ctx);
		if (v->yields && v->ops->yield)
			v->ops->yield(v);
		v->yields = false;
	}
	vcpu_thread_ends(v);
	return NULL;
}

static int vcpu_thread_start(struct vcpu *v)
{
	static const int own[] = {VCPU_KICK_SIGNAL, SIGSYS, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
	sigset_t all, before;
	int r;

	/* signals for the process go to the loop; those that a thread causes stay with it */
	sigfillset(&all);
	for (unsigned i = 0; i < ARRAY_SIZE(own); i++)
		sigdelset(&all, own[i]);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = -pthread_create(&v->thread, NULL, vcpu_thread, v);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return r;
}

/* Until every new thread has locked itself in and waits to be started: the first error of those. */
static int vcpus_wait_parked(struct vcpus *all)
{
	int r = 0;

	pthread_mutex_lock(&all->lock);
	for (unsigned i = 0; i < all->threads; i++) {
		while (!all->vcpu[i].parked)
			pthread_cond_wait(&all->changed, &all->lock);
		if (r == 0)
			r = all->vcpu[i].init_error;
	}
	pthread_mutex_unlock(&all->lock);
	return r;
}

static int vcpus_open_all(struct vcpus *all)
{
	const struct vcpus_params *p = &all->params;

	for (unsigned i = 0; i < p->count; i++) {
		struct vcpu *v = &all->vcpu[i];
		int r;

		*v = (struct vcpu){.index = i, .server = i, .ops = p->ops, .accel = p->accel,
				   .all = all};
		r = p->ops->vcpu_open(p->accel, v);
		if (r < 0)
			return r;
		all->count++;
		r = vcpu_thread_start(v);
		if (r < 0)
			return r;
		all->threads++;
	}
	return vcpus_wait_parked(all);
}

int vcpus_new(const struct vcpus_params *params, struct vcpus **ret_vcpus)
{
	struct vcpus *all = calloc(1, sizeof(*all));
	int r = -ENOMEM;

	if (!all)
		return r;
	all->params = *params;
	all->paused = true;
	atomic_init(&all->attention, true);
	pthread_mutex_init(&all->lock, NULL);
	pthread_cond_init(&all->changed, NULL);
	all->vcpu = calloc(params->count, sizeof(*all->vcpu));
	if (all->vcpu)
		r = vcpus_open_all(all);
	if (r == 0)
		r = vcpus_wait_parked(all);
	if (r < 0) {
		vcpus_free(all);
		return r;
	}
	*ret_vcpus = all;
	return 0;
}

void vcpus_free(struct vcpus *all)
{
	if (!all)
		return;
	pthread_mutex_lock(&all->lock);
	all->ending = true;
	atomic_store(&all->attention, true);
	pthread_cond_broadcast(&all->changed);
	pthread_mutex_unlock(&all->lock);
	for (unsigned i = 0; i < all->threads; i++)
		all->vcpu[i].ops->kick(&all->vcpu[i]);
	for (unsigned i = 0; i < all->threads; i++)
		pthread_join(all->vcpu[i].thread, NULL);
	for (unsigned i = 0; i < all->count; i++)
		all->vcpu[i].ops->vcpu_close(&all->vcpu[i]);
	pthread_cond_destroy(&all->changed);
	pthread_mutex_destroy(&all->lock);
	free(all->vcpu);
	free(all);
}

unsigned vcpus_count(const struct vcpus *all)
{
	return all->count;
}

struct vcpu *vcpus_get(struct vcpus *all, unsigned index)
{
	return &all->vcpu[index];
}

struct vcpu *vcpus_by_server(struct vcpus *all, uint32_t server)
{
	return server < all->count ? &all->vcpu[server] : NULL;
}

void vcpus_pause(struct vcpus *all)
{
	pthread_mutex_lock(&all->lock);
	all->paused = true;
	atomic_store(&all->attention, true);
	for (unsigned i = 0; i < all->count; i++)
		all->vcpu[i].ops->kick(&all->vcpu[i]);
	for (unsigned i = 0; i < all->threads; i++)
		while (!all->vcpu[i].parked)
			pthread_cond_wait(&all->changed, &all->lock);
	pthread_mutex_unlock(&all->lock);
}

void vcpus_resume(struct vcpus *all)
{
	pthread_mutex_lock(&all->lock);
	all->paused = false;
	atomic_store(&all->attention, all->ending);
	pthread_cond_broadcast(&all->changed);
	pthread_mutex_unlock(&all->lock);
}

int vcpu_start(struct vcpu *v, uint64_t pc, uint64_t r3, uint64_t msr)
{
	struct vcpus *all = v->all;
	struct cpu_regs regs;
	int r = -EBUSY;

	pthread_mutex_lock(&all->lock);
	if (!v->started && v->parked) {
		v->ops->regs_get(v, &regs);
		regs.pc = pc;
		regs.gpr[3] = r3;
		regs.msr = msr;
		v->ops->regs_set(v, &regs);
		v->started = true;
		pthread_cond_broadcast(&all->changed);
		r = 0;
	}
	pthread_mutex_unlock(&all->lock);
	return r;
}

void vcpu_stop_self(struct vcpu *v)
{
	pthread_mutex_lock(&v->all->lock);
	v->stop_self = true;
	pthread_mutex_unlock(&v->all->lock);
}

bool vcpu_is_stopped(struct vcpu *v)
{
	bool stopped;

	pthread_mutex_lock(&v->all->lock);
	stopped = !v->started;
	pthread_mutex_unlock(&v->all->lock);
	return stopped;
}

void vcpu_prod(struct vcpu *v)
{
	atomic_store(&v->joined, false);
	atomic_store(&v->prodded, true);
	v->ops->kick(v);
}

void vcpu_system_reset(struct vcpu *v)
{
	if (vcpu_is_stopped(v))
		return;
	v->ops->system_reset(v);
	vcpu_prod(v); /* whatever it sleeps for */
}

bool vcpu_join(struct vcpu *v)
{
	struct vcpus *all = v->all;
	bool alone = true;

	pthread_mutex_lock(&all->lock);
	for (unsigned i = 0; i < all->count && alone; i++) {
		struct vcpu *other = &all->vcpu[i];

		alone = other == v || !other->started || atomic_load(&other->joined);
	}
	if (!alone) {
		atomic_store(&v->joined, true);
		v->ceded = v->awaits_prod = true;
	}
	pthread_mutex_unlock(&all->lock);
	return !alone;
}

void vcpus_reset(struct vcpus *all)
{
	for (unsigned i = 0; i < all->count; i++) {
		struct vcpu *v = &all->vcpu[i];

		v->started = v->stop_self = v->ceded = v->awaits_prod = v->yields = false;
		atomic_store(&v->joined, false);
		v->vpa_gpa = v->slb_shadow_gpa = v->dtl_gpa = 0;
		atomic_store(&v->prodded, false);
		v->ops->reset(v);
	}
}

void vcpu_describe(struct vcpu *v, char *buf, size_t size)
{
	struct cpu_regs r;
	size_t n;

	v->ops->regs_get(v, &r);
	n = (size_t)snprintf(buf, size,
			     "vCPU %u: pc %016llx msr %016llx lr %016llx ctr %016llx\n"
			     "        cr %08x xer %08llx srr0 %016llx srr1 %016llx dar %016llx dsisr %08x\n",
			     v->index, (unsigned long long)r.pc, (unsigned long long)r.msr,
			     (unsigned long long)r.lr, (unsigned long long)r.ctr, r.cr,
			     (unsigned long long)r.xer, (unsigned long long)r.srr0,
			     (unsigned long long)r.srr1, (unsigned long long)r.dar, r.dsisr);
	for (unsigned i = 0; i < 32 && n < size; i++)
		n += (size_t)snprintf(buf + n, size - n, "%s%02u %016llx%s", i % 4 ? " r" : "        r",
				      i, (unsigned long long)r.gpr[i], i % 4 == 3 ? "\n" : "");
}
