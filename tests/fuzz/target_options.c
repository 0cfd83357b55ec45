/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The user's options: a first byte chooses the command and whether what follows is a configuration file or
 * a command line, one word a line.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/fuzz/input.h"
#include "vmm/base/log.h"
#include "vmm/machine/options.h"

#define WORDS_MAX 32

static void parse(enum option_command command, int argc, char **argv)
{
	struct vm_config config;
	const char *bad;

	config_init(&config);
	if (options_parse(&config, command, argc, argv) == 0 &&
	    (!config.cpus || config.console_count > CONFIG_CONSOLES_MAX || config.memory < 1 << 20))
		__builtin_trap();
	config_done(&config);
	(void)log_set_trace("", &bad);
}

/* The file's path goes through /proc: nothing is left in any folder. */
static void parse_file(enum option_command command, const uint8_t *data, size_t size)
{
	int fd = memfd_create("fuzz", 0);
	char word[64];
	char *argv[] = {word};

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(word, sizeof(word), "--config=/proc/self/fd/%d", fd);
	parse(command, 1, argv);
	close(fd);
}

/* Other files than the fuzzer's are not to be read: some of them never end. */
static void parse_line(enum option_command command, const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), *rest = text, *word;
	char *argv[WORDS_MAX];
	int argc = 0;

	memcpy(text, data, size);
	text[size] = 0;
	while ((word = strsep(&rest, "\n")) && argc < WORDS_MAX)
		if (!strstr(word, "config"))
			argv[argc++] = word;
	parse(command, argc, argv);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum option_command commands[] = {OPTION_RUN, OPTION_FDT, OPTION_REPORT, OPTION_RUN};

	if (!size)
		return 0;
	if (data[0] & 4)
		parse_file(commands[data[0] & 3], data + 1, size - 1);
	else
		parse_line(commands[data[0] & 3], data + 1, size - 1);
	return 0;
}
