/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options: the table, and its three readers. */
#include "vmm/machine/options.h"

#include <errno.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/base/bits.h"
#include "vmm/base/cleanup.h"
#include "vmm/base/log.h"
#include "vmm/base/parse.h"
#include "vmm/io/vhost_kernel.h"
#include "vmm/machine/console_options.h"
#include "vmm/machine/disk_options.h"
#include "vmm/machine/net_options.h"

#define VALUE_SHOWN 64 /* characters of a value in a message */
#define MEMORY_MIN (128ULL << 20)

struct option {
	const char *name;
	const char *values; /* for --help and for messages: what is allowed, the default first */
	const char *help;
	/* Takes the value (NULL for a flag): 0, or -EINVAL with *ret_why as the reason. */
	int (*set)(struct vm_config *c, const char *value, const char **ret_why);
	unsigned commands;
	bool flag; /* takes no value */
};

static int set_name(struct vm_config *c, const char *value, const char **ret_why)
{
	*ret_why = "letters, digits, _ . and - are what a name has";
	return parse_is_name(value) ? parse_copy(value, &c->name) : -EINVAL;
}

static int set_accel(struct vm_config *c, const char *value, const char **ret_why)
{
	static const char *const names[] = {"auto", "kvm", "interp", NULL};

	return parse_choice(value, names, &c->accel);
}

static int set_kvm_type(struct vm_config *c, const char *value, const char **ret_why)
{
	static const char *const names[] = {"auto", "hv", "pr", NULL};

	return parse_choice(value, names, &c->kvm_type);
}

static int set_irqchip(struct vm_config *c, const char *value, const char **ret_why)
{
	static const char *const names[] = {"auto", "kernel", "user", NULL};

	return parse_choice(value, names, &c->irqchip);
}

static int set_cpu(struct vm_config *c, const char *value, const char **ret_why)
{
	const struct cpu_model *m = cpu_model_find(value);

	if (!m && strcmp(value, "host"))
		return -EINVAL;
	c->cpu = m;
	return 0;
}

static int set_compat(struct vm_config *c, const char *value, const char **ret_why)
{
	const struct cpu_level *level = cpu_level_find(value);

	if ((!level && strcmp(value, "none")) || (level && level->isa > 310))
		return -EINVAL;
	c->compat = level;
	return 0;
}

static int set_cpus(struct vm_config *c, const char *value, const char **ret_why)
{
	uint64_t n = 0, threads = 1;
	const char *rest = value, *key, *item;
	char buf[VALUE_SHOWN];

	*ret_why = "a number from 1 to 256, and threads=N where cores have more than one";
	if (!parse_item(&rest, buf, sizeof(buf), &key, &item) || key ||
	    parse_unsigned(item, CONFIG_CPUS_MAX, &n) < 0 || !n)
		return -EINVAL;
	while (parse_item(&rest, buf, sizeof(buf), &key, &item)) {
		if (!key || strcmp(key, "threads"))
			return -EINVAL;
		*ret_why = "threads of a core: 1, 2, 4 or 8, and no core with fewer";
		if (parse_unsigned(item, CONFIG_THREADS_MAX, &threads) < 0 || !threads ||
		    (threads & (threads - 1)) || n % threads)
			return -EINVAL;
	}
	c->cpus = (unsigned)n;
	c->threads = (unsigned)threads;
	return 0;
}

static int set_memory(struct vm_config *c, const char *value, const char **ret_why)
{
	uint64_t size;
	int r = parse_size(value, &size);

	*ret_why = "not a size; 512M or 2G would be";
	if (r < 0)
		return -EINVAL;
	*ret_why = "at least 128M is needed";
	if (size < MEMORY_MIN)
		return -EINVAL;
	*ret_why = "it must be a multiple of 1M";
	if (size & ((1 << 20) - 1))
		return -EINVAL;
	c->memory = size;
	return 0;
}

static int set_kernel(struct vm_config *c, const char *value, const char **ret_why)
{
	return parse_copy(value, &c->kernel);
}

static int set_initrd(struct vm_config *c, const char *value, const char **ret_why)
{
	return parse_copy(value, &c->initrd);
}

static int set_cmdline(struct vm_config *c, const char *value, const char **ret_why)
{
	*ret_why = "it is longer than the 2047 characters a kernel takes";
	return strlen(value) > 2047 ? -EINVAL : parse_copy(value, &c->cmdline);
}

