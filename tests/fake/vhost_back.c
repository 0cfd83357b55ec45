/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The back end of tests/fake/vhost_back.h. */
#include "tests/fake/vhost_back.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vmm/base/byteorder.h"
#include "vmm/io/unix_socket.h"

#define DESC_NEXT     1u
#define DESC_WRITE    2u
#define DESC_INDIRECT 4u

static void must(bool ok, const char *what)
{
	if (!ok) {
		perror(what);
		exit(3);
	}
}

/* Memory. */

static uint8_t *at_gpa(struct back *b, uint64_t gpa, uint64_t len)
{
	for (unsigned i = 0; i < b->memory.count; i++) {
		const struct vhost_memory_region *r = &b->memory.regions[i];

		if (gpa >= r->gpa && check_range_u64(gpa - r->gpa, len, r->size))
			return b->mapped[i] + (gpa - r->gpa);
	}
	return NULL;
}

static uint8_t *at_user(struct back *b, uint64_t address)
{
	for (unsigned i = 0; i < b->memory.count; i++) {
		const struct vhost_memory_region *r = &b->memory.regions[i];

		if (address >= r->user_address && address - r->user_address < r->size)
			return b->mapped[i] + (address - r->user_address);
	}
	return NULL;
}

static void memory_forget(struct back *b)
{
	for (unsigned i = 0; i < b->memory.count; i++)
		munmap(b->mapped[i], b->memory.regions[i].size);
	b->memory.count = 0;
}

static bool memory_map(struct back *b, const struct vhost_msg *m, const int *fds, unsigned fd_count)
{
	struct vhost_memory new;

	memory_forget(b);
	memset(&new, 0, sizeof(new));
	memcpy(&new, m->payload.raw, m->size < sizeof(new) ? m->size : sizeof(new));
	if (new.count > VHOST_REGIONS_MAX || new.count != fd_count)
		return false;
	for (unsigned i = 0; i < new.count; i++) {
		b->mapped[i] = mmap(NULL, new.regions[i].size, PROT_READ | PROT_WRITE, MAP_SHARED, fds[i],
				    (off_t)new.regions[i].mmap_offset);
		must(b->mapped[i] != MAP_FAILED, "mmap");
	}
	b->memory = new;
	return true;
}

/* Rings. */

static void ring_call(struct back *b, unsigned q)
{
	const uint64_t one = 1;

	b->calls++;
	if (b->queues[q].call >= 0)
		must(write(b->queues[q].call, &one, sizeof(one)) == sizeof(one), "write");
}

void back_used_index(struct back *b, unsigned q, uint16_t idx)
{
	__atomic_store_n((uint16_t *)(b->queues[q].used + 2), htole16(idx), __ATOMIC_RELEASE);
	ring_call(b, q);
}

void back_use(struct back *b, unsigned q, uint16_t head, uint32_t len)
{
	struct back_queue *v = &b->queues[q];
	uint8_t *elem = v->used + 4 + 8 * (v->next_used % v->size);

	store_le32(elem, head);
	store_le32(elem + 4, len);
	back_used_index(b, q, ++v->next_used);
}

static bool chain_walk(struct back *b, const uint8_t *table, unsigned count, unsigned i, struct back_chain *c)
{
	for (unsigned n = 0; n < BACK_SEGMENTS && i < count; n++) {
		const uint8_t *d = table + 16 * i;
		unsigned flags = load_le16(d + 12);
		uint8_t *at = at_gpa(b, load_le64(d), load_le32(d + 8));

		if (!at)
			return false;
		if (flags & DESC_INDIRECT)
			return chain_walk(b, at, load_le32(d + 8) / 16, 0, c);
		c->iov[n] = (struct iovec){at, load_le32(d + 8)};
		*(flags & DESC_WRITE ? &c->writable : &c->readable) += 1;
		if (!(flags & DESC_NEXT))
			return true;
		i = load_le16(d + 14);
	}
	return false;
}

