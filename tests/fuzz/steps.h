/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a hostile driver does to a virtio device on the fake VM's bridge: a byte for the step, then what it needs. */
#ifndef PAPRIKA_TESTS_FUZZ_STEPS_H
#define PAPRIKA_TESTS_FUZZ_STEPS_H

#include "tests/fake/virtio.h"
#include "tests/fuzz/input.h"

#define STEPS_STRINGS 0x20000u /* where numbers that are strings begin */

enum step {
	STEP_BEGIN, /* a byte of features: a reset, then a running device */
	STEP_DESC,
	STEP_GIVE,
	STEP_WRITE, /* to a register */
	STEP_READ,
	STEP_CONFIG, /* space, a write and a read */
	STEP_POKE,   /* guest memory */
	STEP_TCE,
	STEP_INDEX, /* of the available ring, somewhere else */
	STEP_QUEUE, /* another one of the device's, enabled */
	STEP_OTHER, /* the target's own */
	STEPS,
};

/* One step. False: a STEP_OTHER, which is the caller's. */
bool steps_take(struct fake_driver *drv, struct input *in, uint32_t *strings);

#endif
