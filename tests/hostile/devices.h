/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The devices of the hostile guest, with real back ends: a disk, a network with a peer, a SCSI disk, random numbers. */
#ifndef PAPRIKA_TESTS_HOSTILE_DEVICES_H
#define PAPRIKA_TESTS_HOSTILE_DEVICES_H

#include "tests/fake/virtio.h"

enum { DISK, NET, SCSI, RNG, DEVICES };

extern struct fake_vm *vm;
extern struct virtio_device *devices[DEVICES];

/* Ends the program when the host fails. */
void devices_open(void);
/* A driver that does no wrong: what of the devices does not work any more, or NULL. Alone on the VM. */
const char *devices_work(unsigned round);
_Noreturn void die(const char *what);

#endif
