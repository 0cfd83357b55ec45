/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The VM's end of its control socket: a few clients at a time, served on the loop thread. */
#include "vmm/machine/control.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vmm/base/bits.h"
#include "vmm/base/log.h"
#include "vmm/base/parse.h"
#include "vmm/io/unix_socket.h"
#include "vmm/machine/machine.h"

#define CLIENTS_MAX 8

struct client {
	struct control *control;
	struct loop_watch *watch; /* NULL: free */
	int fd;
};

struct control {
	struct machine *m;
	int fd;
	struct loop_watch *watch;
	struct client clients[CLIENTS_MAX];
};

static const char *pause_vm(struct machine *m, const char *value)
{
	power_pause(m);
	return NULL;
}

static const char *resume_vm(struct machine *m, const char *value)
{
	return power_resume(m) < 0 ? "the guest has crashed: reset or stop it" : NULL;
}

static const char *reset_vm(struct machine *m, const char *value)
{
	power_reset_asked(m);
	return NULL;
}

static const char *stop_vm(struct machine *m, const char *value)
{
	power_stop_asked(m);
	return NULL;
}

static const char *powerdown_vm(struct machine *m, const char *value)
{
	if (m->power_state != POWER_RUNNING)
		return "it does not run: a guest that is to shut down must";
	rtas_events_shutdown(&m->rtas.events);
	return NULL;
}

/* To all of them, as Linux has it for its own: one that hangs tells where, and a crash kernel can start. */
static const char *nmi_vm(struct machine *m, const char *value)
{
	if (m->power_state != POWER_RUNNING)
		return "it does not run";
	for (unsigned i = 0; i < vcpus_count(m->vcpus); i++)
		vcpu_system_reset(vcpus_get(m->vcpus, i));
	return NULL;
}

static const char *nothing(struct machine *m, const char *value)
{
	return NULL;
}

static const char *set_balloon(struct machine *m, const char *value)
{
	uint64_t size;

	if (!m->balloon)
		return "it has no balloon: --balloon=on gives it one";
	if (parse_size(value, &size) < 0 || size & ((1 << 20) - 1))
		return "balloon: a size, a multiple of 1M; 512M would be";
	if (size > m->config->memory)
		return "balloon: it has less memory than that";
	virtio_balloon_set_target(m->balloon, size);
	return NULL;
}

static const char *set_vm(struct machine *m, const char *value)
{
	return strncmp(value, "balloon=", 8) ? "balloon=SIZE is what can be set" : set_balloon(m, value + 8);
}

/* Each function: NULL, or why not. */
static const struct request {
	const char *word;
	const char *(*fn)(struct machine *m, const char *value);
	bool status; /* the answer has it */
	bool value;  /* follows the word */
} requests[] = {
	{"pause", pause_vm},      {"resume", resume_vm}, {"reset", reset_vm},
	{"status", nothing, .status = true},             {"stop", stop_vm},
	{"powerdown", powerdown_vm}, {"nmi", nmi_vm},    {"set", set_vm, .value = true},
};

static int write_status(const struct machine *m, char *buf, size_t size)
{
	static const char *const states[] = {
		[POWER_RUNNING] = "running", [POWER_PAUSED] = "paused", [POWER_HALTED] = "crashed",
	};

	uint64_t target, actual;
	int n = snprintf(buf, size, "name %s\nstate %s\npid %d\naccel %s\ncpu %s\ncpus %u\nmemory %llu\n",
			m->config->name, states[m->power_state], (int)getpid(), m->ops->name,
			m->caps->model.name, m->config->cpus, (unsigned long long)m->config->memory);
	if (!m->balloon)
		return n;
	virtio_balloon_sizes(m->balloon, &target, &actual);
	return n + snprintf(buf + n, size - (size_t)n, "balloon %llu\nballoon_target %llu\n", (unsigned long long)actual,
			    (unsigned long long)target);
}

/* What @text asks for, cut at the value, if it has one and is to have one; NULL: there is no such request. */
static const struct request *request_find(char *text, const char **ret_value)
{
	size_t len = strcspn(text, " ");

	*ret_value = text[len] ? text + len + 1 : NULL;
	text[len] = '\0';
	for (unsigned i = 0; i < ARRAY_SIZE(requests); i++)
		if (!strcmp(requests[i].word, text) && requests[i].value == !!*ret_value)
			return &requests[i];
	return NULL;
}

