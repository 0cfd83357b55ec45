/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The handlers that hcalls.def names; each has the name of its call in lower case. */
#ifndef PAPRIKA_HCALLS_HANDLERS_H
#define PAPRIKA_HCALLS_HANDLERS_H

#include "hcalls/hcall.h"

#define HCALL(number, id, handler, set) hcall_fn handler;
#include "hcalls/hcalls.def"
#undef HCALL

#endif