static void queue_work(struct back *b, unsigned q)
{
	struct back_queue *v = &b->queues[q];

	while (v->started && v->enabled && v->size && v->desc && b->chain) {
		uint16_t idx = le16toh(__atomic_load_n((uint16_t *)(v->avail + 2), __ATOMIC_ACQUIRE));
		struct back_chain c = {0};
		uint32_t len = 0;

		if (idx == v->next_avail)
			return;
		c.head = load_le16(v->avail + 4 + 2 * (v->next_avail++ % v->size));
		/* what is no chain goes back as it came */
		if (!chain_walk(b, v->desc, v->size, c.head, &c) || b->chain(b, q, &c, &len))
			back_use(b, q, c.head, len);
	}
}

/* Messages. */

static bool known(unsigned q)
{
	return q < BACK_QUEUES;
}

static void fd_set_to(int *fd, int to)
{
	if (*fd >= 0)
		close(*fd);
	*fd = to;
}

static bool vring_addr(struct back *b, const struct vhost_msg *m)
{
	struct vhost_vring_addr a;

	VHOST_PAYLOAD_GET(m, &a);
	if (!known(a.index))
		return false;
	b->queues[a.index].desc = at_user(b, a.desc);
	b->queues[a.index].avail = at_user(b, a.avail);
	b->queues[a.index].used = at_user(b, a.used);
	return b->queues[a.index].desc && b->queues[a.index].avail && b->queues[a.index].used;
}

static bool vring_state(struct back *b, const struct vhost_msg *m)
{
	struct vhost_vring_state s;
	struct back_queue *q;

	VHOST_PAYLOAD_GET(m, &s);
	if (!known(s.index))
		return false;
	q = &b->queues[s.index];
	switch (m->request) {
	case VHOST_SET_VRING_NUM:
		q->size = s.num;
		break;
	case VHOST_SET_VRING_BASE:
		q->next_avail = (uint16_t)s.num;
		q->next_used = (uint16_t)s.num;
		break;
	case VHOST_SET_VRING_ENABLE:
		q->enabled = s.num;
		break;
	}
	return true;
}

static bool vring_fd(struct back *b, const struct vhost_msg *m, int *fd)
{
	uint64_t which;

	VHOST_PAYLOAD_GET(m, &which);
	if (!known(which & 0xff) || *fd < 0)
		return false;
	if (m->request == VHOST_SET_VRING_CALL) {
		fd_set_to(&b->queues[which & 0xff].call, *fd);
	} else {
		fd_set_to(&b->queues[which & 0xff].kick, *fd);
		b->queues[which & 0xff].started = true;
	}
	*fd = -1;
	return true;
}

static bool config_set(struct back *b, const struct vhost_msg *m)
{
	const struct vhost_config *c = &m->payload.config;

	b->config_sets++;
	if (!check_range_u64(c->offset, c->size, b->config_len))
		return false;
	memcpy(b->config + c->offset, c->bytes, c->size);
	return true;
}

/* False: refused. */
static bool act(struct back *b, const struct vhost_msg *m, int *fds, unsigned fd_count)
{
	uint64_t u64 = 0;

	VHOST_PAYLOAD_GET(m, &u64);
	switch (m->request) {
	case VHOST_SET_FEATURES:
		b->features_set = u64;
		return !(u64 & ~b->features);
	case VHOST_SET_MEM_TABLE:
		return memory_map(b, m, fds, fd_count);
	case VHOST_SET_VRING_ADDR:
		return vring_addr(b, m);
	case VHOST_SET_VRING_NUM:
	case VHOST_SET_VRING_BASE:
	case VHOST_SET_VRING_ENABLE:
		return vring_state(b, m);
	case VHOST_SET_VRING_CALL:
	case VHOST_SET_VRING_KICK:
		return vring_fd(b, m, &fds[0]);
	case VHOST_SET_BACKEND_REQ_FD:
		fd_set_to(&b->request_fd, fds[0]);
		fds[0] = -1;
		return true;
	case VHOST_SET_CONFIG:
		return config_set(b, m);
	case VHOST_SET_OWNER:
	case VHOST_SET_PROTOCOL_FEATURES:
		return true;
	default:
		return false;
	}
}