static int set_console(struct vm_config *c, const char *value, const char **ret_why)
{
	return console_options_parse(c, value, ret_why);
}

static int set_channel(struct vm_config *c, const char *value, const char **ret_why)
{
	return channel_options_parse(c, value, ret_why);
}

static int set_disk(struct vm_config *c, const char *value, const char **ret_why)
{
	return disk_options_parse(c, value, ret_why);
}

static int set_net(struct vm_config *c, const char *value, const char **ret_why)
{
	return net_options_parse(c, value, ret_why);
}

static int set_nvram(struct vm_config *c, const char *value, const char **ret_why)
{
	return parse_copy(value, &c->nvram);
}

static int set_rng(struct vm_config *c, const char *value, const char **ret_why)
{
	static const char *const names[] = {"off", "auto", NULL};
	unsigned v;

	if (parse_choice(value, names, &v) < 0)
		return -EINVAL;
	c->rng = v;
	return 0;
}

static int set_balloon(struct vm_config *c, const char *value, const char **ret_why)
{
	return parse_switch(value, &c->balloon);
}

static int set_vsock(struct vm_config *c, const char *value, const char **ret_why)
{
	uint64_t cid;

	*ret_why = "cid=N, a number from 3 to 4294967294 that no other VM has";
	if (strncmp(value, "cid=", 4) || parse_unsigned(value + 4, VSOCK_CID_MAX, &cid) < 0 || cid < VSOCK_CID_MIN)
		return -EINVAL;
	c->vsock_cid = (uint32_t)cid;
	return 0;
}

static int set_ic_mode(struct vm_config *c, const char *value, const char **ret_why)
{
	static const char *const names[] = {"dual", "xics", "xive", NULL};

	return parse_choice(value, names, &c->ic_mode);
}

static int set_on_reboot(struct vm_config *c, const char *value, const char **ret_why)
{
	static const char *const names[] = {"reset", "exit", NULL};

	return parse_choice(value, names, &c->on_reboot);
}

static int set_on_panic(struct vm_config *c, const char *value, const char **ret_why)
{
	static const char *const names[] = {"exit", "reset", "pause", NULL};

	return parse_choice(value, names, &c->on_panic);
}

static int set_seccomp(struct vm_config *c, const char *value, const char **ret_why)
{
	static const char *const names[] = {"on", "log", "off", NULL};

	return parse_choice(value, names, &c->seccomp);
}

static int set_no_defaults(struct vm_config *c, const char *value, const char **ret_why)
{
	c->no_defaults = true;
	return 0;
}

static int set_verbose(struct vm_config *c, const char *value, const char **ret_why)
{
	c->verbose++;
	return 0;
}

static int set_quiet(struct vm_config *c, const char *value, const char **ret_why)
{
	c->quiet = true;
	return 0;
}

static int set_trace(struct vm_config *c, const char *value, const char **ret_why)
{
	const char *bad;
	int r = log_set_trace(value, &bad);

	return r < 0 ? r : parse_copy(value, &c->trace);
}

static int set_output(struct vm_config *c, const char *value, const char **ret_why)
{
	return parse_copy(value, &c->output);
}

static int set_wait(struct vm_config *c, const char *value, const char **ret_why)
{
	uint64_t n;

	*ret_why = "a number of seconds, 86400 at most";
	if (parse_unsigned(value, 86400, &n) < 0)
		return -EINVAL;
	c->wait_s = (unsigned)n;
	return 0;
}

static int set_json(struct vm_config *c, const char *value, const char **ret_why)
{
	c->json = true;
	return 0;
}

static int set_help(struct vm_config *c, const char *value, const char **ret_why)
{
	c->help = true;
	return 0;
}

#define VM (OPTION_RUN | OPTION_FDT)

