/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands that ask a running VM: its control socket's other end. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "vmm/base/cleanup.h"
#include "vmm/base/log.h"
#include "vmm/io/unix_socket.h"
#include "vmm/machine/control.h"
#include "vmm/machine/machine.h"

#define ANSWER_SECONDS 10 /* a process that is stopped never answers */

/* Whether this is a command of VM @name's own service, which has a folder of its own. */
static bool own_service(const char *name, const char *folder)
{
	const char *last = folder ? strrchr(folder, '/') : NULL;

	return name && last && !strcmp(last + 1, name);
}

int control_folder(const char *name, char *buf, size_t size)
{
	const char *own = getenv("RUNTIME_DIRECTORY"), *user = getenv("XDG_RUNTIME_DIR");
	const char *slash = name ? "/" : "";
	int n;

	if (!name)
		name = "";
	if (own_service(name, own))
		n = snprintf(buf, size, "%s", own);
	else if (geteuid() == 0)
		n = snprintf(buf, size, "/run/paprika%s%s", slash, name);
	else if (user && *user)
		n = snprintf(buf, size, "%s/paprika%s%s", user, slash, name);
	else
		return -ENOENT;
	return n < (int)size ? 0 : -ENAMETOOLONG;
}

/* A connected socket, or negative errno. */
static int vm_connect(const char *name)
{
	char folder[256], path[300];
	int r = control_folder(name, folder, sizeof(folder));

	if (r < 0)
		return r;
	snprintf(path, sizeof(path), "%s/control", folder);
	return unix_socket_connect(path, SOCK_SEQPACKET);
}

static int receive_limit(int fd, unsigned seconds)
{
	const struct timeval limit = {.tv_sec = seconds};

	return setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) < 0 ? -errno : 0;
}

/* One request and its answer, on a socket; as vm_ask(). */
static int ask_on(int fd, const char *request, char *buf)
{
	ssize_t n;
	int r;

	buf[0] = '\0';
	r = receive_limit(fd, ANSWER_SECONDS);
	if (r < 0)
		return r;
	if (send(fd, request, strlen(request), MSG_NOSIGNAL) < 0)
		return -errno;
	n = recv(fd, buf, CONTROL_PACKET_MAX - 1, 0);
	if (n <= 0)
		return n < 0 ? -errno : -EPIPE;
	buf[n] = '\0';
	return 0;
}

/*
 * The answer to @request, NUL-terminated, into @buf of CONTROL_PACKET_MAX bytes. Negative errno, without a
 * message: -ENOENT or -ECONNREFUSED, no VM of that name runs; -EAGAIN, it does not answer; -EPIPE.
 */
static int vm_ask(const char *name, const char *request, char *buf)
{
	_cleanup_close_ int fd = vm_connect(name);

	buf[0] = '\0';
	return fd < 0 ? fd : ask_on(fd, request, buf);
}

static int complain(const char *name, int r)
{
	if (r == -ENOENT || r == -ECONNREFUSED)
		log_error("%s: no VM of that name runs; paprika list names those that do", name);
	else if (r == -EAGAIN)
		log_error("%s: its process does not answer", name);
	else if (r == -EPIPE || r == -ECONNRESET)
		log_error("%s: it has just ended", name);
	else
		log_error("%s: %s", name, strerror(-r));
	return MACHINE_USAGE;
}

/* The exit status for @r, of asking, and for the answer: with a message unless it is "ok". */
static int judge(const char *name, int r, char *answer)
{
	const char *text;

	if (r < 0)
		return complain(name, r);
	if (!strncmp(answer, "ok\n", 3))
		return 0;
	answer[strcspn(answer, "\n")] = '\0';
	text = strchr(answer, ' ');
	log_error("%s: %s", name, text ? text + 1 : answer);
	return MACHINE_USAGE;
}

int control_ask(const char *name, const char *request)
{
	char buf[CONTROL_PACKET_MAX];
	int r = vm_ask(name, request, buf);

	return judge(name, r, buf);
}

int control_set(const char *name, const char *setting)
{
	char request[CONTROL_PACKET_MAX];

	if (snprintf(request, sizeof(request), "set %s", setting) >= (int)sizeof(request)) {
		log_error("%.32s...: longer than anything that can be set", setting);
		return MACHINE_USAGE;
	}
	return control_ask(name, request);
}

