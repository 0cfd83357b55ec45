/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a vhost-user back end says: as messages in pieces of any size, and as the answers to all that a front end asks. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/fuzz/input.h"
#include "vmm/io/unix_socket.h"
#include "vmm/io/vhost_user.h"
#include "vmm/io/vhost_user_msg.h"
#include "vmm/mem/ram.h"

#define RAM_SIZE (1u << 16)

static char path[64];
static int listener;
static struct ram ram;
static struct vhost_vring ring;

static void path_remove(void)
{
	unlink(path);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	snprintf(path, sizeof(path), "/tmp/paprika-fuzz-%d", (int)getpid());
	listener = unix_socket_listen(path, SOCK_STREAM, 1);
	must(listener >= 0 && atexit(path_remove) == 0, "listen");
	must(ram_open(&ram, RAM_SIZE) == 0, "memory");
	ring = (struct vhost_vring){.size = 16, .desc = ram.hva, .avail = ram.hva + 0x1000,
					 .used = ram.hva + 0x2000, .kick_fd = eventfd(0, 0), .call_fd = eventfd(0, 0)};
	must(ring.kick_fd >= 0 && ring.call_fd >= 0, "eventfd");
	return 0;
}

static void in_pieces(struct input in, size_t piece)
{
	struct vhost_stream s = {0};
	uint8_t config[VHOST_CONFIG_MAX];
	int r = 0;

	while (in.left && r >= 0) {
		size_t len;
		uint8_t *at;

		if (vhost_stream_room(&s, &at, &len) < 0)
			return;
		must(len && at + len <= (uint8_t *)&s.msg + sizeof(s.msg), "room");
		len = len < piece ? len : piece;
		input_bytes(&in, at, len);
		r = vhost_stream_came(&s, len);
		if (r == 1 && vhost_msg_config(&s.msg, 0, config, s.msg.size) == 0)
			must(s.msg.size < VHOST_CONFIG_MAX, "a configuration without a head");
	}
}

/* All of it at once, which the socket holds; then the end. */
static void *answer(void *arg)
{
	const struct input *in = arg;
	uint8_t byte[256];
	int fd;

	do
		fd = accept(listener, NULL, NULL);
	while (fd < 0);
	must(send(fd, in->p, in->left, MSG_NOSIGNAL) == (ssize_t)in->left, "send");
	shutdown(fd, SHUT_WR);
	while (read(fd, byte, sizeof(byte)) > 0)
		;
	close(fd);
	return NULL;
}

static void ask(void)
{
	const struct vhost_region region = {.size = RAM_SIZE, .hva = ram.hva, .fd = ram.fd};
	uint8_t config[60];
	struct vhost_user *v;
	uint64_t features;
	uint16_t base;
	const char *why;
	int r = vhost_user_open(path, &v, &features, &why);

	if (r < 0)
		return;
	must(vhost_user_queues(v) <= 256, "queues");
	r = vhost_user_config_get(v, config, sizeof(config));
	if (r == 0 || r == -ENOTSUP)
		r = vhost_back_memory_set(vhost_user_back(v), &region, 1);
	if (r == 0)
		r = vhost_back_features_set(vhost_user_back(v), features);
	if (r == 0)
		r = vhost_user_config_set(v, 32, config, 1);
	if (r == 0)
		r = vhost_back_vring_start(vhost_user_back(v), 0, &ring);
	if (r == 0)
		r = vhost_back_vring_stop(vhost_user_back(v), 0, &base);
	must(vhost_user_check(v) <= 0, "the end is what comes last");
	vhost_back_close(vhost_user_back(v));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {.p = data, .left = size};
	pthread_t thread;

	if (!size)
		return 0;
	in_pieces(in, 1 + size % 17);
	must(pthread_create(&thread, NULL, answer, &in) == 0, "thread");
	ask();
	pthread_join(thread, NULL);
	return 0;
}
