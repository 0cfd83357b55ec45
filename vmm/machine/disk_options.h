/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keys of a disk, on the command line (path=FILE,...) and in a section [disk ID] of a file. */
#ifndef PAPRIKA_MACHINE_DISK_OPTIONS_H
#define PAPRIKA_MACHINE_DISK_OPTIONS_H

#include "vmm/base/check.h"
#include "vmm/machine/config.h"

/* Adds the disk that @list describes. -EINVAL: *ret_why says what is wrong; -ENOMEM. */
__must_check int disk_options_parse(struct vm_config *c, const char *list, const char **ret_why);
/* @key of the disk called @id, which is added if it is not there. As above. */
__must_check int disk_options_entry(struct vm_config *c, const char *id, const char *key,
				    const char *value, const char **ret_why);
/* The id of a disk that is not all there, and what is wrong with it; NULL: there is none. */
const char *disk_options_incomplete(const struct vm_config *c, const char **ret_why);

#endif
