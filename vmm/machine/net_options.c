/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the user says of a network. */
#include "vmm/machine/net_options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/base/bits.h"
#include "vmm/base/parse.h"

#define ID_CHARS   "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-"
#define IFNAME_MAX 15
#define ITEM_MAX   256

static int set_text(char **at, const char *value)
{
	char *copy = strdup(value);

	if (!copy)
		return -ENOMEM;
	free(*at);
	*at = copy;
	return 0;
}

static int set_type(struct config_net *n, const char *value)
{
	n->tap = !strcmp(value, "tap");
	return n->tap ? 0 : -EINVAL;
}

static int set_ifname(struct config_net *n, const char *value)
{
	if (!*value || strlen(value) > IFNAME_MAX || strpbrk(value, "/ \t"))
		return -EINVAL;
	return set_text(&n->ifname, value);
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
	return !*value || value[strspn(value, ID_CHARS)] ? -EINVAL : set_text(&n->id, value);
}

static const struct {
	const char *name, *allowed;
	int (*set)(struct config_net *n, const char *value);
} keys[] = {
	{"type", "type: tap is what this version has", set_type},
	{"ifname", "ifname: the name of an interface, 15 characters at most", set_ifname},
	{"bus", "bus: virtio is what this version has", set_bus},
	{"mac", "mac: six bytes, as 52:54:00:12:34:56, not of a group", set_mac},
	{"id", "id: letters, digits, _ . -", set_id},
};

static int key_set(struct config_net *n, const char *key, const char *value, const char **ret_why)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (!strcmp(keys[i].name, key)) {
			*ret_why = keys[i].allowed;
			return keys[i].set(n, value);
		}
	*ret_why = "keys, each with =VALUE: ifname, bus, mac, id";
	return -EINVAL;
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
	*ret_why = "tap,ifname=NAME is what it needs";
	if (!n->tap || !n->ifname)
		return -EINVAL;
	*ret_why = "id: another network has it";
	return n->id && net_find(c, n->id) != n ? -EINVAL : 0;
}

int net_options_entry(struct vm_config *c, const char *id, const char *key, const char *value,
		      const char **ret_why)
{
	struct config_net *n = net_find(c, id);
	int r;

	*ret_why = "keys of a network's section: type, ifname, bus, mac";
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

const char *net_options_incomplete(const struct vm_config *c)
{
	for (unsigned i = 0; i < c->net_count; i++)
		if (!c->nets[i].tap || !c->nets[i].ifname)
			return c->nets[i].id;
	return NULL;
}
