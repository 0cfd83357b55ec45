/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/fake/vhost_kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/vhost.h>
#include <net/if.h>
#include <poll.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/fake/must.h"
#include "vmm/base/byteorder.h"

#define DESC_NEXT  1u
#define DESC_WRITE 2u

_Static_assert(FAKE_SET_FEATURES == VHOST_SET_FEATURES && FAKE_SET_VRING_NUM == VHOST_SET_VRING_NUM &&
		       FAKE_SET_VRING_ADDR == VHOST_SET_VRING_ADDR && FAKE_SET_VRING_BASE == VHOST_SET_VRING_BASE &&
		       FAKE_SET_VRING_KICK == VHOST_SET_VRING_KICK && FAKE_SET_VRING_CALL == VHOST_SET_VRING_CALL &&
		       FAKE_NET_SET_BACKEND == VHOST_NET_SET_BACKEND &&
		       FAKE_VSOCK_SET_RUNNING == VHOST_VSOCK_SET_RUNNING,
	       "the kernel's");

struct fake_vhost_kernel fake_vhost_kernel = {.lock = PTHREAD_MUTEX_INITIALIZER};
#define K (&fake_vhost_kernel)

static pthread_cond_t rung = PTHREAD_COND_INITIALIZER;
static bool serving;

/* Rings: all with the lock held. */

static uint8_t *at_gpa(const struct fake_vhost *v, uint64_t gpa, uint64_t len)
{
	for (unsigned i = 0; i < v->regions; i++)
		if (gpa >= v->gpa[i] && gpa - v->gpa[i] < v->size[i] && len <= v->size[i] - (gpa - v->gpa[i]))
			return (uint8_t *)(uintptr_t)(v->hva[i] + (gpa - v->gpa[i]));
	return NULL;
}

static bool chain_serve(const struct fake_vhost *v, const struct fake_vring *r, unsigned head, uint32_t *ret_len)
{
	const uint8_t *table = (const uint8_t *)(uintptr_t)r->desc;
	unsigned i = head;

	*ret_len = 0;
	for (unsigned n = 0; n < r->num && i < r->num; n++) {
		const uint8_t *d = table + 16 * i;
		uint32_t len = load_le32(d + 8);
		unsigned flags = load_le16(d + 12);
		uint8_t *at = at_gpa(v, load_le64(d), len);

		if (!at)
			return false;
		if (flags & DESC_WRITE) {
			memset(at, 0xab, len);
			*ret_len += len;
		}
		if (!(flags & DESC_NEXT))
			return true;
		i = load_le16(d + 14);
	}
	return false;
}

static void ring_serve(const struct fake_vhost *v, struct fake_vring *r)
{
	uint8_t *avail = (uint8_t *)(uintptr_t)r->avail, *used = (uint8_t *)(uintptr_t)r->used;
	const uint64_t one = 1;
	uint32_t len;

	while (r->served && le16toh(__atomic_load_n((uint16_t *)(avail + 2), __ATOMIC_ACQUIRE)) != r->next) {
		unsigned head = load_le16(avail + 4 + 2 * (r->next % r->num));
		uint8_t *elem = used + 4 + 8 * (r->next_used % r->num);

		if (!chain_serve(v, r, head, &len))
			return; /* the kernel stops there, too */
		r->next++;
		store_le32(elem, head);
		store_le32(elem + 4, len);
		r->chains++;
		__atomic_store_n((uint16_t *)(used + 2), htole16(++r->next_used), __ATOMIC_RELEASE);
		must(r->call >= 0 && syscall(SYS_write, r->call, &one, sizeof(one)) == sizeof(one) ? 0 : -EIO, "call");
	}
}

static bool serve_rung(void)
{
	bool any = false;

	for (unsigned i = 0; i < 2 * K->vhost_count; i++) {
		struct fake_vring *r = &K->vhosts[i / 2].rings[i % 2];

		if (!r->rung)
			continue;
		any = true;
		r->rung = false;
		ring_serve(&K->vhosts[i / 2], r);
	}
	return any;
}

static void *serve(void *arg)
{
	pthread_mutex_lock(&K->lock);
	for (;;)
		if (!serve_rung())
			pthread_cond_wait(&rung, &K->lock);
	return NULL;
}

/* The C library's, for this program. The kernel is called for each ring of a bell, and leaves the count. */
ssize_t write(int fd, const void *buf, size_t len)
{
	ssize_t n = syscall(SYS_write, fd, buf, len);

	pthread_mutex_lock(&K->lock);
	for (unsigned i = 0; i < 2 * K->vhost_count; i++)
		if (K->vhosts[i / 2].rings[i % 2].kick == fd)
			K->vhosts[i / 2].rings[i % 2].rung = true;
	pthread_cond_signal(&rung);
	pthread_mutex_unlock(&K->lock);
	return n;
}

