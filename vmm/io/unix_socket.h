/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Unix sockets in the file system; their type is SOCK_STREAM or SOCK_SEQPACKET. */
#ifndef PAPRIKA_IO_UNIX_SOCKET_H
#define PAPRIKA_IO_UNIX_SOCKET_H

#include "vmm/base/check.h"

/*
 * Listens at @path, with @backlog clients waiting at most; a socket that nobody listens on any more is
 * replaced. The descriptor, not blocking; -EADDRINUSE: somebody listens; -ENAMETOOLONG; others of socket(2),
 * bind(2).
 */
__must_check int unix_socket_listen(const char *path, int type, int backlog);

/* Connects to @path. The descriptor; -ECONNREFUSED: nobody listens; -ENAMETOOLONG; others of connect(2). */
__must_check int unix_socket_connect(const char *path, int type);

#endif
