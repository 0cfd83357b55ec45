/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One table of options for the command line, the configuration file and --help. */
#ifndef PAPRIKA_MACHINE_OPTIONS_H
#define PAPRIKA_MACHINE_OPTIONS_H

#include <stdio.h>

#include "vmm/machine/config.h"

/* Which commands take an option. */
enum option_command { OPTION_RUN = 1, OPTION_FDT = 2, OPTION_REPORT = 4, OPTION_CONTROL = 8, OPTION_POWERDOWN = 16 };

/*
 * Parses @argv for @command into @config; a --config file is read first, whatever its place, so that
 * the command line wins. On failure one line has been logged.
 * -EINVAL: bad usage; others: the file could not be read.
 */
__must_check int options_parse(struct vm_config *config, enum option_command command, int argc,
			       char **argv);

/* The options of @command, with their values and defaults. */
void options_help(FILE *out, enum option_command command);

#endif
