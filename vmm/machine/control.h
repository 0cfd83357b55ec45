/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Control of running VMs: each VM with a name listens at FOLDER/NAME/control. FOLDER is /run/paprika for root,
 * $XDG_RUNTIME_DIR/paprika for others; a service's own $RUNTIME_DIRECTORY is FOLDER/NAME. Who may open the
 * socket may control the VM.
 *
 * The socket keeps packets (SOCK_SEQPACKET): a request is one, its answer is one. A request is a word: pause,
 * resume, reset, powerdown, nmi, stop, status; or "set KEY=VALUE". An answer is lines: "ok" or "error TEXT"; for status,
 * a KEY VALUE each follows.
 */
#ifndef PAPRIKA_MACHINE_CONTROL_H
#define PAPRIKA_MACHINE_CONTROL_H

#include <stdbool.h>
#include <stdio.h>

#include "vmm/base/check.h"

#define CONTROL_PACKET_MAX 4096 /* bytes, either way */

struct machine;
struct control;

/*
 * Listens for @m's name; *ret_control is NULL if it has none. Before the cage. Negative errno, after a message:
 * -EADDRINUSE, a VM of that name runs; others of mkdir(2), bind(2).
 */
__must_check int control_open(struct machine *m, struct control **ret_control);
void control_close(struct control *control);

/* The folder of VM @name, or the one of all for NULL, into @buf. -ENOENT: this user has none; -ENAMETOOLONG. */
__must_check int control_folder(const char *name, char *buf, size_t size);

/* The client's commands; each returns an exit status after its message. */
int control_list(FILE *out, bool json);
int control_status(FILE *out, const char *name, bool json);
int control_ask(const char *name, const char *request);
int control_set(const char *name, const char *setting);
/* Asks the guest to shut down; with @wait_s, stays until the VM has ended, as many seconds at most. */
int control_powerdown(const char *name, unsigned wait_s);

#endif
