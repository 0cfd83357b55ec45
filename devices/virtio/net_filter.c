/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Filters of received frames, and the commands that set them. */
#include "devices/virtio/net_filter.h"

#include <string.h>

#include "vmm/base/byteorder.h"

#define VLAN_ADD  0u
#define VLAN_DEL  1u
#define TYPE_AT   12u
#define TYPE_VLAN 0x8100u

void net_filter_reset(struct net_filter *f, const uint8_t mac[6])
{
	*f = (struct net_filter){.modes = {[NET_MODE_PROMISC] = true}};
	memcpy(f->mac, mac, 6);
}

/* A list at *@at of @data: false if it is not all there. What lies beyond @have is taken for too long a list. */
static bool macs_read(struct net_macs *macs, const uint8_t *data, size_t have, uint64_t len, uint64_t *at)
{
	uint32_t count;
	uint64_t bytes;

	if (len - *at < 4)
		return false;
	if (*at + 4 > have) {
		macs->all = true;
		*at = len;
		return true;
	}
	count = load_le32(data + *at);
	bytes = (uint64_t)count * 6;
	*at += 4;
	if (bytes > len - *at)
		return false;
	macs->all = count > NET_FILTER_MACS || *at + bytes > have;
	macs->count = macs->all ? 0 : count;
	memcpy(macs->at, data + (macs->all ? 0 : *at), (size_t)macs->count * 6);
	*at += bytes;
	return true;
}

static bool table_set(struct net_filter *f, const uint8_t *data, size_t have, uint64_t len)
{
	struct net_macs unicast = {0}, multicast = {0};
	uint64_t at = 0;

	if (!macs_read(&unicast, data, have, len, &at) || !macs_read(&multicast, data, have, len, &at) || at != len)
		return false;
	f->unicast = unicast;
	f->multicast = multicast;
	return true;
}

static bool vlan_set(struct net_filter *f, unsigned command, unsigned id)
{
	uint32_t bit = 1u << (id % 32);

	if (id > 4095 || command > VLAN_DEL)
		return false;
	if (command == VLAN_ADD)
		f->vlans[id / 32] |= bit;
	else
		f->vlans[id / 32] &= ~bit;
	return true;
}

bool net_filter_command(struct net_filter *f, unsigned class, unsigned command, const uint8_t *data, size_t have,
			uint64_t len)
{
	if (class == NET_FILTER_MAC && command == NET_FILTER_MAC_TABLE)
		return table_set(f, data, have, len);
	if (have != len)
		return false;
	if (class == NET_FILTER_MODE && command < NET_MODES && len == 1 && data[0] <= 1) {
		f->modes[command] = data[0];
		return true;
	}
	if (class == NET_FILTER_MAC && command == NET_FILTER_MAC_ADDRESS && len == 6 && !(data[0] & 1)) {
		memcpy(f->mac, data, 6);
		return true;
	}
	return class == NET_FILTER_VLAN && len == 2 && vlan_set(f, command, load_le16(data));
}

static bool macs_have(const struct net_macs *macs, const uint8_t mac[6])
{
	for (unsigned i = 0; i < macs->count; i++)
		if (!memcmp(macs->at[i], mac, 6))
			return true;
	return macs->all;
}

static bool vlan_passes(const struct net_filter *f, const uint8_t *frame, size_t len)
{
	unsigned id;

	if (len < TYPE_AT + 4 || load_be16(frame + TYPE_AT) != TYPE_VLAN)
		return true;
	id = load_be16(frame + TYPE_AT + 2) & 4095;
	return (f->vlans[id / 32] >> (id % 32)) & 1;
}

bool net_filter_passes(const struct net_filter *f, bool vlans, const uint8_t *frame, size_t len)
{
	static const uint8_t broadcast[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

	if (f->modes[NET_MODE_PROMISC] || len < 6)
		return true;
	if (vlans && !vlan_passes(f, frame, len))
		return false;
	if (!memcmp(frame, broadcast, 6))
		return !f->modes[NET_MODE_NOBCAST];
	if (frame[0] & 1)
		return !f->modes[NET_MODE_NOMULTI] &&
		       (f->modes[NET_MODE_ALLMULTI] || macs_have(&f->multicast, frame));
	return !f->modes[NET_MODE_NOUNI] &&
	       (f->modes[NET_MODE_ALLUNI] || !memcmp(f->mac, frame, 6) || macs_have(&f->unicast, frame));
}