static const struct option options[] = {
	{"config", "FILE", "read these options from a file; the command line wins", NULL, VM},
	{"name", "NAME", "name of the VM: letters, digits, _ . -", set_name, VM},
	{"accel", "auto, kvm, interp", "what runs the guest", set_accel, VM},
	{"kvm-type", "auto, hv, pr", "which of KVM's implementations", set_kvm_type, VM},
	{"irqchip", "auto, kernel, user", "where KVM's interrupt controller is", set_irqchip, VM},
	{"cpu", "host, power7, power7+, power8, power8nvl, power9, power10, power11",
	 "CPU model (host is power9 in the interpreter)", set_cpu, VM},
	{"compat", "none, power7, power8, power9, power10", "run at that architecture level at the most",
	 set_compat, VM},
	{"cpus", "N[,threads=1|2|4|8]", "number of vCPUs (1), and how many of them are a core", set_cpus, VM},
	{"memory", "1G", "size, with K, M, G or T", set_memory, VM},
	{"kernel", "FILE", "vmlinux or zImage.pseries, also compressed", set_kernel, VM},
	{"initrd", "FILE", "initial RAM disk", set_initrd, VM},
	{"cmdline", "TEXT", "the kernel's command line", set_cmdline, VM},
	{"console", "stdio, pty, unix:PATH, file:PATH, null", "may repeat: vty0 first; also ,bus=virtio",
	 set_console, VM},
	{"channel", "name=NAME,path=SOCKET", "a stream to a program in the guest; may repeat", set_channel, VM},
	{"disk", "path=FILE|vhost-user=PATH[,KEY=VALUE...]", "keys: bus, readonly, direct, serial, id; may repeat", set_disk, VM},
	{"net", "user, tap, passt, vhost-user[,KEY=VALUE...]",
	 "keys: ifname, socket, hostfwd, restrict, network, queues, vhost, bus, mac, id; may repeat", set_net, VM},
	{"nvram", "FILE", "keep the NVRAM in a file", set_nvram, VM},
	{"rng", "auto, off", "random numbers for the guest", set_rng, VM},
	{"balloon", "off, on", "memory that the guest does not use goes back to the host", set_balloon, VM},
	{"vsock", "cid=N", "sockets between guest and host, the guest's address", set_vsock, VM},
	{"ic-mode", "dual, xics, xive", "interrupt controller: the guest chooses, or one", set_ic_mode, VM},
	{"on-reboot", "reset, exit", "when the guest reboots", set_on_reboot, OPTION_RUN},
	{"on-panic", "exit, reset, pause", "when the guest crashes", set_on_panic, OPTION_RUN},
	{"seccomp", "on, log, off", "the sandbox's system call filter", set_seccomp, OPTION_RUN},
	{"no-defaults", NULL, "leave out NVRAM, vty0 and the PCI host bridge", set_no_defaults, VM, true},
	{"output", "FILE", "write a blob there instead of text (-o)", set_output, OPTION_FDT},
	{"wait", "0", "seconds to stay until it has ended", set_wait, OPTION_POWERDOWN},
	{"json", NULL, "for programs", set_json, OPTION_REPORT, true},
	{"verbose", NULL, "say more (-v)", set_verbose, VM, true},
	{"quiet", NULL, "say nothing but errors", set_quiet, VM, true},
	{"trace", "hcall, rtas, mmio, irq, vof, cpu", "a list of topics, on stderr", set_trace, OPTION_RUN},
	{"help", NULL, "this list", set_help, VM | OPTION_REPORT | OPTION_CONTROL | OPTION_POWERDOWN, true},
};

/* What product users of later versions will find; asked for now, it is an honest refusal. */
static const char *const not_yet[] = {
	"numa", "tpm", "tpm-proxy", "fs",
	"vfio", "secure", "nested",
};

static const struct option *option_find(const char *name, unsigned command)
{
	for (unsigned i = 0; i < ARRAY_SIZE(options); i++)
		if (!strcmp(options[i].name, name) && (options[i].commands & command))
			return &options[i];
	return NULL;
}

/* Explains an option that there is not, at @where ("--" or "FILE:LINE: "). */
static void option_unknown(const char *where, const char *name, unsigned command)
{
	const char *best = NULL;
	unsigned distance = 3;

	for (unsigned i = 0; i < ARRAY_SIZE(not_yet); i++)
		if (!strcmp(not_yet[i], name)) {
			log_error("%s%s: not available in this version", where, name);
			return;
		}
	for (unsigned i = 0; i < ARRAY_SIZE(options); i++)
		if ((options[i].commands & command) &&
		    parse_distance(name, options[i].name) < distance) {
			best = options[i].name;
			distance = parse_distance(name, best);
		}
	if (best)
		log_error("%s%s: no such option; did you mean %s?", where, name, best);
	else
		log_error("%s%s: no such option; --help lists them", where, name);
}

