/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the user says of a network. */
#include "vmm/machine/net_options.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/base/bits.h"
#include "vmm/base/parse.h"

#define IFNAME_MAX 15
#define SOCKET_MAX 107
#define ITEM_MAX   256

#define NETWORK    0x0a000200u /* 10.0.2.0/24 */
#define NETWORK_LEN 24
#define LOOPBACK   0x7f000001u

static int set_type(struct config_net *n, const char *value)
{
	static const char *const names[] = {
		[NET_USER] = "user", [NET_TAP] = "tap", [NET_PASST] = "passt", [NET_VHOST_USER] = "vhost-user", NULL,
	};
	unsigned kind;
	int r = parse_choice(value, names, &kind);

	if (r == 0)
		n->kind = (enum net_kind)kind;
	return r;
}

static int set_ifname(struct config_net *n, const char *value)
{
	if (!*value || strlen(value) > IFNAME_MAX || strpbrk(value, "/ \t"))
		return -EINVAL;
	return parse_copy(value, &n->ifname);
}

static int set_socket(struct config_net *n, const char *value)
{
	return !*value || strlen(value) > SOCKET_MAX ? -EINVAL : parse_copy(value, &n->socket);
}

static int parse_address(const char *text, size_t len, uint32_t *ret_address)
{
	struct in_addr a;
	char copy[INET_ADDRSTRLEN];

	if (len >= sizeof(copy))
		return -EINVAL;
	memcpy(copy, text, len);
	copy[len] = 0;
	if (inet_pton(AF_INET, copy, &a) != 1)
		return -EINVAL;
	*ret_address = ntohl(a.s_addr);
	return 0;
}

static int parse_port(const char *text, size_t len, uint16_t *ret_port)
{
	uint64_t port;
	char copy[6];

	if (len >= sizeof(copy))
		return -EINVAL;
	memcpy(copy, text, len);
	copy[len] = 0;
	if (parse_unsigned(copy, UINT16_MAX, &port) < 0 || !port)
		return -EINVAL;
	*ret_port = (uint16_t)port;
	return 0;
}

/* [ADDRESS:]PORT in the @len characters; an address that is not there is left as it is. */
static int parse_end(const char *text, size_t len, uint32_t *address, uint16_t *ret_port)
{
	const char *colon = memchr(text, ':', len);
	size_t before = colon ? (size_t)(colon - text) : 0;

	if (before && parse_address(text, before, address) < 0)
		return -EINVAL;
	if (colon)
		before++;
	return parse_port(text + before, len - before, ret_port);
}

static int set_hostfwd(struct config_net *n, const char *value)
{
	struct net_forward f = {.address = LOOPBACK};
	const char *dash;

	if (n->user.forward_count == NET_FORWARDS_MAX)
		return -EINVAL;
	if (!strncmp(value, "udp:", 4) || !strncmp(value, "tcp:", 4)) {
		f.udp = *value == 'u';
		value += 4;
	}
	dash = strchr(value, '-');
	if (!dash || parse_end(value, (size_t)(dash - value), &f.address, &f.port) < 0 ||
	    parse_end(dash + 1, strlen(dash + 1), &f.guest, &f.guest_port) < 0)
		return -EINVAL;
	n->user.forwards[n->user.forward_count++] = f;
	return 0;
}

static int set_restrict(struct config_net *n, const char *value)
{
	return parse_switch(value, &n->user.restricted);
}

/* ADDRESS/LENGTH, with room for the addresses that the network gives. */
static int set_network(struct config_net *n, const char *value)
{
	const char *slash = strchr(value, '/');
	uint32_t address;
	uint64_t len;

	if (!slash || parse_address(value, (size_t)(slash - value), &address) < 0 ||
	    parse_unsigned(slash + 1, 28, &len) < 0 || len < 8 || (address & (~0u >> len)))
		return -EINVAL;
	n->user.network = address;
	n->user.prefix_len = (unsigned)len;
	return 0;
}

static int set_queues(struct config_net *n, const char *value)
{
	uint64_t queues;

	if (parse_unsigned(value, NET_QUEUES_MAX, &queues) < 0 || !queues)
		return -EINVAL;
	n->queues = (unsigned)queues;
	return 0;
}

static int set_vhost(struct config_net *n, const char *value)
{
	static const char *const names[] = {"auto", "on", "off", NULL};

	return parse_choice(value, names, &n->vhost);
}

static int set_bus(struct config_net *n, const char *value)
{
	return strcmp(value, "virtio") ? -EINVAL : 0;
}

/* Of one station: the lowest bit of the first byte is that of groups. */
static int set_mac(struct config_net *n, const char *value)
{
	unsigned b[6];
	int end = -1;

	/* NOLINTNEXTLINE(cert-err34-c): two digits always fit */
	if (strlen(value) != 17 || sscanf(value, "%2x:%2x:%2x:%2x:%2x:%2x%n", &b[0], &b[1], &b[2],
					  &b[3], &b[4], &b[5], &end) != 6 || end != 17 || (b[0] & 1))
		return -EINVAL;
	for (unsigned i = 0; i < 6; i++)
		n->mac[i] = (uint8_t)b[i];
	n->has_mac = true;
	return 0;
}

