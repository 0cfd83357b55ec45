/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages of the vhost-user protocol, and what may be believed of those that come in. Source: "Vhost-user Protocol" in
 * QEMU's documentation. Everything is in the host's byte order. Pure functions: any thread.
 */
#ifndef PAPRIKA_IO_VHOST_USER_MSG_H
#define PAPRIKA_IO_VHOST_USER_MSG_H

#include <stddef.h>
#include <stdint.h>

#include "vmm/base/check.h"

#define VHOST_CONFIG_MAX  256u
#define VHOST_REGIONS_MAX 8u
#define VHOST_HEAD        12u
#define VHOST_PAYLOAD_MAX (12u + VHOST_CONFIG_MAX)

#define VHOST_NO_FD (1u << 8) /* beside a queue's number: there is no descriptor */

/* The feature bit that says that there are protocol features; VIRTIO leaves it to this. */
#define VHOST_F_PROTOCOL_FEATURES (1ull << 30)

enum vhost_protocol_feature {
	VHOST_PROTOCOL_MQ = 1 << 0,
	VHOST_PROTOCOL_REPLY_ACK = 1 << 3,
	VHOST_PROTOCOL_BACKEND_REQ = 1 << 5,
	VHOST_PROTOCOL_CONFIG = 1 << 9,
};

enum vhost_request {
	VHOST_GET_FEATURES = 1,
	VHOST_SET_FEATURES = 2,
	VHOST_SET_OWNER = 3,
	VHOST_SET_MEM_TABLE = 5,
	VHOST_SET_VRING_NUM = 8,
	VHOST_SET_VRING_ADDR = 9,
	VHOST_SET_VRING_BASE = 10,
	VHOST_GET_VRING_BASE = 11,
	VHOST_SET_VRING_KICK = 12,
	VHOST_SET_VRING_CALL = 13,
	VHOST_GET_PROTOCOL_FEATURES = 15,
	VHOST_SET_PROTOCOL_FEATURES = 16,
	VHOST_GET_QUEUE_NUM = 17,
	VHOST_SET_VRING_ENABLE = 18,
	VHOST_SET_BACKEND_REQ_FD = 21,
	VHOST_GET_CONFIG = 24,
	VHOST_SET_CONFIG = 25,
};

/* What a back end asks for of its own. */
enum vhost_backend_request { VHOST_BACKEND_CONFIG_CHANGE = 2 };

enum vhost_flags { VHOST_VERSION = 1, VHOST_VERSION_MASK = 3, VHOST_REPLY = 1 << 2, VHOST_NEED_REPLY = 1 << 3 };

struct vhost_vring_state {
	uint32_t index, num;
};

struct vhost_vring_addr {
	uint32_t index, flags;
	uint64_t desc, used, avail, log;
};

struct vhost_memory_region {
	uint64_t gpa, size, user_address, mmap_offset;
};

struct vhost_memory {
	uint32_t count, padding;
	struct vhost_memory_region regions[VHOST_REGIONS_MAX];
};

struct vhost_config {
	uint32_t offset, size, flags;
	uint8_t bytes[VHOST_CONFIG_MAX];
};

/* Without padding: the payload follows the three words at once. */
struct vhost_msg {
	uint32_t request, flags, size; /* size: bytes of the payload */
	union {
		uint8_t raw[VHOST_PAYLOAD_MAX];
		struct vhost_config config;
	} payload;
};

/* Of the payload as a structure of another kind: all or nothing. */
#define VHOST_PAYLOAD_GET(msg, object) memcpy((object), (msg)->payload.raw, sizeof(*(object)))

/*
 * Of the head alone: how many bytes of payload follow. -EPROTO: no message of this protocol, or longer than any that
 * there is.
 */
__must_check int vhost_msg_payload(const struct vhost_msg *msg);
/* Whether a whole @msg is the reply to @request with a payload of @size bytes. 0; -EPROTO: it is not. */
__must_check int vhost_msg_check_reply(const struct vhost_msg *msg, uint32_t request, size_t size);
/*
 * The configuration of @size bytes from @offset in the reply to GET_CONFIG, into @buf. -EPROTO: another part, or of another size;
 * -EIO: the back end has none (an empty payload, by the book).
 */
__must_check int vhost_msg_config(const struct vhost_msg *msg, uint32_t offset, void *buf, size_t size);

/* What came of a stream of messages, up to one of them. */
struct vhost_stream {
	struct vhost_msg msg;
	size_t have; /* bytes of it */
};

/* Where the next bytes go, and how many are due at the most: of the head, then of the payload. -EPROTO as above. */
__must_check int vhost_stream_room(struct vhost_stream *s, uint8_t **ret_at, size_t *ret_len);
/* @len bytes came. 1: s->msg is whole, and what comes is the next one; 0: not yet; -EPROTO. */
__must_check int vhost_stream_came(struct vhost_stream *s, size_t len);

#endif
