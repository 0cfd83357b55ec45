/* SPDX-License-Identifier: GPL-2.0-or-later */
/* paprika: parse, build the machine, lock the sandbox, run the loop. The one place that exits. */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fdt/print.h"
#include "seccomp/sandbox.h"
#include "vmm/base/bits.h"
#include "vmm/base/log.h"
#include "vmm/machine/control.h"
#include "vmm/machine/host.h"
#include "vmm/machine/machine.h"
#include "vmm/machine/options.h"

static struct machine machine;

static void end_now(void)
{
	chr_stdio_restore();
	_exit(MACHINE_FAILED);
}

static void end_tell(void)
{
	loop_wake(machine.violation_watch);
}

static void signals_init(void)
{
	static const int ends[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT};
	sigset_t block;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_IGN); /* a network's helper leaves nothing behind */
	sigemptyset(&block);
	for (unsigned i = 0; i < ARRAY_SIZE(ends); i++)
		sigaddset(&block, ends[i]);
	sigprocmask(SIG_BLOCK, &block, NULL);
}

/*
 * The standard descriptors are there, so that no file of ours gets their numbers, and no other: what the
 * parent left open is none of a caged process's business.
 */
static void descriptors_init(void)
{
	static const int flags[] = {O_RDONLY, O_WRONLY, O_WRONLY};

	for (int fd = 0; fd < 3; fd++) {
		if (fcntl(fd, F_GETFD) >= 0 || open("/dev/null", flags[fd]) != fd)
			continue;
		if (fd == STDOUT_FILENO)
			log_warning("standard output is closed: what goes there is dropped");
	}
	if (close_range(3, ~0u, 0) < 0)
		for (long fd = sysconf(_SC_OPEN_MAX) - 1; fd >= 3; fd--)
			close((int)fd);
}

static int command_run(struct vm_config *config)
{
	static const struct sandbox_end end = {.tell = end_tell, .end_now = end_now,
					       .restore = chr_stdio_restore};
	struct machine *m = &machine;
	int status;

	if (!config->kernel) {
		log_error("--kernel is missing: this version boots a kernel given on the command line");
		return MACHINE_USAGE;
	}
	descriptors_init();
	signals_init();
	/* what libraries would open later, in the sandbox */
	tzset();
	mallopt(M_ARENA_MAX, 1);
	if (sandbox_init(&end) < 0 || machine_open(m, config) < 0)
		return MACHINE_USAGE;
	status = machine_run(m);
	machine_close(m);
	return status;
}

static int fdt_write(const char *path, const void *blob, size_t len)
{
	FILE *f = fopen(path, "we");
	int r = 0;

	if (!f)
		r = -errno;
	else if (fwrite(blob, 1, len, f) != len)
		r = -EIO;
	if (f && fclose(f) && r == 0)
		r = -errno;
	if (r < 0)
		log_error("--output=%s: %s", path, strerror(-r));
	return r;
}

static int command_fdt(struct vm_config *config)
{
	void *blob;
	size_t len;
	int r = machine_fdt(config, &blob, &len);

	if (r < 0)
		return MACHINE_USAGE;
	if (config->output)
		r = fdt_write(config->output, blob, len);
	else
		fdt_print(stdout, blob);
	free(blob);
	return r < 0 ? MACHINE_USAGE : 0;
}

static int command_host(struct vm_config *config)
{
	host_report(stdout, config->json);
	return 0;
}

static int command_list(struct vm_config *config)
{
	return control_list(stdout, config->json);
}

static int command_status(struct vm_config *config)
{
	return control_status(stdout, config->name, config->json);
}

static int command_pause(struct vm_config *config)
{
	return control_ask(config->name, "pause");
}

static int command_resume(struct vm_config *config)
{
	return control_ask(config->name, "resume");
}

static int command_reset(struct vm_config *config)
{
	return control_ask(config->name, "reset");
}

static int command_set(struct vm_config *config)
{
	if (!config->setting) {
		log_error("set: what is to be set is missing: balloon=SIZE");
		return MACHINE_USAGE;
	}
	return control_set(config->name, config->setting);
}

static int command_nmi(struct vm_config *config)
{
	return control_ask(config->name, "nmi");
}

static int command_powerdown(struct vm_config *config)
{
	return control_powerdown(config->name, config->wait_s);
}