static int option_apply(struct vm_config *c, const struct option *o, const char *where,
			const char *value)
{
	const char *more = value && strlen(value) > VALUE_SHOWN ? "..." : "";
	const char *why = NULL;
	int r = o->set(c, value, &why);

	if (r == -EINVAL && why)
		log_error("%s%s=%.*s%s: %s", where, o->name, VALUE_SHOWN, value, more, why);
	else if (r == -EINVAL)
		log_error("%s%s=%.*s%s: not a value it takes; allowed: %s", where, o->name,
			  VALUE_SHOWN, value, more, o->values);
	else if (r < 0)
		log_error("%s%s: %s", where, o->name, strerror(-r));
	return r;
}

struct file_state {
	struct vm_config *config;
	const char *path;
	FILE *file;
	unsigned command;
	unsigned line;
	bool failed;
	bool continued; /* the line begins with a space: libinih gives it to the option before */
};

/* libinih's reader: fgets() that counts, so that messages can name the line. What does not fit libinih's
 * buffer would be taken for another line. */
static char *file_line(char *buf, int size, void *stream)
{
	struct file_state *f = stream;
	char *line = f->failed ? NULL : fgets(buf, size, f->file);

	f->line++;
	if (!line)
		return NULL;
	f->continued = line[0] == ' ' || line[0] == '\t';
	if (strlen(line) == (size_t)size - 1 && line[size - 2] != '\n' && !feof(f->file)) {
		log_error("%s:%u: longer than %d characters; a cmdline may go on in lines that begin "
			  "with a space", f->path, f->line, size - 2);
		f->failed = true;
		return NULL;
	}
	return line;
}

/* The kernel's command line goes on; no other option can. */
static int file_continue(struct file_state *f, const char *where, const struct option *o,
			 const char *more)
{
	_cleanup_free_ char *all = NULL;

	if (o->set != set_cmdline || !f->config->cmdline) {
		log_error("%s%s: only a cmdline can go on in another line", where, o->name);
		return -EINVAL;
	}
	if (asprintf(&all, "%s %s", f->config->cmdline, more) < 0)
		return -ENOMEM;
	return option_apply(f->config, o, where, all);
}

/* Sections of devices: [KIND ID]. */
static const struct device_kind {
	const char *begin;
	int (*entry)(struct vm_config *c, const char *id, const char *key, const char *value, const char **ret_why);
} device_kinds[] = {
	{"disk ", disk_options_entry}, {"net ", net_options_entry}, {"channel ", channel_options_entry},
};

static const struct device_kind *device_kind(const char *section)
{
	for (unsigned i = 0; i < ARRAY_SIZE(device_kinds); i++)
		if (!strncmp(section, device_kinds[i].begin, strlen(device_kinds[i].begin)))
			return &device_kinds[i];
	return NULL;
}

static int file_device(struct file_state *f, const char *where, const char *section, const char *key,
		       const char *value)
{
	const char *why = "a line that begins with a space goes on with a cmdline alone";
	const struct device_kind *kind = device_kind(section);
	int r = -EINVAL;

	if (!f->continued)
		r = kind->entry(f->config, section + strlen(kind->begin), key, value, &why);
	if (r < 0)
		log_error("%s%s=%s: %s", where, key, value, r == -EINVAL ? why : strerror(-r));
	return r;
}

static int file_entry(void *user, const char *section, const char *name, const char *value)
{
	struct file_state *f = user;
	const struct option *o = option_find(name, f->command);
	char where[300];

	snprintf(where, sizeof(where), "%.250s:%u: ", f->path, f->line);
	if (!*section) {
		log_error("%s%s: stands before any section; begin with [vm]", where, name);
	} else if (device_kind(section)) {
		if (file_device(f, where, section, name, value) == 0)
			return 1;
	} else if (strcmp(section, "vm")) {
		log_error("%s[%s]: no such section; allowed: [vm], [disk ID], [net ID], [channel NAME]", where, section);
	} else if (o && (!o->set || o->set == set_help)) {
		log_error("%s%s: for the command line alone", where, name);
	} else if (!o) {
		option_unknown(where, name, f->command);
	} else if (f->continued) {
		if (file_continue(f, where, o, value) == 0)
			return 1;
	} else if (o->flag) {
		bool on;

		if (parse_switch(value, &on) < 0)
			log_error("%s%s=%s: allowed: on, off", where, name, value);
		else
			return on ? o->set(f->config, NULL, NULL) == 0 : 1;
	} else if (option_apply(f->config, o, where, value) == 0) {
		return 1;
	}
	f->failed = true;
	return 0;
}