void fake_vhost_reset(void)
{
	pthread_t thread;

	if (!serving) {
		serving = true;
		must(-pthread_create(&thread, NULL, serve, NULL), "thread");
		pthread_detach(thread);
	}
	pthread_mutex_lock(&K->lock);
	for (unsigned i = 0; i < 2 * K->vhost_count; i++) {
		struct fake_vring *r = &K->vhosts[i / 2].rings[i % 2];

		if (r->call >= 0)
			close(r->call);
	}
	memset((uint8_t *)K + offsetof(struct fake_vhost_kernel, vhosts), 0,
	       sizeof(*K) - offsetof(struct fake_vhost_kernel, vhosts));
	K->features = 1ull << 33 | 1ull << 32 | 1ull << 29 | 1ull << 28 | 1ull << 27 | 1ull << 26 | 1ull << 24 |
		      1ull << 15 | 1ull << 1;
	K->open_error = 0;
	K->fail_request = 0;
	K->fail_after = 0;
	K->cid_taken = 0;
	pthread_mutex_unlock(&K->lock);
}

unsigned fake_vhost_chains(unsigned vhost, unsigned ring)
{
	unsigned chains;

	pthread_mutex_lock(&K->lock);
	chains = K->vhosts[vhost].rings[ring].chains;
	pthread_mutex_unlock(&K->lock);
	return chains;
}

/* Calls: a negative errno. */

static int ring_file(struct fake_vhost *v, unsigned long request, const struct vhost_vring_file *f)
{
	struct fake_vring *r = &v->rings[f->index];
	struct pollfd there = {f->fd, POLLIN, 0};

	if (request == VHOST_SET_VRING_KICK) {
		r->rung = r->kick != f->fd && poll(&there, 1, 0) == 1;
		r->kick = f->fd;
		pthread_cond_signal(&rung);
		return 0;
	}
	if (r->call >= 0)
		close(r->call);
	r->call = dup(f->fd);
	return r->call < 0 ? -EBADF : 0;
}

static int ring_state(struct fake_vring *r, unsigned long request, struct vhost_vring_state *s)
{
	if (request == VHOST_GET_VRING_BASE) {
		s->num = r->next;
		return 0;
	}
	if (r->served)
		return -EBUSY;
	if (request == VHOST_SET_VRING_NUM) {
		if (!s->num || s->num > 0xffff || (s->num & (s->num - 1)))
			return -EINVAL;
		r->num = s->num;
	} else {
		r->next = (uint16_t)s->num;
	}
	return 0;
}

static int ring_addr(struct fake_vring *r, const struct vhost_vring_addr *a)
{
	if (a->flags || (a->avail_user_addr & 1) || (a->used_user_addr & 3))
		return -EINVAL;
	r->desc = a->desc_user_addr;
	r->avail = a->avail_user_addr;
	r->used = a->used_user_addr;
	return 0;
}

static int ring_begin(struct fake_vhost *v, struct fake_vring *r)
{
	if (!r->num || !r->desc || !r->used || !r->avail || !v->regions)
		return -EFAULT;
	r->next_used = load_le16((const uint8_t *)(uintptr_t)r->used + 2);
	r->served = true;
	return 0;
}

/* Numbers come again. */
static struct fake_tap *tap_find(int fd)
{
	for (unsigned i = K->tap_count; i-- > 0;)
		if (K->taps[i].fd == fd)
			return &K->taps[i];
	return NULL;
}

/* A tap that is detached tells of an error. */
static int backend_set(struct fake_vhost *v, const struct vhost_vring_file *f)
{
	struct fake_vring *r = &v->rings[f->index];
	const struct fake_tap *tap = tap_find(f->fd);

	if (v->vsock)
		return -ENOTTY;
	if (f->fd == -1) {
		r->served = false;
		r->tap = -1;
		return 0;
	}
	if (!tap)
		return -ENOTSOCK;
	r->tap = f->fd;
	return tap->detached ? -EINVAL : ring_begin(v, r);
}

static int running_set(struct fake_vhost *v, int on)
{
	int r = v->vsock ? 0 : -ENOTTY;

	for (unsigned i = 0; i < 2 && r == 0; i++) {
		if (!on)
			v->rings[i].served = false;
		else if (!v->rings[i].served)
			r = ring_begin(v, &v->rings[i]);
	}
	v->running = on && r == 0;
	return r;
}

static int memory_set(struct fake_vhost *v, const struct vhost_memory *m)
{
	if (m->nregions > 2 || m->padding)
		return -E2BIG;
	v->regions = m->nregions;
	for (unsigned i = 0; i < m->nregions; i++) {
		v->gpa[i] = m->regions[i].guest_phys_addr;
		v->size[i] = m->regions[i].memory_size;
		v->hva[i] = m->regions[i].userspace_addr;
	}
	return 0;
}

