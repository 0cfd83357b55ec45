/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the user says of consoles (SPEC[,bus=BUS]) and of channels, name=NAME,path=SOCKET or a section [channel NAME]. */
#ifndef PAPRIKA_MACHINE_CONSOLE_OPTIONS_H
#define PAPRIKA_MACHINE_CONSOLE_OPTIONS_H

#include "vmm/base/check.h"
#include "vmm/machine/config.h"

/* Each adds one. -EINVAL: *ret_why says what is wrong; -ENOMEM. */
__must_check int console_options_parse(struct vm_config *c, const char *value, const char **ret_why);
__must_check int channel_options_parse(struct vm_config *c, const char *list, const char **ret_why);
/* @key of the channel called @name, which is added if it is not there. As above. */
__must_check int channel_options_entry(struct vm_config *c, const char *name, const char *key, const char *value,
				       const char **ret_why);
/* The name of a channel without a path; NULL: there is none. */
const char *channel_options_incomplete(const struct vm_config *c);

#endif
