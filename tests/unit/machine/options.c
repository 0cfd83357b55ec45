/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of vmm/machine/options.h; the messages are golden tests' (tests/golden). */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "vmm/base/bits.h"
#include "vmm/machine/options.h"

static struct vm_config c;
static char path[64];

static int setup(void **state)
{
	config_init(&c);
	return 0;
}

static int teardown(void **state)
{
	config_done(&c);
	if (path[0])
		unlink(path);
	path[0] = 0;
	return 0;
}

static int parse(const char *line)
{
	static char copy[1024];
	char *argv[32], *rest = copy, *word;
	int argc = 0;

	snprintf(copy, sizeof(copy), "%s", line);
	while ((word = strsep(&rest, " ")))
		if (*word)
			argv[argc++] = word;
	return options_parse(&c, OPTION_RUN, argc, argv);
}

/* A file with @text, as path. */
static const char *file(const char *text)
{
	int fd;

	strcpy(path, "/tmp/paprika-options-XXXXXX");
	fd = mkstemp(path);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	return path;
}

static void defaults(void **state)
{
	assert_int_equal(parse(""), 0);
	assert_int_equal(c.cpus, 1);
	assert_int_equal(c.memory, 1 << 30);
	assert_null(c.cpu); /* the back end's own */
	assert_true(c.rng);
	assert_int_equal(c.accel, CONFIG_ACCEL_AUTO);
	assert_int_equal(c.seccomp, CONFIG_SECCOMP_ON);
	assert_int_equal(c.console_count, 0);
}

static void both_forms(void **state)
{
	assert_int_equal(parse("--memory=512M --kernel k -v --verbose --name a.b-c_1 --rng=off"), 0);
	assert_int_equal(c.memory, 512 << 20);
	assert_string_equal(c.kernel, "k");
	assert_int_equal(c.verbose, 2);
	assert_string_equal(c.name, "a.b-c_1");
	assert_false(c.rng);
	assert_int_equal(parse("--memory=1G --cmdline=a=b"), 0); /* the last one wins */
	assert_int_equal(c.memory, 1 << 30);
	assert_string_equal(c.cmdline, "a=b");
}

