/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The handlers that calls.def names. */
#ifndef PAPRIKA_HCALLS_RTAS_HANDLERS_H
#define PAPRIKA_HCALLS_RTAS_HANDLERS_H

#include "hcalls/rtas/rtas.h"

#define RTAS(token, name, handler, nargs, nret) rtas_fn handler;
#include "hcalls/rtas/calls.def"
#undef RTAS

#endif
