/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Disks: devices of their own, or targets of one SCSI host. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "vmm/base/log.h"
#include "vmm/machine/machine.h"

#define QUEUES_MAX 8

static int disk_error(const struct config_disk *c, int r, const char *why)
{
	if (c->vhost_user)
		return vhost_error("--disk=vhost-user=", c->vhost_user, r, why);
	if (r == -EBUSY)
		why = "it is in use by another process";
	else if (r != -EINVAL || !why)
		why = strerror(-r);
	log_error("--disk=path=%s: %s", c->path, why);
	return r;
}

static unsigned queue_count(const struct machine *m)
{
	return m->config->cpus < QUEUES_MAX ? m->config->cpus : QUEUES_MAX;
}

/* With its first disk. */
static int scsi_host_open(struct machine *m)
{
	int r = m->scsi ? 0 : iothread_new("scsi", &m->scsi_thread);

	if (r == 0 && !m->scsi) {
		r = virtio_scsi_new(m->scsi_thread, queue_count(m), &m->scsi);
		if (r == 0)
			r = pci_plug(m, virtio_scsi_device(m->scsi));
	}
	return r;
}

static int image_open(struct machine *m, const struct config_disk *c, struct machine_disk *disk,
		      struct iothread *thread, const char **ret_why)
{
	return blk_open(&(struct blk_params){.path = c->path, .readonly = c->readonly, .direct = c->direct,
					     .describe = !m->mem, .thread = thread}, &disk->blk, ret_why);
}

static int target_attach(struct machine *m, const struct config_disk *c, struct machine_disk *disk, const char **ret_why)
{
	int r = scsi_host_open(m);

	if (r == 0)
		r = image_open(m, c, disk, m->scsi_thread, ret_why);
	if (r == 0)
		r = scsi_disk_new(disk->blk, c->serial, &disk->scsi);
	return r == 0 ? virtio_scsi_add(m->scsi, disk->scsi, disk->blk) : r;
}

static int thread_open(const struct machine *m, struct machine_disk *disk)
{
	char name[16];

	snprintf(name, sizeof(name), "disk%u", m->disk_count - 1);
	return iothread_new(name, &disk->thread);
}

static int vhost_attach(struct machine *m, const struct config_disk *c, struct machine_disk *disk, const char **ret_why)
{
	int r = thread_open(m, disk);

	if (r == 0)
		r = vhost_device_new(&(struct vhost_params){.kind = VHOST_BLK, .socket = c->vhost_user,
							    .queues = queue_count(m), .describe = !m->mem,
							    .thread = disk->thread, .ram = &m->ram, .mem = m->mem},
				     &disk->vhost, ret_why);
	return r == 0 ? pci_plug(m, vhost_device_virtio(disk->vhost)) : r;
}

static int device_attach(struct machine *m, const struct config_disk *c, struct machine_disk *disk, const char **ret_why)
{
	int r = thread_open(m, disk);

	if (r == 0)
		r = image_open(m, c, disk, disk->thread, ret_why);
	if (r == 0)
		r = virtio_blk_new(disk->blk, disk->thread, queue_count(m), c->serial, &disk->device);
	return r == 0 ? pci_plug(m, virtio_blk_device(disk->device)) : r;
}

int disk_attach(struct machine *m, const struct config_disk *c)
{
	struct machine_disk *disk = &m->disks[m->disk_count++];
	const char *why = NULL;
	int r = c->vhost_user ? vhost_attach(m, c, disk, &why) :
		c->scsi       ? target_attach(m, c, disk, &why) :
				device_attach(m, c, disk, &why);

	return r < 0 ? disk_error(c, r, why) : 0;
}

int disks_start(struct machine *m, int (*init)(void *ctx))
{
	int r = 0;

	for (unsigned i = 0; i < m->disk_count && r == 0; i++) {
		if (m->disks[i].blk)
			r = blk_start(m->disks[i].blk, init, m);
		if (r == 0 && m->disks[i].thread)
			r = iothread_start(m->disks[i].thread, init, m);
	}
	return r == 0 && m->scsi ? iothread_start(m->scsi_thread, init, m) : r;
}

void disks_reset(struct machine *m)
{
	for (unsigned i = 0; i < m->disk_count; i++) {
		if (m->disks[i].device)
			virtio_reset(virtio_blk_device(m->disks[i].device));
		if (m->disks[i].vhost)
			virtio_reset(vhost_device_virtio(m->disks[i].vhost));
	}
	if (m->scsi)
		virtio_reset(virtio_scsi_device(m->scsi));
}

void disks_close(struct machine *m)
{
	iothread_free(m->scsi_thread);
	for (unsigned i = 0; i < m->disk_count; i++) {
		struct machine_disk *disk = &m->disks[i];

		iothread_free(disk->thread);
		blk_close(disk->blk);
		virtio_blk_free(disk->device);
		scsi_disk_free(disk->scsi);
		vhost_device_free(disk->vhost);
	}
	virtio_scsi_free(m->scsi);
}
