/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which frames the driver of a network device wants: its address, lists of others, virtual LANs, and how much of each
 * it takes unseen. Source: VIRTIO 1.2, 5.1.6.5.1 to 5.1.6.5.3. Threads: the device's I/O thread, or none of it.
 */
#ifndef PAPRIKA_VIRTIO_NET_FILTER_H
#define PAPRIKA_VIRTIO_NET_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NET_FILTER_MACS 64u /* of a list; a longer one lets all of its kind pass */

/* Classes of commands and, of the receive mode's, the last one that every device with that class has. */
enum net_filter_class { NET_FILTER_MODE = 0, NET_FILTER_MAC = 1, NET_FILTER_VLAN = 2 };
enum { NET_FILTER_ALLMULTI = 1 };
/* Commands of NET_FILTER_MAC. */
enum { NET_FILTER_MAC_TABLE = 0, NET_FILTER_MAC_ADDRESS = 1 };

/* Of the receive mode, in the order of its commands. */
enum net_filter_mode {
	NET_MODE_PROMISC, NET_MODE_ALLMULTI, NET_MODE_ALLUNI, NET_MODE_NOMULTI, NET_MODE_NOUNI, NET_MODE_NOBCAST,
	NET_MODES,
};

struct net_macs {
	unsigned count;
	bool all; /* of its kind */
	uint8_t at[NET_FILTER_MACS][6];
};

struct net_filter {
	bool modes[NET_MODES];
	uint8_t mac[6];
	struct net_macs unicast, multicast;
	uint32_t vlans[4096 / 32];
};

/* As at a reset: all frames pass. */
void net_filter_reset(struct net_filter *f, const uint8_t mac[6]);

/* False: a command that there is not, or @data is not what belongs to it; then nothing has changed. @len is what
 * the driver gave, of which @data has the first @have. */
bool net_filter_command(struct net_filter *f, unsigned class, unsigned command, const uint8_t *data, size_t have,
			uint64_t len);

/* Whether a frame without its header is to be received; @vlans: whether the driver filters virtual LANs. */
bool net_filter_passes(const struct net_filter *f, bool vlans, const uint8_t *frame, size_t len);

#endif
