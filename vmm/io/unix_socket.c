/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Unix sockets in the file system; their type is SOCK_STREAM or SOCK_SEQPACKET. */
#include "vmm/io/unix_socket.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "vmm/base/cleanup.h"

static int address(const char *path, struct sockaddr_un *ret_sa)
{
	if (strlen(path) >= sizeof(ret_sa->sun_path))
		return -ENAMETOOLONG;
	*ret_sa = (struct sockaddr_un){.sun_family = AF_UNIX};
	strcpy(ret_sa->sun_path, path);
	return 0;
}

int unix_socket_connect(const char *path, int type)
{
	_cleanup_close_ int fd = -1;
	struct sockaddr_un sa;
	int r = address(path, &sa);

	if (r < 0)
		return r;
	fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (const struct sockaddr *)&sa, sizeof(sa)) < 0)
		return -errno;
	return steal_fd(&fd);
}

static bool is_stale(const char *path, int type)
{
	int fd = unix_socket_connect(path, type);

	if (fd >= 0)
		close(fd);
	return fd == -ECONNREFUSED;
}

static int bind_to(int fd, const struct sockaddr_un *sa)
{
	return bind(fd, (const struct sockaddr *)sa, sizeof(*sa)) < 0 ? -errno : 0;
}

int unix_socket_listen(const char *path, int type, int backlog)
{
	_cleanup_close_ int fd = -1;
	struct sockaddr_un sa;
	int r = address(path, &sa);

	if (r < 0)
		return r;
	fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	r = bind_to(fd, &sa);
	if (r == -EADDRINUSE && is_stale(path, type)) {
		unlink(path);
		r = bind_to(fd, &sa);
	}
	if (r == 0 && listen(fd, backlog) < 0)
		r = -errno;
	return r < 0 ? r : steal_fd(&fd);
}