static void refusals(void **state)
{
	static const char *const bad[] = {
		"--memory=0",     "--memory=127M",   "--memory=1Q",     "--memory=",
		"--memory=128M1", "--memory=-1G",    "--memory=131073K", "--memory",
		"--memory=99999999999999999999G",    "--cpus=0",        "--cpus=257",
		"--cpu=power4",   "--name=",         "--name=a/b",      "--name=a%20b",
		"--accel=tcg",    "--verbose=1",     "--no-defaults=on", "--rng=maybe",
		"--trace=hcal",   "--trace=hcall,,", "--nothing",       "--",
		"-",              "-x",              "word",            "--disk=x",
		"--json",         "--output=x",      "--config=/none",  "--on-panic=halt",
		"--MEMORY=1G",    "--memory =1G",
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_true(parse(bad[i]) < 0);
}

static void consoles(void **state)
{
	assert_int_equal(parse("--console=null --console=null --console=pty"), 0);
	assert_int_equal(c.console_count, 3);
	assert_string_equal(c.consoles[2].spec, "pty");
	assert_true(parse("--console=1 --console=2 --console=3 --console=4 --console=5 --console=6 "
			  "--console=7 --console=8 --console=9") < 0);
}

static void buses_of_consoles(void **state)
{
	assert_int_equal(parse("--console=unix:/a,b,bus=virtio --console=pty,bus=vty --console=file:/a,bus=x,bus=virtio"), 0);
	assert_string_equal(c.consoles[0].spec, "unix:/a,b");
	assert_true(c.consoles[0].virtio);
	assert_string_equal(c.consoles[1].spec, "pty");
	assert_false(c.consoles[1].virtio);
	assert_string_equal(c.consoles[2].spec, "file:/a,bus=x");
	assert_true(parse("--console=pty,bus=usb") < 0);
	assert_true(parse("--console=pty,bus=") < 0);
}

static void channels(void **state)
{
	char line[300];

	snprintf(line, sizeof(line), "--channel=name=org.qemu.guest_agent.0,path=/a --config=%s",
		 file("[channel b]\npath = /old\npath = /b\n"));
	assert_int_equal(parse(line), 0);
	assert_int_equal(c.channel_count, 2);
	assert_string_equal(c.channels[0].name, "b");
	assert_string_equal(c.channels[0].path, "/b");
	assert_string_equal(c.channels[1].name, "org.qemu.guest_agent.0");
	assert_string_equal(c.channels[1].path, "/a");
}

static void channels_that_are_refused(void **state)
{
	static const char *const bad[] = {
		"--channel=name=a", "--channel=path=/a", "--channel=name=,path=/a", "--channel=name=a/b,path=/a",
		"--channel=name=a,path=", "--channel=a", "--channel=name=a,path=/a,id=x",
		"--channel=name=a,path=/a --channel=name=a,path=/b",
		"--channel=name=a123456789012345678901234567890123456789012345678901234567890123,path=/a",
		("--channel=name=1,path=/ --channel=name=2,path=/ --channel=name=3,path=/ --channel=name=4,path=/ "
		 "--channel=name=5,path=/ --channel=name=6,path=/ --channel=name=7,path=/ --channel=name=8,path=/"),
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		config_done(&c);
		config_init(&c);
		assert_true(parse(bad[i]) < 0);
	}
}

static void files(void **state)
{
	char line[256];

	snprintf(line, sizeof(line), "--memory=256M --config=%s",
		 file("[vm]\nmemory = 2G\nname=x\n; a comment\nno-defaults = on\nquiet = off\n"
		      "console = null\nconsole = pty\n"));
	assert_int_equal(parse(line), 0);
	assert_int_equal(c.memory, 256 << 20); /* the line wins wherever the file stands */
	assert_string_equal(c.name, "x");
	assert_true(c.no_defaults);
	assert_false(c.quiet);
	assert_int_equal(c.console_count, 2);
}

static void consoles_of_the_line_replace_those_of_the_file(void **state)
{
	char line[256];

	snprintf(line, sizeof(line), "--config=%s --console=null",
		 file("[vm]\nconsole = pty\nconsole = pty\n"));
	assert_int_equal(parse(line), 0);
	assert_int_equal(c.console_count, 1);
	assert_string_equal(c.consoles[0].spec, "null");
	assert_null(c.consoles[1].spec);
}

static void bad_files(void **state)
{
	static const char *const bad[] = {
		"[vm]\nnothing = 1\n", "[disk x]\nserial = y\n", "[disk x y]\npath = z\n", "memory = 1G\n", "[vm]\nmemory = 1Q\n",
		"[vm]\nnonsense\n", "[vm\n", "[vm]\nconfig = x\n", "[vm]\nhelp = on\n",
		"[vm]\nverbose = 3\n", "[vm]\n= 3\n", "[channel x]\nname = y\n", "[channel x]\npth = y\n",
	};
	char line[256];

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		snprintf(line, sizeof(line), "--config=%s", file(bad[i]));
		assert_true(parse(line) < 0);
		unlink(path);
	}
}

/* A line longer than libinih's buffer is refused, not cut in two; a cmdline can have several. */
static void long_lines(void **state)
{
	char text[3000] = "[vm]\ncmdline = ", line[256];
	size_t at = strlen(text);

	memset(text + at, 'x', 300);
	strcpy(text + at + 300, "\nmemory = 256M\n");
	snprintf(line, sizeof(line), "--config=%s", file(text));
	assert_int_equal(parse(line), -EINVAL);
	unlink(path);
	snprintf(line, sizeof(line), "--config=%s",
		 file("[vm]\ncmdline = console=hvc0\n  root=/dev/vda\n\tquiet\nmemory = 256M\n"));
	assert_int_equal(parse(line), 0);
	assert_string_equal(c.cmdline, "console=hvc0 root=/dev/vda quiet");
	assert_int_equal(c.memory, 256 << 20);
	unlink(path);
	snprintf(line, sizeof(line), "--config=%s", file("[vm]\nkernel = a\n b\n"));
	assert_int_equal(parse(line), -EINVAL);
}

static void cmdline_is_bounded_over_lines(void **state)
{
	char text[4000] = "[vm]\ncmdline = x\n", line[256];

	for (unsigned i = 0; i < 20; i++) {
		size_t at = strlen(text);

		text[at] = ' ';
		memset(text + at + 1, 'y', 150);
		strcpy(text + at + 151, "\n");
	}
	snprintf(line, sizeof(line), "--config=%s", file(text));
	assert_int_equal(parse(line), -EINVAL);
}

static void forward_is(const struct net_forward *f, bool udp, uint32_t address, unsigned port, uint32_t guest,
		       unsigned guest_port)
{
	assert_int_equal(f->udp, udp);
	assert_int_equal(f->address, address);
	assert_int_equal(f->port, port);
	assert_int_equal(f->guest, guest);
	assert_int_equal(f->guest_port, guest_port);
}