/* Does what @text asks; the answer's length. */
static int answer(struct machine *m, char *text, char *buf, size_t size)
{
	const char *value, *why;
	const struct request *r = request_find(text, &value);
	int n;

	why = r ? r->fn(m, value) : "this version of the VM's paprika cannot do that";
	if (why)
		return snprintf(buf, size, "error %s\n", why);
	n = snprintf(buf, size, "ok\n");
	return r->status ? n + write_status(m, buf + n, size - (size_t)n) : n;
}

static void client_close(struct client *c)
{
	loop_watch_free(c->watch);
	c->watch = NULL;
	close(c->fd);
	loop_watch_set(c->control->watch, EPOLLIN);
}

/* A client that does not take its answer at once has no use for it. */
static void client_ready(void *ctx, int fd, uint32_t events)
{
	struct client *c = ctx;
	char text[64], buf[CONTROL_PACKET_MAX];
	ssize_t n = read(fd, text, sizeof(text) - 1);

	if (n < 0 && errno == EAGAIN)
		return;
	if (n > 0) {
		text[n] = '\0';
		text[strcspn(text, "\n")] = '\0';
		n = answer(c->control->m, text, buf, sizeof(buf));
		n = send(fd, buf, (size_t)n, MSG_NOSIGNAL | MSG_DONTWAIT);
	}
	if (n <= 0)
		client_close(c);
}

static void control_accept(void *ctx, int listen_fd, uint32_t events)
{
	struct control *c = ctx;
	struct client *vacant = NULL;
	unsigned vacancies = 0;
	int fd;

	for (unsigned i = 0; i < CLIENTS_MAX; i++)
		if (!c->clients[i].watch) {
			vacant = &c->clients[i];
			vacancies++;
		}
	fd = vacant ? accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK) : -1;
	if (fd < 0)
		return;
	vacant->fd = fd;
	if (loop_add_fd(c->m->loop, fd, EPOLLIN, client_ready, vacant, &vacant->watch) < 0)
		close(fd);
	else if (vacancies == 1)
		loop_watch_set(c->watch, 0);
}

/* The VM's folder, made where it is missing. */
static int make_folders(const char *name, char *buf, size_t size)
{
	int r;

	r = control_folder(NULL, buf, size);
	if (r == 0 && mkdir(buf, 0755) < 0 && errno != EEXIST)
		r = -errno;
	if (r == 0)
		r = control_folder(name, buf, size);
	if (r == 0 && mkdir(buf, 0700) < 0 && errno != EEXIST)
		r = -errno;
	return r;
}

static int listen_in(const char *folder)
{
	char path[512];

	if (snprintf(path, sizeof(path), "%s/control", folder) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	return unix_socket_listen(path, SOCK_SEQPACKET, CLIENTS_MAX);
}

int control_open(struct machine *m, struct control **ret_control)
{
	const char *name = m->config->name;
	struct control *c;
	char folder[256];
	int r;

	*ret_control = NULL;
	if (!name)
		return 0;
	c = calloc(1, sizeof(*c));
	if (!c) {
		log_error("--name=%s: %s", name, strerror(ENOMEM));
		return -ENOMEM;
	}
	*c = (struct control){.m = m, .fd = -1};
	for (unsigned i = 0; i < CLIENTS_MAX; i++)
		c->clients[i].control = c;
	r = make_folders(name, folder, sizeof(folder));
	if (r == -ENOENT) {
		log_warning("--name=%s: it cannot be controlled: XDG_RUNTIME_DIR is not set", name);
		free(c);
		return 0;
	}
	if (r == 0)
		r = c->fd = listen_in(folder);
	if (r >= 0)
		r = loop_add_fd(m->loop, c->fd, EPOLLIN, control_accept, c, &c->watch);
	if (r >= 0) {
		*ret_control = c;
		return 0;
	}
	if (r == -EADDRINUSE)
		log_error("--name=%s: a VM of that name runs already; see paprika list", name);
	else
		log_error("--name=%s: cannot listen in %s: %s", name, folder, strerror(-r));
	control_close(c);
	return r;
}

void control_close(struct control *c)
{
	if (!c)
		return;
	for (unsigned i = 0; i < CLIENTS_MAX; i++)
		if (c->clients[i].watch)
			client_close(&c->clients[i]);
	loop_watch_free(c->watch);
	if (c->fd >= 0)
		close(c->fd);
	free(c);
}
