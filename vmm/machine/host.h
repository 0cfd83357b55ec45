/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What this host can run. */
#ifndef PAPRIKA_MACHINE_HOST_H
#define PAPRIKA_MACHINE_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Memory and swap of the host, in bytes. */
uint64_t host_memory(void);
/* Why KVM does not run the guest here, as a phrase; only where this build has no KVM. */
void host_kvm_state(char *buf, size_t size);
/* The host command. */
void host_report(FILE *out, bool json);

#endif