/* Whether @m has an answer of its own, and then into @r. */
static bool answer(struct back *b, const struct vhost_msg *m, struct vhost_msg *r)
{
	uint64_t u64 = 0;
	struct vhost_vring_state s;

	switch (m->request) {
	case VHOST_GET_FEATURES:
		u64 = b->features;
		break;
	case VHOST_GET_PROTOCOL_FEATURES:
		u64 = b->protocol;
		break;
	case VHOST_GET_QUEUE_NUM:
		u64 = b->queue_count;
		break;
	case VHOST_GET_VRING_BASE:
		VHOST_PAYLOAD_GET(m, &s);
		if (known(s.index)) {
			b->queues[s.index].started = false;
			if (b->stopped)
				b->stopped(b, s.index);
			s.num = b->queues[s.index].next_avail;
		}
		memcpy(r->payload.raw, &s, sizeof(s));
		r->size = sizeof(s);
		return true;
	case VHOST_GET_CONFIG:
		*r = *m;
		if (m->payload.config.size > b->config_len)
			r->size = 0;
		else
			memcpy(r->payload.config.bytes, b->config, m->payload.config.size);
		return true;
	default:
		return false;
	}
	memcpy(r->payload.raw, &u64, sizeof(u64));
	r->size = sizeof(u64);
	return true;
}

static void hang_up(struct back *b)
{
	for (unsigned i = 0; i < BACK_QUEUES; i++) {
		if (b->stopped && b->queues[i].started)
			b->stopped(b, i);
		fd_set_to(&b->queues[i].kick, -1);
		fd_set_to(&b->queues[i].call, -1);
		b->queues[i] = (struct back_queue){.kick = -1, .call = -1};
	}
	memory_forget(b);
	fd_set_to(&b->request_fd, -1);
	fd_set_to(&b->fd, -1);
}

static void reply(struct back *b, struct vhost_msg *r, enum back_fault fault)
{
	size_t len = VHOST_HEAD + r->size;

	switch (fault) {
	case BACK_SILENT:
		return;
	case BACK_ENDS:
		hang_up(b);
		return;
	case BACK_SHORT:
		r->size -= 4;
		len -= 4;
		break;
	case BACK_OTHER:
		r->request++;
		break;
	case BACK_VERSION:
		r->flags ^= 3;
		break;
	case BACK_HUGE:
		r->size = VHOST_PAYLOAD_MAX + 1;
		break;
	case BACK_DRIPS:
		len = 1;
		break;
	default:
		break;
	}
	if (send(b->fd, r, len, MSG_NOSIGNAL) < 0)
		hang_up(b);
}

static void message(struct back *b, const struct vhost_msg *m, int *fds, unsigned fd_count)
{
	enum back_fault fault = m->request == b->fault_at ? b->fault : BACK_SOUND;
	struct vhost_msg r = {.request = m->request, .flags = VHOST_VERSION | VHOST_REPLY};
	uint64_t result;

	if (m->request < 64)
		b->messages[m->request]++;
	if (answer(b, m, &r)) {
		r.flags = VHOST_VERSION | VHOST_REPLY;
		reply(b, &r, fault);
		return;
	}
	result = fault == BACK_REFUSES || !act(b, m, fds, fd_count);
	if (fault == BACK_ENDS) {
		hang_up(b);
	} else if (m->flags & VHOST_NEED_REPLY) {
		memcpy(r.payload.raw, &result, sizeof(result));
		r.size = sizeof(result);
		reply(b, &r, fault);
	}
}

