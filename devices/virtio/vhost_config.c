/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration of a device that another process serves: from there to the driver, and what the driver writes back. */
#include <errno.h>
#include <string.h>

#include "devices/virtio/vhost_impl.h"

int vhost_config_get(struct vhost_device *v, uint8_t *config)
{
	int r = vhost_user_config_get(v->user, config, v->kind->config_len);

	if (r == 0 && v->kind->config_fix)
		v->kind->config_fix(&v->virtio, config);
	return r;
}

void vhost_request_came(void *ctx)
{
	struct vhost_device *v = ctx;
	uint8_t config[VIRTIO_CONFIG_MAX];
	int r = v->lost ? 0 : vhost_user_request_take(v->user);

	if (r == 1 && !v->kind->config_init) {
		r = vhost_config_get(v, config);
		if (r == 0)
			virtio_config_set(&v->virtio, 0, config, v->kind->config_len);
	}
	if (r < 0)
		vhost_lost_by(v, r);
}

void vhost_config_tell(struct vhost_device *v)
{
	struct virtio_device *d = &v->virtio;
	uint8_t bytes[4];
	unsigned at = 0, len = 0;
	int r;

	pthread_mutex_lock(&d->lock);
	if (v->config_written) {
		at = v->config_at;
		len = v->config_bytes;
		memcpy(bytes, d->config + at, len);
		v->config_written = false;
	}
	pthread_mutex_unlock(&d->lock);
	r = len ? vhost_user_config_set(v->user, at, bytes, len) : 0;
	if (r < 0 && r != -EREMOTEIO)
		vhost_lost_by(v, r);
}

void vhost_config_write(struct virtio_device *d, unsigned offset, unsigned len, uint32_t value)
{
	struct vhost_device *v = vhost_of(d);

	if (!v->kind->config_writable || !v->kind->config_writable(d, offset, len))
		return;
	for (unsigned i = 0; i < len; i++)
		d->config[offset + i] = (uint8_t)(value >> (8 * i));
	v->config_at = offset;
	v->config_bytes = len;
	v->config_written = true;
	doorbell_ring(&d->control);
}