static void networks(void **state)
{
	const struct net_forward *f = c.nets[0].user.forwards;

	assert_int_equal(parse("--kernel=k --net user,hostfwd=tcp:2222-:22,hostfwd=udp:0.0.0.0:53-10.0.2.99:5353,"
			       "hostfwd=tcp::80-:8080,restrict=on --net passt,socket=/run/p "
			       "--net user,network=192.168.0.0/16,queues=1 "
			       "--net tap,ifname=t,queues=8,vhost=on --vsock cid=4294967294"), 0);
	assert_int_equal(c.net_count, 4);
	assert_int_equal(c.nets[0].kind, NET_USER);
	assert_true(c.nets[0].user.restricted);
	assert_int_equal(c.nets[0].user.network, 0x0a000200);
	assert_int_equal(c.nets[0].user.prefix_len, 24);
	assert_int_equal(c.nets[0].user.forward_count, 3);
	forward_is(&f[0], false, 0x7f000001, 2222, 0, 22);
	forward_is(&f[1], true, 0, 53, 0x0a000263, 5353);
	forward_is(&f[2], false, 0x7f000001, 80, 0, 8080);
	assert_int_equal(c.nets[1].kind, NET_PASST);
	assert_string_equal(c.nets[1].socket, "/run/p");
	assert_int_equal(c.nets[2].user.network, 0xc0a80000);
	assert_int_equal(c.nets[2].user.prefix_len, 16);
	assert_int_equal(c.nets[3].queues, 8);
	assert_int_equal(c.nets[3].vhost, CONFIG_VHOST_ON);
	assert_int_equal(c.vsock_cid, 0xfffffffe);
}

static void networks_in_files(void **state)
{
	char line[256];

	snprintf(line, sizeof(line), "--kernel=k --config=%s",
		 file("[net lan]\nhostfwd = tcp:1-:2\nhostfwd = udp:3-:4\n[net wan]\nifname = t\ntype = tap\n"));
	assert_int_equal(parse(line), 0);
	assert_int_equal(c.nets[0].kind, NET_USER);
	assert_int_equal(c.nets[0].user.forward_count, 2);
	assert_int_equal(c.nets[1].kind, NET_TAP);
}

static void wrong_networks(void **state)
{
	static const char *const lines[] = {
		"user,hostfwd=22", "user,hostfwd=tcp:22", "user,hostfwd=tcp:0-:22", "user,hostfwd=tcp:1-:65536",
		"user,hostfwd=sctp:1-:2", "user,hostfwd=tcp:1.2.3:1-:2", "user,hostfwd=tcp:1-:", "user,hostfwd=-",
		"user,hostfwd=tcp:1234567-:2", "user,hostfwd=tcp:111.111.111.1111:1-:2", "user,network=10.0.0.0",
		"user,network=10.0.0.0/7", "user,network=10.0.0.0/29", "user,network=10.0.0.1/24", "user,restrict=1",
		"user,socket=x", "tap", "passt", "passt,socket=", "passt,socket=x,hostfwd=tcp:1-:2", "tap,ifname=t,restrict=off",
		"tap,ifname=t,queues=0", "tap,ifname=t,queues=9", "user,queues=2", "passt,socket=x,queues=2",
	};
	char line[128];

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		config_done(&c);
		config_init(&c);
		snprintf(line, sizeof(line), "--kernel=k --net %s", lines[i]);
		assert_int_equal(parse(line), -EINVAL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(defaults, setup, teardown),
		cmocka_unit_test_setup_teardown(both_forms, setup, teardown),
		cmocka_unit_test_setup_teardown(refusals, setup, teardown),
		cmocka_unit_test_setup_teardown(consoles, setup, teardown),
		cmocka_unit_test_setup_teardown(buses_of_consoles, setup, teardown),
		cmocka_unit_test_setup_teardown(channels, setup, teardown),
		cmocka_unit_test_setup_teardown(channels_that_are_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(files, setup, teardown),
		cmocka_unit_test_setup_teardown(consoles_of_the_line_replace_those_of_the_file, setup,
						teardown),
		cmocka_unit_test_setup_teardown(bad_files, setup, teardown),
		cmocka_unit_test_setup_teardown(long_lines, setup, teardown),
		cmocka_unit_test_setup_teardown(cmdline_is_bounded_over_lines, setup, teardown),
		cmocka_unit_test_setup_teardown(networks, setup, teardown),
		cmocka_unit_test_setup_teardown(networks_in_files, setup, teardown),
		cmocka_unit_test_setup_teardown(wrong_networks, setup, teardown),
	};

	return cmocka_run_group_tests_name("machine/options", tests, NULL, NULL);
}
