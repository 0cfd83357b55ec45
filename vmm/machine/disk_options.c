/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the user says of a disk. */
#include "vmm/machine/disk_options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/base/bits.h"
#include "vmm/base/parse.h"

#define SERIAL_MAX 20
#define SOCKET_MAX 107
#define ITEM_MAX   4200 /* a path of the longest that there is, and its key */

static int set_path(struct config_disk *d, const char *value)
{
	return *value ? parse_copy(value, &d->path) : -EINVAL;
}

static int set_vhost_user(struct config_disk *d, const char *value)
{
	return !*value || strlen(value) > SOCKET_MAX ? -EINVAL : parse_copy(value, &d->vhost_user);
}

static int set_bus(struct config_disk *d, const char *value)
{
	static const char *const buses[] = {"virtio", "virtio-scsi", NULL};
	unsigned bus;
	int r = parse_choice(value, buses, &bus);

	if (r == 0)
		d->scsi = bus == 1;
	return r;
}

static int set_readonly(struct config_disk *d, const char *value)
{
	return parse_switch(value, &d->readonly);
}

static int set_direct(struct config_disk *d, const char *value)
{
	return parse_switch(value, &d->direct);
}

static int set_serial(struct config_disk *d, const char *value)
{
	return strlen(value) > SERIAL_MAX ? -EINVAL : parse_copy(value, &d->serial);
}

static int set_id(struct config_disk *d, const char *value)
{
	return parse_is_name(value) ? parse_copy(value, &d->id) : -EINVAL;
}

static const struct {
	const char *name, *allowed;
	int (*set)(struct config_disk *d, const char *value);
	bool ours; /* a disk that another process serves has no say in it */
} keys[] = {
	{"path", "path: a file or a block device", set_path, true},
	{"vhost-user", "vhost-user: the path of a back end's socket, 107 characters at most", set_vhost_user, false},
	{"bus", "bus: virtio and virtio-scsi are what this version has", set_bus, true},
	{"readonly", "readonly: on, off", set_readonly, true},
	{"direct", "direct: on, off", set_direct, true},
	{"serial", "serial: 20 characters at most", set_serial, true},
	{"id", "id: letters, digits, _ . -", set_id, false},
};

static int key_set(struct config_disk *d, const char *key, const char *value, const char **ret_why)
{
	for (size_t i = 0; key && i < ARRAY_SIZE(keys); i++)
		if (!strcmp(keys[i].name, key)) {
			*ret_why = keys[i].allowed;
			d->keys |= 1u << i;
			return keys[i].set(d, value);
		}
	*ret_why = "keys, each with =VALUE: path, vhost-user, bus, readonly, direct, serial, id";
	return -EINVAL;
}

/* What @d lacks, or has and should not; NULL: it is all there. */
static const char *disk_wrong(const struct config_disk *d)
{
	if (!d->path && !d->vhost_user)
		return "path=FILE is missing";
	for (size_t i = 0; d->vhost_user && i < ARRAY_SIZE(keys); i++)
		if (keys[i].ours && ((d->keys >> i) & 1))
			return "vhost-user has the key id alone: the rest is its back end's to say";
	return NULL;
}

static struct config_disk *disk_find(struct vm_config *c, const char *id)
{
	for (unsigned i = 0; i < c->disk_count; i++)
		if (c->disks[i].id && !strcmp(c->disks[i].id, id))
			return &c->disks[i];
	return NULL;
}

static int disk_add(struct vm_config *c, struct config_disk **ret_disk, const char **ret_why)
{
	*ret_why = "there are 24 at most";
	if (c->disk_count == CONFIG_DISKS_MAX)
		return -EINVAL;
	*ret_disk = &c->disks[c->disk_count++];
	return 0;
}

int disk_options_parse(struct vm_config *c, const char *list, const char **ret_why)
{
	const char *key, *value;
	struct config_disk *d;
	char item[ITEM_MAX];
	int r = disk_add(c, &d, ret_why);

	while (r == 0 && parse_item(&list, item, sizeof(item), &key, &value))
		r = key_set(d, key, value, ret_why);
	if (r < 0)
		return r;
	*ret_why = disk_wrong(d);
	if (*ret_why)
		return -EINVAL;
	*ret_why = "id: another disk has it";
	return d->id && disk_find(c, d->id) != d ? -EINVAL : 0;
}

int disk_options_entry(struct vm_config *c, const char *id, const char *key, const char *value,
		       const char **ret_why)
{
	struct config_disk *d = disk_find(c, id);
	int r;

	*ret_why = "keys of a disk's section: path, vhost-user, bus, readonly, direct, serial";
	if (!strcmp(key, "id"))
		return -EINVAL;
	if (!d) {
		r = disk_add(c, &d, ret_why);
		if (r == 0)
			r = key_set(d, "id", id, ret_why);
		if (r < 0)
			return r;
	}
	return key_set(d, key, value, ret_why);
}

const char *disk_options_incomplete(const struct vm_config *c, const char **ret_why)
{
	for (unsigned i = 0; i < c->disk_count; i++) {
		*ret_why = disk_wrong(&c->disks[i]);
		if (*ret_why)
			return c->disks[i].id;
	}
	return NULL;
}
