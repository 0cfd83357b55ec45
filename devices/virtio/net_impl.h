/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Features and configuration of networks: VIRTIO 1.2, 5.1.3 and 5.1.4. */
#ifndef PAPRIKA_VIRTIO_NET_IMPL_H
#define PAPRIKA_VIRTIO_NET_IMPL_H

#include <stdint.h>

#include "vmm/io/net.h"

#define F_CSUM       (1ull << 0)
#define F_GUEST_CSUM (1ull << 1)
#define F_MAC        (1ull << 5)
#define F_GUEST_TSO4 (1ull << 7)
#define F_GUEST_TSO6 (1ull << 8)
#define F_GUEST_ECN  (1ull << 9)
#define F_GUEST_UFO  (1ull << 10)
#define F_HOST_TSO4  (1ull << 11)
#define F_HOST_TSO6  (1ull << 12)
#define F_HOST_ECN   (1ull << 13)
#define F_HOST_UFO   (1ull << 14)
#define F_MRG_RXBUF  (1ull << 15)
#define F_STATUS     (1ull << 16)
#define F_CTRL_VQ    (1ull << 17)
#define F_CTRL_RX    (1ull << 18)
#define F_CTRL_VLAN  (1ull << 19)
#define F_CTRL_EXTRA (1ull << 20) /* of CTRL_RX */
#define F_MQ         (1ull << 22)
#define F_CTRL_MAC   (1ull << 23)

#define CONFIG_STATUS   6u
#define CONFIG_PAIRS    8u
#define NET_CONFIG_SIZE 10u
#define LINK_UP         1u

/* Of enum net_offload: what frames to a driver that accepted @features may leave to it. */
static inline unsigned net_offloads_of(uint64_t features)
{
	return (features & F_GUEST_CSUM ? NET_CHECKSUM : 0) | (features & F_GUEST_TSO4 ? NET_TSO4 : 0) |
	       (features & F_GUEST_TSO6 ? NET_TSO6 : 0);
}

/* What can be offered where the back end has @offloads. */
static inline uint64_t net_features_of(unsigned offloads)
{
	return (offloads & NET_CHECKSUM ? F_CSUM | F_GUEST_CSUM : 0) |
	       (offloads & NET_TSO4 ? F_GUEST_TSO4 | F_HOST_TSO4 : 0) |
	       (offloads & NET_TSO6 ? F_GUEST_TSO6 | F_HOST_TSO6 : 0);
}

#endif
