/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vhost-user front end: the connection to a process that serves a device's queues out of the guest's memory. Source:
 * "Vhost-user Protocol" in QEMU's documentation.
 *
 * Contract: that of vhost_back.h, and vhost_user_open() on the main thread. A back end is another process, which may
 * be broken, stuck or gone: each exchange ends after VHOST_USER_PATIENCE_S seconds at the latest, and after an error of
 * an exchange, other than -EREMOTEIO, the back end is given up: the connection is shut down, and whatever else is asked
 * for fails with -EPIPE.
 *
 * Errors of exchanges: -EPIPE: it has gone; -ETIMEDOUT: no answer; -EPROTO: an answer that is none; -EREMOTEIO: it
 * refuses.
 */
#ifndef PAPRIKA_IO_VHOST_USER_H
#define PAPRIKA_IO_VHOST_USER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vmm/base/check.h"
#include "vmm/io/vhost_back.h"

#define VHOST_USER_PATIENCE_S 10

struct vhost_user;

/*
 * Connects to @path and agrees on the protocol; with a back end that speaks VIRTIO 1, else -EINVAL and *ret_why. *ret_features are
 * the virtio features that it offers. Others of socket(2) and connect(2), and of exchanges.
 */
__must_check int vhost_user_open(const char *path, struct vhost_user **ret_back, uint64_t *ret_features,
				 const char **ret_why);

/* How many queues it serves; 0: it does not say. */
unsigned vhost_user_queues(const struct vhost_user *v);
bool vhost_user_has_config(const struct vhost_user *v);

/* @len bytes of the device's configuration, VHOST_CONFIG_MAX at the most. -ENOTSUP: it has none. */
__must_check int vhost_user_config_get(struct vhost_user *v, void *buf, size_t len);
__must_check int vhost_user_config_set(struct vhost_user *v, unsigned offset, const void *buf, size_t len);

/* The same, for what every back end does. */
struct vhost_back *vhost_user_back(struct vhost_user *v);

/* To be watched for edges; then vhost_user_check(), where 0 is: nothing has happened. */
int vhost_user_fd(const struct vhost_user *v);
__must_check int vhost_user_check(struct vhost_user *v);

/* The back end's own requests, to be watched for edges; -1: it makes none. All that came are taken: 1: the configuration has
 * changed; 0: nothing has happened. */
int vhost_user_request_fd(const struct vhost_user *v);
__must_check int vhost_user_request_take(struct vhost_user *v);

/*
 * Waiting for a back end, on the I/O thread: until it says something or rings one of the descriptors of vhost_user_wait_for(),
 * which are added before that thread begins. It may end early. -ETIMEDOUT: @deadline, of vhost_user_deadline(), is over.
 */
int64_t vhost_user_deadline(void);
__must_check int vhost_user_wait(struct vhost_user *v, int64_t deadline);
__must_check int vhost_user_wait_for(struct vhost_user *v, int fd);

#endif