int control_powerdown(const char *name, unsigned wait_s)
{
	_cleanup_close_ int fd = vm_connect(name);
	char buf[CONTROL_PACKET_MAX];
	int r = fd < 0 ? fd : ask_on(fd, "powerdown", buf);
	int status = judge(name, r, buf);

	if (status || !wait_s)
		return status;
	r = receive_limit(fd, wait_s);
	/* nothing comes but the end of the VM */
	if (r == 0 && recv(fd, buf, sizeof(buf), 0) < 0 && errno == EAGAIN) {
		log_error("%s: its guest has not shut down in %u seconds", name, wait_s);
		return MACHINE_USAGE;
	}
	return r < 0 ? complain(name, r) : 0;
}

/* The value of @key in an answer of lines, into @value; empty if there is none. */
static const char *value_of(const char *answer, const char *key, char *value, size_t size)
{
	size_t len = strlen(key);

	*value = '\0';
	for (const char *line = answer; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, key, len) && line[len] == ' ')
			snprintf(value, size, "%.*s", (int)strcspn(line + len + 1, "\n"), line + len + 1);
	}
	return value;
}

static const struct column {
	const char *key, *heading;
	int width; /* negative: to the left */
	bool text;
	bool size; /* in bytes; in megabytes for people */
	bool programs; /* for them alone */
} columns[] = {
	{"name", "NAME", -20, true},   {"state", "STATE", -8, true}, {"pid", "PID", 8, false},
	{"accel", "ACCEL", -7, true},  {"cpu", "CPU", -10, true},    {"cpus", "CPUS", 4, false},
	{"memory", "MEMORY", 9, .size = true},
	{"balloon", "BALLOON", 9, .size = true},
	{"balloon_target", "", 0, .size = true, .programs = true},
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

static void print_json(FILE *out, const char *answer)
{
	char value[256];

	for (unsigned i = 0; i < COLUMNS; i++) {
		value_of(answer, columns[i].key, value, sizeof(value));
		fprintf(out, columns[i].text ? "%s\"%s\": \"%s\"" : "%s\"%s\": %s", i ? ", " : "{", columns[i].key,
			*value ? value : "null");
	}
	fputc('}', out);
}

static void print_headings(FILE *out)
{
	for (unsigned i = 0; i < COLUMNS; i++)
		if (!columns[i].programs)
			fprintf(out, "%s%*s", i ? " " : "", columns[i].width, columns[i].heading);
	fputc('\n', out);
}

static void print_row(FILE *out, const char *answer)
{
	char value[256];

	for (unsigned i = 0; i < COLUMNS; i++) {
		if (columns[i].programs)
			continue;
		value_of(answer, columns[i].key, value, sizeof(value));
		if (columns[i].size && *value)
			snprintf(value, sizeof(value), "%lluM", strtoull(value, NULL, 10) >> 20);
		fprintf(out, "%s%*s", i ? " " : "", columns[i].width, *value ? value : "-");
	}
	fputc('\n', out);
}

int control_status(FILE *out, const char *name, bool json)
{
	char buf[CONTROL_PACKET_MAX];
	int r = vm_ask(name, "status", buf);
	int status = judge(name, r, buf);

	if (status)
		return status;
	if (json) {
		print_json(out, buf);
		fputc('\n', out);
	} else {
		print_headings(out);
		print_row(out, buf);
	}
	return 0;
}

/* What a VM that has ended left behind: in its cage it could not remove it. */
static void remove_stale(const char *folder, const char *name)
{
	char path[512];

	if (snprintf(path, sizeof(path), "%s/%s/control", folder, name) >= (int)sizeof(path))
		return;
	unlink(path);
	path[strlen(path) - strlen("/control")] = '\0';
	rmdir(path); /* not if it holds anything else */
}

static void list_one(FILE *out, bool json, const char *folder, const char *name, unsigned *shown)
{
	char buf[CONTROL_PACKET_MAX];
	int r = vm_ask(name, "status", buf);

	if (r == -ECONNREFUSED)
		remove_stale(folder, name);
	else if (r < 0 && r != -ENOENT)
		complain(name, r);
	if (r < 0)
		return;
	if (json) {
		fputs(*shown ? ",\n " : "", out);
		print_json(out, buf);
	} else {
		if (!*shown)
			print_headings(out);
		print_row(out, buf);
	}
	++*shown;
}

static int is_vm(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

int control_list(FILE *out, bool json)
{
	struct dirent **names = NULL;
	char folder[256];
	unsigned shown = 0;
	int n = 0;

	if (control_folder(NULL, folder, sizeof(folder)) == 0)
		n = scandir(folder, &names, is_vm, alphasort);
	if (json)
		fputs("[", out);
	for (int i = 0; i < n; i++) {
		list_one(out, json, folder, names[i]->d_name, &shown);
		free(names[i]);
	}
	free(names);
	if (json)
		fputs("]\n", out);
	return 0;
}
