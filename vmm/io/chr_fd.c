/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Character back ends on plain descriptors: stdio, file, null. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "vmm/base/log.h"
#include "vmm/io/chr_impl.h"

#define ESCAPE 0x01 /* Ctrl-a */

static struct termios terminal_before;
static volatile atomic_bool terminal_is_raw;
static bool stdio_taken;

void chr_stdio_restore(void)
{
	sigset_t stop, before;

	if (!atomic_exchange(&terminal_is_raw, false))
		return;
	/* in the background it would stop the process instead */
	sigemptyset(&stop);
	sigaddset(&stop, SIGTTOU);
	pthread_sigmask(SIG_BLOCK, &stop, &before);
	tcsetattr(STDIN_FILENO, TCSANOW, &terminal_before);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void terminal_raw(struct chr *c)
{
	struct termios t;

	if (tcgetattr(STDIN_FILENO, &terminal_before) < 0)
		return;
	t = terminal_before;
	cfmakeraw(&t);
	if (tcsetattr(STDIN_FILENO, TCSANOW, &t) < 0)
		return;
	atomic_store(&terminal_is_raw, true);
	c->is_tty = true;
}

/*
 * A descriptor for output that does not block, without changing the one shared with other processes:
 * terminals and pipes are opened anew where that is allowed. Regular files never block.
 */
static int output_fd(enum chr_out *ret_kind)
{
	struct stat st;
	int fd;

	if (fstat(STDOUT_FILENO, &st) < 0)
		return -errno;
	*ret_kind = S_ISSOCK(st.st_mode) ? CHR_OUT_SOCKET : CHR_OUT_WRITE;
	if (S_ISCHR(st.st_mode) || S_ISFIFO(st.st_mode)) {
		fd = open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
		if (fd >= 0)
			return fd;
		*ret_kind = CHR_OUT_POLL;
	}
	fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	return fd < 0 ? -errno : fd;
}

static int stdio_open(struct chr *c, const char *path, const char **ret_why)
{
	if (stdio_taken) {
		*ret_why = "standard input and output are another console's already";
		return -EINVAL;
	}
	stdio_taken = true;
	c->out_fd = output_fd(&c->out_kind);
	if (c->out_fd < 0)
		return c->out_fd;
	if (isatty(STDIN_FILENO))
		terminal_raw(c);
	c->in_fd = STDIN_FILENO;
	return chr_attach(c);
}

static void stdio_close(struct chr *c)
{
	chr_stdio_restore();
	if (c->out_fd >= 0) {
		close(c->out_fd);
		stdio_taken = false;
	}
}

/* End of standard input: the VM goes on. */
static void stdio_input_end(struct chr *c)
{
	loop_watch_free(c->watch);
	c->watch = NULL;
	c->in_fd = -1;
	atomic_store(&c->in_always, false);
}

static void escape_help(void)
{
	static const char text[] = "\r\n"
				   "Ctrl-a x  end the VM\r\n"
				   "Ctrl-a h  this list\r\n"
				   "Ctrl-a a  send Ctrl-a\r\n";
	ssize_t done = write(STDERR_FILENO, text, sizeof(text) - 1);

	(void)done;
}

static size_t stdio_filter(struct chr *c, const uint8_t *buf, size_t len, uint8_t *out)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		if (!c->is_tty) {
			out[n++] = buf[i];
		} else if (!c->escape) {
			if (buf[i] == ESCAPE)
				c->escape = true;
			else
				out[n++] = buf[i];
		} else {
			c->escape = false;
			if (buf[i] == 'x')
				c->params.quit(c->params.ctx);
			else if (buf[i] == 'h')
				escape_help();
			else if (buf[i] == 'a' || buf[i] == ESCAPE)
				out[n++] = ESCAPE;
		}
	}
	return n;
}

const struct chr_ops chr_stdio_ops = {
	.ring_size = CHR_RING_SIZE,
	.open = stdio_open,
	.close = stdio_close,
	.input_end = stdio_input_end,
	.filter = stdio_filter,
};

static int file_open(struct chr *c, const char *path, const char **ret_why)
{
	int r;

	c->out_fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0666);
	if (c->out_fd < 0)
		return -errno;
	r = loop_add_fd(c->params.loop, c->out_fd, 0, chr_fd_ready, c, &c->out_watch);
	return r == -EPERM ? 0 : r;
}

static void fd_close(struct chr *c)
{
	if (c->out_fd >= 0)
		close(c->out_fd);
}

static void no_input(struct chr *c)
{
}

const struct chr_ops chr_file_ops = {
	.ring_size = CHR_RING_SIZE,
	.open = file_open,
	.close = fd_close,
	.input_end = no_input,
};

static int null_open(struct chr *c, const char *path, const char **ret_why)
{
	c->discard = true;
	return 0;
}

const struct chr_ops chr_null_ops = {
	.ring_size = 1,
	.open = null_open,
	.close = fd_close,
	.input_end = no_input,
};
