/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What of a back end's messages may be believed. */
#include "vmm/io/vhost_user_msg.h"

#include <errno.h>
#include <string.h>

#define CONFIG_HEAD offsetof(struct vhost_config, bytes)

_Static_assert(offsetof(struct vhost_msg, payload) == VHOST_HEAD, "a message has no padding");

int vhost_msg_payload(const struct vhost_msg *m)
{
	if ((m->flags & VHOST_VERSION_MASK) != VHOST_VERSION || m->size > VHOST_PAYLOAD_MAX)
		return -EPROTO;
	return (int)m->size;
}

int vhost_msg_check_reply(const struct vhost_msg *m, uint32_t request, size_t size)
{
	return m->request == request && (m->flags & VHOST_REPLY) && m->size == size ? 0 : -EPROTO;
}

int vhost_msg_config(const struct vhost_msg *m, uint32_t offset, void *buf, size_t size)
{
	if (vhost_msg_check_reply(m, VHOST_GET_CONFIG, 0) == 0)
		return -EIO;
	if (size > VHOST_CONFIG_MAX || vhost_msg_check_reply(m, VHOST_GET_CONFIG, CONFIG_HEAD + size) < 0 ||
	    m->payload.config.offset != offset || m->payload.config.size != size)
		return -EPROTO;
	memcpy(buf, m->payload.config.bytes, size);
	return 0;
}

int vhost_stream_room(struct vhost_stream *s, uint8_t **ret_at, size_t *ret_len)
{
	size_t whole = VHOST_HEAD;

	if (s->have >= VHOST_HEAD) {
		int payload = vhost_msg_payload(&s->msg);

		if (payload < 0)
			return payload;
		whole += (size_t)payload;
	}
	*ret_at = (uint8_t *)&s->msg + s->have;
	*ret_len = whole - s->have;
	return 0;
}

int vhost_stream_came(struct vhost_stream *s, size_t len)
{
	int payload;

	s->have += len;
	if (s->have < VHOST_HEAD)
		return 0;
	payload = vhost_msg_payload(&s->msg);
	if (payload < 0)
		return payload;
	if (s->have < VHOST_HEAD + (size_t)payload)
		return 0;
	s->have = 0;
	return 1;
}
