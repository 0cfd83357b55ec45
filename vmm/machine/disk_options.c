/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the user says of a disk. */
#include "vmm/machine/disk_options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/base/bits.h"
#include "vmm/base/parse.h"

#define SERIAL_MAX 20
#define ITEM_MAX   4200 /* a path of the longest that there is, and its key */

static int set_path(struct config_disk *d, const char *value)
{
	return *value ? parse_copy(value, &d->path) : -EINVAL;
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
} keys[] = {
	{"path", "path: a file or a block device", set_path},
	{"bus", "bus: virtio and virtio-scsi are what this version has", set_bus},
	{"readonly", "readonly: on, off", set_readonly},
	{"direct", "direct: on, off", set_direct},
	{"serial", "serial: 20 characters at most", set_serial},
	{"id", "id: letters, digits, _ . -", set_id},
};

static int key_set(struct config_disk *d, const char *key, const char *value, const char **ret_why)
{
	for (size_t i = 0; key && i < ARRAY_SIZE(keys); i++)
		if (!strcmp(keys[i].name, key)) {
			*ret_why = keys[i].allowed;
			return keys[i].set(d, value);
		}
	*ret_why = "keys, each with =VALUE: path, bus, readonly, direct, serial, id";
	return -EINVAL;
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
	*ret_why = "path=FILE is missing";
	if (!d->path)
		return -EINVAL;
	*ret_why = "id: another disk has it";
	return d->id && disk_find(c, d->id) != d ? -EINVAL : 0;
}

int disk_options_entry(struct vm_config *c, const char *id, const char *key, const char *value,
		       const char **ret_why)
{
	struct config_disk *d = disk_find(c, id);
	int r;

	*ret_why = "keys of a disk's section: path, bus, readonly, direct, serial";
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

const char *disk_options_incomplete(const struct vm_config *c)
{
	for (unsigned i = 0; i < c->disk_count; i++)
		if (!c->disks[i].path)
			return c->disks[i].id;
	return NULL;
}
