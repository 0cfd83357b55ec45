/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The handlers that services.def names. */
#ifndef PAPRIKA_VOF_SERVICES_H
#define PAPRIKA_VOF_SERVICES_H

#include "vof/internal.h"

vof_service_fn service_test, service_finddevice, service_peer, service_child, service_parent,
	service_getproplen, service_getprop, service_nextprop, service_setprop, service_canon,
	service_instance_to_path, service_package_to_path, service_instance_to_package,
	service_open, service_close, service_read, service_write, service_seek, service_claim,
	service_release, service_milliseconds, service_boot, service_enter, service_exit,
	service_quiesce;

bool vof_service_exists(const char *name);

#endif