static int command_stop(struct vm_config *config)
{
	return control_ask(config->name, "stop");
}

static const struct command {
	const char *name, *help;
	enum option_command options;
	int (*fn)(struct vm_config *config);
	bool named; /* its first argument is a VM's name */
	bool setting; /* its second is KEY=VALUE */
} commands[] = {
	{"run", "boot a VM in the foreground", OPTION_RUN, command_run},
	{"fdt", "write the device tree a VM would get", OPTION_FDT, command_fdt},
	{"host", "what this host can run", OPTION_REPORT, command_host},
	{"list", "the VMs that run and have a name", OPTION_REPORT, command_list},
	{"status", "one of them", OPTION_REPORT, command_status, true},
	{"pause", "hold its vCPUs", OPTION_CONTROL, command_pause, true},
	{"resume", "let them go on", OPTION_CONTROL, command_resume, true},
	{"reset", "as its reset button would: at once", OPTION_CONTROL, command_reset, true},
	{"powerdown", "ask its guest to shut down", OPTION_POWERDOWN, command_powerdown, true},
	{"set", "balloon=SIZE: memory that its guest is to give up", OPTION_CONTROL, command_set, true, true},
	{"nmi", "the system reset interrupt, for its kernel's debugger or crash dump", OPTION_CONTROL,
	 command_nmi, true},
	{"stop", "as its power button held down: at once", OPTION_CONTROL, command_stop, true},
};

/* Commands of the design that later versions bring. */
static const char *const commands_later[] = {
	"devices", "console", "attach", "detach", "snapshot", "migrate",
};

static int usage(FILE *out)
{
	fprintf(out, "usage: paprika COMMAND [OPTION...]\n\n");
	for (unsigned i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(out, "  %-9s %-5s %s\n", commands[i].name, commands[i].named ? "NAME" : "",
			commands[i].help);
	fprintf(out, "\npaprika COMMAND --help lists the options of a command; --version, the version\n");
	return out == stdout ? 0 : MACHINE_USAGE;
}

/* The VM's name and the setting in front of a command's options, into @config: how many of them there were. */
static int take_words(const struct command *command, struct vm_config *config, int argc, char **argv)
{
	if (!command->named || !argc || argv[0][0] == '-')
		return 0;
	config->name = strdup(argv[0]);
	if (!config->name)
		return -ENOMEM;
	if (!command->setting || argc < 2 || argv[1][0] == '-')
		return 1;
	config->setting = strdup(argv[1]);
	return config->setting ? 2 : -ENOMEM;
}

static int command_main(const struct command *command, int argc, char **argv)
{
	struct vm_config config;
	int r, words;

	config_init(&config);
	r = words = take_words(command, &config, argc, argv);
	if (r >= 0)
		r = options_parse(&config, command->options, argc - words, argv + words);
	if (r == 0 && config.help) {
		printf("usage: paprika %s%s%s [OPTION...]\n\n", command->name, command->named ? " NAME" : "",
		       command->setting ? " KEY=VALUE" : "");
		options_help(stdout, command->options);
	} else if (r == 0 && command->named && !config.name) {
		log_error("%s: the name of a VM is missing; paprika list names those that run",
			  command->name);
		r = -EINVAL;
	} else if (r == 0) {
		log_set_level(config.quiet ? LOG_LEVEL_ERROR :
			      config.verbose ? LOG_LEVEL_WARNING + config.verbose :
					       LOG_LEVEL_WARNING);
		r = command->fn(&config);
	}
	config_done(&config);
	return r < 0 ? MACHINE_USAGE : r;
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return usage(stderr);
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return usage(stdout);
	if (!strcmp(argv[1], "--version")) {
		printf("paprika %s\n", PAPRIKA_VERSION);
		return 0;
	}
	for (unsigned i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(argv[1], commands[i].name))
			return command_main(&commands[i], argc - 2, argv + 2);
	for (unsigned i = 0; i < ARRAY_SIZE(commands_later); i++)
		if (!strcmp(argv[1], commands_later[i])) {
			log_error("%s: not available in this version", argv[1]);
			return MACHINE_USAGE;
		}
	log_error("%s: no such command; paprika --help lists them", argv[1]);
	return MACHINE_USAGE;
}
