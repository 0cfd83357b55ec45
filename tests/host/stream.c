/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Streams between a guest and its host, in both directions at once:
 *   stream tap NAME                          a tap interface that stays
 *   stream echo tcp|vsock PORT               the next connection gets back what it sends
 *   stream try tcp ADDRESS|vsock CID PORT N  sends N bytes there, and says whether the same come back
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/vm_sockets.h>
#include <net/if.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

union address {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_vm vm;
};

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static int tap(const char *name)
{
	struct ifreq ifr = {.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR};
	int fd = open("/dev/net/tun", O_RDWR);

	strncpy(ifr.ifr_name, name, IFNAMSIZ - 1);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &ifr) < 0 || ioctl(fd, TUNSETPERSIST, 1) < 0)
		die("/dev/net/tun");
	return 0;
}

/* A socket, and the address of @host (NULL: any) at @port. */
static int socket_of(const char *family, const char *host, const char *port, union address *ret, socklen_t *ret_len)
{
	unsigned number = (unsigned)atoi(port);

	memset(ret, 0, sizeof(*ret));
	if (!strcmp(family, "vsock")) {
		ret->vm.svm_family = AF_VSOCK;
		ret->vm.svm_port = number;
		ret->vm.svm_cid = host ? (unsigned)atoi(host) : VMADDR_CID_ANY;
		*ret_len = sizeof(ret->vm);
	} else {
		ret->in.sin_family = AF_INET;
		ret->in.sin_port = htons((uint16_t)number);
		ret->in.sin_addr.s_addr = host ? inet_addr(host) : INADDR_ANY;
		*ret_len = sizeof(ret->in);
	}
	return socket(ret->any.sa_family, SOCK_STREAM, 0);
}

static int echo(const char *family, const char *port)
{
	static uint8_t buf[65536];
	union address at;
	socklen_t len;
	int s = socket_of(family, NULL, port, &at, &len), fd;
	ssize_t n, put;

	if (s < 0 || bind(s, &at.any, len) < 0 || listen(s, 1) < 0)
		die("listen");
	fd = accept(s, NULL, NULL);
	if (fd < 0)
		die("accept");
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		for (ssize_t done = 0; done < n; done += put) {
			put = write(fd, buf + done, (size_t)(n - done));
			if (put < 0)
				die("write");
		}
	return n < 0;
}

/* Byte @i of what is sent: no two stretches of it are alike. */
static uint8_t byte_at(uint64_t i)
{
	uint64_t x = (i >> 3) * 0x9e3779b97f4a7c15ull;

	return (uint8_t)(x >> (8 * (i & 7)));
}

static uint64_t send_some(int fd, uint64_t at, uint64_t end)
{
	static uint8_t buf[32768];
	size_t n = end - at < sizeof(buf) ? (size_t)(end - at) : sizeof(buf);
	ssize_t put;

	for (size_t i = 0; i < n; i++)
		buf[i] = byte_at(at + i);
	put = write(fd, buf, n);
	if (put < 0 && errno != EAGAIN)
		die("write");
	return put < 0 ? 0 : (uint64_t)put;
}

/* How many came, all of them as they should be. */
static uint64_t take_some(int fd, uint64_t at)
{
	static uint8_t buf[65536];
	ssize_t n = read(fd, buf, sizeof(buf));

	if (n < 0 && errno == EAGAIN)
		return 0;
	if (n <= 0)
		die("read");
	for (ssize_t i = 0; i < n; i++)
		if (buf[i] != byte_at(at + (uint64_t)i)) {
			printf("byte %llu differs\n", (unsigned long long)(at + (uint64_t)i));
			exit(1);
		}
	return (uint64_t)n;
}

static int try(const char *family, const char *host, const char *port, uint64_t count)
{
	union address at;
	socklen_t len;
	uint64_t sent = 0, taken = 0;
	int fd = -1, r = -1;

	/* who answers may not be there yet */
	for (unsigned i = 0; i < 100 && r < 0; i++) {
		close(fd);
		fd = socket_of(family, host, port, &at, &len);
		r = fd < 0 ? -1 : connect(fd, &at.any, len);
		if (r < 0)
			usleep(100000);
	}
	if (r < 0 || fcntl(fd, F_SETFL, O_NONBLOCK) < 0)
		die("connect");
	while (taken < count) {
		struct pollfd p = {.fd = fd, .events = (short)(POLLIN | (sent < count ? POLLOUT : 0))};

		if (poll(&p, 1, 60000) <= 0)
			die("nothing comes");
		if (p.revents & POLLOUT)
			sent += send_some(fd, sent, count);
		if (p.revents & (POLLIN | POLLHUP | POLLERR))
			taken += take_some(fd, taken);
	}
	printf("stream: %s: %llu bytes came back as sent\n", family, (unsigned long long)taken);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "tap"))
		return tap(argv[2]);
	if (argc == 4 && !strcmp(argv[1], "echo"))
		return echo(argv[2], argv[3]);
	if (argc == 6 && !strcmp(argv[1], "try"))
		return try(argv[2], argv[3], argv[4], strtoull(argv[5], NULL, 10));
	fprintf(stderr, "usage: stream tap NAME | echo tcp|vsock PORT | try tcp|vsock HOST PORT BYTES\n");
	return 2;
}