static int set_id(struct config_net *n, const char *value)
{
	return parse_is_name(value) ? parse_copy(value, &n->id) : -EINVAL;
}

#define ANY 0xffu
#define OF(kind) (1u << (kind))

static const struct {
	const char *name, *allowed;
	int (*set)(struct config_net *n, const char *value);
	unsigned kinds; /* that have it */
} keys[] = {
	{"type", "type: user, tap, passt and vhost-user are what this version has", set_type, ANY},
	{"ifname", "ifname: the name of an interface, 15 characters at most", set_ifname, OF(NET_TAP)},
	{"socket", "socket: the path of passt's or a back end's socket, 107 characters at most", set_socket,
	 OF(NET_PASST) | OF(NET_VHOST_USER)},
	{"hostfwd", "hostfwd: [tcp|udp]:[ADDRESS:]PORT-[ADDRESS]:PORT, as tcp:2222-:22; 16 at most", set_hostfwd,
	 OF(NET_USER)},
	{"restrict", "restrict: on, off", set_restrict, OF(NET_USER)},
	{"network", "network: an address and its length, 8 to 28, as 10.0.2.0/24", set_network, OF(NET_USER)},
	{"queues", "queues: a number from 1 to 8, of pairs of queues", set_queues, ANY},
	{"vhost", "vhost: auto, on, off", set_vhost, OF(NET_TAP)},
	{"bus", "bus: virtio is what this version has", set_bus, ANY},
	{"mac", "mac: six bytes, as 52:54:00:12:34:56, not of a group", set_mac, ANY},
	{"id", "id: letters, digits, _ . -", set_id, ANY},
};

static int key_set(struct config_net *n, const char *key, const char *value, const char **ret_why)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (!strcmp(keys[i].name, key)) {
			*ret_why = keys[i].allowed;
			n->keys |= 1u << i;
			return keys[i].set(n, value);
		}
	*ret_why = "keys, each with =VALUE: ifname, socket, hostfwd, restrict, network, queues, vhost, bus, mac, id";
	return -EINVAL;
}

/* What @n lacks, or has and should not; NULL: it is all there. */
static const char *net_wrong(const struct config_net *n)
{
	static const char *const others[] = {
		[NET_USER] = "user has the keys hostfwd, restrict, network, queues, bus, mac, id",
		[NET_TAP] = "tap has the keys ifname, queues, vhost, bus, mac, id",
		[NET_PASST] = "passt has the keys socket, queues, bus, mac, id",
		[NET_VHOST_USER] = "vhost-user has the keys socket, queues, bus, mac, id",
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (((n->keys >> i) & 1) && !(keys[i].kinds & OF(n->kind)))
			return others[n->kind];
	if (n->kind != NET_TAP && n->queues > 1)
		return "queues: only a tap can have more than one";
	if (n->kind == NET_TAP && !n->ifname)
		return "ifname=NAME is what a tap needs";
	if (n->kind == NET_PASST && !n->socket)
		return "socket=PATH is what passt needs";
	if (n->kind == NET_VHOST_USER && !n->socket)
		return "socket=PATH is what vhost-user needs";
	return NULL;
}

static struct config_net *net_find(struct vm_config *c, const char *id)
{
	for (unsigned i = 0; i < c->net_count; i++)
		if (c->nets[i].id && !strcmp(c->nets[i].id, id))
			return &c->nets[i];
	return NULL;
}

static int net_add(struct vm_config *c, struct config_net **ret_net, const char **ret_why)
{
	*ret_why = "there are 4 at most";
	if (c->net_count == CONFIG_NETS_MAX)
		return -EINVAL;
	*ret_net = &c->nets[c->net_count++];
	(*ret_net)->user.network = NETWORK;
	(*ret_net)->user.prefix_len = NETWORK_LEN;
	return 0;
}

int net_options_parse(struct vm_config *c, const char *list, const char **ret_why)
{
	const char *key, *value;
	struct config_net *n;
	char item[ITEM_MAX];
	int r = net_add(c, &n, ret_why);

	while (r == 0 && parse_item(&list, item, sizeof(item), &key, &value))
		r = key_set(n, key ? key : "type", value, ret_why);
	if (r < 0)
		return r;
	*ret_why = net_wrong(n);
	if (*ret_why)
		return -EINVAL;
	*ret_why = "id: another network has it";
	return n->id && net_find(c, n->id) != n ? -EINVAL : 0;
}

int net_options_entry(struct vm_config *c, const char *id, const char *key, const char *value,
		      const char **ret_why)
{
	struct config_net *n = net_find(c, id);
	int r;

	*ret_why = "keys of a network's section: type, ifname, socket, hostfwd, restrict, network, queues, vhost, bus, "
		   "mac";
	if (!strcmp(key, "id"))
		return -EINVAL;
	if (!n) {
		r = net_add(c, &n, ret_why);
		if (r == 0)
			r = key_set(n, "id", id, ret_why);
		if (r < 0)
			return r;
	}
	return key_set(n, key, value, ret_why);
}

const char *net_options_incomplete(const struct vm_config *c, const char **ret_why)
{
	for (unsigned i = 0; i < c->net_count; i++) {
		*ret_why = net_wrong(&c->nets[i]);
		if (*ret_why)
			return c->nets[i].id;
	}
	return NULL;
}