/* A whole message; false: the other side has gone. */
static bool message_read(struct back *b, struct vhost_msg *m, int *fds, unsigned *fd_count)
{
	char control[CMSG_SPACE(VHOST_REGIONS_MAX * sizeof(int))];
	struct iovec iov = {m, VHOST_HEAD};
	struct msghdr h = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
			   .msg_controllen = sizeof(control)};
	struct cmsghdr *c;

	memset(m, 0, sizeof(*m));
	if (recvmsg(b->fd, &h, MSG_WAITALL) != VHOST_HEAD)
		return false;
	c = CMSG_FIRSTHDR(&h);
	if (c) {
		*fd_count = (unsigned)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));
		memcpy(fds, CMSG_DATA(c), *fd_count * sizeof(int));
	}
	return m->size <= VHOST_PAYLOAD_MAX &&
	       (!m->size || recv(b->fd, m->payload.raw, m->size, MSG_WAITALL) == (ssize_t)m->size);
}

static void connection_stirred(struct back *b)
{
	struct vhost_msg m;
	int fds[VHOST_REGIONS_MAX];
	unsigned fd_count = 0;

	memset(fds, -1, sizeof(fds));
	if (message_read(b, &m, fds, &fd_count))
		message(b, &m, fds, fd_count);
	else
		hang_up(b);
	for (unsigned i = 0; i < fd_count; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

static void kicked(struct back *b, unsigned q)
{
	uint64_t count;

	if (read(b->queues[q].kick, &count, sizeof(count)) == sizeof(count))
		queue_work(b, q);
}

static void *back_run(void *arg)
{
	struct back *b = arg;

	for (;;) {
		struct pollfd p[4 + BACK_QUEUES] = {{b->end_fd, POLLIN, 0},
						    {b->fd < 0 ? b->listen_fd : -1, POLLIN, 0},
						    {b->fd, POLLIN, 0}};

		for (unsigned i = 0; i < BACK_QUEUES; i++)
			p[3 + i] = (struct pollfd){b->queues[i].started && b->queues[i].enabled ? b->queues[i].kick : -1,
						   POLLIN, 0};
		p[3 + BACK_QUEUES] = (struct pollfd){b->watch && b->queues[0].started ? b->watch_fd : -1, POLLIN, 0};
		if (poll(p, 4 + BACK_QUEUES, -1) < 0)
			continue;
		if (p[0].revents)
			return NULL;
		if (p[1].revents) {
			b->fd = accept4(b->listen_fd, NULL, NULL, SOCK_CLOEXEC);
			b->connections++;
		}
		for (unsigned i = 0; i < BACK_QUEUES; i++)
			if (p[3 + i].revents)
				kicked(b, i);
		if (p[3 + BACK_QUEUES].revents)
			b->watch(b);
		if (p[2].revents)
			connection_stirred(b);
	}
}

void back_start(struct back *b)
{
	b->fd = b->request_fd = -1;
	for (unsigned i = 0; i < BACK_QUEUES; i++)
		b->queues[i] = (struct back_queue){.kick = -1, .call = -1};
	if (!b->path[0])
		snprintf(b->path, sizeof(b->path), "/tmp/paprika-back-%d-%p", (int)getpid(), (void *)b);
	b->listen_fd = unix_socket_listen(b->path, SOCK_STREAM, 1);
	must(b->listen_fd >= 0, "listen");
	b->end_fd = eventfd(0, EFD_CLOEXEC);
	must(b->end_fd >= 0 && pthread_create(&b->thread, NULL, back_run, b) == 0, "thread");
}

void back_end(struct back *b)
{
	const uint64_t one = 1;

	must(write(b->end_fd, &one, sizeof(one)) == sizeof(one), "write");
	pthread_join(b->thread, NULL);
	hang_up(b);
	close(b->end_fd);
	close(b->listen_fd);
	unlink(b->path);
}

void back_says(struct back *b, const void *bytes, size_t len)
{
	must(send(b->request_fd, bytes, len, MSG_NOSIGNAL) == (ssize_t)len, "send");
}

void back_config_changed(struct back *b)
{
	const struct vhost_msg m = {.request = VHOST_BACKEND_CONFIG_CHANGE, .flags = VHOST_VERSION};

	back_says(b, &m, VHOST_HEAD);
}
