/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keys of a network, on the command line (KIND,KEY=VALUE,...) and in a section [net ID] of a file. */
#ifndef PAPRIKA_MACHINE_NET_OPTIONS_H
#define PAPRIKA_MACHINE_NET_OPTIONS_H

#include "vmm/base/check.h"
#include "vmm/machine/config.h"

/* Adds the network that @list describes. -EINVAL: *ret_why says what is wrong; -ENOMEM. */
__must_check int net_options_parse(struct vm_config *c, const char *list, const char **ret_why);
/* @key of the network called @id, which is added if it is not there. As above. */
__must_check int net_options_entry(struct vm_config *c, const char *id, const char *key,
				   const char *value, const char **ret_why);
/* The id of a network that is not all there, and what is wrong with it; NULL: there is none. */
const char *net_options_incomplete(const struct vm_config *c, const char **ret_why);

#endif