static int file_parse(struct vm_config *c, const char *path, unsigned command)
{
	struct file_state f = {.config = c, .path = path, .command = command};
	const char *id, *why;
	int r;

	f.file = fopen(path, "re");
	if (!f.file) {
		log_error("--config=%s: %s", path, strerror(errno));
		return -EINVAL;
	}
	r = ini_parse_stream(file_line, &f, file_entry, &f);
	fclose(f.file);
	if (f.failed)
		return -EINVAL;
	if (r) {
		log_error("%s:%d: neither a [section] nor key = value", path, r);
		return -EINVAL;
	}
	id = disk_options_incomplete(c, &why);
	if (id) {
		log_error("%s: [disk %s]: %s", path, id, why);
		return -EINVAL;
	}
	if (channel_options_incomplete(c)) {
		log_error("%s: [channel %s]: path is missing", path, channel_options_incomplete(c));
		return -EINVAL;
	}
	id = net_options_incomplete(c, &why);
	if (id) {
		log_error("%s: [net %s]: %s", path, id, why);
		return -EINVAL;
	}
	return 0;
}

/* Short forms and their long ones. */
static const char *short_name(const char *arg)
{
	static const struct {
		const char *arg, *name;
	} shorts[] = {{"-v", "verbose"}, {"-o", "output"}, {"-h", "help"}};

	for (unsigned i = 0; i < ARRAY_SIZE(shorts); i++)
		if (!strcmp(arg, shorts[i].arg))
			return shorts[i].name;
	return NULL;
}

/*
 * One option of the command line at argv[*i], which goes to its last word: name into @name, value or NULL.
 * -EINVAL: not an option, or its value is missing.
 */
static int next_option(int argc, char **argv, int *i, unsigned command, char *name, size_t size,
		       const struct option **ret_option, const char **ret_value)
{
	const char *arg = argv[*i], *eq, *body = short_name(arg);

	if (!body && (strncmp(arg, "--", 2) || !arg[2])) {
		log_error("%s: not an option; --help lists them", arg);
		return -EINVAL;
	}
	if (!body)
		body = arg + 2;
	eq = strchr(body, '=');
	snprintf(name, size, "%.*s", (int)(eq ? eq - body : (long)strlen(body)), body);
	*ret_option = option_find(name, command);
	*ret_value = eq ? eq + 1 : NULL;
	if (!*ret_option) {
		option_unknown("--", name, command);
		return -EINVAL;
	}
	if ((*ret_option)->flag && eq) {
		log_error("--%s: takes no value", name);
		return -EINVAL;
	}
	if (!(*ret_option)->flag && !eq) {
		if (*i + 1 >= argc) {
			log_error("--%s: a value is missing; allowed: %s", name, (*ret_option)->values);
			return -EINVAL;
		}
		*ret_value = argv[++*i];
	}
	return 0;
}

/* One pass over the command line: the files alone, or all but them. */
static int line_parse(struct vm_config *c, unsigned command, int argc, char **argv, bool files)
{
	for (int i = 0; i < argc; i++) {
		const struct option *o;
		const char *value;
		char name[64];
		int r = next_option(argc, argv, &i, command, name, sizeof(name), &o, &value);

		if (r == 0 && files == !o->set)
			r = o->set ? option_apply(c, o, "--", value) : file_parse(c, value, command);
		if (r < 0)
			return r;
	}
	return 0;
}

int options_parse(struct vm_config *c, enum option_command command, int argc, char **argv)
{
	unsigned from_file;
	int r = line_parse(c, command, argc, argv, true);

	if (r < 0)
		return r;
	/* consoles of the command line replace those of the file */
	from_file = c->console_count;
	c->console_count = 0;
	r = line_parse(c, command, argc, argv, false);
	if (!c->console_count)
		c->console_count = from_file;
	for (unsigned i = c->console_count; i < from_file; i++) {
		free(c->consoles[i].spec);
		c->consoles[i].spec = NULL;
	}
	return r;
}

void options_help(FILE *out, enum option_command command)
{
	for (unsigned i = 0; i < ARRAY_SIZE(options); i++) {
		const struct option *o = &options[i];
		char left[80];

		if (!(o->commands & command))
			continue;
		snprintf(left, sizeof(left), "--%s%s%s", o->name, o->values ? "=" : "",
			 o->values ? o->values : "");
		fprintf(out, "  %-50s %s\n", left, o->help);
	}
}
