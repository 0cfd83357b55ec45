/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the user says of consoles and channels. */
#include "vmm/machine/console_options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "devices/virtio/console.h"
#include "vmm/base/parse.h"

#define BUS        ",bus="
#define SOCKET_MAX 107 /* bytes of the path of a unix socket */
#define ITEM_MAX   256

/* The last one of a list, if @value ends so: a path may have commas, too. */
static const char *find_bus(const char *value)
{
	const char *bus = NULL;

	for (const char *p = strstr(value, BUS); p; p = strstr(p + 1, BUS))
		bus = p;
	return bus;
}

int console_options_parse(struct vm_config *c, const char *value, const char **ret_why)
{
	static const char *const buses[] = {"vty", "virtio", NULL};
	struct config_console *console = &c->consoles[c->console_count];
	const char *end = find_bus(value);
	unsigned bus = 0;
	int r;

	*ret_why = "there are 8 at most";
	if (c->console_count == CONFIG_CONSOLES_MAX)
		return -EINVAL;
	*ret_why = "bus: vty, virtio";
	if (end && parse_choice(end + strlen(BUS), buses, &bus) < 0)
		return -EINVAL;
	r = parse_copy(value, &console->spec);
	if (r < 0)
		return r;
	if (end)
		console->spec[end - value] = '\0';
	console->virtio = bus;
	c->console_count++;
	return 0;
}

static int set_name(struct config_channel *channel, const char *value)
{
	if (!parse_is_name(value) || strlen(value) > VIRTIO_CONSOLE_NAME_MAX)
		return -EINVAL;
	return parse_copy(value, &channel->name);
}

static int set_path(struct config_channel *channel, const char *value)
{
	return *value && strlen(value) <= SOCKET_MAX ? parse_copy(value, &channel->path) : -EINVAL;
}

static int key_set(struct config_channel *channel, const char *key, const char *value, const char **ret_why)
{
	*ret_why = "name: letters, digits, _ . -, 63 at most";
	if (key && !strcmp(key, "name"))
		return set_name(channel, value);
	*ret_why = "path: of a unix socket, 107 characters at most";
	if (key && !strcmp(key, "path"))
		return set_path(channel, value);
	*ret_why = "keys, each with =VALUE: name, path";
	return -EINVAL;
}

static struct config_channel *channel_find(struct vm_config *c, const char *name)
{
	for (unsigned i = 0; i < c->channel_count; i++)
		if (c->channels[i].name && !strcmp(c->channels[i].name, name))
			return &c->channels[i];
	return NULL;
}

static int channel_add(struct vm_config *c, struct config_channel **ret_channel, const char **ret_why)
{
	*ret_why = "there are 7 at most";
	if (c->channel_count == CONFIG_CHANNELS_MAX)
		return -EINVAL;
	*ret_channel = &c->channels[c->channel_count++];
	return 0;
}

int channel_options_parse(struct vm_config *c, const char *list, const char **ret_why)
{
	struct config_channel *channel;
	const char *key, *value;
	char item[ITEM_MAX];
	int r = channel_add(c, &channel, ret_why);

	while (r == 0 && parse_item(&list, item, sizeof(item), &key, &value))
		r = key_set(channel, key, value, ret_why);
	if (r < 0)
		return r;
	*ret_why = "name=NAME and path=SOCKET are what it needs";
	if (!channel->name || !channel->path)
		return -EINVAL;
	*ret_why = "name: another channel has it";
	return channel_find(c, channel->name) != channel ? -EINVAL : 0;
}

int channel_options_entry(struct vm_config *c, const char *name, const char *key, const char *value,
			  const char **ret_why)
{
	struct config_channel *channel = channel_find(c, name);
	int r;

	*ret_why = "keys of a channel's section: path";
	if (!strcmp(key, "name"))
		return -EINVAL;
	if (!channel) {
		r = channel_add(c, &channel, ret_why);
		if (r == 0)
			r = key_set(channel, "name", name, ret_why);
		if (r < 0)
			return r;
	}
	return key_set(channel, key, value, ret_why);
}

const char *channel_options_incomplete(const struct vm_config *c)
{
	for (unsigned i = 0; i < c->channel_count; i++)
		if (!c->channels[i].path)
			return c->channels[i].name;
	return NULL;
}
