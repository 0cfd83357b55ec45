/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The devices of the hostile guest, with real back ends: a disk, a network with a peer, a SCSI disk, a console with a
 * reader of its terminal and one that comes and goes, a balloon, random numbers. */
#ifndef PAPRIKA_TESTS_HOSTILE_DEVICES_H
#define PAPRIKA_TESTS_HOSTILE_DEVICES_H

#include "tests/fake/virtio.h"

enum { DISK, NET, SCSI, CONSOLE, BALLOON, RNG, DEVICES };

extern struct fake_vm *vm;
extern struct virtio_device *devices[DEVICES];

/* Ends the program when the host fails. */
void devices_open(void);
/* What the VM's user does meanwhile. */
void balloon_target(uint32_t mib);
/* A driver that does no wrong: what of the devices does not work any more, or NULL. Alone on the VM. */
const char *devices_work(unsigned round);
_Noreturn void die(const char *what);

#endif