static int features_set(struct fake_vhost *v, uint64_t features)
{
	if (features & ~K->features)
		return -EOPNOTSUPP;
	v->features = features;
	return 0;
}

static int cid_set(struct fake_vhost *v, uint64_t cid)
{
	if (cid <= 2 || cid >= 0xffffffff)
		return -EINVAL;
	if (cid == K->cid_taken)
		return -EADDRINUSE;
	v->cid = cid;
	return 0;
}

static int vhost_call(struct fake_vhost *v, unsigned long request, void *arg)
{
	unsigned index = 0;

	if (request == VHOST_SET_OWNER) {
		if (v->owned)
			return -EBUSY;
		v->owned = true;
		return 0;
	}
	if (request == VHOST_GET_FEATURES) {
		*(uint64_t *)arg = K->features;
		return 0;
	}
	if (!v->owned)
		return -EPERM;
	if (request != VHOST_SET_MEM_TABLE)
		memcpy(&index, arg, sizeof(index));
	switch (request) {
	case VHOST_SET_MEM_TABLE:
		return memory_set(v, arg);
	case VHOST_SET_FEATURES:
		return features_set(v, *(const uint64_t *)arg);
	case VHOST_VSOCK_SET_GUEST_CID:
		return cid_set(v, *(const uint64_t *)arg);
	case VHOST_VSOCK_SET_RUNNING:
		return running_set(v, *(const int *)arg);
	}
	if (index >= 2)
		return -ENOBUFS;
	switch (request) {
	case VHOST_SET_VRING_NUM:
	case VHOST_SET_VRING_BASE:
	case VHOST_GET_VRING_BASE:
		return ring_state(&v->rings[index], request, arg);
	case VHOST_SET_VRING_ADDR:
		return ring_addr(&v->rings[index], arg);
	case VHOST_SET_VRING_KICK:
	case VHOST_SET_VRING_CALL:
		return ring_file(v, request, arg);
	case VHOST_NET_SET_BACKEND:
		return backend_set(v, arg);
	default:
		return -ENOTTY;
	}
}

static int tap_call(struct fake_tap *t, unsigned long request, void *arg)
{
	short flags;

	switch (request) {
	case TUNSETOFFLOAD:
		K->offloads = (unsigned long)(uintptr_t)arg;
		return 0;
	case TUNSETQUEUE:
		flags = ((struct ifreq *)arg)->ifr_flags;
		if (t->detached == !!(flags & IFF_DETACH_QUEUE))
			return -EINVAL;
		t->detached = flags & IFF_DETACH_QUEUE;
		return 0;
	default:
		return 0;
	}
}

static int any_call(int fd, unsigned long request, void *arg)
{
	struct fake_tap *tap = tap_find(fd);

	if (request == K->fail_request && K->fail_after-- == 0) {
		K->fail_request = 0;
		return -K->fail_error;
	}
	for (unsigned i = K->vhost_count; i-- > 0;)
		if (K->vhosts[i].fd == fd)
			return vhost_call(&K->vhosts[i], request, arg);
	return tap ? tap_call(tap, request, arg) : -EBADF;
}

/* The C library's, for this program. */
int ioctl(int fd, unsigned long request, ...)
{
	va_list ap;
	void *arg;
	int r;

	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);
	pthread_mutex_lock(&K->lock);
	r = any_call(fd, request, arg);
	pthread_mutex_unlock(&K->lock);
	errno = r < 0 ? -r : 0;
	return r < 0 ? -1 : r;
}

static int vhost_open(bool vsock)
{
	struct fake_vhost *v = &K->vhosts[K->vhost_count];

	errno = K->open_error;
	if (errno)
		return -1;
	must(K->vhost_count < FAKE_VHOSTS ? 0 : -ENOSPC, "vhosts");
	*v = (struct fake_vhost){.fd = eventfd(0, EFD_CLOEXEC), .vsock = vsock};
	for (unsigned i = 0; i < 2; i++)
		v->rings[i].kick = v->rings[i].call = v->rings[i].tap = -1;
	K->vhost_count++;
	return v->fd;
}

int open(const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list ap;

	va_start(ap, flags);
	if (flags & O_CREAT)
		mode = (mode_t)va_arg(ap, int);
	va_end(ap);
	if (!strcmp(path, "/dev/vhost-net") || !strcmp(path, "/dev/vhost-vsock"))
		return vhost_open(strstr(path, "vsock"));
	if (!strcmp(path, "/dev/net/tun")) {
		must(K->tap_count < FAKE_VHOSTS ? 0 : -ENOSPC, "taps");
		K->taps[K->tap_count] = (struct fake_tap){.fd = eventfd(0, EFD_CLOEXEC)};
		return K->taps[K->tap_count++].fd;
	}
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}
